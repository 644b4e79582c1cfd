"""Render one original for a person to look at: vault, memory, sandbox, pixels, a fresh file.

The call that the broker makes. The plaintext goes from the vault into a memory file that the
decoder may only read, never to a disk. What comes back is pixels; they are encoded anew here, so
that nothing else of the original survives: no metadata, no second picture, no trailing bytes.
"""

import io
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PIL import Image

from polit.base.clock import monotonic_s
from polit.base.errors import ItemFailed, NoSound, UsageError
from polit.model.media import PixelBlock
from polit.run.local import RETRIED
from polit.sandbox.client import (
    Answer,
    DecodeFailure,
    DecodeJob,
    Decoder,
    read_only_copy,
)
from polit.sandbox.decoder_process import Forker
from polit.sandbox.limits import MAX_NEEDED_BYTES, ItemLimits
from polit.sandbox.protocol import MAX_RENDERED_SIDE_PX, MAX_SEQUENCE, MAX_SEQUENCE_SIDE_PX
from polit.sandbox.views import (
    DecodedSound,
    FramesView,
    RenderedFrames,
    RenderedPixels,
    RenderView,
    SoundView,
)
from polit.store.sealed_original import SealedOriginal

_USUAL_BYTES = 1 << 30
_VIDEO_BYTES = 2 << 30
_VIDEO_LIMITS = ItemLimits(base_s=300.0, per_mib_s=2.0)
_MAX_MS = 1 << 48
_TURN_S = 0.25
_ENCODINGS = {"image/webp": "WEBP", "image/png": "PNG"}
_WEBP_QUALITY, _WEBP_METHOD = 90, 2
_RUNGS = {"grey": True, "colour": False}

Region = tuple[int, int, int, int]
"""Left, top, width, height, in pixels of the whole picture, upright."""


@dataclass(frozen=True, slots=True)
class RenderOrder:
    """What is asked for.

    Args:
        media_type: ``image/webp`` or ``image/png``.
        side_px: The longest side, 1 to 16,383; what is smaller is not enlarged.
        region: The part that is asked for; ``None`` for all.
        rung: ``grey`` or ``colour``.
        frame_ms: Of a video, where the frame stands; the first one from there on is given.
    """

    media_type: str = "image/webp"
    side_px: int = 2048
    region: Region | None = None
    rung: str = "grey"
    frame_ms: int = 0

    def check(self) -> None:
        """Refuse what cannot be rendered.

        Raises:
            UsageError: A figure is out of range, or a word is unknown.
        """
        if self.media_type not in _ENCODINGS:
            raise UsageError(f"{self.media_type} is not rendered: ask for WebP or PNG")
        if self.rung not in _RUNGS:
            raise UsageError(f"there is no rung {self.rung!r}: ask for {' or '.join(_RUNGS)}")
        if not 1 <= self.side_px <= MAX_RENDERED_SIDE_PX:
            raise UsageError(f"a side of {self.side_px} px: give 1 to {MAX_RENDERED_SIDE_PX}")
        if not 0 <= self.frame_ms <= _MAX_MS:
            raise UsageError(f"a frame at {self.frame_ms} ms: give 0 or more")
        if self.region is not None and not _is_region(self.region):
            raise UsageError("a region is left, top, width, height: four figures, the last two > 0")


