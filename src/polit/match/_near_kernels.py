"""The loops of near search over arrays of integers, in the form that numba compiles.

Imported by ``polit.match._near_tables`` and ``polit.match._near_search`` alone, and only when a
search is large enough to pay for compiling. Kernels are C callbacks that take addresses, let go
of the interpreter's lock while they run, and allocate nothing. What they read from an index is
untrusted: each number is compared with its bound before it is used as a place.

Every table of pointers and the array of sizes (``plan``) have their places in the constants below.
"""

import ctypes
from collections.abc import Callable, MutableSequence, Sequence
from functools import cache
from typing import Any, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from polit.match._near_shapes import DISTANCE_BIT, QUERY_BIT, Shape

# Places in ``words``, tables of uint64: fingerprints as four words each.
VALUES, QUERIES = 0, 1
# Places in ``tables``, tables of uint32.
IDS, BASES, MASKS, SCRATCH = 0, 1, 2, 3
# Places in ``small``, tables of uint8.
DELTAS, CROWDED = 0, 1
# Places in ``plan``: what is asked, what comes back, then four numbers for each chunk.
FIRST, LAST, THRESHOLD, VALUE_COUNT, ID_COUNT, MASK_COUNT, BLOCK_BITS, CHUNK = range(8)
CAPACITY, LIMIT, HITS, DAMAGED, CHUNKS = 8, 9, 10, 11, 12
# Places behind CHUNKS: where a chunk lies in a fingerprint, and how far its bits may differ.
WORD, SHIFT, WIDTH, RADIUS, CHUNK_FIELDS = 0, 1, 2, 3, 4

MASKS_MOST = 512
CANDIDATES = 512
_STARTS, _ENDS, _FOUND = MASKS_MOST, 2 * MASKS_MOST, 3 * MASKS_MOST
SCRATCH_COUNT = _FOUND + CANDIDATES
SCAN_BLOCK = 2048
"""Values whose first two words stay in the fastest cache while all queries pass over them."""

DELTA_MOST = 255
"""A block of buckets with more entries keeps no distances: its buckets are found by bisection."""

Words = Sequence[Sequence[int]]
Tables = Sequence[MutableSequence[int]]
Small = Sequence[MutableSequence[int]]
Plan = MutableSequence[int]
Out = MutableSequence[int]

# numba computes signed with unsigned as floats: what is mixed is made one of these first.
_Whole = Callable[[int], int]
i64, u8, u32, u64 = (cast("_Whole", kind) for kind in (np.int64, np.uint8, np.uint32, np.uint64))


@intrinsic
def _popcount(_typing: Any, value: Any) -> Any:
    """Count the bits of a uint64, by the processor's own instruction where it has one."""

    def lower(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return value(value), lower


@intrinsic
def _prefetch(_typing: Any, pointer: Any, place: Any) -> Any:
    """Ask for a line of memory before it is needed; an address outside asks for nothing."""

    def lower(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.bitcast(builder.gep(arguments[0], [arguments[1]]), byte)
        shape = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], shape)
        # To read, to be kept in every cache, as data.
        builder.call(function, [address, number(0), number(3), number(1)])  # type: ignore[operator]
        return context.get_dummy_value()

    return types.void(pointer, place), lower


@numba.njit
def _cut(words: Sequence[int], row: int, plan: Plan, chunk: int) -> int:
    """Return a chunk of a fingerprint: its bits may lie in two words."""
    at = CHUNKS + chunk * CHUNK_FIELDS
    first, shift, width = row * 4 + plan[at + WORD], plan[at + SHIFT], plan[at + WIDTH]
    bits = words[first] >> u64(shift)
    if shift + width > 64:
        bits |= words[first + 1] << u64(64 - shift)
    return bits & u64((1 << width) - 1)


@numba.njit
def _bisected(words: Words, tables: Tables, plan: Plan, key: int, within: tuple[int, int]) -> int:
    """Return the first entry of a crowded block whose value's chunk is not below a key."""
    low, high = within
    while low < high:
        middle = (low + high) >> 1
        row = i64(tables[IDS][middle])
        if row >= plan[VALUE_COUNT]:
            plan[DAMAGED] = 1
            return within[1]
        if i64(_cut(words[VALUES], row, plan, plan[CHUNK])) < key:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit
def _bucket(words: Words, tables: Tables, small: Small, plan: Plan, key: int) -> tuple[int, int]:
    """Return from which entry to before which the values with a chunk stand."""
    block = key >> plan[BLOCK_BITS]
    base, end = i64(tables[BASES][block]), i64(tables[BASES][block + 1])
    if base > end or end > plan[ID_COUNT]:
        plan[DAMAGED] = 1
        return 0, 0
    if not plan[BLOCK_BITS]:
        return base, end
    if end - base > DELTA_MOST:
        first = _bisected(words, tables, plan, key, (base, end))
        return first, _bisected(words, tables, plan, key + 1, (first, end))
    start, stop = base + small[DELTAS][key], end
    if (key + 1) >> plan[BLOCK_BITS] == block:
        stop = base + small[DELTAS][key + 1]
    if start > stop or stop > end:
        plan[DAMAGED] = 1
        return 0, 0
    return start, stop


