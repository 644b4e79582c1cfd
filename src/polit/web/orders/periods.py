"""How days, months and hours are counted from an event. No Django here.

Periods "beginning with" a day count that day; periods "after" or "of" an event do not. Months
follow the corresponding date: one year after 3 March ends with 3 March, and where the month has no
such day, with its last one (after 29 February: 28 February). Weekends and bank holidays change
nothing.

Source: Dodds v Walker [1981] 1 WLR 1027 (corresponding date); Zoan v Rouamba [2000] 1 WLR 1509
("beginning with" counts the day); Sexual Offences Act 2003 Part 2 for the words.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a period is, and from where it is counted.

    Args:
        days: Calendar days.
        months: Calendar months.
        hours: Hours of sixty minutes, whatever the clocks do.
        counts_first_day: Whether the day of the event is the first day.
        is_before: Whether it is counted back from the event.
    """

    days: int = 0
    months: int = 0
    hours: int = 0
    counts_first_day: bool = False
    is_before: bool = False


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day of an instant in the force's zone."""
    return instant.astimezone(zone).date()


def last_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the last instant of a local day, in UTC; the day may have 23 or 25 hours."""
    midnight = datetime.combine(day + _ONE_DAY, time(), tzinfo=zone)
    return midnight.astimezone(UTC) - _TICK


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a local day, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """Return the corresponding date so many months on, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_beginning_with(first: date, months: int) -> date:
    """Return the last day of a period of months that counts its first day.

    It is the day before the corresponding date; where the month has no such day, its last one.
    """
    corresponding = months_after(first, months)
    return corresponding - _ONE_DAY if corresponding.day == first.day else corresponding


def last_day_of(length: Length, event_on: date) -> date:
    """Return the last day on which something is in time, counted in days and months.

    Before an event days are clear: neither the day of the event nor that of the notice counts.
    """
    if length.is_before:
        return event_on - timedelta(days=length.days + 1)
    if length.months and length.counts_first_day:
        return last_day_beginning_with(event_on, length.months)
    if length.months:
        return months_after(event_on, length.months)
    return event_on + timedelta(days=length.days - length.counts_first_day)


def last_time_of(length: Length, event_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the last instant at which something is in time; a later one is late.

    Args:
        length: The period.
        event_at: When the event happened, or is to happen.
        zone: The force's zone, whose days are counted.
    """
    if length.hours:
        distance = timedelta(hours=length.hours)
        reached = event_at.astimezone(UTC)
        return reached - distance if length.is_before else reached + distance
    return last_instant(last_day_of(length, local_day(event_at, zone)), zone)
