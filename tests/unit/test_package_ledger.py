"""The ledger: nothing is lost, nothing is met twice, and one writer at a time."""

import sqlite3
from pathlib import Path

import made_packages as made
import pytest

from polit.base.errors import PackageBusy, PackageDamaged
from polit.model.evidence import ContentState, EntryType
from polit.package import account
from polit.package.rows import FolderRow, ProblemRow, ResultBatch, ResultRow
from polit.package.write import Ledger
from polit.store.keys import Keys, create_keys


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Return fresh keys."""
    return create_keys(tmp_path / "data")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return where the package is made."""
    return tmp_path / "x.polit"


def _list_root(ledger: Ledger, *names: str) -> tuple[FolderRow, range]:
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    ids, _ = ledger.add_entries(root, [made.row(name) for name in names])
    return root, ids


def test_names_of_a_half_listed_folder_are_dropped_and_listed_again(
    package: Path, keys: Keys
) -> None:
    ledger = made.begin(package, keys)
    _list_root(ledger, "a", "b")
    ledger.close()

    again = Ledger(package)

    assert again.counts() == (0, 0)
    assert [folder.kind for folder in again.pending_folders()] == ["root"]
    again.close()


def test_listed_names_without_a_result_are_pending_after_a_restart(
    package: Path, keys: Keys
) -> None:
    ledger = made.begin(package, keys)
    root, ids = _list_root(ledger, "a", "b")
    ledger.finish_folder(root, problem=None)
    batch = ResultBatch.empty()
    batch.results = [ResultRow(ids[0], "failed", "unreadable")]
    ledger.append(batch)
    ledger.close()

    again = Ledger(package)

    assert [row.raw_name for row in again.pending_reads(rank=2, after=0, limit=9)] == [b"b"]
    assert again.counts() == (2, 1)
    again.close()


def test_a_second_examiner_is_refused(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    with pytest.raises(PackageBusy, match="another process"):
        Ledger(package)
    ledger.close()


def test_a_writer_whose_fence_was_passed_cannot_commit(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    root, ids = _list_root(ledger, "a")
    ledger.finish_folder(root, problem=None)
    other = sqlite3.connect(package / "findings.sqlite")
    other.execute("UPDATE meta SET value = '99' WHERE key = 'fence'")
    other.commit()
    other.close()
    batch = ResultBatch.empty()
    batch.results = [ResultRow(ids[0], "failed", "unreadable")]

    with pytest.raises(PackageBusy, match="took this package over"):
        ledger.append(batch)

    assert ledger.counts() == (1, 0)
    ledger.close()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"entry_type": EntryType.LINK}, "link"),
        ({"content": ContentState.GONE}, "content_gone"),
        ({"content": ContentState.REALLOCATED}, "record_reallocated"),
        ({"content": ContentState.SPECIAL}, "special_file"),
        ({"content": ContentState.LEFT_OUT}, "left_out_by_plan"),
        ({"entry_type": EntryType.FOLDER, "content": ContentState.LEFT_OUT}, "left_out_by_plan"),
        ({"entry_type": EntryType.FOLDER, "content": ContentState.GONE}, "content_gone"),
    ],
)
def test_a_name_without_content_is_settled_when_it_is_met(
    package: Path, keys: Keys, changes: dict[str, object], reason: str
) -> None:
    ledger = made.begin(package, keys)
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    ledger.add_entries(root, [made.row("n", **changes)])

    found = ledger.connection.execute("SELECT outcome, reason FROM results").fetchall()

    assert found == [("skipped", reason)]
    ledger.close()


def test_a_folder_met_twice_is_listed_once(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    loop = {"entry_type": EntryType.FOLDER, "address": b"same"}
    _, new = ledger.add_entries(root, [made.row("one", **loop), made.row("two", **loop)])

    assert len(new) == 1
    assert ledger.counts() == (2, 1)
    ledger.close()


def test_a_folder_that_cannot_be_listed_fails_with_its_reason(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    _, (below,) = ledger.add_entries(root, [made.row("sub", entry_type=EntryType.FOLDER)])
    ledger.finish_folder(root, problem=None)
    ledger.begin_folder(below.folder_id)
    problem = ProblemRow("volume:0@0", below.entry_id, "list", "unlistable", "no")
    ledger.finish_folder(below, problem=problem)

    assert ledger.connection.execute("SELECT outcome, reason FROM results").fetchall() == [
        ("failed", "unlistable")
    ]
    missing = account.count_not_examined(ledger.connection)
    assert [n.what for n in missing if n.why == "the folder could not be listed"] == [
        "names inside folders"
    ]
    ledger.close()


def test_a_result_without_a_reason_is_refused_by_the_database(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    root, ids = _list_root(ledger, "a")
    ledger.finish_folder(root, problem=None)
    batch = ResultBatch.empty()
    batch.results = [ResultRow(ids[0], "failed")]
    with pytest.raises(sqlite3.IntegrityError):
        ledger.append(batch)
    ledger.close()


def test_bad_ranges_merge_in_whatever_order_they_come(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    ledger.add_bad_ranges([(512, 512, "x"), (4096, 10, "x")])
    ledger.add_bad_ranges([(0, 512, "x"), (4100, 100, "x"), (0, 512, "y")])

    rows = ledger.connection.execute("SELECT * FROM bad_ranges ORDER BY code, 1").fetchall()

    assert rows == [(0, 1024, "x"), (4096, 104, "x"), (0, 512, "y")]
    ledger.close()


def test_an_unbalanced_tally_is_refused(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    root, _ = _list_root(ledger, "a")
    ledger.finish_folder(root, problem=None)
    with pytest.raises(PackageDamaged, match="does not balance"):
        account.count_tally(ledger.connection).check_balance()
    ledger.close()


def test_a_problem_of_the_source_is_noted_once(package: Path, keys: Keys) -> None:
    ledger = made.begin(package, keys)
    for _ in range(2):
        ledger.add_problem(ProblemRow("source", None, "open", "segment_missing", "E03"))
    assert ledger.connection.execute("SELECT count(*) FROM problems").fetchone() == (1,)
    ledger.close()
