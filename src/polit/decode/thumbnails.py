"""Does an embedded thumbnail show something else than its picture?

Programs that cut or cover a picture often leave the thumbnail of before. Both are compared as
grey cells, so that quality and size do not matter; what a camera does of itself (bars around a
3:2 picture, another curve of brightness, a thumbnail that did not turn with its picture) is
no difference. What has the same brightness as what it covers is not seen: colours were tried
and brought as many false alarms as finds. All arithmetic is on whole numbers, so that the
answer is the same everywhere.
"""

import mmap
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from polit.decode.derive import derive
from polit.decode.refusal import Refused
from polit.decode.still import decode_still

Box = tuple[int, int, int, int]
Cells = NDArray[np.int64]

_CELLS = 40
_WINDOW = 3
_MAX_SHIFT = 32
_BAR_SPREAD = 48
_BAR_SLACK_PX = 2
_MIN_SIDE_PX = 16

_TURNS = (
    Image.Transpose.ROTATE_90,
    Image.Transpose.ROTATE_270,
    Image.Transpose.ROTATE_180,
)

# Measured: the 44 thumbnails of the public EXIF samples, all of which show their picture, differ
# in no window by more than 9 levels and on average by 1; of 1,140 made ones (quality, size,
# bars, curves, 1 % of shift) 11 do so by more than these figures, 7 of them where the picture
# was brightened until it clipped.
_MAX_WINDOW = 14
_MAX_MEAN = 4


def warm() -> None:
    """Run every path once: nothing can be loaded after the lockdown."""
    for size in ((300, 200), (160, 120), (90, 160)):
        differs(Image.linear_gradient("L").resize(size), Image.new("RGB", (160, 120)))


def holds_another(picture: Image.Image, untrusted_thumbnail: bytes, *, memory_bytes: int) -> bool:
    """Tell whether the thumbnail of a picture's EXIF block is worth being an entry of its own.

    One that does not decode is: what is wrong with it, is said where it becomes one.

    Args:
        picture: As ``differs`` takes it.
        untrusted_thumbnail: A JPEG, ``b""`` for none.
        memory_bytes: What may be mapped for it.
    """
    if not untrusted_thumbnail:
        return False
    with mmap.mmap(-1, len(untrusted_thumbnail)) as room:
        room[:] = untrusted_thumbnail
        try:
            small = decode_still(room, "image/jpeg", memory_bytes=memory_bytes)
        except (Refused, MemoryError):  # the picture beside it has its share already
            return True
        return differs(picture, small.picture)


def differs(picture: Image.Image, thumbnail: Image.Image) -> bool:
    """Tell whether a thumbnail shows something else than its picture.

    Args:
        picture: In full or reduced, as stored, of any mode that ``derive`` takes.
        thumbnail: As stored. One with a side below 16 px shows too little to say so.
    """
    if min(thumbnail.size) < _MIN_SIDE_PX or min(picture.size) < _MIN_SIDE_PX:
        return False
    whole = derive(picture).thumbnail.convert("L")
    embedded = derive(thumbnail).thumbnail.convert("L")
    return all(_apart(one, other) for one, other in _pairs(whole, embedded))


def _apart(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two grey pictures of the same extent show different things."""
    window, mean = _distance(one, other)
    return window > _MAX_WINDOW or mean > _MAX_MEAN


def _pairs(whole: Image.Image, embedded: Image.Image) -> Iterator[tuple[Image.Image, Image.Image]]:
    """Give what may be the same in both, for each way that the thumbnail may have been made."""
    for turn in (None, *_TURNS):
        turned = whole if turn is None else whole.transpose(turn)
        yield turned, embedded
        if (box := _fitted(turned.size, embedded.size)) != (0, 0, *embedded.size):
            if _has_bars(embedded, box):
                yield turned, embedded.crop(box)
            middle = turned.crop(_fitted(embedded.size, turned.size))
            if min(middle.size) >= _MIN_SIDE_PX:
                yield middle, embedded


def _fitted(inner: tuple[int, int], outer: tuple[int, int]) -> Box:
    """Return the box of the inner size's proportions that fits the outer one, in its middle."""
    width, height = outer
    if inner[0] * height > inner[1] * width:
        height = max(1, (width * inner[1] + inner[0] // 2) // inner[0])
    else:
        width = max(1, (height * inner[0] + inner[1] // 2) // inner[1])
    left, top = (outer[0] - width) // 2, (outer[1] - height) // 2
    return left, top, left + width, top + height


def _has_bars(embedded: Image.Image, box: Box) -> bool:
    """Tell whether all around a box is of one shade."""
    pixels = np.asarray(embedded)
    left, top, right, bottom = box
    top, left = max(0, top - _BAR_SLACK_PX), max(0, left - _BAR_SLACK_PX)
    bars = (pixels[:top], pixels[bottom + _BAR_SLACK_PX :], pixels[:, :left],
            pixels[:, right + _BAR_SLACK_PX :])  # fmt: skip
    return all(bar.size == 0 or int(np.ptp(bar)) <= _BAR_SPREAD for bar in bars)


def _distance(one: Image.Image, other: Image.Image) -> tuple[int, int]:
    """Return by how many grey levels the worst window and all cells differ on average."""
    first = _cells(one, one.size)
    second = _levelled(_cells(other, one.size), first)
    # A cell may have what its neighbours have: no camera's thumbnail is exact in its place.
    both = np.maximum(_outside(first, second), _outside(second, first))[1:-1, 1:-1]
    sums = np.pad(both.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    size = min(_WINDOW, *both.shape)
    windows = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    return int(windows.max()) // size**2, int(both.sum()) // both.size


def _cells(picture: Image.Image, like: tuple[int, int]) -> Cells:
    longer = max(like)
    size = tuple(max(6, side * _CELLS // longer) for side in like)
    return np.asarray(picture.resize((size[0], size[1]), Image.Resampling.BOX)).astype(np.int64)


def _levelled(cells: Cells, like: Cells) -> Cells:
    """Return cells in the brightness of others: their order of levels, as far as curves go."""
    levels, places, counts = np.unique(cells, return_inverse=True, return_counts=True)
    sums = np.concatenate(([0], np.sort(like, axis=None).cumsum()))
    ends = counts.cumsum()
    wanted = (sums[ends] - sums[ends - counts]) // counts
    mapped = np.clip(wanted, levels - _MAX_SHIFT, levels + _MAX_SHIFT)
    levelled: Cells = mapped[places].reshape(cells.shape)
    return levelled


def _outside(cells: Cells, others: Cells) -> Cells:
    """Return how far each cell lies outside of what others have in and next to its place."""
    padded = np.pad(others, 1, mode="edge")
    height, width = others.shape
    around = np.stack([padded[y : y + height, x : x + width] for y in range(3) for x in range(3)])
    apart: Cells = np.maximum(around.min(0) - cells, cells - around.max(0))
    return np.maximum(apart, 0)
