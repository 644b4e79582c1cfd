"""The table of an Apple disk image: which chunk of the file holds which sectors. Bounded.

Source: the structures as hdiutil writes them: a ``koly`` trailer that points to a property list
with one ``mish`` table for each partition; described by libyal/libmodi's documentation.
"""

import plistlib
import struct
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from polit.base.errors import SourceUnreadable
from polit.evidence.segments import Segment, read_segment

TRAILER_BYTES = 512
SECTOR_BYTES = 512
PLAIN, ADC, ZLIB, BZIP2, LZFSE, LZMA = 1, *range(0x80000004, 0x80000009)
ZEROS = frozenset({0, 2})

_NOTES = frozenset({0x7FFFFFFE, 0xFFFFFFFF})
_MAXIMUM_LIST_BYTES = 64 << 20
_MAXIMUM_CHUNKS = 1 << 20
_ROW = struct.Struct(">II4Q")
_ROWS_AT = 204
_LIST_ERRORS = (
    ExpatError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError
)  # fmt: skip
"""A date that is none is an AttributeError of plistlib; an encoding that nobody knows is a
LookupError, or an OSError where the sandbox lets no codec be loaded."""


@dataclass(frozen=True, slots=True, order=True)
class Chunk:
    """One row of a table.

    Args:
        first_sector: Of the disk.
        sectors: How many, at least 1.
        kind: ``PLAIN``, ``ADC``, ``ZLIB``, ``BZIP2``, ``LZFSE``, ``LZMA``, or one of ``ZEROS``.
        offset_bytes: In the file.
        stored_bytes: How many it takes there.
    """

    first_sector: int
    sectors: int
    kind: int
    offset_bytes: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class DmgTable:
    """What the trailer and the tables say; chunks by their first sector."""

    sectors: int
    segment_number: int
    segment_count: int
    chunks: tuple[Chunk, ...]


def read_table(segment: Segment) -> DmgTable:
    """Read the trailer and all tables.

    Raises:
        SourceUnreadable: There is no property list, or none that can be read.
    """
    trailer = read_segment(segment, segment.size_bytes - TRAILER_BYTES, TRAILER_BYTES)
    (fork_at,) = struct.unpack_from(">Q", trailer, 24)
    number, count = struct.unpack_from(">II", trailer, 56)
    list_at, list_bytes = struct.unpack_from(">QQ", trailer, 216)
    (sectors,) = struct.unpack_from(">Q", trailer, 492)
    raw = read_segment(segment, list_at, min(list_bytes, _MAXIMUM_LIST_BYTES))
    chunks: list[Chunk] = []
    for table in _tables(segment.name, raw):
        chunks += _rows(table, fork_at)
        if len(chunks) > _MAXIMUM_CHUNKS:
            raise SourceUnreadable(f"{segment.name} states more chunks than an image can have")
    return DmgTable(sectors, number, count, tuple(sorted(chunks)))


def _tables(name: str, untrusted_list: bytes) -> list[bytes]:
    try:
        stated = plistlib.loads(untrusted_list, fmt=plistlib.FMT_XML)
        blocks = stated["resource-fork"]["blkx"]
        tables = [block["Data"] for block in blocks]
    except _LIST_ERRORS as error:
        raise SourceUnreadable(
            f"{name} has the trailer of an Apple disk image and no table of chunks that can be "
            "read: it is damaged, cut short or too old; convert it with hdiutil on a Mac"
        ) from error
    return [table for table in tables if isinstance(table, bytes) and table.startswith(b"mish")]


def _rows(table: bytes, fork_at: int) -> list[Chunk]:
    if len(table) < _ROWS_AT:
        return []
    first, _, data_at = struct.unpack_from(">QQQ", table, 8)
    (count,) = struct.unpack_from(">I", table, _ROWS_AT - 4)
    count = min(count, (len(table) - _ROWS_AT) // _ROW.size)
    rows = _ROW.iter_unpack(table[_ROWS_AT : _ROWS_AT + count * _ROW.size])
    return [
        Chunk(first + sector, sectors, kind, fork_at + data_at + offset, length)
        for kind, _, sector, sectors, offset, length in rows
        if sectors and kind not in _NOTES
    ]
