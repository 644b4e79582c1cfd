"""Plain lists of what happened, and how they are counted by hand.

Nothing here asks polit what it counted: periods are compared by local days, people who are one are
followed from record to record, and visits are due as the policy says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from polit.web.arrests.rules import ArrestKind
from polit.web.cases.models import Case
from polit.web.exhibits.rules import DeviceKind
from polit.web.people.models import CasePerson
from polit.web.statistics.rules import Selection

LONDON = ZoneInfo("Europe/London")
_MONTHS = {"": 1, "very_high": 1, "high": 3, "medium": 6, "low": 12}
_FIRST_VISIT_DAYS = 15


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of that month, step by step."""
    year, month = day.year, day.month
    for _each in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for length in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, length))
        except ValueError:
            continue
    raise AssertionError


@dataclass
class Entry:
    """Something that happened, as it was kept last.

    Args:
        key: The identifier of the row that holds.
        of: What it happened to.
        case: In which case.
        at: When.
        what: Kind, outcome, level, or whether somebody was seen.
        holds: Whether it does: not once it was withdrawn.
        first: The identifier of the row that was kept first.
        turn: Counts up with every row.
    """

    key: UUID
    of: Any
    case: Case
    at: datetime
    what: Any
    holds: bool = True
    first: UUID | None = None
    turn: int = 0


@dataclass
class Lists:
    """All that happened, in lists."""

    cases: list[Case] = field(default_factory=list)
    warrants: list[Any] = field(default_factory=list)
    suspects: list[CasePerson] = field(default_factory=list)
    children: list[tuple[UUID, Any]] = field(default_factory=list)
    orders: list[tuple[Any, list[date]]] = field(default_factory=list)
    joined: dict[UUID, UUID] = field(default_factory=dict)
    victims: set[UUID] = field(default_factory=set)
    executions: list[Entry] = field(default_factory=list)
    arrests: list[Entry] = field(default_factory=list)
    actions: list[Entry] = field(default_factory=list)
    visits: list[Entry] = field(default_factory=list)
    levels: list[Entry] = field(default_factory=list)
    seized: list[Entry] = field(default_factory=list)
    received: list[Entry] = field(default_factory=list)

    def counted(self, selection: Selection) -> dict[str, int]:
        """Count everything of the lists."""

        def is_asked(entry: Entry) -> bool:
            on = entry.at.astimezone(LONDON).date()
            return (
                selection.period.from_on <= on <= selection.period.to_on
                and selection.area_id in (None, entry.case.area_id)
                and selection.team_id in (None, entry.case.team_id)
            )

        counting = [each for each in self.executions if each.holds and each.what != "no_entry"]
        acted = [each for each in self.actions if each.holds and each.what == "safety_plan"]
        safe = [
            root
            for root, first in _firsts(acted, lambda each: self.root(each.of[0])).items()
            if is_asked(first)
        ]
        found = {self.root(each) for each in self.victims}
        victims = sum(root in found for root in safe)
        return {
            "warrants_executed": sum(
                map(is_asked, _firsts(counting, lambda each: each.of.pk).values())
            ),
            "warrant_executions": sum(map(is_asked, counting)),
            "arrests": sum(
                each.holds and each.what is ArrestKind.ARREST and is_asked(each)
                for each in self.arrests
            ),
            "children_safeguarded": len(safe),
            "children_identified_victims": victims,
            "children_at_risk": len(safe) - victims,
            "protective_actions": sum(map(is_asked, acted)),
            "devices_seized": sum(
                each.what is not DeviceKind.OTHER and is_asked(each) for each in self.seized
            ),
            "devices_examined": 0,
            "referrals": sum(map(is_asked, self.received)),
            **self._supervised(selection),
        }

    def root(self, person_id: UUID) -> UUID:
        """Return who stands for a person."""
        while person_id in self.joined:
            person_id = self.joined[person_id]
        return person_id

    def _supervised(self, selection: Selection) -> dict[str, int]:
        last = selection.period.to_on
        held = [
            order
            for order, ended in self.orders
            if selection.area_id in (None, order.case.area_id)
            and selection.team_id in (None, order.case.team_id)
            and order.begins_on <= last <= (order.ends_on or last)
            and not any(day <= last for day in ended)
        ]

        def by_then(entries: list[Entry], place_id: UUID) -> list[Entry]:
            past = [
                each
                for each in entries
                if each.holds and each.of.place_id == place_id
                and each.at.astimezone(LONDON).date() <= last
            ]  # fmt: skip
            return sorted(past, key=lambda each: (each.at, each.turn))

        late = set()
        for order in held:
            seen = [each for each in by_then(self.visits, order.place_id) if each.what]
            levels = by_then(self.levels, order.place_id)
            due = order.begins_on + timedelta(days=_FIRST_VISIT_DAYS)
            if seen:
                months = _MONTHS[levels[-1].what if levels else ""]
                due = months_after(seen[-1].at.astimezone(LONDON).date(), months)
            if due < last:
                late.add(order.place_id)
        return {"orders_supervised": len(held), "visits_overdue": len(late)}


def _firsts(entries: list[Entry], key: Callable[[Entry], UUID]) -> dict[UUID, Entry]:
    """Return the first entry of each key; of two at one instant that of the lesser identifier."""
    found: dict[UUID, Entry] = {}
    for each in entries:
        now = found.get(key(each))
        if now is None or (each.at, each.key) < (now.at, now.key):
            found[key(each)] = each
    return found
