"""A decoder: gets one item at a time, gives back numbers and pixels, holds nothing else.

Each item comes as a read-only descriptor, is mapped, decoded, unmapped and closed before the
reply goes out: a decoder never holds two items, so it can never mix them.
"""

import ctypes
import mmap
import os
import re
import socket
from collections.abc import Sequence

from PIL import Image, _imaging

from polit.base import faults
from polit.decode import stills
from polit.decode.derive import derive
from polit.decode.stills import StillRefused
from polit.sandbox.protocol import (
    MAX_DETAIL_CHARS,
    OUTPUT_BYTES,
    TILE_SIDE_PX,
    DecodeRequest,
    FailureReply,
    Reply,
    StillReply,
    decode_decode_request,
    encode_json,
)

_REQUEST_BYTES = 4096
_TILE_BYTES = TILE_SIDE_PX**2
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_HEAP_KEPT_BYTES, _HEAP_USED_BYTES = 512 << 20, 256 << 20
_PILLOW_BLOCKS_KEPT = 4
_KEPT_PIXELS = 13_000_000
_UNPRINTABLE = re.compile(r"[^ -~]")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")

_libc = ctypes.CDLL(None)


def warm() -> dict[str, str]:
    """Load the codecs and run each once; return the versions of their libraries."""
    versions = stills.warm()
    for mode in ("1", "L", "LA", "P", "RGB", "RGBX", "RGBA", "I;16", "CMYK"):
        for size in ((1200, 900), (300, 200), (30, 20)):
            derive(Image.new(mode, size))
    return versions


def serve(channel: socket.socket, fds: Sequence[int], arguments: bytes) -> None:
    """Decode items until the channel ends.

    Args:
        channel: Requests in, each with the item's descriptor; replies out.
        fds: One descriptor: the output memory, writable.
        arguments: None.
    """
    del arguments
    decoder = Decoder(fds[0])
    while True:
        packet, received, _, _ = socket.recv_fds(channel, _REQUEST_BYTES, 1)
        if not packet:
            return
        channel.send(encode_json(decoder.decode(decode_decode_request(packet), received[0])))


def keep_heap() -> None:
    """Keep the heap from shrinking between pictures.

    Else each picture's pages are given back and faulted in anew: +35 to +100 % of processor
    time that looks like the cost of isolation.
    """
    _libc.mallopt(_M_MMAP_THRESHOLD, _HEAP_USED_BYTES)
    _libc.mallopt(_M_TRIM_THRESHOLD, _HEAP_KEPT_BYTES)
    _imaging.set_blocks_max(_PILLOW_BLOCKS_KEPT)


class Decoder:
    """Turns requests into replies."""

    def __init__(self, output: int) -> None:
        """Map the output memory, and set the heap for a life of many pictures."""
        self._output = mmap.mmap(output, OUTPUT_BYTES)
        keep_heap()

    def decode(self, request: DecodeRequest, item: int) -> Reply:
        """Decode one item and close it."""
        faults.reach("decoder.job", str(request.job).encode())
        try:
            untrusted = mmap.mmap(item, request.size_bytes, prot=mmap.PROT_READ)
        except OSError as error:
            return FailureReply(request.job, "memory", printable(f"mmap: {error.strerror}"))
        finally:
            os.close(item)
        with untrusted:
            return self._reply(request, untrusted)

    def _reply(self, request: DecodeRequest, untrusted: mmap.mmap) -> Reply:
        try:
            return self._decode(request, untrusted)
        except StillRefused as refusal:
            detail = printable(refusal.detail)
            return FailureReply(request.job, refusal.code, detail, refusal.needed_bytes)
        except MemoryError:
            return FailureReply(request.job, "memory", "MemoryError")
        except Exception as error:  # noqa: BLE001 - the worker's loop: the item is hostile
            detail = printable(f"{type(error).__name__}: {error}")
            return FailureReply(request.job, "undecodable", detail)

    def _decode(self, request: DecodeRequest, untrusted: mmap.mmap) -> StillReply:
        still = stills.decode_still(untrusted, request.mime, memory_bytes=request.memory_bytes)
        made = derive(still.picture)
        library, (width_px, height_px) = still.library, still.picture.size
        self._write(0, made.tile)
        self._write(_TILE_BYTES, made.thumbnail)
        if width_px * height_px > _KEPT_PIXELS:
            del still
            self._give_back()
        return StillReply(
            request.job,
            library,
            width_px,
            height_px,
            *made.tile.size,
            *made.thumbnail.size,
        )

    def _give_back(self) -> None:
        """Return the heap: what an exceptional picture took must not be missing for the next."""
        _imaging.clear_cache()
        _libc.malloc_trim(0)

    def _write(self, offset_bytes: int, picture: Image.Image) -> None:
        pixels = picture.tobytes()
        self._output[offset_bytes : offset_bytes + len(pixels)] = pixels


def printable(text: str) -> str:
    """Return words for people: no address (it differs from run to run), ASCII, short."""
    return _UNPRINTABLE.sub("?", _ADDRESS.sub("0x", text))[:MAX_DETAIL_CHARS]
