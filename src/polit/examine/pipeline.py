"""The pipeline: volumes, names, contents, pictures, in the order that matters first.

One loop, no threads: requests go to the walker and the decoders, events come back, results go
to the ledger. The order of the work never changes a result. An entry whose reading kills the
walker costs that entry; everything that was under way beside it is asked for again.
"""

from collections import deque
from collections.abc import Callable, Iterator

from polit.base.clock import monotonic_s
from polit.base.digests import Digests
from polit.base.errors import EvidenceChanged
from polit.examine.archives import Archives
from polit.examine.carving import Carving
from polit.examine.contents import Contents
from polit.examine.deciding import Decisions, Originals
from polit.examine.names import Names
from polit.examine.plan import Plan
from polit.examine.progress import Progress, SourceReport
from polit.examine.rank import RANKS
from polit.examine.settling import Settlement
from polit.examine.volumes import Volumes, trouble
from polit.package.archive_rows import ArchiveLedger
from polit.package.rows import ProblemRow, ReadRow
from polit.package.write import Ledger
from polit.run.local import Decoded, Event, LocalFleet, Opened, Reopened
from polit.sandbox import walking_messages as say
from polit.sandbox.carving_messages import Carved
from polit.sandbox.walking import WalkerLost

_READS_AT_ONCE = 256
_TICK_S = 0.25
_UNCHARGED_LOSSES = 20