@numba.njit
def _ranges(words: Words, tables: Tables, small: Small, plan: Plan, query: int) -> int:
    """Find the buckets around a query's chunk that hold anything; -1 when they hold too much."""
    scratch, masks = tables[SCRATCH], tables[MASKS]
    key = u32(_cut(words[QUERIES], query, plan, plan[CHUNK]))
    for i in range(plan[MASK_COUNT]):
        near = i64(key ^ masks[i])
        scratch[i] = u32(near)
        if plan[BLOCK_BITS]:
            _prefetch(small[DELTAS], near)
        _prefetch(tables[BASES], near >> plan[BLOCK_BITS])
    found = total = 0
    for i in range(plan[MASK_COUNT]):
        start, stop = _bucket(words, tables, small, plan, i64(scratch[i]))
        if stop > start:
            scratch[_STARTS + found], scratch[_ENDS + found] = u32(start), u32(stop)
            found += 1
            total += stop - start
            _prefetch(tables[IDS], start)
    return -1 if total > plan[LIMIT] else found


@numba.njit
def _is_first(words: Words, plan: Plan, query: int, row: int) -> bool:
    """Tell whether no chunk before this one finds the pair, so that each is told once."""
    for chunk in range(plan[CHUNK]):
        radius = plan[CHUNKS + chunk * CHUNK_FIELDS + RADIUS]
        asked, known = (
            _cut(words[QUERIES], query, plan, chunk),
            _cut(words[VALUES], row, plan, chunk),
        )
        if i64(_popcount(asked ^ known)) <= radius:
            return False
    return True


@numba.njit
def _distance(words: Words, query: int, row: int, most: int) -> int:
    """Return the distance of a pair; where half of it is too far already, that half."""
    asked, known, q, v = words[QUERIES], words[VALUES], query * 4, row * 4
    half = _popcount(asked[q] ^ known[v]) + _popcount(asked[q + 1] ^ known[v + 1])
    if i64(half) > most:
        return i64(half)
    rest = _popcount(asked[q + 2] ^ known[v + 2]) + _popcount(asked[q + 3] ^ known[v + 3])
    return i64(half + rest)


@numba.njit
def _keep(plan: Plan, out: Out, query: int, row: int, distance: int) -> None:
    """Write a hit; where there is no room, only count it, so that the caller sees."""
    at = plan[HITS]
    if at < plan[CAPACITY]:
        out[at] = (query << QUERY_BIT) | (distance << DISTANCE_BIT) | row
    plan[HITS] = at + 1


@numba.njit
def _judge(words: Words, tables: Tables, plan: Plan, out: Out, asked: tuple[int, int]) -> None:
    """Keep those candidates that are within the threshold."""
    query, count = asked
    for i in range(count):
        row = i64(tables[SCRATCH][_FOUND + i])
        distance = _distance(words, query, row, plan[THRESHOLD])
        if distance <= plan[THRESHOLD] and _is_first(words, plan, query, row):
            _keep(plan, out, query, row, distance)


@numba.njit
def _gather(words: Words, tables: Tables, plan: Plan, out: Out, asked: tuple[int, int]) -> None:
    """Collect what the found buckets hold and judge it, some hundred candidates at a time."""
    query, ranges = asked
    scratch, ids, held = tables[SCRATCH], tables[IDS], 0
    for i in range(ranges):
        for entry in range(i64(scratch[_STARTS + i]), i64(scratch[_ENDS + i])):
            row = ids[entry]
            if i64(row) >= plan[VALUE_COUNT]:
                plan[DAMAGED] = 1
                continue
            scratch[_FOUND + held] = row
            held += 1
            _prefetch(words[VALUES], i64(row) * 4)
            if held == CANDIDATES:
                _judge(words, tables, plan, out, (query, held))
                held = 0
    _judge(words, tables, plan, out, (query, held))


def probe(words: Words, tables: Tables, small: Small, plan: Plan, out: Out) -> int:
    """Search one chunk's tables for the queries from FIRST to before LAST.

    A query whose buckets hold more than LIMIT is marked as crowded and skipped. Returns the query
    at which it stopped, for want of room, with the hits of those before it.
    """
    plan[HITS] = 0
    for query in range(plan[FIRST], plan[LAST]):
        if small[CROWDED][query]:
            continue
        found = _ranges(words, tables, small, plan, query)
        if found < 0:
            small[CROWDED][query] = u8(1)
            continue
        before = plan[HITS]
        _gather(words, tables, plan, out, (query, found))
        if plan[HITS] > plan[CAPACITY]:
            plan[HITS] = before
            return query
    return plan[LAST]


