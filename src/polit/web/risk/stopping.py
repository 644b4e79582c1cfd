"""What stops a case's response clock: registers above say when a warrant or an arrest did.

A register says in its ``AppConfig.ready()`` where its stops come from; the clock asks.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet


@dataclass(frozen=True, slots=True)
class Stop:
    """The first thing of a kind that answered a referral.

    Args:
        at: When it happened.
        what: In words: "Warrant W/1 executed".
    """

    at: datetime
    what: str


Cases = Collection[UUID] | QuerySet[Any]
"""Cases by their identifiers, or a query of these."""

StopsOf = Callable[[Cases], Mapping[UUID, Stop]]
"""Return the first stop of each of these cases that has one, in one query."""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that answers referrals, in one register.

    Args:
        what: In words: "Arrest".
        rows: What stands.
        case: The path from a row to its case.
        at: The column of when it happened; an index by case or warrant and this is needed.
    """

    what: str
    rows: Callable[[], QuerySet[Any]]
    case: str
    at: str


_sources: dict[str, StopsOf] = {}
_answers: dict[str, Answers] = {}


def register_stops(register: str, source: StopsOf, answers: Answers) -> None:
    """Add what stops the clock; the same register again replaces what it was."""
    _sources[register] = source
    _answers[register] = answers


def answered_before_alone() -> Q:
    """Return the condition that something answered a referral's case before it came, not since."""
    before, since = Q(pk__in=[]), Q(pk__in=[])
    for each in _answers.values():
        rows = each.rows().filter(**{each.case: OuterRef("case")})
        before |= Q(Exists(rows.filter(**{f"{each.at}__lt": OuterRef("received_at")})))
        since |= Q(Exists(rows.filter(**{f"{each.at}__gte": OuterRef("received_at")})))
    return before & ~since


def answer_since(case_id: UUID, received_at: datetime) -> Stop | None:
    """Return the first that answered a case from some time on. A query for each register."""
    found = []
    for each in _answers.values():
        rows = each.rows().filter(**{each.case: case_id, f"{each.at}__gte": received_at})
        first = rows.order_by(each.at).values_list(each.at, flat=True).first()
        found += [Stop(first, each.what)] if first is not None else []
    return min(found, key=lambda stop: stop.at, default=None)


def stops_of(case_ids: Cases) -> dict[UUID, Stop]:
    """Return what stopped the clock of each case first, nothing for one whose clock runs."""
    found: dict[UUID, Stop] = {}
    is_nothing = not isinstance(case_ids, QuerySet) and not case_ids
    for name in () if is_nothing else sorted(_sources):
        for case_id, stop in _sources[name](case_ids).items():
            if case_id not in found or stop.at < found[case_id].at:
                found[case_id] = stop
    return found
