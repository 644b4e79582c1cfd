"""The clock: aware, in UTC, and one text for one instant."""

from datetime import UTC, datetime, timedelta, timezone

from polit.base.clock import instant_text, monotonic_s, now_utc


def test_now_is_aware_and_in_utc() -> None:
    assert now_utc().tzinfo is UTC


def test_the_monotonic_clock_never_goes_back() -> None:
    readings = [monotonic_s() for _ in range(100)]
    assert readings == sorted(readings)


def test_an_instant_of_another_zone_is_told_in_utc() -> None:
    local = datetime(2026, 1, 1, 1, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert instant_text(local) == "2025-12-31T23:30:15Z"
