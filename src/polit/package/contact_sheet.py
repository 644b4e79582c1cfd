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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn sheet as PNG."""

    png: bytes
    columns: int
    width_px: int
    height_px: int


def draw_sheet(tiles: Sequence[bytes], *, heading: str) -> Sheet:
    """Draw tiles row by row.

    Args:
        tiles: Encoded safe tiles (WebP, grey, at most 24 px on the longer side).
        heading: A line above them.

    Returns:
        The sheet; beyond 600 rows it grows wider instead of longer.

    Raises:
        IntegrityError: A tile is no WebP, or has a side of 0 or over 24 px.
    """
    columns = max(12, -(-len(tiles) // _MAX_ROWS))
    rows = max(1, -(-len(tiles) // columns))
    width = 2 * _MARGIN_PX + columns * _CELL_PX
    height = 2 * _MARGIN_PX + _HEADING_PX + rows * (_CELL_PX + 12)
    sheet = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(sheet)
    font, small = ImageFont.load_default(18), ImageFont.load_default(11)
    draw.text((_MARGIN_PX, _MARGIN_PX), f"{heading} ({len(tiles)})", fill=0, font=font)
    for number, encoded in enumerate(tiles):
        left = _MARGIN_PX + number % columns * _CELL_PX
        top = _MARGIN_PX + _HEADING_PX + number // columns * (_CELL_PX + 12)
        tile = _enlarged(encoded)
        sheet.paste(tile, (left + (_TILE_PX - tile.width) // 2, top))
        draw.text((left, top + _TILE_PX + 2), str(number + 1), fill=60, font=small)
    room = io.BytesIO()
    sheet.save(room, "PNG", optimize=True)
    return Sheet(room.getvalue(), columns, width, height)


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
