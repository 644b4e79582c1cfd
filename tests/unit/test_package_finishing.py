"""Locators that collide across folders are told apart the same way in whatever order."""

from pathlib import Path
from typing import TYPE_CHECKING

import made_packages as made

from polit.model.evidence import Address, EntryType
from polit.package.rows import EntryRow
from polit.store.keys import create_keys

if TYPE_CHECKING:
    from polit.package.write import Ledger


def _run(place: Path, order: tuple[bytes, bytes]) -> dict[bytes, str]:
    """Meet two folders of one path in an order; return the locator by the folder's address."""
    ledger: Ledger = made.begin(place / "p", create_keys(place / "data"))
    (root,) = ledger.pending_folders()
    ledger.begin_folder(root.folder_id)
    rows = [
        EntryRow(
            made.found("a", entry_type=EntryType.FOLDER, address=Address(address)),
            f"volume:0@0;fat16:/a;record:{address.decode()}",
            "a",
            2,
        )
        for address in order
    ]
    _, folders = ledger.add_entries(root, rows)
    ledger.finish_folder(root, problem=None)
    for folder in folders:
        ledger.begin_folder(folder.folder_id)
        child = EntryRow(made.found("x"), "volume:0@0;fat16:/a/x;record:7", "a/x", 2)
        ledger.add_entries(folder, [child])
        ledger.finish_folder(folder, problem=None)
    ledger.index_locators()
    found = ledger.connection.execute(
        "SELECT f.address, e.locator FROM entries e JOIN folders f ON f.entry_id = e.parent_id"
        " WHERE e.path = 'a/x'"
    ).fetchall()
    ledger.abandon()
    return dict(found)


def test_the_same_name_in_two_folders_of_one_path_has_two_locators(tmp_path: Path) -> None:
    one = _run(tmp_path / "one", (b"90", b"70"))
    other = _run(tmp_path / "other", (b"70", b"90"))
    assert one == other
    assert one == {
        b"70": "volume:0@0;fat16:/a/x;record:7",
        b"90": "volume:0@0;fat16:/a/x;record:7;place:2",
    }
