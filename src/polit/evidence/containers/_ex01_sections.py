"""Sections of EWF 2 files: a chain from the end of each file, tables of chunks, texts, digests.

Every part here carries an Adler-32; a part whose sum fails gives a problem and no value.

Source: libyal/libewf, Expert Witness Compression Format 2 (EWF2) specification.
"""

import bz2
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from polit.evidence.segments import Segment, read_segment

SIGNATURE = b"EVF2\x0d\x0a\x81\x00"
HEADER_BYTES = 32
DEVICE, CASE, TABLE, ERRORS, MD5, SHA1, KEYS, NEXT, DONE = 1, 2, 4, 5, 8, 9, 11, 13, 15

_DESCRIPTOR_BYTES = 64
_MAXIMUM_SECTIONS = 1 << 20
_MAXIMUM_TEXT_BYTES = 1 << 20
_TABLE_HEADER_BYTES = 32
_ENCRYPTED = 2


@dataclass(frozen=True, slots=True)
class FileHeader:
    """The first bytes of a segment file."""

    compression: int
    number: int
    set_identifier: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its data stand before its descriptor."""

    kind: int
    data_at: int
    data_bytes: int
    is_encrypted: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of chunks; its entries are read when they are needed."""

    first_chunk: int
    chunks: int
    segment: Segment
    entries_at: int


class BrokenChain(Exception):
    """The chain of a file's sections ends early; never leaves the container."""


def read_header(segment: Segment) -> FileHeader | None:
    """Read the header of a segment file; ``None`` where it is none."""
    raw = read_segment(segment, 0, HEADER_BYTES)
    if len(raw) < HEADER_BYTES or not raw.startswith(SIGNATURE):
        return None
    compression, number = struct.unpack_from("<HI", raw, 10)
    return FileHeader(compression, number, raw[16:32])


def read_sections(segment: Segment) -> Iterator[Section]:
    """Yield the sections of a file from the last to the first, as far as the chain holds.

    Raises:
        BrokenChain: The chain is broken: what stands before is lost.
    """
    place = segment.size_bytes - _DESCRIPTOR_BYTES
    for _ in range(_MAXIMUM_SECTIONS):
        raw = read_segment(segment, place, _DESCRIPTOR_BYTES) if place >= HEADER_BYTES else b""
        if len(raw) < _DESCRIPTOR_BYTES or not _holds(raw):
            raise BrokenChain(f"{segment.name}, byte {place}: no section ends here")
        kind, flags, before, length, own = struct.unpack_from("<IIQQI", raw)
        if own != _DESCRIPTOR_BYTES or length > place - HEADER_BYTES:
            raise BrokenChain(f"{segment.name}, byte {place}: a section of no sense")
        yield Section(kind, place - length, length, bool(flags & _ENCRYPTED))
        if not before:
            return
        if before >= place:
            raise BrokenChain(f"{segment.name}, byte {place}: the sections go in a circle")
        place = before


def _holds(raw: bytes) -> bool:
    return zlib.adler32(raw[:-4]) == int.from_bytes(raw[-4:], "little")


def read_table(segment: Segment, section: Section) -> Table | None:
    """Read the head of a table of chunks; ``None`` where its sum fails or it holds too few."""
    head = read_segment(segment, section.data_at, _TABLE_HEADER_BYTES)
    if len(head) < _TABLE_HEADER_BYTES or not _holds(head[:20]):
        return None
    first, count = struct.unpack_from("<QI", head)
    if 16 * count > section.data_bytes - _TABLE_HEADER_BYTES:
        return None
    return Table(first, count, segment, section.data_at + _TABLE_HEADER_BYTES)


def table_entries(table: Table) -> bytes:
    """Return the entries of a table, 16 bytes each, empty where their sum fails."""
    length = 16 * table.chunks
    raw = read_segment(table.segment, table.entries_at, length + 4)
    return raw[:-4] if len(raw) == length + 4 and _holds(raw) else b""


def read_digest(segment: Segment, section: Section, length: int) -> str:
    """Return a stored digest as hex, empty where its sum fails."""
    raw = read_segment(segment, section.data_at, length + 4)
    return raw[:-4].hex() if len(raw) == length + 4 and _holds(raw) else ""


def read_errors(segment: Segment, section: Section) -> list[tuple[int, int]]:
    """Return first sector and count of what imaging could not read, none where a sum fails."""
    head = read_segment(segment, section.data_at, _TABLE_HEADER_BYTES)
    if len(head) < _TABLE_HEADER_BYTES or not _holds(head[:20]):
        return []
    count = min(int.from_bytes(head[:4], "little"), _MAXIMUM_TEXT_BYTES // 16)
    raw = read_segment(segment, section.data_at + _TABLE_HEADER_BYTES, 16 * count + 4)
    if len(raw) < 16 * count + 4 or not _holds(raw):
        return []
    entries = struct.iter_unpack("<QI4x", raw[:-4])
    return [(first, sectors) for first, sectors in entries if sectors]


def read_values(segment: Segment, section: Section) -> dict[str, str]:
    """Return the names and values of a text section; empty where it cannot be read.

    Args:
        segment: The file.
        section: A device or case section: compressed UTF-16, a row of names, a row of values.
    """
    raw = read_segment(segment, section.data_at, min(section.data_bytes, _MAXIMUM_TEXT_BYTES))
    try:
        if raw.startswith(b"BZh"):
            text = bz2.BZ2Decompressor().decompress(raw, _MAXIMUM_TEXT_BYTES)
        else:
            text = zlib.decompressobj().decompress(raw, _MAXIMUM_TEXT_BYTES)
    except (zlib.error, OSError, EOFError):
        return {}
    rows = text.decode("utf-16", "replace").splitlines()
    if len(rows) < 4:
        return {}
    return dict(zip(rows[2].split("\t"), rows[3].split("\t"), strict=False))
