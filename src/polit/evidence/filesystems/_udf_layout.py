"""From the anchor of UDF to its partitions and its root folder.

Source: ECMA-167, 3rd edition, 3/8.4 (Volume Structure), 4/14.1 (File Set Descriptor); OSTA UDF
2.60, 2.2.3 (Anchor) and 2.2.10 (Metadata Partition).
"""

import struct
from collections.abc import Iterator

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems import _udf_entries as entries
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._mapped import Piece
from polit.evidence.filesystems._udf_entries import BlockAddress, UdfEntry
from polit.evidence.filesystems._udf_partitions import (
    MetadataPartition,
    Partition,
    PlainPartition,
    SparablePartition,
    VirtualPartition,
)

_BLOCK_SIZES = (2048, 512, 4096, 1024)
_SEQUENCE_BLOCKS_AT_MOST = 256
_MAPS_AT_MOST = 16
_EXTENTS_AT_MOST = 200_000
_TABLE_BYTES_AT_MOST = 64 << 20
_MOVED_AT_MOST = 4096
_VAT_SEARCHED_BLOCKS = 512
_VAT_TYPE = 248
_STEP_BYTES = 1 << 20
_ZEROS_SKIPPED_AT_MOST = 32_768
"""So far back from its end the last block of a disc is looked for: 32 GiB of zeros."""
_VAT_1_50 = b"*UDF Virtual Alloc Tbl"


