"""Suggestions: a table of examples, and what holds whatever is asked."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polit.web.items.suggesting import (
    BURST_MS,
    NEAR_MS,
    Device,
    Factor,
    Suggestion,
    Taken,
    burst_groups,
    camera_groups,
    explain,
    factors_of,
    likeness,
    suggestions,
)

PHONE = Device("AB/1", "Example", "E-1000", ("SN 12-345",))
CAMERA = Device("AB/2", "Sample Optics", "Sample Optics D5", ())
DAY = 86_400_000

EXAMPLES = [
    ("serial, however it is spelled", Taken(1, "", "", "sn12345"), 75, "AB/1"),
    ("make and model, no serial", Taken(1, "EXAMPLE", "E 1000"), 55, "AB/1"),
    ("the make stands in the model", Taken(1, "Sample Optics", "D5"), 55, "AB/2"),
    ("make is written longer", Taken(1, "Example Corporation", "E-1000"), 55, "AB/1"),
    ("same model, another serial", Taken(1, "Example", "E-1000", "SN 99-999"), 35, "AB/1"),
    ("a camera of another make", Taken(1, "Other", "E-1000"), 0, ""),
    ("a set knows it", Taken(1, "Example", "E-1000", "SN12345", is_known=True), 0, ""),
    ("no camera named", Taken(1, at_ms=5), 0, ""),
    ("a placeholder as serial", Taken(1, "", "", "0"), 0, ""),
]  # fmt: skip
texts = st.sampled_from(["", "Example", "example ", "E-1000", "Other", "D5", "SN12345", "0"])
shots = st.lists(
    st.builds(
        Taken,
        key=st.integers(1, 10_000), make=texts, model=texts, serial=texts,
        at_ms=st.none() | st.integers(0, 40 * BURST_MS) | st.integers(0, 3 * DAY),
        name=st.sampled_from(["", "IMG_1.JPG", "IMG_2.JPG", "IMG_0003.jpg", "a.png", "9"]),
        is_known=st.booleans(),
    ),
    max_size=12, unique_by=lambda each: each.key,
)  # fmt: skip
devices = st.lists(st.sampled_from([PHONE, CAMERA]), max_size=2, unique=True)


@pytest.mark.parametrize(("why", "taken", "score", "exhibit"), EXAMPLES, ids=str)
def test_example_scores_as_the_table_says(why: str, taken: Taken, score: int, exhibit: str) -> None:
    found = suggestions([taken], [CAMERA, PHONE])[1]

    assert (found.score, found.exhibit) == (score, exhibit), why


def test_occasion_and_series_add_up_to_all_of_it() -> None:
    one = Taken(1, "Example", "E-1000", "SN12345", 0, "IMG_1.JPG")
    two, later = replace(one, key=2, at_ms=900), replace(one, key=3, at_ms=NEAR_MS + 900)
    alone = replace(one, key=4, at_ms=9 * DAY)

    found = suggestions([one, two, later, alone], [PHONE])

    assert [found[key].score for key in (1, 2, 3, 4)] == [100, 100, 90, 75]
    assert [found[key].burst for key in (1, 2, 3, 4)] == [1, 1, 0, 0]
    assert {found[key].camera for key in found} == {1}
    assert found[1].factors == (Factor.SERIAL, Factor.UNKNOWN, Factor.OCCASION, Factor.LIVE_SERIES)


def test_burst_goes_by_seconds_or_by_the_count_of_the_camera() -> None:
    def shot(key: int, at_ms: int, name: str = "") -> Taken:
        return Taken(key, "Example", "E", "", at_ms, name)

    assert burst_groups([shot(1, 0), shot(2, BURST_MS), shot(3, 2 * BURST_MS + 1)]) == {1: 1, 2: 1}
    counted = [shot(1, 0, "IMG_0009.JPG"), shot(2, 10 * BURST_MS, "IMG_0010.JPG")]
    assert burst_groups(counted) == {1: 1, 2: 1}
    assert burst_groups([counted[0], replace(counted[1], name="IMG_0011.JPG")]) == {}
    assert burst_groups([counted[0], replace(counted[1], at_ms=10 * BURST_MS + 1)]) == {}
    assert burst_groups([shot(1, 0), replace(shot(2, 1), model="F")]) == {}


def test_words_suggest_and_never_say_more() -> None:
    everything = Suggestion(100, tuple(Factor), "AB/1", 1, 1)
    weak = Suggestion(20, (Factor.OTHER_SERIAL,), "AB/1")

    lines = [*explain(everything), *explain(weak), *explain(Suggestion(0))]

    assert all("suggest" in line for line in lines)
    assert "weakly" in explain(weak)[0]
    assert "no proof" in explain(Suggestion(0))[0]
    assert everything.is_likely
    assert not weak.is_likely


@given(shots, devices)
def test_suggestions_hold_whatever_is_asked(taken: list[Taken], known: list[Device]) -> None:
    found = suggestions(taken, known)

    assert set(found) == {each.key for each in taken}
    for each in taken:
        one = found[each.key]
        assert 0 <= one.score <= 100
        assert one.score == sum(factor.points for factor in one.factors)
        assert factors_of(one.score) == one.factors
        assert bool(one.exhibit) == bool(one.score)
        # What a set knows has travelled; and without a device of the case nothing fits.
        if each.is_known or not known:
            assert one.score == 0
        assert all("suggest" in line for line in explain(one))
    assert suggestions(list(reversed(taken)), list(reversed(known))) == found


@given(shots)
def test_groups_are_of_one_camera_and_of_more_than_one(taken: list[Taken]) -> None:
    cameras, bursts = camera_groups(taken), burst_groups(taken)
    by_burst: dict[int, list[Taken]] = {}
    for each in taken:
        if each.key in bursts:
            by_burst.setdefault(bursts[each.key], []).append(each)

    assert sorted(set(cameras.values())) == list(range(1, len(set(cameras.values())) + 1))
    assert sorted(by_burst) == list(range(1, len(by_burst) + 1))
    for members in by_burst.values():
        assert len(members) > 1
        assert len({cameras[each.key] for each in members}) == 1
        times = sorted(each.at_ms for each in members if each.at_ms is not None)
        assert len(times) == len(members)
        assert all(later - at <= 10 * BURST_MS for at, later in pairwise(times))


@given(st.integers(0, 300), st.integers(0, 256))
def test_nearer_is_never_less_alike(distance: int, threshold: int) -> None:
    value = likeness(distance, threshold_bits=threshold)

    assert (value > 0) == (distance <= threshold)
    assert 0 <= value <= 255
    assert likeness(distance + 1, threshold_bits=threshold) <= value
    assert likeness(0, threshold_bits=threshold) == 255
    assert likeness(None, threshold_bits=threshold) == 0
