"""Setting pictures upright, and fitting them into a square."""

from PIL import Image

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as it is to be seen.

    Args:
        picture: As stored.
        orientation: 1 to 8, as EXIF counts them.

    Source: Exif 3.0, 4.6.5.1.6 (tag 0x0112).
    """
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def fitted(size: tuple[int, int], side_px: int) -> tuple[int, int]:
    """Return the size that fits a square, its proportions kept, never enlarged, at least 1."""
    width, height = size
    longer = max(size)
    if longer <= side_px:
        return size
    return (
        max(1, (width * side_px + longer // 2) // longer),
        max(1, (height * side_px + longer // 2) // longer),
    )
