"""What a figure is: a rule in words, and the records that it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.statistics.rules import Selection

Records = QuerySet[Any]
"""Records of whichever register the figure counts."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record that a figure counts, as who may read it sees it; it names no child.

    Args:
        label: What it is.
        at: When it happened.
        case_reference: The reference of its case; empty where it has none.
        url: Its page.
    """

    label: str
    at: datetime | date | None
    case_reference: str
    url: str

    @property
    def is_day(self) -> bool:
        """Whether it happened on a day, not at an instant."""
        return not isinstance(self.at, datetime)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Args:
        key: Its code.
        label: Its words.
        rule: How it is counted, for people.
        records: The records, each of which counts one.
        row: One of them as it is listed.
        joined: What is read along with each record that is listed.
        order: The column that a list of them follows.
        readable: Those of the records that somebody may read.
    """

    key: str
    label: str
    rule: str
    records: Callable[[Selection], Records]
    row: Callable[[Any], RecordRow]
    joined: tuple[str, ...]
    order: str
    readable: Callable[[User, Records], Records]


def in_cases(path: str) -> Callable[[User, Records], Records]:
    """Return the condition that a record's case is one that somebody has access to.

    Args:
        path: How the record names its case, such as ``warrant__case``.
    """
    return lambda user, rows: rows.filter(**{f"{path}__in": cases_for(user)})


def in_units(selection: Selection, path: str) -> Q:
    """Return the condition that a case is one of the area and of the team selected.

    Args:
        selection: What is counted.
        path: How the record names its case; empty for cases themselves.
    """
    prefix = f"{path}__" if path else ""
    found = Q()
    if selection.area_id is not None:
        found &= Q(**{f"{prefix}area_id": selection.area_id})
    if selection.team_id is not None:
        found &= Q(**{f"{prefix}team_id": selection.team_id})
    return found


def is_before_outer(column: str) -> Q:
    """Return the condition that a record comes before that of the outer query.

    Of two of the same instant the identifier decides. No window numbers the records: it would have
    to read those of all times, where those that are asked of are of one period.
    """
    earlier = Q(**{f"{column}__lt": OuterRef(column)})
    return earlier | Q(**{column: OuterRef(column), "pk__lt": OuterRef("pk")})


def in_period(selection: Selection, column: str) -> Q:
    """Return the condition that an instant lies in the period."""
    period = selection.period
    return Q(**{f"{column}__gte": period.begin_at, f"{column}__lt": period.end_at})
