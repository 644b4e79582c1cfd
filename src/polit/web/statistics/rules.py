"""Periods, ages, quartiles: how figures are counted. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import quantiles
from uuid import UUID
from zoneinfo import ZoneInfo

from polit.base.errors import UsageError
from polit.web.core.rules import Access, Role, Scope

READERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
"""Who sees figures. Their records are for supervisors alone: an auditor works on no case."""
_SUPERVISORS = frozenset({Role.SUPERVISOR})
COUNTING = Access(Scope.ROLE, read=READERS, write=READERS)
DRILLING = Access(Scope.ROLE, read=_SUPERVISORS, write=_SUPERVISORS)

FINANCIAL_YEAR_BEGIN = (4, 1)
"""Month and day: police forces of England and Wales account from 1 April."""
_YEAR_MIN, _YEAR_MAX = 1900, 9998
_DAYS_IN_YEAR = 365
AGES_DAYS = (7, 30, 90, 180, _DAYS_IN_YEAR)
"""Upper bounds of the groups of ages, in days; a last group is older."""


@dataclass(frozen=True, slots=True)
class Period:
    """Local days of the force's zone, the first and the last of them both counted.

    Args:
        from_on: The first day.
        to_on: The last day.
        zone: The zone's name, such as ``Europe/London``.
    """

    from_on: date
    to_on: date
    zone: str

    @property
    def begin_at(self) -> datetime:
        """The first instant of the period, in UTC."""
        return self._midnight(self.from_on)

    @property
    def end_at(self) -> datetime:
        """The first instant after the period, in UTC: 23:59 of the last day lies before it."""
        return self._midnight(self.to_on + timedelta(days=1))

    @property
    def shown(self) -> str:
        """The days in words."""
        return f"{day_text(self.from_on)} to {day_text(self.to_on)}"

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is counted: a period, and the area and the team whose cases are.

    Args:
        period: The days.
        area_id: The area; ``None`` for all.
        team_id: The team; ``None`` for all.
    """

    period: Period
    area_id: UUID | None = None
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A period that people often ask for."""

    label: str
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Spread:
    """How days are spread.

    Args:
        count: How many there are.
        least: The smallest.
        quarter: A quarter are at most this.
        median: Half are at most this.
        three_quarters: Three quarters are at most this.
        most: The greatest.
    """

    count: int
    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float


def check_period(from_on: date, to_on: date, zone: str) -> Period:
    """Return a period.

    Raises:
        UsageError: It ends before it begins, or lies outside of the calendar.
    """
    if to_on < from_on:
        raise UsageError("the last day of the period lies before its first: exchange them")
    if from_on.year < _YEAR_MIN or to_on.year > _YEAR_MAX:
        raise UsageError(f"a period lies in the years {_YEAR_MIN} to {_YEAR_MAX}")
    return Period(from_on, to_on, zone)


def presets(today: date) -> tuple[Preset, ...]:
    """Return the periods that people often ask for, seen from a day, which is in the latest."""
    year = date(today.year, 1, 1)
    month, day = FINANCIAL_YEAR_BEGIN
    financial = date(today.year, month, day)
    if today < financial:
        financial = financial.replace(year=today.year - 1)
    return (
        Preset("Last 12 months", _year_before(today) + timedelta(days=1), today),
        Preset("This calendar year", year, today),
        Preset("Last calendar year", _year_before(year), year - timedelta(days=1)),
        Preset("This financial year", financial, today),
        Preset("Last financial year", _year_before(financial), financial - timedelta(days=1)),
    )


def spread_of(days: Sequence[float]) -> Spread | None:
    """Return how days are spread, ``None`` where there are none.

    Quartiles lie between the two nearest values, in proportion.
    Source: Hyndman and Fan 1996, definition 7.
    """
    if not days:
        return None
    ordered = sorted(days)
    if len(ordered) == 1:
        return Spread(1, *[round(ordered[0], 1)] * 5)
    cuts = quantiles(ordered, n=4, method="inclusive")
    values = (ordered[0], *cuts, ordered[-1])
    return Spread(len(ordered), *(round(each, 1) for each in values))


def age_groups() -> tuple[tuple[str, int | None], ...]:
    """Return the groups of ages: words, and the days up to which; ``None`` for the last."""
    groups: list[tuple[str, int | None]] = []
    before = 0
    for days in AGES_DAYS:
        label = f"up to {days} days" if not before else f"{before + 1} to {days} days"
        groups.append((label[:1].upper() + label[1:], days))
        before = days
    return (*groups, (f"More than {before} days", None))


def grouped_ages(days: Sequence[float]) -> tuple[tuple[str, int], ...]:
    """Return how many of some lengths of time lie in each group of ages."""
    counts = []
    before = float("-inf")
    for label, until in age_groups():
        # Whole days: 7.9 days are not more than seven.
        limit = float("inf") if until is None else until + 1
        counts.append((label, sum(before <= each < limit for each in days)))
        before = limit
    return tuple(counts)


def day_text(day: date) -> str:
    """Return a day in words."""
    return f"{day.day} {day:%B %Y}"


def _year_before(day: date) -> date:
    """Return the same day a year earlier, 28 February for the 29th."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
