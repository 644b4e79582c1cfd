"""Periods, presets, ages, quartiles and charts."""

from datetime import UTC, date, datetime

import pytest

from polit.base.errors import UsageError
from polit.web.statistics.charts import CHART_WIDTH, bar_chart, box_chart
from polit.web.statistics.report import (
    REPORT_VERSION,
    Counted,
    Report,
    StageDays,
    report_read,
    report_text,
)
from polit.web.statistics.rules import (
    Period,
    Spread,
    check_period,
    grouped_ages,
    presets,
    spread_of,
)

ZONE = "Europe/London"


def utc(month: int, day: int, hour: int) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "begin", "end"),
    [
        (date(2025, 1, 15), utc(1, 15, 0), utc(1, 16, 0)),
        (date(2025, 7, 15), utc(7, 14, 23), utc(7, 15, 23)),
        (date(2025, 3, 30), utc(3, 30, 0), utc(3, 30, 23)),  # 23 hours: summer time begins
        (date(2025, 10, 26), utc(10, 25, 23), utc(10, 27, 0)),  # 25 hours: it ends
    ],
)
def test_day_is_a_local_one(day: date, begin: datetime, end: datetime) -> None:
    period = Period(day, day, ZONE)
    assert (period.begin_at, period.end_at) == (begin, end)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 2, 1), date(2025, 1, 31)),
        (date(1, 1, 1), date(2025, 1, 1)),
        (date(2025, 1, 1), date(9999, 12, 31)),
    ],
)
def test_period_that_cannot_be_is_refused(first: date, last: date) -> None:
    with pytest.raises(UsageError):
        check_period(first, last, ZONE)


def test_presets_are_the_years_that_people_ask_for() -> None:
    found = {each.label: (each.from_on, each.to_on) for each in presets(date(2026, 3, 31))}
    assert found == {
        "Last 12 months": (date(2025, 4, 1), date(2026, 3, 31)),
        "This calendar year": (date(2026, 1, 1), date(2026, 3, 31)),
        "Last calendar year": (date(2025, 1, 1), date(2025, 12, 31)),
        "This financial year": (date(2025, 4, 1), date(2026, 3, 31)),
        "Last financial year": (date(2024, 4, 1), date(2025, 3, 31)),
    }
    leap = {each.label: each for each in presets(date(2028, 2, 29))}
    assert leap["Last 12 months"].from_on == date(2027, 3, 1)


def test_spread_follows_its_definition() -> None:
    assert spread_of([]) is None
    assert spread_of([3.04]) == Spread(1, 3.0, 3.0, 3.0, 3.0, 3.0)
    assert spread_of([5, 1, 2, 4, 3]) == Spread(5, 1, 2.0, 3.0, 4.0, 5)
    assert spread_of([10, 20]) == Spread(2, 10, 12.5, 15.0, 17.5, 20)


def test_ages_are_whole_days() -> None:
    counts = [number for _label, number in grouped_ages([0, 7.9, 8, 30, 31, 365.5, 366, 4000])]
    assert counts == [2, 2, 1, 0, 1, 2]


def test_charts_stay_within_their_frame() -> None:
    chart = bar_chart([("A", 1_000_000), ("B", 1), ("C", 0)])
    assert [bar.width > 0 for bar in chart.bars] == [True, True, False]
    assert all(bar.end <= CHART_WIDTH for bar in chart.bars)
    stages = [
        StageDays("a", "A", "b", Spread(3, 0, 1, 2, 3, 90_000), ()),
        StageDays("b", "B", "b", Spread(1, 0, 0, 0, 0, 0), ()),
        StageDays("c", "C", "b", None, ()),
    ]
    boxes = box_chart(stages)
    assert boxes is not None
    assert [box.label for box in boxes.boxes] == ["A", "B"]
    assert all(box.left + box.width <= CHART_WIDTH >= box.most for box in boxes.boxes)
    assert box_chart(stages[2:]) is None


def test_report_is_read_as_it_was_written() -> None:
    stage = StageDays("a", "A", "b", Spread(3, 0, 1, 2, 3, 90), (("x", 1),))
    figure = Counted("arrests", "Arrests", 3, "A rule", "SELECT 1", ("a", "b"))
    report = Report(REPORT_VERSION, (figure,), stages=(stage,))
    assert report_read(report_text(report)) == report
    assert (report.value_of("arrests"), report.value_of("nothing")) == (3, None)
