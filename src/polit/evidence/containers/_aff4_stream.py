"""An AFF4 image stream: chunks in bevies, decoded by range, with a memory of the latest.

A bevy is a member of the zip that holds so many chunks; its index states where in it each
begins and how long it is. Sizes, offsets and counts are claims: what does not hold costs the
chunk, which reads as zeros and is told as bad.

Source: AFF4 Standard v1.0, section 3.
"""

import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.containers._aff4_chunks import BLOCK_HASHES, Unpack
from polit.evidence.containers._aff4_zip import STORED, ZipVolume
from polit.evidence.containers._unpacking import DamagedChunk
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import read_segment
from polit.evidence.source import BadRange

_INDEX = struct.Struct("<QI")
_CACHE_BYTES = 16 << 20
_RUN_BYTES = 1 << 20
_BEVIES_KEPT = 8
MAXIMUM_CHUNK_BYTES = 64 << 20
MAXIMUM_CHUNKS_IN_BEVY = 1 << 20
_MAXIMUM_PACKED_BEVY_BYTES = 64 << 20
"""A bevy that zip itself has packed is unpacked whole; no writer does that."""


@dataclass(frozen=True, slots=True)
class StreamShape:
    """What the statements say of an image stream.

    Args:
        size_bytes: Of the decoded stream.
        chunk_bytes: Of a decoded chunk, the last one excepted.
        chunks_in_bevy: At least 1.
        unpack: How a packed chunk is unpacked.
    """

    size_bytes: int
    chunk_bytes: int
    chunks_in_bevy: int
    unpack: Unpack


@dataclass(frozen=True, slots=True)
class _Bevy:
    """One bevy, found: where its bytes lie, its index, its block hashes."""

    read: Callable[[int, int], bytes]
    size_bytes: int
    index: bytes
    hashes: bytes
    digest_bytes: int
    digest: Callable[[bytes], bytes] | None


