"""Renders into the arena: a picture, a sequence of frames, sound; pixels and samples alone."""

import mmap

from polit.decode import metadata, sound, still, video
from polit.decode.held import HeldBytes
from polit.decode.refusal import Refused
from polit.decode.render import Rendering, View, render
from polit.decode.render import warm as warm_render
from polit.decode.video_sequence import Sequence, frames_from
from polit.sandbox.protocol import (
    ARENA_BYTES,
    MAX_RENDERED_SIDE_PX,
    MAX_SEQUENCE,
    MAX_SEQUENCE_SIDE_PX,
    MAX_SOUND_MS,
    FramePlace,
    FramesReply,
    FramesRequest,
    RenderedReply,
    RenderRequest,
    SoundReply,
    SoundRequest,
)

_UPRIGHT = 1


def warm() -> None:
    """Run every path once; ``media.warm`` does so for the codecs and what cameras say."""
    warm_render()
    sound.warm()


def render_item(request: RenderRequest, item: int, arena: int) -> RenderedReply:
    """Render a still, or one frame of a video.

    Args:
        request: What is asked for.
        item: The item's descriptor.
        arena: The descriptor of the memory that the pixels go to, ``ARENA_BYTES`` long.

    Raises:
        Refused: It breaks the limits, does not decode, or the pixels do not fit the arena.
        MemoryError: It cannot be mapped.
    """
    view = View(min(request.side_px, MAX_RENDERED_SIDE_PX), request.region, is_grey=request.is_grey)
    at_ms: int | None = None
    if request.mime.startswith("video/"):
        made, at_ms = _render_frame(request, item, view)
    else:
        made = _render_still(request, item, view)
    pixels = made.picture
    channels = len(pixels.getbands())
    width_px, height_px = pixels.size
    length = width_px * height_px * channels
    if length > ARENA_BYTES:
        raise Refused(
            "too_large", f"{width_px} x {height_px} px do not fit: ask for a smaller side"
        )
    with mmap.mmap(arena, length) as memory:
        memory[:] = pixels.tobytes()
    return RenderedReply(
        request.job,
        width_px,
        height_px,
        1 if channels == 1 else 3,
        made.of_width_px,
        made.of_height_px,
        at_ms,
    )


def render_frames(request: FramesRequest, item: int, arena: int) -> FramesReply:
    """Render a sequence of a video's frames; as many as the arena holds.

    Args:
        request: What is asked for.
        item: The item's descriptor.
        arena: The descriptor of the memory that the pixels go to, ``ARENA_BYTES`` long.

    Raises:
        Refused: It breaks the limits, or nothing of it decodes.
        MemoryError: A frame cannot be held.
    """
    held = HeldBytes(item, request.size_bytes, head_bytes=request.size_bytes)
    view = View(min(request.side_px, MAX_SEQUENCE_SIDE_PX), None, is_grey=request.is_grey)
    wanted = Sequence(
        request.from_ms, request.step_ms, min(request.count, MAX_SEQUENCE), view.side_px
    )
    for_decoding = request.memory_bytes - ARENA_BYTES
    places: list[FramePlace] = []
    end, whole = 0, (0, 0)
    with mmap.mmap(arena, ARENA_BYTES) as memory:
        for frame in frames_from(held, request.mime, wanted, memory_bytes=for_decoding):
            made = render(frame.picture, frame.orientation, view)
            pixels = made.picture.tobytes()
            if end + len(pixels) > ARENA_BYTES:
                break
            memory[end : end + len(pixels)] = pixels
            end += len(pixels)
            whole = whole if places else (frame.of_width_px, frame.of_height_px)
            places.append(FramePlace(frame.at_ms, *made.picture.size))
    return FramesReply(request.job, 1 if request.is_grey else 3, *whole, tuple(places))


def render_sound(request: SoundRequest, item: int, arena: int) -> SoundReply:
    """Decode a stretch of sound.

    Args:
        request: What is asked for.
        item: The item's descriptor.
        arena: The descriptor of the memory that the samples go to.

    Raises:
        Refused: It has none, or it does not decode.
        MemoryError: It cannot be held.
    """
    held = HeldBytes(item, request.size_bytes, head_bytes=request.size_bytes)
    length_ms = min(request.length_ms, MAX_SOUND_MS)
    made = sound.decode_sound(held, request.mime, from_ms=request.from_ms, length_ms=length_ms)
    with mmap.mmap(arena, len(made.samples)) as memory:
        memory[:] = made.samples
    return SoundReply(request.job, made.rate, len(made.samples) // 2)


def _render_frame(request: RenderRequest, item: int, view: View) -> tuple[Rendering, int]:
    held = HeldBytes(item, request.size_bytes, head_bytes=request.size_bytes)
    for_decoding = request.memory_bytes - ARENA_BYTES
    frame = video.frame_at(held, request.mime, request.at_ms, memory_bytes=for_decoding)
    return render(frame.picture, frame.orientation, view), frame.at_ms


def _render_still(request: RenderRequest, item: int, view: View) -> Rendering:
    # What is cut out is converted: a second picture at most, beside the arena.
    for_decoding = (request.memory_bytes - ARENA_BYTES) // 2
    try:
        untrusted = mmap.mmap(item, request.size_bytes, prot=mmap.PROT_READ)
    except OSError as error:
        raise MemoryError(f"mmap: {error.strerror}") from error
    with untrusted:
        try:
            decoded = still.decode_still(untrusted, request.mime, memory_bytes=for_decoding)
        except Refused as refusal:
            raise Refused(
                refusal.code,
                refusal.detail,
                needed_bytes=refusal.needed_bytes and 2 * refusal.needed_bytes + ARENA_BYTES,
            ) from refusal
        orientation = _UPRIGHT
        if not decoded.is_upright:
            orientation = metadata.read_metadata(decoded.exif, decoded.xmp).orientation
        return render(decoded.picture, orientation, view)
