"""A free space without some blocks of it: for files that came apart around others that are whole.

Imported by ``evidence.carve`` alone.
"""

import bisect
from dataclasses import replace

from polit.evidence.carving import Carved, FreeSpace


class SpaceWithout:
    """A free space from which whole blocks are taken out."""

    def __init__(self, space: FreeSpace, taken: list[tuple[int, int]]) -> None:
        """Take ranges out: ``(offset, length)``, sorted, disjoint, beginning on block borders."""
        step = self.block_bytes = space.block_bytes
        self._space = space
        self._places: list[int] = []
        self._sources: list[int] = []
        self._ends: list[int] = []
        source, place = 0, 0
        for offset, length in [*taken, (space.size_bytes, 0)]:
            if offset > source:
                self._places.append(place)
                self._sources.append(source)
                self._ends.append(offset)
                place += offset - source
            source = max(source, -(-(offset + length) // step) * step)
        self.size_bytes = place

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``FreeSpace.read_at``."""
        return b"".join(
            self._space.read_at(at, length)
            for at, length in self._pieces(offset_bytes, length_bytes)
        )

    def _pieces(self, offset: int, length: int) -> list[tuple[int, int]]:
        found = []
        end = min(offset + length, self.size_bytes)
        index = max(0, bisect.bisect_right(self._places, offset) - 1)
        while offset < end:
            source = self._sources[index] + offset - self._places[index]
            take = min(end - offset, self._ends[index] - source)
            found.append((source, take))
            offset += take
            index += 1
        return found

    def mapped(self, found: Carved) -> Carved:
        """Return a candidate of this space with its places in the whole one."""
        extents = [piece for extent in found.extents for piece in self._pieces(*extent)]
        return replace(found, extents=tuple(extents))
