"""A folder of images goes through one command: one package each, whatever happens to some."""

import json
import subprocess
from pathlib import Path

import examinations as run
import pytest
from evidence import contents
from evidence.tools import blank

CASE = ("--case", "T-1", "--examiner", "tester", "--no-sets", "--no-carve")


def _card(path: Path, seed: int) -> None:
    """Make a small FAT12 card with one picture and one text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blank(path, 1 << 20)
    subprocess.run(["mkfs.fat", "-F", "12", path], check=True, capture_output=True)
    for name, data in (("A.JPG", contents.jpeg(seed, 64, 48)), ("A.TXT", contents.text(seed, 99))):
        planted = path.with_name("planted")
        planted.write_bytes(data)
        subprocess.run(["mcopy", "-i", path, planted, f"::{name}"], check=True)
        planted.unlink()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a good image, a damaged one, a split one, devices, and other things."""
    folder = tmp_path_factory.mktemp("images")
    (folder / "AB-2.E01").write_bytes(b"EVF\x09\x0d\x0a\xff\x00" + bytes(100))
    _card(folder / "whole", 3)
    split = (folder / "whole").read_bytes()
    (folder / "whole").unlink()
    (folder / "AB-3.001").write_bytes(split[: 1 << 19])
    (folder / "AB-3.002").write_bytes(split[1 << 19 :])
    _card(folder / "AB-4" / "stick.img", 4)
    _card(folder / "AB-4" / "phone.img", 5)
    (folder / "AB-4" / "notes.txt").write_text("drawer, left")
    (folder / "loose").mkdir()
    (folder / "loose" / "a.txt").write_text("a")
    (folder / "link.dd").symlink_to("AB-3.001")
    return folder


@pytest.fixture(scope="module")
def ran(images: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, run.Ran]:
    """Examine it once; return where, and how it ended."""
    place = tmp_path_factory.mktemp("place")
    return place, _examine_all(images, place)


def _examine_all(images: Path, place: Path, *words: str | Path) -> run.Ran:
    return run.polit(
        place / "data", "examine-all", images, *CASE, "--out", place / "out", "--json", *words
    )


def test_each_source_has_its_package_and_a_failure_costs_one(ran: tuple[Path, run.Ran]) -> None:
    place, told = ran
    assert told.code == 3, told.stderr
    values = json.loads(told.stdout)
    ended = {one["exhibit"]: one["exit_code"] for one in values["sources"]}
    assert ended == {"AB-2": 6, "AB-3": 0, "AB-4/phone": 0, "AB-4/stick": 0}
    assert (values["sealed"], values["failed"], values["not_begun"]) == (3, 1, 0)
    for one in values["sources"]:
        if one["summary"] is not None:
            assert one["summary"]["kinds"]["still"] == 1
            verified = run.polit(place / "data", "verify", one["summary"]["package"])
            assert verified.code == 0, verified.stderr
    failed = next(one for one in values["sources"] if one["exhibit"] == "AB-2")
    assert "segment" in failed["error"]["message"]


def test_what_is_no_source_is_named(ran: tuple[Path, run.Ran]) -> None:
    left = {Path(one["path"]).name: one["why"] for one in json.loads(ran[1].stdout)["left"]}
    assert set(left) == {"notes.txt", "loose", "link.dd"}
    assert "--folders" in left["loose"]


def test_going_on_passes_over_what_is_sealed(images: Path, ran: tuple[Path, run.Ran]) -> None:
    place, first = ran
    refused = _examine_all(images, place)
    assert refused.code == 2
    assert "--resume" in refused.stderr
    again = _examine_all(images, place, "--resume")
    assert again.code == 3
    digests = [
        [one["summary"] and one["summary"]["rows_sha256"] for one in json.loads(told)["sources"]]
        for told in (first.stdout, again.stdout)
    ]
    assert digests[0] == digests[1]
    assert again.stderr.count("sealed before") == 3


def test_a_printed_list_can_be_corrected_and_given_back(images: Path, tmp_path: Path) -> None:
    printed = run.polit(
        tmp_path / "data", "examine-all", images, *CASE, "--out", tmp_path / "out", "--dry-run"
    )
    lines = printed.stdout.decode().splitlines()
    assert lines[0] == "source,exhibit,time_zone,acquisition"
    assert "AB-3.001,AB-3,," in lines
    assert not (tmp_path / "out").exists()
    corrected = tmp_path / "list.csv"
    corrected.write_text(
        "source,exhibit,time_zone,acquisition\r\n"
        f"AB-3.001,PQR/7,Europe/London,md5:{'0' * 32}\r\n"
        "AB-3.001,PQR/7,,\r\n"
    )
    twice = _examine_all(images, tmp_path, "--list", corrected)
    assert twice.code == 2
    assert "PQR/7" in twice.stderr
    corrected.write_text("\n".join(corrected.read_text().splitlines()[:2]))
    told = _examine_all(images, tmp_path, "--list", corrected)
    assert told.code == 4, "the stated digest does not hold"
    (one,) = json.loads(told.stdout)["sources"]
    assert one["summary"]["exhibit"] == "PQR/7"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exhibit\nAB/1\n", "lacks source"),
        ("source,exhibit,colour\na,b,c\n", "colour"),
        ("source,exhibit\n,AB/1\n", "line 2"),
        ('source,exhibit\n"a,b\n', "no CSV"),
        ("source,exhibit\nabsent.dd,AB/1\n", "absent.dd"),
        ("source,exhibit\n", "no source"),
        ("source,exhibit,acquisition\nAB-3.001,AB/1,md5:1\n", "line 2: 'md5:1'"),
    ],
)
def test_a_wrong_list_is_refused_before_anything_is_made(
    text: str, said: str, images: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(text)
    told = _examine_all(images, tmp_path, "--list", listed)
    assert told.code in {2, 6}
    assert said in told.stderr
    assert not (tmp_path / "out").exists()
