"""Results on their way to the ledger: collected, committed together, never lost on a full disk."""

from collections.abc import Callable, Sequence

from polit.base.clock import monotonic_s
from polit.base.digests import Digests
from polit.base.errors import StorageFull
from polit.examine.matching import Alerts, Known, Matching
from polit.match.matcher import HashedContent
from polit.model.media import DecodedMedia
from polit.package.derivatives import DerivativeWriter, NewDerivative
from polit.package.rows import (
    ClosedArchive,
    HolderGroup,
    MediaOutcome,
    MediaRow,
    ProblemRow,
    ResultBatch,
    ResultRow,
)
from polit.package.write import Ledger

_ROWS_AT_ONCE = 4000
_PIXELS_AT_ONCE = 16
_COMMIT_S = 1.0


class Settlement:
    """Collects results and commits them in batches."""

    def __init__(
        self,
        ledger: Ledger,
        derivatives: DerivativeWriter,
        matching: Matching,
        *,
        on_full: Callable[[StorageFull], None],
    ) -> None:
        """Begin with nothing collected.

        Args:
            ledger: Where results go.
            derivatives: Where pixels go, before the rows that name them.
            matching: What is known of contents already.
            on_full: Called when there is no room; returns when it should be tried again,
                or raises to give up (the run can then be resumed).
        """
        self._ledger, self._derivatives, self._on_full = ledger, derivatives, on_full
        self._matching = matching
        self._hashed: list[HashedContent] = []
        self._noted: set[bytes] = set()
        self._batch = ResultBatch.empty()
        self._pixels: list[NewDerivative] = []
        self._decided: dict[bytes, MediaOutcome] = {}
        self._beside: dict[int, ProblemRow] = {}
        self._committed_at = monotonic_s()

    @property
    def alerts(self) -> Alerts:
        """How many contents alert so far."""
        return self._matching.alerts

    def settle(self, result: ResultRow, problem: ProblemRow | None = None) -> None:
        """Collect the result of one entry."""
        self._batch.results.append(result)
        beside = self._beside.pop(result.entry_id, None)
        if beside is not None:
            self._batch.problems.append(beside)
        if problem is not None:
            self._batch.problems.append(problem)

    def note_beside(self, entry_id: int, problem: ProblemRow) -> None:
        """Keep a problem of an entry that goes on: it is written with its result, or not at all."""
        self._beside[entry_id] = problem

    def look_up(self, contents: Sequence[Digests]) -> list[Known]:
        """Return what is known of contents that were just read, and collect what matched."""
        found = self._matching.exact(contents)
        for content, known in zip(contents, found, strict=True):
            if known.matches and content.sha256 not in self._noted:
                self._noted.add(content.sha256)
                self._batch.matches.extend(known.matches)
        return found

    def knows(self, contents: Sequence[Digests]) -> list[Known]:
        """Return what is known of contents that may come to nothing: no match is collected."""
        return self._matching.exact(contents)

    def note_slack(self, volume_id: int, places: Sequence[tuple[int, int]]) -> None:
        """Collect where remains of others lie behind a content."""
        self._batch.slack += [(volume_id, offset, length) for offset, length in places]

    def settle_holder(self, group: HolderGroup) -> None:
        """Collect what was found inside a holder; its own result must be in the same batch."""
        self._batch.groups.append(group)

    def add_member(self, columns: tuple[object, ...]) -> None:
        """Collect a member of an archive; its result follows, at once or later."""
        self._batch.members.append(columns)

    def queue_archive(self, entry_id: int, mime: str) -> None:
        """Collect an archive that is to be streamed; its own result must be in the same batch."""
        self._batch.queued.append((entry_id, mime))

    def close_archive(self, closed: ClosedArchive) -> None:
        """Collect the end of an archive."""
        self._batch.closed.append(closed)

    def leave_unopened(self, entry_id: int, code: str, detail: str) -> None:
        """Collect what was not opened inside an entry."""
        self._batch.unopened.append((entry_id, code, detail))

    def decide(self, media: MediaRow, decoded: DecodedMedia | None, *, is_video: bool) -> None:
        """Collect how decoding one content ended, its pixels, and its fingerprints to compare."""
        if media.hashes and self._matching.resembles:
            self._hashed.append(HashedContent(media.sha256, media.hashes, is_video))
        self._batch.media.append(media)
        self._decided[media.sha256] = MediaOutcome(
            media.outcome, media.reason, media.has_pictures_inside
        )
        if decoded is not None:
            self._pixels += _derivatives(media.sha256, decoded)
            if len(self._pixels) >= _PIXELS_AT_ONCE:
                self.until_room(self._write_pixels)

    def media_outcome(self, sha256: bytes) -> MediaOutcome | None:
        """Return how decoding a content ended, committed or not, ``None`` while undecided."""
        return self._decided.get(sha256) or self._ledger.media_outcome(sha256)

    def commit_if_due(self) -> None:
        """Commit when enough has been collected, or enough time has passed."""
        due = monotonic_s() - self._committed_at >= _COMMIT_S
        if self._batch and (due or len(self._batch) >= _ROWS_AT_ONCE):
            self.commit()

    def commit(self) -> None:
        """Compare, write pixels, sync them, commit the rows; on a full disk wait and try again.

        What a content resembles is committed with its media row, or not at all: a run that is
        killed decodes it again, and compares it again.
        """
        if self._batch:
            self._batch.matches.extend(self._matching.near(self._hashed))
            self._hashed = []
            self.until_room(self._write_pixels)
            self.until_room(self._append)
            self._batch = ResultBatch.empty()
            self._decided.clear()
            self._noted.clear()
        self._committed_at = monotonic_s()

    def _append(self) -> None:
        self._derivatives.sync()
        self._ledger.append(self._batch)

    def _write_pixels(self) -> None:
        while self._pixels:
            self._batch.derivatives.append(self._derivatives.add(self._pixels[0]))
            self._pixels.pop(0)

    def until_room(self, action: Callable[[], None]) -> None:
        """Do something that needs room on the disk; where there is none, wait and try again."""
        while True:
            try:
                action()
            except StorageFull as error:
                self._on_full(error)
            else:
                return


def _derivatives(sha256: bytes, decoded: DecodedMedia) -> list[NewDerivative]:
    made = [
        NewDerivative(sha256, "tile", decoded.tile),
        NewDerivative(sha256, "thumbnail", decoded.thumbnail),
    ]
    for number, frame in enumerate(decoded.story, start=1):
        made.append(NewDerivative(sha256, "tile", frame.tile, number, frame.at_ms))
        made.append(NewDerivative(sha256, "thumbnail", frame.thumbnail, number, frame.at_ms))
    return made
