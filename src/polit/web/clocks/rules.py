"""What is due in order, for whom, and the days between the stages of a case. No Django here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from polit.web.core.due import Due, DueTime
from polit.web.core.rules import CASE_ROLES, Access, Scope

WAITING = Access(Scope.ROLE, read=CASE_ROLES)
"""The list names no child; each source asks for access to the case itself."""
Asked = tuple[str, DueTime]
"""The kind of something that is due, and its time."""
CHART_WIDTH, BAR_HEIGHT = 300, 14


class Whose(StrEnum):
    """Whose tasks are shown."""

    MINE = "mine"
    UNASSIGNED = "unassigned"

    @property
    def label(self) -> str:
        """The choice in words."""
        return "Mine" if self is Whose.MINE else "Nobody's yet"


@dataclass(frozen=True, slots=True)
class DueFilter:
    """What of all that is due is shown; what is empty narrows nothing.

    Args:
        kind: The code of a kind.
        whose: ``Whose``, or ``None`` for everybody's.
        overdue: Whether only what is late is shown.
    """

    kind: str = ""
    whose: Whose | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class KindCount:
    """How much of one kind is due.

    Args:
        kind: Its code.
        label: Its words.
        waiting: How many wait.
        overdue: Of those, how many are late.
        is_more: Whether there are more than were counted.
    """

    kind: str
    label: str
    waiting: int
    overdue: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class DueRow:
    """One thing that is due, as a list shows it.

    Args:
        due: The thing.
        is_overdue: Whether it is late.
        waits_days: Since how many days it waits; 0 for today.
        late_days: Since how many days it is late; 0 where it is not, and for today.
    """

    due: Due
    is_overdue: bool
    waits_days: int
    late_days: int


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage that a case reached.

    Args:
        code: Its code.
        label: Its words.
        at: When.
        from_previous_days: Days since the stage before it in order; ``None`` for the first one.
            Less than 0 where it came earlier.
        from_receipt_days: Days since the receipt; ``None`` where that is not known.
        x: Where its bar begins, in units of the drawing.
        width: How wide the bar is; at least 2.
    """

    code: str
    label: str
    at: datetime
    from_previous_days: int | None
    from_receipt_days: int | None
    x: int
    width: int


def in_order(times: Iterable[Asked]) -> list[Asked]:
    """Return what is due by its time, so that what is late comes first.

    What is due at the same time stays by kind, and within it as its source has it.
    """
    return sorted(times, key=lambda each: (each[1].due_at, each[0]))


def narrowed(
    times: Iterable[Asked], wanted: DueFilter, user_name: str, now: datetime
) -> list[Asked]:
    """Return what of that which is due somebody asked for.

    Args:
        times: What is due.
        wanted: What they asked for.
        user_name: Who asks.
        now: What is late is late by then.
    """
    owners = {Whose.MINE: {user_name}, Whose.UNASSIGNED: {""}}
    return [
        (kind, each)
        for kind, each in times
        if wanted.kind in {"", kind}
        and (wanted.whose is None or each.owner in owners[wanted.whose])
        and (not wanted.overdue or each.is_overdue(now))
    ]


def kind_count(
    kind: str, label: str, times: Sequence[DueTime], now: datetime, most: int
) -> KindCount:
    """Return how much of one kind is due, of which at most so many were asked for."""
    late = sum(each.is_overdue(now) for each in times)
    return KindCount(kind, label, len(times), late, is_more=len(times) >= most)


def due_row(due: Due, now: datetime, today: date, since: date, by: date) -> DueRow:
    """Return a thing that is due with its days, which are counted in the force's zone.

    Args:
        due: The thing.
        now: What is late is late by then.
        today: The day of now.
        since: The day since which it waits.
        by: The day by which it is due.
    """
    is_late = due.is_overdue(now)
    late_days = max(0, (today - by).days) if is_late else 0
    return DueRow(due, is_late, max(0, (today - since).days), late_days)


def stage_rows(reached: Sequence[tuple[str, str, datetime, date]], start: str) -> list[StageRow]:
    """Return the stages that a case reached with the days between them.

    Args:
        reached: By code, words, instant and day in the force's zone, in the order of the stages.
        start: The code of the stage from which days are counted.
    """
    if not reached:
        return []
    days = [day for _code, _label, _at, day in reached]
    first, span = min(days), max(1, (max(days) - min(days)).days)
    receipt = next((day for code, _label, _at, day in reached if code == start), None)
    rows = []
    before: date | None = None
    for code, label, at, day in reached:
        begin, end = min(before or day, day), max(before or day, day)
        x = CHART_WIDTH * (begin - first).days // span
        width = CHART_WIDTH * (end - begin).days // span
        rows.append(
            StageRow(
                code,
                label,
                at,
                None if before is None else (day - before).days,
                None if receipt is None else (day - receipt).days,
                min(x, CHART_WIDTH - 2),
                max(2, width),
            )
        )
        before = day
    return rows
