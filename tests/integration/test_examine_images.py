"""Images of every kind end in the same rows, and damage is told with exit code 4."""

import shutil
from pathlib import Path

import examinations as run
import pytest
from evidence import catalogue


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Return the summary of the disk that all containers hold, examined as raw."""
    return run.examine(catalogue.built("mbr")[0], tmp_path_factory.mktemp("whole")).json()


def test_an_image_in_more_parts_than_one_message_carries_is_examined(tmp_path: Path) -> None:
    data = catalogue.built("fat12")[0].read_bytes()
    part_bytes = -(-len(data) // 600)
    for number in range(600):
        part = data[number * part_bytes : (number + 1) * part_bytes]
        (tmp_path / f"floppy.{number:03}").write_bytes(part)
    split = run.examine(tmp_path / "floppy.000", tmp_path / "a").json()
    single = run.examine(catalogue.built("fat12")[0], tmp_path / "b").json()
    assert split["rows_sha256"] == single["rows_sha256"]


def test_an_e01_with_its_stored_digest_gives_the_rows_of_the_raw_image(
    tmp_path: Path, whole: dict[str, object]
) -> None:
    ran = run.examine(catalogue.built("e01_segments")[0], tmp_path)
    summary = ran.json()
    assert ran.code == 3
    assert summary["rows_sha256"] == whole["rows_sha256"]
    acquisition = summary["acquisition"]
    assert isinstance(acquisition, dict)
    assert acquisition["agrees"] is True


def _copied(name: str, folder: Path) -> list[Path]:
    first = catalogue.built(name)[0]
    folder.mkdir()
    for path in first.parent.glob(first.stem + ".E*"):
        shutil.copy(path, folder)
        (folder / path.name).chmod(0o644)
    return sorted(folder.glob("*.E*"))


def _integrity(summary: dict[str, object]) -> dict[str, int]:
    integrity = summary["integrity"]
    assert isinstance(integrity, dict)
    return integrity


def test_a_missing_segment_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    segments = _copied("e01_segments", tmp_path / "image")
    segments[1].unlink()
    ran = run.examine(segments[0], tmp_path)
    summary = ran.json()
    assert ran.code == 4
    assert _integrity(summary)["bad_bytes"] > 0
    tally = summary["tally"]
    assert isinstance(tally, dict)
    assert tally["done"] > 10
    assert run.polit(tmp_path / "data", "verify", run.package_of(tmp_path)).code == 0


def test_a_missing_last_segment_is_told(tmp_path: Path) -> None:
    segments = _copied("e01_segments", tmp_path / "image")
    segments[-1].unlink()
    ran = run.examine(segments[0], tmp_path)
    assert ran.code == 4
    problems = ran.json()["problems"]
    assert isinstance(problems, list)
    assert "segment_missing" in {problem["code"] for problem in problems}


def test_a_damaged_chunk_fails_the_entries_it_touches_and_no_other(tmp_path: Path) -> None:
    (path, *_) = _copied("e01_none", tmp_path / "image")
    data = bytearray(path.read_bytes())
    victim = bytes.fromhex("ffd8ffe0")
    at = data.find(victim, len(data) // 3)
    data[at + 600] ^= 1
    path.write_bytes(data)
    ran = run.examine(path, tmp_path)
    summary = ran.json()
    assert ran.code == 4
    integrity = _integrity(summary)
    assert integrity["bad_ranges"] == 1
    assert integrity["bad_bytes"] <= 64 << 10
    acquisition = summary["acquisition"]
    assert isinstance(acquisition, dict)
    assert acquisition["agrees"] is False
    failed = [row for row in run.entries_of(tmp_path) if row["reason"] == "chunk_checksum"]
    assert 1 <= len(failed) <= 8


def test_a_wrong_stated_digest_is_exit_4(tmp_path: Path) -> None:
    image = catalogue.built("fat12")[0]
    ran = run.examine(image, tmp_path, "--acquisition", "sha256:" + "0" * 64)
    assert ran.code == 4


def test_evidence_that_was_altered_since_fails_verification(tmp_path: Path) -> None:
    image = tmp_path / "image.dd"
    image.write_bytes(catalogue.built("fat12")[0].read_bytes())
    run.examine(image, tmp_path)
    words = ("verify", run.package_of(tmp_path), "--evidence", image, "--json")
    assert run.polit(tmp_path / "data", *words).code == 0
    with image.open("r+b") as stream:
        stream.seek(70_000)
        stream.write(b"\x55")
    assert run.polit(tmp_path / "data", *words).code == 4


@pytest.mark.parametrize("text", [b"", b"garbage " * 999, bytes(1 << 20)])
def test_a_source_without_a_file_system_is_named_not_examined(tmp_path: Path, text: bytes) -> None:
    image = tmp_path / "odd.dd"
    image.write_bytes(text)
    ran = run.examine(image, tmp_path)
    assert ran.code in {0, 6}, ran.stderr
    if ran.code == 0:
        unexamined = ran.json()["not_examined"]
        assert isinstance(unexamined, list)
        assert sum(item["bytes"] for item in unexamined) == len(text)