@dataclass(frozen=True, slots=True)
class FramesOrder:
    """Which frames of a video are asked for, in one pass.

    Args:
        from_ms: Where the first one stands, or the next one behind.
        step_ms: How far apart they stand at least; 0 for every frame.
        count: How many at most, 1 to 64.
        side_px: The longest side, 1 to 1,280.
        rung: ``grey`` or ``colour``.
    """

    from_ms: int
    step_ms: int
    count: int
    side_px: int
    rung: str = "grey"

    def check(self) -> None:
        """Refuse what cannot be rendered.

        Raises:
            UsageError: A figure is out of range, or a word is unknown.
        """
        if not (0 <= self.from_ms <= _MAX_MS and 0 <= self.step_ms <= _MAX_MS):
            raise UsageError("frames from a place on, by a step: give 0 ms or more")
        if not 1 <= self.count <= MAX_SEQUENCE or not 1 <= self.side_px <= MAX_SEQUENCE_SIDE_PX:
            raise UsageError(
                f"a sequence has 1 to {MAX_SEQUENCE} frames of 1 to {MAX_SEQUENCE_SIDE_PX} px"
            )
        if self.rung not in _RUNGS:
            raise UsageError(f"there is no rung {self.rung!r}: ask for {' or '.join(_RUNGS)}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered picture, encoded anew, and the size of the whole it was taken from, upright.

    ``frame_ms`` is where a video's frame truly stands, ``None`` for a still.
    """

    media_type: str
    width_px: int
    height_px: int
    data: bytes
    of_width_px: int
    of_height_px: int
    frame_ms: int | None = None


class Renderer:
    """Renders originals one after the other in decoders of its own; not safe for threads."""

    def __init__(self, zygote: Forker, limits: ItemLimits | None = None) -> None:
        """Take the zygote to fork decoders from; it must outlive this."""
        self._decoder = Decoder(zygote, limits or ItemLimits())
        self._next_job = 1

    def close(self) -> None:
        """End the decoder."""
        self._decoder.close()

    def render(self, sealed: SealedOriginal, order: RenderOrder) -> Rendered:
        """Render an original.

        Raises:
            UsageError: The order is wrong, or its region lies outside of the picture.
            VaultDamaged: The original does not open in full.
            ItemFailed: It does not decode; the message has the reason.
        """
        return _encoded(self.pixels(sealed, order), order.media_type)

    def pixels(self, sealed: SealedOriginal, order: RenderOrder) -> RenderedPixels:
        """Render an original into raw pixels, for a caller that draws on them first.

        Raises:
            UsageError: The order is wrong, or its region lies outside of the picture.
            VaultDamaged: The original does not open in full.
            ItemFailed: It does not decode; the message has the reason.
        """
        original = sealed.original
        return self._pixels(sealed.pieces(), original.size_bytes, original.mime, order)

    def pixels_of(self, data: bytes, mime: str, order: RenderOrder) -> RenderedPixels:
        """Render a file that somebody sent into raw pixels.

        Args:
            data: The whole file, at least one byte; untrusted, nothing here parses it.
            mime: What its first bytes say that it is.
            order: What is asked for.

        Raises:
            UsageError: The order is wrong, or its region lies outside of the picture.
            ItemFailed: It does not decode; the message has the reason.
        """
        return self._pixels(iter((data,)), len(data), mime, order)

    def frames(self, sealed: SealedOriginal, order: FramesOrder) -> Iterator[RenderedPixels]:
        """Render a sequence of a video's frames, decoded in one pass; yields them one by one.

        Fewer than asked for come where the video ends, or where the pass has decoded as much as
        it may: who wants more asks again from the last one on. Nothing else may be rendered
        before the last one was taken.

        Raises:
            UsageError: The order is wrong.
            VaultDamaged: The original does not open in full.
            ItemFailed: It does not decode, or is no video; the message has the reason.
        """
        order.check()
        original = sealed.original
        if not _is_video(original.mime):
            raise ItemFailed("this original has no frames: it is no video")
        with _in_memory(sealed.pieces()) as descriptor:
            view = FramesView(
                order.from_ms, order.step_ms, order.count, order.side_px,
                is_grey=_RUNGS[order.rung],
            )  # fmt: skip
            job = _job(descriptor, original.size_bytes, original.mime, view)
            answer = self._answer(job)
        if not isinstance(answer, RenderedFrames):
            raise ItemFailed("this original cannot be rendered: an answer to another question")
        yield from answer.pixels()

    def sound(self, sealed: SealedOriginal, *, from_ms: int, length_ms: int) -> DecodedSound:
        """Decode a stretch of the first sound of a video.

        Raises:
            VaultDamaged: The original does not open in full.
            NoSound: It has none there; the message has the reason.
            ItemFailed: It does not decode; the message has the reason.
        """
        original = sealed.original
        if not _is_video(original.mime):
            raise NoSound("there is nothing to hear: it is no video")
        with _in_memory(sealed.pieces()) as descriptor:
            view = SoundView(from_ms, length_ms)
            job = _job(descriptor, original.size_bytes, original.mime, view)
            answer = self._answer(job)
        if not isinstance(answer, DecodedSound):
            raise ItemFailed("this original cannot be heard: an answer to another question")
        return answer

    def _pixels(
        self, pieces: Iterator[bytes], size_bytes: int, mime: str, order: RenderOrder
    ) -> RenderedPixels:
        order.check()
        view = RenderView(
            order.side_px, order.region, is_grey=_RUNGS[order.rung], at_ms=order.frame_ms
        )
        with _in_memory(pieces) as descriptor:
            answer = self._answer(_job(descriptor, size_bytes, mime, view))
        if not isinstance(answer, RenderedPixels):
            raise ItemFailed("this original cannot be rendered: an answer to another question")
        return answer

    def _answer(self, job: DecodeJob) -> Answer:
        """Return what a decoder gives, asked again where more memory or a fresh one helps."""
        usual = _VIDEO_BYTES if _is_video(job.mime) else _USUAL_BYTES
        answer = self._ask(job, memory_bytes=usual)
        if isinstance(answer, DecodeFailure) and answer.code == "needs_memory":
            needed = min(answer.needed_bytes, MAX_NEEDED_BYTES)
            answer = self._ask(job, memory_bytes=needed)
        elif isinstance(answer, DecodeFailure) and answer.code in RETRIED:
            self._decoder.close()
            answer = self._ask(job, memory_bytes=usual)
        if isinstance(answer, DecodeFailure):
            raise _refusal(answer)
        return answer

    def _ask(self, job: DecodeJob, *, memory_bytes: int) -> Answer:
        job = replace(job, job_id=self._next_job)
        self._next_job += 1
        self._decoder.start(job, now_s=monotonic_s(), memory_bytes=memory_bytes)
        while True:
            select.select([self._decoder], [], [], _TURN_S)
            answer = self._decoder.poll(monotonic_s())
            if answer is not None:
                return answer


def _job(
    descriptor: int, size_bytes: int, mime: str, view: RenderView | FramesView | SoundView
) -> DecodeJob:
    return DecodeJob(
        job_id=0,
        descriptor=descriptor,
        size_bytes=size_bytes,
        mime=mime,
        limits=_VIDEO_LIMITS if _is_video(mime) else None,
        view=view,
    )


@contextmanager
def _in_memory(pieces: Iterator[bytes]) -> Iterator[int]:
    """Put an original into a memory file for a block; give a descriptor that only reads."""
    writable = os.memfd_create("polit-original", os.MFD_CLOEXEC)
    try:
        with open(writable, "wb", buffering=0, closefd=False) as file:
            file.writelines(pieces)
        reader = read_only_copy(writable)
    finally:
        os.close(writable)
    try:
        yield reader
    finally:
        os.close(reader)


def _encoded(answer: RenderedPixels, media_type: str) -> Rendered:
    block = answer.pixels
    return Rendered(
        media_type=media_type,
        width_px=block.width_px,
        height_px=block.height_px,
        data=_encode(block, _ENCODINGS[media_type]),
        of_width_px=answer.of_width_px,
        of_height_px=answer.of_height_px,
        frame_ms=answer.at_ms,
    )


def _encode(block: PixelBlock, encoding: str) -> bytes:
    mode = "L" if block.channels == 1 else "RGB"
    picture = Image.frombytes(mode, (block.width_px, block.height_px), block.data)
    room = io.BytesIO()
    if encoding == "WEBP":
        picture.save(room, encoding, quality=_WEBP_QUALITY, method=_WEBP_METHOD)
    else:
        picture.save(room, encoding)
    return room.getvalue()


def _refusal(failure: DecodeFailure) -> ItemFailed | UsageError:
    if failure.code == "outside":
        return UsageError(f"the region lies outside of it: {failure.detail}")
    if failure.code == "no_sound":
        return NoSound(f"there is nothing to hear: {failure.detail}")
    return ItemFailed(f"this original cannot be rendered: {failure.code} ({failure.detail})")


def _is_video(mime: str) -> bool:
    return mime.startswith("video/")


def _is_region(region: Region) -> bool:
    left, top, width, height = region
    return left >= 0 and top >= 0 and width > 0 and height > 0 and max(region) < 1 << 31
