"""Safe tile and thumbnail of a decoded picture: small, cheap, and the same on every machine.

All steps are Pillow's integer arithmetic in a fixed order, so that the pixels (whose digests
the package seals) do not depend on processor or thread count.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

TILE_SIDE_PX = 24
THUMBNAIL_SIDE_PX = 256

# A thumbnail pixel of a large picture is the mean of 4 x 4 samples, not of all its pixels:
# reading 12 MP once more costs a third of decoding them, the samples a thirtieth.
_SAMPLES = 4


@dataclass(frozen=True, slots=True)
class Derivatives:
    """A grey tile of at most 24 px and an RGB thumbnail of at most 256 px."""

    tile: Image.Image
    thumbnail: Image.Image


def derive(picture: Image.Image) -> Derivatives:
    """Make the derivatives of a picture.

    Args:
        picture: Of any size and any mode that a PNG or JPEG decodes to.
    """
    thumbnail = _thumbnail(picture)
    size = _fit(thumbnail.size, TILE_SIDE_PX)
    tile = thumbnail.convert("L").resize(size, Image.Resampling.BOX)
    return Derivatives(tile=tile, thumbnail=thumbnail)


def _thumbnail(picture: Image.Image) -> Image.Image:
    width, height = _fit(picture.size, THUMBNAIL_SIDE_PX)
    if (width, height) == picture.size:
        return _as_rgb(picture)
    if max(picture.size) < _SAMPLES * THUMBNAIL_SIDE_PX:
        return _as_rgb(picture).resize((width, height), Image.Resampling.BOX)
    # Sampled before it is converted: a conversion in full would double the memory.
    samples = picture.resize((_SAMPLES * width, _SAMPLES * height), Image.Resampling.NEAREST)
    return _as_rgb(samples).reduce(_SAMPLES)


def _as_rgb(picture: Image.Image) -> Image.Image:
    """Return RGB pixels; what is transparent becomes white."""
    if picture.mode.startswith("I"):
        return _high_byte(picture).convert("RGB")
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        ground.alpha_composite(layered)
        return ground.convert("RGB")
    return picture.convert("RGB")


def _high_byte(picture: Image.Image) -> Image.Image:
    """16-bit grey to 8: Pillow's own conversion would clip at 255."""
    samples = np.asarray(picture)
    return Image.fromarray((samples >> 8).astype(np.uint8))


def _fit(size: tuple[int, int], side_px: int) -> tuple[int, int]:
    """Return the size that fits a square, its proportions kept, never enlarged, at least 1."""
    width, height = size
    longer = max(size)
    if longer <= side_px:
        return size
    return (
        max(1, (width * side_px + longer // 2) // longer),
        max(1, (height * side_px + longer // 2) // longer),
    )
