"""Edges of an examination: devices, odd names, where it writes, what it admits to."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import examinations as run
import pytest
from evidence import catalogue

from polit.package.seal import read_manifest


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Return a copy of a small FAT image."""
    path = tmp_path / "image.dd"
    shutil.copyfile(catalogue.built("fat12")[0], path)
    return path


@pytest.fixture
def device(image: Path) -> Iterator[Path]:
    """Return the image as a read-only block device."""
    if os.geteuid() != 0:
        pytest.skip("skipped: needs root to make a loop device")
    words = ["losetup", "--find", "--show", "--read-only", str(image)]
    name = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    yield Path(name)
    subprocess.run(["losetup", "--detach", name], check=True)


def test_a_block_device_is_examined(device: Path, image: Path, tmp_path: Path) -> None:
    ran = run.examine(device, tmp_path / "device")
    assert ran.code in {0, 3}, ran.stderr
    as_file = run.examine(image, tmp_path / "file")
    assert ran.json()["rows_sha256"] == as_file.json()["rows_sha256"]
    assert ran.json()["acquisition"] == as_file.json()["acquisition"]


def test_an_image_whose_name_is_not_utf8_is_examined(image: Path, tmp_path: Path) -> None:
    odd = image.rename(tmp_path / os.fsdecode(b"caf\xe9.dd"))
    ran = run.examine(odd, tmp_path)
    assert ran.code in {0, 3}, ran.stderr
    assert read_manifest(run.package_of(tmp_path)).source.names == ("caf\\xe9.dd",)


def test_a_place_whose_name_is_not_utf8_can_be_told(image: Path, tmp_path: Path) -> None:
    place = tmp_path / os.fsdecode(b"plac\xe9")
    place.mkdir()
    ran = run.examine(image, place)
    assert ran.code in {0, 3}, ran.stderr
    assert "plac\\xe9" in str(ran.json()["package"])


def test_nothing_is_made_inside_the_evidence(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "a.txt").write_bytes(b"text")
    inside = [
        (tmp_path / "out", home / "data"),
        (home / "deep/out", tmp_path / "data"),
        (home, tmp_path / "data"),
    ]
    for out, data in inside:
        ran = run.polit(
            data, "examine", home, *run.OPTIONS, "--out", out
        )  # fmt: skip
        assert ran.code == 2, ran.stderr
        assert "inside the evidence" in ran.stderr
    assert [path.name for path in home.iterdir()] == ["a.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_stated_digest_that_nothing_was_compared_to_is_told(image: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"measure_source": false}')
    ran = run.examine(image, tmp_path, "--plan", plan, "--acquisition", "md5:" + "0" * 32)
    assert ran.code == 3, ran.stderr
    shown = run.polit(tmp_path / "data", "show", run.package_of(tmp_path))
    assert b"NOT compared" in shown.stdout


def test_a_folder_that_could_not_be_listed_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_bytes(b"text")
    ran = run.examine(source, tmp_path, POLIT_FAULTS="walker.mount:exit")
    manifest = read_manifest(run.package_of(tmp_path))
    assert manifest.failed_stages >= 1
    assert ran.code == 3, ran.stderr


def test_each_session_is_told_and_the_weakest_isolation_stands(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_bytes(b"text")
    killed = run.examine(source, tmp_path, POLIT_FAULTS="seal.closed:kill")
    assert killed.code != 0
    assert run.examine(source, tmp_path, "--resume").code == 0
    manifest = read_manifest(run.package_of(tmp_path))
    assert len(manifest.sessions_detail) == manifest.sessions == 2
    assert {one.examiner for one in manifest.sessions_detail} == {"tester"}
    assert manifest.access_times_may_change is False
    assert not (run.package_of(tmp_path) / "lock").exists()


def test_a_faithful_copy_of_a_folder_holds_and_a_change_is_told(tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_bytes(b"text")
    (source / "sub" / os.fsdecode(b"\xff.bin")).write_bytes(b"more")
    assert run.examine(source, tmp_path).code == 0
    shutil.copytree(source, copy)
    words = ("verify", run.package_of(tmp_path), "--evidence", copy)
    ran = run.polit(tmp_path / "data", *words)
    assert ran.code == 0, ran.stdout
    (copy / "a.txt").write_bytes(b"else")
    (copy / "new.txt").write_bytes(b"new")
    next((copy / "sub").iterdir()).unlink()
    ran = run.polit(tmp_path / "data", *words)
    assert ran.code == 4
    assert b"1 differ, 1 names are missing, 1 are new" in ran.stdout
