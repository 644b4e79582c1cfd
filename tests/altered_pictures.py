"""What editors, messengers and phones make of a picture, each as a file of its own."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Change = Callable[[Image.Image], Image.Image]

_FONT = "It was a fine day by the sea, and nobody wanted to go home. "
_PHONE_PX = (1080, 2340)


@dataclass(frozen=True, slots=True)
class Alteration:
    """One way of making a copy.

    Args:
        name: What the table calls it.
        kind: What it is a kind of: ``recompressed``, ``resized``, ``sent on``, ``cropped``,
            ``framed``, ``marked``, ``toned``, ``blurred``, ``screenshot``, ``turned``.
        changes: What is done, one after the other; each step is encoded as JPEG and decoded.
        quality: Of every JPEG, 1 to 95.
    """

    name: str
    kind: str
    changes: tuple[Change, ...]
    quality: int = 90

    def content(self, picture: Image.Image) -> bytes:
        """Return the copy as a JPEG file."""
        content = b""
        for change in self.changes:
            content = jpeg(change(picture), self.quality)
            picture = decoded(content)
        return content


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """Encode a picture."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def decoded(content: bytes) -> Image.Image:
    """Decode a file."""
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        return picture


def same(picture: Image.Image) -> Image.Image:
    """Change nothing."""
    return picture


def resized(share: float) -> Change:
    """Return a change to a share of both sides."""

    def change(picture: Image.Image) -> Image.Image:
        size = (max(1, round(side * share)) for side in picture.size)
        return picture.resize((next(size), next(size)), Image.Resampling.BICUBIC)

    return change


def cropped(share: float) -> Change:
    """Return a change that cuts a share of width and height off each side."""

    def change(picture: Image.Image) -> Image.Image:
        across, down = round(picture.width * share), round(picture.height * share)
        return picture.crop((across, down, picture.width - across, picture.height - down))

    return change


def cut_below(share: float) -> Change:
    """Return a change that cuts a share of the height off the lower side alone."""

    def change(picture: Image.Image) -> Image.Image:
        return picture.crop((0, 0, picture.width, round(picture.height * (1 - share))))

    return change


def framed(share: float, colour: str) -> Change:
    """Return a change that adds a border, a share of the shorter side wide."""

    def change(picture: Image.Image) -> Image.Image:
        return ImageOps.expand(picture, max(1, round(min(picture.size) * share)), colour)

    return change


