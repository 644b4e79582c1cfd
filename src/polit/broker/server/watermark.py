"""Burns who looked, when and for which event into pixels, and encodes them: nothing else is kept.

The mark is repeated diagonally, so that no part worth cutting out is without it, and stands in a
footer below the picture, where it hides nothing. A picture of 160 px has room for two lines, who
and which event, and no footer: the event tells the instant. What comes in are pixels that crossed
the sandbox's border; no file of the device is parsed here.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from polit.base.clock import instant_text
from polit.model.media import PixelBlock

MEDIA_TYPE = "image/jpeg"
_QUALITY = 88
_MAX_NAME_CHARS = 40
_LEAST_WIDTH_PX = 120
"""A narrower picture is widened by its footer: the mark must stay legible."""
_ANGLE = 30
_PART_OF_SIDE = 28
_LEAST_FONT_PX, _MOST_FONT_PX = 10, 56
_FOOTER_FONT_PX = (10, 48)
_SMALL_FONT_PX = 10
_SMALL_NAME_CHARS = 24
"""As many letters of 10 px as 160 px hold."""
_FILL_ALPHA, _EDGE_ALPHA = 0.34, 0.26
"""Seen at a glance on any ground, and what lies beneath is still made out."""
_WHITE, _BLACK, _PAPER = 255, 0, 236

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Stamp = tuple[Image.Image, Image.Image]
"""Masks of the same size: of the strokes, and of the edge around them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is burnt in.

    Args:
        viewer: The name of who looks, untrusted text.
        event_id: The audit event, a UUID.
        shown_at: When it is shown.
    """

    viewer: str
    event_id: str
    shown_at: datetime

    @property
    def lines(self) -> tuple[str, str, str]:
        """The viewer, the instant and the event's first part, as ASCII."""
        return plain(self.viewer), instant_text(self.shown_at), self._event

    @property
    def small_lines(self) -> tuple[str, str]:
        """The viewer, cut short, and the event's first part, as ASCII."""
        name = plain(self.viewer)
        if len(name) > _SMALL_NAME_CHARS:
            name = name[: _SMALL_NAME_CHARS - 3] + "..."
        return name, self._event

    @property
    def _event(self) -> str:
        return f"event {self.event_id[:8]}"


@dataclass(frozen=True, slots=True)
class EncodedPixels:
    """Encoded pixels and their size."""

    data: bytes
    width_px: int
    height_px: int


def plain(name: str) -> str:
    r"""Return a name as the font has it: ASCII; accents fall away, all else stands as ``\u{NN}``.

    Pillow's own font holds ASCII alone, and a font of the system may be missing: a mark that
    shows empty boxes names nobody. The event's id finds the exact name.
    """
    shown = ""
    for char in unicodedata.normalize("NFKD", name[: 4 * _MAX_NAME_CHARS]):
        if " " <= char <= "~":
            shown += char
        elif not unicodedata.combining(char):
            shown += f"\\u{{{ord(char):x}}}"
    shown = shown.strip() or "(no name)"
    return shown if len(shown) <= _MAX_NAME_CHARS else shown[: _MAX_NAME_CHARS - 3] + "..."


