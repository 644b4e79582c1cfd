"""What becomes of contents that were read: settled at once, or after decoding and opening.

A content is decoded once, however many entries hold it.
"""

from collections.abc import Sequence
from dataclasses import replace

from polit.base.digests import Digests
from polit.examine.deciding import Decisions
from polit.examine.holders import Holders, Settled
from polit.examine.matching import Known
from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.model.archives import ARCHIVES
from polit.model.media import Identification, MediaKind
from polit.package.rows import MediaOutcome, ProblemRow, ReadRow, ResultRow
from polit.run.held import Held
from polit.run.local import Decoded, DecodeTask, LocalFleet, Opened, Reopened
from polit.sandbox import walking_messages as say
from polit.sandbox.walking import WalkerLost

_MEDIA = frozenset({MediaKind.STILL, MediaKind.VIDEO})


class Contents:
    """The contents under way: being read, decoded or opened."""

    def __init__(
        self,
        fleet: LocalFleet,
        settlement: Settlement,
        progress: Progress,
        decisions: Decisions,
        *,
        opens_archives: bool = False,
        tells_slack: bool = False,
    ) -> None:
        """Begin with nothing under way.

        Args:
            fleet: The processes of the run.
            settlement: Where results are collected.
            progress: The counters.
            decisions: What was decided of media already.
            opens_archives: Archives are queued for opening.
            tells_slack: What lies behind live contents is noted.
        """
        self._opens_archives, self._tells_slack = opens_archives, tells_slack
        self._fleet, self._settlement, self._progress = fleet, settlement, progress
        self._decisions = decisions
        self._holders = Holders(fleet, settlement, progress, decisions)
        self._kept: set[bytes] = set()
        self.reading: dict[int, ReadRow] = {}

    @property
    def is_under_way(self) -> bool:
        """Whether anything is being read, decoded or opened."""
        return bool(self.reading) or self._fleet.is_decoding

    def ask(self, rows: list[ReadRow]) -> None:
        """Ask the walker for contents."""
        self.reading.update((row.entry_id, row) for row in rows)
        jobs = [
            say.ReadJob(
                row.entry_id, row.volume_id, row.address, row.raw_name, row.size_bytes,
                is_carved=row.state == "carved",
                tells_slack=self._tells_slack and row.state == "live",
            )
            for row in rows
        ]  # fmt: skip
        if jobs:
            self._fleet.walker.send(say.ReadContents(jobs))

    def take_results(self, results: Sequence[say.ReadResult]) -> None:
        """Look up what was read; settle it, or hand it to a decoder first."""
        read: list[tuple[say.ReadResult, Settled]] = []
        for result in results:
            row = self.reading.pop(result.entry_id, None)
            if row is not None and result.code and result.code != "too_large":
                self.fail(row, result.code, result.detail)
            elif row is not None:
                self._note_mismatch(row, result.mismatch)
                self._settlement.note_slack(row.volume_id, result.slack)
                read.append((result, Settled(row, _entry_result(result))))
        known = self._settlement.look_up([settled.digests for _, settled in read])
        for (result, settled), what_is_known in zip(read, known, strict=True):
            self._take_result(result, settled, what_is_known)

    def _note_mismatch(self, row: ReadRow, mismatch: str) -> None:
        """Note that the image states another digest: its file is read and examined all the same."""
        if mismatch:
            problem = ProblemRow(row.locator, row.entry_id, "container", "file_mismatch", mismatch)
            self._settlement.note_beside(row.entry_id, problem)

    def _take_result(self, result: say.ReadResult, settled: Settled, known: Known) -> None:
        self._progress.bytes_read += result.size_bytes
        held = self._fleet.hold(result) if result.slot >= 0 else None
        if known.is_set_aside:
            if held is not None:
                self._fleet.release(held)
            self._settle(replace(settled.result, outcome="skipped", reason="known_good"))
        elif result.code:
            self._take_too_large(settled)
        elif held is None:
            self._queue_archive(settled)
            self._settle(settled.result)
        elif result.kind in _MEDIA:
            self._take_media(settled, held, is_urgent=known.is_urgent)
        else:
            self._holders.open(settled, held, is_urgent=known.is_urgent)

    def _queue_archive(self, settled: Settled) -> None:
        """Have an archive of the file system streamed; those inside it are, with it."""
        is_nested = settled.row.within_id is not None
        if self._opens_archives and settled.mime in ARCHIVES and not is_nested:
            self._settlement.queue_archive(settled.row.entry_id, settled.mime)

    def _take_too_large(self, settled: Settled) -> None:
        identification = settled.result.identification
        if identification is not None and identification.kind in _MEDIA:
            self._settle_media(settled, MediaOutcome("failed", "too_large"), "", 1)
        else:
            self._holders.leave(settled, ("too_large", "longer than the plan allows"))

    def _take_media(self, settled: Settled, held: Held, *, is_urgent: bool) -> None:
        mime = settled.mime
        decided = self._decisions.known(settled.sha256)
        self._decisions.keep_original(settled.sha256, mime, held)
        if decided is not None:
            self._finish_media(settled, held, decided, "", 1)
            return

        def finish(outcome: MediaOutcome, detail: str, attempts: int) -> None:
            self._kept.discard(settled.sha256)
            self._finish_media(settled, held, outcome, detail, attempts)

        def finish_later(outcome: MediaOutcome, detail: str, attempts: int) -> None:
            self._finish_media(settled, None, outcome, detail, attempts)

        # Only the first file keeps its bytes: slots are few. What it opens counts for all; what
        # the same content inside a holder opens counts for that holder.
        if settled.sha256 in self._kept:
            self._fleet.release(held)
            self._decisions.wait(settled.sha256, finish_later)
            return
        self._kept.add(settled.sha256)
        if self._decisions.is_under_way(settled.sha256):
            self._decisions.wait(settled.sha256, finish)
        else:
            self._decisions.decide(DecodeTask(settled.sha256, mime, held, is_urgent), finish)

    def _finish_media(
        self,
        settled: Settled,
        held: Held | None,
        outcome: MediaOutcome,
        detail: str,
        attempts: int,
    ) -> None:
        if outcome.has_pictures_inside and self._decisions.opens_holders:
            if held is not None:
                self._holders.open(settled, held)
            else:
                self._holders.join(settled)
            return
        if held is not None:
            self._fleet.release(held)
        self._settle_media(settled, outcome, detail, attempts)

    def take_decoded(self, event: Decoded) -> None:
        """Take how decoding a content ended, and settle what waited for it."""
        self._decisions.take(event)
        self._holders.go_on()

    def take_opened(self, event: Opened | Reopened) -> None:
        """Take what a holder gave."""
        if isinstance(event, Opened):
            self._holders.take(event)
        else:
            self._holders.begin_again(event)
        self._holders.go_on()

    def _settle_media(
        self, settled: Settled, outcome: MediaOutcome, detail: str, attempts: int
    ) -> None:
        if outcome.reason is None:
            self._settle(settled.result)
            return
        row = settled.row
        self._settlement.settle(
            settled.failed(outcome.reason),
            ProblemRow(row.locator, row.entry_id, "decode", outcome.reason, detail, attempts),
        )
        self._progress.failed += 1
        self._progress.settled += 1

    def _settle(self, entry: ResultRow) -> None:
        self._settlement.settle(entry)
        self._progress.settled += 1

    def charge(self, lost: WalkerLost, *, exactly: bool) -> None:
        """Charge the walker's loss to the content that it was reading.

        A walker that was not careful may have been lost by what it did beside: nobody is
        charged then, and the careful one that follows reads the same again.
        """
        row = self.reading.get(lost.position.item)
        if exactly and row is not None:
            del self.reading[row.entry_id]
            self.fail(row, lost.code, lost.detail)

    def fail(self, row: ReadRow, code: str, detail: str) -> None:
        """Settle an entry whose content could not be read."""
        self._settlement.settle(
            ResultRow(row.entry_id, "failed", code),
            ProblemRow(row.locator, row.entry_id, "read", code, detail),
        )
        self._progress.failed += 1
        self._progress.settled += 1


def _entry_result(result: say.ReadResult) -> ResultRow:
    return ResultRow(
        entry_id=result.entry_id,
        outcome="done",
        digests=Digests(result.size_bytes, result.md5, result.sha1, result.sha256),
        identification=Identification(result.mime, result.kind, result.basis),
        extension_agrees=result.extension_agrees,
    )