class Pipeline:
    """One run over one source, from its volumes to its last content."""

    def __init__(
        self,
        ledger: Ledger,
        fleet: LocalFleet,
        settlement: Settlement,
        plan: Plan,
        *,
        check: Callable[[Progress], None],
        vault: Originals | None = None,
    ) -> None:
        """Make ready; nothing is asked yet.

        Args:
            ledger: The rows of the run.
            fleet: The processes of the run.
            settlement: Where results are collected.
            plan: What is done and left out.
            check: Called on every turn of the loop; shows progress, checks that the evidence
                is unchanged, and raises to interrupt.
            vault: Where the originals of pictures and videos are kept, if they are.
        """
        self._ledger, self._fleet, self._settlement = ledger, fleet, settlement
        self._plan, self._check = plan, check
        self.progress = Progress(alerts=settlement.alerts)
        self._names = Names(
            ledger, fleet, settlement, self.progress, plan, ask_next=self._ask_next_folder
        )
        decisions = Decisions(
            fleet, settlement, self.progress, opens_holders=plan.open_holders, vault=vault
        )
        self._contents = Contents(
            fleet,
            settlement,
            self.progress,
            decisions,
            opens_archives=plan.open_archives,
            tells_slack=plan.carve,
        )
        self._archives = Archives(
            ArchiveLedger(ledger), fleet, settlement, self.progress, plan, contents=self._contents
        )
        self._carving = Carving(
            ledger, fleet, settlement, decisions, self.progress, max_restarts=plan.max_restarts
        )
        self._volumes = Volumes(ledger, plan, ask=self._ask_walker, restart=self._restart)
        self._is_asked = False
        self._uncharged = 0
        self._mounts_lost: set[int] = set()
        self._answers: deque[say.Reply | WalkerLost] = deque()

    def run(self) -> SourceReport:
        """Do everything that is still to be done.

        Raises:
            SourceUnreadable: The source cannot be opened at all.
            EvidenceChanged: The evidence changed during the run.
        """
        found = self._volumes.find()
        self._volumes.open_all()
        self._fleet.walker.send(say.KnowVolumes(self._volumes.placed))
        self._names.add(self._ledger.pending_folders())
        self.progress.entries, self.progress.settled = self._ledger.counts()
        self.progress.phase = "listing"
        self._list_everything()
        self.progress.phase = "reading"
        for rank in RANKS:
            self._read_rank(rank)
        if self._plan.carve and found.container != "folder":
            self._carve()
        measured = self._measure(found)
        self._settlement.commit()
        return SourceReport(
            found.container,
            found.size_bytes,
            dict(found.stored_digests),
            dict(found.description),
            measured,
        )

    # Names and contents

    def _list_everything(self) -> None:
        names, contents = self._names, self._contents
        while names.is_pending or contents.reading or names.urgent:
            if names.listing is None and not contents.reading:
                self._next_step()
            self._turn()
        for volume_id in self._volumes.open:
            self._ledger.finish_volume(volume_id)
        self._drain()

    def _next_step(self) -> None:
        names = self._names
        if names.urgent:
            count = min(len(names.urgent), _READS_AT_ONCE)
            self._ask([names.urgent.popleft() for _ in range(count)])
        else:
            self._ask_next_folder()

    def _ask_next_folder(self) -> None:
        names = self._names
        while names.listing is None and (folder := names.next_folder()) is not None:
            volume = self._volumes.open.get(folder.volume_id)
            if volume is None:
                names.refuse(folder, "volume_unopened")
            else:
                names.begin(folder, volume=volume.locator, filesystem=volume.filesystem)

    def _read_rank(self, rank: int) -> None:
        for page in self._pages(rank):
            while len(self._contents.reading) > _READS_AT_ONCE:
                self._turn()
            self._ask(page)
        self._drain()
        self._archives.stream(rank, self._turn, self._volumes.open.__contains__)
        self._drain()

    def _pages(self, rank: int) -> Iterator[list[ReadRow]]:
        after = 0
        while page := self._ledger.pending_reads(rank=rank, after=after, limit=_READS_AT_ONCE):
            after = page[-1].entry_id
            yield page

    def _ask(self, rows: list[ReadRow]) -> None:
        for row in rows:
            if not self._is_within_reach(row):
                self._contents.fail(row, "volume_unopened", "")
        self._contents.ask([row for row in rows if self._is_within_reach(row)])

    def _is_within_reach(self, row: ReadRow) -> bool:
        return row.state == "carved" or row.volume_id in self._volumes.open

    # What no file owns

    def _carve(self) -> None:
        """Search area by area; what was carved is then read like any other content."""
        self.progress.phase = "carving"
        self.progress.carve_began_at = monotonic_s()
        if self._carving.begin():
            self._fleet.begin_carving(self._volumes.placed)
        while self._carving.ask_next():
            while self._carving.is_under_way:
                self._turn()
        self._drain()
        self.progress.phase = "reading"
        for rank in RANKS:
            self._read_rank(rank)

    # The whole source

    def _measure(self, found: say.VolumesFound) -> Digests | None:
        if not self._plan.measure_source or found.container == "folder":
            return None
        self.progress.phase = "measuring"
        reply = self._ask_walker(say.MeasureSource())
        if isinstance(reply, say.SourceMeasured):
            return Digests(reply.size_bytes, reply.md5, reply.sha1, reply.sha256)
        code, detail = trouble(reply)
        self._ledger.add_problem(ProblemRow("source", None, "measure", code, detail))
        if isinstance(reply, WalkerLost):
            self._restart()
        return None

    # Events

    def _turn(self) -> None:
        for event in self._fleet.wait(_TICK_S):
            self._take(event)
        self._settlement.commit_if_due()
        self._check(self.progress)

    def _drain(self) -> None:
        while self._contents.is_under_way:
            self._turn()
        self._settlement.commit()

    def _ask_walker(self, request: say.Request) -> say.Reply | WalkerLost:
        self._fleet.walker.send(request)
        self._is_asked = True
        while not self._answers:
            self._turn()
        self._is_asked = False
        return self._answers.popleft()

    def _take(self, event: Event) -> None:
        if isinstance(event, Decoded):
            self._contents.take_decoded(event)
        elif isinstance(event, Opened | Reopened):
            self._contents.take_opened(event)
        elif isinstance(event, say.ContentsRead):
            self._contents.take_results(event.results)
        elif isinstance(event, say.MembersTold):
            self._archives.take(event)
        elif isinstance(event, WalkerLost):
            self._take_loss(event)
        else:
            self._take_word(event)

    def _take_word(self, reply: say.Reply) -> None:
        match reply:
            case Carved():
                self._carving.take(reply)
            case say.Listed():
                self._names.take(reply)
            case say.SourceState():
                self._ledger.add_bad_ranges(reply.bad_ranges)
                self._volumes.note_problems("source", "container", reply.problems)
            case say.SourceProgress():
                self.progress.measured_bytes = reply.done_bytes
            case say.WalkRefused(code="evidence_changed"):
                raise EvidenceChanged(reply.detail)
            case _:
                self._answers.append(reply)

    # Losses

    def _take_loss(self, lost: WalkerLost) -> None:
        """Charge a loss to the one entry where the walker stood; ask again for the rest."""
        if self._is_asked:
            self._answers.append(lost)
            return
        if self._carving.is_under_way:
            self._carving.charge(lost)
            self._restart()
            self._carving.ask_again()
            return
        names, contents = self._names, self._contents
        volume_id = self._volume_of(lost)
        before = self.progress.failed
        if lost.position.operation == say.READING:
            contents.charge(lost, exactly=self._fleet.walker.is_careful)
        elif lost.position.operation == say.LISTING:
            names.charge(lost)
        elif lost.position.operation == say.STREAMING:
            self._archives.charge(lost, exactly=self._fleet.walker.is_careful)
        self._uncharged = 0 if self.progress.failed > before else self._uncharged + 1
        if volume_id in self._volumes.open and self._is_too_much(volume_id, lost):
            self._abandon(volume_id, lost)
        self._restart()
        rows = list(contents.reading.values())
        contents.reading.clear()
        self._ask(rows)
        names.ask()
        self._archives.ask()

    def _is_too_much(self, volume_id: int, lost: WalkerLost) -> bool:
        """Count a loss in a volume; tell whether the volume is to be given up."""
        charged = self._ledger.count_restart(volume_id)
        again = volume_id in self._mounts_lost
        if lost.position.operation == say.MOUNTING:
            self._mounts_lost.add(volume_id)
            return again
        return charged >= self._plan.max_restarts or self._uncharged > _UNCHARGED_LOSSES

    def _volume_of(self, lost: WalkerLost) -> int | None:
        position = lost.position
        if position.operation == say.MOUNTING and position.item in self._volumes.open:
            return position.item
        if self._names.listing is not None:
            return self._names.listing.folder.volume_id
        if self._archives.is_streaming:
            return self._archives.volume_id
        reading = self._contents.reading
        row = reading.get(position.item) or next(iter(reading.values()), None)
        return None if row is None else row.volume_id

    def _abandon(self, volume_id: int, lost: WalkerLost) -> None:
        """Give a volume up: what is still pending in it fails, with the reason."""
        volume = self._volumes.open.pop(volume_id)
        if self._names.listing and self._names.listing.folder.volume_id == volume_id:
            self._names.end(lost.detail or lost.code, lost.code)
        if self._archives.volume_id == volume_id:
            self._archives.abandon(lost.code)
        self._ledger.close_volume(
            volume_id,
            reason=f"its reader failed too often ({lost.code})",
            problem=ProblemRow(volume.locator, None, "walk", lost.code, "given up"),
        )

    def _restart(self) -> None:
        self.progress.restarts += 1
        self._fleet.restart_walker(self._volumes.placed)
