"""Samples of unknown length: evenly spread, bounded, and multiples of where they began."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.decode._video_sampling import Samples, spread


def sampled(length: int, *, every: int, most: int) -> Samples[int]:
    samples: Samples[int] = Samples(every=every, most=most)
    for position in range(length):
        if samples.wants(position):
            samples.keep(position, position)
    return samples


@given(st.integers(1, 3000), st.integers(1, 30), st.integers(1, 20))
def test_samples_are_the_multiples_and_few(length: int, every: int, half: int) -> None:
    samples = sampled(length, every=every, most=2 * half)
    assert len(samples.kept) <= 2 * half
    assert samples.kept == list(range(0, length, samples.every))[: len(samples.kept)]
    assert samples.every % every == 0
    assert length - samples.kept[-1] <= samples.every


def test_what_comes_late_stands_for_its_place() -> None:
    samples: Samples[int] = Samples(every=10, most=4)
    for position in (3, 9, 12, 29, 30):
        if samples.wants(position):
            samples.keep(position, position)
    assert samples.kept == [3, 12, 29, 30]


@pytest.mark.parametrize(("count", "expected"), [(1, [0]), (12, list(range(12)))])
def test_few_are_all_taken(count: int, expected: list[int]) -> None:
    assert spread(list(range(count)), 12) == expected


@given(st.integers(13, 500))
def test_many_are_spread_from_first_to_last(count: int) -> None:
    chosen = spread(list(range(count)), 12)
    assert len(chosen) == len(set(chosen)) == 12
    assert (chosen[0], chosen[-1]) == (0, count - 1)
    gaps = [after - before for before, after in pairwise(chosen)]
    assert max(gaps) - min(gaps) <= 1
