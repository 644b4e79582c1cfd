"""Fingerprints for the tests of near search: evenly spread, alike, crowded, and near others."""

import numpy as np
from numpy.typing import NDArray

from polit.match.near import NearHits

Values = NDArray[np.uint8]


def spread(chance: np.random.Generator, count: int) -> Values:
    """Return fingerprints whose bits are all drawn alike."""
    return chance.integers(0, 256, (count, 32), dtype=np.uint8)


def skewed(chance: np.random.Generator, count: int, *, factors: int = 64) -> Values:
    """Return fingerprints as pictures have them: 128 bits set, and bits that go together.

    Each bit tells whether a number is above the median of 256; the numbers are sums of a few
    ``factors`` that they share, and of noise. With 64 factors distances spread 2.4 times as wide
    as those of independent bits.
    """
    weights = chance.normal(size=(factors, 256)) / np.sqrt(np.arange(1, factors + 1))[:, None]
    shares = weights.astype(np.float32)
    made = np.empty((count, 32), dtype=np.uint8)
    for first in range(0, count, 20_000):
        size = min(20_000, count - first)
        numbers = chance.standard_normal((size, factors), dtype=np.float32) @ shares
        numbers += np.float32(0.7) * chance.standard_normal((size, 256), dtype=np.float32)
        above = numbers > np.median(numbers, axis=1, keepdims=True)
        made[first : first + size] = np.packbits(above, axis=1)
    return made


def crowded(chance: np.random.Generator, count: int, *, alike_bytes: int = 25) -> Values:
    """Return fingerprints of flat pictures: so many of their 32 bytes are the same in all."""
    made = spread(chance, count)
    made[:, :alike_bytes] = 0x5A
    return made


def moved(chance: np.random.Generator, values: Values, distances: NDArray[np.int64]) -> Values:
    """Return each fingerprint with exactly so many of its bits turned."""
    order = np.argsort(chance.random((len(values), 256), dtype=np.float32), axis=1)
    turned = np.zeros((len(values), 256), dtype=np.uint8)
    np.put_along_axis(turned, order, (np.arange(256) < distances[:, None]).astype(np.uint8), axis=1)
    return values ^ np.packbits(turned, axis=1)


def pairs(hits: NearHits) -> list[tuple[int, int, int]]:
    """Return hits as query, distance and place, in the order in which they come."""
    columns = hits.query.tolist(), hits.distance_bits.tolist(), hits.place.tolist()
    return list(zip(*columns, strict=True))
