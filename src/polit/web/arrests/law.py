"""Clocks of custody and bail, and criteria of necessity, from versioned files. No Django here."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion that makes an arrest necessary."""

    code: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class NecessityScheme:
    """The criteria of one country, in one version."""

    scheme: str
    version: int
    notice: str
    entries: tuple[Criterion, ...]

    @property
    def name(self) -> str:
        """As arrests name the scheme that they were recorded under."""
        return f"{self.scheme}-{self.version}"

    def label_of(self, code: str) -> str:
        """Return the words of a code; an unknown code stands for itself."""
        return next((each.label for each in self.entries if each.code == code), code)

    def check(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Return criteria once each, in the scheme's order.

        Raises:
            UsageError: One is not in the scheme.
        """
        known = [each.code for each in self.entries]
        unknown = sorted(set(codes) - set(known))
        if unknown:
            raise UsageError(f"no criterion of necessity is called {unknown[0]!r}")
        return tuple(code for code in known if code in codes)


@dataclass(frozen=True, slots=True)
class DetentionLimit:
    """How long somebody may be detained under one authority.

    Args:
        code: A kind of step in custody, or ``authorised`` for detention without more.
        label: What people read.
        hours: The longest, from the relevant time.
        period_hours: The longest from when this authority was given; ``None`` for no such limit.
        statute: The act and section.
    """

    code: str
    label: str
    hours: int
    period_hours: int | None
    statute: str


@dataclass(frozen=True, slots=True)
class CustodyLaw:
    """The custody clocks of one country, in one version.

    Args:
        scheme: The country.
        version: Counts up from 1.
        notice: What to know before relying on it.
        first_review_hours: From when detention was first authorised.
        further_review_hours: From each review to the next.
        review_statute: The act and section on reviews.
        rui_review_days: After how many days a release under investigation is looked at again.
        limits: The limits of detention.
    """

    scheme: str
    version: int
    notice: str
    first_review_hours: int
    further_review_hours: int
    review_statute: str
    rui_review_days: int
    limits: tuple[DetentionLimit, ...]

    @property
    def name(self) -> str:
        """As what runs by it names it."""
        return f"{self.scheme}-{self.version}"

    def limit(self, code: str) -> DetentionLimit:
        """Return the limit of one authority.

        Raises:
            UsageError: The file has none.
        """
        for each in self.limits:
            if each.code == code:
                return each
        raise UsageError(f"custody-clocks/{self.name}.json has no limit for {code!r}: add it")


@dataclass(frozen=True, slots=True)
class BailLevel:
    """How long bail before charge may last under one authority.

    Args:
        code: What is stored, never changed.
        label: What people read.
        authority: Who decides it.
        days: The length in days; ``None`` where it is in months, or not fixed.
        months: The length in calendar months; ``None`` where it is in days, or not fixed.
        statute: The act and section.
    """

    code: str
    label: str
    authority: str
    days: int | None
    months: int | None
    statute: str

    def last_day(self, arrested_on: date) -> date | None:
        """Return the last day of the period, ``None`` where it has no fixed length.

        The period begins on the day after the arrest (PACE 1984 s.47ZB(4)).
        """
        begin = arrested_on + timedelta(days=1)
        if self.days is not None:
            return begin + timedelta(days=self.days - 1)
        return None if self.months is None else _months_end(begin, self.months)


@dataclass(frozen=True, slots=True)
class BailLaw:
    """The periods of bail before charge, as one Act set them.

    Args:
        scheme: The country.
        version: Counts up from 1.
        notice: What to know before relying on it.
        arrested_from: It holds for whoever was arrested from this day on,
        arrested_until: up to this one; ``None`` for until now.
        levels: The periods, the first first.
    """

    scheme: str
    version: int
    notice: str
    arrested_from: date
    arrested_until: date | None
    levels: tuple[BailLevel, ...]

    @property
    def name(self) -> str:
        """As outcomes name the law that they run by."""
        return f"{self.scheme}-{self.version}"

    def level(self, code: str) -> BailLevel:
        """Return a level of authority.

        Raises:
            UsageError: This law knows none of that code.
        """
        for each in self.levels:
            if each.code == code:
                return each
        raise UsageError(f"no authority for bail is called {code!r}: choose one of the list")


@lru_cache(maxsize=32)
def necessity_scheme(name: str) -> NecessityScheme:
    """Return the criteria that an arrest was recorded under."""
    return law_read("arrest-necessity", name, NecessityScheme)


@lru_cache(maxsize=1)
def current_necessity() -> NecessityScheme:
    """Return the criteria that new arrests are recorded under."""
    return necessity_scheme(settings.text("POLIT_ARREST_NECESSITY", "england-wales-1"))


@lru_cache(maxsize=1)
def custody_law() -> CustodyLaw:
    """Return the custody clocks in use."""
    name = settings.text("POLIT_CUSTODY_CLOCKS", "england-wales-1")
    return law_read("custody-clocks", name, CustodyLaw)


@lru_cache(maxsize=32)
def bail_law(name: str) -> BailLaw:
    """Return the law that somebody was bailed under."""
    return law_read("bail-periods", name, BailLaw)


def bail_law_of(arrested_on: date) -> BailLaw:
    """Return the law on bail for whoever was arrested on a day.

    Raises:
        UsageError: None of the laws in use holds for that day.
    """
    names = settings.text("POLIT_BAIL_PERIODS", "england-wales-1,england-wales-2")
    for name in names.split(","):
        law = bail_law(name.strip())
        until = law.arrested_until or arrested_on
        if law.arrested_from <= arrested_on <= until:
            return law
    raise UsageError(f"POLIT_BAIL_PERIODS has no law for an arrest on {arrested_on}: add its file")


def _months_end(begin: date, months: int) -> date:
    """Return the last day of so many calendar months that begin on a day."""
    count = begin.month - 1 + months
    year, month = begin.year + count // _MONTHS_A_YEAR, count % _MONTHS_A_YEAR + 1
    longest = monthrange(year, month)[1]
    if begin.day > longest:
        return date(year, month, longest)
    return date(year, month, begin.day) - timedelta(days=1)
