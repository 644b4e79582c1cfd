"""The two files of a near index: what they hold, and what is checked before they are believed.

Imported by the near search's own modules alone.

``values.bin`` holds the fingerprints, 32 bytes each, in their places. ``near.bin`` begins with 64
bytes: the mark, then as little-endian integers the number of the shape (4 bytes), zero (4), the
numbers of values, of distinct ones and of copies (8 each), and zeros. Behind it stand, each on the
next multiple of 64 bytes, bases, deltas and ids of each chunk, then the copies. All sizes follow
from the shape and the three numbers: the file says nothing of where anything lies.
"""

import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import NearIndexDamaged
from polit.match._near_shapes import SHAPES, Shape
from polit.match._near_tables import ChunkTable, Words
from polit.match.near_hits import VALUE_BYTES

VALUES_NAME = "values.bin"
TABLES_NAME = "near.bin"
MAX_VALUES = (1 << 32) - 1

_MARK = b"NEARBITS"
_HEADER = struct.Struct("<8sIIQQQ24x")
_ALIGNED_BYTES = 64
_WRITTEN_AT_ONCE_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Counts:
    """The shape of an index, and how many values, distinct values and copies it holds."""

    shape: Shape
    values: int
    rows: int
    copies: int


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """An index as arrays, in memory or mapped from its files.

    Args:
        shape: Its shape.
        words: ``(n, 4) uint64``, the values.
        chunks: A table for each chunk of the shape.
        copies: As ``Distinct`` has them.
        mappings: What the arrays are mapped from.
    """

    shape: Shape
    words: Words
    chunks: tuple[ChunkTable, ...]
    copies: NDArray[np.uint64]
    mappings: tuple[mmap.mmap, ...] = ()


class TablesWriter:
    """Writes ``near.bin``, array after array."""

    def __init__(self, stream: BinaryIO, counts: Counts) -> None:
        self._stream = stream
        head = (_MARK, counts.shape.number, 0, counts.values, counts.rows, counts.copies)
        self._stream.write(_HEADER.pack(*head))

    def add(self, array: NDArray[np.generic]) -> None:
        """Write an array where the next one belongs."""
        self._stream.write(bytes(-self._stream.tell() % _ALIGNED_BYTES))
        write_array(self._stream, array)

    def finish(self) -> None:
        """Write the end, and wait until it is on the disk."""
        self._stream.write(bytes(-self._stream.tell() % _ALIGNED_BYTES))
        flush(self._stream)


def write_array(stream: BinaryIO, array: NDArray[np.generic]) -> None:
    """Write an array's bytes, a part at a time where it is not in one piece."""
    rows = max(1, _WRITTEN_AT_ONCE_BYTES // max(1, array[:1].nbytes))
    parts = (array[first : first + rows] for first in range(0, len(array), rows))
    stream.writelines(np.ascontiguousarray(part).data for part in parts)


def flush(stream: BinaryIO) -> None:
    """Wait until what was written is on the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def open_tables(folder: Path) -> Tables:
    """Map an index into memory.

    Raises:
        NearIndexDamaged: A file is missing, or is not what was written.
    """
    mappings = _mapped(folder / VALUES_NAME), _mapped(folder / TABLES_NAME)
    values, file = (_bytes_of(mapping) for mapping in mappings)
    counts = _counts(file, folder / TABLES_NAME)
    if counts.values * VALUE_BYTES != len(values):
        raise NearIndexDamaged(
            f"{folder / VALUES_NAME}: {len(values)} bytes, not {counts.values} fingerprints"
        )
    parts = _sections(file, counts, folder / TABLES_NAME)
    chunks = [
        ChunkTable(bases.view("<u4"), deltas, ids.view("<u4"))
        for bases, deltas, ids in zip(parts[:-1:3], parts[1::3], parts[2::3], strict=True)
    ]
    words = values.view("<u8").reshape(-1, VALUE_BYTES // 8)
    held = tuple(mapping for mapping in mappings if mapping is not None)
    return Tables(counts.shape, words, tuple(chunks), parts[-1].view("<u8"), held)


def ask_ahead(tables: Tables) -> None:
    """Ask the system to read a mapped index as a whole: a search would read it in single pages.

    A machine without so much room leaves out what it likes; all is kept in the page cache alone.
    """
    for mapping in tables.mappings:
        mapping.madvise(mmap.MADV_WILLNEED)


def _mapped(path: Path) -> mmap.mmap | None:
    try:
        with path.open("rb") as stream:
            if not os.fstat(stream.fileno()).st_size:
                return None  # an empty file cannot be mapped
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise NearIndexDamaged(f"{path}: cannot be read ({error}); import the set again") from error


def _bytes_of(mapping: mmap.mmap | None) -> NDArray[np.uint8]:
    return np.empty(0, dtype=np.uint8) if mapping is None else np.frombuffer(mapping, np.uint8)


def _counts(file: NDArray[np.uint8], path: Path) -> Counts:
    if len(file) < _HEADER.size:
        raise NearIndexDamaged(f"{path}: {len(file)} bytes are too few; import the set again")
    mark, number, _, values, rows, copies = _HEADER.unpack(file[: _HEADER.size].tobytes())
    shapes = [shape for shape in SHAPES if shape.number == number]
    if mark != _MARK or not shapes or values > MAX_VALUES:
        raise NearIndexDamaged(f"{path}: no index of this version; import the set again")
    if rows + copies != values or bool(rows) != bool(values):
        raise NearIndexDamaged(f"{path}: its numbers disagree; import the set again")
    return Counts(shapes[0], values, rows, copies)


def _sizes(counts: Counts) -> Iterator[int]:
    for chunk in counts.shape.chunks:
        yield 4 * ((chunk.buckets >> counts.shape.block_bits) + 1)
        yield chunk.buckets if counts.shape.block_bits else 0
        yield 4 * counts.rows
    yield 8 * counts.copies


def _sections(file: NDArray[np.uint8], counts: Counts, path: Path) -> list[NDArray[np.uint8]]:
    found, at = [], _HEADER.size
    for size_bytes in _sizes(counts):
        found.append(file[at : at + size_bytes])
        at += size_bytes + -size_bytes % _ALIGNED_BYTES
    if at != len(file):
        raise NearIndexDamaged(f"{path}: {len(file)} bytes, not {at}; import the set again")
    return found
