"""Archives: streamed one after the other, each with everything that is nested in it.

Members are entries as soon as they are told, and go the way of every other content: looked up,
decoded, opened. What was told stays; a run that is killed, or a walker that is lost, streams the
archive again and goes on behind the last member that is known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from polit.base.text import name_text
from polit.examine.contents import Contents
from polit.examine.plan import Plan
from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.model.evidence import FoundEntry
from polit.model.locator import escape_value
from polit.package.archive_rows import (
    ArchiveLedger,
    ArchiveRow,
    member_columns,
    settled_member,
)
from polit.package.rows import ClosedArchive, ReadRow
from polit.run.local import LocalFleet
from polit.sandbox import walking_messages as say
from polit.sandbox.walking import WalkerLost

_RATIO, _ALWAYS_BYTES = 200, 1 << 30
_NAME_BYTES = 4096
"""So much of a name stands in locators and paths; all of it is kept beside them."""

_PLACE_BYTES = 4


@dataclass(slots=True)
class _Streaming:
    """The archive that is being streamed."""

    archive: ArchiveRow
    above: dict[bytes, ReadRow]
    position: bytes = b""
    pending: dict[bytes, ReadRow] = field(default_factory=dict)
    skip: list[bytes] = field(default_factory=list)
    stop: list[bytes] = field(default_factory=list)
    closed: set[bytes] = field(default_factory=set)
    locators: set[int] = field(default_factory=set)
    last_numbers: dict[int, int] = field(default_factory=dict)
    """The last number given to a locator that is told again, by its hash."""

    @property
    def row(self) -> ReadRow:
        """The archive's own entry."""
        return self.archive.row


