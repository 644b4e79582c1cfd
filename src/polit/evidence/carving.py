"""What carvers are given and what they give. Imported by ``evidence.carve`` and the carvers."""

import bisect
from dataclasses import dataclass, replace
from typing import Protocol


class FreeSpace(Protocol):
    """Bytes that no file owns, joined in the order of the source; joins lie on block borders."""

    @property
    def size_bytes(self) -> int:
        """How many there are."""

    @property
    def block_bytes(self) -> int:
        """The size of a block (cluster): files come apart only at multiples of it."""

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range: as many as asked, fewer only at the end."""


@dataclass(frozen=True, slots=True)
class Carved:
    """A candidate: what may be a picture or a video.

    Args:
        carver: The carver's name.
        mime: The type that the structure shows.
        extents: ``(offset, length)`` in the free space, in the order of the content; never empty,
            never overlapping.
        is_complete: The structure ends properly. False: a part of which something may be seen.
        is_verified: The structure proves the bytes themselves, to the end or to the cut: check
            sums held, or every code of the picture was followed. False: only sizes and names.
        reason: Why it is incomplete, as a code; empty for a complete one.
    """

    carver: str
    mime: str
    extents: tuple[tuple[int, int], ...]
    is_complete: bool
    is_verified: bool
    reason: str = ""

    @property
    def is_proven(self) -> bool:
        """Tell whether it is whole by its own bytes: such candidates never overlap."""
        return self.is_complete and self.is_verified

    @property
    def start_bytes(self) -> int:
        """Where it begins in the free space."""
        return self.extents[0][0]

    @property
    def size_bytes(self) -> int:
        """How many bytes it has."""
        return sum(length for _, length in self.extents)


@dataclass(slots=True)
class CarvingTally:
    """What was looked at and what was dropped, counted.

    Args:
        hits: Signatures met.
        inside: Of these, inside a complete candidate.
        senseless: Of these, followed by nothing that makes sense.
        trials: Ways to continue a fragmented file that were tried.
        searches_cut: Files whose continuation was not looked for to the end: budget used up.
        too_large: Files that were cut at the most that a carver follows.
        crowded: Signatures passed over because too many senseless ones stood before them.
        search_left: Bytes that may still be followed for this part of the space.
    """

    hits: int = 0
    inside: int = 0
    senseless: int = 0
    trials: int = 0
    searches_cut: int = 0
    too_large: int = 0
    crowded: int = 0
    search_left: int = 0

    def may_search(self) -> bool:
        """Tell whether the budget of this part of the space pays for another trial."""
        return self.search_left > 0


class TakenRanges:
    """The extents of complete candidates: disjoint, sorted."""

    def __init__(self) -> None:
        """Begin with none."""
        self._starts: list[int] = []
        self._ends: list[int] = []

    def holds(self, at_bytes: int) -> bool:
        """Tell whether a byte belongs to a complete candidate."""
        index = bisect.bisect_right(self._starts, at_bytes) - 1
        return index >= 0 and self._ends[index] > at_bytes

    def admit(self, found: Carved) -> Carved:
        """Take a candidate's extents if it is complete; return it, incomplete if it overlaps."""
        if not found.is_complete:
            return found
        if any(self._meets(offset, offset + length) for offset, length in found.extents):
            return replace(found, is_complete=False, reason="overlaps_another")
        for offset, length in found.extents:
            self._add(offset, offset + length)
        return found

    def forget_before(self, at_bytes: int) -> None:
        """Forget the extents that end at a place or before: memory is bounded by a search's part.

        What comes later and goes back over the place may overlap them: a search that is taken up
        again knows no more of them either, and must give the same.
        """
        index = bisect.bisect_right(self._ends, at_bytes)
        del self._starts[:index], self._ends[:index]

    def _meets(self, start: int, end: int) -> bool:
        index = bisect.bisect_left(self._starts, end) - 1
        return index >= 0 and self._ends[index] > start

    def _add(self, start: int, end: int) -> None:
        if start >= end or self._meets(start, end):
            return
        index = bisect.bisect_left(self._starts, start)
        self._starts.insert(index, start)
        self._ends.insert(index, end)
