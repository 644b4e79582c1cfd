"""Pauses between attempts, the end of attempts, where a day begins."""

from datetime import UTC, date, datetime, timedelta

import pytest

from polit.web.tasks.rules import MAX_ATTEMPTS, daily_round_on, is_last_attempt, pause_after


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 10), (2, 40), (3, 160), (4, 640), (5, 2560), (6, 3600)]
)
def test_pauses_grow_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert pause_after(attempts) == timedelta(seconds=seconds)


def test_attempts_end() -> None:
    assert [is_last_attempt(n) for n in (1, MAX_ATTEMPTS - 1, MAX_ATTEMPTS)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(("hour", "day"), [(0, 25), (2, 25), (3, 26), (23, 26)])
def test_a_day_begins_at_three_at_night(hour: int, day: int) -> None:
    assert daily_round_on(datetime(2026, 11, 26, hour, tzinfo=UTC)) == date(2026, 11, day)
