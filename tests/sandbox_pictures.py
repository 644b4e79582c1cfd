"""Benign pictures for the decoders' tests, made on the spot, and a way to decode them."""

import io
import mmap
import os
import random
import select
import struct
import zlib
from collections.abc import Callable

from PIL import Image

from polit.base.clock import monotonic_s
from polit.sandbox.client import (
    Answer,
    DecodeJob,
    Decoder,
    read_only_copy,
)
from polit.sandbox.limits import ItemLimits

Outcome = Answer


def encoded(mode: str, size: tuple[int, int], kind: str, **options: object) -> bytes:
    """Return a picture with a gradient and shapes, encoded by Pillow."""
    gradient = Image.linear_gradient("L").resize(size)
    picture = gradient.convert(mode) if mode != "I;16" else Image.new("I;16", size, 0x8000)
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width_px: int, height_px: int, rows: bytes = b"") -> bytes:
    """Return a PNG whose header claims a size, whatever its rows hold."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows, 9))
        + png_chunk(b"IEND", b"")
    )


def run(
    decoder: Decoder,
    content: bytes,
    mime: str = "image/png",
    *,
    limits: ItemLimits | None = None,
    memory_bytes: int | None = None,
) -> Outcome:
    """Decode one item and wait for what comes of it."""
    writable = os.memfd_create("item")
    os.ftruncate(writable, len(content))
    with mmap.mmap(writable, len(content)) as mapped:
        mapped[:] = content
    descriptor = read_only_copy(writable)
    os.close(writable)
    job = DecodeJob(7, descriptor, len(content), mime, limits)
    decoder.start(job, now_s=monotonic_s(), memory_bytes=memory_bytes)
    os.close(descriptor)
    while True:
        select.select([decoder], [], [], 0.02)
        result = decoder.poll(monotonic_s())
        if result is not None:
            return result


_FIGURES = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0")


def _set_byte(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _set_figure(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at : at + 4] = chance.choice(_FIGURES)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[max(1, chance.randrange(len(data))) :]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[max(0, at - 20) : at]


def _flip_bit(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _move(data: bytearray, chance: random.Random) -> None:
    here, there = chance.randrange(len(data)), chance.randrange(len(data))
    data[here : here + 8] = data[there : there + 8]


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _set_byte,
    _set_figure,
    _cut,
    _repeat,
    _flip_bit,
    _move,
)


def mutated(original: bytes, chance: random.Random) -> bytes:
    """Return a picture with 1 to 16 random damages; a mended checksum in every second PNG."""
    data = bytearray(original)
    for _ in range(chance.choice((1, 2, 4, 16))):
        chance.choice(MUTATIONS)(data, chance)
    if original.startswith(b"\x89PNG") and chance.random() < 0.5:
        return mended(bytes(data))
    return bytes(data)


def mended(damaged: bytes) -> bytes:
    """Return a PNG with the checksums of its chunks made right, as far as it can be read."""
    out, at = bytearray(damaged[:8]), 8
    while at + 12 <= len(damaged):
        length = int.from_bytes(damaged[at : at + 4], "big")
        if at + 12 + length > len(damaged):
            break
        out += png_chunk(damaged[at + 4 : at + 8], damaged[at + 8 : at + 8 + length])
        at += 12 + length
    return bytes(out + damaged[at:])
