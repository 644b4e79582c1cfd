"""Where a case stands: registers say when it reached each stage, the case page shows the days.

A register says in its ``AppConfig.ready()`` which stages it knows. Everybody may import it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min, QuerySet

_AT_ONCE = 1_000
"""Cases in one query: SQLite refuses more than some thousands of values."""

Cases = Sequence[UUID] | QuerySet[Any]
"""Cases by their identifiers, or all that a query of cases finds."""

WhenReached = Callable[[Cases], Mapping[UUID, datetime]]
"""Return by case when it first reached a stage; a case that has not is left out. It is asked for
one case or for all of the force, in a number of queries that does not grow with them, and asks for
no access: the caller has made sure that the cases may be read."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a case, from referral to result.

    Args:
        code: Its code, such as ``warrant_granted``.
        order: Where it stands; the least comes first.
        label: What people read: "Warrant granted".
        when: When cases first reached it.
    """

    code: str
    order: int
    label: str
    when: WhenReached


_stages: dict[str, Stage] = {}


def register_stage(code: str, order: int, label: str, when: WhenReached) -> None:
    """Add a stage; the same code again replaces what it was.

    Args:
        code: Its code.
        order: Where it stands: received 100, risk assessed 200, enquiry answered 300, warrant
            granted 400, executed 500, arrested 600, devices examined 700, charged 800,
            result 900.
        label: What people read.
        when: When cases first reached it.
    """
    _stages[code] = Stage(code, order, label, when)


def stages() -> tuple[Stage, ...]:
    """Return the stages in order."""
    return tuple(sorted(_stages.values(), key=lambda each: (each.order, each.code)))


def first_by_case(rows: Callable[[], QuerySet[Any]], at: str, case: str = "case_id") -> WhenReached:
    """Return when cases first reached a stage, from a table of what happened.

    Args:
        rows: What counts, such as standing executions; asked anew each time.
        at: The column of the instant; rows without one do not count.
        case: The column of the case.
    """

    def when(cases: Cases) -> Mapping[UUID, datetime]:
        found: dict[UUID, datetime] = {}
        for some in _together(cases):
            wanted = {f"{case}__in": some, f"{at}__isnull": False}
            grouped = rows().filter(**wanted).order_by().values_list(case).annotate(Min(at))
            found.update(dict(grouped))
        return found

    return when


def earliest_of(*whens: WhenReached) -> WhenReached:
    """Return when cases first reached a stage that several tables tell of."""

    def when(cases: Cases) -> Mapping[UUID, datetime]:
        found: dict[UUID, datetime] = {}
        for each in whens:
            for case_id, at in each(cases).items():
                found[case_id] = min(at, found.get(case_id, at))
        return found

    return when


def _together(cases: Cases) -> Iterator[Sequence[UUID] | QuerySet[Any]]:
    """Return what goes into one query each: a query as it is, identifiers by the thousand."""
    if isinstance(cases, QuerySet):
        yield cases.order_by().values("pk")
        return
    for first in range(0, len(cases), _AT_ONCE):
        yield cases[first : first + _AT_ONCE]
