"""Apple disk images (UDIF, ``.dmg``): plain, ADC, zlib, bzip2, LZMA; LZFSE through libmodi.

Told by the trailer at the end. Read by polit's own small reader, because libmodi refuses images
of mixed chunks and fails on sound bzip2 (ADR 0032). Encrypted and sparse ones are refused.
"""

import bisect
import contextlib
from collections.abc import Sequence

import pymodi

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.containers._chain import check_size, from_parent, read_whole
from polit.evidence.containers._dmg_table import (
    ADC,
    BZIP2,
    LZFSE,
    LZMA,
    PLAIN,
    SECTOR_BYTES,
    TRAILER_BYTES,
    ZEROS,
    ZLIB,
    Chunk,
    DmgTable,
    read_table,
)
from polit.evidence.containers._unpacking import (
    DamagedChunk,
    inflate,
    unpack_bzip2,
    unpack_xz,
)
from polit.evidence.containers._yal_image import SegmentFile, YalSource, opening, told
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import BadRange, SourceProblem

ORDER = 340
NAME = "dmg"
LIBRARY = pymodi

_SIGNATURE = b"koly\0\0\0\x04"
_MAXIMUM_CHUNK_BYTES = 64 << 20
"""hdiutil packs 256 KiB to 1 MiB at once."""
_KEPT_BYTES = 16 << 20
_KEPT_CHUNKS = 256
"""Damaged ones take no bytes, and are kept too."""
_UNPACKERS = {ZLIB: inflate, BZIP2: unpack_bzip2, LZMA: unpack_xz}
_KIND_NAMES = {ADC: "ADC", ZLIB: "zlib", BZIP2: "bzip2", LZFSE: "LZFSE", LZMA: "LZMA"}


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what ends in a UDIF trailer."""
    del untrusted_head, names
    trailer = untrusted_tail[-TRAILER_BYTES:]
    return len(trailer) == TRAILER_BYTES and trailer.startswith(_SIGNATURE)


def open_source(segments: Sequence[Segment]) -> "DmgSource":
    """Open a DMG; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: It is damaged, or one of several parts.
    """
    first = segments[0]
    table = read_table(first)
    if table.segment_count > 1 or len(segments) > 1:
        raise SourceUnreadable(
            f"{first.name} is part {table.segment_number} of {table.segment_count} of a disk "
            "image: join the parts with hdiutil on a Mac, and record that in the case"
        )
    check_size(first.name, table.sectors * SECTOR_BYTES)
    return DmgSource(first, table)


class DmgSource:
    """The disk inside an Apple disk image."""

    def __init__(self, segment: Segment, table: DmgTable) -> None:
        self._segment, self._table = segment, table
        self._starts = [chunk.first_sector for chunk in table.chunks]
        self._kept: dict[int, bytes] = {}
        self._bad = BadRanges()
        kinds = {chunk.kind for chunk in table.chunks}
        self._library = _library(segment, kinds)

    @property
    def size_bytes(self) -> int:
        """The size of the disk."""
        return self._table.sectors * SECTOR_BYTES

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``.

        Raises:
            SourceUnreadable: The operating system refused the read.
            EvidenceChanged: The file is shorter than it was when it was opened.
        """
        if offset_bytes < 0:
            raise SourceUnreadable(f"an image has no byte {offset_bytes}")
        end = min(offset_bytes + length_bytes, self.size_bytes)
        parts: list[bytes] = []
        while offset_bytes < end:
            part = self._part(offset_bytes, end)
            parts.append(part)
            offset_bytes += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _part(self, offset: int, end: int) -> bytes:
        """Return what one chunk holds of a range, at least one byte."""
        index = bisect.bisect_right(self._starts, offset // SECTOR_BYTES) - 1
        if index + 1 < len(self._starts):
            end = min(end, self._starts[index + 1] * SECTOR_BYTES)
        chunk = self._table.chunks[index] if index >= 0 else Chunk(0, 0, 0, 0, 0)
        begin = chunk.first_sector * SECTOR_BYTES
        chunk_end = begin + chunk.sectors * SECTOR_BYTES
        if offset >= chunk_end:
            return self._lost(offset, end - offset, "chunk_missing")
        length = min(end, chunk_end) - offset
        if chunk.kind in ZEROS:
            return bytes(length)
        if chunk.kind == PLAIN:
            place = chunk.offset_bytes + offset - begin
            return read_whole(self._segment, place, length, bad=self._bad, at=offset)
        if chunk.kind == LZFSE and self._library is not None:
            return self._through_library(offset, length)
        data = self._unpacked(index, chunk)
        if len(data) != chunk.sectors * SECTOR_BYTES:
            return self._lost(offset, length, "chunk_inflate")
        return data[offset - begin : offset - begin + length]

    def _lost(self, offset: int, length: int, code: str) -> bytes:
        self._bad.add(offset, length, code)
        return bytes(length)

    def _through_library(self, offset: int, length: int) -> bytes:
        assert self._library is not None
        return from_parent(self._library, offset, length, bad=self._bad)

    def _unpacked(self, index: int, chunk: Chunk) -> bytes:
        """Return a decompressed chunk, empty where it is damaged."""
        data = self._kept.pop(index, None)
        if data is None:
            size = chunk.sectors * SECTOR_BYTES
            data = b""
            if size <= _MAXIMUM_CHUNK_BYTES and chunk.stored_bytes <= 2 * size + 4096:
                stored = read_segment(self._segment, chunk.offset_bytes, chunk.stored_bytes)
                data = unpack(stored, size, chunk.kind)
            while self._kept and (
                len(self._kept) >= _KEPT_CHUNKS
                or sum(map(len, self._kept.values())) + len(data) > _KEPT_BYTES
            ):
                del self._kept[next(iter(self._kept))]
        self._kept[index] = data
        return data

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return nothing: what is damaged are ranges."""
        return ()

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return nothing: the image states no digest of the whole disk."""
        return ()

    def acquisition(self) -> AcquisitionFacts:
        """Return what the trailer and the tables say."""
        kinds = {chunk.kind for chunk in self._table.chunks}
        packing = ", ".join(name for kind, name in _KIND_NAMES.items() if kind in kinds)
        return told(
            ("image_kind", "UDIF disk image"),
            ("virtual_size_bytes", str(self.size_bytes)),
            ("compression", packing),
        )

    def close(self) -> None:
        """Forget what was decoded; see ``ContainerSource.close``."""
        self._kept.clear()
        if self._library is not None:
            self._library.close()


def _library(segment: Segment, kinds: set[int]) -> YalSource | None:
    """Open the image with libmodi where it has LZFSE chunks, and where libmodi can."""
    if LZFSE not in kinds:
        return None
    files = [SegmentFile(segment)]
    handle = pymodi.handle()
    with contextlib.suppress(SourceUnreadable), opening(segment.name, "an LZFSE image", files):
        handle.open_file_object(files[0])
        return YalSource(segment.name, [handle], files, facts=told())
    return None


def unpack(raw: bytes, size_bytes: int, kind: int) -> bytes:
    """Return a decompressed chunk, empty where the stored bytes do not give one.

    Args:
        raw: The stored bytes.
        size_bytes: What they must give; never more is made.
        kind: As in ``Chunk``.
    """
    if kind == ADC:
        return unpack_adc(raw, size_bytes)
    unpacker = _UNPACKERS.get(kind)
    try:
        return unpacker(raw, size_bytes) if unpacker is not None else b""
    except DamagedChunk:
        return b""


def unpack_adc(raw: bytes, size_bytes: int) -> bytes:
    """Return bytes out of Apple Data Compression, empty where they point outside.

    Source: libyal/libmodi, Apple Data Compression format: three forms of a run.
    """
    made = bytearray()
    place = 0
    while place < len(raw) and len(made) < size_bytes:
        first = raw[place]
        if first & 0x80:
            length = (first & 0x7F) + 1
            made += raw[place + 1 : place + 1 + length]
            place += 1 + length
            continue
        width = 3 if first & 0x40 else 2
        field = raw[place + 1 : place + width]
        length = (first & 0x3F) + 4 if width == 3 else (first >> 2 & 0x0F) + 3
        if width == 2:
            field = bytes([first & 3]) + field
        distance = int.from_bytes(field, "big") + 1
        place += width
        if distance > len(made):
            return b""
        # No more than is needed is copied: a far place for three bytes must cost three bytes.
        start = len(made) - distance
        pattern = made[start : start + length]
        made += (pattern * (length // len(pattern) + 1))[:length]
    return bytes(made) if len(made) == size_bytes else b""
