"""Safe tile and thumbnail of a decoded picture: small, cheap, and the same on every machine.

All steps are Pillow's integer arithmetic in a fixed order, so that the pixels (whose digests
the package seals) do not depend on processor or thread count.
"""

from dataclasses import dataclass

from PIL import Image

from polit.decode.colours import deep_grey, rgb_of_lab
from polit.decode.orientation import fitted, upright

TILE_SIDE_PX = 24
THUMBNAIL_SIDE_PX = 256

# A thumbnail pixel of a large picture is the mean of 4 x 4 samples, not of all its pixels:
# reading 12 MP once more costs a third of decoding them, the samples a thirtieth.
_SAMPLES = 4
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


@dataclass(frozen=True, slots=True)
class Derivatives:
    """A grey tile of at most 24 px and an RGB thumbnail of at most 256 px."""

    tile: Image.Image
    thumbnail: Image.Image


def derive(picture: Image.Image, *, orientation: int = 1) -> Derivatives:
    """Make the derivatives of a picture, upright.

    Args:
        picture: Of any size and any mode that a still decodes to.
        orientation: 1 to 8, as EXIF counts them.
    """
    thumbnail = upright(_thumbnail(picture), orientation)  # the small one is turned, not all of it
    size = fitted(thumbnail.size, TILE_SIDE_PX)
    tile = thumbnail.convert("L").resize(size, Image.Resampling.BOX)
    return Derivatives(tile=tile, thumbnail=thumbnail)


def _thumbnail(picture: Image.Image) -> Image.Image:
    width, height = fitted(picture.size, THUMBNAIL_SIDE_PX)
    if (width, height) == picture.size:
        return as_rgb(picture)
    if max(picture.size) < _SAMPLES * THUMBNAIL_SIDE_PX:
        return as_rgb(picture).resize((width, height), Image.Resampling.BOX)
    # Sampled before it is converted: a conversion in full would double the memory.
    samples = picture.resize((_SAMPLES * width, _SAMPLES * height), Image.Resampling.NEAREST)
    return as_rgb(samples).reduce(_SAMPLES)


def as_rgb(picture: Image.Image) -> Image.Image:
    """Return RGB pixels; what is transparent becomes white."""
    if picture.mode == "F" or picture.mode.startswith("I"):
        return deep_grey(picture).convert("RGB")
    if picture.mode == "LAB":
        return rgb_of_lab(picture)
    if picture.mode in _PREMULTIPLIED:
        picture = picture.convert(_PREMULTIPLIED[picture.mode])
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        ground.alpha_composite(layered)
        return ground.convert("RGB")
    return picture.convert("RGB")
