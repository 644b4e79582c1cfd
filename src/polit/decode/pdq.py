"""PDQ, the perceptual hash of the lists that police forces share.

Imported by the sandbox's decoders alone (and by tests and benchmarks). The hash of all pixels is
the one that PyPI's ``pdqhash`` 0.2.8 gives, bit by bit and quality included; ``nearest512`` is
the one that Meta's C++ program gives for a file. Both are in use, and lists hold either.

Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", Meta 2019,
and its reference code, facebook/ThreatExchange, ``pdq/cpp``.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from polit.decode._pdq_blocks import MIN_FOLDED_PX, blurred, folded
from polit.decode._pdq_kernels import BANDS, SIDE, compiled
from polit.decode._pdq_pixels import Pixels, pixels_of_array, pixels_of_picture
from polit.model.media import PerceptualHash

MIN_SIDE_PX: Final = 5
"""A picture with a shorter side has no hash but zeros, of quality 0."""

REDUCED_PX: Final = 512
"""Both sides of the picture that the C++ program hashes when one is longer."""

# How far the two ways to the transform may differ: the largest differences that were seen
# (docs/proof/pdq.json) about twice over. What they could move is hashed by the reference's own
# additions. These drift along rows and columns, which the lowest frequencies see most.
_STEP_MARGIN: Final = 0.003
_FREQUENCY_MARGINS = 0.002 + 0.03 / (1 + np.minimum(*np.indices((BANDS, BANDS)))) ** 2
_MIN_FOLDED_QUALITY: Final = 50
_DISTINCT: Final = [0, 2, 4, 5]  # turns whose frequencies differ by more than their places

_HASH_BITS: Final = BANDS * BANDS
_HASH_BYTES: Final = _HASH_BITS // 8
_ODD_COLUMNS = np.tile(np.array([-1, 1], dtype=np.float32), (BANDS, BANDS // 2))
_ODD_ROWS = _ODD_COLUMNS.T
_MATRIX = np.array(
    [
        float(np.float32(math.sqrt(2.0 / SIDE)))
        * math.cos(((math.pi / 2.0 / SIDE) * (i + 1)) * (2 * j + 1))
        for i in range(BANDS)
        for j in range(SIDE)
    ],
    dtype=np.float32,
)

# Of each, for Pillow loads what some conversions need (CIELAB) when they are asked for.
_MODES: Final = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBX", "RGBA", "RGBa", "I;16", "I;16B",
                 "I", "F", "CMYK", "LAB", "YCbCr")  # fmt: skip

Floats = NDArray[np.float32]


def warm() -> None:
    """Compile the kernels and run every path once: nothing new can be loaded after the lockdown.

    Raises:
        RuntimeError: A known picture does not get its known hash.
    """
    for mode in _MODES:
        for size in ((600, 400), (64, 64), (3, 3)):
            hash_picture(Image.new(mode, size))
    drawn = Image.merge("RGB", [_drawn(5), _drawn(7), _drawn(11)])
    hashes = [*hash_picture(drawn), *hash_picture(drawn.crop((0, 0, 100, 90)))]
    if tuple(found.value.hex() for found in hashes) != _KNOWN:
        raise RuntimeError("PDQ of a known picture is wrong on this machine")
    hash_frame(np.asarray(drawn), frame=0, frame_ms=0)


def _drawn(step: int) -> Image.Image:
    """Return grey waves that no symmetry flattens."""
    x, y = np.arange(600)[None, :], np.arange(400)[:, None]
    return Image.fromarray(((x * x // 97 + y * step + x * y // 131) % 251).astype(np.uint8))


_KNOWN: Final = (  # by pdqhash 0.2.8
    "fe003e00fe003f00ff003f80ff807f08fe00ff05ff027f01ff003f86ff827f83",
    "fe003e00fe003e00fe003f00fe007f80fe80ff84ff8a7fc1fe003f06ff83ffa4",
    "22b7546cea184d68ba91b42b05d6fcac475b1d747b55a3abe89aa6aa4750d8aa",
)


def hash_picture(picture: Image.Image) -> tuple[PerceptualHash, ...]:
    """Hash a picture as it is stored, before any orientation.

    Args:
        picture: Of any mode that Pillow converts to RGB, and any size.

    Returns:
        Variant ``full``, then ``nearest512`` when a side is longer than 512 px.
    """
    pixels = pixels_of_picture(picture)
    full = _hashed("full", _frequencies(pixels, is_single=False))
    if max(pixels.width_px, pixels.height_px) <= REDUCED_PX:
        return (full,)
    return (full, _hashed("nearest512", _frequencies(_reduced(pixels), is_single=True)))


def hash_frame(pixels: NDArray[np.uint8], *, frame: int, frame_ms: int) -> PerceptualHash:
    """Hash one frame of a video.

    Args:
        pixels: ``(height_px, width_px, 3) uint8 RGB``, or ``(height_px, width_px) uint8`` grey.
        frame: Its number from 0.
        frame_ms: Where it stands in the video.
    """
    found = _frequencies(pixels_of_array(pixels), is_single=False)
    return _hashed("frame", found, frame=frame, frame_ms=frame_ms)


def _hashed(
    variant: str, found: tuple[Floats, int] | None, *, frame: int = 0, frame_ms: int | None = None
) -> PerceptualHash:
    """Turn frequencies into bits: those above their lower median, the last frequency first."""
    if found is None:
        values, quality = bytes(8 * _HASH_BYTES), 0
    else:
        bits = _are_above(_turned(found[0])).reshape(8, _HASH_BITS)
        values, quality = np.packbits(bits[:, ::-1], axis=1).tobytes(), found[1]
    return PerceptualHash(
        algorithm="pdq",
        variant=variant,
        value=values[:_HASH_BYTES],
        quality=quality,
        frame=frame,
        frame_ms=frame_ms,
        dihedral=values[_HASH_BYTES:],
    )


def _are_above(turned: Floats) -> NDArray[np.bool_]:
    """Tell of each frequency whether it lies above the lower median of its 16 x 16."""
    middle = _HASH_BITS // 2 - 1
    medians = np.partition(turned.reshape(-1, _HASH_BITS), middle, axis=1)[:, middle]
    above: NDArray[np.bool_] = turned > medians[:, None, None]
    return above


def _turned(straight: Floats) -> Floats:
    """Return the frequencies of the picture and of its seven turns: ``(8, 16, 16) float32``.

    Rotations are counter-clockwise, as in the reference. Flips negate the odd frequencies of one
    direction, and the diagonal swaps the directions.
    """
    by_rows, by_columns = straight * _ODD_ROWS, straight * _ODD_COLUMNS
    by_both = straight * _ODD_ROWS * _ODD_COLUMNS
    rotated = (straight, by_columns.T, by_both, by_rows.T)
    return np.stack((*rotated, by_columns, by_rows, straight.T, by_both.T))


def _frequencies(pixels: Pixels, *, is_single: bool) -> tuple[Floats, int] | None:
    """Return the 16 x 16 frequencies and the quality, ``None`` for a picture too small."""
    shorter = min(pixels.width_px, pixels.height_px)
    if shorter < MIN_SIDE_PX:
        return None
    if shorter >= MIN_FOLDED_PX:
        block = folded(pixels)
        frequencies = _transformed(block)
        if _is_clear(block, frequencies):
            return frequencies, _quality(_steps(block))
    block = blurred(pixels, is_single=is_single)
    return _transformed(block), _quality(_steps(block))


def _transformed(block: Floats) -> Floats:
    between = np.empty((BANDS, SIDE), dtype=np.float32)
    frequencies = np.empty((BANDS, BANDS), dtype=np.float32)
    arrays = (block, _MATRIX, between, frequencies)
    compiled().transform(*(array.ctypes.data for array in arrays))
    return frequencies


def _steps(block: Floats) -> Floats:
    """Return every step from a pixel to the next one down or right, in hundredths of white."""
    down, right = block[:-1] - block[1:], block[:, :-1] - block[:, 1:]
    steps: Floats = np.concatenate((down.ravel(), right.ravel())) * np.float32(100)
    steps /= np.float32(255)
    return steps


def _quality(steps: Floats, *, more: int = 0) -> int:
    """Return the quality: steps are cut to whole hundredths, their sum to 90ths."""
    return max(0, min(100, (int(np.abs(np.trunc(steps)).sum()) + more) // 90))


def _is_clear(block: Floats, frequencies: Floats) -> bool:
    """Tell whether no rounding can move a bit of any of the eight hashes, or the quality."""
    steps = _steps(block)
    if _quality(steps) < _MIN_FOLDED_QUALITY:
        return False
    nearest = np.rint(steps)
    close = (np.abs(steps - nearest) < _STEP_MARGIN) & (nearest != 0)
    doubtful = int(np.count_nonzero(close))
    if _quality(steps, more=-doubtful) != _quality(steps, more=doubtful):
        return False
    turned = _turned(frequencies)[_DISTINCT]
    above = _are_above(turned)
    least = np.where(above, turned - _FREQUENCY_MARGINS, np.inf).min(axis=(1, 2))
    most = np.where(above, -np.inf, turned + _FREQUENCY_MARGINS).max(axis=(1, 2))
    return bool((least > most).all())


def _reduced(pixels: Pixels) -> Pixels:
    """Return 512 x 512 pixels, pixel i of n from place floor(i n / 512)."""
    places = np.arange(REDUCED_PX)
    rows = pixels.picked(places * pixels.height_px // REDUCED_PX)
    columns = places * pixels.width_px // REDUCED_PX
    picked = np.empty((REDUCED_PX, REDUCED_PX, pixels.pixel_bytes), dtype=np.uint8)
    sizes = np.array([REDUCED_PX, REDUCED_PX, pixels.pixel_bytes])
    compiled().pick(*(array.ctypes.data for array in (rows.addresses, sizes, columns, picked)))
    return pixels_of_array(picked)
