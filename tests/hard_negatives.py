"""Pictures that are not the same and might be taken for it: drawn pages, screens, flat ones.

Each is of a seed. Within a kind the layout is the same and the content another, as with real
pages of one letterhead or screens of one program.
"""

from collections.abc import Callable, Iterator

import numpy as np
from altered_pictures import font_of
from evidence.contents import gradient
from PIL import Image, ImageDraw, ImageFilter

_LETTERS = tuple("etaoinshrdlucmfwypvbgkjqxz")
_BURST_SHARES = (0.0, 0.01, 0.02, 0.04, 0.08, 0.16)


def page(seed: int) -> Image.Image:
    """Return a scanned page of text: lines of equal height, paragraphs where they fall."""
    rng = np.random.default_rng(seed)
    made, draw = _sheet(rng)
    row = 150
    while row < 1600:
        draw.text((130, row), _words(rng, int(rng.integers(40, 74))), 40, font_of(26))
        row += 36 if rng.random() < 0.85 else 90
    return made


def letter(seed: int) -> Image.Image:
    """Return a page with the same letterhead as every other, and other text."""
    rng = np.random.default_rng(seed)
    made, draw = _sheet(rng)
    draw.rectangle((100, 80, 330, 200), fill=60)
    draw.text((700, 100), "Example Department\n1 High Street\nTown", 40, font_of(30))
    for line in range(int(rng.integers(16, 26))):
        draw.text((130, 420 + line * 40), _words(rng, 66), 40, font_of(26))
    return made


def form(seed: int) -> Image.Image:
    """Return one form with boxes, filled in with other entries."""
    rng = np.random.default_rng(seed)
    made, draw = _sheet(rng)
    draw.text((120, 90), "APPLICATION FOR A PERMIT", 30, font_of(44))
    for row in range(18):
        top = 200 + row * 76
        draw.rectangle((120, top, 1120, top + 60), outline=50, width=3)
        draw.line((420, top, 420, top + 60), 50, 3)
        draw.text((135, top + 16), f"{row + 1}. Name of it", 50, font_of(26))
        if rng.random() < 0.8:
            draw.text((440, top + 14), _words(rng, int(rng.integers(5, 34))), 20, font_of(30))
    return made


def screen(seed: int) -> Image.Image:
    """Return a list in a phone's messenger: the same bars, other names and lines."""
    rng = np.random.default_rng(seed)
    made = Image.new("RGB", (720, 1440), "white")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, 720, 120), fill="#075e54")
    draw.text((30, 40), "Chats", "white", font_of(44))
    for row in range(9):
        top = 140 + row * 130
        colour = tuple(int(part) for part in rng.integers(40, 220, 3))
        draw.ellipse((24, top, 120, top + 96), fill=colour)
        draw.text((145, top + 8), _words(rng, int(rng.integers(5, 16))), "black", font_of(32))
        draw.text((145, top + 52), _words(rng, int(rng.integers(12, 36))), "#666666", font_of(26))
    draw.rectangle((0, 1330, 720, 1440), fill="#eeeeee")
    return made


def desktop(seed: int) -> Image.Image:
    """Return a program's window: the same menus and tree, another table."""
    rng = np.random.default_rng(seed)
    made = Image.new("RGB", (1280, 800), "#f0f0f0")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, 1280, 60), fill="#2b579a")
    draw.text((20, 14), "File   Edit   View   Tools   Help", "white", font_of(28))
    draw.rectangle((0, 60, 260, 800), fill="#dcdcdc")
    for row in range(22):
        draw.text((20, 80 + row * 32), _words(rng, 14), "black", font_of(20))
        for column in range(4):
            place = (290 + column * 240, 80 + row * 32)
            draw.text(place, _words(rng, int(rng.integers(4, 18))), "#333333", font_of(20))
    return made


def flat(seed: int) -> Image.Image:
    """Return what has nothing to recognise: a colour, or a gradient, with a sensor's grain."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 256, (2, 2, 3))
    if seed % 2:
        corners[:] = corners[0, 0]
    smooth = Image.fromarray(corners.astype(np.uint8)).resize((800, 600), Image.Resampling.BICUBIC)
    grain = rng.normal(0, 3, (600, 800, 1))
    return Image.fromarray(np.clip(np.asarray(smooth) + grain, 0, 255).astype(np.uint8))


def one_colour(seed: int) -> Image.Image:
    """Return a picture of one colour, as a covered lens or an empty frame gives."""
    colour = tuple(int(part) for part in np.random.default_rng(seed).integers(0, 256, 3))
    return Image.new("RGB", (800, 600), colour)


def smooth(seed: int) -> Image.Image:
    """Return a gradient without grain, as drawn backgrounds are."""
    return gradient(seed, 800, 600)


def blank_page(seed: int) -> Image.Image:
    """Return a scanned page that holds a number alone."""
    made, draw = _sheet(np.random.default_rng(seed))
    draw.text((600, 1660), str(seed), 40, font_of(26))
    return made


def night(seed: int) -> Image.Image:
    """Return darkness with one light in it, somewhere."""
    rng = np.random.default_rng(seed)
    made = Image.new("RGB", (800, 600), "black")
    across, down = int(rng.integers(50, 750)), int(rng.integers(50, 550))
    draw = ImageDraw.Draw(made)
    draw.ellipse((across - 9, down - 9, across + 9, down + 9), fill="#ffe0a0")
    return made.filter(ImageFilter.GaussianBlur(6))


FLAT_KINDS: dict[str, Callable[[int], Image.Image]] = {
    "one colour": one_colour,
    "gradients without grain": smooth,
    "blank pages with a number": blank_page,
    "a light in the dark": night,
}

KINDS: dict[str, Callable[[int], Image.Image]] = {
    "pages of text": page,
    "letters of one letterhead": letter,
    "one form, other entries": form,
    "screens of a messenger": screen,
    "windows of a program": desktop,
    "flat pictures": flat,
}


def burst(picture: Image.Image) -> Iterator[tuple[float, Image.Image]]:
    """Yield shots of one scene: the camera moved on by a share of what it sees.

    Each is seven tenths of the photograph, so that all lie within it.
    """
    width, height = picture.width * 7 // 10, picture.height * 7 // 10
    for share in _BURST_SHARES:
        left, top = round(width * share), round(height * share / 2)
        yield share, picture.crop((left, top, left + width, top + height))


def regions(picture: Image.Image, *, least_px: int = 160) -> Iterator[Image.Image]:
    """Yield parts that do not overlap, three by three, fewer where they would be too small."""
    parts = max(1, min(3, min(picture.size) // least_px))
    width, height = picture.width // parts, picture.height // parts
    for cell in range(parts * parts):
        left, top = cell % parts * width, cell // parts * height
        yield picture.crop((left, top, left + width, top + height))


def _sheet(rng: np.random.Generator) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return paper as a scanner sees it, A4 at 150 dpi, and what draws on it."""
    paper = rng.normal(244, 3, (1754, 1240))
    made = Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))
    return made, ImageDraw.Draw(made)


def _words(rng: np.random.Generator, length: int) -> str:
    text = ""
    while len(text) < length:
        size = int(rng.integers(2, 10))
        text += "".join(_LETTERS[int(26 * rng.random() ** 2)] for _ in range(size)) + " "
    return text[:length]