class Archives:
    """The archives that wait, and the one that is being streamed."""

    def __init__(
        self,
        ledger: ArchiveLedger,
        fleet: LocalFleet,
        settlement: Settlement,
        progress: Progress,
        plan: Plan,
        *,
        contents: Contents,
    ) -> None:
        """Begin with none."""
        self._ledger, self._fleet, self._settlement = ledger, fleet, settlement
        self._progress, self._plan, self._contents = progress, plan, contents
        self._one: _Streaming | None = None

    @property
    def is_streaming(self) -> bool:
        """Whether an archive is being streamed."""
        return self._one is not None

    @property
    def volume_id(self) -> int | None:
        """The volume of the archive that is being streamed."""
        return self._one.row.volume_id if self._one else None

    def stream(self, rank: int, turn: Callable[[], None], is_open: Callable[[int], bool]) -> None:
        """Stream the archives of a rank, one after the other.

        Args:
            rank: Which.
            turn: Waits for what happens, and takes it.
            is_open: Tells whether a volume is open.
        """
        for archive in self._ledger.pending(rank):
            self._begin(archive)
            if is_open(archive.row.volume_id):
                self.ask()
            else:
                self.abandon("volume_unopened")
            while self.is_streaming:
                turn()

    def _begin(self, archive: ArchiveRow) -> None:
        row = archive.row
        one = self._one = _Streaming(archive, {b"": row})
        if archive.is_begun:
            known = self._ledger.progressed(row)
            one.position, one.pending, one.skip = known.position, known.pending, known.skipped
            one.closed, one.locators = known.closed, known.locators
            one.above.update(known.above)
        else:
            self._ledger.begin(row.entry_id)

    def ask(self) -> None:
        """Ask the walker for the present archive, for what is not known of it yet."""
        one, plan = self._one, self._plan
        if one is None:
            return
        row = one.row
        limits = say.ArchiveLimits(
            plan.max_archive_depth,
            plan.max_archive_members,
            min(plan.max_archive_bytes, _RATIO * row.size_bytes + _ALWAYS_BYTES),
            plan.max_nested_bytes,
        )
        job = say.ReadJob(row.entry_id, row.volume_id, row.address, row.raw_name, row.size_bytes)
        self._fleet.walker.send(
            say.StreamArchive(
                job, one.archive.mime, one.position, list(one.pending), one.skip, one.stop, limits
            )
        )

    def take(self, told: say.MembersTold) -> None:
        """Take what the walker tells of the archive."""
        one = self._one
        if one is None or told.entry_id != one.row.entry_id:
            return
        for step, found in told.found:
            self._add(one, step, found)
        results = []
        for member in told.read:
            row = one.pending.pop(member.place, None)
            if row is not None:
                results.append(self._result(row, member))
        self._contents.take_results(results)
        for closed in told.closed:
            self._close(one, closed.place, closed.members, closed.unopened)
        if told.is_complete:
            self._end(one)

    def _add(self, one: _Streaming, step: str, found: FoundEntry) -> None:
        """Make an entry of a member."""
        place = bytes(found.address)
        parent = one.above.get(place[:-_PLACE_BYTES])
        if place <= one.position or parent is None:  # told before, or nowhere
            return
        one.position = place
        shown = found.raw_name[:_NAME_BYTES]
        locator = self._unique(one, f"{parent.locator};{step}:{escape_value(shown)}")
        path = "/".join((parent.path, *(name_text(part) for part in shown.split(b"/"))))
        entry_id, top = self._ledger.number(), one.row
        row = ReadRow(entry_id, top.volume_id, locator, found.raw_name, place, found.size_bytes,
                      path, top.state, top.overwritten, top.entry_id)  # fmt: skip
        self._settlement.add_member(member_columns(entry_id, parent, top, found, locator, path))
        self._progress.entries += 1
        result = settled_member(entry_id, found)
        if result is None:
            one.pending[place] = row
            self._keep_above(one, place, row)
        else:
            self._settlement.settle(result)
            self._progress.settled += 1

    @staticmethod
    def _keep_above(one: _Streaming, place: bytes, row: ReadRow) -> None:
        """Keep what may hold the members that come next: nothing but the last one and its own."""
        for other in [key for key in one.above if key and not place.startswith(key)]:
            del one.above[other]
        one.above[place] = row

    @staticmethod
    def _unique(one: _Streaming, locator: str) -> str:
        first = key = hash(locator)
        number = one.last_numbers.get(first, 1)
        while key in one.locators:
            number += 1
            key = hash(f"{locator};same:{number}")
        one.locators.add(key)
        if number > 1:
            one.last_numbers[first] = number
        return locator if number == 1 else f"{locator};same:{number}"

    def _result(self, row: ReadRow, member: say.MemberRead) -> say.ReadResult:
        self._contents.reading[row.entry_id] = row
        if member.flaw and not member.result.code:
            self._settlement.leave_unopened(row.entry_id, member.flaw, "")
        return msgspec.structs.replace(member.result, entry_id=row.entry_id)

    def _close(
        self, one: _Streaming, place: bytes, members: int, unopened: list[tuple[str, str]]
    ) -> None:
        row = one.above.get(place)
        if place in one.closed or row is None:
            return
        one.closed.add(place)
        if place:
            self._settlement.close_archive(ClosedArchive(row.entry_id, members, is_whole=False))
        for code, detail in unopened:
            self._settlement.leave_unopened(row.entry_id, code, detail)
        if not place:
            self._settlement.close_archive(ClosedArchive(row.entry_id, members, is_whole=True))

    def _end(self, one: _Streaming) -> None:
        """What is pending now was told of, and never read: its reader broke its promise."""
        for row in one.pending.values():
            self._contents.fail(row, "unreadable", "")
        self._close(one, b"", 0, [("unreadable", "")])
        self._one = None

    def abandon(self, code: str) -> None:
        """Give the present archive up: what is pending in it fails, the rest is not examined."""
        if (one := self._one) is not None:
            for row in one.pending.values():
                self._contents.fail(row, code, "")
            one.pending.clear()
            self._close(one, b"", 0, [(code, "")])
            self._one = None

    def charge(self, lost: WalkerLost, *, exactly: bool) -> None:
        """Charge the walker's loss to the one member where it stood.

        Args:
            lost: The loss.
            exactly: Whether the walker told each member before it read it. One that did not may
                have been lost at a member that is not known yet: nobody is charged then.
        """
        one, place = self._one, lost.position.place
        if one is None or lost.position.item != one.row.entry_id:
            return
        row = one.pending.get(place)
        if not place or place in one.stop:
            self.abandon(lost.code)
        elif place in one.skip or (exactly and place > one.position):
            one.stop.append(place)  # not even passing over it helps
        elif row is not None:
            del one.pending[place]
            one.skip.append(place)
            self._contents.fail(row, lost.code, lost.detail)
        elif place <= one.position:  # it was read, and opening it was too much
            one.skip.append(place)
            self._close(one, place, 0, [(lost.code, "")])
