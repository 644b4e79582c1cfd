"""What is asked of deadlines and stages, of whichever register keeps them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.clocks.rules import (
    Asked,
    DueFilter,
    DueRow,
    KindCount,
    StageRow,
    due_row,
    in_order,
    kind_count,
    narrowed,
    stage_rows,
)
from polit.web.core.due import Asking, Due, DueSource, due_sources
from polit.web.core.paging import PAGE_SIZE
from polit.web.core.stages import Stage, stages

RECEIVED = "received"
"""The code of the stage from which days are counted: the receipt of the referral."""
ASKED_MOST = 100
"""Rows of one kind that are counted; further pages look through as many more as they need."""
_NARROWED_MOST = 500
"""So many are looked through for what is somebody's own: more wait for nobody's eyes."""
_AFTER_DIGITS = 6


@dataclass(frozen=True, slots=True)
class DueList:
    """A page of what is due.

    Args:
        rows: What is late first, then by the time.
        counts: By kind, those that have something; of everything that may be seen.
        after: How many rows to go on after, as text; empty on the last page.
        is_cut: Whether a kind has more than is looked through.
    """

    rows: tuple[DueRow, ...]
    counts: tuple[KindCount, ...]
    after: str
    is_cut: bool

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(each.waiting for each in self.counts)

    @property
    def overdue(self) -> int:
        """How many are late."""
        return sum(each.overdue for each in self.counts)


def due_list(
    user: User,
    wanted: DueFilter,
    *,
    after: str = "",
    size: int = PAGE_SIZE,
    mine_first: bool = False,
    read: dict[object, object] | None = None,
) -> DueList:
    """Return what is due in what somebody may see. A query or two for each kind.

    All of it is asked for its times; only what the page shows is read whole.

    Args:
        user: Who asks.
        wanted: What is shown; the counts are of everything.
        after: How many rows were seen; what is no number is none.
        size: Rows a page.
        mine_first: Whether what is this person's own comes before what is everybody's.
        read: What was read for the same page already.
    """
    now = now_utc()
    is_number = after.isascii() and after.isdigit() and len(after) <= _AFTER_DIGITS
    first = int(after) if is_number else 0
    # What is late comes first in each kind anyway; what is somebody's own lies anywhere.
    narrowed_most = 0 if wanted.whose is None else _NARROWED_MOST
    most = max(ASKED_MOST, first + size + 1, narrowed_most)
    asking = Asking(user, most, read)
    asked = [(source, source.steps.times(asking)) for source in due_sources(user.roles)]
    counts = [kind_count(each.kind, each.label, times, now, most) for each, times in asked]
    waiting = ((source.kind, each) for source, times in asked for each in times)
    ordered = in_order(narrowed(waiting, wanted, user.username, now))
    if mine_first:
        ordered = sorted(ordered, key=lambda each: each[1].owner != user.username)
    page = _shown([source for source, _times in asked], ordered[first : first + size])
    return DueList(
        tuple(_row(each, now) for each in page),
        tuple(each for each in counts if each.waiting),
        str(first + size) if len(ordered) > first + size else "",
        is_cut=any(each.is_more for each in counts),
    )


def kinds_of(user: User) -> tuple[tuple[str, str], ...]:
    """Return the kinds of deadline that somebody may see, as choices."""
    return tuple((each.kind, each.label) for each in due_sources(user.roles))


def stages_reached(case_ids: Sequence[UUID]) -> Mapping[UUID, list[tuple[Stage, datetime]]]:
    """Return the stages that cases reached, in the order of the stages; the caller may read them.

    A number of queries that does not grow with the cases, but for one for each thousand.
    """
    found: dict[UUID, list[tuple[Stage, datetime]]] = {each: [] for each in case_ids}
    for stage in stages():
        for case_id, at in stage.when(case_ids).items():
            found[case_id].append((stage, at))
    return found


def stage_days(case_id: UUID) -> list[StageRow]:
    """Return the stages that a case reached with the days between them, in the force's zone."""
    return stage_rows(
        [
            (stage.code, stage.label, at, timezone.localdate(at))
            for stage, at in stages_reached([case_id])[case_id]
        ],
        start=RECEIVED,
    )


def _shown(sources: Iterable[DueSource], page: Sequence[Asked]) -> list[Due]:
    """Return what a page shows, in its order; what was done since it was asked for is left out."""
    found: dict[tuple[str, object], Due] = {}
    for source in sources:
        keys = [each.key for kind, each in page if kind == source.kind]
        shown = source.steps.shown(keys) if keys else {}
        found.update({(source.kind, key): due for key, due in shown.items()})
    return [found[kind, each.key] for kind, each in page if (kind, each.key) in found]


def _row(due: Due, now: datetime) -> DueRow:
    days = (timezone.localdate(each) for each in (now, due.since, due.due_at))
    return due_row(due, now, *days)
