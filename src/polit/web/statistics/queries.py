"""What is asked of runs, and of the records behind a figure."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Unit
from polit.web.cases.rules import UnitKind
from polit.web.core.listing import Listing, Sort
from polit.web.core.paging import page_of
from polit.web.statistics.figures import figure_of
from polit.web.statistics.figures.base import Figure, RecordRow
from polit.web.statistics.models import StatisticsRun
from polit.web.statistics.rules import Selection
from polit.web.statistics.superseded import SUPERSEDED, Corrected

RUNS = Listing(
    sorts=(
        Sort("newest", "Newest first", "recorded_at", newest_first=True),
        Sort("oldest", "Oldest first", "recorded_at"),
    ),
    search=("by", "area__name", "team__name"),
    search_label="Who counted, area or team",
)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of the records behind a figure.

    Args:
        rows: Those that the reader may see.
        after: The key to go on after, empty on the last page.
        value: How many records there are in all, now.
        hidden: How many of them are in cases that the reader has no access to.
    """

    rows: tuple[RecordRow, ...]
    after: str
    value: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure differs between two runs."""

    label: str
    before: int | None
    after: int

    @property
    def difference(self) -> str:
        """The difference with its sign; empty where there is none or nothing to compare."""
        if self.before is None or self.before == self.after:
            return ""
        return f"{self.after - self.before:+,}".replace("-", "\u2212")


def run_list() -> QuerySet[StatisticsRun]:
    """Return all runs without what they counted."""
    return StatisticsRun.objects.select_related("area", "team").defer("report")


def run_get(run_id: UUID) -> StatisticsRun:
    """Return a run.

    Raises:
        StatisticsRun.DoesNotExist: There is none of this identifier.
    """
    return StatisticsRun.objects.select_related("area", "team").get(pk=run_id)


def runs_before(run: StatisticsRun) -> QuerySet[StatisticsRun]:
    """Return earlier runs of the same period and units, the latest first."""
    same = run_list().filter(
        from_on=run.from_on,
        to_on=run.to_on,
        area_id=run.area_id,
        team_id=run.team_id,
        recorded_at__lt=run.recorded_at,
    )
    return same.order_by("-recorded_at")


def changes_between(before: StatisticsRun, after: StatisticsRun) -> tuple[Change, ...]:
    """Return each figure of a run beside the same of an earlier one."""
    earlier = before.counted
    return tuple(
        Change(each.label, earlier.value_of(each.key), each.value) for each in after.counted.figures
    )


def corrections_between(before: StatisticsRun, after: StatisticsRun) -> tuple[Corrected, ...]:
    """Return how many records of each kind were corrected or withdrawn between two runs."""
    return tuple(each.between(before.recorded_at, after.recorded_at) for each in SUPERSEDED)


def record_page(user: User, figure: Figure, selection: Selection, *, after: str = "") -> RecordPage:
    """Return a page of the records behind a figure that somebody may see, by their time."""
    records = figure.records(selection)
    value = records.count()
    readable = figure.readable(user, records)
    seen = readable.count()
    page = page_of(readable.select_related(*figure.joined), key=figure.order, after=after)
    return RecordPage(tuple(map(figure.row, page.rows)), page.after, value, value - seen)


def unit_named(kind: UnitKind, named: str) -> UUID:
    """Return an area or a team by its name or identifier; of two of a name the one that holds.

    Raises:
        UsageError: There is none.
    """
    rows = Unit.objects.filter(kind=kind.value)
    latest = F("ended_at").desc(nulls_first=True)
    found = rows.filter(name=named).order_by(latest).first()
    if found is None and _is_identifier(named):
        found = rows.filter(pk=named).first()
    if found is None:
        known = ", ".join(
            rows.filter(ended_at=None).order_by("name").values_list("name", flat=True)
        )
        raise UsageError(f"there is no {kind.value} {named!r}: there are {known or 'none'}")
    return found.pk


def figure_get(key: str) -> Figure | None:
    """Return a figure by its code, ``None`` where there is none."""
    return figure_of(key)


def _is_identifier(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
