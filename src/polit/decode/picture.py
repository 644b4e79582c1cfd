"""What decoding a still gives, what it is decoded from, and the limits its header must keep."""

import mmap
from dataclasses import dataclass

from PIL import Image

from polit.decode.refusal import Refused

MAX_PIXELS = 200_000_000
MAX_SIDE_PX = 65_535
MAX_FRAMES = 10_000
STORY_FRAMES = 12
_SLACK_BYTES = 16 << 20

Untrusted = mmap.mmap | bytes
"""An item, mapped; or the picture that lies inside it, copied."""


@dataclass(frozen=True, slots=True)
class Item:
    """A picture to decode.

    Args:
        untrusted: Its bytes.
        mime: Its media type.
        memory_bytes: What may be mapped for it, the item itself included.
    """

    untrusted: Untrusted
    mime: str
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class StillFrame:
    """One more frame of an animation, or page of a document.

    Args:
        at_ms: When it is first shown; 0 for a page.
        frame: Its number from 0.
        picture: Its pixels; more than a million are sampled down.
    """

    at_ms: int
    frame: int
    picture: Image.Image


@dataclass(frozen=True, slots=True)
class Still:
    """A picture in full, in the mode it decodes to, before orientation.

    Args:
        picture: The first frame, all pixels.
        library: What decoded it: a key of the versions that ``warm`` told.
        exif: The TIFF structure of its EXIF block, empty for none.
        xmp: Its XMP packet, empty for none.
        is_upright: The rotation that the container asks for is applied already, and EXIF's
            orientation does not count (HEIF, TIFF).
        frames: How many frames or pages.
        duration_ms: How long it plays, ``None`` for what does not play.
        flaws: Of ``truncated``, ``damaged``, ``beyond_limit``, sorted.
        story: At most 12 frames, evenly spaced, in order; empty for a single picture.
        tags: What the container itself says, by name.
    """

    picture: Image.Image
    library: str
    exif: bytes = b""
    xmp: bytes = b""
    is_upright: bool = False
    frames: int = 1
    duration_ms: int | None = None
    flaws: tuple[str, ...] = ()
    story: tuple[StillFrame, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


def check_size(
    size: tuple[int, int], item: Item, *, bytes_per_pixel: float, more_bytes: int = 0
) -> None:
    """Refuse a picture whose header breaks the limits.

    Args:
        size: Width and height in pixels.
        item: The picture.
        bytes_per_pixel: What decoding it holds at its peak.
        more_bytes: What it holds beside its pixels and the item itself.

    Raises:
        Refused: It is too large, has no pixels, or needs more memory than it may have.
    """
    width_px, height_px = size
    pixels = width_px * height_px
    if pixels > MAX_PIXELS or max(size) > MAX_SIDE_PX:
        raise Refused("too_large", f"{width_px} x {height_px} px")
    if min(size) <= 0:
        raise Refused("undecodable", "a picture without pixels")
    needed = int(pixels * bytes_per_pixel) + len(item.untrusted) + more_bytes + _SLACK_BYTES
    if needed > item.memory_bytes:
        raise Refused("needs_memory", f"{width_px} x {height_px} px", needed_bytes=needed)


def check_frames(frames: int) -> None:
    """Refuse an animation of too many frames.

    Raises:
        Refused: It has more than ``MAX_FRAMES``.
    """
    if frames > MAX_FRAMES:
        raise Refused("too_large", f"more than {MAX_FRAMES} frames")
