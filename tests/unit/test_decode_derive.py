"""Derivatives: upright, white where transparent, right in every mode, the same everywhere."""

import numpy as np
import pytest
from PIL import Image, ImageCms
from still_pictures import scene, sixteen_bits

from polit.decode.colours import deep_grey, rgb_of_lab
from polit.decode.derive import derive

# What a viewer sees in the four corners, clockwise from the upper left, when it applies the
# orientation to a stored picture whose corners are 0 1 2 3 (EXIF 3.0, 4.6.5.1.6).
UPRIGHT = {
    1: (0, 1, 2, 3),
    2: (1, 0, 3, 2),
    3: (2, 3, 0, 1),
    4: (3, 2, 1, 0),
    5: (0, 3, 2, 1),
    6: (3, 0, 1, 2),
    7: (2, 1, 0, 3),
    8: (1, 2, 3, 0),
}


def corners(picture: Image.Image) -> tuple[int, ...]:
    right, low = picture.width - 1, picture.height - 1
    places = ((0, 0), (right, 0), (right, low), (0, low))
    found = [picture.convert("L").getpixel(place) for place in places]
    return tuple(round(float(np.asarray(value)) / 60) for value in found)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(80, 60), (800, 600), (4000, 3000)])
def test_derivatives_stand_upright(orientation: int, size: tuple[int, int]) -> None:
    stored = Image.new("L", (2, 2))
    stored.putdata([0, 60, 180, 120])
    made = derive(stored.resize(size, Image.Resampling.NEAREST), orientation=orientation)
    assert corners(made.thumbnail) == UPRIGHT[orientation]
    assert corners(made.tile) == UPRIGHT[orientation]
    wide = made.thumbnail.width > made.thumbnail.height
    assert wide is (orientation <= 4)


@pytest.mark.parametrize("orientation", [0, 9, -1, 255])
def test_an_orientation_out_of_range_turns_nothing(orientation: int) -> None:
    made = derive(scene(), orientation=orientation)
    assert made.thumbnail.tobytes() == derive(scene()).thumbnail.tobytes()


@pytest.mark.parametrize("mode", ["LA", "La", "PA", "RGBA", "RGBa"])
def test_what_is_transparent_is_white(mode: str) -> None:
    clear = Image.new("RGBA", (700, 500), (9, 9, 9, 0))
    picture = clear.convert("RGBa") if mode == "RGBa" else clear.convert("LA").convert(
        "La") if mode == "La" else clear.convert(mode)  # fmt: skip
    assert derive(picture).thumbnail.getextrema() == ((255, 255),) * 3


def test_the_transparent_colour_of_a_palette_is_white() -> None:
    picture = Image.new("P", (30, 30), 3)
    picture.putpalette([10, 10, 10] * 256)
    picture.info["transparency"] = 3
    assert derive(picture).thumbnail.getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr", "HSV", "I", "F"])
@pytest.mark.parametrize("size", [(30, 20), (300, 200), (1600, 900)])
def test_every_mode_looks_like_its_picture(mode: str, size: tuple[int, int]) -> None:
    grey = Image.linear_gradient("L").resize(size)
    made = derive(grey.convert(mode))
    rows = np.asarray(made.thumbnail.convert("L")).mean(axis=1)
    assert rows[0] < 40
    assert rows[-1] > 215
    assert len(rows) < 10 or np.all(np.diff(rows[:: len(rows) // 5]) > 0)


def test_sixteen_bits_give_their_high_byte() -> None:
    made = derive(sixteen_bits())
    expected = derive(scene().convert("L"))
    assert made.thumbnail.tobytes() == expected.thumbnail.tobytes()


def test_twelve_bits_in_sixteen_are_not_black() -> None:
    samples = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    assert deep_grey(Image.fromarray(samples)).getextrema() == (0, 255)


def test_floating_point_spans_dark_to_bright_whatever_its_unit() -> None:
    ramp = np.linspace(-3.5, 7e5, 256, dtype=np.float32).reshape(16, 16)
    assert deep_grey(Image.fromarray(ramp)).getextrema() == (0, 255)
    for bad in (np.nan, np.inf, -np.inf):
        ramp[3, 3] = bad
        low, high = deep_grey(Image.fromarray(ramp)).getextrema()
        assert isinstance(low, int | float)
        assert isinstance(high, int | float)
        assert 0 <= low <= high <= 255
    assert deep_grey(Image.new("F", (4, 4), 2.5)).getextrema() == (0, 0)


def test_lab_is_what_a_colour_management_library_gives() -> None:
    chance = np.random.default_rng(3)
    colours = chance.integers(0, 256, (40, 40, 3), dtype=np.uint8)
    picture = Image.fromarray(colours)
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    as_lab = ImageCms.profileToProfile(picture, srgb, lab, outputMode="LAB")
    assert as_lab is not None
    back = ImageCms.profileToProfile(as_lab, lab, srgb, outputMode="RGB")
    assert back is not None
    ours, theirs = (np.asarray(one).astype(int) for one in (rgb_of_lab(as_lab), back))
    assert np.abs(ours - theirs).mean() < 1.2
    # The library goes through a coarse table: ours comes closer to what was put in.
    assert np.abs(ours - colours).mean() < np.abs(theirs - colours).mean()