@numba.njit
def _pass_over(words: Words, columns: Sequence[int], query: int) -> int:
    """Return the least distance of the first halves of a block of values; nothing branches."""
    first, second = words[QUERIES][query * 4], words[QUERIES][query * 4 + 1]
    least = u64(256)
    for i in range(SCAN_BLOCK):
        half = _popcount(columns[i] ^ first) + _popcount(columns[SCAN_BLOCK + i] ^ second)
        least = min(least, half)
    return i64(least)


def scan(words: Words, columns: MutableSequence[int], plan: Plan, out: Out) -> int:
    """Compare all queries from FIRST to before LAST with all values, from block CHUNK on.

    Returns the block at which it stopped, for want of room, with the hits of those before it.
    """
    plan[HITS] = 0
    blocks = (plan[VALUE_COUNT] + SCAN_BLOCK - 1) // SCAN_BLOCK
    for block in range(plan[CHUNK], blocks):
        start, before = block * SCAN_BLOCK, plan[HITS]
        stop = min(start + SCAN_BLOCK, plan[VALUE_COUNT])
        for i in range(SCAN_BLOCK):
            row = min(start + i, stop - 1) * 4
            columns[i], columns[SCAN_BLOCK + i] = words[VALUES][row], words[VALUES][row + 1]
        for query in range(plan[FIRST], plan[LAST]):
            if _pass_over(words, columns, query) <= plan[THRESHOLD]:
                for row in range(start, stop):
                    distance = _distance(words, query, row, plan[THRESHOLD])
                    if distance <= plan[THRESHOLD]:
                        _keep(plan, out, query, row, distance)
        if plan[HITS] > plan[CAPACITY]:
            plan[HITS] = before
            return block
    return blocks


def arrange(words: Words, tables: Tables, small: Small, plan: Plan) -> None:
    """Sort values by one chunk: a counting sort that keeps their order within a bucket.

    ``IDS`` receives them; ``SCRATCH`` holds a count for each bucket and one more, all zero;
    ``MASKS`` holds the places of the values to sort.
    """
    counts, rows, values, chunk = tables[SCRATCH], tables[MASKS], words[VALUES], plan[CHUNK]
    buckets = 1 << plan[CHUNKS + chunk * CHUNK_FIELDS + WIDTH]
    for i in range(plan[ID_COUNT]):
        counts[i64(_cut(values, i64(rows[i]), plan, chunk)) + 1] += u32(1)
    for key in range(buckets):
        counts[key + 1] += counts[key]
        block = key >> plan[BLOCK_BITS]
        if block << plan[BLOCK_BITS] == key:
            tables[BASES][block] = counts[key]
        beyond = i64(counts[key]) - i64(tables[BASES][block])
        small[DELTAS][key] = u8(min(beyond, DELTA_MOST))
    tables[BASES][buckets >> plan[BLOCK_BITS]] = counts[buckets]
    for i in range(plan[ID_COUNT]):
        key = i64(_cut(values, i64(rows[i]), plan, chunk))
        tables[IDS][counts[key]] = rows[i]
        counts[key] += u32(1)


Kernel = Callable[..., int]

_WORDS = types.CPointer(types.CPointer(types.uint64))
_TABLES = types.CPointer(types.CPointer(types.uint32))
_SMALL = types.CPointer(types.CPointer(types.uint8))
_WHOLE = types.CPointer(types.int64)


@cache
def probe_kernel() -> Kernel:
    """Compile ``probe``, once a process."""
    return _compile(probe, types.int64, _WORDS, _TABLES, _SMALL, _WHOLE, _WHOLE)


@cache
def scan_kernel() -> Kernel:
    """Compile ``scan``, once a process."""
    columns = types.CPointer(types.uint64)
    return _compile(scan, types.int64, _WORDS, columns, _WHOLE, _WHOLE)


@cache
def arrange_kernel() -> Kernel:
    """Compile ``arrange``, once a process."""
    return _compile(arrange, types.void, _WORDS, _TABLES, _SMALL, _WHOLE)


def plan_of(shape: Shape) -> NDArray[np.int64]:
    """Return a plan that holds a shape's chunks, and else zeros."""
    chunks = [field for chunk in shape.chunks for field in chunk.fields]
    return np.array([*[0] * CHUNKS, *chunks], dtype=np.int64)


def pointers(*arrays: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Return the addresses of arrays, which the caller keeps for as long as they are used."""
    return np.array([array.ctypes.data for array in arrays], dtype=np.uint64)


def _compile(kernel: Callable[..., Any], result: types.Type, *arguments: types.Type) -> Kernel:
    made = numba.cfunc(result(*arguments))(kernel)
    returned = None if result is types.void else ctypes.c_int64
    return ctypes.CFUNCTYPE(returned, *[ctypes.c_void_p] * len(arguments))(made.address)
