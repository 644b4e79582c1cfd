"""What becomes of contents that were read: settled at once, or after their picture's decoding.

A content is decoded once, however many entries hold it.
"""

from polit.base.digests import Digests
from polit.examine.progress import Progress
from polit.examine.settling import Settlement
from polit.model.media import DecodedMedia, Identification
from polit.package.rows import MediaRow, ProblemRow, ReadRow, ResultRow
from polit.run.local import Decoded, DecodeTask, LocalFleet
from polit.sandbox import walking_messages as say
from polit.sandbox.client import DecodeFailure
from polit.sandbox.walking import WalkerLost


class Contents:
    """The contents under way: being read, or waiting for a decoder."""

    def __init__(
        self,
        fleet: LocalFleet,
        settlement: Settlement,
        progress: Progress,
        *,
        decode_stills: bool,
    ) -> None:
        """Begin with nothing under way."""
        self._fleet, self._settlement, self._progress = fleet, settlement, progress
        self._decode_stills = decode_stills
        self.reading: dict[int, ReadRow] = {}
        self._decoding: dict[bytes, list[tuple[ReadRow, ResultRow]]] = {}

    @property
    def is_under_way(self) -> bool:
        """Whether anything is being read or decoded."""
        return bool(self.reading) or self._fleet.is_decoding

    def ask(self, rows: list[ReadRow]) -> None:
        """Ask the walker for contents."""
        self.reading.update((row.entry_id, row) for row in rows)
        jobs = [
            say.ReadJob(row.entry_id, row.volume_id, row.address, row.raw_name, row.size_bytes)
            for row in rows
        ]
        if jobs:
            self._fleet.walker.send(say.ReadContents(jobs))

    def take_result(self, result: say.ReadResult) -> None:
        """Settle an entry that was read, or hand its picture to a decoder first."""
        row = self.reading.pop(result.entry_id, None)
        if row is None:
            return
        if result.code and result.code != "too_large":
            self.fail(row, result.code, result.detail)
            return
        entry = _entry_result(result)
        self._progress.bytes_read += result.size_bytes
        if result.code and self._decode_stills:
            self._settle_picture(row, entry, ("failed", result.code), "", 1)
            return
        held = result.slot >= 0 and self._fleet.hold(result.slot, result.size_bytes)
        if held and self._decode_stills:
            self._take_picture(row, entry, result)
        else:
            if held:
                self._fleet.release(result.slot)
            self._settle(entry)

    def _take_picture(self, row: ReadRow, entry: ResultRow, result: say.ReadResult) -> None:
        decided = self._settlement.media_outcome(result.sha256)
        waiting = self._decoding.get(result.sha256)
        if decided is None and waiting is None:
            waiting = self._decoding.setdefault(result.sha256, [])
            task = DecodeTask(result.sha256, result.slot, result.size_bytes, result.mime)
            self._fleet.decode(task)
        else:
            self._fleet.release(result.slot)
        if decided is not None:
            self._settle_picture(row, entry, decided, "", 1)
        elif waiting is not None:
            waiting.append((row, entry))

    def take_decoded(self, event: Decoded) -> None:
        """Settle every entry that waited for this content."""
        task, result = event.task, event.result
        still = result if isinstance(result, DecodedMedia) else None
        failure = result if isinstance(result, DecodeFailure) else None
        reason = failure.code if failure else None
        detail = failure.detail if failure else ""
        outcome = "done" if still else "failed"
        media = MediaRow(
            sha256=task.sha256,
            outcome=outcome,
            reason=reason,
            attempts=task.attempts,
            width_px=still.facts.width_px if still else None,
            height_px=still.facts.height_px if still else None,
            decoder=still.decoder if still else None,
        )
        self._settlement.decide(media, still)
        self._progress.pictures += 1
        for row, entry in self._decoding.pop(task.sha256, []):
            self._settle_picture(row, entry, (outcome, reason), detail, task.attempts)

    def _settle_picture(
        self,
        row: ReadRow,
        entry: ResultRow,
        decided: tuple[str, str | None],
        detail: str,
        attempts: int,
    ) -> None:
        outcome, reason = decided
        if reason is None:
            self._settle(entry)
            return
        self._settlement.settle(
            ResultRow(
                entry.entry_id,
                outcome,
                reason,
                entry.digests,
                entry.identification,
                entry.extension_agrees,
            ),
            ProblemRow(row.locator, row.entry_id, "decode", reason, detail, attempts),
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
