"""Searching the tables of a near index: plainly while little is asked, else by compiled loops.

Imported by the near search's own modules alone. Whatever way is taken, and by how many threads,
the hits are the same.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import NearIndexDamaged
from polit.match._near_files import Tables
from polit.match._near_shapes import DISTANCE_BIT, QUERY_BIT, masks
from polit.match._near_tables import Words
from polit.match.near_hits import NearHits

PLAIN_COMPARISONS = 500_000_000
"""An index compares as many pairs plainly before it compiles: about as long as compiling takes."""

CROWDED_SHARE = 128
"""A query is compared with all values once its buckets of one chunk hold a 128th of them."""

_QUERIES_A_THREAD = 64
_PLAIN_BLOCK = 1 << 14
_ROOM = 1 << 16
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
_PLACES = (1 << 32) - 1

MAX_QUERIES = 1 << 26

Packed = NDArray[np.int64]
"""Hits as the kernels write them, 8 bytes each."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Queries ``(q, 4) uint64`` and the threshold that they share."""

    words: Words
    threshold_bits: int


def compare_plainly(words: Words, asked: Asked) -> NearHits:
    """Compare every value with every query in NumPy, giving up on a pair after half of its bits."""
    parts = []
    for first in range(0, len(words), _PLAIN_BLOCK):
        columns = np.ascontiguousarray(words[first : first + _PLAIN_BLOCK].T)
        for number, query in enumerate(asked.words):
            half = np.bitwise_count(columns[0] ^ query[0])
            half += np.bitwise_count(columns[1] ^ query[1])
            near = np.flatnonzero(half <= asked.threshold_bits)
            if len(near):
                rest = np.bitwise_count(columns[2:, near] ^ query[2:, None])
                bits = half[near] + rest.sum(axis=0, dtype=np.uint8)
                is_hit = bits <= asked.threshold_bits
                places = near[is_hit] + np.int64(first)
                parts.append(NearHits(np.full(len(places), number), places, bits[is_hit]))
    return NearHits.ordered(parts)


def search_plainly(tables: Tables, asked: Asked) -> NearHits:
    """Search an index that has no chunks: compare its distinct values, which are few."""
    rows = np.delete(np.arange(len(tables.words)), _checked_places(tables, tables.copies))
    found = compare_plainly(tables.words[rows], asked)
    known = found.query << QUERY_BIT | found.distance_bits.astype(np.int64) << DISTANCE_BIT
    known |= rows[found.place]
    return _unpacked(np.concatenate([known, _copies_of(tables, known)]))


def is_compiled() -> bool:
    """Tell whether this process has paid for compiling already."""
    module = sys.modules.get("polit.match._near_kernels")
    return module is not None and module.probe_kernel.cache_info().currsize > 0


def search_tables(tables: Tables, asked: Asked, threads: int) -> NearHits:
    """Search an index that has chunks, by compiled loops.

    Raises:
        NearIndexDamaged: The tables name places that are not there, or copies that are none.
    """
    # Imported here, because numba takes as long to load as a small search takes to finish.
    from polit.match import _near_kernels as kernels  # noqa: PLC0415

    kernels.probe_kernel()  # before there are threads, each of which would compile its own
    crowded = np.zeros(len(asked.words), dtype=np.uint8)

    def probe(first: int, last: int) -> list[Packed]:
        return _probe(tables, asked, crowded, (first, last))

    found = np.concatenate(_in_threads(probe, len(asked.words), threads))
    if crowded.any():
        found = found[crowded[found >> QUERY_BIT] == 0]
    parts = [found, _copies_of(tables, found)]
    if crowded.any():
        parts.append(_scanned(tables.words, asked, np.flatnonzero(crowded), threads))
    return _unpacked(np.concatenate(parts))


def scan_all(words: Words, asked: Asked, threads: int = 1) -> NearHits:
    """Compare every value with every query by compiled loops: the quicker of the two oracles."""
    return _unpacked(_scanned(words, asked, np.arange(len(asked.words)), threads))


