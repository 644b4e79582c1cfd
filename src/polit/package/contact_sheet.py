"""Draw safe tiles on a sheet: our own authenticated tiles, enlarged, numbered, no names."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from polit.base.errors import IntegrityError

_CELL_PX = 88
_TILE_PX = 72
_MAX_SIDE_PX = 24
_MARGIN_PX = 16
_HEADING_PX = 32
_MAX_ROWS = 600
_ROW_PX = _CELL_PX + 12
_COLUMNS = 13
"""A cover and the twelve tiles of a story."""
_NUMBER_PX = 28
_FRAME_PX = 4
_INK, _FAINT = 60, 170


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """What is drawn of one content.

    Args:
        cover: Its encoded safe tile (WebP, grey, at most 24 px on the longer side).
        story: Those of its story, in order.
        is_video: Whether it gets the mark of a video.
        duration_ms: How long it plays, if told.
    """

    cover: bytes
    story: tuple[bytes, ...] = ()
    is_video: bool = False
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn sheet as PNG."""

    png: bytes
    columns: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class _Placed:
    number: int
    row: int
    column: int
    picture: SheetPicture


def draw_sheet(pictures: Sequence[SheetPicture], *, heading: str) -> Sheet:
    """Draw tiles row by row, numbered; what has a story takes a cell for each of its tiles.

    A frame holds a story together, a mark tells a video and how long it plays.

    Args:
        pictures: What is drawn, in order.
        heading: A line above them.

    Returns:
        The sheet; beyond 600 rows it grows wider instead of longer.

    Raises:
        IntegrityError: A tile is no WebP, or has a side of 0 or over 24 px.
    """
    cells = sum(1 + len(picture.story) for picture in pictures)
    columns = _COLUMNS * max(1, -(-cells // (_MAX_ROWS * _COLUMNS)))
    placed = _place(pictures, columns)
    # A row that a story does not fit into stays short: more rows than cells alone make.
    while placed and placed[-1].row >= _MAX_ROWS:
        columns += _COLUMNS
        placed = _place(pictures, columns)
    rows = placed[-1].row + 1 if placed else 1
    width = 2 * _MARGIN_PX + columns * _CELL_PX
    height = 2 * _MARGIN_PX + _HEADING_PX + rows * _ROW_PX
    sheet = Image.new("L", (width, height), 255)
    pen = _Pen(sheet)
    pen.head(f"{heading} ({len(pictures)})")
    for each in placed:
        pen.draw(each)
    room = io.BytesIO()
    sheet.save(room, "PNG", optimize=True)
    return Sheet(room.getvalue(), columns, width, height)


def _place(pictures: Sequence[SheetPicture], columns: int) -> list[_Placed]:
    """Place pictures in order; a story is not broken over two rows."""
    placed, row, column = [], 0, 0
    for number, picture in enumerate(pictures, start=1):
        cells = 1 + len(picture.story)
        if column + cells > columns:
            row, column = row + 1, 0
        placed.append(_Placed(number, row, column, picture))
        column += cells
    return placed


class _Pen:
    """Draws on one sheet."""

    def __init__(self, sheet: Image.Image) -> None:
        self._sheet = sheet
        self._draw = ImageDraw.Draw(sheet)
        self._font, self._small = ImageFont.load_default(18), ImageFont.load_default(11)

    def head(self, text: str) -> None:
        self._draw.text((_MARGIN_PX, _MARGIN_PX), text, fill=0, font=self._font)

    def draw(self, placed: _Placed) -> None:
        picture = placed.picture
        left = _MARGIN_PX + placed.column * _CELL_PX
        top = _MARGIN_PX + _HEADING_PX + placed.row * _ROW_PX
        for place, tile in enumerate((picture.cover, *picture.story)):
            self._paste(tile, left + place * _CELL_PX, top)
        if picture.story:
            right = left + (1 + len(picture.story)) * _CELL_PX - (_CELL_PX - _TILE_PX) // 2
            frame = (left - _FRAME_PX, top - _FRAME_PX, right, top + _ROW_PX - 2 * _FRAME_PX)
            self._draw.rectangle(frame, outline=_FAINT)
        self._draw.text((left, top + _TILE_PX + 2), str(placed.number), fill=_INK, font=self._small)
        self._mark(picture, left, top)

    def _paste(self, tile: bytes, left: int, top: int) -> None:
        enlarged = _enlarged(tile)
        self._sheet.paste(enlarged, (left + (_TILE_PX - enlarged.width) // 2, top))

    def _mark(self, picture: SheetPicture, left: int, top: int) -> None:
        """Tell beside the number that it plays: a strip of film for a video, and how long."""
        top += _TILE_PX + 3
        left += _NUMBER_PX
        if picture.is_video:
            self._draw.rectangle((left, top, left + 14, top + 10), fill=_INK)
            for hole in range(left + 2, left + 14, 4):
                self._draw.rectangle((hole, top + 1, hole + 1, top + 2), fill=255)
                self._draw.rectangle((hole, top + 8, hole + 1, top + 9), fill=255)
        if picture.duration_ms is not None:
            text = _duration(picture.duration_ms)
            self._draw.text((left + 17, top - 1), text, fill=_INK, font=self._small)


def _duration(duration_ms: int) -> str:
    """Return minutes and seconds, the begun second counted."""
    minutes, seconds = divmod(-(-duration_ms // 1000), 60)
    return f"{minutes}:{seconds:02}"


def _enlarged(encoded: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(encoded), formats=["WEBP"]) as tile:
            if not 0 < min(tile.size) <= max(tile.size) <= _MAX_SIDE_PX:
                raise IntegrityError(f"a safe tile measures {tile.size} px: it is none of ours")
            grey = tile.convert("L")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise IntegrityError("a safe tile is no picture: it is none of ours") from error
    factor = _TILE_PX // max(grey.size)
    return grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.NEAREST)
