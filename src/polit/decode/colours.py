"""Colours that Pillow does not turn into RGB of 8 bits: deep grey, floating point, CIELAB.

Meant for thumbnails: each sample is computed on its own, in whole numbers where that is what
it is stored in, so that every machine gives the same pixels.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LEVELS = 255
_TWELVE_BITS = 4095
_SCALE_BITS = 14
_ONE = 1 << _SCALE_BITS
# XYZ under D50, as TIFF stores CIELAB, to linear sRGB: Bradford's adaptation, then IEC 61966-2-1
# (figures of B. Lindbloom), with D50's white multiplied in.
_WHITE_D50 = (0.96422, 1.0, 0.82521)
_TO_LINEAR = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)


def deep_grey(picture: Image.Image) -> Image.Image:
    """Return grey of more than 8 bits, or of floating point, as 8 bits.

    16 bits give their high byte (Pillow's own conversion would clip at 255); where no sample
    uses more than 12 bits, it is a picture of 12 bits. Of 32 bits and of floating point
    nobody knows the white: from the darkest to the brightest sample.
    """
    samples = np.asarray(picture)
    if picture.mode.startswith("I;16"):
        shift = 8 if int(samples.max(initial=0)) > _TWELVE_BITS else 4
        return Image.fromarray((samples >> shift).astype(np.uint8))
    if picture.mode == "F":
        values = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=1e30, neginf=-1e30)
    else:
        values = samples.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= _LEVELS and picture.mode == "I":
        return Image.fromarray(values.astype(np.uint8))
    span = high - low or 1.0
    return Image.fromarray(((values - low) / span * _LEVELS).astype(np.uint8))


def rgb_of_lab(picture: Image.Image) -> Image.Image:
    """Return CIELAB (L* 0 to 255, a* and b* signed bytes) as sRGB.

    Source: CIE 15:2018, 8.2.1; IEC 61966-2-1.
    """
    samples = np.asarray(picture)
    green_red, blue_yellow = (samples[..., n].astype(np.int8).astype(np.int64) for n in (1, 2))
    light = samples[..., 0].astype(np.int64) * 100 * _ONE // _LEVELS + 16 * _ONE  # times 116
    f_y = light // 116
    f_x = f_y + green_red * _ONE // 500
    f_z = f_y - blue_yellow * _ONE // 200
    parts = [_cubed(one) for one in (f_x, f_y, f_z)]
    bands = []
    for row in _MATRIX:
        linear = sum(factor * part for factor, part in zip(row, parts, strict=True))
        bands.append(_CURVE[np.clip(linear >> _SCALE_BITS, 0, _ONE)])
    return Image.fromarray(np.stack(bands, axis=-1))


def _cubed(value: NDArray[np.int64]) -> NDArray[np.int64]:
    """Undo the cube root of CIELAB, in units of 2^-14: linear below 6/29."""
    curved = value * value * value >> 2 * _SCALE_BITS
    linear = (value - 4 * _ONE // 29) * 108 // 841
    return np.where(value > 6 * _ONE // 29, curved, linear)


def _curve() -> NDArray[np.uint8]:
    """Return sRGB's transfer curve: 8 bits for each step of 2^-14."""
    levels = []
    for step in range(_ONE + 1):
        linear = step / _ONE
        curved = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
        levels.append(round(_LEVELS * curved))
    return np.array(levels, dtype=np.uint8)


_MATRIX = tuple(
    tuple(round(factor * white * _ONE) for factor, white in zip(row, _WHITE_D50, strict=True))
    for row in _TO_LINEAR
)
_CURVE = _curve()