class Marker:
    """Burns one mark into any number of pictures; what it burns in is drawn once a size."""

    def __init__(self, mark: Mark) -> None:
        """Take the mark."""
        self._mark = mark
        self._stamps: dict[int, Stamp] = {}
        self._small: tuple[Stamp, ...] = ()

    def burn(self, block: PixelBlock) -> EncodedPixels:
        """Return pixels with the mark in them and below them, as JPEG without metadata."""
        picture = _picture(block)
        self._repeat(picture)
        return _encoded(_with_footer(picture, self._mark))

    def burn_small(self, block: PixelBlock) -> EncodedPixels:
        """Return pixels of at most some 160 px with a small mark in them, of the same size.

        It stands along the lower edge: what is decided at this size is often small and in the
        middle, and whoever cannot make it out asks for more.
        """
        picture = _picture(block)
        stamp = self._small_stamp(picture.width)
        _put(picture, stamp, (2, max(0, picture.height - stamp[0].height - 1)))
        return _encoded(picture)

    def _small_stamp(self, width_px: int) -> Stamp:
        """Return the small mark on one line, on two where one is wider than the picture."""
        if not self._small:
            lines = self._mark.small_lines
            self._small = tuple(_stamp(gap.join(lines), _SMALL_FONT_PX) for gap in ("  ", "\n"))
        one, two = self._small
        return one if one[0].width <= width_px - 2 else two

    def _repeat(self, picture: Image.Image) -> None:
        side_px = min(picture.size)
        font_px = max(_LEAST_FONT_PX, min(side_px // _PART_OF_SIDE, _MOST_FONT_PX))
        if font_px not in self._stamps:
            fill, edge = _stamp("\n".join(self._mark.lines), font_px)
            self._stamps[font_px] = _turned(fill), _turned(edge)
        stamp = self._stamps[font_px]
        step_x, step_y = stamp[0].width + font_px, stamp[0].height + font_px
        for row, top in enumerate(range(-step_y // 2, picture.height, step_y)):
            # Every other row is shifted: no straight cut passes between all of them.
            for left in range(-step_x // 2 * (row % 2) - step_x // 4, picture.width, step_x):
                _put(picture, stamp, (left, top))


def encode(block: PixelBlock, *, side_px: int | None = None) -> EncodedPixels:
    """Return pixels as JPEG without metadata, scaled down to a longest side where one is given."""
    picture = _picture(block)
    if side_px is not None:
        picture.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return _encoded(picture)


def _picture(block: PixelBlock) -> Image.Image:
    mode = "L" if block.channels == 1 else "RGB"
    return Image.frombytes(mode, (block.width_px, block.height_px), block.data)


def _encoded(picture: Image.Image) -> EncodedPixels:
    room = io.BytesIO()
    picture.save(room, "JPEG", quality=_QUALITY)
    return EncodedPixels(room.getvalue(), *picture.size)


def _put(picture: Image.Image, stamp: Stamp, place: tuple[int, int]) -> None:
    fill, edge = stamp
    picture.paste(_tone(picture, _BLACK), place, edge)
    picture.paste(_tone(picture, _WHITE), place, fill)


def _stamp(text: str, font_px: int) -> Stamp:
    """Return the masks of a text: its strokes, and the edge around them."""
    edge_px = max(1, font_px // 10)
    edge = _text_mask(text, font_px, edge_px, _EDGE_ALPHA)
    fill = Image.new("L", edge.size)
    strokes = _text_mask(text, font_px, 0, _FILL_ALPHA)
    fill.paste(strokes, ((edge.width - strokes.width) // 2, (edge.height - strokes.height) // 2))
    return fill, edge


def _text_mask(text: str, font_px: int, stroke_px: int, alpha: float) -> Image.Image:
    font = ImageFont.load_default(font_px)
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    box = draw.multiline_textbbox((0, 0), text, font=font, stroke_width=stroke_px)
    mask = Image.new("L", (int(box[2] - box[0]) + 2, int(box[3] - box[1]) + 2))
    ImageDraw.Draw(mask).multiline_text(
        (1 - box[0], 1 - box[1]),
        text,
        font=font,
        fill=round(255 * alpha),
        stroke_width=stroke_px,
    )
    return mask


def _turned(mask: Image.Image) -> Image.Image:
    return mask.rotate(_ANGLE, Image.Resampling.BILINEAR, expand=True)


def _with_footer(picture: Image.Image, mark: Mark) -> Image.Image:
    width_px = max(picture.width, _LEAST_WIDTH_PX)
    font_px = max(_FOOTER_FONT_PX[0], min(width_px // 50, _FOOTER_FONT_PX[1]))
    font = ImageFont.load_default(font_px)
    lines = _wrapped(mark.lines, font, width_px - font_px)
    line_px = font_px + font_px // 3
    whole = Image.new(
        picture.mode,
        (width_px, picture.height + line_px * len(lines) + font_px // 2),
        _tone(picture, _PAPER),
    )
    whole.paste(picture, (0, 0))
    draw = ImageDraw.Draw(whole)
    for number, line in enumerate(lines):
        place = (font_px // 2, picture.height + font_px // 4 + number * line_px)
        draw.text(place, line, font=font, fill=_tone(picture, _BLACK))
    return whole


def _wrapped(pieces: Sequence[str], font: Font, width_px: int) -> list[str]:
    """Put pieces into lines that fit; one that is longer than a line is broken within."""
    lines = [""]
    for piece in pieces:
        joined = f"{lines[-1]}   {piece}" if lines[-1] else piece
        if font.getlength(joined) <= width_px:
            lines[-1] = joined
            continue
        lines.append("")
        for char in piece:
            if font.getlength(lines[-1] + char) > width_px:
                lines.append("")
            lines[-1] += char
    return [line for line in lines if line]


def _tone(picture: Image.Image, value: int) -> int | tuple[int, int, int]:
    return value if picture.mode == "L" else (value, value, value)
