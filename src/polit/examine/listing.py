"""From a name that was met to a row: its path, its locator, its rank."""

from collections.abc import Sequence
from dataclasses import replace

from polit.base.text import name_text
from polit.examine.plan import Plan
from polit.examine.rank import FIRST, rank_of
from polit.model.evidence import Address, ContentState, EntryState, EntryType, FoundEntry
from polit.model.locator import escape_value
from polit.package.rows import EntryRow, FolderRow, ReadRow


class FolderListing:
    """Makes the rows of one folder; its locators are unique within it."""

    def __init__(self, folder: FolderRow, *, volume: str, filesystem: str, plan: Plan) -> None:
        """Begin a folder.

        Args:
            folder: The folder whose names come in.
            volume: The locator of its volume.
            filesystem: The kind of its file system, the step's name in locators.
            plan: For what is left out.
        """
        self.folder = folder
        self._plan = plan
        self._text = "/".join(map(name_text, folder.path.split(b"/"))) if folder.path else ""
        inner = escape_value(b"/" + folder.path + (b"/" if folder.path else b""))
        self._locator = f"{volume};{filesystem}:{inner}"
        self._rank = rank_of(self._text)
        self._seen: set[int] = set()
        self.place = f"{volume};{filesystem}:{escape_value(b'/' + folder.path)}"
        self.begun = False
        self.next_index = 0
        self.lost: list[int] = []
        self.urgent: list[ReadRow] = []

    def row(self, found: FoundEntry) -> EntryRow:
        """Return the row of a name that was met. A content ranks as the folder it lies in."""
        owner = found.owner_name or found.raw_name
        name = name_text(owner)
        if found.entry_type is EntryType.STREAM:
            name = f"{name}:{name_text(found.raw_name)}"
        path = f"{self._text}/{name}" if self._text else name
        return EntryRow(
            found=self._planned(found, path),
            locator=self._unique(self._locator_of(found, owner)),
            path=path,
            rank=rank_of(path) if found.entry_type is EntryType.FOLDER else self._rank,
        )

    def note_urgent(self, ids: range, rows: Sequence[EntryRow]) -> None:
        """Keep those of the folder's contents that are to be read before other folders."""
        for entry_id, row in zip(ids, rows, strict=True):
            readable = row.found.content is ContentState.READABLE and not row.is_descended
            if row.rank == FIRST and readable and row.found.entry_type is not EntryType.LINK:
                self.urgent.append(
                    ReadRow(
                        entry_id,
                        self.folder.volume_id,
                        row.locator,
                        row.found.raw_name,
                        row.found.address,
                        row.found.size_bytes,
                        row.path,
                        row.found.state.value,
                        row.found.overwritten,
                    )
                )

    def lost_row(self, index: int) -> EntryRow:
        """Return the row of a stored slot whose loading killed the walker: its name is unknown."""
        name = f"[slot {index}]".encode()
        found = FoundEntry(
            raw_name=b"",
            owner_name=name,
            entry_type=EntryType.FILE,
            state=EntryState.LIVE,
            content=ContentState.READABLE,
            address=Address(self.folder.address),
            record="",
        )
        return self.row(found)

    def _planned(self, found: FoundEntry, path: str) -> FoundEntry:
        is_folder = found.entry_type is EntryType.FOLDER
        if (is_folder or found.content is ContentState.READABLE) and self._plan.leaves_out(path):
            return replace(found, content=ContentState.LEFT_OUT)
        return found

    def _locator_of(self, found: FoundEntry, owner: bytes) -> str:
        text = self._locator + escape_value(owner)
        if found.record:
            text += f";record:{escape_value(found.record.encode())}"
        if found.entry_type is EntryType.STREAM:
            text += f";stream:{escape_value(found.raw_name)}"
        return text

    def _unique(self, locator: str) -> str:
        key, number = hash(locator), 1
        while key in self._seen:
            number += 1
            key = hash(f"{locator};same:{number}")
        self._seen.add(key)
        return locator if number == 1 else f"{locator};same:{number}"
