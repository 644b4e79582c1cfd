"""The loop that looks many keys up through a radix index, in the form that numba compiles.

Imported by ``polit.match.exact`` alone, and only for so many keys that compiling pays. What it
reads of a part is untrusted: each number of the index is held within the keys before it is a
place. It lets go of the interpreter's lock while it runs, and allocates nothing.

Most of the time goes by in waiting for memory. So a block of queries reads its places in the
index, then the key in the middle of each, and only then compares: the waits of a block overlap.

Keys are read four bytes at a time as they lie in memory, so that equal ones are passed over
quickly; of the first four that differ, the order of their bytes decides.
"""

import ctypes
from collections.abc import Callable, MutableSequence, Sequence
from functools import cache

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

# Places in ``sizes``.
KEYS, WORDS, SHIFT, QUERIES = range(4)

BLOCK = 32
"""How many queries wait for memory together; a core keeps 10 to 16 requests under way."""

Whole = Sequence[int]
Result = MutableSequence[int]


@numba.njit
def _leading(word: int) -> int:
    """Return four bytes as the figure that compares as they do."""
    low = ((word & 0xFF) << 24) | ((word & 0xFF00) << 8)
    return low | ((word >> 8) & 0xFF00) | ((word >> 24) & 0xFF)


@numba.njit
def _compare(keys: Whole, line: int, queries: Whole, start: int, words: int) -> int:
    """Return -1, 0 or 1: whether a key comes before a query, is it, or comes after."""
    for at in range(words):
        key, query = keys[line + at], queries[start + at]
        if key != query:
            return -1 if _leading(key) < _leading(query) else 1
    return 0


@numba.njit
def _search(keys: Whole, queries: Whole, start: int, words: int, within: tuple[int, int]) -> int:
    """Return the first place of a key equal to a query within two places, or -1."""
    low, high = within
    found = -1
    while low < high:
        middle = (low + high) >> 1
        order = _compare(keys, middle * words, queries, start, words)
        if order < 0:
            low = middle + 1
        else:
            high = middle
            found = middle if order == 0 else found
    return found


def find_first(keys: Whole, top: Whole, queries: Whole, sizes: Whole, out: Result) -> None:
    """Write where the first key equal to each query stands, or -1.

    ``out`` begins with room for a block: the places in the index, and what was loaded.
    """
    count, words, shift = sizes[KEYS], sizes[WORDS], sizes[SHIFT]
    for first in range(0, sizes[QUERIES], BLOCK):
        last = min(first + BLOCK, sizes[QUERIES])
        for query in range(first, last):
            out[query - first] = _leading(queries[query * words]) >> shift
        for query in range(first, last):
            bucket = out[query - first]
            middle = (min(top[bucket], count) + min(top[bucket + 1], count)) >> 1
            out[BLOCK + query - first] = keys[min(middle, count - 1) * words]
        for query in range(first, last):
            bucket = out[query - first]
            within = (min(top[bucket], count), min(top[bucket + 1], count))
            found = _search(keys, queries, query * words, words, within)
            out[2 * BLOCK + query] = found


_WORDS = types.CPointer(types.uint32)
_WHOLE = types.CPointer(types.int64)


@cache
def _compiled() -> Callable[..., None]:
    made = numba.cfunc(types.void(_WORDS, _WORDS, _WORDS, _WHOLE, _WHOLE))(find_first)
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5)(made.address)


def find_by_index(
    keys: NDArray[np.bytes_], top: NDArray[np.uint32], queries: NDArray[np.bytes_]
) -> NDArray[np.int64]:
    """Return where the first key equal to each query stands, or -1.

    Args:
        keys: ``(n,) S16, S20 or S32``, sorted, as they lie in memory.
        top: ``(2^bits + 1,) uint32``: how many keys stand before those with each leading value.
        queries: ``(q,)`` of the same type.
    """
    bits = (len(top) - 1).bit_length() - 1
    sizes = np.array([len(keys), keys.dtype.itemsize // 4, 32 - bits, len(queries)], dtype=np.int64)
    found = np.empty(2 * BLOCK + len(queries), dtype=np.int64)
    _compiled()(*(each.ctypes.data for each in (keys, top, queries, sizes, found)))
    return found[2 * BLOCK :]
