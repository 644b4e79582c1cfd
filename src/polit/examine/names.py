"""The names still to be listed: folders in the order that matters, one listing at a time."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable
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
        *,
        ask_next: Callable[[], None],
    ) -> None:
        """Begin with no folder; ``ask_next`` asks for the folder that matters most."""
        self._ask_next = ask_next
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
        self.listing = FolderListing(folder, volume=volume, filesystem=filesystem, plan=self._plan)
        self.ask()

    def refuse(self, folder: FolderRow, code: str) -> None:
        """Settle a folder that cannot be listed because its volume is gone."""
        problem = ProblemRow("source", folder.entry_id, "list", code, "")
        self._ledger.finish_folder(folder, problem=problem)
        self._progress.settled += folder.entry_id is not None

    def ask(self) -> None:
        """Ask for the names of the present folder, from where they ended."""
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
        """Write names that came in, and the end of their folder, in one transaction.

        Which folder comes next depends on the folders alone, so the next is asked for as soon
        as they are known: the walker lists it while this one's names are written.
        """
        listing = self.listing
        if listing is None or reply.folder_id != listing.folder.folder_id:
            return
        rows = [listing.row(found) for _, found in reply.entries]
        if reply.entries:
            listing.next_index = reply.entries[-1][0] + 1
        with self._ledger.together():
            self._begin_if_new(listing)
            ids, folders = self._ledger.reserve_entries(listing.folder, rows)
            self.add(folders)
            listing.note_urgent(ids, rows)
            if reply.done:
                self._leave(listing)
            self._ledger.write_entries(listing.folder, rows, ids)
            if reply.done:
                self._finish(listing, reply.error, "unlistable", dropped=reply.dropped)
        self._progress.entries += len(ids)
        self._progress.settled += sum(map(_is_settled, rows))

    def end(self, error: str, code: str) -> None:
        """End the present folder: it cannot be listed further, ``error`` says why."""
        if (listing := self.listing) is not None:
            with self._ledger.together():
                self._begin_if_new(listing)
                self._finish(listing, error, code)
            self._leave(listing)

    def _leave(self, listing: FolderListing) -> None:
        self.listing = None
        self.urgent.extend(listing.urgent)
        if not self.urgent:
            self._ask_next()

    def _finish(
        self,
        listing: FolderListing,
        error: str,
        code: str,
        *,
        dropped: dict[str, int] | None = None,
    ) -> None:
        folder = listing.folder
        problem = None
        if error:
            problem = ProblemRow(listing.place, folder.entry_id, "list", code, error)
        self._ledger.finish_folder(folder, problem=problem, dropped=dropped)
        self._progress.settled += folder.entry_id is not None
        self._progress.failed += problem is not None

    def charge(self, lost: WalkerLost) -> None:
        """Charge the walker's loss to the one slot where it stood, or to the folder itself."""
        listing, index = self.listing, lost.position.index
        if listing is None or lost.position.item != listing.folder.folder_id:
            return
        if index == say.OPENING or index < listing.next_index or index in listing.lost:
            self.end(lost.detail or lost.code, lost.code)
            return
        row = listing.lost_row(index)
        with self._ledger.together():
            self._begin_if_new(listing)
            ids, _ = self._ledger.add_entries(listing.folder, [row])
            problem = ProblemRow(row.locator, ids[0], "list", lost.code, lost.detail)
            self._settlement.settle(ResultRow(ids[0], "failed", lost.code), problem)
        self._settlement.commit()
        self._progress.entries += 1
        self._progress.settled += 1
        self._progress.failed += 1
        listing.lost.append(index)

    def _begin_if_new(self, listing: FolderListing) -> None:
        # Only now: what a crash drops is everything from the first name of an unfinished
        # folder on, so no other folder's names may come in between.
        if not listing.begun:
            listing.begun = True
            self._ledger.begin_folder(listing.folder.folder_id)


def _is_settled(row: EntryRow) -> bool:
    return row.settled(0) is not None
