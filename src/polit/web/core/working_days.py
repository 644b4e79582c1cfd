"""Working days: Monday to Friday but for bank holidays, which a versioned file lists.

Counting begins on the day after: the first working day of a period is the next working day after
the day on which it begins. A day outside the years of the file is refused, never guessed. No
Django here; everybody may import it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "bank-holidays"
_SATURDAY = 5
_LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class BankHoliday:
    """One day.

    Args:
        on: The day.
        name: What it is.
    """

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The bank holidays of one country, in one version.

    Args:
        scheme: The country.
        version: Counts up from 1.
        notice: What to know before relying on it.
        source: Where the days are set.
        first_year: The first year that is listed whole.
        last_year: The last.
        days: In order.
    """

    scheme: str
    version: int
    notice: str
    source: str
    first_year: int
    last_year: int
    days: tuple[BankHoliday, ...]

    @property
    def name(self) -> str:
        """As records name the file that they were counted by."""
        return f"{self.scheme}-{self.version}"

    def check_year(self, on: date) -> None:
        """Refuse a day that the file does not reach.

        Raises:
            UsageError: It lies before or after its years.
        """
        if not self.first_year <= on.year <= self.last_year:
            raise UsageError(
                f"working days cannot be counted at {on.day}.{on.month}.{on.year}: "
                f"{_KIND}/{self.name}.json lists {self.first_year} to {self.last_year}. "
                "Check the date, or add the year as its next version"
            )

    def is_working(self, on: date) -> bool:
        """Tell whether a day is a working day.

        Raises:
            UsageError: The file does not list its year.
        """
        self.check_year(on)
        return on.weekday() < _SATURDAY and on not in _held(self)

    def after(self, on: date, count: int) -> date:
        """Return the last day of a period: so many working days after a day.

        Args:
            on: The day on which it begins, which is not counted itself.
            count: Working days, 1 or more.

        Raises:
            UsageError: The file does not list a year that the period touches.
        """
        self.check_year(on)
        day, left = on, count
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return day

    def end_after(self, at: datetime, count: int, zone: tzinfo) -> datetime:
        """Return the last minute of a period that begins at an instant.

        Args:
            at: When it begins; its day is that of the force's zone.
            count: Working days, 1 or more.
            zone: The force's zone.

        Raises:
            UsageError: As ``after``.
        """
        return end_of_day(self.after(at.astimezone(zone).date(), count), zone)


def end_of_day(on: date, zone: tzinfo) -> datetime:
    """Return the last minute of a day in the force's zone."""
    return datetime.combine(on, _LAST_MINUTE, zone).astimezone(UTC)


@lru_cache(maxsize=32)
def working_days(name: str) -> WorkingDays:
    """Return the bank holidays of a file."""
    return law_read(_KIND, name, WorkingDays)


@lru_cache(maxsize=1)
def current_working_days() -> WorkingDays:
    """Return the bank holidays that new periods are counted by."""
    return working_days(settings.text("POLIT_BANK_HOLIDAYS", "england-wales-1"))


@lru_cache(maxsize=32)
def _held(days: WorkingDays) -> frozenset[date]:
    return frozenset(each.on for each in days.days)
