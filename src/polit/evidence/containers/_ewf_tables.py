"""Where each chunk of an EWF image lies: the tables, their mirrors, their checksums.

A table holds a count (u32), a base offset (u64 at byte 8, since EnCase 6), an Adler-32 of these
24 bytes, then one u32 per chunk (31 bits of offset, top bit set where the chunk is compressed)
and an Adler-32 of them. ``table2`` mirrors ``table``. Tables stay on disk: what is kept in
memory is where they are, and the latest few blocks of entries: an image of any size costs one
record per table.

Source: Expert Witness Compression Format specification, table sections and the offset
overflow of EnCase 6.7.
"""

import sys
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from polit.evidence.containers._ewf_sections import Section
from polit.evidence.segments import Segment, read_segment

HEADER_BYTES = 24
BLOCK_ENTRIES = 1_024
_COMPRESSED = 0x8000_0000
_OFFSET_MASK = 0x7FFF_FFFF
_PASS_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class TableCopy:
    """One of the two copies of a table.

    Args:
        entries_bytes: Where its entries begin in the segment file.
        count: How many there are.
        base_bytes: What their offsets count from.
        is_intact: The checksum of the entries holds (or the format keeps none).
        wraps_at: The first entry whose offset uses all 32 bits, ``count`` where none does.
    """

    entries_bytes: int
    count: int
    base_bytes: int
    is_intact: bool
    wraps_at: int


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """Where one chunk is stored.

    Args:
        offset_bytes: In the segment file, at least 1; or that of ``UNKNOWN`` or ``LOST``.
        length_bytes: The room up to whatever comes next, at least the chunk's stored size.
        is_compressed: Stored as a zlib stream; else plain with an Adler-32 after it.
    """

    offset_bytes: int
    length_bytes: int
    is_compressed: bool


UNKNOWN = ChunkPlace(0, 0, is_compressed=False)
"""The place of a chunk whose table entry is damaged."""
LOST = ChunkPlace(-1, 0, is_compressed=False)
"""The place of a chunk that no table holds."""


@dataclass(frozen=True, slots=True)
class ChunkGroup:
    """The chunks of one table, with its copies.

    Args:
        copies: One or two; the first is read, the second compared where both are damaged.
        limit_bytes: Where the last chunk must have ended in the segment file.
        rebuilt: Offsets found by reading the chunks themselves, top bit set where
            compressed, absolute; used instead of copies.
    """

    copies: tuple[TableCopy, ...]
    limit_bytes: int
    rebuilt: "array[int] | None" = field(default=None, compare=False)

    @property
    def count(self) -> int:
        """How many chunks the group has."""
        return self.copies[0].count if self.rebuilt is None else len(self.rebuilt)


def read_table(segment: Segment, section: Section) -> TableCopy | None:
    """Read and check one table section.

    Returns:
        The copy, or ``None`` where its head is damaged or does not fit its section.

    Raises:
        SourceUnreadable: The operating system refused a read.
    """
    head = read_segment(segment, section.data_offset_bytes, HEADER_BYTES)
    if len(head) < HEADER_BYTES or zlib.adler32(head[:20]) != _u32(head, 20):
        return None
    count, base = _u32(head, 0), int.from_bytes(head[8:16], "little")
    start = section.data_offset_bytes + HEADER_BYTES
    if count == 0 or start + 4 * count > section.end_bytes:
        return None
    sums = zlib.adler32(b"")
    wraps_at, previous, position = count, -1, 0
    may_wrap = segment.size_bytes - base > _OFFSET_MASK
    for entries in _passes(segment, start, count):
        sums = zlib.adler32(entries, sums)
        if may_wrap and wraps_at == count:
            wraps_at, previous = _find_wrap(entries, position, previous, count)
        position += len(entries) // 4
    intact = not _has_footer(segment, section, start, count) or sums == _u32(
        read_segment(segment, start + 4 * count, 4).ljust(4, b"\0"), 0
    )
    return TableCopy(start, count, base, intact, wraps_at)


def _passes(segment: Segment, start: int, count: int) -> Iterator[bytes]:
    end = start + 4 * count
    while start < end:
        yield read_segment(segment, start, min(_PASS_BYTES, end - start))
        start += _PASS_BYTES


def _find_wrap(entries: bytes, position: int, previous: int, count: int) -> tuple[int, int]:
    for index, entry in enumerate(_u32_array(entries)):
        offset = entry & _OFFSET_MASK
        if offset < previous <= entry:
            return position + index, previous
        previous = offset
    return count, previous


