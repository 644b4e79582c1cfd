"""Near search: every known fingerprint within so many bits of those asked for.

Imported by ``polit.match`` and the rooms above it.
"""

import os
from pathlib import Path
from typing import Self

import numpy as np

from polit.base.errors import IntegrityError
from polit.match.near_hits import (
    VALUE_BYTES,
    Fingerprints,
    NearHits,
    search_brute,
    words_of,
)

__all__ = ["Fingerprints", "NearHits", "NearIndex", "search_brute", "write_index"]

_VALUES = "values.bin"


def write_index(folder: Path, values: Fingerprints) -> None:
    """Write an index over fingerprints; the same ones give the same bytes everywhere.

    Args:
        folder: Where its files go; it is made, and must not hold an index yet.
        values: ``(n, 32) uint8``; their places are what a search gives.

    Raises:
        UsageError: The shape is another.
    """
    words_of(values)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _VALUES).open("xb") as stream:
        stream.write(np.ascontiguousarray(values).data)
        stream.flush()
        os.fsync(stream.fileno())


class NearIndex:
    """An index on the disk, mapped into memory and shared by all processes that open it."""

    def __init__(self, values: Fingerprints) -> None:
        self._values = values

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what ``write_index`` wrote.

        Raises:
            IntegrityError: The files are not what it wrote.
        """
        path = folder / _VALUES
        size_bytes = path.stat().st_size
        if size_bytes % VALUE_BYTES:
            raise IntegrityError(f"{path}: {size_bytes} bytes are no whole number of fingerprints")
        shape = (size_bytes // VALUE_BYTES, VALUE_BYTES)
        if not size_bytes:
            return cls(np.empty(shape, dtype=np.uint8))
        return cls(np.memmap(path, dtype=np.uint8, mode="r", shape=shape))

    @property
    def values(self) -> Fingerprints:
        """The fingerprints ``(n, 32) uint8``, in their places; not to be written to."""
        return self._values

    def close(self) -> None:
        """Let go of the files; searching afterwards is an error."""
        self._values = np.empty((0, VALUE_BYTES), dtype=np.uint8)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def search(self, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
        """Find every value within a threshold of each query.

        Args:
            queries: ``(q, 32) uint8``; a query may stand there many times.
            threshold_bits: The greatest distance that counts, 0 to 31.

        Returns:
            Every pair within the threshold, none twice.

        Raises:
            UsageError: The threshold or the shape is wrong.
        """
        return search_brute(self._values, queries, threshold_bits=threshold_bits)
