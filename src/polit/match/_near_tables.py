"""Making the tables of a near index, one chunk after the other so that little memory is needed.

Imported by the near search's own modules alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.match._near_shapes import Chunk, Shape

_BLOCK = 1 << 20
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_SPREAD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)
"""Odd numbers that mix the four words of a fingerprint; which ones does not matter."""

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Distinct:
    """Which values stand for themselves, and which repeat one of those.

    Args:
        rows: ``(m,) uint32``, the place of each distinct value, ascending.
        copies: ``(d,) uint64``, ascending: the place of a distinct value in the upper half, that
            of a copy of it in the lower.
    """

    rows: NDArray[np.uint32]
    copies: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class ChunkTable:
    """The values sorted by one chunk.

    Args:
        bases: ``uint32``, how many values stand before each block of buckets, and how many in all.
        deltas: ``uint8``, how many stand in its block before each bucket, at most 255; empty
            where a block is one bucket.
        ids: ``(m,) uint32``, their places, bucket by bucket.
    """

    bases: NDArray[np.uint32]
    deltas: NDArray[np.uint8]
    ids: NDArray[np.uint32]


def distinct(words: Words) -> Distinct:
    """Find repeated values.

    A value of 32 mixed bits sorts equal ones beside each other. Where two different values share
    it, a copy between them may pass for a distinct value; it is then searched on its own, which
    is slower and as exact.
    """
    places = _sorted_places(words)
    is_copy = np.zeros(len(places), dtype=bool)
    for first in range(1, len(places), _BLOCK):
        last = min(first + _BLOCK, len(places))
        alike = places[first:last] >> _HALF == places[first - 1 : last - 1] >> _HALF
        at = np.flatnonzero(alike) + first
        equal = words[places[at] & _LOW] == words[places[at - 1] & _LOW]
        is_copy[at] = equal.all(axis=1)
    places &= _LOW
    rows = np.empty(len(places) - int(np.count_nonzero(is_copy)), dtype=np.uint32)
    filled = 0
    for first in range(0, len(places), _BLOCK):
        part = places[first : first + _BLOCK][~is_copy[first : first + _BLOCK]]
        rows[filled : filled + len(part)] = part
        filled += len(part)
    rows.sort()
    at = np.flatnonzero(is_copy)
    return Distinct(rows, np.sort(places[_heads(at)] << _HALF | places[at]))


def _heads(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the value stands that each copy repeats: in front of the copies in a row."""
    starts = np.flatnonzero(np.diff(at, prepend=-1) != 1)
    return np.repeat(at[starts] - 1, np.diff(starts, append=len(at)))


def _sorted_places(words: Words) -> NDArray[np.uint64]:
    mixed = np.empty(len(words), dtype=np.uint64)
    for first in range(0, len(words), _BLOCK):
        part = words[first : first + _BLOCK]
        sums = np.zeros(len(part), dtype=np.uint64)
        for column, factor in enumerate(_SPREAD):
            sums = (sums ^ part[:, column]) * np.uint64(factor)
            sums ^= sums >> _HALF
        at = np.arange(first, first + len(part), dtype=np.uint64)
        mixed[first : first + len(part)] = sums << _HALF | at
    mixed.sort()
    return mixed


def chunk_tables(words: Words, rows: NDArray[np.uint32], shape: Shape) -> Iterator[ChunkTable]:
    """Sort the distinct values by each chunk of a shape in turn."""
    for number, chunk in enumerate(shape.chunks):
        table = empty_table(chunk, shape.block_bits, len(rows))
        _arrange(words, rows, table, (shape, number))
        deltas = table.deltas if shape.block_bits else table.deltas[:0]
        yield ChunkTable(table.bases, deltas, table.ids)


def empty_table(chunk: Chunk, block_bits: int, rows: int) -> ChunkTable:
    """Return a chunk's table with room for so many values."""
    return ChunkTable(
        np.zeros((chunk.buckets >> block_bits) + 1, dtype=np.uint32),
        np.zeros(chunk.buckets, dtype=np.uint8),
        np.zeros(rows, dtype=np.uint32),
    )


def _arrange(
    words: Words, rows: NDArray[np.uint32], table: ChunkTable, which: tuple[Shape, int]
) -> None:
    # Imported here, because numba takes as long to load as a small search takes to finish.
    from polit.match import _near_kernels as kernels  # noqa: PLC0415

    shape, number = which
    plan = kernels.plan_of(shape)
    plan[kernels.CHUNK] = number
    plan[kernels.ID_COUNT] = len(rows)
    plan[kernels.BLOCK_BITS] = shape.block_bits
    counts = np.zeros(shape.chunks[number].buckets + 1, dtype=np.uint32)
    addresses = (
        kernels.pointers(words),
        kernels.pointers(table.ids, table.bases, rows, counts),
        kernels.pointers(table.deltas),
        plan,
    )
    kernels.arrange_kernel()(*[array.ctypes.data for array in addresses])
