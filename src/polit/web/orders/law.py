"""Kinds of order, rules of notification and the monitoring policy, from data. No Django here."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

from polit.base import settings
from polit.base.errors import UsageError
from polit.web.core.law import law_read
from polit.web.orders.periods import Length, last_day_beginning_with

_DEFAULT = "england-wales-1"
PERIODIC, PERIODIC_NO_RESIDENCE, INITIAL = "periodic", "periodic_no_residence", "initial"
DEVICES = "devices"
"""The code of a condition under which devices are checked."""


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


Entry = TypeVar("Entry", bound=_Coded)


@dataclass(frozen=True, slots=True)
class OrderKind:
    """One kind of order.

    Args:
        code: What is stored, never changed.
        label: What people read.
        statute: The act and section.
        least_months: The least length that the statute sets, ``None`` where it sets none.
        duties: Which notifications it brings: ``full``, ``identity`` or ``travel``.
        length: ``court`` where the court sets it, ``section_82`` where the sentence does.
        is_historic: Whether none is made any more.
        note: What else to know.
    """

    code: str
    label: str
    statute: str
    least_months: int | None
    duties: str
    length: str
    is_historic: bool
    note: str


@dataclass(frozen=True, slots=True)
class OrderKinds:
    """The kinds of order of one country, in one version."""

    scheme: str
    version: int
    notice: str
    entries: tuple[OrderKind, ...]

    @property
    def name(self) -> str:
        """As rows name it."""
        return f"{self.scheme}-{self.version}"

    def kind(self, code: str) -> OrderKind:
        """Return a kind.

        Raises:
            UsageError: There is none of this code.
        """
        return _entry(self.entries, code, "kind of order")


@dataclass(frozen=True, slots=True)
class Rule:
    """One period within which the police are notified.

    Args:
        code: What is stored, never changed.
        label: What people read.
        statute: The section it stands on.
        words: The period in words.
        days: Its days, months or hours; see ``Length``.
        restarts: Whether such a notification is an event of s.85(2), from which the periodic
            date is counted anew.
        is_derived: Whether nobody chooses it: it follows from the residence.
    """

    code: str
    label: str
    statute: str
    words: str
    days: int = 0
    months: int = 0
    hours: int = 0
    counts_first_day: bool = False
    is_before: bool = False
    restarts: bool = False
    is_derived: bool = False

    @property
    def length(self) -> Length:
        """The period."""
        return Length(self.days, self.months, self.hours, self.counts_first_day, self.is_before)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row of the table of s.82: how long the requirements last; ``None`` without an end.

    Args:
        kinds: The parts of a sentence of a court that lead to it, by their codes,
        least: from so many whole months,
        most: to so many; ``None`` for no bound.
    """

    code: str
    label: str
    months: int | None
    statute: str
    kinds: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None

    def holds(self, kind: str, amount: int | None) -> bool:
        """Tell whether a part of a sentence alone leads to it."""
        held = amount or 0
        return (
            kind in self.kinds and self.least <= held and (self.most is None or held <= self.most)
        )

    def last_day(self, begins_on: date, *, is_under_18: bool) -> date | None:
        """Return the last day of the requirements, halved for who was under 18 (s.82(2))."""
        if self.months is None:
            return None
        months = self.months // 2 if is_under_18 else self.months
        return last_day_beginning_with(begins_on, months)


