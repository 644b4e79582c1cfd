"""Exact lookup: sorted keys of one algorithm, mapped into memory, with their record numbers.

Imported by ``polit.match`` alone. NumPy goes through a radix index with all
queries a step at a time: it needs no compiling and answers what a run asks for, some hundred
contents at a time. A great many are looked up by a compiled loop. A plain binary search is what
both are checked against.
"""

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import HashSetDamaged, UsageError
from polit.match.set_document import KEY_BYTES

KeyArray = NDArray[np.bytes_]
Whole = NDArray[np.int64]

COMPILED_FROM = 1 << 18
"""From how many keys at once the compiled loop is worth the second that compiling takes."""

_NONE: Whole = np.empty(0, dtype=np.int64)
_FEW = 64
_LEAST_BUCKET = 4
_MOST_TOP_BITS = 23
"""The index has at most 2^23 values, 34 MB, with six keys behind each at 50 million."""


def top_bits(count: int) -> int:
    """Return how many leading bits the radix index of so many keys has."""
    return min(max((count // _LEAST_BUCKET).bit_length() - 1, 0), _MOST_TOP_BITS)


def mapped(path: Path, dtype: str) -> "NDArray[Any]":
    """Map a part into memory, read-only, shared between processes; of the type that is asked for.

    Raises:
        HashSetDamaged: It is missing, or no whole number of values.
    """
    try:
        with path.open("rb") as stream:
            size_bytes = path.stat().st_size
            if not size_bytes:
                return np.empty(0, dtype=dtype)
            whole = mmap.mmap(stream.fileno(), size_bytes, prot=mmap.PROT_READ)
    except OSError as error:
        raise HashSetDamaged(f"{path} cannot be read: {error.strerror}") from error
    if size_bytes % np.dtype(dtype).itemsize:
        raise HashSetDamaged(f"{path}: {size_bytes} bytes are no whole number of values")
    return np.frombuffer(whole, dtype=dtype)


class KeyTable:
    """The keys of one algorithm in one set."""

    def __init__(
        self, keys: KeyArray, records: NDArray[np.uint32], top: NDArray[np.uint32]
    ) -> None:
        """Take sorted keys ``(n,) S16, S20 or S32``, the record of each, and their radix index."""
        self._keys, self._records, self._top = keys, records, top

    @classmethod
    def open(cls, folder: Path, algorithm: str) -> "KeyTable":
        """Open the keys of a set's folder.

        Raises:
            HashSetDamaged: The parts are not what an import wrote.
        """
        keys: KeyArray = mapped(folder / f"{algorithm}.keys", f"S{KEY_BYTES[algorithm]}")
        records: NDArray[np.uint32] = mapped(folder / f"{algorithm}.records", "<u4")
        if len(keys) != len(records):
            raise HashSetDamaged(f"{folder}: {len(keys)} keys, {len(records)} record numbers")
        top: NDArray[np.uint32] = mapped(folder / f"{algorithm}.top", "<u4")
        if len(top) != (1 << top_bits(len(keys))) + 1:
            raise HashSetDamaged(f"{folder}: the index of {algorithm} has another length")
        return cls(keys, records, top)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, digests: Sequence[bytes]) -> Iterator[tuple[int, NDArray[np.uint32]]]:
        """Find every record of every digest.

        Args:
            digests: Raw digests of the table's algorithm; the same one may stand there twice.

        Yields:
            The place of each digest that is there, ascending, and its records, ascending.

        Raises:
            UsageError: A digest has another length.
        """
        wide = self._keys.dtype.itemsize
        joined = b"".join(digests)
        if len(joined) != wide * len(digests) or any(len(each) != wide for each in digests):
            raise UsageError(f"a digest to look up has not {wide} bytes")
        queries: KeyArray = np.frombuffer(joined, dtype=self._keys.dtype)
        few = len(queries) < COMPILED_FROM
        places, first = self.find_few(queries) if few else self.find_many(queries)
        for place, at in zip(places.tolist(), first.tolist(), strict=True):
            # Hardly any key stands there often: the few behind the first tell where it ends.
            end = at + _alike(self._keys[at : at + _FEW], queries[place])
            if end == at + _FEW:
                end = at + _alike(self._keys[at:], queries[place])
            yield place, self._records[at:end]

    def find_few(self, queries: KeyArray) -> tuple[Whole, Whole]:
        """Find as ``find_sorted`` does, through the index, with all queries a step at a time."""
        count = len(self._keys)
        if not count or not len(queries):
            return _NONE, _NONE
        leading = queries.view(">u4").reshape(len(queries), -1)[:, 0].astype(np.int64)
        bucket = leading >> (32 - top_bits(count))
        low = np.minimum(self._top[bucket].astype(np.int64), count)
        high = np.minimum(self._top[bucket + 1].astype(np.int64), count)
        while (low < high).any():
            middle = (low + high) >> 1
            is_before = (self._keys[np.minimum(middle, count - 1)] < queries) & (low < high)
            high = np.where(is_before, high, np.minimum(middle, high))
            low = np.where(is_before, middle + 1, low)
        inside = np.minimum(low, count - 1)
        places = np.flatnonzero(self._keys[inside] == queries)
        return places, inside[places]

    def find_many(self, queries: KeyArray) -> tuple[Whole, Whole]:
        """Find as ``find_sorted`` does, by the compiled loop; the first call takes a second."""
        if not len(self._keys) or not len(queries):
            return _NONE, _NONE
        from polit.match._exact_kernel import find_by_index  # noqa: PLC0415 - loads a compiler

        first = find_by_index(self._keys, self._top, queries)
        places = np.flatnonzero(first >= 0)
        return places, first[places]


def _alike(keys: KeyArray, query: np.bytes_) -> int:
    """Return how many of sorted keys, the first of which is the query, equal it."""
    return int(np.searchsorted(keys, query, side="right"))


def find_sorted(keys: KeyArray, queries: KeyArray) -> tuple[Whole, Whole]:
    """Find queries among sorted keys by binary search: the oracle.

    NumPy takes zeros at the end of a value for padding; values of one width compare alike.

    Returns:
        The places of the queries that are found, ascending, and where the first key of each is.
    """
    if not len(keys):
        return _NONE, _NONE
    first = np.searchsorted(keys, queries, side="left")
    inside = np.minimum(first, len(keys) - 1)
    places = np.flatnonzero(keys[inside] == queries)
    return places, inside[places]
