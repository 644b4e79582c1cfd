"""A decoder: gets one item at a time, gives back numbers and pixels, holds nothing else.

Each item comes as a read-only descriptor, is decoded and closed before the reply goes out: a
decoder never holds two items, so it can never mix them. A process that opens a holder keeps it
open between requests, and serves nothing else.
"""

import ctypes
import mmap
import os
import re
import socket
from collections.abc import Sequence

from PIL import _imaging

from polit.base import faults
from polit.decode.decodable import VIDEOS
from polit.decode.refusal import Refused
from polit.sandbox.facts import OUTPUT_BYTES
from polit.sandbox.limits import MAX_NEEDED_BYTES
from polit.sandbox.protocol import (
    MAX_DETAIL_CHARS,
    DecodeRequest,
    FailureReply,
    FramesReply,
    FramesRequest,
    MediaReply,
    MembersReply,
    NextRequest,
    OpenRequest,
    RenderedReply,
    RenderRequest,
    Reply,
    Request,
    SoundReply,
    SoundRequest,
    decode_decode_request,
    encode_json,
)
from polit.sandbox.worker import media, opening, rendering
from polit.sandbox.worker.output import Output

_REQUEST_BYTES = 4096
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_HEAP_KEPT_BYTES, _HEAP_USED_BYTES = 512 << 20, 256 << 20
_PILLOW_BLOCKS_KEPT = 4
_KEPT_PIXELS = 13_000_000
_UNPRINTABLE = re.compile(r"[^ -~]")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")

_libc = ctypes.CDLL(None)


def warm() -> dict[str, str]:
    """Load the codecs and run each once; return the versions of their libraries."""
    versions = {**opening.warm(), **media.warm()}
    rendering.warm()
    return versions


def serve(channel: socket.socket, fds: Sequence[int], arguments: bytes) -> None:
    """Decode items until the channel ends.

    Args:
        channel: Requests in, each new item with its descriptor; replies out.
        fds: The output memory, writable; then, for holders, the arena.
        arguments: None.
    """
    del arguments
    decoder = Decoder(fds)
    while True:
        packet, received, _, _ = socket.recv_fds(channel, _REQUEST_BYTES, 1)
        if not packet:
            return
        channel.send(encode_json(decoder.answer(decode_decode_request(packet), received)))


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

    def __init__(self, fds: Sequence[int]) -> None:
        """Map the output memory; set the heap for a life of many pictures, where there is one.

        A process with an arena serves one item alone: it keeps the usual heap, in which a large
        block grows without a copy and goes back to the system at once.
        """
        self._output = Output(mmap.mmap(fds[0], OUTPUT_BYTES))
        self._arena = fds[1] if len(fds) > 1 else -1
        self._opening: opening.Opening | None = None
        if self._arena < 0:
            keep_heap()

    def answer(self, request: Request, received: Sequence[int]) -> Reply:
        """Answer one request; the item's descriptor is closed on the way."""
        faults.reach("decoder.job", str(request.job).encode())
        try:
            if isinstance(request, DecodeRequest):
                return self._decode(request, received[0])
            if isinstance(request, RenderRequest | FramesRequest | SoundRequest):
                return self._render(request, received[0])
            if isinstance(request, OpenRequest):
                self._open(request, received[0])
            return self._members(request)
        except Refused as refusal:
            return _refusal(request.job, refusal)
        except MemoryError:
            return FailureReply(request.job, "memory", "MemoryError")
        except Exception as error:  # noqa: BLE001 - the worker's loop: the item is hostile
            detail = printable(f"{type(error).__name__}: {error}")
            return FailureReply(request.job, "undecodable", detail)
        finally:
            if not isinstance(request, NextRequest):
                os.close(received[0])

    def _decode(self, request: DecodeRequest, item: int) -> MediaReply:
        made = media.decode_item(request, item)
        library, pixels = made.library, made.facts.width_px * made.facts.height_px
        facts_bytes = self._output.put(made)
        del made
        if pixels > _KEPT_PIXELS or request.mime in VIDEOS:
            self._give_back()
        return MediaReply(request.job, library, facts_bytes)

    def _open(self, request: OpenRequest, item: int) -> None:
        try:
            untrusted = mmap.mmap(item, request.size_bytes, prot=mmap.PROT_READ)
        except OSError as error:
            raise MemoryError(f"mmap: {error.strerror}") from error
        self._opening = opening.Opening(untrusted, request.mime, self._arena)

    def _members(self, request: OpenRequest | NextRequest) -> MembersReply:
        if self._opening is None:
            raise Refused("undecodable", "no holder is open")
        listing = self._opening.next_batch()
        return MembersReply(request.job, self._output.put_text(opening.encode_listing(listing)))

    def _render(
        self, request: RenderRequest | FramesRequest | SoundRequest, item: int
    ) -> RenderedReply | FramesReply | SoundReply:
        made: RenderedReply | FramesReply | SoundReply
        if isinstance(request, FramesRequest):
            made = rendering.render_frames(request, item, self._arena)
        elif isinstance(request, SoundRequest):
            made = rendering.render_sound(request, item, self._arena)
        else:
            made = rendering.render_item(request, item, self._arena)
        self._give_back()
        return made

    def _give_back(self) -> None:
        """Return the heap: what an exceptional picture took must not be missing for the next."""
        _imaging.clear_cache()
        _libc.malloc_trim(0)


def _refusal(job: int, refusal: Refused) -> FailureReply:
    detail = printable(refusal.detail)
    if refusal.needed_bytes > MAX_NEEDED_BYTES:
        return FailureReply(job, "too_large", detail)
    return FailureReply(job, refusal.code, detail, refusal.needed_bytes)


def printable(text: str) -> str:
    """Return words for people: no address (it differs from run to run), ASCII, short."""
    return _UNPRINTABLE.sub("?", _ADDRESS.sub("0x", text))[:MAX_DETAIL_CHARS]
