"""Bad ranges as they are met, kept in order and without overlap, in bounded memory."""

import bisect
from collections.abc import Callable, Iterable, Sequence

from polit.evidence.source import BadRange


class BadRanges:
    """A growing set of bad ranges. The first code that a byte was given stands."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._codes: list[str] = []
        self._told: tuple[BadRange, ...] | None = ()

    def add(self, offset_bytes: int, length_bytes: int, code: str) -> None:
        """Add a range; parts already known are left as they are.

        Args:
            offset_bytes: Where it begins in the decoded source.
            length_bytes: 0 or more; 0 adds nothing.
            code: As in ``BadRange``.
        """
        end = offset_bytes + length_bytes
        self._told = None
        while offset_bytes < end:
            index = bisect.bisect_right(self._starts, offset_bytes) - 1
            if index >= 0 and self._ends[index] > offset_bytes:
                offset_bytes = self._ends[index]
                continue
            following = self._starts[index + 1] if index + 1 < len(self._starts) else end
            stop = min(end, following)
            self._insert(index + 1, offset_bytes, stop, code)
            offset_bytes = stop

    def _insert(self, index: int, start: int, end: int, code: str) -> None:
        if index > 0 and self._ends[index - 1] == start and self._codes[index - 1] == code:
            self._ends[index - 1] = end
            self._join(index - 1)
            return
        self._starts.insert(index, start)
        self._ends.insert(index, end)
        self._codes.insert(index, code)
        self._join(index)

    def _join(self, index: int) -> None:
        """Merge a range with its right neighbour where they touch and mean the same."""
        right = index + 1
        if right < len(self._starts) and self._starts[right] == self._ends[index]:
            if self._codes[right] != self._codes[index]:
                return
            self._ends[index] = self._ends[right]
            for values in (self._starts, self._ends, self._codes):
                del values[right]

    def ranges(self) -> tuple[BadRange, ...]:
        """Return all ranges, in order, without overlap."""
        if self._told is None:
            # Asked for with every read, changed hardly ever.
            self._told = tuple(
                BadRange(start, end - start, code)
                for start, end, code in zip(self._starts, self._ends, self._codes, strict=True)
            )
        return self._told


def bad_within(
    ranges: Sequence[BadRange], offset_bytes: int, length_bytes: int, *, at: int
) -> tuple[BadRange, ...]:
    """Return what of bad ranges lies in a part of a source.

    Args:
        ranges: Of the source, in order, without overlap.
        offset_bytes: Where the part begins in it.
        length_bytes: How long the part is.
        at: Where the first byte of the part stands in what is told of.
    """
    end = offset_bytes + length_bytes
    found = []
    begin = max(bisect.bisect_right(ranges, offset_bytes, key=_offset_of) - 1, 0)
    for index in range(begin, len(ranges)):
        one = ranges[index]
        if one.offset_bytes >= end:
            break
        first = max(one.offset_bytes, offset_bytes)
        last = min(one.offset_bytes + one.length_bytes, end)
        if first < last:
            found.append(BadRange(at + first - offset_bytes, last - first, one.code))
    return tuple(found)


def widened(
    ranges: Iterable[BadRange], unit_bytes: int, *, size_bytes: int
) -> tuple[BadRange, ...]:
    """Return bad ranges as whole units: what is deciphered at once is lost at once.

    Args:
        ranges: In order.
        unit_bytes: Of a sector.
        size_bytes: Of the source: no range reaches beyond.
    """
    found = BadRanges()
    for one in ranges:
        first = one.offset_bytes // unit_bytes * unit_bytes
        last = -(-(one.offset_bytes + one.length_bytes) // unit_bytes) * unit_bytes
        found.add(first, max(min(last, size_bytes) - first, 0), one.code)
    return found.ranges()


class Derived:
    """Bad ranges worked out of those of the source around: anew only when those changed."""

    def __init__(self, work_out: Callable[[tuple[BadRange, ...]], tuple[BadRange, ...]]) -> None:
        """Work nothing out yet."""
        self._work_out = work_out
        self._around: tuple[BadRange, ...] | None = None
        self._told: tuple[BadRange, ...] = ()

    def ranges(self, around: tuple[BadRange, ...]) -> tuple[BadRange, ...]:
        """Return what follows from the bad ranges of the source around."""
        if around is not self._around:
            self._around, self._told = around, self._work_out(around)
        return self._told


def _offset_of(bad: BadRange) -> int:
    return bad.offset_bytes
