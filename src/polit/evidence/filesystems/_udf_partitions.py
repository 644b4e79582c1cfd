"""Where the blocks of UDF's partitions lie: plain, sparable, virtual and metadata ones.

Source: OSTA UDF 2.60, 2.2.8 to 2.2.13 (Virtual, Sparable and Metadata Partition Maps; Virtual
Allocation Table; Sparing Table).
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Span(NamedTuple):
    """Consecutive bytes of a volume."""

    place: int
    length: int


class Partition(Protocol):
    """One partition as a logical volume maps it."""

    def spans(self, block: int, length_bytes: int) -> Iterator[Span]:
        """Yield where the bytes from a block on lie; ends where they leave the partition."""


class PlainPartition:
    """Blocks in a row."""

    def __init__(self, *, start_block: int, block_count: int, block_bytes: int) -> None:
        """Take what a partition descriptor states."""
        self.start_block, self.block_count = start_block, block_count
        self.block_bytes = block_bytes

    def spans(self, block: int, length_bytes: int) -> Iterator[Span]:
        """See ``Partition.spans``."""
        room = (self.block_count - block) * self.block_bytes
        if room > 0:
            yield Span((self.start_block + block) * self.block_bytes, min(length_bytes, room))


class SparablePartition:
    """Blocks in a row, of which packets were moved elsewhere."""

    def __init__(self, below: PlainPartition, *, packet_blocks: int, moved: dict[int, int]) -> None:
        """Take the moved packets: first block in the partition to block of the volume."""
        self._below, self._packet, self._moved = below, packet_blocks, moved

    def spans(self, block: int, length_bytes: int) -> Iterator[Span]:
        """See ``Partition.spans``."""
        if not self._moved:
            yield from self._below.spans(block, length_bytes)
            return
        size = self._below.block_bytes
        while length_bytes > 0:
            within = block % self._packet
            taken = min((self._packet - within) * size, length_bytes)
            moved_to = self._moved.get(block - within)
            if moved_to is not None:
                yield Span((moved_to + within) * size, taken)
            else:
                found = list(self._below.spans(block, taken))
                yield from found
                if sum(span.length for span in found) < taken:
                    return
            block, length_bytes = block + self._packet - within, length_bytes - taken


class VirtualPartition:
    """Blocks by a table, as discs have that are written once."""

    def __init__(self, below: PlainPartition, table: bytes) -> None:
        """Take the table: for each virtual block the block of the partition below."""
        self._below, self._table = below, table

    def spans(self, block: int, length_bytes: int) -> Iterator[Span]:
        """See ``Partition.spans``."""
        size = self._below.block_bytes
        while length_bytes > 0 and (block + 1) * 4 <= len(self._table):
            (real,) = struct.unpack_from("<I", self._table, block * 4)
            taken = min(size, length_bytes)
            found = list(self._below.spans(real, taken))
            if not found:
                return
            yield from found
            block, length_bytes = block + 1, length_bytes - taken


class MetadataPartition:
    """Blocks of a file: file entries and folders, kept together."""

    def __init__(self, spans: list[Span], block_bytes: int) -> None:
        """Take where the file's bytes lie, in order."""
        self._spans, self._block_bytes = spans, block_bytes
        self._starts: list[int] = []
        start = 0
        for span in spans:
            self._starts.append(start)
            start += span.length

    def spans(self, block: int, length_bytes: int) -> Iterator[Span]:
        """See ``Partition.spans``."""
        at = block * self._block_bytes
        index = bisect_right(self._starts, at) - 1
        while length_bytes > 0 and 0 <= index < len(self._spans):
            skipped = at - self._starts[index]
            room = self._spans[index].length - skipped
            if room <= 0:
                return
            taken = min(room, length_bytes)
            yield Span(self._spans[index].place + skipped, taken)
            at, length_bytes, index = at + taken, length_bytes - taken, index + 1
