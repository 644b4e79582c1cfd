"""Renders one picture into the arena: pixels alone, whatever else its file holds."""

import mmap

from polit.decode import metadata, still, video
from polit.decode.held import HeldBytes
from polit.decode.refusal import Refused
from polit.decode.render import Rendering, View, render
from polit.decode.render import warm as warm_render
from polit.sandbox.protocol import (
    ARENA_BYTES,
    MAX_RENDERED_SIDE_PX,
    RenderedReply,
    RenderRequest,
)

_UPRIGHT = 1


def warm() -> None:
    """Run every path once; ``media.warm`` does so for the codecs and what cameras say."""
    warm_render()


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
