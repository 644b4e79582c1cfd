"""The frames of known videos: whose each is, which count, and which second each stands for.

Some lists hold every frame of a video, some one a second. A second of a known video counts once
however many frames of it are listed, and is seen where any of them is: else a video whose every
frame is listed would never be covered by one of which polit keeps a frame a second.
"""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

_SECOND_MS = 1000
_NONE: Whole = np.empty(0, dtype=np.int64)


class KnownFrames:
    """Frames by their places in an index."""

    def __init__(
        self,
        records: NDArray[np.uint32],
        qualities: NDArray[np.uint8],
        at_ms: NDArray[np.uint32] | None,
        *,
        min_quality: int,
    ) -> None:
        """Make ready; nothing is read yet.

        Args:
            records: ``(n,) uint32``, which video each place belongs to.
            qualities: ``(n,) uint8``, PDQ qualities, 255 where nobody says.
            at_ms: ``(n,) uint32``, where each stands in its video; ``None`` where nobody says.
            min_quality: Frames of a lower quality do not count.
        """
        self._records, self._qualities, self._at_ms = records, qualities, at_ms
        self._min_quality = min_quality
        self._by_record: Whole | None = None
        self._seconds: dict[int, tuple[int, bool]] = {}

    def clear(self, places: Whole) -> Whole:
        """Return those places whose frames count."""
        return places[self._qualities[places] >= self._min_quality]

    def is_clear(self, places: Whole) -> NDArray[np.bool_]:
        """Tell of each place whether its frame counts."""
        found: NDArray[np.bool_] = self._qualities[places] >= self._min_quality
        return found

    def records_of(self, places: Whole) -> Whole:
        """Return whose each is."""
        return np.asarray(self._records[places], dtype=np.int64)

    def places_of(self, record: int) -> Whole:
        """Return the places of a video that count, in their order."""
        if self._by_record is None:
            records = np.asarray(self._records)
            # Sets are written video by video; then a search finds them without an order.
            is_sorted = bool(np.all(records[1:] >= records[:-1]))
            self._by_record = _NONE if is_sorted else np.argsort(records, kind="stable")
        sorter = self._by_record if len(self._by_record) else None
        first, last = np.searchsorted(self._records, [record, record + 1], sorter=sorter)
        return self.clear(np.arange(first, last) if sorter is None else sorter[first:last])

    def seconds(self, record: int) -> int:
        """Return how many seconds of a video are known; frames, where nobody says their times."""
        return self._known(record)[0]

    def seconds_of(self, record: int, places: Whole) -> int:
        """Return how many of its seconds some of its places stand for."""
        return _distinct_seconds(self._times(places)) if self._known(record)[1] else len(places)

    def _known(self, record: int) -> tuple[int, bool]:
        if record not in self._seconds:
            places = self.places_of(record)
            is_timed = self._at_ms is not None and bool(self._times(places).any())
            count = _distinct_seconds(self._times(places)) if is_timed else len(places)
            self._seconds[record] = count, is_timed
        return self._seconds[record]

    def _times(self, places: Whole) -> Whole:
        if self._at_ms is None:
            return np.zeros(len(places), dtype=np.int64)
        return np.asarray(self._at_ms[places], dtype=np.int64)


def _distinct_seconds(at_ms: Whole) -> int:
    """Count seconds, to the nearest: a frame a second of 29.97 a second stands a little before."""
    return len(np.unique((at_ms + _SECOND_MS // 2) // _SECOND_MS))
