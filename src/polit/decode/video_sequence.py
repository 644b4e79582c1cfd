"""A sequence of a video's frames, decoded in one pass.

One pass, because a frame costs all frames since the key frame before it: sixty seeks in a second
of video decode the same frames up to sixty times.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from av.error import FFmpegError
from av.video.reformatter import VideoReformatter
from PIL import Image

from polit.decode._video_facts import orientation_of
from polit.decode._video_frames import Shot, Walk
from polit.decode._video_source import open_video
from polit.decode.held import HeldBytes
from polit.decode.orientation import fitted
from polit.decode.refusal import Refused
from polit.decode.video import rgb_pixels

MOST_PIXELS = 4_000_000_000
"""How many pixels one pass decodes: a minute of 1080p at 30 frames a second, some four seconds of
one core. What lies behind is another pass."""

_FRAME_PIXELS = 20_000
"""What a frame costs at least, in pixels: many frames of a few pixels are no small pass."""

_UNBOUNDED = 1 << 62  # the pass stops by itself
_SLACK_MS = 1000
_SIDEWAYS = 5


@dataclass(frozen=True, slots=True)
class Sequence:
    """Which frames are wanted: see ``polit.sandbox.protocol.FramesRequest``."""

    from_ms: int
    step_ms: int
    count: int
    side_px: int


@dataclass(frozen=True, slots=True)
class SequenceFrame:
    """One frame as stored, scaled down where it is larger than wanted.

    Args:
        at_ms: Where it stands.
        orientation: The EXIF orientation that makes it upright.
        picture: Its pixels, RGB.
        of_width_px: The width of the whole frame, upright.
        of_height_px: Its height.
    """

    at_ms: int
    orientation: int
    picture: Image.Image
    of_width_px: int
    of_height_px: int


def frames_from(
    untrusted: HeldBytes, mime: str, wanted: Sequence, *, memory_bytes: int
) -> Iterator[SequenceFrame]:
    """Yield the first frame from a place on, and from each further step the next one behind it.

    Fewer come where the video ends, or ``MOST_PIXELS`` are decoded; of a place behind the end the
    last frame.

    Args:
        untrusted: What is held of the video.
        mime: What it was identified as.
        wanted: Which frames.
        memory_bytes: What may be mapped for it.

    Raises:
        Refused: See ``polit.decode.video.decode_video``.
        MemoryError: A frame cannot be held.
    """
    seeks = wanted.from_ms > 0
    frames = _frames(untrusted, mime, wanted, memory_bytes=memory_bytes, seeks=seeks)
    first = next(frames, None)
    late_ms = wanted.from_ms + max(wanted.step_ms, _SLACK_MS)
    if seeks and (first is None or first.at_ms > late_ms):
        # Some containers cannot seek, or land behind the frame: from the start.
        frames = _frames(untrusted, mime, wanted, memory_bytes=memory_bytes, seeks=False)
        first = next(frames, first)
    if first is None:
        raise Refused("undecodable", f"no frame from {wanted.from_ms} ms on")
    yield first
    yield from frames


def _frames(
    untrusted: HeldBytes, mime: str, wanted: Sequence, *, memory_bytes: int, seeks: bool
) -> Iterator[SequenceFrame]:
    opened = open_video(untrusted, mime, memory_bytes=memory_bytes)
    converter = VideoReformatter()
    try:
        walk = Walk(opened, all_frames_pixels=_UNBOUNDED)
        if seeks and opened.demuxer != "mpegvideo":  # it has no times to seek by
            walk.seek(wanted.from_ms)
        for shot in _chosen(walk, wanted):
            try:
                yield _scaled(shot, converter, wanted.side_px)
            except MemoryError:
                raise
            except FFmpegError:
                continue
    finally:
        opened.container.close()


def _scaled(shot: Shot, converter: VideoReformatter, side_px: int) -> SequenceFrame:
    """Convert and scale in one step: a tenth of what scaling the converted frame costs."""
    frame = shot.frame
    size = fitted((frame.width, frame.height), side_px)
    picture = Image.fromarray(rgb_pixels(frame, converter, size=size))
    orientation, whole = orientation_of(frame), (frame.width, frame.height)
    if orientation >= _SIDEWAYS:
        whole = whole[1], whole[0]
    return SequenceFrame(shot.at_ms, orientation, picture, *whole)


def _chosen(walk: Walk, wanted: Sequence) -> Iterator[Shot]:
    due_ms, given, last = wanted.from_ms, 0, None
    for shot in walk.shots(lambda _: True):
        last = shot
        if shot.at_ms >= due_ms:
            yield shot
            given += 1
            due_ms = _next_due(wanted, shot.at_ms)
        cost = walk.pixels + walk.frames * _FRAME_PIXELS
        if given == wanted.count or cost > MOST_PIXELS:
            break
    if given == 0 and last is not None:
        yield last


def _next_due(wanted: Sequence, at_ms: int) -> int:
    """Return the first step behind a frame; of step 0 every frame is due."""
    if wanted.step_ms == 0:
        return 0
    return wanted.from_ms + ((at_ms - wanted.from_ms) // wanted.step_ms + 1) * wanted.step_ms
