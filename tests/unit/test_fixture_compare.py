"""The comparison that the end-to-end tests rest on, fed by hand."""

from dataclasses import replace

import pytest
from evidence.compare import Comparison, Row, compare
from evidence.truth import (
    FOLDER,
    Planted,
    Truth,
    deleted_file,
    live_file,
    lost,
    overwritten_file,
    sha256_hex,
)

LIVE_FILE = live_file("a/b.txt", b"bytes")
GONE_FILE = deleted_file("a/gone.jpg", b"picture")
VICTIM = overwritten_file("a/victim.jpg", b"victim")


def row(item: Planted, **changes: object) -> Row:
    """Return the row that a right examination gives."""
    made: dict[str, object] = {
        "path": item.path,
        "locator": f"volume:1@{item.volume_offset_bytes};ntfs:/{item.path};record:70-1",
        "state": item.state,
        "overwritten": item.overwritten,
        "outcome": "done",
        "reason": "",
        "size_bytes": item.size_bytes,
        "sha256": item.sha256,
    }
    return made | changes


def compared(*items: Planted, rows: list[Row]) -> Comparison:
    return compare(Truth(items), rows)


def test_fixture_compare_finds_what_is_there() -> None:
    items = (LIVE_FILE, GONE_FILE, VICTIM, Planted("a", entry_type=FOLDER))
    result = compared(*items, rows=[row(item) for item in items])
    assert result.holds
    assert result.found == list(items)


@pytest.mark.parametrize("item", [LIVE_FILE, GONE_FILE, VICTIM])
def test_fixture_compare_misses_what_is_not_there(item: Planted) -> None:
    result = compared(item, rows=[])
    assert result.missing == [item]
    assert "missing" in result.report()


@pytest.mark.parametrize(
    "changes",
    [{"sha256": sha256_hex(b"other")}, {"sha256": None}, {"size_bytes": 1}, {"overwritten": True}],
)
def test_fixture_compare_sees_wrong_content(changes: dict[str, object]) -> None:
    result = compared(LIVE_FILE, rows=[row(LIVE_FILE, **changes)])
    assert [wrong.planted for wrong in result.wrong] == [LIVE_FILE]
    assert not result.holds


def test_fixture_compare_wants_overwritten_said() -> None:
    result = compared(VICTIM, rows=[row(VICTIM, overwritten=False)])
    assert "does not say so" in result.wrong[0].why


def test_fixture_compare_takes_content_gone_for_overwritten() -> None:
    gone = row(VICTIM, overwritten=False, outcome="skipped", reason="content_gone", sha256=None)
    assert compared(VICTIM, rows=[gone]).holds


def test_fixture_compare_sees_what_was_invented() -> None:
    ghost = row(live_file("a/ghost.txt", b"boo"))
    assert compared(rows=[ghost]).invented == [ghost]


def test_fixture_compare_sees_live_name_listed_twice() -> None:
    result = compared(LIVE_FILE, rows=[row(LIVE_FILE), row(LIVE_FILE)])
    assert len(result.invented) == 1


def test_fixture_compare_lets_deleted_name_be_repeated_with_planted_bytes_only() -> None:
    again, other = row(GONE_FILE), row(GONE_FILE, sha256=sha256_hex(b"other"))
    result = compared(GONE_FILE, rows=[row(GONE_FILE), again, other])
    assert result.repeated == [again]
    assert result.invented == [other]


def test_fixture_compare_finds_deleted_bytes_under_another_path() -> None:
    moved = row(GONE_FILE, path="orphan/gone.jpg")
    result = compared(GONE_FILE, rows=[moved])
    assert result.holds
    assert result.elsewhere == [(GONE_FILE, "orphan/gone.jpg")]


def test_fixture_compare_never_finds_live_bytes_under_another_path() -> None:
    result = compared(LIVE_FILE, rows=[row(LIVE_FILE, path="elsewhere")])
    assert result.missing == [LIVE_FILE]


def test_fixture_compare_names_what_need_not_be_found() -> None:
    item = lost(LIVE_FILE, "its record belongs to another file now")
    result = compared(item, rows=[])
    assert result.holds
    assert "its record belongs to another file now" in result.report()


def test_fixture_compare_keeps_volumes_apart() -> None:
    second = replace(LIVE_FILE, volume=2, volume_offset_bytes=1 << 20)
    result = compared(LIVE_FILE, second, rows=[row(LIVE_FILE)])
    assert result.missing == [second]


@pytest.mark.parametrize(
    ("path", "locator", "is_metadata"),
    [
        ("$MFT", "volume:0@0;ntfs:/$MFT;record:0-1", True),
        ("$Extend/$ObjId:$O", "volume:0@0;ntfs:/$Extend/$ObjId;record:25-1;stream:$O", True),
        (
            "$OrphanFiles/OrphanFile-16",
            "volume:0@0;ntfs:/$OrphanFiles/OrphanFile-16;record:16-0",
            True,
        ),
        (
            "$OrphanFiles/OrphanFile-90",
            "volume:0@0;ntfs:/$OrphanFiles/OrphanFile-90;record:90-2",
            False,
        ),
        ("PHOTOS", "volume:0@0;fat32:/PHOTOS", True),
        ("$MFT", "volume:0@0;ext4:/$MFT", False),
        ("$MFT", "folder:/$MFT", False),
    ],
)
def test_fixture_compare_knows_metadata(path: str, locator: str, *, is_metadata: bool) -> None:
    listed = row(Planted(path), locator=locator)
    result = compared(rows=[listed])
    assert bool(result.metadata) is is_metadata


def test_fixture_compare_takes_as_carved_what_was_planted_or_is_a_part() -> None:
    carved = row(GONE_FILE, path="$Carved/512.jpg", state="carved")
    part = {**carved, "sha256": sha256_hex(b"pict"), "flaws": ["truncated"]}
    other = {**carved, "sha256": sha256_hex(b"other"), "flaws": []}
    result = compared(GONE_FILE, rows=[row(GONE_FILE), carved, part, other])
    assert result.carved == [carved, part]
    assert result.invented == [other]
