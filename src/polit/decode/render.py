"""Pixels for a person to look at: upright, a part of them if so wished, scaled down, grey or RGB.

All steps are Pillow's integer arithmetic, so that the same request gives the same pixels.
"""

from dataclasses import dataclass

from PIL import Image

from polit.decode.derive import as_rgb
from polit.decode.orientation import fitted, upright
from polit.decode.refusal import Refused

Box = tuple[int, int, int, int]
"""Left, top, right, bottom; right and bottom are outside."""

_SIDEWAYS = 5
_SCALED_AS_THEY_ARE = frozenset({"L", "RGB", "RGBX"})


@dataclass(frozen=True, slots=True)
class View:
    """What is asked for.

    Args:
        side_px: The longest side of what is given.
        region: Left, top, width, height in pixels of the upright picture; ``None`` for all.
        is_grey: One channel instead of three.
    """

    side_px: int
    region: tuple[int, int, int, int] | None
    is_grey: bool


@dataclass(frozen=True, slots=True)
class Rendering:
    """What was asked for, in mode L or RGB, and the size of the whole picture, upright."""

    picture: Image.Image
    of_width_px: int
    of_height_px: int


def warm() -> None:
    """Run every path once: nothing can be loaded after the lockdown."""
    for mode in ("1", "L", "LA", "P", "RGB", "RGBX", "RGBA", "I;16", "CMYK"):
        picture = Image.new(mode, (60, 40))
        for orientation in range(1, 9):
            for region in (None, (1, 2, 20, 30)):
                for side_px in (10, 100):
                    render(picture, orientation, View(side_px, region, is_grey=False))
                    render(picture, orientation, View(side_px, region, is_grey=True))


def render(picture: Image.Image, orientation: int, view: View) -> Rendering:
    """Render a decoded picture.

    The part is cut out before anything is converted or turned: of a large picture nothing else
    is ever held twice.

    Args:
        picture: As it was decoded, in any mode.
        orientation: What EXIF says of it, 1 to 8.
        view: What is asked for.

    Raises:
        Refused: The region lies outside of the picture.
    """
    whole = _turned_size(picture.size, orientation)
    box = _box(whole, view.region)
    part = picture.crop(stored_box(box, picture.size, orientation))
    size = fitted((box[2] - box[0], box[3] - box[1]), view.side_px)
    if part.mode not in _SCALED_AS_THEY_ARE or "transparency" in picture.info:
        part = as_rgb(part)
    stored_size = _turned_size(size, orientation)
    if stored_size != part.size:
        part = part.resize(stored_size, Image.Resampling.LANCZOS)
    part = part.convert("L" if view.is_grey else "RGB")
    return Rendering(upright(part, orientation), *whole)


def stored_box(box: Box, stored_size: tuple[int, int], orientation: int) -> Box:
    """Return where a box of the upright picture lies in the picture as stored."""
    left, top, right, bottom = box
    if orientation >= _SIDEWAYS:
        left, top, right, bottom = top, left, bottom, right
    width, height = stored_size
    if orientation in (2, 3, 7, 8):
        left, right = width - right, width - left
    if orientation in (3, 4, 6, 7):
        top, bottom = height - bottom, height - top
    return left, top, right, bottom


def _box(size: tuple[int, int], region: tuple[int, int, int, int] | None) -> Box:
    width, height = size
    if region is None:
        return 0, 0, width, height
    left, top = region[0], region[1]
    right, bottom = min(left + region[2], width), min(top + region[3], height)
    if left >= right or top >= bottom:
        raise Refused("outside", f"the picture measures {width} x {height} px")
    return left, top, right, bottom


def _turned_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= _SIDEWAYS else size