def _in_threads(
    work: Callable[[int, int], list[Packed]], queries: int, threads: int
) -> list[Packed]:
    """Divide queries into as many runs as there are threads; keep the parts in their order."""
    count = max(1, min(threads, queries // _QUERIES_A_THREAD))
    edges = [queries * part // count for part in range(count + 1)]
    empty: list[Packed] = [np.empty(0, dtype=np.int64)]
    if count == 1:
        return empty + work(0, queries)
    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(lambda edge: work(*edge), pairwise(edges)), empty)


def _probe(
    tables: Tables, asked: Asked, crowded: NDArray[np.uint8], queries: tuple[int, int]
) -> list[Packed]:
    from polit.match import _near_kernels as kernels  # noqa: PLC0415

    plan = kernels.plan_of(tables.shape)
    radii = tables.shape.radii(asked.threshold_bits)
    plan[kernels.CHUNKS + kernels.RADIUS :: kernels.CHUNK_FIELDS] = radii
    plan[kernels.THRESHOLD], plan[kernels.VALUE_COUNT] = asked.threshold_bits, len(tables.words)
    plan[kernels.BLOCK_BITS] = tables.shape.block_bits
    plan[kernels.LIMIT] = max(1, len(tables.words) // CROWDED_SHARE)
    scratch = np.empty(kernels.SCRATCH_COUNT, dtype=np.uint32)
    words = kernels.pointers(tables.words, asked.words)
    found: list[Packed] = []
    for number, (table, radius) in enumerate(zip(tables.chunks, radii, strict=True)):
        if radius < 0:
            continue
        near = masks(tables.shape.chunks[number].width_bits, radius)
        plan[kernels.CHUNK], plan[kernels.ID_COUNT] = number, len(table.ids)
        plan[kernels.MASK_COUNT] = len(near)
        arrays = kernels.pointers(table.ids, table.bases, near, scratch)
        small = kernels.pointers(table.deltas, crowded)
        plan[kernels.FIRST], plan[kernels.LAST] = queries
        call = _Call(kernels.probe_kernel(), (words, arrays, small), plan, kernels.FIRST)
        found += call.run_to(queries[1])
    if plan[kernels.DAMAGED]:
        raise _damaged()
    return found


def _scanned(words: Words, asked: Asked, which: NDArray[np.int64], threads: int) -> Packed:
    from polit.match import _near_kernels as kernels  # noqa: PLC0415

    kernels.scan_kernel()
    chosen = np.ascontiguousarray(asked.words[which])
    both = kernels.pointers(words, chosen)

    def scan(first: int, last: int) -> list[Packed]:
        plan = np.zeros(kernels.CHUNKS, dtype=np.int64)
        plan[kernels.FIRST], plan[kernels.LAST] = first, last
        plan[kernels.THRESHOLD], plan[kernels.VALUE_COUNT] = asked.threshold_bits, len(words)
        columns = np.empty(2 * kernels.SCAN_BLOCK, dtype=np.uint64)
        call = _Call(kernels.scan_kernel(), (both, columns), plan, kernels.CHUNK)
        return call.run_to(-(-len(words) // kernels.SCAN_BLOCK))

    found = np.concatenate(_in_threads(scan, len(chosen), threads))
    rest: Packed = found & ((1 << QUERY_BIT) - 1)
    rest |= which[found >> QUERY_BIT] << QUERY_BIT
    return rest


class _Call:
    """A kernel that is called until it has come to its end, with more room where it asks for it.

    Args:
        kernel: The kernel.
        inputs: The arrays that it takes before its plan.
        plan: Its plan.
        start: Where the plan says from which place on it is to work.
    """

    def __init__(
        self,
        kernel: Callable[..., int],
        inputs: tuple[NDArray[np.uint64], ...],
        plan: NDArray[np.int64],
        start: int,
    ) -> None:
        self._kernel, self._inputs = kernel, inputs
        self._plan, self._start = plan, start

    def run_to(self, end: int) -> list[Packed]:
        """Run it until it stops at ``end``; return the hits of all its calls."""
        from polit.match import _near_kernels as kernels  # noqa: PLC0415

        found: list[Packed] = []
        room, addresses = _ROOM, [array.ctypes.data for array in self._inputs]
        while self._plan[self._start] < end:
            out = np.empty(room, dtype=np.int64)
            self._plan[kernels.CAPACITY] = room
            stopped = self._kernel(*addresses, self._plan.ctypes.data, out.ctypes.data)
            found.append(out[: self._plan[kernels.HITS]].copy())
            if stopped == self._plan[self._start]:
                room *= 4
            self._plan[self._start] = stopped
        return found


def _unpacked(found: Packed) -> NearHits:
    """Sort hits, in their own memory, and take them apart."""
    found.sort()
    bits = (found >> DISTANCE_BIT).astype(np.uint8)
    bits &= 31
    query = found >> QUERY_BIT
    found &= _PLACES
    return NearHits(query, found, bits)


def _copies_of(tables: Tables, known: Packed) -> Packed:
    """Give the copies of found values their hits too."""
    rows, copies = (known & _PLACES).astype(np.uint64) << _HALF, tables.copies
    first = np.searchsorted(copies, rows)
    counts = np.maximum(np.searchsorted(copies, rows | _LOW, side="right") - first, 0)
    origin = np.repeat(np.arange(len(known)), counts)
    before = np.cumsum(counts) - counts
    entries = copies[np.arange(len(origin)) + (first - before)[origin]]
    places, rest = _checked_places(tables, entries), known[origin]
    if not np.array_equal(tables.words[places], tables.words[rest & _PLACES]):
        raise _damaged()
    return rest & ~_PLACES | places


def _checked_places(tables: Tables, entries: NDArray[np.uint64]) -> NDArray[np.int64]:
    places = (entries & _LOW).astype(np.int64)
    if len(places) and int(places.max()) >= len(tables.words):
        raise _damaged()
    return places


def _damaged() -> NearIndexDamaged:
    return NearIndexDamaged("a near index is not what was written; import the set again")
