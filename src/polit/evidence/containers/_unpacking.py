"""Decompress one chunk to a size that is known, and never to more. Streams must end and hold."""

import bz2
import lzma
import zlib
from typing import Protocol


class DamagedChunk(Exception):
    """A chunk cannot be decompressed; ``code`` is its bad range's. Never leaves a container."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inflate(raw: bytes, size_bytes: int) -> bytes:
    """Return what a zlib stream holds, up to ``size_bytes``.

    Raises:
        DamagedChunk: It is broken, longer, or its checksum fails.
    """
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(raw, size_bytes)
        # The last call reads the checksum, which may stand behind the last byte wanted.
        more = b"" if stream.eof else stream.decompress(stream.unconsumed_tail, 1)
    except zlib.error as error:
        is_sum = "data check" in str(error)
        raise DamagedChunk("chunk_checksum" if is_sum else "chunk_inflate") from error
    if more or not stream.eof:
        raise DamagedChunk("chunk_inflate")
    return data


def unpack_bzip2(raw: bytes, size_bytes: int) -> bytes:
    """Return what a bzip2 stream holds; see ``inflate``."""
    return _whole(bz2.BZ2Decompressor(), raw, size_bytes)


def unpack_xz(raw: bytes, size_bytes: int) -> bytes:
    """Return what an LZMA or XZ stream holds; see ``inflate``."""
    return _whole(lzma.LZMADecompressor(memlimit=256 << 20), raw, size_bytes)


def _whole(stream: _Stream, raw: bytes, size_bytes: int) -> bytes:
    try:
        data = stream.decompress(raw, size_bytes)
        more = b"" if stream.eof else stream.decompress(b"", 1)
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise DamagedChunk("chunk_inflate") from error
    if more or not stream.eof:
        raise DamagedChunk("chunk_inflate")
    return data
