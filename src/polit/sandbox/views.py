"""What a person is to see or hear of an item: how it is asked for, and what comes back.

What comes back lies in the arena of the decoder that gave it; lengths were checked, the samples
and pixels themselves may be any.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polit.base.errors import SandboxError
from polit.model.media import PixelBlock
from polit.sandbox.protocol import (
    ARENA_BYTES,
    FramesReply,
    FramesRequest,
    RenderedReply,
    RenderRequest,
    SoundReply,
    SoundRequest,
)

Read = Callable[[int, int], bytes]
"""Copies bytes out of the arena: ``(offset_bytes, size_bytes)``; raises where they lie outside."""

_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class RenderView:
    """One picture or frame: see ``polit.sandbox.protocol.RenderRequest``."""

    side_px: int
    region: tuple[int, int, int, int] | None = None
    is_grey: bool = False
    at_ms: int = 0

    def request(self, job: int, size_bytes: int, mime: str, memory_bytes: int) -> RenderRequest:
        """Return what the decoder is asked."""
        return RenderRequest(
            job, size_bytes, mime, memory_bytes, side_px=self.side_px, region=self.region,
            is_grey=self.is_grey, at_ms=self.at_ms,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FramesView:
    """A sequence of frames: see ``polit.sandbox.protocol.FramesRequest``."""

    from_ms: int
    step_ms: int
    count: int
    side_px: int
    is_grey: bool = False

    def request(self, job: int, size_bytes: int, mime: str, memory_bytes: int) -> FramesRequest:
        """Return what the decoder is asked."""
        return FramesRequest(
            job, size_bytes, mime, memory_bytes, from_ms=self.from_ms, step_ms=self.step_ms,
            count=self.count, side_px=self.side_px, is_grey=self.is_grey,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SoundView:
    """A stretch of sound: see ``polit.sandbox.protocol.SoundRequest``."""

    from_ms: int
    length_ms: int

    def request(self, job: int, size_bytes: int, mime: str, memory_bytes: int) -> SoundRequest:
        """Return what the decoder is asked."""
        return SoundRequest(
            job, size_bytes, mime, memory_bytes, from_ms=self.from_ms, length_ms=self.length_ms
        )


AnyView = RenderView | FramesView | SoundView


@dataclass(frozen=True, slots=True)
class RenderedPixels:
    """What a person is to see, the size of the whole, upright, and a video frame's place."""

    pixels: PixelBlock
    of_width_px: int
    of_height_px: int
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RenderedFrames:
    """A sequence of frames that still lies in the arena: some 100 MB are never copied at once."""

    reply: FramesReply
    read: Read

    def pixels(self) -> Iterator[RenderedPixels]:
        """Yield the frames in order; before the decoder is asked anything else."""
        at, reply = 0, self.reply
        for frame in reply.frames:
            length = frame.width_px * frame.height_px * reply.channels
            data = self.read(at, length)
            block = PixelBlock(frame.width_px, frame.height_px, reply.channels, data)
            yield RenderedPixels(block, reply.of_width_px, reply.of_height_px, frame.at_ms)
            at += length


@dataclass(frozen=True, slots=True)
class DecodedSound:
    """Sound of one channel: 16 bits a sample, little-endian."""

    rate: int
    samples: bytes


Seen = RenderedPixels | RenderedFrames | DecodedSound


def seen(reply: RenderedReply | FramesReply | SoundReply, read: Read) -> Seen:
    """Return what a reply is about.

    Raises:
        SandboxError: It would lie outside of the arena.
    """
    if isinstance(reply, SoundReply):
        return DecodedSound(reply.rate, read(0, _SAMPLE_BYTES * reply.samples))
    if isinstance(reply, FramesReply):
        pixels = sum(frame.width_px * frame.height_px for frame in reply.frames)
        if pixels * reply.channels > ARENA_BYTES:
            raise SandboxError("frames outside the arena")
        return RenderedFrames(reply, read)
    length = reply.width_px * reply.height_px * reply.channels
    block = PixelBlock(reply.width_px, reply.height_px, reply.channels, read(0, length))
    return RenderedPixels(block, reply.of_width_px, reply.of_height_px, reply.at_ms)
