"""An embedded thumbnail: what a camera does to it is no difference, what an edit leaves is one."""

import io
import random
import subprocess
import sys

import pytest
from PIL import Image, ImageDraw, ImageOps

from polit.decode.thumbnails import differs

Size = tuple[int, int]


def scene(seed: int, size: Size = (900, 600)) -> Image.Image:
    """Return a drawn landscape of shapes, another for each seed."""
    chooser = random.Random(seed)
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        left, top = chooser.randrange(size[0]), chooser.randrange(size[1])
        box = (left, top, left + chooser.randrange(20, 200), top + chooser.randrange(20, 200))
        colour = tuple(chooser.randrange(256) for _ in range(3))
        chooser.choice((draw.ellipse, draw.rectangle))(box, fill=colour)
    return picture


def embedded(picture: Image.Image, size: Size = (160, 120), quality: int = 75) -> Image.Image:
    """Return a thumbnail that fits a size, through JPEG."""
    small = picture.copy()
    small.thumbnail(size, Image.Resampling.BICUBIC)
    return through_jpeg(small, quality)


def through_jpeg(picture: Image.Image, quality: int = 75) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(io.BytesIO(stream.getvalue()))


def with_bars(picture: Image.Image, shade: int = 0) -> Image.Image:
    return through_jpeg(ImageOps.pad(picture, (160, 120), color=(shade,) * 3))


SEEDS = pytest.mark.parametrize("seed", range(8))


@SEEDS
@pytest.mark.parametrize("quality", [20, 50, 95])
@pytest.mark.parametrize("size", [(320, 240), (160, 120), (128, 96)])
def test_size_and_quality_are_no_difference(seed: int, quality: int, size: Size) -> None:
    picture = scene(seed)
    assert not differs(picture, embedded(picture, size, quality))


@SEEDS
@pytest.mark.parametrize("size", [(900, 600), (600, 900), (1600, 900), (640, 480)])
@pytest.mark.parametrize("shade", [0, 255])
def test_bars_are_no_difference(seed: int, size: Size, shade: int) -> None:
    picture = scene(seed, size)
    assert not differs(picture, with_bars(picture, shade))


@SEEDS
def test_a_stretched_thumbnail_is_no_difference(seed: int) -> None:
    picture = scene(seed)
    assert not differs(picture, through_jpeg(picture.resize((160, 120))))


@SEEDS
def test_the_middle_of_the_picture_is_no_difference(seed: int) -> None:
    picture = scene(seed)
    assert not differs(picture, through_jpeg(ImageOps.fit(picture, (160, 120))))


@SEEDS
@pytest.mark.parametrize("gamma", [0.75, 1.33])
def test_another_curve_of_brightness_is_no_difference(seed: int, gamma: float) -> None:
    picture = scene(seed)
    curve = [round(255 * (level / 255) ** gamma) for level in range(256)] * 3
    assert not differs(picture, embedded(picture.point(curve)))


@SEEDS
@pytest.mark.parametrize(
    "turn",
    [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270],
)
def test_a_picture_that_was_turned_is_no_difference(seed: int, turn: Image.Transpose) -> None:
    picture = scene(seed)
    assert not differs(picture.transpose(turn), with_bars(picture))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "P", "1", "I;16"])
def test_every_mode_is_taken(mode: str) -> None:
    picture = scene(1)
    if mode == "I;16":
        deep = picture.convert("L").convert("I").point(lambda level: level * 257)
        assert not differs(deep.convert("I;16"), embedded(picture.convert("L")))
    else:
        assert not differs(picture.convert(mode), embedded(picture))


@SEEDS
def test_another_scene_is_a_difference(seed: int) -> None:
    assert differs(scene(seed), embedded(scene(seed + 100)))


@SEEDS
@pytest.mark.parametrize("kept", [0.5, 0.7, 0.8])
@pytest.mark.parametrize("corner", [0.0, 0.5, 1.0])
def test_what_was_cut_away_is_a_difference(seed: int, kept: float, corner: float) -> None:
    picture = scene(seed)
    width, height = round(900 * kept), round(600 * kept)
    left, top = round((900 - width) * corner), round((600 - height) * corner)
    assert differs(picture.crop((left, top, left + width, top + height)), embedded(picture))


@SEEDS
@pytest.mark.parametrize("place", [(100, 100), (400, 250), (600, 350)])
def test_what_was_covered_is_a_difference(seed: int, place: Size) -> None:
    picture = scene(seed)
    covered = picture.copy()
    covered.paste((0, 0, 0), (*place, place[0] + 200, place[1] + 150))
    assert differs(covered, embedded(picture))
    assert differs(covered, with_bars(picture))


def test_a_picture_made_black_is_a_difference() -> None:
    assert differs(Image.new("RGB", (900, 600)), embedded(scene(1)))


@pytest.mark.parametrize("size", [(15, 120), (160, 1), (1, 1)])
def test_what_is_too_small_says_nothing(size: Size) -> None:
    assert not differs(scene(1), Image.new("L", size))
    assert not differs(Image.new("L", size), scene(1))


@pytest.mark.parametrize("size", [(5000, 16), (16, 5000), (17, 16)])
def test_odd_proportions_are_compared(size: Size) -> None:
    assert differs(Image.linear_gradient("L").resize(size), embedded(scene(1)))
    assert not differs(Image.new("L", size), Image.new("L", (160, 120)))


LOCKED = """
import sys
import test_decode_thumbnails as made
from polit.decode import thumbnails
thumbnails.warm()
pairs = [(made.scene(1, size), made.with_bars(made.scene(seed)))
         for size in ((900, 600), (160, 120), (50, 300)) for seed in (1, 2)]
def refuse(event, arguments):
    if event in ("import", "open") or event.startswith(("os.", "socket.", "subprocess.")):
        raise SystemExit(f"after the lockdown: {event} {arguments}")
sys.addaudithook(refuse)
print([thumbnails.differs(picture, thumbnail) for picture, thumbnail in pairs])
"""


def test_nothing_is_loaded_or_opened_after_warming() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOCKED],
        cwd="tests/unit", capture_output=True, text=True, check=False,
        env={"PYTHONPATH": "../../tests", "PATH": ""},
    )  # fmt: skip
    assert done.stdout == "[False, True, True, True, True, True]\n", done.stderr
