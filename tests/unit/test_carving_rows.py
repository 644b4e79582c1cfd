"""The rows of carving: areas in order, steps that are kept whole, folders that others can show."""

from pathlib import Path

import made_packages as made
import pytest

from polit.model import codes
from polit.model.evidence import EntryState, VolumeFacts
from polit.package import carving_rows, row_streams
from polit.package.carving_account import count_uncarved
from polit.package.carving_rows import CarvingRows, CarvingStep
from polit.package.rows import EntryRow, ResultBatch, ResultRow
from polit.package.rows_out import RowsOut, open_copy
from polit.package.write import Ledger
from polit.store.keys import create_keys


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a package with one walked volume of a live file, and a gap behind it."""
    folder = tmp_path / "x.polit"
    ledger = made.begin(folder, create_keys(tmp_path / "data"))
    gap = VolumeFacts(2, "mbr", "gap", 1000, 500, allocated=False)
    ledger.connection.execute(
        "INSERT INTO volumes (number, scheme, description, offset_bytes, size_bytes, allocated,"
        " locator, state, reason) VALUES (?, ?, ?, ?, ?, 0, 'volume:2@1000', 'not_examined', 'x')",
        (gap.number, gap.scheme, gap.description, gap.offset_bytes, gap.size_bytes),
    )
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    ids, _ = ledger.add_entries(root, [made.row("a.jpg")])
    ledger.finish_folder(root, problem=None)
    ledger.finish_volume(1)
    batch = ResultBatch.empty()
    batch.results = [ResultRow(ids[0], "skipped", "known_good", made.digests(b"known"))]
    batch.slack = [(1, 40, 5), (1, 90, 10), (1, 40, 8), (1, 40, 6)]
    ledger.append(batch)
    ledger.close()
    return folder


def _carved(name: str) -> EntryRow:
    return made.row(name, state=EntryState.CARVED)


def test_areas_come_by_volume_and_slack_in_parts(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carving_rows, "SLACK_AT_ONCE", 1)
    ledger = Ledger(package)
    rows = CarvingRows(ledger)
    rows.begin()
    met = []
    while (area := rows.next_area()) is not None:
        met.append((area.volume_id, area.area, area.ranges))
        rows.settle(area, CarvingStep(next_bytes=7, is_done=True))
    ledger.abandon()
    assert met == [
        (1, "unallocated", ()),
        (1, "slack", ((40, 8),)),
        (1, "slack", ((90, 10),)),
        (1, "slack", ()),
        (2, "whole", ((1000, 500),)),
    ]


def test_a_step_is_taken_up_where_it_was_kept(package: Path) -> None:
    ledger = Ledger(package)
    rows = CarvingRows(ledger)
    rows.begin()
    area = rows.next_area()
    assert area is not None
    step = CarvingStep(60, taken=[(50, 30, True)], entries=[_carved("$Carved/5.jpg")])
    rows.settle(area, step)
    ledger.abandon()

    ledger = Ledger(package)
    again = CarvingRows(ledger)
    assert again.begin()[1] == 60
    area = again.next_area()
    ledger.abandon()
    assert area is not None
    assert (area.next_bytes, area.taken) == (60, ((50, 30, True),))


def test_only_contents_under_a_name_are_found_again(package: Path) -> None:
    ledger = Ledger(package)
    rows = CarvingRows(ledger)
    rows.begin()
    assert rows.holds(made.digests(b"known").sha256)
    assert not rows.holds(made.digests(b"carved").sha256)
    ledger.abandon()


def test_what_is_not_searched_is_named_with_its_reason(package: Path) -> None:
    ledger = Ledger(package)
    rows = CarvingRows(ledger)
    rows.begin()
    while (area := rows.next_area()) is not None:
        rows.settle(
            area, CarvingStep(0, is_done=True, reason="unknown", undecoded=2, passed_over=3)
        )
    said = {line.what: line.why for line in count_uncarved(ledger.connection)}
    ledger.abandon()
    why = "not carved: the driver of its file system cannot tell what is free"
    assert said["unallocated space"] == why
    assert "carving candidates that did not decode" in said
    assert "beginnings of pictures or videos that were not followed" in said


def test_carved_entries_stand_in_a_folder_of_their_own(package: Path) -> None:
    ledger = Ledger(package)
    rows = CarvingRows(ledger)
    rows.begin()
    area = rows.next_area()
    assert area is not None
    rows.settle(area, CarvingStep(9, entries=[_carved("5.jpg"), _carved("9.jpg")]))
    ledger.index_locators()
    ledger.close()
    with open_copy(package / "findings.sqlite") as connection:
        out = RowsOut(connection, 7)
        out.give_words({word: number for number, word in enumerate(out.words(), 1)})
        folders = [dict(zip(row_streams.FOLDERS.columns, row, strict=True))
                   for row in out.stream(row_streams.FOLDERS, after=0)]  # fmt: skip
        entries = [dict(zip(row_streams.ENTRIES.columns, row, strict=True))
                   for row in out.stream(row_streams.ENTRIES, after=0)]  # fmt: skip
    (carved,) = [row for row in folders if row["kind"] == codes.FOLDER_KINDS.number("carved")]
    assert (carved["path"], carved["entries"]) == ("$Carved", 2)
    state = codes.ENTRY_STATES.number("carved")
    assert {row["folder_id"] for row in entries if row["state"] == state} == {carved["id"]}
    assert {row["folder_id"] for row in entries if row["state"] != state} != {carved["id"]}
