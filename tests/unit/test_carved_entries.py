"""What a carved entry is called, and what it says of itself."""

from polit.examine.carving import carved_entry
from polit.model.evidence import EntryState
from polit.sandbox import walking_messages as say

RESULT = say.ReadResult(0, "", "", size_bytes=30, mime="image/jpeg")


def test_a_carved_entry_is_called_after_where_it_begins() -> None:
    row = carved_entry("volume:1@512", RESULT, [(1024, 30)], pieces=1)
    assert row.path == "$Carved/1024.jpg"
    assert row.locator == "volume:1@512;carved:1024+30"
    assert (row.found.state, row.found.record, row.found.size_bytes) == (EntryState.CARVED, "", 30)


def test_what_was_put_together_says_so_wherever_its_name_is_shown() -> None:
    row = carved_entry("volume:1@512", RESULT, [(1024, 20), (4096, 10)], pieces=2)
    assert row.path == "$Carved/1024 joined of 2.jpg"
    assert row.found.raw_name == b"1024 joined of 2.jpg"
    assert row.found.record == "joined:2"


def test_a_content_around_allocated_blocks_is_not_put_together() -> None:
    row = carved_entry("volume:1@512", RESULT, [(1024, 20), (4096, 10)], pieces=1)
    assert row.path == "$Carved/1024.jpg"
    assert row.locator == "volume:1@512;carved:1024+20,4096+10"