@dataclass(frozen=True, slots=True)
class NotificationRules:
    """The rules of notification of one country, in one version."""

    scheme: str
    version: int
    notice: str
    not_modelled: str
    entries: tuple[Rule, ...]
    duties: dict[str, tuple[str, ...]]
    lengths: tuple[Sentence, ...]
    beside: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As rows name it."""
        return f"{self.scheme}-{self.version}"

    def rule(self, code: str) -> Rule:
        """Return a rule.

        Raises:
            UsageError: There is none of this code.
        """
        return _entry(self.entries, code, "notification")

    def sentence(self, code: str) -> Sentence:
        """Return a row of the table of s.82.

        Raises:
            UsageError: There is none of this code.
        """
        return _entry(self.lengths, code, "length")

    def sentence_for(self, parts: tuple[tuple[str, int | None], ...]) -> str:
        """Return the code of the row that follows from the parts of one sentence.

        Nothing follows where parts would have to be added, and from parts that no row names.

        Args:
            parts: Codes of parts and their amounts.
        """
        deciding = [part for part in parts if part[0] not in self.beside]
        if len(deciding) != 1:
            return ""
        return next((each.code for each in self.lengths if each.holds(*deciding[0])), "")

    def choices(self, duties: str) -> tuple[Rule, ...]:
        """Return the rules that an order with these duties brings."""
        return tuple(each for each in self.entries if each.code in self.duties[duties])

    @property
    def restarting(self) -> tuple[str, ...]:
        """The notifications that the periodic date is counted from."""
        return tuple(each.code for each in self.entries if each.restarts)


@dataclass(frozen=True, slots=True)
class Interval:
    """How often somebody of one level is visited, checked and assessed."""

    level: str
    visit_months: int
    device_months: int
    review_months: int


@dataclass(frozen=True, slots=True)
class Word:
    """A code and its words."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class MonitoringPolicy:
    """A force's policy of monitoring, in one version.

    Args:
        scheme: The country or force.
        version: Counts up from 1.
        notice: What to know before relying on it.
        first_visit_days: Days from the begin of an order to the first visit.
        unassessed_months: Months between visits while no level is held.
        intervals: One for each level.
        tools: The tools whose results are kept.
        condition_codes: What conditions are about.
    """

    scheme: str
    version: int
    notice: str
    first_visit_days: int
    unassessed_months: int
    intervals: tuple[Interval, ...]
    tools: tuple[Word, ...]
    condition_codes: tuple[Word, ...]

    @property
    def name(self) -> str:
        """As rows name it."""
        return f"{self.scheme}-{self.version}"

    def visit_months(self, level: str) -> int:
        """Return the months between visits at a level; none held is its own interval."""
        found = self._interval(level)
        return found.visit_months if found else self.unassessed_months

    def device_months(self, level: str) -> int:
        """Return the months between checks of devices at a level."""
        found = self._interval(level)
        return found.device_months if found else self.unassessed_months

    def tool_label(self, code: str) -> str:
        """Return a tool's words; an unknown one stands for itself."""
        return next((each.label for each in self.tools if each.code == code), code)

    def condition_label(self, code: str) -> str:
        """Return the words of what a condition is about."""
        return next((each.label for each in self.condition_codes if each.code == code), code)

    def _interval(self, level: str) -> Interval | None:
        return next((each for each in self.intervals if each.level == level), None)


def _entry(entries: tuple[Entry, ...], code: str, what: str) -> Entry:
    for each in entries:
        if each.code == code:
            return each
    raise UsageError(f"no {what} is called {code!r}: choose one of the list")


@lru_cache(maxsize=32)
def order_kinds(name: str) -> OrderKinds:
    """Return the kinds that an order was kept under."""
    return law_read("order-kinds", name, OrderKinds)


@lru_cache(maxsize=32)
def notification_rules(name: str) -> NotificationRules:
    """Return the rules that an order runs by."""
    return law_read("notification-rules", name, NotificationRules)


@lru_cache(maxsize=32)
def monitoring_policy(name: str) -> MonitoringPolicy:
    """Return the policy that an order is monitored by."""
    return law_read("monitoring", name, MonitoringPolicy)


def current_kinds() -> OrderKinds:
    """Return the kinds that new orders are kept under."""
    return order_kinds(settings.text("POLIT_ORDER_KINDS", _DEFAULT))


def current_rules() -> NotificationRules:
    """Return the rules that new orders run by."""
    return notification_rules(settings.text("POLIT_NOTIFICATION_RULES", _DEFAULT))


def current_policy() -> MonitoringPolicy:
    """Return the policy that new orders are monitored by."""
    return monitoring_policy(settings.text("POLIT_MONITORING", _DEFAULT))
