"""Kappa, Wilson's interval and draws, each against a published value and a second formula."""

import random

import pytest

from polit.web.grading.agreement import Z_95, drawn, kappa, sample_size, wilson

PUBLISHED = [
    # R. G. Newcombe (1998), Statistics in Medicine 17:857, table I, method 3.
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]  # fmt: skip


@pytest.mark.parametrize(("hits", "of", "low", "high"), PUBLISHED)
def test_wilson_gives_the_published_limits(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def by_search(hits: int, of: int, *, is_high: bool) -> float:
    """Return the limit as the share whose own test statistic just reaches 1.96, by halving."""
    share = hits / of
    low, high = (share, 1.0) if is_high else (0.0, share)
    for _turn in range(80):
        middle = (low + high) / 2
        is_beyond = abs(share - middle) > Z_95 * (middle * (1 - middle) / of) ** 0.5
        if is_beyond == is_high:
            high = middle
        else:
            low = middle
    return (low + high) / 2


@pytest.mark.parametrize(("hits", "of"), [(3, 20), (1, 20), (19, 20), (20, 20), (7, 400)])
def test_wilson_agrees_with_a_search_for_its_limits(hits: int, of: int) -> None:
    found = wilson(hits, of)

    assert found.high == pytest.approx(by_search(hits, of, is_high=True), abs=1e-9)
    assert found.low == pytest.approx(by_search(hits, of, is_high=False), abs=1e-9)


def test_share_of_nothing_may_be_anything() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert wilson(0, 0).text == "nothing to go by yet"
    assert wilson(0, 20).text == "0.0 % (0 of 20; 95 % interval 0.0 to 16.1 %)"


def test_kappa_of_a_table_worked_by_hand() -> None:
    # 20 both A, 5 A then B, 10 B then A, 15 both B: agreed 0.7, by chance 0.5, so 0.4.
    pairs = [("A", "A")] * 20 + [("A", "B")] * 5 + [("B", "A")] * 10 + [("B", "B")] * 15

    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa(pairs) == pytest.approx(2 * (20 * 15 - 5 * 10) / (25 * 20 + 30 * 25))
    assert kappa([]) is None
    assert kappa([("A", "A")] * 3) is None


def test_kappa_agrees_with_observed_over_expected_disagreement() -> None:
    dice = random.Random(3)
    pairs = [(dice.choice("ABC"), dice.choice("AAB")) for _ in range(200)]

    expected = sum(first != second for first, _ in pairs for _, second in pairs) / len(pairs) ** 2
    observed = sum(first != second for first, second in pairs) / len(pairs)
    assert kappa(pairs) == pytest.approx(1 - observed / expected)


@pytest.mark.parametrize(
    ("settled", "size"), [(0, 0), (7, 7), (20, 20), (500, 20), (2_000, 20), (2_001, 21)]
)
def test_sample_is_one_percent_and_at_least_twenty_or_all(settled: int, size: int) -> None:
    assert sample_size(settled) == size


def test_draw_follows_its_key_and_not_the_order_of_what_is_drawn_from() -> None:
    contents = [bytes([number]) * 32 for number in range(200)]
    other = random.Random(1).sample(contents, 200)

    assert drawn(contents, key=b"k", most=20) == drawn(other, key=b"k", most=20)
    assert drawn(contents, key=b"k", most=20) != drawn(contents, key=b"l", most=20)
