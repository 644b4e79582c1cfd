"""What lies in archives of an image goes through a whole examination, whatever happens to it."""

import gzip
import hashlib
import io
import signal
import subprocess
from pathlib import Path
from typing import cast

import examinations as run
import pytest
from made_archives import run_tool, tarred, zipped
from PIL import Image

PASSWORD = "secret"


def picture(number: int) -> bytes:
    room = io.BytesIO()
    Image.radial_gradient("L").resize((64 + number, 48)).convert("RGB").save(room, "JPEG")
    return room.getvalue()


PICTURES = [picture(number) for number in range(9)]
INNER = zipped([("in/3.jpg", PICTURES[3])])
DOCUMENT = zipped([("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>"),
                   ("word/media/4.jpg", PICTURES[4])])  # fmt: skip
PLANTED = {
    "a.zip/dir/1.jpg": PICTURES[1],
    "a.zip/../../2.jpg": PICTURES[2],
    "a.zip/b.zip": INNER,
    "a.zip/b.zip/in/3.jpg": PICTURES[3],
    "a.zip/d.docx": DOCUMENT,
    "a.zip/d.docx/word/media/4.jpg": PICTURES[4],
    "c.tgz/x/5.jpg": PICTURES[5],
    "c.tgz/x/6.jpg": PICTURES[6],
    "e.7z/7.jpg": PICTURES[7],
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a FAT image with archives, one of them encrypted."""
    place = tmp_path_factory.mktemp("archives")
    files = {
        "a.zip": zipped([("dir/1.jpg", PICTURES[1]), ("../../2.jpg", PICTURES[2]),
                         ("b.zip", INNER), ("d.docx", DOCUMENT), ("many.zip", many())]),
        "c.tgz": tarred([("x/5.jpg", PICTURES[5]), ("x/6.jpg", PICTURES[6])], "w:gz"),
        "e.7z": run_tool(place, "7z a", "e.7z", [("7.jpg", PICTURES[7])]),
        "l.zip": run_tool(place, f"7z a -tzip -p{PASSWORD}", "l.zip", [("8.jpg", PICTURES[8])]),
    }  # fmt: skip
    disk = place / "disk.dd"
    with disk.open("wb") as stream:
        stream.truncate(8 << 20)
    subprocess.run(["mkfs.fat", "-F", "12", disk], check=True, capture_output=True)
    for name, content in files.items():
        command = ["mcopy", "-i", str(disk), "-", f"::/{name}"]
        subprocess.run(command, input=content, check=True, capture_output=True)
    return disk


def many() -> bytes:
    """Return an archive whose members are committed in more than one batch."""
    return zipped((f"{number}", b"") for number in range(2300))


@pytest.fixture(scope="module")
def undisturbed(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("undisturbed")
    before = set(image.parent.iterdir())
    assert run.examine(image, place).code == 3  # one is encrypted
    assert set(image.parent.iterdir()) == before
    return place


def rows_of(place: Path) -> dict[str, dict[str, object]]:
    return {str(entry["path"]): entry for entry in run.entries_of(place)}


def test_members_are_entries_with_what_was_planted(undisturbed: Path) -> None:
    entries = rows_of(undisturbed)
    for path, content in PLANTED.items():
        assert entries[path]["sha256"] == hashlib.sha256(content).hexdigest(), path
        assert entries[path]["outcome"] == "done"
    assert entries["l.zip/8.jpg"]["reason"] == "encrypted"
    assert entries["l.zip/8.jpg"]["size_bytes"] == len(PICTURES[8])
    assert len(entries) == len(PLANTED) + 4 + 2301 + 1
    locator = str(entries["a.zip/b.zip/in/3.jpg"]["locator"])
    assert locator.endswith(";zip:b.zip;zip:in/3.jpg")


def test_nothing_of_it_is_written_beside_the_package(undisturbed: Path) -> None:
    names = {path.name for path in undisturbed.rglob("*")}
    assert not names & {"1.jpg", "2.jpg", "b.zip", "d.docx", "0"}
    assert not list(undisturbed.parent.glob("*.jpg"))


def test_a_run_that_is_killed_within_an_archive_gives_the_same(
    image: Path, undisturbed: Path, tmp_path: Path
) -> None:
    killed = run.examine(image, tmp_path, POLIT_FAULTS="ledger.commit@2:kill")
    assert killed.code == -signal.SIGKILL
    resumed = run.examine(image, tmp_path, "--resume", "--workers", "1").json()
    whole = run.polit(undisturbed / "data", "verify", run.package_of(undisturbed), "--json").json()
    assert resumed["rows_sha256"] == whole["rows_sha256"]


def test_a_crash_at_a_member_costs_that_member(image: Path, tmp_path: Path) -> None:
    done = run.examine(image, tmp_path, POLIT_FAULTS="walker.member=in/3.jpg:segv").json()
    entries = rows_of(tmp_path)
    failed = {path for path, entry in entries.items() if entry["outcome"] == "failed"}
    assert failed == {"a.zip/b.zip/in/3.jpg", "l.zip/8.jpg"}
    tally = cast("dict[str, int]", done["tally"])
    assert tally["entries"] == len(PLANTED) + 4 + 2301 + 1


def test_bombs_are_accounted_and_leave_no_file_behind(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    deep = zipped([("end", b"end")])
    for _ in range(12):
        deep = zipped([("n.zip", deep)])
    (evidence / "deep.zip").write_bytes(deep)
    (evidence / "zeros.gz").write_bytes(gzip.compress(bytes(100 << 20)))
    places = (Path.cwd(), evidence)
    before = [set(place.iterdir()) for place in places]
    done = run.examine(evidence, tmp_path, "--accept-atime").json()
    assert [set(place.iterdir()) for place in places] == before
    entries = rows_of(tmp_path)
    assert entries["zeros.gz/zeros"]["reason"] == "expands_too_much"
    assert "/".join(["deep.zip"] + ["n.zip"] * 8) in entries
    assert len(entries) == 2 + 1 + 8
    told = cast("list[dict[str, object]]", done["not_examined"])
    assert "too many holders inside each other" in {str(one["why"]) for one in told}