def _has_footer(segment: Segment, section: Section, start: int, count: int) -> bool:
    """Tell whether an Adler-32 follows the entries.

    The oldest formats keep none and begin the first chunk there; EnCase 1 keeps one and
    begins the first chunk behind it.
    """
    first = _u32(read_segment(segment, start, 4), 0) & _OFFSET_MASK
    after = start + 4 * count
    return first != after and after + 4 <= section.end_bytes


def _u32(raw: bytes, offset: int) -> int:
    return int.from_bytes(raw[offset : offset + 4], "little")


def _u32_array(raw: bytes) -> "array[int]":
    values = array("I", raw)
    if sys.byteorder == "big":
        values.byteswap()
    return values


class BlockReader:
    """Turns blocks of table entries into places, keeping the latest few in memory."""

    def __init__(self, keep: int = 64) -> None:
        self._keep = keep
        self._blocks: dict[tuple[int, int, int], tuple[ChunkPlace, ...]] = {}

    def places(
        self, segment: Segment, group: ChunkGroup, index: int, count: int
    ) -> list[ChunkPlace]:
        """Return the places of the entries of a group from ``index`` on, at most ``count``."""
        end = min(index + count, group.count)
        places: list[ChunkPlace] = []
        while index < end:
            first = index - index % BLOCK_ENTRIES
            block = self._block(segment, group, first)
            places += block[index - first : end - first]
            index = first + len(block)
        return places

    def _block(self, segment: Segment, group: ChunkGroup, first: int) -> tuple[ChunkPlace, ...]:
        key = (segment.descriptor, group.limit_bytes, first)
        block = self._blocks.pop(key, None)
        if block is None:
            block = _load(segment, group, first)
            if len(self._blocks) >= self._keep:
                del self._blocks[next(iter(self._blocks))]
        self._blocks[key] = block
        return block


def _load(segment: Segment, group: ChunkGroup, first: int) -> tuple[ChunkPlace, ...]:
    count = min(BLOCK_ENTRIES, group.count - first)
    if group.rebuilt is not None:
        offsets = [value & ~(1 << 63) for value in group.rebuilt[first : first + count + 1]]
        flags = [bool(value >> 63) for value in group.rebuilt[first : first + count]]
    else:
        offsets, flags = _entries(segment, group, first, count)
    if len(offsets) == count:
        offsets.append(group.limit_bytes)
    return tuple(
        ChunkPlace(offset, _room(offset, following, group.limit_bytes), flag)
        for offset, following, flag in zip(offsets, offsets[1:], flags, strict=False)
    )


def _room(offset: int, following: int, limit: int) -> int:
    return max((following if following > offset else limit) - offset, 0)


def _entries(
    segment: Segment, group: ChunkGroup, first: int, count: int
) -> tuple[list[int], list[bool]]:
    main = group.copies[0]
    offsets, flags = _copy_entries(segment, main, first, count)
    if main.is_intact:
        return offsets, flags
    if len(group.copies) > 1:
        others, other_flags = _copy_entries(segment, group.copies[1], first, count)
        for index, offset in enumerate(offsets):
            flips = index < count and flags[index] != other_flags[index]
            if offset != others[index] or flips:
                offsets[index] = 0
        return offsets, flags
    return _in_order(offsets, group.limit_bytes), flags


def _copy_entries(
    segment: Segment, copy: TableCopy, first: int, count: int
) -> tuple[list[int], list[bool]]:
    """Return the offsets of a block and of the entry after it, and the block's flags."""
    more = min(count + 1, copy.count - first)
    values = _u32_array(read_segment(segment, copy.entries_bytes + 4 * first, 4 * more))
    wrap = max(copy.wraps_at - first, 0)
    offsets = [copy.base_bytes + (value & _OFFSET_MASK) for value in values[:wrap]]
    offsets += [copy.base_bytes + value for value in values[wrap:]]
    flags = [value >= _COMPRESSED for value in values[:wrap]] + [False] * (more - wrap)
    return offsets, flags[:count]


def _in_order(offsets: list[int], limit: int) -> list[int]:
    """Strike out entries of a damaged table that do not lie between their neighbours."""
    bounded = [0, *offsets, limit]
    return [
        offset if before < offset < after else 0
        for before, offset, after in zip(bounded, offsets, bounded[2:], strict=False)
    ]
