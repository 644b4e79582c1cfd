"""A folder goes through the whole path: hashed, identified, decoded, sealed, verified."""

import hashlib
import os
from pathlib import Path

import examinations as run
import pytest
from evidence import contents


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with pictures, text, a duplicate, an archive, broken files and links."""
    folder = tmp_path_factory.mktemp("source")
    (folder / "DCIM" / "100CANON").mkdir(parents=True)
    jpeg = contents.jpeg(1, 640, 480)
    (folder / "DCIM/100CANON/IMG_1.JPG").write_bytes(jpeg)
    (folder / "copy of it.txt").write_bytes(jpeg)
    (folder / "shapes.png").write_bytes(contents.png(2, 90, 300))
    (folder / "cut.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    (folder / "bomb.png").write_bytes(contents.png_bomb(48, 8_388_648))
    (folder / "noise.jpg").write_bytes(contents.noise(3, 5000))
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "readme.txt").write_bytes(contents.text(4, 3000))
    (folder / "two texts.zip").write_bytes(contents.archive(5))
    os.link(folder / "readme.txt", folder / "hard link.txt")
    (folder / "dangling").symlink_to("/nowhere")
    (folder / "out of it").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"bad\xff name")).write_bytes(b"x")
    return folder


@pytest.fixture(scope="module")
def place(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where that folder was examined, once for all tests that only read."""
    place = tmp_path_factory.mktemp("place")
    ran = run.examine(source, place)
    assert ran.code == 3, ran.stderr
    return place


def test_the_summary_has_every_field_and_balances(source: Path, tmp_path: Path) -> None:
    summary = run.examine(source, tmp_path).json()
    assert {
        "schema_version", "case", "exhibit", "package", "sealed", "isolation_level", "tally",
        "not_examined", "kinds", "problems", "rows_sha256", "bytes_read", "seconds",
    } <= set(summary)  # fmt: skip
    tally = summary["tally"]
    assert isinstance(tally, dict)
    assert tally["entries"] == tally["done"] + tally["skipped"] + tally["failed"] == 18
    assert (tally["done"], tally["skipped"], tally["failed"]) == (12, 5, 1)
    assert summary["sealed"] is True
    assert summary["isolation_level"] == "full"


def test_every_file_has_the_right_digests(source: Path, place: Path) -> None:
    rows = {str(row["path"]): row for row in run.entries_of(place)}
    for path in source.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        name = os.fsencode(path.relative_to(source)).decode(errors="backslashreplace")
        assert rows[name]["sha256"] == hashlib.sha256(data).hexdigest(), name
        assert rows[name]["md5"] == hashlib.md5(data, usedforsecurity=False).hexdigest()
        assert rows[name]["size_bytes"] == len(data)


def test_the_listing_says_what_each_entry_is(place: Path) -> None:
    rows = {str(row["path"]): row for row in run.entries_of(place)}
    picture = rows["DCIM/100CANON/IMG_1.JPG"]
    assert (picture["outcome"], picture["mime"], picture["kind"]) == ("done", "image/jpeg", "still")
    assert (picture["width_px"], picture["height_px"]) == (640, 480)
    assert rows["copy of it.txt"]["extension_agrees"] is False
    assert (rows["cut.jpg"]["outcome"], rows["cut.jpg"]["width_px"]) == ("done", 640)
    assert rows["bomb.png"]["reason"] == "too_large"
    assert rows["noise.jpg"]["outcome"] == "done"
    assert rows["noise.jpg"]["extension_agrees"] is False
    assert rows["empty.jpg"]["mime"] == "application/x-empty"
    assert rows["dangling"]["reason"] == rows["out of it"]["reason"] == "link"
    assert bytes.fromhex(str(rows["out of it"]["link_target"])) == b"/etc/passwd"
    assert rows["pipe"]["reason"] == "special_file"
    assert rows["bad\\xff name"]["raw_name"] == b"bad\xff name".hex()
    assert rows["DCIM"]["reason"] == "folder"
    assert rows["DCIM"]["locator"] == "volume:0@0;folder:/DCIM"


def test_the_package_verifies_against_its_evidence(source: Path, place: Path) -> None:
    ran = run.polit(place / "data", "verify", run.package_of(place), "--evidence", source, "--json")
    assert ran.code == 0, ran.stderr
    checks = ran.json()["checks"]
    assert isinstance(checks, list)
    assert [check["name"] for check in checks][-1] == "evidence"


def test_changed_evidence_fails_the_check(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "a").write_bytes(b"one")
    assert run.examine(copy, tmp_path).code == 0
    (copy / "a").write_bytes(b"two")
    ran = run.polit(
        tmp_path / "data", "verify", run.package_of(tmp_path), "--evidence", copy, "--json"
    )
    assert ran.code == 4


def test_a_contact_sheet_of_safe_tiles_is_drawn(place: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    ran = run.polit(place / "data", "thumbs", run.package_of(place), "--out", sheet, "--json")
    assert ran.code == 0, ran.stderr
    assert ran.json()["tiles"] == 3
    assert sheet.read_bytes().startswith(b"\x89PNG")


def test_one_worker_finds_what_four_find(source: Path, tmp_path: Path) -> None:
    found = set()
    for workers in ("1", "2", "4"):
        place = tmp_path / workers
        found.add(str(run.examine(source, place, "--workers", workers).json()["rows_sha256"]))
    assert len(found) == 1


def test_summaries_print_no_name_and_listings_do(place: Path) -> None:
    shown = run.polit(place / "data", "show", run.package_of(place)).stdout
    assert b"IMG_1" not in shown
    listed = run.polit(place / "data", "list", run.package_of(place)).stdout
    assert b"IMG_1" in listed


def test_a_sealed_package_is_not_examined_again(source: Path, place: Path) -> None:
    assert run.examine(source, place).code == 2
    again = run.examine(source, place, "--resume")
    assert again.code == 3
    assert "sealed already" in again.stderr


def test_a_package_inside_the_evidence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    ran = run.polit(
        tmp_path.parent / "data", "examine", tmp_path, *run.OPTIONS, "--out", tmp_path / "o"
    )
    assert ran.code == 2
    assert "inside the evidence" in ran.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--acquisition", "md5:12"), 2),
        (("--workers", "0"), 2),
        (("--plan", "/nowhere.json"), 6),
    ],
)
def test_wrong_arguments_are_told_with_their_exit_code(
    source: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    ran = run.examine(source, tmp_path, *words)
    assert ran.code == code
    error = ran.json()["error"]
    assert isinstance(error, dict)
    assert error["exit_code"] == code


def test_a_missing_source_is_exit_6(tmp_path: Path) -> None:
    ran = run.examine(tmp_path / "nothing.dd", tmp_path)
    assert ran.code == 6
    assert "nothing.dd" in ran.stderr
