"""An index that grows and shrinks finds what comparing with all that is there finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near_values import moved, pairs, spread

from polit.base.errors import UsageError
from polit.match.near_hits import search_brute
from polit.match.near_live import LiveIndex

STEP = st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 40), st.integers(0, 2**32 - 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, max_size=12), st.integers(0, 31))
def test_any_sequence_equals_comparing_all(
    steps: list[tuple[str, int, int]], threshold: int
) -> None:
    index, known = LiveIndex(), spread(np.random.default_rng(0), 0)
    is_there = np.zeros(0, dtype=bool)
    for kind, count, seed in steps:
        chance = np.random.default_rng(seed)
        if kind == "add":
            fresh = spread(chance, count)
            if len(known):
                fresh[::3] = known[chance.integers(0, len(known), len(fresh[::3]))]
            assert index.add(fresh).tolist() == list(range(len(known), len(known) + count))
            known, is_there = np.concatenate([known, fresh]), np.append(is_there, [True] * count)
        elif len(known):
            gone = chance.integers(0, len(known), count)
            index.remove(gone)
            is_there[gone] = False
    chance = np.random.default_rng(1)
    queries = moved(chance, known[:60], chance.integers(0, 41, len(known[:60])))

    hits = index.search(queries, threshold_bits=threshold)

    every = pairs(search_brute(known, queries, threshold_bits=threshold))
    assert pairs(hits) == [hit for hit in every if is_there[hit[2]]]
    assert len(index) == is_there.sum()


def test_adding_one_by_one_keeps_few_segments() -> None:
    index, values = LiveIndex(), spread(np.random.default_rng(1), 200)
    for row in range(len(values)):
        index.add(values[row : row + 1])

    assert len(index._segments) <= 8
    assert pairs(index.search(values, threshold_bits=31)) == [(n, 0, n) for n in range(200)]


def test_places_that_were_never_given_are_refused() -> None:
    index = LiveIndex()
    index.add(spread(np.random.default_rng(1), 3))

    with pytest.raises(UsageError, match="0 to 2"):
        index.remove(np.array([3]))
    index.remove(np.array([0, 1, 2]))
    index.remove(np.array([0]))
    assert len(index) == 0
