"""From a source to pixels: originals kept, verified, rendered upright, erased."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import examinations as run
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps

SIZE = (640, 424)


def _shapes(seed: int) -> Image.Image:
    """Return a scene in which every corner differs."""
    picture = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 220, 180), fill=(200, 30 + seed, 40))
    draw.rectangle((400, 60, 600, 160), fill=(30, 180, 60))
    draw.polygon([(60, 400), (200, 260), (340, 400)], fill=(40, 60, 210))
    return picture


def _rotated(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Maker"
    stream = io.BytesIO()
    _shapes(orientation).save(stream, "JPEG", exif=exif, quality=92)
    return stream.getvalue()


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a folder of rotated pictures was examined, its originals kept."""
    place = tmp_path_factory.mktemp("vaulted")
    source = place / "source"
    (source / "again").mkdir(parents=True)
    for orientation in range(1, 9):
        (source / f"{orientation}.jpg").write_bytes(_rotated(orientation))
    (source / "again" / "copy.jpg").write_bytes(_rotated(3))
    (source / "broken.jpg").write_bytes(_rotated(1)[:700])
    (source / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"></svg>')
    (source / "notes.txt").write_text("no picture")
    run.examine(source, place, "--vault", place / "vault")
    return place


def _vault(place: Path, verb: str, *words: str | Path, **more: str) -> run.Ran:
    return run.polit(place / "data", "vault", verb, place / "vault", *words, **more)


def _render(place: Path, content: bytes, out: Path, *words: str, **more: str) -> run.Ran:
    return run.polit(
        place / "data", "render", place / "vault", "--case", "T-1", "--sha256",
        sha256(content).hexdigest(), "--out", out, *words, "--json", **more,
    )  # fmt: skip


def _only_case(verified: run.Ran) -> dict[str, object]:
    """Return what verifying said of the one case of a vault."""
    cases = verified.json()["cases"]
    assert isinstance(cases, list)
    (case,) = cases
    assert isinstance(case, dict)
    return case


def test_the_account_says_how_many_originals_were_kept(examined: Path) -> None:
    shown = run.polit(examined / "data", "show", run.package_of(examined), "--json").json()
    assert shown["originals"] == {"contents": 10, "kept": 9}
    unkept = _vault(
        examined, "list", "--case", "T-1", "--package", run.package_of(examined), "--jsonl"
    ).rows()
    assert [row["mime"] for row in unkept] == ["image/svg+xml"]
    kept = _vault(examined, "list", "--case", "T-1", "--jsonl").rows()
    assert len(kept) == 9
    assert {row["sha256"] for row in kept} >= {sha256(_rotated(3)).hexdigest()}


def test_rows_are_the_same_with_and_without_a_vault(examined: Path, tmp_path: Path) -> None:
    without = run.examine(examined / "source", tmp_path).json()
    shown = run.polit(examined / "data", "show", run.package_of(examined), "--json").json()
    assert without["rows_sha256"] == shown["rows_sha256"]
    assert without["originals"] is None


def test_the_vault_holds(examined: Path) -> None:
    ran = _vault(examined, "verify", "--json")
    assert ran.code == 0
    case = _only_case(ran)
    assert (case["case"], case["originals"], case["findings"]) == ("T-1", 9, [])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_picture_stands_upright_as_pillow_has_it(
    examined: Path, tmp_path: Path, orientation: int
) -> None:
    content, out = _rotated(orientation), tmp_path / "out.png"
    ran = _render(examined, content, out, "--rung", "colour", "--accept-reduced-isolation")
    assert ran.code == 0, ran.stderr
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    with Image.open(out) as rendered:
        assert rendered.size == expected.size
        difference = np.asarray(ImageChops.difference(rendered, expected))
        assert difference.mean() < 0.5
        assert rendered.info == {}
    assert b"Secret Maker" not in out.read_bytes()


@pytest.mark.parametrize("orientation", [1, 6, 7])
def test_a_part_is_cut_from_the_upright_picture(
    examined: Path, tmp_path: Path, orientation: int
) -> None:
    content, out = _rotated(orientation), tmp_path / "out.webp"
    ran = _render(examined, content, out, "--region", "30,50,200,120", "--side", "100")
    assert ran.code == 0, ran.stderr
    values = ran.json()
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("L")
    expected = upright.crop((30, 50, 230, 170)).resize((100, 60), Image.Resampling.LANCZOS)
    with Image.open(out) as rendered:
        assert rendered.size == (100, 60) == (values["width_px"], values["height_px"])
        difference = np.asarray(ImageChops.difference(rendered.convert("L"), expected))
        assert difference.mean() < 3
    assert (values["of_width_px"], values["of_height_px"]) == upright.size


def test_what_is_asked_wrongly_is_refused(examined: Path, tmp_path: Path) -> None:
    content = _rotated(1)
    for words in (
        ["--region", "9000,0,5,5"], ["--region", "1,2,3"], ["--region", "0,0,0,5"],
        ["--region", f"0,0,{'9' * 5000},5"], ["--region", "\u0663,0,5,5"],
        ["--side", "0"], ["--frame-ms", "-1"], ["--rung", "safe"],
    ):  # fmt: skip
        ran = _render(examined, content, tmp_path / "x.png", *words, "--accept-reduced-isolation")
        assert ran.code == 2, ran.stderr
    assert _render(examined, content, tmp_path / "x.jpg").code == 2
    assert _render(examined, b"never seen", tmp_path / "x.png").code == 6
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(("action", "code"), [("segv", "crash"), ("exit", "crash")])
def test_a_crash_costs_the_one_rendering(
    examined: Path, tmp_path: Path, action: str, code: str
) -> None:
    ran = _render(
        examined, _rotated(1), tmp_path / "x.png", "--accept-reduced-isolation",
        POLIT_FAULTS=f"decoder.job:{action}",
    )  # fmt: skip
    assert ran.code == 3
    assert f"cannot be rendered: {code}" in ran.stderr
    assert ran.json()["error"]["name"] == "ItemFailed"  # type: ignore[index]
    assert not (tmp_path / "x.png").exists()


def test_a_damaged_original_is_an_integrity_error(examined: Path, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(examined), str(place)], check=True)
    for path in (place / "vault").glob("cases/T-1/??/*"):
        if path.name != "kept":
            data = bytearray(path.read_bytes())
            data[-1] ^= 1
            path.write_bytes(data)
    refused = _render(place, _rotated(1), tmp_path / "x.png", "--accept-reduced-isolation")
    assert (refused.code, "of this case: it does not open" in refused.stderr) == (4, True)
    ran = _vault(place, "verify", "--json")
    assert (ran.code, ran.json()["holds"]) == (4, False)
    told = _vault(place, "verify")
    assert "FAILS  T-1" in told.stdout.decode()


