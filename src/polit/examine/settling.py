"""Results on their way to the ledger: collected, committed together, never lost on a full disk."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from polit.base.clock import monotonic_s
from polit.base.errors import StorageFull
from polit.model.media import DecodedMedia
from polit.package.derivatives import DerivativeWriter
from polit.package.rows import MediaRow, ProblemRow, ResultBatch, ResultRow
from polit.package.write import Ledger

if TYPE_CHECKING:
    from polit.model.media import PixelBlock

_ROWS_AT_ONCE = 4000
_PIXELS_AT_ONCE = 16
_COMMIT_S = 1.0


class Settlement:
    """Collects results and commits them in batches."""

    def __init__(
        self,
        ledger: Ledger,
        derivatives: DerivativeWriter,
        *,
        on_full: Callable[[StorageFull], None],
    ) -> None:
        """Begin with nothing collected.

        Args:
            ledger: Where results go.
            derivatives: Where pixels go, before the rows that name them.
            on_full: Called when there is no room; returns when it should be tried again,
                or raises to give up (the run can then be resumed).
        """
        self._ledger, self._derivatives, self._on_full = ledger, derivatives, on_full
        self._batch = ResultBatch.empty()
        self._pixels: list[tuple[bytes, str, PixelBlock]] = []
        self._decided: dict[bytes, tuple[str, str | None]] = {}
        self._committed_at = monotonic_s()

    def settle(self, result: ResultRow, problem: ProblemRow | None = None) -> None:
        """Collect the result of one entry."""
        self._batch.results.append(result)
        if problem is not None:
            self._batch.problems.append(problem)

    def decide(self, media: MediaRow, still: DecodedMedia | None) -> None:
        """Collect how decoding one content ended, and its pixels."""
        self._batch.media.append(media)
        self._decided[media.sha256] = (media.outcome, media.reason)
        if still is not None:
            self._pixels.append((media.sha256, "tile", still.tile))
            self._pixels.append((media.sha256, "thumbnail", still.thumbnail))
            if len(self._pixels) >= _PIXELS_AT_ONCE:
                self._until_room(self._write_pixels)

    def media_outcome(self, sha256: bytes) -> tuple[str, str | None] | None:
        """Return how decoding a content ended, committed or not, ``None`` while undecided."""
        return self._decided.get(sha256) or self._ledger.media_outcome(sha256)

    def commit_if_due(self) -> None:
        """Commit when enough has been collected, or enough time has passed."""
        due = monotonic_s() - self._committed_at >= _COMMIT_S
        if self._batch and (due or len(self._batch) >= _ROWS_AT_ONCE):
            self.commit()

    def commit(self) -> None:
        """Write pixels, sync them, commit the rows; on a full disk wait and try again."""
        if self._batch:
            self._until_room(self._write_pixels)
            self._until_room(self._append)
            self._batch = ResultBatch.empty()
            self._decided.clear()
        self._committed_at = monotonic_s()

    def _append(self) -> None:
        self._derivatives.sync()
        self._ledger.append(self._batch)

    def _write_pixels(self) -> None:
        while self._pixels:
            sha256, role, block = self._pixels[0]
            self._batch.derivatives.append(self._derivatives.add(sha256, role, block))
            self._pixels.pop(0)

    def _until_room(self, action: Callable[[], None]) -> None:
        while True:
            try:
                action()
            except StorageFull as error:
                self._on_full(error)
            else:
                return