class UdfLayout:
    """The logical volume: its partitions, its root folder, its file entries."""

    def __init__(self, image: VolumeImage) -> None:
        """Follow the anchor.

        Raises:
            SourceUnreadable: No anchor stands, or nothing whole follows it.
        """
        self._image = image
        self.block_bytes = 0
        self.partitions: list[Partition] = []
        self.plain: dict[int, PlainPartition] = {}
        self.free_bytes: int | None = None
        volume, parts = self._volume_sequence()
        self.block_bytes = int.from_bytes(volume[212:216], "little")
        if self.block_bytes not in _BLOCK_SIZES:
            raise SourceUnreadable(f"UDF states blocks of {self.block_bytes} bytes")
        for raw in parts:
            number = int.from_bytes(raw[22:24], "little")
            start, count = struct.unpack_from("<II", raw, 188)
            self.plain[number] = PlainPartition(
                start_block=start, block_count=count, block_bytes=self.block_bytes
            )
        self._map_partitions(volume)
        self.free_bytes = self._free_bytes(volume)
        _, file_set = entries.long_address(volume[248:264])
        raw = self.read(file_set, 512)
        if entries.tag_of(raw) != entries.TAG_FILE_SET:
            raise SourceUnreadable("UDF's file set descriptor is damaged")
        _, self.root = entries.long_address(raw[400:416])

    # Volume structure

    def _volume_sequence(self) -> tuple[bytes, list[bytes]]:
        """Return the logical volume descriptor and the partition descriptors."""
        for block_bytes, anchor in self._anchors():
            for at in (16, 24):
                length, start = struct.unpack_from("<II", anchor, at)
                volume, parts = self._sequence(block_bytes, start, length)
                if volume and parts:
                    return volume, parts
        raise SourceUnreadable("UDF's anchor leads to no whole volume description")

    def _anchors(self) -> Iterator[tuple[int, bytes]]:
        for size in _BLOCK_SIZES:
            last = self._image.size_bytes // size - 1
            for block in (256, last, last - 256, 512):
                if block <= 0:
                    continue
                raw = self._image.read_at(block * size, 512)
                stated = int.from_bytes(raw[12:16], "little")
                if entries.tag_of(raw) == entries.TAG_ANCHOR and stated == block:
                    yield size, raw

    def _sequence(self, block_bytes: int, start: int, length: int) -> tuple[bytes, list[bytes]]:
        volume, parts = b"", {}
        newest = -1
        for number in range(min(length // block_bytes, _SEQUENCE_BLOCKS_AT_MOST)):
            raw = self._image.read_at((start + number) * block_bytes, block_bytes)
            tag = entries.tag_of(raw)
            sequence = int.from_bytes(raw[16:20], "little")
            if len(raw) < 512 or tag == entries.TAG_TERMINATING:
                break
            if tag == entries.TAG_LOGICAL_VOLUME and sequence > newest:
                volume, newest = raw, sequence
            elif tag == entries.TAG_PARTITION:
                parts[raw[22:24]] = raw
        return volume, list(parts.values())

    def _map_partitions(self, volume: bytes) -> None:
        count = min(int.from_bytes(volume[268:272], "little"), _MAPS_AT_MOST)
        at = 440
        for _ in range(count):
            raw = volume[at : at + volume[at + 1]] if at + 2 <= len(volume) else b""
            if len(raw) < 6:
                break
            self.partitions.append(self._mapped(raw))
            at += len(raw)
        if not self.partitions:
            raise SourceUnreadable("UDF's logical volume has no partitions")

    def _mapped(self, raw: bytes) -> Partition:
        if raw[0] == 1:
            return self._plain(int.from_bytes(raw[4:6], "little"))
        if raw[0] != 2 or len(raw) < 64:
            raise SourceUnreadable(f"UDF has a partition map of unknown type {raw[0]}")
        below = self._plain(int.from_bytes(raw[38:40], "little"))
        name = raw[5:28].rstrip(b"\0")
        if name == b"*UDF Sparable Partition":
            packet = int.from_bytes(raw[40:42], "little")
            return SparablePartition(below, packet_blocks=packet or 1, moved=self._moved(raw))
        if name == b"*UDF Virtual Partition":
            return VirtualPartition(below, self._virtual_table(below))
        if name == b"*UDF Metadata Partition":
            return self._metadata(below, raw)
        raise SourceUnreadable(f"UDF has a partition map of unknown kind {name!r}")

    def _plain(self, number: int) -> PlainPartition:
        found = self.plain.get(number)
        if found is None:
            raise SourceUnreadable(f"UDF's partition {number} is not described")
        return found

    def _moved(self, raw: bytes) -> dict[int, int]:
        for at in range(48, 48 + 4 * min(raw[42], 4), 4):
            place = int.from_bytes(raw[at : at + 4], "little") * self.block_bytes
            table = self._image.read_at(place, 56 + 8 * _MOVED_AT_MOST)
            if len(table) < 56 or not table[17:].startswith(b"*UDF Sparing Table"):
                continue
            count = int.from_bytes(table[48:50], "little")
            end = 56 + 8 * min(count, (len(table) - 56) // 8)
            pairs = struct.iter_unpack("<II", table[56:end])
            return {original: mapped for original, mapped in pairs if original < 0xFFFFFFF0}
        return {}

    def _virtual_table(self, below: PlainPartition) -> bytes:
        """Find the newest table: the last thing that was written to such a disc."""
        last = self._last_written() // self.block_bytes
        for block in range(last, max(last - _VAT_SEARCHED_BLOCKS, below.start_block), -1):
            raw = self._image.read_at(block * self.block_bytes, self.block_bytes)
            at = BlockAddress(block - below.start_block, 0)
            entry = entries.read_entry(raw, at)
            if entry is None or raw[27] not in (0, _VAT_TYPE):
                continue
            data = self._small(entry, below)
            if raw[27] == _VAT_TYPE and len(data) >= 2:
                return data[int.from_bytes(data[:2], "little") :]
            if data[-35:].startswith(_VAT_1_50):
                return data[:-36]
        raise SourceUnreadable("the disc's virtual allocation table is not found")

    def _last_written(self) -> int:
        """Return about where the volume's last bytes that are not zero lie."""
        at = self._image.size_bytes
        for _ in range(_ZEROS_SKIPPED_AT_MOST):
            part = self._image.read_at(max(at - _STEP_BYTES, 0), min(at, _STEP_BYTES))
            written = len(part.rstrip(b"\0"))
            if written or at <= _STEP_BYTES:
                return max(at - _STEP_BYTES, 0) + written
            at -= _STEP_BYTES
        return at

    def _metadata(self, below: PlainPartition, raw: bytes) -> Partition:
        for at in (40, 44):
            block = int.from_bytes(raw[at : at + 4], "little")
            stored = self._read_in(below, block, self.block_bytes)
            entry = entries.read_entry(stored, BlockAddress(block, 0))
            if entry is not None:
                spans = [
                    span
                    for extent in entries.extents_in(entry.body, entry.form, 0)
                    if extent.kind == entries.RECORDED
                    for span in below.spans(extent.at.block, extent.size_bytes)
                ]
                return MetadataPartition(spans, self.block_bytes)
        raise SourceUnreadable("UDF's metadata file and its mirror are damaged")

    def _free_bytes(self, volume: bytes) -> int | None:
        length, block = struct.unpack_from("<II", volume, 432)
        raw = self._image.read_at(block * self.block_bytes, min(length, 4096))
        if entries.tag_of(raw) != entries.TAG_INTEGRITY or len(raw) < 84:
            return None
        count = min(int.from_bytes(raw[72:76], "little"), _MAPS_AT_MOST)
        free = [
            number
            for (number,) in struct.iter_unpack("<I", raw[80 : 80 + 4 * count])
            if number != 0xFFFFFFFF
        ]
        total = sum(free) * self.block_bytes
        return total if free and total <= self._image.size_bytes else None

    # Blocks, entries, contents

    def read(self, at: BlockAddress, length_bytes: int) -> bytes:
        """Return bytes from a block on, shorter where the partition ends.

        Raises:
            SourceUnreadable: There is no such partition.
        """
        return self._read_in(self._partition(at.partition), at.block, length_bytes)

    def _read_in(self, partition: Partition, block: int, length_bytes: int) -> bytes:
        found = partition.spans(block, length_bytes)
        return b"".join(self._image.read_at(span.place, span.length) for span in found)

    def _partition(self, number: int) -> Partition:
        if number >= len(self.partitions):
            raise SourceUnreadable(f"UDF has no partition {number}")
        return self.partitions[number]

    def entry(self, at: BlockAddress) -> UdfEntry:
        """Read a file entry.

        Raises:
            SourceUnreadable: None stands there.
        """
        found = entries.read_entry(self.read(at, self.block_bytes), at)
        if found is None:
            raise SourceUnreadable(f"there is no file entry at block {at.block}")
        return found

    def pieces(self, entry: UdfEntry) -> list[Piece]:
        """Return the pieces of an entry's content, in their order.

        Raises:
            SourceUnreadable: They are damaged.
        """
        pieces: list[Piece] = []
        start = 0
        for extent in self._extents(entry):
            if extent.kind == entries.RECORDED:
                partition = self._partition(extent.at.partition)
                at = start
                for span in partition.spans(extent.at.block, extent.size_bytes):
                    pieces.append(Piece(at, span.length, span.place))
                    at += span.length
                if at < start + extent.size_bytes:
                    raise SourceUnreadable("an extent leads out of its partition")
            start += extent.size_bytes
            if len(pieces) > _EXTENTS_AT_MOST:
                raise SourceUnreadable("the content lies in too many pieces")
        return pieces

    def _extents(self, entry: UdfEntry) -> Iterator[entries.UdfExtent]:
        body, seen = entry.body, set[BlockAddress]()
        count = 0
        while body:
            following: BlockAddress | None = None
            for extent in entries.extents_in(body, entry.form, entry.at.partition):
                count += 1
                if count > _EXTENTS_AT_MOST:
                    raise SourceUnreadable("the content lies in too many pieces")
                if extent.kind == entries.CONTINUED:
                    following = extent.at
                    break
                yield extent
            if following is None:
                return
            if following in seen:
                raise SourceUnreadable("the list of extents does not end")
            seen.add(following)
            raw = self.read(following, self.block_bytes)
            if entries.tag_of(raw) != entries.TAG_MORE_EXTENTS:
                raise SourceUnreadable("the list of extents breaks off")
            body = raw[24 : 24 + int.from_bytes(raw[20:24], "little")]

    def _small(self, entry: UdfEntry, below: PlainPartition) -> bytes:
        """Return a content that must be read before the partitions are known."""
        if entry.form == entries.EMBEDDED:
            return entry.body[: entry.size_bytes]
        left = min(entry.size_bytes, _TABLE_BYTES_AT_MOST)
        parts: list[bytes] = []
        for extent in entries.extents_in(entry.body, entry.form, 0):
            if extent.kind == entries.RECORDED and left > 0:
                parts.append(self._read_in(below, extent.at.block, min(extent.size_bytes, left)))
                left -= len(parts[-1])
        return b"".join(parts)
