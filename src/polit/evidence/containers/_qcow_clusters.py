"""Where each part of a QCOW disk is stored, and the decoding of compressed clusters.

Tables are read when they are needed, and few are kept. Nothing in them is believed: a place
that is beyond the file costs the part that it holds, and nothing else.
"""

import array
import sys
import zlib
from dataclasses import dataclass

import cramjam

from polit.evidence.containers._qcow_facts import QcowFacts
from polit.evidence.segments import Segment, read_segment

_OFFSET = 0x00FFFFFFFFFFFE00
_COMPRESSED = 1 << 62
_COMPRESSED_V1 = 1 << 63
_ZERO = 1
_MAXIMUM_KEPT_BYTES = 16 << 20
_PARTS = 32
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"

DATA, ZEROS, PARENT, PACKED, LOST = range(5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a range of the disk is stored.

    Args:
        kind: ``DATA``, ``ZEROS``, ``PARENT``, ``PACKED`` (compressed) or ``LOST``.
        offset_bytes: In the data file, of ``DATA`` the first byte asked for, of ``PACKED`` the
            first stored one; else 0.
        length_bytes: Of the disk, up to the end of the cluster or part; at least 1.
        packed_bytes: How many bytes a compressed cluster may take at most.
    """

    kind: int
    offset_bytes: int
    length_bytes: int
    packed_bytes: int = 0


class ClusterMap:
    """The tables of an image."""

    def __init__(self, segment: Segment, facts: QcowFacts, *, data_size_bytes: int) -> None:
        self._segment, self._facts = segment, facts
        self._data_size = data_size_bytes
        self._cluster = 1 << facts.cluster_bits
        self._words = 2 if facts.is_extended else 1
        needed = -(-facts.size_bytes // (self._cluster << facts.l2_bits))
        length = 8 * min(facts.l1_entries, needed)
        self._l1 = _big_endian(read_segment(segment, facts.l1_offset_bytes, length))
        self._kept: dict[int, array.array[int]] = {}

    def place(self, offset_bytes: int) -> Place:
        """Return where the byte and what follows it in its cluster is stored."""
        cluster, within = divmod(offset_bytes, self._cluster)
        rest = self._cluster - within
        found = self._entry(cluster)
        if found is None:
            return Place(LOST, 0, rest)
        entry, bitmap = found
        if entry & (_COMPRESSED if self._facts.version > 1 else _COMPRESSED_V1):
            return self._packed(entry, rest)
        if self._facts.is_extended:
            return self._part(entry, bitmap, within)
        return self._plain(entry, within, rest)

    def _entry(self, cluster: int) -> tuple[int, int] | None:
        """Return the entry of a cluster and its bitmap, ``None`` where no table holds it."""
        facts = self._facts
        index = cluster >> facts.l2_bits
        if index >= len(self._l1):
            return None
        table_at = self._l1[index] & (_OFFSET if facts.version > 1 else ~0)
        if not table_at:
            return 0, 0
        table = self._table(table_at)
        entry_at = (cluster & ((1 << facts.l2_bits) - 1)) * self._words
        if entry_at + self._words > len(table):
            return None
        return table[entry_at], table[entry_at + self._words - 1]

    def _plain(self, entry: int, within: int, rest: int) -> Place:
        facts = self._facts
        if facts.version == 3 and entry & _ZERO:
            return Place(ZEROS, 0, rest)
        host = entry & _OFFSET if facts.version > 1 else entry
        # In a file of its own the first cluster may stand at 0: the entry's top bit tells.
        if not host and not (facts.has_data_file and entry >> 63):
            return Place(PARENT, 0, rest)
        return self._stored(host + within, rest)

    def _part(self, entry: int, bitmap: int, within: int) -> Place:
        size = self._cluster // _PARTS
        part, inside = divmod(within, size)
        rest = size - inside
        if bitmap >> (_PARTS + part) & 1:
            return Place(ZEROS, 0, rest)
        if bitmap >> part & 1:
            return self._stored((entry & _OFFSET) + within, rest)
        return Place(PARENT, 0, rest)

    def _stored(self, host: int, rest: int) -> Place:
        here = min(rest, self._data_size - host)
        return Place(DATA, host, here) if here > 0 else Place(LOST, 0, rest)

    def _packed(self, entry: int, rest: int) -> Place:
        bits = self._facts.cluster_bits
        if self._facts.version == 1:
            host = entry & ((1 << (63 - bits)) - 1)
            length = (entry >> (63 - bits)) & (self._cluster - 1)
        else:
            shift = 62 - (bits - 8)
            host = entry & ((1 << shift) - 1)
            sectors = ((entry >> shift) & ((1 << (bits - 8)) - 1)) + 1
            length = sectors * 512 - (host & 511)
        return Place(PACKED, host, rest, length) if host < self._data_size else Place(LOST, 0, rest)

    def _table(self, offset: int) -> "array.array[int]":
        table = self._kept.pop(offset, None)
        if table is None:
            length = 8 * self._words << self._facts.l2_bits
            table = _big_endian(read_segment(self._segment, offset, length))
            while self._kept and (len(self._kept) + 1) * length > _MAXIMUM_KEPT_BYTES:
                del self._kept[next(iter(self._kept))]
        self._kept[offset] = table
        return table


def _big_endian(raw: bytes) -> "array.array[int]":
    values = array.array("Q", raw[: len(raw) // 8 * 8])
    if sys.byteorder == "little":
        values.byteswap()
    return values


def unpack(raw: bytes, size_bytes: int, *, is_zstd: bool) -> bytes | None:
    """Return a decompressed cluster, or ``None`` where the stored bytes do not give one.

    Args:
        raw: The stored bytes, with what may follow them.
        size_bytes: Of a cluster; never more is made.
        is_zstd: Zstandard instead of Deflate without a header.
    """
    if is_zstd:
        return _unpack_zstd(raw, size_bytes)
    stream = zlib.decompressobj(-15)
    try:
        data = stream.decompress(raw, size_bytes)
    except zlib.error:
        return None
    return data if len(data) == size_bytes else None


def _unpack_zstd(raw: bytes, size_bytes: int) -> bytes | None:
    frame = zstd_frame(raw)
    made = bytearray(size_bytes)
    try:
        length = cramjam.zstd.decompress_into(frame, made)
    except cramjam.DecompressionError:
        return None
    return bytes(made) if frame and length == size_bytes else None


def zstd_frame(raw: bytes) -> bytes:
    """Return the one Zstandard frame that bytes begin with, empty where it is not whole.

    Source: RFC 8878, 3.1.1.
    """
    if not raw.startswith(_ZSTD_MAGIC) or len(raw) < 6:
        return b""
    flags = raw[4]
    is_single = bool(flags & 0x20)
    size_field = (1 if is_single else 0, 2, 4, 8)[flags >> 6]
    place = 5 + (0 if is_single else 1) + (0, 1, 2, 4)[flags & 3] + size_field
    while place + 3 <= len(raw):
        head = int.from_bytes(raw[place : place + 3], "little")
        place += 3 + (1 if (head >> 1) & 3 == 1 else head >> 3)
        if head & 1:
            place += 4 if flags & 4 else 0
            return raw[:place] if place <= len(raw) else b""
    return b""
