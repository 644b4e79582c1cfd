"""Ex01 images (EWF 2 of EnCase 7 and later): Deflate, bzip2 or plain, in segments.

Read by polit's own small reader, because libewf gives zeros for a chunk whose checksum fails
and does not tell its callers (ADR 0032). Damage costs the chunks that it touches.
"""

import bisect
import zlib
from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.containers._ex01_image import Ex01Image, read_image
from polit.evidence.containers._ex01_sections import SIGNATURE, table_entries
from polit.evidence.containers._unpacking import DamagedChunk, inflate, unpack_bzip2
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import Segment, ewf2_number, read_segment
from polit.evidence.source import BadRange, SourceProblem

ORDER = 305
NAME = "ex01"

_KEPT_BYTES = 16 << 20
_KEPT_TABLES = 256
"""Damaged ones take no bytes, and are kept too."""
_MAXIMUM_ENTRIES_BYTES = 64 << 20
_COMPRESSED, _CHECKED, _PATTERN = 1, 2, 4


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature, and what has the name: its signature may be damaged."""
    del untrusted_tail
    return untrusted_head.startswith(SIGNATURE) or (
        ewf2_number(names[0]) is not None and names[0].upper()[-4] == "E"
    )


def open_source(segments: Sequence[Segment]) -> "Ex01Source":
    """Open an Ex01 image; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: It is encrypted, or no segment says what shape it has.
    """
    return Ex01Source(read_image(segments))


class Ex01Source:
    """The decoded bytes of an Ex01 image."""

    def __init__(self, image: Ex01Image) -> None:
        self._image = image
        self._starts = [table.first_chunk for table in image.tables]
        self._entries: dict[int, bytes] = {}
        self._kept: dict[int, bytes] = {}
        self._bad = BadRanges()

    @property
    def size_bytes(self) -> int:
        """The size of the imaged device."""
        return self._image.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``.

        Raises:
            SourceUnreadable: The operating system refused the read.
            EvidenceChanged: A segment is shorter than it was when it was opened.
        """
        if offset_bytes < 0:
            raise SourceUnreadable(f"an image has no byte {offset_bytes}")
        end = min(offset_bytes + length_bytes, self.size_bytes)
        size = self._image.chunk_bytes
        parts: list[bytes] = []
        while offset_bytes < end:
            chunk, begin = divmod(offset_bytes, size)
            parts.append(self._chunk(chunk)[begin : begin + end - offset_bytes])
            offset_bytes += len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _chunk(self, chunk: int) -> bytes:
        data = self._kept.pop(chunk, None)
        if data is None:
            first = chunk * self._image.chunk_bytes
            size = min(self._image.chunk_bytes, self.size_bytes - first)
            found = self._decoded(chunk, size)
            if isinstance(found, str):
                self._bad.add(first, size, found)
                found = bytes(size)
            data = found
            while self._kept and (len(self._kept) + 1) * self._image.chunk_bytes > _KEPT_BYTES:
                del self._kept[next(iter(self._kept))]
        self._kept[chunk] = data
        return data

    def _decoded(self, chunk: int, size: int) -> bytes | str:
        """Return a chunk, or the code of why there is none."""
        index = bisect.bisect_right(self._starts, chunk) - 1
        if index < 0 or chunk - self._starts[index] >= self._image.tables[index].chunks:
            return "chunk_missing"
        place = 16 * (chunk - self._starts[index])
        entry = self._table(index)[place : place + 16]
        if len(entry) < 16:
            return "table_checksum"
        flags = int.from_bytes(entry[12:], "little")
        if flags & _PATTERN:
            return (entry[:8] * (size // 8 + 1))[:size]
        full = self._image.chunk_bytes
        length = min(int.from_bytes(entry[8:12], "little"), full + (full >> 3) + 1024)
        offset = int.from_bytes(entry[:8], "little")
        raw = read_segment(self._image.tables[index].segment, offset, length)
        if flags & _COMPRESSED:
            return self._inflated(raw, size)
        return _plain(raw, size, is_checked=bool(flags & _CHECKED))

    def _inflated(self, raw: bytes, size: int) -> bytes | str:
        full = self._image.chunk_bytes
        unpack = unpack_bzip2 if self._image.compression == 2 else inflate
        try:
            data = unpack(raw, full)
        except DamagedChunk as error:
            return error.code
        return data[:size] if len(data) in {size, full} else "chunk_inflate"

    def _table(self, index: int) -> bytes:
        entries = self._entries.pop(index, None)
        if entries is None:
            table = self._image.tables[index]
            is_sane = 16 * table.chunks <= _MAXIMUM_ENTRIES_BYTES
            entries = table_entries(table) if is_sane else b""
            while self._entries and (
                len(self._entries) >= _KEPT_TABLES
                or sum(map(len, self._entries.values())) > _KEPT_BYTES
            ):
                del self._entries[next(iter(self._entries))]
        self._entries[index] = entries
        return entries

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the chunks found bad so far; in order, no overlap."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what opening found wrong."""
        return tuple(self._image.problems)

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return the digests whose checksums hold."""
        return tuple(self._image.digests)

    def acquisition(self) -> AcquisitionFacts:
        """Return the texts and the sectors that imaging could not read."""
        return self._image.facts

    def close(self) -> None:
        """Forget what was decoded; see ``ContainerSource.close``."""
        self._kept.clear()
        self._entries.clear()


def _plain(raw: bytes, size: int, *, is_checked: bool) -> bytes | str:
    if not is_checked:
        return raw[:size] if len(raw) >= size else "chunk_missing"
    # The checksum stands last: a short last chunk may be stored at full size.
    data, stored = raw[:-4], raw[-4:]
    if len(data) < size:
        return "chunk_missing"
    return (
        data[:size] if zlib.adler32(data) == int.from_bytes(stored, "little") else "chunk_checksum"
    )
