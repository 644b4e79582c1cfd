"""How a chunk of an AFF4 image stream is packed, and its block hashes.

Source: AFF4 Standard v1.0, sections 3.2 and 6.2.
"""

import hashlib
import zlib
from collections.abc import Callable

import cramjam
from deflate import DeflateError, deflate_decompress, zlib_decompress

from polit.evidence.containers._unpacking import DamagedChunk

Unpack = Callable[[bytes, int], bytes]


def _zlib(untrusted: bytes, size_bytes: int) -> bytes:
    try:
        return bytes(zlib_decompress(untrusted, size_bytes))
    except DeflateError:
        return _inflated(untrusted, size_bytes, zlib.MAX_WBITS)


def _inflated(untrusted: bytes, size_bytes: int, window: int) -> bytes:
    """Unpack what libdeflate refuses, and say why where zlib refuses it too."""
    stream = zlib.decompressobj(window)
    try:
        data = stream.decompress(untrusted, size_bytes + 1)
    except zlib.error as error:
        raise DamagedChunk("chunk_inflate") from error
    if not stream.eof and len(data) != size_bytes:
        raise DamagedChunk("chunk_inflate")
    return data


def _deflate(untrusted: bytes, size_bytes: int) -> bytes:
    # The Standard names raw deflate; writers put zlib's header on, some under this name too.
    try:
        return bytes(deflate_decompress(untrusted, size_bytes))
    except DeflateError:
        pass
    try:
        return _inflated(untrusted, size_bytes, -zlib.MAX_WBITS)
    except DamagedChunk:
        return _zlib(untrusted, size_bytes)


def _snappy(untrusted: bytes, size_bytes: int) -> bytes:
    try:
        if cramjam.snappy.decompress_raw_len(untrusted) > size_bytes:
            raise DamagedChunk("chunk_inflate")
        return bytes(cramjam.snappy.decompress_raw(untrusted))
    except cramjam.DecompressionError as error:
        raise DamagedChunk("chunk_inflate") from error


def _lz4(untrusted: bytes, size_bytes: int) -> bytes:
    # Writers differ in whether the size stands before the block.
    stated = int.from_bytes(untrusted[:4], "little")
    blocks = [untrusted]
    if stated == size_bytes:
        blocks.insert(0, untrusted[4:])
    for block in blocks:
        try:
            return bytes(cramjam.lz4.decompress_block(block, output_len=size_bytes))
        except cramjam.DecompressionError:
            continue
    raise DamagedChunk("chunk_inflate")


def _refuse(untrusted: bytes, size_bytes: int) -> bytes:
    del untrusted, size_bytes
    raise DamagedChunk("chunk_inflate")


UNPACKERS: dict[str, Unpack] = {
    "": _refuse,
    "http://aff4.org/Schema#NullCompressor": _refuse,
    "http://aff4.org/Schema#compression/stored": _refuse,
    "https://www.ietf.org/rfc/rfc1950.txt": _zlib,
    "http://www.ietf.org/rfc/rfc1950.txt": _zlib,
    "https://tools.ietf.org/html/rfc1951": _deflate,
    "http://tools.ietf.org/html/rfc1951": _deflate,
    "http://code.google.com/p/snappy/": _snappy,
    "https://code.google.com/p/snappy/": _snappy,
    "https://github.com/google/snappy": _snappy,
    "https://code.google.com/p/lz4/": _lz4,
    "http://code.google.com/p/lz4/": _lz4,
}
"""By the name of the method. A chunk that has the size of a chunk is stored by any method."""

BLOCK_HASHES: tuple[tuple[str, int, Callable[[bytes], bytes]], ...] = (
    ("sha1", 20, lambda data: hashlib.sha1(data, usedforsecurity=False).digest()),
    ("sha256", 32, lambda data: hashlib.sha256(data).digest()),
    ("md5", 16, lambda data: hashlib.md5(data, usedforsecurity=False).digest()),
    ("blake2b", 64, lambda data: hashlib.blake2b(data).digest()),
    ("sha512", 64, lambda data: hashlib.sha512(data).digest()),
)
"""The quickest first: one of them is compared, each of them tells the same."""
