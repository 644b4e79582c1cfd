"""Boxes of ISO base media: heads, children, and where the samples of a movie lie.

Imported by ``bmff``. Places count from the beginning of the file. Source: ISO/IEC 14496-12, 4.2
and 8.7.5.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.evidence.carving import CarvingTally, FreeSpace

BOX_COST_BYTES = 1024
"""What looking at a box costs, in bytes that take as long to follow."""

_MOST_CHILDREN = 4096
_MOST_DEPTH = 5
_MOST_INDEX_BOXES = 1 << 14
_MOST_CHUNKS = 1 << 22
_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where it begins, where its body begins, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def read_box(space: FreeSpace, start_bytes: int, place: int, limit: int) -> Box | None:
    """Return the box at a place, or nothing if none can be there.

    Args:
        space: The free bytes.
        start_bytes: Where the file begins in them.
        place: Where the box begins in the file.
        limit: Where what holds it ends; a box of size 0 ends there.
    """
    head = space.read_at(start_bytes + place, 16)
    if (
        len(head) < 8
        or place + 8 > limit
        or not all(0x20 <= v < 0x7F or v == 0xA9 for v in head[4:8])
    ):
        return None
    size, body = int.from_bytes(head[:4], "big"), 8
    if size == 1:
        size, body = int.from_bytes(head[8:16], "big"), 16
    elif size == 0:
        # To the end of the file, which nothing tells: only media data may do so.
        return Box(head[4:8], place, place + 8, limit) if head[4:8] == b"mdat" else None
    return Box(head[4:8], place, place + body, place + size) if size >= body else None


def children(space: FreeSpace, start_bytes: int, holder: Box, *, skip: int = 0) -> Iterator[Box]:
    """Yield the boxes of a box; it ends where one makes no sense."""
    place = holder.body + skip
    for _ in range(_MOST_CHILDREN):
        box = read_box(space, start_bytes, place, holder.end)
        if box is None or box.end > holder.end:
            return
        yield box
        place = box.end


def chunk_places(
    space: FreeSpace, start_bytes: int, moov: Box, tally: CarvingTally
) -> NDArray[np.int64] | None:
    """Return where the chunks of all tracks lie in the file, or nothing for a senseless index."""
    found: list[NDArray[np.int64]] = []
    names = [box.kind for box in children(space, start_bytes, moov)]
    if b"mvhd" not in names:
        return np.zeros(0, dtype=np.int64) if b"cmov" in names else None
    for number, (box, depth) in enumerate(_descend(space, start_bytes, moov, 0)):
        tally.search_left -= BOX_COST_BYTES
        if number >= _MOST_INDEX_BOXES:
            tally.too_large += 1
            return None
        if box.kind in {b"stco", b"co64"} and depth <= _MOST_DEPTH:
            width = 4 if box.kind == b"stco" else 8
            count = int.from_bytes(space.read_at(start_bytes + box.body + 4, 4), "big")
            if count > min(_MOST_CHUNKS, (box.end - box.body - 8) // width):
                return None
            tally.search_left -= count * width
            raw = space.read_at(start_bytes + box.body + 8, count * width)
            places = np.frombuffer(raw, dtype=f">u{width}")
            if (places > 1 << 60).any():
                return None
            found.append(places.astype(np.int64))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _descend(
    space: FreeSpace, start_bytes: int, holder: Box, depth: int
) -> Iterator[tuple[Box, int]]:
    for box in children(space, start_bytes, holder):
        yield box, depth
        if box.kind in _HOLDERS and depth < _MOST_DEPTH:
            yield from _descend(space, start_bytes, box, depth + 1)
