"""The mark in the pixels: everywhere, legible, harmless, and nothing else in the file."""

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from polit.broker.server.watermark import EncodedPixels, Mark, Marker, encode, plain
from polit.model.media import PixelBlock

EVENT = "4f3a9c12-0000-4000-8000-000000000000"
MARK = Mark("A. Example", EVENT, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def burn(pixels: PixelBlock, mark: Mark) -> EncodedPixels:
    return Marker(mark).burn(pixels)


def block(width: int, height: int, channels: int, value: int) -> PixelBlock:
    return PixelBlock(width, height, channels, bytes([value]) * (width * height * channels))


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("value", [0, 60, 128, 200, 255])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(160, 120), (900, 700)])
def test_every_quarter_of_a_picture_is_marked(
    size: tuple[int, int], channels: int, value: int
) -> None:
    made = burn(block(*size, channels, value), MARK)
    pixels = np.asarray(opened(made.data).convert("L"), dtype=int)[: size[1]]
    changed = abs(pixels - value) > 12
    for rows in np.array_split(changed, 2, axis=0):
        for quarter in np.array_split(rows, 2, axis=1):
            assert 0.005 < quarter.mean() < 0.6


def test_the_picture_stands_above_its_footer() -> None:
    made = burn(block(400, 300, 3, 90), MARK)
    assert made.width_px == 400
    assert 300 < made.height_px < 360
    assert opened(made.data).size == (made.width_px, made.height_px)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (16, 16)])
def test_a_tiny_picture_is_widened_until_its_footer_can_be_read(size: tuple[int, int]) -> None:
    made = burn(block(*size, 3, 90), MARK)
    assert made.width_px == max(size[0], 120)
    assert made.height_px > size[1] + 12


def test_grey_stays_grey_and_nothing_else_is_in_the_file() -> None:
    for channels, mode in ((1, "L"), (3, "RGB")):
        for made in (burn(block(90, 60, channels, 7), MARK), encode(block(90, 60, channels, 7))):
            picture = opened(made.data)
            assert picture.mode == mode
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert b"Exif" not in made.data
            assert b"Example" not in made.data


def test_another_viewer_instant_or_event_gives_other_pixels() -> None:
    plain_block = block(300, 200, 3, 128)
    others = (
        Mark("B. Example", EVENT, MARK.shown_at),
        Mark("A. Example", EVENT, datetime(2026, 1, 2, 3, 4, 6, tzinfo=UTC)),
        Mark("A. Example", "5" + EVENT[1:], MARK.shown_at),
    )
    first = burn(plain_block, MARK).data
    assert burn(plain_block, MARK).data == first
    assert all(burn(plain_block, other).data != first for other in others)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Renée Müller-Núñez", "Renee Muller-Nunez"),
        ("Ł. Вымысел", r"\u{141}. \u{412}\u{44b}\u{43c}\u{44b}..."),
        ("a\u202eb\u200bc\x00\n\x1b[31m", r"a\u{202e}b\u{200b}c\u{0}\u{a}\u{1b}[31m"),
        ("", "(no name)"),
        ("   ", "(no name)"),
        ("e" + "\u0301" * 5000, "e"),
        ("x" * 5000, "x" * 37 + "..."),
        ("\ud800", r"\u{d800}"),
    ],
)
def test_a_hostile_name_is_shown_as_printable_ascii(name: str, shown: str) -> None:
    assert plain(name) == shown
    burn(block(200, 150, 1, 50), Mark(name, EVENT, MARK.shown_at))


def test_a_thumbnail_keeps_its_shape_and_is_never_enlarged() -> None:
    assert (encode(block(900, 300, 3, 9), side_px=320).width_px) == 320
    assert encode(block(900, 300, 3, 9), side_px=320).height_px == 107
    assert encode(block(90, 30, 3, 9), side_px=320).width_px == 90
