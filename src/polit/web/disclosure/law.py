"""Kinds of schedules, decisions on unused material and means of service, as data. No Django."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read

Entry = TypeVar("Entry")


class Source(StrEnum):
    """What the lines of a kind of schedule come from."""

    IMAGES = "images"
    ITEMS = "items"
    REPORT = "report"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ScheduleKind:
    """A kind of schedule.

    Args:
        code: What is stored, and stands in addresses.
        label: What people read.
        short: Its head in references, such as ``MG6C``.
        is_sensitive: Whether only readers of sensitive material may see it.
        source: What its lines come from.
    """

    code: str
    label: str
    short: str
    is_sensitive: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on an item; ``is_reported`` where the disclosure officer's report lists it."""

    code: str
    label: str
    is_reported: bool


@dataclass(frozen=True, slots=True)
class Means:
    """A way to serve something: what is stored, and what people read."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class DisclosureLaw:
    """The schedules and decisions of one country, in one version."""

    scheme: str
    version: int
    notice: str
    schedules: tuple[ScheduleKind, ...]
    decisions: tuple[Decision, ...]
    means: tuple[Means, ...]

    @property
    def name(self) -> str:
        """As rows name the version that they were recorded under."""
        return f"{self.scheme}-{self.version}"

    def schedule(self, code: str) -> ScheduleKind:
        """Return a kind of schedule.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.schedules}, code, "schedule")

    def decision(self, code: str) -> Decision:
        """Return a decision.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.decisions}, code, "decision")

    def way(self, code: str) -> Means:
        """Return a way to serve something.

        Raises:
            UsageError: There is none of that code.
        """
        return _found({each.code: each for each in self.means}, code, "means of service")


@lru_cache(maxsize=32)
def disclosure_law(name: str) -> DisclosureLaw:
    """Return the law that a row was recorded under."""
    return law_read("disclosure", name, DisclosureLaw)


@lru_cache(maxsize=1)
def current_law() -> DisclosureLaw:
    """Return the law of new rows."""
    return disclosure_law(settings.text("POLIT_DISCLOSURE", "england-wales-1"))


def _found(known: dict[str, Entry], code: str, what: str) -> Entry:
    if code not in known:
        raise UsageError(f"there is no {what} {code!r}: choose one of the list")
    return known[code]
