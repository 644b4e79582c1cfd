"""Near search equals comparing all pairs, over a million values of every kind.

``count`` queries, of which each 41st is a value moved by 0 bits, the next by 1 bit, and so on to
40, are searched in a million values: evenly spread ones, skewed as pictures make them, and a list
with flat pictures: one value 2,000 times, 3,000 that differ in 56 bits at most, and 295,000 whose
first 96 bits are the same. Both shapes of tables are searched, through their files, at several
thresholds. The judge is a compiled comparison of all pairs, which is itself judged by NumPy's for
a part of the queries.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from near_values import Values, crowded, moved, skewed, spread
from numpy.typing import NDArray

from polit.match._near_search import Asked, scan_all
from polit.match._near_shapes import ELEVEN, SIXTEEN
from polit.match.near import NearHits, NearIndex, search_brute, write_index
from polit.match.near_hits import words_of

NAME = "near"
FULL_COUNT = 10_000

_VALUES = 1_000_000
_DISTANCES = 41
_THRESHOLDS = (31, 24, 15, 0)
_JUDGED = 150
_SHAPES = {"sixteen": SIXTEEN, "eleven": ELEVEN}


@dataclass(frozen=True)
class Planted:
    """Values, queries, and of each query the value that it was made of and its distance."""

    values: Values
    queries: Values
    origins: NDArray[np.int64]
    distances: NDArray[np.int64]


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Search ``count`` queries in each kind of values.

    Raises:
        AssertionError: A pair is missing, told twice, out of order or not within the threshold.
    """
    figures: dict[str, object] = {"values": _VALUES, "queries": count, "thresholds": _THRESHOLDS}
    for number, (name, values) in enumerate(_kinds()):
        planted = _planted(values, count, seed=number)
        judge = _judged(planted, max(_THRESHOLDS))
        for shape, chosen in _SHAPES.items():
            folder = scratch / f"{name}-{shape}"
            write_index(folder, values, shape=chosen)
            with NearIndex.open(folder, plain_comparisons=0) as index:
                for bits in _THRESHOLDS:
                    expected = _within(judge, judge.distance_bits <= bits)
                    found = index.search(planted.queries, threshold_bits=bits)
                    _compare(found, expected, f"{name}, {shape}, {bits} bits")
        figures[name] = _figures(planted, judge)
    return figures


def _kinds() -> list[tuple[str, Values]]:
    chance = np.random.default_rng(2026)
    flat = skewed(chance, _VALUES)
    flat[:2000] = flat[0]
    flat[2000:5000] = crowded(chance, 3000)
    flat[5000:300_000] = crowded(chance, 295_000, alike_bytes=12)
    mixed = flat[chance.permutation(_VALUES)]
    return [
        ("uniform", spread(chance, _VALUES)),
        ("skewed", skewed(chance, _VALUES)),
        ("with_flat", mixed),
    ]


def _planted(values: Values, count: int, *, seed: int) -> Planted:
    chance = np.random.default_rng(seed)
    origins = chance.integers(0, len(values), count)
    distances = np.arange(count) % _DISTANCES
    return Planted(values, moved(chance, values[origins], distances), origins, distances)


def _judged(planted: Planted, bits: int) -> NearHits:
    """Compare all pairs; the judge has to equal NumPy's, and to have every planted pair."""
    found = scan_all(words_of(planted.values), Asked(words_of(planted.queries), bits), threads=2)
    part = planted.queries[:_JUDGED]
    expected = search_brute(planted.values, part, threshold_bits=bits)
    _compare(_within(found, found.query < len(part)), expected, f"the judge, {bits} bits")
    there = np.flatnonzero(planted.distances <= bits)
    pairs = found.query * _VALUES + found.place
    wanted = there * _VALUES + planted.origins[there]
    at = np.flatnonzero(np.isin(pairs, wanted, assume_unique=True))
    if len(at) != len(there) or (found.distance_bits[at] > bits).any():
        raise AssertionError(f"the judge misses planted pairs at {bits} bits")
    return found


def _within(hits: NearHits, chosen: NDArray[np.bool_]) -> NearHits:
    return NearHits(hits.query[chosen], hits.place[chosen], hits.distance_bits[chosen])


def _compare(found: NearHits, expected: NearHits, where: str) -> None:
    for name in ("query", "distance_bits", "place"):
        if not np.array_equal(getattr(found, name), getattr(expected, name)):
            raise AssertionError(f"{where}: {len(found)} hits, {len(expected)} expected")


def _figures(planted: Planted, hits: NearHits) -> dict[str, object]:
    counted = np.bincount(hits.distance_bits, minlength=32)
    return {
        "distinct_values": len(np.unique(planted.values, axis=0)),
        "queries_planted_at_each_distance": int(np.bincount(planted.distances).min()),
        "pairs_within_31_bits": len(hits),
        "pairs_at_each_distance": counted.tolist(),
        "differing": 0,
    }
