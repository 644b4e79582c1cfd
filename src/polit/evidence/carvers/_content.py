"""A content being followed: fragments of the free space, joined in the order of the content.

Imported by the carvers. Places are places in the content; the last fragment is open-ended until
the carver knows where the content ends. A fragment ends only at a block border of the space.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polit.evidence.carving import FreeSpace

_FIRST_BYTES = 64 << 10


class Content:
    """Bytes from a place of the space on, loaded as they are needed."""

    def __init__(self, space: FreeSpace, start_bytes: int, *, most_bytes: int) -> None:
        """Begin at a place; follow ``most_bytes`` at most."""
        self.space = space
        self._fragments = [(0, start_bytes)]
        self._loaded = b""
        self._most = most_bytes

    def copy(self) -> "Content":
        """Return a content that may go on elsewhere."""
        other = Content(self.space, 0, most_bytes=self._most)
        other._fragments = list(self._fragments)
        other._loaded = self._loaded
        return other

    @property
    def fragments(self) -> int:
        """How many fragments it has so far."""
        return len(self._fragments)

    @property
    def start_bytes(self) -> int:
        """Where it begins in the space."""
        return self._fragments[0][1]

    @property
    def end_bytes(self) -> int:
        """Where it ends at the latest: with the space, or with the most that is followed."""
        place, source = self._fragments[-1]
        return min(place + self.space.size_bytes - source, self._most)

    @property
    def is_cut(self) -> bool:
        """Tell whether it is the carver's limit, not the space, that ends it."""
        return self.end_bytes == self._most

    @property
    def phase(self) -> int:
        """A place of the last fragment that is a block border, modulo the size of a block."""
        place, source = self._fragments[-1]
        return (place - source) % self.space.block_bytes

    def border_from(self, place: int) -> int:
        """Return the first block border at or after a place of the last fragment."""
        step = self.space.block_bytes
        return place + (self.phase - place) % step

    def source_of(self, place: int) -> int:
        """Return where a place of the last fragment lies in the space."""
        began, source = self._fragments[-1]
        return source + place - began

    def is_last(self, place: int) -> bool:
        """Tell whether a place lies in the last fragment, behind its first byte."""
        return place > self._fragments[-1][0]

    def read(self, place: int, length: int) -> bytes:
        """Return bytes from a place on; fewer at the end."""
        self._load(place + length)
        return self._loaded[place : place + length]

    def loaded(self, wanted: int) -> NDArray[np.uint8]:
        """Return ``(n,) uint8`` from the beginning on: at least so many, unless it ends."""
        self._load(wanted)
        return np.frombuffer(self._loaded, dtype=np.uint8)

    def _load(self, wanted: int) -> None:
        have = len(self._loaded)
        if wanted <= have or have >= self.end_bytes:
            return
        upto = min(max(wanted, 2 * have, _FIRST_BYTES), self.end_bytes)
        self._loaded += self.space.read_at(self.source_of(have), upto - have)

    def join(self, border: int, source_bytes: int) -> None:
        """End the last fragment at a place; go on at a place of the space."""
        self._loaded = self._loaded[:border]
        self._fragments.append((border, source_bytes))

    def extents(self, size_bytes: int) -> tuple[tuple[int, int], ...]:
        """Return ``(offset, length)`` in the space for a content of that size."""
        ends = [place for place, _ in self._fragments[1:]] + [size_bytes]
        return tuple(
            (source, min(end, size_bytes) - place)
            for (place, source), end in zip(self._fragments, ends, strict=True)
            if min(end, size_bytes) > place
        )

    def overlaps(self, size_bytes: int) -> bool:
        """Tell whether its fragments overlap in the space: then it makes no sense."""
        ordered = sorted(self.extents(size_bytes))
        return any(one + length > other for (one, length), (other, _) in pairwise(ordered))