class ImageStream:
    """The decoded bytes of one image stream. Not safe for threads."""

    def __init__(
        self,
        volume: ZipVolume,
        names: Sequence[str],
        shape: StreamShape,
    ) -> None:
        """Take a stream; nothing is read yet.

        Args:
            volume: The zip that holds it.
            names: What its bevies' names may begin with.
            shape: Its sizes.
        """
        self._volume, self._names, self.shape = volume, names, shape
        self.bad = BadRanges()
        self._bevies: OrderedDict[int, _Bevy | None] = OrderedDict()
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._kept = max(_CACHE_BYTES // shape.chunk_bytes, 2)

    @property
    def size_bytes(self) -> int:
        """The size of the decoded stream."""
        return self.shape.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end of the stream."""
        end = min(offset_bytes + length_bytes, self.shape.size_bytes)
        if offset_bytes >= end:
            return b""
        first, begin = divmod(offset_bytes, self.shape.chunk_bytes)
        last = (end - 1) // self.shape.chunk_bytes
        if first == last:
            return self._chunk(first, last)[begin : begin + end - offset_bytes]
        parts: list[bytes | memoryview] = [self._chunk(n, last) for n in range(first, last + 1)]
        parts[0] = memoryview(parts[0])[begin:]
        parts[-1] = memoryview(parts[-1])[: end - last * self.shape.chunk_bytes]
        return b"".join(parts)

    def bad_within(self, offset_bytes: int, length_bytes: int) -> list[BadRange]:
        """Return the bad ranges met so far that touch a range, clipped to it."""
        end = offset_bytes + length_bytes
        return [
            BadRange(
                max(bad.offset_bytes, offset_bytes),
                min(bad.offset_bytes + bad.length_bytes, end) - max(bad.offset_bytes, offset_bytes),
                bad.code,
            )
            for bad in self.bad.ranges()
            if bad.offset_bytes < end and offset_bytes < bad.offset_bytes + bad.length_bytes
        ]

    def _chunk(self, number: int, last: int) -> bytes:
        data = self._cache.get(number)
        if data is None:
            self._decode_run(number, last)
            data = self._cache[number]
        else:
            self._cache.move_to_end(number)
        return data

    def _decode_run(self, first: int, last: int) -> None:
        """Read the packed bytes of neighbouring chunks at once, and decode each."""
        bevy_number, at = divmod(first, self.shape.chunks_in_bevy)
        bevy = self._bevy(bevy_number)
        count = min(
            last + 1 - first,
            self.shape.chunks_in_bevy - at,
            max(_RUN_BYTES // self.shape.chunk_bytes, 1),
        )
        places = [self._place(bevy, at + step) for step in range(count)]
        begin, length = places[0]
        run = 1
        while run < count and length and places[run][0] == begin + length and places[run][1]:
            length += places[run][1]
            run += 1
        packed = memoryview(bevy.read(begin, length)) if bevy is not None and length else b""
        for step in range(run):
            start = places[step][0] - begin
            part = bytes(packed[start : start + places[step][1]])
            self._keep(first + step, self._decoded(first + step, bevy, part))

    def _keep(self, number: int, data: bytes) -> None:
        self._cache[number] = data
        while len(self._cache) > self._kept:
            self._cache.popitem(last=False)

    def _place(self, bevy: _Bevy | None, at: int) -> tuple[int, int]:
        """Return where in its bevy a chunk lies, a length of 0 where that cannot be."""
        if bevy is None or (at + 1) * _INDEX.size > len(bevy.index):
            return 0, 0
        offset, length = _INDEX.unpack_from(bevy.index, at * _INDEX.size)
        # No method makes a chunk longer by more than this; a stored one is never longer.
        if length > self.shape.chunk_bytes + (self.shape.chunk_bytes >> 2) + 1024:
            return 0, 0
        return (offset, length) if offset + length <= bevy.size_bytes else (0, 0)

    def _decoded(self, number: int, bevy: _Bevy | None, packed: bytes) -> bytes:
        chunk_bytes = self.shape.chunk_bytes
        wanted = min(chunk_bytes, self.shape.size_bytes - number * chunk_bytes)
        code = "chunk_missing" if not packed else ""
        data = packed
        if not code and len(packed) != chunk_bytes:
            try:
                data = self.shape.unpack(packed, chunk_bytes)
            except DamagedChunk:
                # A short last chunk may be stored at its own size.
                code = "" if len(packed) == wanted else "chunk_inflate"
        if not code and not wanted <= len(data) <= chunk_bytes:
            code = "chunk_inflate"
        if not code and bevy is not None and not self._has_its_hash(number, bevy, data):
            code = "chunk_checksum"
        if code:
            self.bad.add(number * chunk_bytes, wanted, code)
            return bytes(wanted)
        return data[:wanted]

    def _has_its_hash(self, number: int, bevy: _Bevy, data: bytes) -> bool:
        at = number % self.shape.chunks_in_bevy * bevy.digest_bytes
        stated = bevy.hashes[at : at + bevy.digest_bytes]
        if bevy.digest is None or len(stated) < bevy.digest_bytes:
            return True
        return bevy.digest(data) == stated

    def _bevy(self, number: int) -> _Bevy | None:
        if number in self._bevies:
            self._bevies.move_to_end(number)
            return self._bevies[number]
        bevy = self._find_bevy(number)
        self._bevies[number] = bevy
        while len(self._bevies) > _BEVIES_KEPT:
            self._bevies.popitem(last=False)
        return bevy

    def _find_bevy(self, number: int) -> _Bevy | None:
        """Return a bevy; ``None`` where it or its index is lost: its chunks are missing."""
        volume, limit = self._volume, self.shape.chunks_in_bevy * _INDEX.size
        for name in self._names:
            base = f"{name}/{number:08d}"
            if base not in volume.members:
                continue
            try:
                index = volume.read_member(f"{base}.index", limit)
                return self._opened(base, index)
            except SourceUnreadable as error:
                if error.errno is not None:
                    raise
        return None

    def _opened(self, base: str, index: bytes) -> _Bevy:
        volume = self._volume
        member = volume.member(base)
        hashes, digest_bytes, digest = self._block_hashes(base)
        if member.method != STORED:
            whole = volume.read_member(base, _MAXIMUM_PACKED_BEVY_BYTES)

            def read(offset: int, length: int) -> bytes:
                return whole[offset : offset + length]
        else:
            begin = volume.place(member)

            def read(offset: int, length: int) -> bytes:
                return read_segment(volume.segment, begin + offset, length)

        return _Bevy(read, member.size_bytes, index, hashes, digest_bytes, digest)

    def _block_hashes(self, base: str) -> tuple[bytes, int, Callable[[bytes], bytes] | None]:
        for algorithm, digest_bytes, digest in BLOCK_HASHES:
            for name in (f"{base}.blockHash.{algorithm}", f"{base}.{algorithm}"):
                if name in self._volume.members:
                    limit = self.shape.chunks_in_bevy * digest_bytes
                    return self._volume.read_member(name, limit), digest_bytes, digest
        return b"", 0, None
