"""The conference's clock: a table of dated cases, and bank holidays by a second way to them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from polit.base.errors import UsageError
from polit.web.core.working_days import working_days
from polit.web.safeguarding.children_law import child_clocks
from tools.docs_clocks import CONFERENCE_CASES

LONDON = ZoneInfo("Europe/London")
DAYS = working_days("england-wales-1")


@pytest.mark.parametrize(("discussion", "due", "why"), CONFERENCE_CASES)
def test_conference_is_due_on_the_fifteenth_working_day(
    discussion: str, due: str, why: str
) -> None:
    begins_at = datetime.fromisoformat(discussion).replace(tzinfo=LONDON)

    found = child_clocks("england-wales-1").clock("conference").due_at(begins_at, DAYS, LONDON)

    assert found.astimezone(LONDON).strftime("%Y-%m-%d %H:%M") == f"{due} 23:59", why


def test_table_has_the_rows_that_matter() -> None:
    assert len(CONFERENCE_CASES) >= 25


def test_day_of_a_discussion_is_that_of_the_force_not_of_utc() -> None:
    clock = child_clocks("england-wales-1").clock("conference")
    # 23:30 UTC in summer is 00:30 of the next day in the force's zone.
    found = clock.due_at(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), DAYS, LONDON)

    assert found.astimezone(LONDON).date() == date(2026, 7, 23)


@pytest.mark.parametrize("on", [date(2016, 12, 30), date(2027, 12, 20), date(2028, 1, 4)])
def test_year_that_the_file_does_not_list_is_refused(on: date) -> None:
    with pytest.raises(UsageError, match="lists 2017 to 2027"):
        DAYS.after(on, 15)


def test_bank_holidays_follow_the_rules_that_made_them() -> None:
    special = {date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19),
               date(2023, 5, 8)}  # fmt: skip
    moved = {date(2020, 5, 4), date(2022, 5, 30)}
    computed = {day for year in range(2017, 2028) for day in _ordinary(year)}

    assert {each.on for each in DAYS.days} == (computed - moved) | special
    assert [each.on for each in DAYS.days] == sorted(each.on for each in DAYS.days)
    # Of Scotland, and no bank holiday here.
    assert DAYS.is_working(date(2026, 1, 2))
    assert DAYS.is_working(date(2026, 8, 3))
    assert DAYS.is_working(date(2026, 11, 30))


def _ordinary(year: int) -> list[date]:
    easter = _easter(year)
    found = [easter - timedelta(days=2), easter + timedelta(days=1)]
    found += [_monday(year, 5, 1), _monday(year, 5, 25), _monday(year, 8, 25)]
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        day = fixed
        while day.weekday() > 4 or day in found:
            day += timedelta(days=1)
        found.append(day)
    return found


def _monday(year: int, month: int, day: int) -> date:
    """Return the first Monday from a day on."""
    begin = date(year, month, day)
    return begin + timedelta(days=-begin.weekday() % 7)


def _easter(year: int) -> date:
    """Return Easter Sunday by Gauss's way, with its two exceptions."""
    first = (19 * (year % 19) + 24) % 30
    second = (2 * (year % 4) + 4 * (year % 7) + 6 * first + 5) % 7
    days = first + second
    if days == 35 or (days == 34 and first == 28 and year % 19 > 10):
        days -= 7
    return date(year, 3, 22) + timedelta(days=days)


def test_another_library_counts_the_same_days() -> None:
    holidays = [each.on.isoformat() for each in DAYS.days]
    for held, due, why in CONFERENCE_CASES:
        counted = np.busday_offset(held[:10], 15, roll="backward", holidays=holidays)
        assert str(counted) == due, why
