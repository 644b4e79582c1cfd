"""Contents that HFS+ and APFS keep compressed (decmpfs): stored and deflated ones are read.

Source: Apple's open source of XNU, bsd/sys/decmpfs.h (structure of the header and its types);
"Mac OS X Resource Manager" for the fork.
"""

import struct
import zlib
from typing import NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content

ATTRIBUTE = b"com.apple.decmpfs"

_MAGIC = b"fpmc"
_HEADER_BYTES = 16
_BLOCK_BYTES = 1 << 16
_BLOCKS_AT_MOST = 1 << 18
_STORED = 0x0F
"""The lower half of a block's first byte where the rest of it is not compressed."""
_PLAIN_INLINE, _DEFLATED_INLINE, _DEFLATED_FORK = 1, 3, 4
_OTHERS = {7: "LZVN", 8: "LZVN", 11: "LZFSE", 12: "LZFSE", 13: "LZBITMAP", 14: "LZBITMAP"}


class _Header(NamedTuple):
    kind: int
    size_bytes: int
    held: bytes


def stated_size(untrusted_attribute: bytes) -> int:
    """Return the size that a compressed content has when it is read.

    Raises:
        SourceUnreadable: The attribute is damaged.
    """
    return _header(untrusted_attribute).size_bytes


def decompressed(untrusted_attribute: bytes, resource: Content | None) -> Content:
    """Open a compressed content.

    Args:
        untrusted_attribute: The attribute that describes it.
        resource: The file's resource fork, where there is one.

    Raises:
        SourceUnreadable: It is damaged, or compressed in a way that is not read.
    """
    header = _header(untrusted_attribute)
    if header.kind == _PLAIN_INLINE:
        return _Blocks([header.held], None, header.size_bytes)
    if header.kind == _DEFLATED_INLINE:
        return _Blocks([_inflated(header.held)], None, header.size_bytes)
    if header.kind == _DEFLATED_FORK and resource is not None:
        return _Blocks(_table(resource), resource, header.size_bytes)
    way = _OTHERS.get(header.kind, f"type {header.kind}")
    raise SourceUnreadable(f"the content is compressed ({way}), which is not read")


def _header(untrusted: bytes) -> _Header:
    if len(untrusted) < _HEADER_BYTES or not untrusted.startswith(_MAGIC):
        raise SourceUnreadable("the description of the compressed content is damaged")
    kind, size = struct.unpack_from("<IQ", untrusted, 4)
    return _Header(kind, size, untrusted[_HEADER_BYTES:])


def _inflated(stored: bytes) -> bytes:
    if stored and stored[0] & 0xF == _STORED:
        return stored[1 : 1 + _BLOCK_BYTES]
    try:
        return zlib.decompressobj().decompress(stored, _BLOCK_BYTES)
    except zlib.error as error:
        raise SourceUnreadable(f"the compressed content is damaged: {error}") from error


def _table(resource: Content) -> list[tuple[int, int]]:
    head = resource.read_at(0, 4)
    start = int.from_bytes(head) + 4
    count = int.from_bytes(resource.read_at(start, 4), "little")
    if len(head) < 4 or count > _BLOCKS_AT_MOST:
        raise SourceUnreadable("the table of the compressed content is damaged")
    raw = resource.read_at(start + 4, 8 * count)
    pairs = struct.iter_unpack("<II", raw[: len(raw) // 8 * 8])
    return [(start + offset, length) for offset, length in pairs]


class _Blocks:
    """A content of blocks of 64 KiB, each read when it is asked for."""

    def __init__(
        self, blocks: list[bytes] | list[tuple[int, int]], source: Content | None, size_bytes: int
    ) -> None:
        self._blocks, self._source = blocks, source
        self._size_bytes = size_bytes
        self._kept: tuple[int, bytes] = (-1, b"")

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        parts = []
        end = min(offset_bytes + length_bytes, self._size_bytes)
        while offset_bytes < end:
            number, within = divmod(offset_bytes, _BLOCK_BYTES)
            part = self._block(number)[within : within + end - offset_bytes]
            if not part:
                break
            parts.append(part)
            offset_bytes += len(part)
        return b"".join(parts)

    def _block(self, number: int) -> bytes:
        if self._kept[0] == number:
            return self._kept[1]
        if number >= len(self._blocks):
            return b""
        block = self._blocks[number]
        if isinstance(block, tuple):
            place, length = block
            if self._source is None or length > 2 * _BLOCK_BYTES:
                raise SourceUnreadable("the table of the compressed content is damaged")
            block = _inflated(self._source.read_at(place, length))
        self._kept = (number, block)
        return block

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in its source the stored, compressed bytes lie."""
        return self._source.places() if self._source is not None else ()

    def close(self) -> None:
        """Do nothing: nothing is held open."""
