"""The names still to be listed: folders in the order that matters, one listing at a time."""

import heapq
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from polit.examine.listing import FolderListing
from polit.examine.plan import Plan
from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.package.rows import EntryRow, FolderRow, ProblemRow, ResultRow
from polit.package.write import Ledger
from polit.run.local import LocalFleet
from polit.sandbox import walking_messages as say
from polit.sandbox.walking import WalkerLost

if TYPE_CHECKING:
    from polit.package.rows import ReadRow


class Names:
    """Folders waiting, the one being listed, and contents that go before other folders."""

    def __init__(
        self,
        ledger: Ledger,
        fleet: LocalFleet,
        settlement: Settlement,
        progress: Progress,
        plan: Plan,
    ) -> None:
        """Begin with no folder."""
        self._ledger, self._fleet, self._settlement = ledger, fleet, settlement
        self._progress, self._plan = progress, plan
        self._folders: list[tuple[int, int, FolderRow]] = []
        self.listing: FolderListing | None = None
        self.urgent: deque[ReadRow] = deque()

    @property
    def is_pending(self) -> bool:
        """Whether names are still to come."""
        return bool(self._folders) or self.listing is not None

    def add(self, folders: Iterable[FolderRow]) -> None:
        """Queue folders by rank, then in the order in which they were met."""
        for folder in folders:
            heapq.heappush(self._folders, (folder.rank, folder.folder_id, folder))

    def next_folder(self) -> FolderRow | None:
        """Take the folder that matters most, ``None`` when there is none."""
        return heapq.heappop(self._folders)[2] if self._folders else None

    def begin(self, folder: FolderRow, *, volume: str, filesystem: str) -> None:
        """Ask for the names of a folder."""
        self._ledger.begin_folder(folder.folder_id)
        self.listing = FolderListing(folder, volume=volume, filesystem=filesystem, plan=self._plan)
        self.ask()

    def refuse(self, folder: FolderRow, code: str) -> None:
        """Settle a folder that cannot be listed because its volume is gone."""
        problem = ProblemRow("source", folder.entry_id, "list", code, "")
        self._ledger.finish_folder(folder, problem=problem)

    def ask(self) -> None:
        """Ask for the names of the present folder from where they ended."""
        if self.listing is None:
            return
        folder = self.listing.folder
        self._fleet.walker.send(
            say.ListFolder(
                folder_id=folder.folder_id,
                volume_id=folder.volume_id,
                kind=folder.kind,
                address=folder.address,
                start_index=self.listing.next_index,
                skip=self.listing.lost,
            )
        )

    def take(self, reply: say.Listed) -> None:
        """Write names that came in."""
        listing = self.listing
        if listing is None or reply.folder_id != listing.folder.folder_id:
            return
        if reply.entries:
            rows = [listing.row(found) for _, found in reply.entries]
            listing.next_index = reply.entries[-1][0] + 1
            ids, folders = self._ledger.add_entries(listing.folder, rows)
            self._progress.entries += len(ids)
            self._progress.settled += sum(map(_is_settled, rows))
            self.add(folders)
            listing.note_urgent(ids, rows)
        if reply.done:
            self.end(reply.error)

    def end(self, error: str = "", code: str = "unlistable") -> None:
        """End the present folder: all its names are in, or ``error`` says why not."""
        listing = self.listing
        if listing is None:
            return
        folder = listing.folder
        problem = None
        if error:
            problem = ProblemRow(listing.place, folder.entry_id, "list", code, error)
        self._ledger.finish_folder(folder, problem=problem)
        self._progress.settled += folder.entry_id is not None
        self.urgent.extend(listing.urgent)
        self.listing = None

    def charge(self, lost: WalkerLost) -> None:
        """Charge the walker's loss to the one slot where it stood, or to the folder itself."""
        listing, index = self.listing, lost.position.index
        if listing is None:
            return
        if index == say.OPENING or index < listing.next_index or index in listing.lost:
            self.end(lost.detail or lost.code, lost.code)
            return
        row = listing.lost_row(index)
        ids, _ = self._ledger.add_entries(listing.folder, [row])
        self._settlement.settle(
            ResultRow(ids[0], "failed", lost.code),
            ProblemRow(row.locator, ids[0], "list", lost.code, lost.detail),
        )
        self._settlement.commit()
        self._progress.entries += 1
        self._progress.failed += 1
        listing.lost.append(index)


def _is_settled(row: EntryRow) -> bool:
    return row.settled(0) is not None
