"""Clocks and lists of children's safeguarding, from versioned files. No Django here."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read
from polit.web.core.working_days import WorkingDays


@dataclass(frozen=True, slots=True)
class DayClock:
    """A time in working days.

    Args:
        code: Never changed.
        label: What has to be done.
        runs_from: What it runs from, in words.
        working_days: How many.
        is_example: Whether no statute or statutory guidance sets it.
        source: Where it is set.
    """

    code: str
    label: str
    runs_from: str
    working_days: int
    is_example: bool
    source: str

    def due_at(self, begins_at: datetime, days: WorkingDays, zone: tzinfo) -> datetime:
        """Return the last minute in which it can be done in time.

        Raises:
            UsageError: The bank holidays of a year that it touches are not known.
        """
        return days.end_after(begins_at, self.working_days, zone)


@dataclass(frozen=True, slots=True)
class ChildClocks:
    """The clocks of children of one country or force, in one version."""

    scheme: str
    version: int
    notice: str
    entries: tuple[DayClock, ...]

    @property
    def name(self) -> str:
        """As records name the version that they run by."""
        return f"{self.scheme}-{self.version}"

    def clock(self, code: str) -> DayClock:
        """Return a clock.

        Raises:
            UsageError: The file has none of that code.
        """
        return _of(self.entries, code, f"safeguarding-clocks/{self.name}.json")


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class StrategyOutcome:
    """How a strategy discussion may end; ``initiates_enquiry`` starts the conference's clock."""

    code: str
    label: str
    initiates_enquiry: bool = False


@dataclass(frozen=True, slots=True)
class EnquiryOutcome:
    """How a section 47 enquiry may end; some need no conference."""

    code: str
    label: str
    ends_conference_clock: bool = False


@dataclass(frozen=True, slots=True)
class ConferenceOutcome:
    """How a conference may end; one that was adjourned does not end its clock."""

    code: str
    label: str
    is_held: bool = True


@dataclass(frozen=True, slots=True)
class ActionKind:
    """A kind of protective action.

    Args:
        code: Never changed.
        label: What people read.
        counts: Whether a child for whom it is taken counts as safeguarded.
        hours: How long it may last; 0 for no limit.
        ends: The kinds with a limit that it ends.
        source: The statute, where one sets it.
    """

    code: str
    label: str
    counts: bool
    hours: int = 0
    ends: tuple[str, ...] = ()
    source: str = ""

    def ends_at(self, begins_at: datetime) -> datetime | None:
        """Return when it must end by itself; ``None`` for no limit. Hours are elapsed hours."""
        return begins_at + timedelta(hours=self.hours) if self.hours else None


class ArisesOn(StrEnum):
    """What a contact with a victim is owed on by itself."""

    NOTHING = ""
    IDENTIFIED = "identified"
    ARREST = "arrest"
    RELEASE = "release"
    DECISION = "decision"

    @property
    def label(self) -> str:
        """When it is asked for, in words; empty where somebody has to say that it is owed."""
        return _OCCASIONS[self.value]


_OCCASIONS = {
    "": "",
    "identified": "once the victim is identified",
    "arrest": "on each arrest",
    "release": "on each release on bail or under investigation",
    "decision": "on each charge, caution or decision to take no further action",
}


@dataclass(frozen=True, slots=True)
class ContactKind:
    """A kind of contact that is owed.

    Args:
        code: Never changed.
        label: What people read.
        working_days: By when, from what it follows.
        source: Where that is set.
        arises_on: Where it is owed by itself, on what; empty where somebody has to say so.
    """

    code: str
    label: str
    working_days: int
    source: str
    arises_on: ArisesOn = ArisesOn.NOTHING


Entry = TypeVar(
    "Entry", DayClock, Choice, StrategyOutcome, EnquiryOutcome, ConferenceOutcome, ActionKind,
    ContactKind,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The lists of one country or force, in one version."""

    scheme: str
    version: int
    notice: str
    relations: tuple[Choice, ...]
    agencies: tuple[Choice, ...]
    strategy_outcomes: tuple[StrategyOutcome, ...]
    enquiry_outcomes: tuple[EnquiryOutcome, ...]
    conference_outcomes: tuple[ConferenceOutcome, ...]
    actions: tuple[ActionKind, ...]
    contacts: tuple[ContactKind, ...]
    recipients: tuple[Choice, ...]
    needs: tuple[Choice, ...]

    @property
    def name(self) -> str:
        """As records name the version that their codes are of."""
        return f"{self.scheme}-{self.version}"

    @property
    def file(self) -> str:
        """The file, for people to read."""
        return f"safeguarding-catalogue/{self.name}.json"

    def find(self, entries: tuple[Entry, ...], code: str) -> Entry:
        """Return an entry of one of the lists.

        Raises:
            UsageError: The list has none of that code.
        """
        return _of(entries, code, self.file)

    def enders(self, kind: str) -> tuple[str, ...]:
        """Return the kinds of action that end one with a limit."""
        return tuple(each.code for each in self.actions if kind in each.ends)


def label_in(entries: tuple[Entry, ...], code: str) -> str:
    """Return the words of a code; an unknown one stands for itself."""
    return next((each.label for each in entries if each.code == code), code)


@lru_cache(maxsize=32)
def child_clocks(name: str) -> ChildClocks:
    """Return the clocks that a record runs by."""
    return law_read("safeguarding-clocks", name, ChildClocks)


@lru_cache(maxsize=1)
def current_child_clocks() -> ChildClocks:
    """Return the clocks that new records run by."""
    return child_clocks(settings.text("POLIT_CHILD_CLOCKS", "england-wales-1"))


@lru_cache(maxsize=32)
def catalogue(name: str) -> Catalogue:
    """Return the lists that a record's codes are of."""
    return law_read("safeguarding-catalogue", name, Catalogue)


@lru_cache(maxsize=1)
def current_catalogue() -> Catalogue:
    """Return the lists that new records choose from."""
    return catalogue(settings.text("POLIT_SAFEGUARDING_CATALOGUE", "england-wales-1"))


def _of(entries: tuple[Entry, ...], code: str, file: str) -> Entry:
    for each in entries:
        if each.code == code:
            return each
    raise UsageError(f"{file} has no {code!r}: choose one of the list")
