"""PDQ written down once more, plainly: what polit's fast one is compared with.

After the C++ reference (facebook/ThreatExchange, ``pdq/cpp``), loop by loop in NumPy; every sum
of float32 goes in the reference's order.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def plain_pdq(pixels: NDArray[np.uint8]) -> tuple[bytes, int]:
    """Return hash and quality of ``(height, width, 3) uint8 RGB``."""
    if min(pixels.shape[:2]) < 5:
        return bytes(32), 0
    red, green, blue = (pixels[:, :, band].astype(np.float64) for band in range(3))
    luma = (red * 0.299 + green * 0.587 + blue * 0.114).astype(np.float32)
    block = luma if luma.shape == (64, 64) else reduced_to_64(luma)
    return bits_of(frequencies_of(block)), quality_of(block)


def reduced_to_64(luma: Floats) -> Floats:
    """Blur twice in both directions and take the centres of 64 x 64 parts."""
    for _ in range(2):
        luma = mean_down(mean_down(luma.T).T)
    height, width = luma.shape
    rows = [int((i + 0.5) * height / 64) for i in range(64)]
    columns = [int((j + 0.5) * width / 64) for j in range(64)]
    return luma[rows][:, columns]


def mean_down(image: Floats) -> Floats:
    """Take the running mean along every column, in the reference's four phases."""
    length = len(image)
    window = (length + 127) // 128
    half = (window + 2) // 2
    out = np.empty_like(image)
    total = np.zeros(image.shape[1], dtype=np.float32)
    left = right = at = count = 0
    steps = [(True, False, False)] * (half - 1)
    steps += [(True, False, True)] * (window - half + 1)
    steps += [(True, True, True)] * (length - window)
    steps += [(False, True, True)] * (half - 1)
    for adds, takes, writes in steps:
        if adds:
            total = total + image[right]
            right, count = right + 1, count + 1
        if takes:
            total = total - image[left]
            left, count = left + 1, count - 1
        if writes:
            out[at] = total / np.float32(count)
            at += 1
    return out


def frequencies_of(block: Floats) -> Floats:
    """Transform to 16 x 16 frequencies; cumsum adds one after the other."""
    scale = float(np.float32(math.sqrt(2.0 / 64)))
    matrix = np.array(
        [
            [scale * math.cos((math.pi / 2 / 64.0) * (i + 1) * (2 * j + 1)) for j in range(64)]
            for i in range(16)
        ],
        dtype=np.float32,
    )
    between = np.cumsum(matrix[:, :, None] * block[None], axis=1, dtype=np.float32)[:, -1]
    products = between[:, None, :] * matrix[None]
    last: Floats = np.cumsum(products, axis=2, dtype=np.float32)[:, :, -1]
    return last


def bits_of(frequencies: Floats) -> bytes:
    """Return which frequencies lie above the lower median, the last one first."""
    median = np.sort(frequencies.ravel())[127]
    return np.packbits((frequencies > median).ravel()[::-1]).tobytes()


def quality_of(block: Floats) -> int:
    """Return the sum of the steps between neighbours, as the reference weighs them."""
    total = 0
    for one, next_one in ((block[:-1], block[1:]), (block[:, :-1], block[:, 1:])):
        hundredths = (one - next_one) * np.float32(100) / np.float32(255)
        total += int(np.abs(hundredths.astype(np.int64)).sum())
    return min(100, total // 90)
