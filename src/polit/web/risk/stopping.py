"""What stops a case's response clock: registers above say when a warrant or an arrest did.

A register says in its ``AppConfig.ready()`` where its stops come from; the clock asks.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet


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

_sources: dict[str, StopsOf] = {}


def register_stops(register: str, source: StopsOf) -> None:
    """Add what stops the clock; the same register again replaces what it was."""
    _sources[register] = source


def stops_of(case_ids: Cases) -> dict[UUID, Stop]:
    """Return what stopped the clock of each case first, nothing for one whose clock runs."""
    found: dict[UUID, Stop] = {}
    is_nothing = not isinstance(case_ids, QuerySet) and not case_ids
    for name in () if is_nothing else sorted(_sources):
        for case_id, stop in _sources[name](case_ids).items():
            if case_id not in found or stop.at < found[case_id].at:
                found[case_id] = stop
    return found