def captioned(share: float, *, over: bool) -> Change:
    """Return a change that adds a bar with a line of text below, or lays it over the picture."""

    def change(picture: Image.Image) -> Image.Image:
        bar = max(8, round(picture.height * share))
        height = picture.height + (0 if over else bar)
        made = Image.new("RGB", (picture.width, height), "white")
        made.paste(picture)
        draw = ImageDraw.Draw(made)
        draw.rectangle((0, height - bar, picture.width, height), fill="white")
        draw.text((bar // 4, height - bar + bar // 5), _FONT, "black", font_of(bar // 2))
        return made

    return change


def font_of(height_px: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Return Pillow's own font in a size."""
    return ImageFont.load_default(max(4, height_px))


def marked(share: float) -> Change:
    """Return a change that puts a logo of a share of the width into the lower right corner."""

    def change(picture: Image.Image) -> Image.Image:
        made = picture.copy()
        side = max(6, round(picture.width * share))
        right, below = picture.width - side // 5, picture.height - side // 5
        draw = ImageDraw.Draw(made)
        draw.ellipse((right - side, below - side, right, below), fill="#d4351c", outline="white")
        place = (right - side * 7 // 8, below - side * 2 // 3)
        draw.text(place, "LOGO", "white", font_of(side // 3))
        return made

    return change


def grey(picture: Image.Image) -> Image.Image:
    """Take the colour away."""
    return ImageOps.grayscale(picture)


def brightness(factor: float) -> Change:
    """Return a change of the brightness."""
    return lambda picture: ImageEnhance.Brightness(picture).enhance(factor)


def contrast(factor: float) -> Change:
    """Return a change of the contrast."""
    return lambda picture: ImageEnhance.Contrast(picture).enhance(factor)


def saturation(factor: float) -> Change:
    """Return a change of the colours' strength."""
    return lambda picture: ImageEnhance.Color(picture).enhance(factor)


def blurred(share: float) -> Change:
    """Return a Gaussian blur with a radius of a share of the shorter side."""

    def change(picture: Image.Image) -> Image.Image:
        return picture.filter(ImageFilter.GaussianBlur(min(picture.size) * share))

    return change


def sharpened(picture: Image.Image) -> Image.Image:
    """Sharpen as phones do."""
    return picture.filter(ImageFilter.UnsharpMask(2, 150, 2))


def on_a_phone(picture: Image.Image) -> Image.Image:
    """Show the picture as wide as a phone's screen, between black and two bars."""
    screen = Image.new("RGB", _PHONE_PX, "black")
    width = _PHONE_PX[0]
    shown = ImageOps.contain(picture, (width, _PHONE_PX[1] - 300), Image.Resampling.BICUBIC)
    screen.paste(shown, ((width - shown.width) // 2, (_PHONE_PX[1] - shown.height) // 2))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, width, 90), fill="#303030")
    draw.text((40, 22), "21:04      Photos      67 %", "white", font_of(42))
    draw.rectangle((0, _PHONE_PX[1] - 140, width, _PHONE_PX[1]), fill="#303030")
    draw.text((60, _PHONE_PX[1] - 95), "Share    Edit    Delete", "white", font_of(42))
    return screen


def in_a_window(picture: Image.Image) -> Image.Image:
    """Show the picture in a program's window that shows a little more than it."""
    bar = max(10, picture.height // 20)
    window = Image.new("RGB", (picture.width + bar, picture.height + 2 * bar), "#dddddd")
    window.paste(picture, (bar // 2, bar * 3 // 2))
    draw = ImageDraw.Draw(window)
    draw.text((bar // 2, bar // 4), "File  Edit  View  picture", "black", font_of(bar * 2 // 3))
    return window


def from_a_screen(picture: Image.Image) -> Image.Image:
    """Screenshot of a phone, cut back to the picture by hand: scaled, a few pixels off."""
    shown = ImageOps.contain(picture, (_PHONE_PX[0], _PHONE_PX[1]), Image.Resampling.BICUBIC)
    return shown.crop((3, 4, shown.width - 5, shown.height - 2))


def turned(how: Image.Transpose) -> Change:
    """Return a change that turns or mirrors."""
    return lambda picture: picture.transpose(how)


def tilted(degrees: float) -> Change:
    """Return a change that rotates by some degrees, the corners black."""
    return lambda picture: picture.rotate(degrees, Image.Resampling.BICUBIC)


ALTERATIONS = (
    *(Alteration(f"q{q}", "recompressed", (same,), q) for q in (95, 90, 80, 70, 50, 30)),
    *(Alteration(f"{p} %", "resized", (resized(p / 100),)) for p in (75, 50, 25)),
    Alteration("50 %, q50", "sent on", (resized(0.5),), 50),
    Alteration("25 %, q30", "sent on", (resized(0.25),), 30),
    Alteration("75 % and q60, twice", "sent on", (resized(0.75), resized(0.75)), 60),
    *(Alteration(f"{p} % off each side", "cropped", (cropped(p / 100),)) for p in (1, 2, 5, 10)),
    Alteration("10 % off below", "cropped", (cut_below(0.1),)),
    Alteration("border 1 %, white", "framed", (framed(0.01, "white"),)),
    Alteration("border 2 %, white", "framed", (framed(0.02, "white"),)),
    Alteration("border 5 %, black", "framed", (framed(0.05, "black"),)),
    Alteration("caption bar below, 10 %", "framed", (captioned(0.1, over=False),)),
    Alteration("caption bar over, 10 %", "marked", (captioned(0.1, over=True),)),
    Alteration("small logo, 8 % wide", "marked", (marked(0.08),)),
    Alteration("logo, 20 % wide", "marked", (marked(0.2),)),
    Alteration("grey", "toned", (grey,)),
    Alteration("darker, 0.7", "toned", (brightness(0.7),)),
    Alteration("brighter, 1.3", "toned", (brightness(1.3),)),
    Alteration("contrast 1.4", "toned", (contrast(1.4),)),
    Alteration("colours 1.6", "toned", (saturation(1.6),)),
    Alteration("sharpened", "blurred", (sharpened,)),
    Alteration("blurred, 0.5 %", "blurred", (blurred(0.005),)),
    Alteration("on a phone, with bars", "screenshot", (on_a_phone,)),
    Alteration("in a window", "screenshot", (in_a_window,)),
    Alteration("on a phone, cut back", "screenshot", (from_a_screen,)),
    Alteration("tilted by 2 degrees", "turned", (tilted(2),)),
    Alteration("mirrored", "turned", (turned(Image.Transpose.FLIP_LEFT_RIGHT),)),
    Alteration("rotated by 90", "turned", (turned(Image.Transpose.ROTATE_90),)),
    Alteration("rotated by 180", "turned", (turned(Image.Transpose.ROTATE_180),)),
)
