"""PNG and APNG: chunk by chunk, each with its check sum.

The check sum tells exactly in which chunk a file came apart, and which gap mends it: a gap is
believed only if the sum of the chunk over it holds.

Source: ISO/IEC 15948 (PNG), 5 and 11; APNG 1.0.
"""

import zlib
from collections.abc import Iterator

import numpy as np

from polit.evidence.carvers._content import Content
from polit.evidence.carving import Carved, CarvingTally, FreeSpace

ORDER = 20
NAME = "png"
SIGNATURES = ((b"\x89PNG", 0),)

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MIME = "image/png"
_MOST_BYTES = 256 << 20
_MOST_CHUNKS = 1 << 16
_MOST_CHUNK_BYTES = 64 << 20
_CHUNK_COST_BYTES = 512
_MOST_GAP_BLOCKS = 4096
_MOST_FRAGMENTS = 16
_KNOWN = frozenset({
    b"IDAT", b"IEND", b"PLTE", b"tEXt", b"zTXt", b"iTXt", b"tRNS", b"pHYs", b"gAMA", b"cHRM",
    b"sRGB", b"iCCP", b"bKGD", b"tIME", b"eXIf", b"sBIT", b"hIST", b"sPLT", b"acTL", b"fcTL",
    b"fdAT", b"cICP",
})  # fmt: skip
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def warm() -> None:
    """Nothing to compile."""


def carve(space: FreeSpace, start_bytes: int, tally: CarvingTally) -> Carved | None:
    """Measure the PNG that begins at a place; see ``CarverPlugin.carve``."""
    content = Content(space, start_bytes, most_bytes=_MOST_BYTES)
    if not _is_header(content.read(0, 33)):
        return None
    place, shown, chunks = 33, 0, 0
    while chunks < _MOST_CHUNKS:
        chunks += 1
        length = _chunk(content, place)
        if length is None:
            tally.search_left -= (1 << 16) + _claimed(content, place)
            if content.fragments >= _MOST_FRAGMENTS or not _mend(content, place, tally):
                break
            continue
        tally.search_left -= length + _CHUNK_COST_BYTES
        kind = content.read(place + 4, 4)
        place += 12 + length
        shown += length if kind == b"IDAT" else 0
        if kind == b"IEND":
            complete = shown > 0
            return Carved(NAME, _MIME, content.extents(place), complete, True) if complete else None
    return _part(content, place, shown)


def _is_header(untrusted_head: bytes) -> bool:
    if len(untrusted_head) < 33 or untrusted_head[:16] != _SIGNATURE + b"\0\0\0\rIHDR":
        return False
    depth, colour = untrusted_head[24], untrusted_head[25]
    sums = int.from_bytes(untrusted_head[29:33], "big")
    return depth in _DEPTHS.get(colour, ()) and zlib.crc32(untrusted_head[12:29]) == sums


def _chunk(content: Content, place: int) -> int | None:
    """Return the length of a chunk whose check sum holds, or nothing."""
    head = content.read(place, 8)
    length = int.from_bytes(head[:4], "big")
    if len(head) < 8 or not head[4:].isalpha() or length > _MOST_CHUNK_BYTES:
        return None
    if place + 12 + length > content.end_bytes:
        return None
    body = content.read(place + 4, length + 8)
    return length if zlib.crc32(body[:-4]) == int.from_bytes(body[-4:], "big") else None


def _claimed(content: Content, place: int) -> int:
    """Return how much was read for a chunk whose check sum does not hold."""
    length = int.from_bytes(content.read(place, 4), "big")
    is_read = length <= _MOST_CHUNK_BYTES and place + 12 + length <= content.end_bytes
    return length if is_read else 0


def _part(content: Content, place: int, shown: int) -> Carved | None:
    """Return the chunks before a break, and of the broken one what its first block may hold."""
    head = content.read(place, 8)
    if head[4:] == b"IDAT":
        last = min(place + 8 + int.from_bytes(head[:4], "big"), content.end_bytes)
        border = content.border_from(place + 8)
        held = min(border, last) - place - 8
        if shown or held >= 1024:
            return Carved(NAME, _MIME, content.extents(place + 8 + held), False, False, "check_sum")
    if not shown:
        return None
    return Carved(NAME, _MIME, content.extents(place), False, True, "chunk_missing")


def _mend(content: Content, place: int, tally: CarvingTally) -> bool:
    """Join the content where the check sum of a broken chunk holds over a gap."""
    step = content.space.block_bytes
    head = content.read(place, 8)
    length = int.from_bytes(head[:4], "big")
    is_whole = len(head) == 8 and head[4:] in _KNOWN and length <= _MOST_CHUNK_BYTES
    end = place + 12 + length if is_whole else place + 8
    borders = [at for at in range(content.border_from(place), end, step) if content.is_last(at)]
    for gap in _gaps(content, end if is_whole else place, tally):
        for border in borders:
            if not tally.may_search():
                tally.searches_cut += 1
                return False
            tally.search_left -= length if is_whole else 1 << 12
            if _holds(content, place, border, gap):
                content.join(border, content.source_of(border) + gap)
                return True
    return False


def _gaps(content: Content, next_chunk: int, tally: CarvingTally) -> Iterator[int]:
    """Yield the gaps in bytes behind which a chunk's name stands in its place."""
    step, space = content.space.block_bytes, content.space
    source = content.source_of(next_chunk)
    ahead = space.read_at(source + step, _MOST_GAP_BLOCKS * step)
    yield from ((row + 1) * step for row in _named_rows(ahead, step))
    # Then before the file: the same place in each block there.
    first = max(source % step, content.start_bytes - _MOST_GAP_BLOCKS * step)
    first += (source - first) % step
    behind = space.read_at(first, max(0, content.start_bytes - first))
    yield from (first + row * step - source for row in _named_rows(behind, step))
    tally.trials += (len(ahead) + len(behind)) // step
    tally.search_left -= (len(ahead) + len(behind)) // 16


def _named_rows(untrusted_area: bytes, step: int) -> list[int]:
    """Return the rows of an area, a block each, that begin as a chunk does."""
    values = np.frombuffer(untrusted_area, dtype=np.uint8)[: len(untrusted_area) // step * step]
    names = values.reshape(-1, step)[:, 4:8]
    letters = (((names | 0x20) >= 0x61) & ((names | 0x20) <= 0x7A)).all(axis=1)
    return [int(row) for row in np.flatnonzero(letters) if names[row].tobytes() in _KNOWN]


def _holds(content: Content, place: int, border: int, gap: int) -> bool:
    """Tell whether the chunk at a place is whole when the content goes on behind a gap."""
    other = content.copy()
    other.join(border, content.source_of(border) + gap)
    length = _chunk(other, place)
    return length is not None and border < place + 12 + length
