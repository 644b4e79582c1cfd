"""The 64 x 64 pixels that the transform sees, in two ways that agree to a hundredth of a grey.

Imported by ``polit.decode.pdq`` alone. ``folded`` takes each pixel once (12 MP in 3 ms);
``blurred`` does every addition of the C++ reference in its order (12 MP in some 60 ms), because
small, flat and symmetric pictures turn on how that order rounds.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polit.decode._pdq_filter import band, centres, lag_px, window_px, window_shares
from polit.decode._pdq_kernels import CHAINS, SIDE, compiled
from polit.decode._pdq_pixels import Pixels

MIN_FOLDED_PX = 128
"""The shorter side from which ``folded`` may be used: below, a window is one pixel."""

_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_STRIPE_BYTES = 1 << 18  # pixels in flight stay in the processor's cache

Floats = NDArray[np.float32]


def folded(pixels: Pixels) -> Floats:
    """Return ``(64, 64) float32`` luma by one weighted sum for each side."""
    down, across = band(pixels.height_px), band(pixels.width_px)
    width = pixels.width_px * pixels.pixel_bytes
    tall = np.empty((SIDE, pixels.width_px, pixels.pixel_bytes), dtype=np.float32)
    kernels = compiled()
    sizes = np.array([width, down.taps])
    kernels.fold_rows(pixels.table(), *_at(sizes, down.first, down.weights, tall))
    grey = tall if pixels.pixel_bytes == 1 else _luma(tall)
    block = np.empty((SIDE, SIDE), dtype=np.float32)
    sizes = np.array([pixels.width_px, across.taps])
    kernels.fold_columns(*_at(grey, sizes, across.first, across.weights, block))
    return block


def _luma(tall: Floats) -> Floats:
    grey: Floats = tall[:, :, 0] * _LUMA[0]
    grey += tall[:, :, 1] * _LUMA[1]
    grey += tall[:, :, 2] * _LUMA[2]
    return grey


def blurred(pixels: Pixels, *, is_single: bool) -> Floats:
    """Return ``(64, 64) float32`` luma by the reference's own additions, stripe by stripe.

    Args:
        pixels: The picture; 64 x 64 px are taken as they are.
        is_single: Whether luma is summed in single precision, as the C++ program does.
    """
    width, height = pixels.width_px, pixels.height_px
    if (width, height) == (SIDE, SIDE):
        stripe = _bright(pixels, (0, SIDE), is_single=is_single)
        return np.ascontiguousarray(stripe[:, window_px(SIDE) :])
    stripes = _down(_across(_stripes(pixels, is_single=is_single), width), height)
    # Of the second means only 64 columns are looked at.
    stripes = _down(_sampled_across(stripes, width), height)
    rows = centres(height)
    block = np.empty((SIDE, SIDE), dtype=np.float32)
    start = 0
    for stripe in stripes:
        here = (rows >= start) & (rows < start + len(stripe))
        block[here] = stripe[rows[here] - start]
        start += len(stripe)
    return block


def _stripes(pixels: Pixels, *, is_single: bool) -> Iterator[Floats]:
    """Yield the luma of each stripe of rows, a multiple of 8 but for the last."""
    step = max(1, _STRIPE_BYTES // (4 * pixels.width_px * CHAINS)) * CHAINS
    for start in range(0, pixels.height_px, step):
        count = min(step, pixels.height_px - start)
        yield _bright(pixels, (start, count), is_single=is_single)


def _bright(pixels: Pixels, part: tuple[int, int], *, is_single: bool) -> Floats:
    """Return luma of the rows (first, how many), with zeros on both sides for the means."""
    window = window_px(pixels.width_px)
    stripe = np.zeros((part[1], window + pixels.width_px + lag_px(window)), dtype=np.float32)
    place = [stripe.shape[1], window]
    sizes = np.array([*part, pixels.width_px, pixels.pixel_bytes, is_single, *place])
    compiled().brighten(pixels.table(), *_at(sizes, stripe))
    return stripe


def _across(stripes: Iterator[Floats], width: int) -> Iterator[Floats]:
    """Yield each stripe with the running mean along its rows, and the zeros as they were."""
    window, shares = window_px(width), window_shares(width)
    sums = np.empty(CHAINS, dtype=np.float32)
    for stripe in stripes:
        padded = _padded(stripe)
        means = np.zeros_like(padded)
        sizes = np.array([len(padded), width, window, lag_px(window)])
        compiled().blur_across(*_at(padded, sizes, shares, sums, means))
        means[:, :window] = 0
        yield means[: len(stripe)]


def _sampled_across(stripes: Iterator[Floats], width: int) -> Iterator[Floats]:
    """Yield 64 columns of each stripe with the running mean along its rows."""
    window, columns = window_px(width), centres(width)
    shares = window_shares(width)[columns]
    sums = np.empty(CHAINS, dtype=np.float32)
    for stripe in stripes:
        padded = _padded(stripe)
        means = np.empty((len(padded), SIDE), dtype=np.float32)
        sizes = np.array([len(padded), width, window, lag_px(window)])
        compiled().sample_across(*_at(padded, sizes, columns, shares, sums, means))
        yield means[: len(stripe)]


def _padded(stripe: Floats) -> Floats:
    """Return the rows, and more to a multiple of those that are blurred side by side."""
    missing = -len(stripe) % CHAINS
    return np.pad(stripe, ((0, missing), (0, 0))) if missing else stripe


def _down(stripes: Iterator[Floats], height: int) -> Iterator[Floats]:
    """Yield rows with the running mean along the columns, as soon as each is complete."""
    window = window_px(height)
    lag = lag_px(window)
    shares = np.concatenate((np.ones(lag, dtype=np.float32), window_shares(height)))
    first = next(stripes)
    width, start = first.shape[1], 0
    before = np.zeros((window, width), dtype=np.float32)
    sums = np.zeros(width, dtype=np.float32)
    # The last rows are completed by steps beyond the end, which add nothing.
    for stripe in chain([first], stripes, [np.zeros((lag, width), dtype=np.float32)]):
        image, means = np.concatenate((before, stripe)), np.empty_like(stripe)
        sizes = np.array([len(stripe), width, window])
        compiled().blur_down(*_at(image, sizes, shares[start:], sums, means))
        yield means[max(0, lag - start) :]
        before = image[-window:]
        start += len(stripe)


def _at(*arrays: NDArray[Any]) -> list[int]:
    """Return the addresses of arrays, which the kernels take as flat."""
    return [array.ctypes.data for array in arrays]