def test_erasing_asks_twice_and_leaves_nothing(examined: Path, tmp_path: Path) -> None:
    place = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(examined), str(place)], check=True)
    words = ("--case", "T-1", "--reason", "retention ended")
    assert _vault(place, "erase-case", *words, "--confirm", "T-2").code == 2
    assert _vault(place, "verify").code == 0
    ran = _vault(place, "erase-case", *words, "--confirm", "T-1", "--json")
    assert ran.code == 0
    assert "Backups" in ran.stderr
    assert ran.json()["files_removed"] > 9  # type: ignore[operator]
    assert _vault(place, "erase-case", *words, "--confirm", "T-1").code == 0
    assert _vault(place, "list", "--case", "T-1").code == 2
    assert _render(place, _rotated(1), tmp_path / "x.png").code == 2
    again = run.examine(place / "source", tmp_path / "new", "--vault", place / "vault")
    assert again.code == 0  # another installation, another key: a folder of its own


def test_a_case_without_its_key_stays_unverified(examined: Path, tmp_path: Path) -> None:
    run.polit(tmp_path / "other", "init")
    ran = run.polit(tmp_path / "other", "vault", "verify", examined / "vault")
    assert ran.code == 3
    assert "UNVERIFIED  T-1" in ran.stdout.decode()


def test_a_vault_in_the_evidence_or_the_package_is_refused(examined: Path, tmp_path: Path) -> None:
    source = examined / "source"
    for vault in (source / "vault", run.package_of(tmp_path) / "vault", tmp_path / "out"):
        ran = run.examine(source, tmp_path, "--vault", vault)
        assert ran.code == 2, vault
    assert not (tmp_path / "out").exists()
    inside = run.examine(examined / "vault" / "cases", tmp_path, "--vault", examined / "vault")
    assert (inside.code, "lies inside" in inside.stderr) == (2, True)


