"""The filter that reduces a side to 64 px, as windows and as weights.

Imported by ``polit.decode.pdq`` and its parts alone. Source: PDQ's paper and its C++ reference
(ThreatExchange, ``downscaling.cpp``): two running means of ceil(n / 128) px, then the sample at
the centre of each of 64 parts.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from polit.decode._pdq_kernels import GROUP, SIDE


def window_px(side_px: int) -> int:
    """Return how many pixels one running mean takes."""
    return (side_px + 2 * SIDE - 1) // (2 * SIDE)


def lag_px(window: int) -> int:
    """Return how far a window reaches ahead of its place."""
    return (window + 2) // 2 - 1


def centres(side_px: int) -> NDArray[np.int64]:
    """Return the 64 places that are sampled."""
    return ((np.arange(SIDE) + 0.5) * side_px / SIDE).astype(np.int64)


def window_shares(side_px: int) -> NDArray[np.float32]:
    """Return how many pixels the window around each place holds."""
    window = window_px(side_px)
    first, last = _window(np.arange(side_px), window, side_px)
    return (last - first + 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Band:
    """Both means and the sampling as one weighted sum for each of the 64 places.

    Args:
        first: Where each sum begins.
        taps: How many pixels each takes.
        weights: 64 x ``taps``.
    """

    first: NDArray[np.int64]
    taps: int
    weights: NDArray[np.float32]


@lru_cache(maxsize=64)
def band(side_px: int) -> Band:
    """Return the weights for a side of at least 128 px.

    At the ends of a side the windows are cut, and the means are over what is left of them.
    """
    window = window_px(side_px)
    outer, ends = _window(centres(side_px)[:, None], window, side_px)
    middle = outer + np.arange(window)
    inner, inner_ends = _window(middle, window, side_px)
    share = 1.0 / ((ends - outer + 1) * (inner_ends - inner + 1))
    share = np.where(middle <= ends, share, 0.0)
    taps = -(-(2 * window - 1) // GROUP) * GROUP
    first = np.clip(inner[:, 0], 0, side_px - taps)
    steps = np.zeros((SIDE, taps + 1))
    part = np.broadcast_to(np.arange(SIDE)[:, None], middle.shape)
    np.add.at(steps, (part, np.minimum(inner - first[:, None], taps)), share)
    np.subtract.at(steps, (part, np.minimum(inner_ends + 1 - first[:, None], taps)), share)
    weights = np.cumsum(steps, axis=1)[:, :taps].astype(np.float32)
    return Band(first, taps, weights)


def _window(
    place: NDArray[np.int64], window: int, side_px: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last pixel of the window around each place."""
    last = place + lag_px(window)
    first = last - window + 1
    return np.clip(first, 0, side_px - 1), np.clip(last, 0, side_px - 1)
