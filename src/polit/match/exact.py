"""Exact lookup: sorted keys of one algorithm, mapped into memory, with their record numbers.

Imported by ``polit.match`` alone. The plain way, a binary search by NumPy, needs no compiling
and answers what a run asks for, some hundred contents at a time; a great many are looked up by
a compiled loop over a radix index, which the plain way checks in the tests.
"""

import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import HashSetDamaged, UsageError
from polit.match.set_document import KEY_BYTES

KeyArray = NDArray[np.bytes_]
Whole = NDArray[np.int64]

COMPILED_FROM = 1 << 20
"""From how many keys at once the compiled loop is worth the seconds that compiling takes."""


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

    def __init__(self, keys: KeyArray, records: NDArray[np.uint32]) -> None:
        """Take sorted keys ``(n,) S16, S20 or S32`` and the record of each."""
        self._keys, self._records = keys, records

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
        return cls(keys, records)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, digests: Sequence[bytes]) -> list[tuple[int, int]]:
        """Find every record of every digest.

        Args:
            digests: Raw digests of the table's algorithm; the same one may stand there twice.

        Returns:
            Pairs of a place among ``digests`` and a record, ordered.

        Raises:
            UsageError: A digest has another length.
        """
        wide = self._keys.dtype.itemsize
        joined = b"".join(digests)
        if len(joined) != wide * len(digests) or any(len(each) != wide for each in digests):
            raise UsageError(f"a digest to look up has not {wide} bytes")
        queries: KeyArray = np.frombuffer(joined, dtype=self._keys.dtype)
        places, first = find_sorted(self._keys, queries)
        pairs = []
        for place, at in zip(places.tolist(), first.tolist(), strict=True):
            end = int(np.searchsorted(self._keys, queries[place : place + 1], side="right")[0])
            pairs += [(place, record) for record in self._records[at:end].tolist()]
        return pairs


def find_sorted(keys: KeyArray, queries: KeyArray) -> tuple[Whole, Whole]:
    """Find queries among sorted keys by binary search: the oracle.

    NumPy takes zeros at the end of a value for padding; values of one width compare alike.

    Returns:
        The places of the queries that are found, ascending, and where the first key of each is.
    """
    if not len(keys):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    first = np.searchsorted(keys, queries, side="left")
    inside = np.minimum(first, len(keys) - 1)
    places = np.flatnonzero(keys[inside] == queries)
    return places, inside[places]
