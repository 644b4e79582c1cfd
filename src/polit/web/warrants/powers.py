"""Powers to apply for a warrant, how long it holds, outcomes, from files. No Django here."""

import calendar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_KIND = "warrant-powers"


@dataclass(frozen=True, slots=True)
class WarrantPower:
    """What a court may grant a warrant by.

    Args:
        code: What is stored, never changed.
        label: What people read.
        statute: The act and section.
        months: Calendar months from its issue within which it is executed; ``None`` where the
            data does not say.
        months_source: Where that stands.
        is_confirmed: Whether that is sure; else the form says that it is to be confirmed.
        seizure_power: The code of the power of seizure that goes with it; empty for none.
    """

    code: str
    label: str
    statute: str
    months: int | None
    months_source: str
    is_confirmed: bool
    seizure_power: str

    def last_day(self, granted_on: date) -> date | None:
        """Return the last day of a warrant that was issued on a day, ``None`` where not known."""
        return None if self.months is None else months_after(granted_on, self.months)

    @property
    def validity(self) -> str:
        """How long it holds, in words."""
        if self.months is None:
            return "To be confirmed: give the day that stands on the warrant."
        sure = "" if self.is_confirmed else " To be confirmed by the force."
        return f"{self.months} months from its issue: {self.months_source}.{sure}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an execution may come out.

    Args:
        code: What is stored, never changed.
        label: What people read.
        counts: Whether the warrant then was executed.
    """

    code: str
    label: str
    counts: bool


@dataclass(frozen=True, slots=True)
class PowerScheme:
    """The powers of one country, in one version.

    Args:
        scheme: The country.
        version: Counts up from 1.
        notice: What to know before relying on it.
        entries: In the order in which they are offered.
        outcomes: How executions come out.
    """

    scheme: str
    version: int
    notice: str
    entries: tuple[WarrantPower, ...]
    outcomes: tuple[Outcome, ...]

    def power(self, code: str) -> WarrantPower:
        """Return a power.

        Raises:
            UsageError: The file has none of this code.
        """
        for each in self.entries:
            if each.code == code:
                return each
        raise UsageError(f"power: none is called {code!r}: choose one of the list")

    def outcome(self, code: str) -> Outcome:
        """Return an outcome.

        Raises:
            UsageError: The file has none of this code.
        """
        for each in self.outcomes:
            if each.code == code:
                return each
        raise UsageError(f"outcome: none is called {code!r}: choose one of the list")

    def label_of(self, code: str) -> str:
        """Return a power in words; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)

    def outcome_label(self, code: str) -> str:
        """Return an outcome in words; an unknown code stands for itself."""
        return next((each.label for each in self.outcomes if each.code == code), code)


@lru_cache(maxsize=32)
def power_scheme(scheme: str, version: int) -> PowerScheme:
    """Return a scheme that a warrant was kept under."""
    return law_read(_KIND, f"{scheme}-{version}", PowerScheme)


@lru_cache(maxsize=1)
def current_powers() -> PowerScheme:
    """Return the powers that new warrants are kept under."""
    name = settings.text("POLIT_WARRANT_POWERS", "england-wales-1")
    return law_read(_KIND, name, PowerScheme)


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, its last day where it has none of that number."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
