"""Bytes that no file owns, as one row: the ranges of a source laid end to end.

Runs in the walker. Carvers see offsets in the row; what they find is told in bytes of the source.
"""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from polit.base.errors import SourceUnreadable
from polit.evidence.source import ByteSource

RANGES_AT_MOST = 1 << 24
"""Of ranges in one row: 400 MB. A terabyte of clusters of 4 KiB, each other one free, has 2^27."""


class JoinedSpace:
    """See ``evidence.carving.FreeSpace``."""

    def __init__(
        self, source: ByteSource, ranges: Iterable[tuple[int, int]], *, block_bytes: int
    ) -> None:
        """Lay ranges end to end.

        Args:
            source: What holds them.
            ranges: ``(offset_bytes, length_bytes)`` in order; what overlaps an earlier one, or
                lies behind the source's end, is left out.
            block_bytes: The size of a cluster; 512 where there is none.

        Raises:
            SourceUnreadable: There are more ranges than ``RANGES_AT_MOST``.
        """
        self._source, self._block_bytes = source, max(block_bytes, 1)
        offsets, lengths = array("q"), array("q")
        end = 0
        for offset, length in ranges:
            start, stop = max(offset, end), min(offset + length, source.size_bytes)
            if stop <= start:
                continue
            if lengths and start == end:
                lengths[-1] += stop - start
            else:
                offsets.append(start)
                lengths.append(stop - start)
            end = stop
            if len(offsets) > RANGES_AT_MOST:
                raise SourceUnreadable(f"its free space lies in over {RANGES_AT_MOST} pieces")
        self._offsets = np.frombuffer(offsets or array("q", (0,)), np.int64)[: len(offsets)]
        self._starts = np.zeros(len(offsets) + 1, np.int64)
        np.cumsum(np.frombuffer(lengths or array("q", (0,)), np.int64)[: len(lengths)],
                  out=self._starts[1:])  # fmt: skip

    @property
    def size_bytes(self) -> int:
        """How many bytes there are."""
        return int(self._starts[-1])

    @property
    def block_bytes(self) -> int:
        """The size of a cluster."""
        return self._block_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, fewer only at the end."""
        parts = [
            self._source.read_at(place, length)
            for place, length in self.places(((offset_bytes, length_bytes),))
        ]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def places(self, extents: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return where extents of the row lie in the source, in their order, joined."""
        found: list[tuple[int, int]] = []
        for offset, length in extents:
            at, end = max(offset, 0), min(offset + length, self.size_bytes)
            index = int(np.searchsorted(self._starts, at, side="right")) - 1
            while at < end:
                skipped = at - int(self._starts[index])
                taken = min(end, int(self._starts[index + 1])) - at
                place = int(self._offsets[index]) + skipped
                if found and found[-1][0] + found[-1][1] == place:
                    found[-1] = (found[-1][0], found[-1][1] + taken)
                else:
                    found.append((place, taken))
                at += taken
                index += 1
        return found


class PlacedContent:
    """A content at known places of a source; see ``evidence.filesystem.Content``."""

    def __init__(self, source: ByteSource, places: Sequence[tuple[int, int]]) -> None:
        """Lay the places end to end; they may come in any order."""
        self._source, self._places = source, tuple(places)
        self._starts = np.zeros(len(places) + 1, np.int64)
        np.cumsum([length for _, length in places], out=self._starts[1:])

    @property
    def size_bytes(self) -> int:
        """How many bytes it has."""
        return int(self._starts[-1])

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end."""
        parts = []
        at, end = offset_bytes, min(offset_bytes + length_bytes, self.size_bytes)
        index = int(np.searchsorted(self._starts, at, side="right")) - 1
        while at < end:
            skipped = at - int(self._starts[index])
            taken = min(end - at, self._places[index][1] - skipped)
            part = self._source.read_at(self._places[index][0] + skipped, taken)
            parts.append(part)
            if len(part) < taken:
                break
            at += taken
            index += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in the source it lies."""
        return self._places

    def close(self) -> None:
        """Do nothing: the source belongs to who opened it."""


def slack_of(places: Sequence[tuple[int, int]], *, size_bytes: int) -> list[tuple[int, int]]:
    """Return what lies behind a content's end in the clusters that it has.

    Args:
        places: Where the content's clusters lie, ``(offset_bytes, length_bytes)`` in its order.
        size_bytes: How much of them is the content's. Where the clusters hold less (a content
            that is compressed, sparse or inside its record), nothing is known to lie behind it.
    """
    left, found = size_bytes, []
    if sum(length for _, length in places) <= size_bytes:
        return []
    for offset, length in places:
        if left < length:
            found.append((offset + left, length - left))
        left = max(left - length, 0)
    return found
