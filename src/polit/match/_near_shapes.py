"""How a near index cuts fingerprints into chunks, and which chunks a threshold needs.

Imported by the near search's own modules alone.

Two fingerprints that differ in at most t bits differ in at most r bits of some chunk, when the
chunks' ``r + 1`` add up to more than t: were each chunk worse, their differences would add up to
more. So the buckets within r bits of the query's chunk, over all chunks, hold every match.
Source: Norouzi, Punjani and Fleet, Fast exact search in Hamming space with multi-index hashing
(2014); that the radii may differ follows from the same count.
"""

from dataclasses import dataclass
from functools import cache
from itertools import accumulate, combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

MAX_PLAIN_VALUES = 10_000
"""Below, NumPy compares everything in less time than a search would take to compile."""

QUERY_BIT, DISTANCE_BIT = 37, 32
"""A hit is one number, so that hits sort as they are: query, 5 bits of distance, 32 of place."""

_WORD_BITS = 64


@dataclass(frozen=True, slots=True)
class Chunk:
    """So many bits of a fingerprint, and how far they may differ at the greatest threshold.

    Args:
        start_bits: The first of them, counted from the lowest bit of the first 64-bit word.
        width_bits: How many there are.
        radius_bits: In how many of them a match may differ, at threshold 31.
    """

    start_bits: int
    width_bits: int
    radius_bits: int

    @property
    def buckets(self) -> int:
        """How many values the chunk can have."""
        return 1 << self.width_bits

    @property
    def fields(self) -> tuple[int, int, int, int]:
        """Word, shift, width and radius, as the kernels take them."""
        word, shift = divmod(self.start_bits, _WORD_BITS)
        return word, shift, self.width_bits, self.radius_bits


@dataclass(frozen=True, slots=True)
class Shape:
    """The chunks of an index, and in how large blocks its buckets are kept.

    Args:
        number: What stands for the shape in an index file; never given another meaning.
        chunks: Beside each other, each within two neighbouring words.
        block_bits: ``2 ** block_bits`` buckets share one count of four bytes and keep a byte each.
    """

    number: int
    chunks: tuple[Chunk, ...]
    block_bits: int

    def accesses(self, values: int) -> float:
        """How many places in memory one query reads: its buckets, and what they hold."""
        around = [(c, ball(c.width_bits, c.radius_bits)) for c in self.chunks]
        return sum(count + values * count / chunk.buckets for chunk, count in around)

    def radii(self, threshold_bits: int) -> tuple[int, ...]:
        """Return a radius for each chunk that suffices for a threshold; -1 leaves a chunk out.

        Each spare bit is taken where it saves the most buckets, from the last chunk first.
        """
        radii = [chunk.radius_bits for chunk in self.chunks]
        while sum(radii) + len(radii) > threshold_bits + 1:
            widths = [chunk.width_bits for chunk in self.chunks]
            saved = [comb(w, r) if r >= 0 else -1 for w, r in zip(widths, radii, strict=True)]
            radii[max(range(len(radii)), key=lambda at: (saved[at], at))] -= 1
        return tuple(radii)


def ball(width_bits: int, radius_bits: int) -> int:
    """How many chunks differ from one in at most so many bits."""
    return sum(comb(width_bits, differing) for differing in range(radius_bits + 1))


@cache
def masks(width_bits: int, radius_bits: int) -> NDArray[np.uint32]:
    """Return every difference of at most so many bits, ascending.

    Neighbours in this order share lines of memory: they differ in the lowest bits.
    """
    found = [
        sum(1 << bit for bit in bits)
        for differing in range(radius_bits + 1)
        for bits in combinations(range(width_bits), differing)
    ]
    made = np.array(sorted(found), dtype=np.uint32)
    made.setflags(write=False)
    return made


def _shape(number: int, sizes: tuple[tuple[int, int], ...], block_bits: int) -> Shape:
    starts = accumulate((width for width, _ in sizes), initial=0)
    chunks = tuple(Chunk(start, *size) for start, size in zip(starts, sizes, strict=False))
    return Shape(number, chunks, block_bits)


PLAIN = _shape(0, (), 0)
"""No chunks: everything is compared."""

SIXTEEN = _shape(1, ((16, 1),) * 16, 0)
"""16 chunks of 16 bits: small tables, 272 buckets a query."""

ELEVEN = _shape(2, ((24, 2),) * 6 + ((23, 2),) * 4 + ((20, 1),), 4)
"""10 chunks of 23 or 24 bits within two bits and one within one: 3 x 10 + 2 = 32 > 31.

170 MB of tables beside four bytes a value and chunk; 2,935 buckets a query, almost all of which
hold one value or none at ten million.
"""

SHAPES = (PLAIN, SIXTEEN, ELEVEN)


def shape_for(values: int) -> Shape:
    """Choose the shape of an index of so many distinct values.

    Each place that a query reads costs about the same, being a line of memory that no cache
    holds. The larger tables are taken where they at least halve the places read: from about
    1.6 million values on.
    """
    if values <= MAX_PLAIN_VALUES:
        return PLAIN
    is_halved = 2 * ELEVEN.accesses(values) <= SIXTEEN.accesses(values)
    return ELEVEN if is_halved else SIXTEEN
