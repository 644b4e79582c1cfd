"""Read a folder's evidence again, by path: a faithful copy holds, wherever it lies."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from polit.base.errors import EvidenceChanged
from polit.examine.listing import FolderListing
from polit.examine.plan import Plan
from polit.examine.progress import Progress
from polit.model.evidence import Address, ContentState, EntryType
from polit.model.manifest import Manifest
from polit.package.checks import Check
from polit.package.read import EntryFilter, read_entries
from polit.package.rows import EntryRow, FolderRow
from polit.run.local import Decoded, LocalFleet, Opened, Reopened
from polit.sandbox import walking_messages as say
from polit.sandbox.walking import WalkerLost

_TICK_S = 0.25
_READS_AT_ONCE = 256
_VOLUME_ID = 1

Watch = Callable[[Progress, str], None]


@dataclass(slots=True)
class _Comparison:
    """What the package says by locator, and how what is there now compares with it."""

    expected: dict[str, str | None]
    met: set[str] = field(default_factory=set)
    added: int = 0
    differing: int = 0
    unread: int = 0

    def meet(self, locator: str) -> None:
        if locator in self.expected:
            self.met.add(locator)
        else:
            self.added += 1

    def compare(self, locator: str, result: say.ReadResult) -> None:
        before = self.expected.get(locator)
        if before is None:
            return
        if result.code:
            self.unread += 1
        else:
            self.differing += result.sha256.hex() != before

    def check(self, progress: Progress) -> Check:
        missing = len(self.expected) - len(self.met)
        detail = (
            f"{progress.settled} contents read again by their paths, {self.differing} differ, "
            f"{missing} names are missing, {self.added} are new, {self.unread} cannot be read"
        )
        same = not (self.differing or missing or self.added or self.unread)
        return Check("evidence", same, detail)


def recheck_folder(fleet: LocalFleet, package: Path, manifest: Manifest, watch: Watch) -> Check:
    """List and read a folder again and compare names and SHA-256 with the package.

    Places on the disk, inode numbers and times are no part of the comparison: they are others
    in every copy, and under another mount.
    """
    expected = {
        str(row["locator"]): str(row["sha256"]) if row["sha256"] else None
        for row in read_entries(package, EntryFilter(named=True))
    }
    recheck = _FolderRecheck(fleet, msgspec.convert(manifest.plan, Plan), watch)
    try:
        return recheck.run(_Comparison(expected))
    except EvidenceChanged as error:
        return Check("evidence", holds=False, detail=str(error))


class _FolderRecheck:
    """Walks a folder once, one listing at a time."""

    def __init__(self, fleet: LocalFleet, plan: Plan, watch: Watch) -> None:
        self._fleet, self._plan, self._watch = fleet, plan, watch
        self._progress = Progress(phase="reading again")
        self._next_id = 1
        self._replies: deque[say.Reply] = deque()

    def run(self, comparison: _Comparison) -> Check:
        folders = [self._root()]
        while folders:
            folder = folders.pop()
            rows = self._list(folder)
            self._progress.entries += len(rows)
            for row in rows:
                comparison.meet(row.locator)
            folders += [self._below(folder, row) for row in rows if row.is_descended]
            readable = [row for row in rows if _is_read(row)]
            for start in range(0, len(readable), _READS_AT_ONCE):
                self._read(readable[start : start + _READS_AT_ONCE], comparison)
        return comparison.check(self._progress)

    def _root(self) -> FolderRow:
        self._fleet.walker.send(say.FindVolumes())
        found = self._answer()
        if not isinstance(found, say.VolumesFound):
            raise EvidenceChanged("the folder cannot be opened by its reader")
        self._fleet.walker.send(
            say.OpenVolume(_VOLUME_ID, say.PlacedVolume(found.volumes[0], None))
        )
        opened = self._answer()
        if not isinstance(opened, say.VolumeOpened):
            raise EvidenceChanged("the folder cannot be opened by its reader")
        return FolderRow(self._take_id(), _VOLUME_ID, None, b"", Address(opened.root), "root",
                         deleted=False, rank=0)  # fmt: skip

    def _below(self, folder: FolderRow, row: EntryRow) -> FolderRow:
        below = row.folder_below(folder, 0)
        return FolderRow(self._take_id(), _VOLUME_ID, None, below.path, below.address, "folder",
                         deleted=False, rank=0)  # fmt: skip

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _list(self, folder: FolderRow) -> list[EntryRow]:
        listing = FolderListing(folder, volume="volume:0@0", filesystem="folder", plan=self._plan)
        self._fleet.walker.send(
            say.ListFolder(
                folder_id=folder.folder_id,
                volume_id=_VOLUME_ID,
                kind=folder.kind,
                address=folder.address,
                start_index=0,
                skip=[],
            )
        )
        rows: list[EntryRow] = []
        while True:
            reply = self._answer()
            if isinstance(reply, say.Listed):
                rows += [listing.row(found) for _, found in reply.entries]
                if reply.done:
                    return rows

    def _read(self, rows: list[EntryRow], comparison: _Comparison) -> None:
        waiting = {self._take_id(): row for row in rows}
        jobs = [
            say.ReadJob(number, _VOLUME_ID, row.found.address, row.found.raw_name, 0)
            for number, row in waiting.items()
        ]
        self._fleet.walker.send(say.ReadContents(jobs))
        while waiting:
            reply = self._answer()
            for result in reply.results if isinstance(reply, say.ContentsRead) else ():
                row = waiting.pop(result.entry_id, None)
                if row is not None:
                    comparison.compare(row.locator, result)
                self._progress.settled += 1
                self._progress.bytes_read += result.size_bytes

    def _answer(self) -> say.Reply:
        """Return the walker's next reply.

        Raises:
            EvidenceChanged: The walker was lost, or refused.
        """
        while not self._replies:
            for event in self._fleet.wait(_TICK_S):
                if isinstance(event, (say.WalkRefused, WalkerLost)):
                    raise EvidenceChanged(f"{event.code}: {event.detail}")
                if not isinstance(event, Decoded | Opened | Reopened):
                    self._replies.append(event)
            self._watch(self._progress, "")
        return self._replies.popleft()


def _is_read(row: EntryRow) -> bool:
    readable = row.found.content is ContentState.READABLE and not row.is_descended
    return readable and row.found.entry_type is not EntryType.LINK
