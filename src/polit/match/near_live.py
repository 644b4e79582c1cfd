"""A near index in memory that grows and shrinks between searches.

Imported by ``polit.match`` and the rooms above it. It is a list of finished indexes, each less
than half as large as the one before: what is added makes a new one, which swallows those that
are not twice its size. So a fingerprint is sorted anew about log2(n) times in all, and a search
asks about log2(n) indexes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import UsageError
from polit.match.near import Fingerprints, NearHits, NearIndex
from polit.match.near_hits import VALUE_BYTES, check_threshold, words_of

Places = NDArray[np.int64]

_NO_VALUES = np.empty((0, VALUE_BYTES), dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Segment:
    """A finished index, and the places of its values, ascending."""

    index: NearIndex
    places: Places

    def search(self, queries: Fingerprints, threshold_bits: int) -> NearHits:
        hits = self.index.search(queries, threshold_bits=threshold_bits)
        return NearHits(hits.query, self.places[hits.place], hits.distance_bits)


class LiveIndex:
    """Fingerprints that come and go; a search equals one over those that are there."""

    def __init__(self) -> None:
        self._segments: list[_Segment] = []
        self._given = 0
        self._removed: Places = np.empty(0, dtype=np.int64)

    def __len__(self) -> int:
        """How many fingerprints are there."""
        return sum(len(segment.places) for segment in self._segments) - len(self._removed)

    def add(self, values: Fingerprints) -> Places:
        """Add fingerprints.

        Args:
            values: ``(n, 32) uint8``; they are copied.

        Returns:
            ``(n,) int64``, their places: counted from 0 on in the order of adding, never given
            again.

        Raises:
            UsageError: The shape is another.
        """
        words_of(values)
        places = np.arange(self._given, self._given + len(values), dtype=np.int64)
        self._given += len(values)
        if len(values):
            self._append(values, places)
        return places

    def remove(self, places: Places) -> None:
        """Remove fingerprints; to remove one that is not there any more changes nothing.

        Args:
            places: Places that ``add`` returned.

        Raises:
            UsageError: It never returned one of them.
        """
        asked = np.unique(np.asarray(places, dtype=np.int64))
        if len(asked) and not 0 <= asked[0] <= asked[-1] < self._given:
            raise UsageError(f"near index: places are 0 to {self._given - 1}")
        held = [np.intersect1d(asked, one.places, assume_unique=True) for one in self._segments]
        self._removed = np.union1d(self._removed, np.concatenate([asked[:0], *held]))
        if len(self._removed) > len(self):
            self._merge(0, _NO_VALUES, asked[:0])

    def search(self, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
        """Search as ``NearIndex.search`` does, with the places that ``add`` returned.

        Raises:
            UsageError: The threshold or the shape is wrong.
        """
        check_threshold(threshold_bits)
        words_of(queries)
        hits = NearHits.ordered(one.search(queries, threshold_bits) for one in self._segments)
        kept = ~np.isin(hits.place, self._removed)
        return NearHits(hits.query[kept], hits.place[kept], hits.distance_bits[kept])

    def _append(self, values: Fingerprints, places: Places) -> None:
        """Put a segment behind the others, with all that it swallows."""
        size, first = len(places), len(self._segments)
        while first and len(self._segments[first - 1].places) <= 2 * size:
            first -= 1
            size += len(self._segments[first].places)
        self._merge(first, values, places)

    def _merge(self, first: int, values: Fingerprints, places: Places) -> None:
        """Make one segment of those from ``first`` on and of what is added, without the removed."""
        old = self._segments[first:]
        every = np.concatenate([*(one.places for one in old), places])
        joined = np.concatenate([*(one.index.values for one in old), values])
        kept = ~np.isin(every, self._removed)
        self._removed = np.setdiff1d(self._removed, every[~kept], assume_unique=True)
        made = [_Segment(NearIndex.over(joined[kept]), every[kept])] if kept.any() else []
        self._segments[first:] = made
