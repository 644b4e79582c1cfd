"""Near search: every known fingerprint within so many bits of those asked for.

Imported by ``polit.match`` and the rooms above it. The search is exact for every threshold up to
31 bits: docs/explanation/near-search.md tells how, docs/proof/near.json proves it.
"""

import os
from pathlib import Path
from typing import Self

import numpy as np

from polit.base.errors import UsageError
from polit.match._near_files import (
    MAX_VALUES,
    TABLES_NAME,
    VALUES_NAME,
    Counts,
    Tables,
    TablesWriter,
    ask_ahead,
    flush,
    open_tables,
    write_array,
)
from polit.match._near_search import (
    MAX_QUERIES,
    PLAIN_COMPARISONS,
    Asked,
    compare_plainly,
    is_compiled,
    search_plainly,
    search_tables,
)
from polit.match._near_shapes import PLAIN, Shape, shape_for
from polit.match._near_tables import chunk_tables, distinct
from polit.match.near_hits import (
    VALUE_BYTES,
    Fingerprints,
    NearHits,
    check_threshold,
    search_brute,
    words_of,
)

__all__ = ["Fingerprints", "NearHits", "NearIndex", "search_brute", "write_index"]

_THREADS_MOST = 4
_NO_VALUES = np.empty((0, VALUE_BYTES), dtype=np.uint8)


def write_index(folder: Path, values: Fingerprints, *, shape: Shape | None = None) -> None:
    """Write an index over fingerprints; the same ones give the same bytes everywhere.

    Ten million take some seconds and 200 MB of memory beside the values, which may be mapped.

    Args:
        folder: Where its two files go; it is made, and must not hold an index yet.
        values: ``(n, 32) uint8``, at most 2^32 - 1; their places are what a search gives.
        shape: How it is built; none chooses by how many different values there are.

    Raises:
        FileExistsError: The folder holds an index.
        UsageError: The shape is another, or there are too many.
    """
    words = words_of(values)
    if len(words) > MAX_VALUES:
        raise UsageError(f"{len(words)} fingerprints: an index holds at most {MAX_VALUES}")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / VALUES_NAME).open("xb") as stream:
        write_array(stream, words)
        flush(stream)
    found = distinct(words)
    shape = shape or shape_for(len(found.rows))
    counts = Counts(shape, len(words), len(found.rows), len(found.copies))
    with (folder / TABLES_NAME).open("xb") as stream:
        writer = TablesWriter(stream, counts)
        for table in chunk_tables(words, found.rows, shape):
            for array in (table.bases, table.deltas, table.ids):
                writer.add(array)
        writer.add(found.copies)
        writer.finish()


class NearIndex:
    """An index; one from files is mapped into memory, shared by all processes that open it.

    Args:
        tables: Its arrays.
        threads: How many threads a large search may use; none means one a core, at most four.
        plain_comparisons: How many pairs it compares plainly before it compiles.
    """

    def __init__(
        self,
        tables: Tables,
        *,
        threads: int | None = None,
        plain_comparisons: int = PLAIN_COMPARISONS,
    ) -> None:
        self._tables = tables
        self._plain_left = plain_comparisons
        self._threads = threads or min(_THREADS_MOST, len(os.sched_getaffinity(0)))
        self._is_asked_ahead = False

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        threads: int | None = None,
        plain_comparisons: int = PLAIN_COMPARISONS,
    ) -> Self:
        """Open what ``write_index`` wrote; nothing but its sizes is read.

        Args:
            folder: Where it was written.
            threads: As the class has them.
            plain_comparisons: As the class has them; 0 asks the tables from the first query on.

        Raises:
            NearIndexDamaged: A file is missing, or cannot be what it wrote.
        """
        tables = open_tables(folder)
        return cls(tables, threads=threads, plain_comparisons=plain_comparisons)

    @classmethod
    def over(cls, values: Fingerprints) -> Self:
        """Make an index in memory alone; the values must not change while it is used."""
        words = words_of(values)
        found = distinct(words)
        shape = shape_for(len(found.rows))
        chunks = tuple(chunk_tables(words, found.rows, shape))
        return cls(Tables(shape, words, chunks, found.copies))

    @property
    def values(self) -> Fingerprints:
        """The fingerprints ``(n, 32) uint8``, in their places; not to be written to."""
        return self._tables.words.view(np.uint8)

    def close(self) -> None:
        """Let go of the files, as soon as nobody holds ``values`` any more."""
        self._tables = Tables(PLAIN, words_of(_NO_VALUES), (), np.empty(0, dtype=np.uint64))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def search(self, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
        """Find every value within a threshold of each query.

        Many queries at once are quicker than one by one. The answer holds each pair: a query near
        a value that stands a million times in the index is answered by a million pairs.

        Args:
            queries: ``(q, 32) uint8``, at most 2^26; a query may stand there many times.
            threshold_bits: The greatest distance that counts, 0 to 31.

        Returns:
            Every pair within the threshold, none twice.

        Raises:
            NearIndexDamaged: The index is not what was written.
            UsageError: The threshold or the shape is wrong.
        """
        check_threshold(threshold_bits)
        if len(queries) > MAX_QUERIES:
            raise UsageError(f"{len(queries)} queries: ask at most {MAX_QUERIES} at once")
        asked = Asked(words_of(queries), threshold_bits)
        if self._tables.shape is PLAIN:
            return search_plainly(self._tables, asked)
        if self._is_plain_cheaper(len(queries)):
            return compare_plainly(self._tables.words, asked)
        if not self._is_asked_ahead:
            ask_ahead(self._tables)
            self._is_asked_ahead = True
        return search_tables(self._tables, asked, self._threads)

    def _is_plain_cheaper(self, queries: int) -> bool:
        if is_compiled():
            return False
        self._plain_left -= queries * len(self._tables.words)
        return self._plain_left >= 0