def test_what_keeps_no_originals_is_refused_before_a_package_is_begun(
    examined: Path, tmp_path: Path
) -> None:
    shutil.copytree(examined / "data", tmp_path / "data")
    shutil.copytree(examined / "vault", tmp_path / "vault")
    source, key = examined / "source", tmp_path / "data" / "keys" / "cases" / "T-1.age"
    assert run.examine(source, tmp_path, "--vault", tmp_path / "data").code == 2
    moved = key.rename(tmp_path / "moved")
    assert run.examine(source, tmp_path, "--vault", tmp_path / "vault").code == 4
    moved.rename(key)
    words = ("--case", "T-1", "--confirm", "T-1", "--reason", "retention ended")
    assert _vault(tmp_path, "erase-case", *words).code == 0
    refused = run.examine(source, tmp_path, "--vault", tmp_path / "vault")
    assert (refused.code, "were erased" in refused.stderr) == (2, True)
    assert not run.package_of(tmp_path).exists()


def test_a_damaged_case_hides_no_other_case(examined: Path, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(examined / "vault", vault)
    shutil.copytree(vault / "cases" / "T-1", vault / "cases" / "T-2")
    shutil.copytree(examined / "data", tmp_path / "data")
    keys = tmp_path / "data" / "keys" / "cases"
    shutil.copy(keys / "T-1.age", keys / "T-2.age")
    ran = run.polit(tmp_path / "data", "vault", "verify", vault, "--json")
    assert ran.code == 4
    cases = ran.json()["cases"]
    assert isinstance(cases, list)
    assert [(case["case"], case["holds"]) for case in cases] == [("T-1", True), ("T-2", False)]


def test_a_run_goes_on_with_the_same_vault_alone(examined: Path, tmp_path: Path) -> None:
    source = examined / "source"
    killed = run.examine(
        source, tmp_path, "--vault", tmp_path / "v", POLIT_FAULTS="vault.rename@6:kill"
    )
    assert killed.code == -9
    assert run.examine(source, tmp_path, "--resume").code == 2
    assert run.examine(source, tmp_path, "--resume", "--vault", tmp_path / "w").code == 2
    resumed = run.examine(source, tmp_path, "--resume", "--vault", tmp_path / "v")
    assert resumed.json()["originals"] == {"contents": 10, "kept": 9}
    again = run.examine(source, tmp_path, "--resume", "--vault", tmp_path / "v")
    assert again.json()["originals"] == {"contents": 10, "kept": 9}
    verified = run.polit(tmp_path / "data", "vault", "verify", tmp_path / "v", "--json")
    case = _only_case(verified)
    assert (case["holds"], case["unfinished"]) == (True, 0)


def test_a_full_disk_pauses_and_goes_on(examined: Path, tmp_path: Path) -> None:
    for point in (
        "vault.write@8",
        "vault.sync@5",
        "vault.rename@5",
        "vault.list@2",
        "keys.write@3",
    ):
        place = tmp_path / point
        ran = run.examine(
            examined / "source", place, "--vault", place / "v", POLIT_FAULTS=f"{point}:enospc"
        )
        assert "paused: no room" in ran.stderr, point
        assert ran.json()["originals"] == {"contents": 10, "kept": 9}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("skipped: needs root to mount a small file system")
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=350k", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_really_full_vault_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(60):
        _shapes(number).save(source / f"{number}.png")
    vault = small_disk / "vault"
    stopped = run.examine(source, tmp_path, "--vault", vault, POLIT_FULL_WAIT_S="1")
    assert stopped.code == 130, stopped.stderr
    subprocess.run(["mount", "-o", "remount,size=80m", str(small_disk)], check=True)
    resumed = run.examine(source, tmp_path, "--resume", "--vault", vault)
    assert resumed.json()["originals"] == {"contents": 60, "kept": 60}
    assert run.polit(tmp_path / "data", "vault", "verify", vault).code == 0


def test_two_examinations_fill_one_case_at_a_time(examined: Path, tmp_path: Path) -> None:
    source = examined / "source"
    run.polit(tmp_path / "data", "init")
    command = ["polit", "examine", str(source), "--case", "T-1", "--examiner", "x"]
    both = [
        subprocess.Popen(
            [sys.executable, "-m", *command, "--exhibit", exhibit, "--out", str(tmp_path / "out"),
             "--vault", str(tmp_path / "v"), "--json"],
            env=run.environment(tmp_path / "data"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for exhibit in ("A", "B")
    ]  # fmt: skip
    told = [json.loads(each.communicate(timeout=120)[0]) for each in both]
    assert [each["originals"] for each in told] == [{"contents": 10, "kept": 9}] * 2
    verified = run.polit(tmp_path / "data", "vault", "verify", tmp_path / "v", "--json")
    assert _only_case(verified)["originals"] == 9
