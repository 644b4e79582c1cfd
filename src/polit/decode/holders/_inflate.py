"""Decompression within limits: what a damaged or cut stream gave until then is kept."""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_RATIO = 200
_FREE_BYTES = 16 << 20
_MOST_BYTES = 256 << 20
_STEP_BYTES = 1 << 20

RAW, ZLIB, EITHER = -15, 15, 47


@dataclass(frozen=True, slots=True)
class Inflated:
    """What a stream gave; ``flaw`` is ``damaged``, ``truncated`` or ``too_large``."""

    data: bytes
    flaw: str = ""


def limit_of(compressed_bytes: int) -> int:
    """Return how long the content of a compressed stream may be.

    Two hundred times its own length (SECURITY.md), for a drawing of a few colours may well
    shrink more than that but 16 MiB; 256 MiB at most.
    """
    return min(_MOST_BYTES, max(_FREE_BYTES, MAX_RATIO * compressed_bytes))


def inflate(untrusted: bytes, *, window_bits: int = ZLIB) -> Inflated:
    """Decompress a deflate stream: zlib's, raw, or either zlib's or gzip's."""
    return inflate_parts(iter((untrusted,)), limit_of(len(untrusted)), window_bits=window_bits)


def inflate_parts(
    untrusted_parts: Iterator[bytes], limit_bytes: int, *, window_bits: int
) -> Inflated:
    """Decompress a stream that comes in parts, up to a limit."""
    stream = zlib.decompressobj(window_bits)
    out = io.BytesIO()  # gives its bytes without a copy of them
    try:
        for untrusted in untrusted_parts:
            rest = untrusted
            while rest and not stream.eof:
                out.write(stream.decompress(rest, _STEP_BYTES))
                rest = stream.unconsumed_tail
                if out.tell() > limit_bytes:
                    return Inflated(b"", "too_large")
            if stream.eof:
                return Inflated(out.getvalue())
    except zlib.error:
        return Inflated(out.getvalue(), "damaged")
    return Inflated(out.getvalue(), "truncated")
