"""What is asked of series: of media, clues and children, those of the reader's cases."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import item_number
from polit.web.media.quarantine import content_shown
from polit.web.safeguarding.queries import task_get
from polit.web.victims.models import (
    Appearance,
    Clue,
    ClueTie,
    Series,
    SeriesCase,
    SeriesMedia,
    SeriesStep,
)
from polit.web.victims.rules import READERS

Row = TypeVar("Row", bound=Model)
Linked = SeriesMedia | Clue | ClueTie
"""What a case links to a series, and withdraws where it was wrong."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[Row]):
    """What of a series a reader sees.

    Args:
        rows: Of their cases.
        hidden: How many there are in cases that they have no access to; nothing else is told.
    """

    rows: tuple[Row, ...]
    hidden: int


def series_for(user: User) -> QuerySet[Series]:
    """Return the series that stand in a case of a reader, each with ``seen_places`` there."""
    if not user.roles & READERS:
        return Series.objects.none()
    mine = SeriesCase.objects.filter(case__in=case_ids_for(user))
    places = mine.select_related("case").order_by("case__reference")
    stands = Exists(mine.filter(series=OuterRef("pk")))
    return Series.objects.filter(stands).prefetch_related(
        Prefetch("places", queryset=places, to_attr="seen_places")
    )


def series_in(access: CaseAccess) -> QuerySet[Series]:
    """Return the series that stand in a case."""
    stands = SeriesCase.objects.filter(case_id=access.case.id, series=OuterRef("pk"))
    return Series.objects.filter(Exists(stands))


def series_get(access: CaseAccess, series_id: UUID) -> Series:
    """Return a series that stands in a case.

    Raises:
        Series.DoesNotExist: None of that identifier does.
    """
    return series_in(access).get(pk=series_id)


def series_choices(user: User) -> tuple[tuple[str, str], ...]:
    """Return the series of a reader's cases as choices of a form, the latest first. Two queries."""
    rows = series_for(user).order_by("-recorded_at", "-pk")
    return tuple((str(each.pk), each.name) for each in rows)


def series_steps(series: Series) -> list[SeriesStep]:
    """Return what was known of a series, the latest first."""
    return list(SeriesStep.objects.filter(series=series).order_by("-recorded_at", "-pk"))


def media_of(user: User, series: Series) -> QuerySet[SeriesMedia]:
    """Return what holds and is not quarantined of a series' media, of the reader's cases alone."""
    rows = _media_shown(series).filter(case__in=case_ids_for(user))
    return rows.select_related("case")


def media_hidden(user: User, series: Series) -> int:
    """Return how many media of a series lie in cases that the reader has no access to."""
    return _media_shown(series).exclude(case__in=case_ids_for(user)).count()


def gallery_leads(media: tuple[SeriesMedia, ...]) -> dict[UUID, int]:
    """Return by medium the place of what leads its stack, by which the gallery is opened.

    Two queries. A medium without an item is left out.
    """
    cases = {each.case_id for each in media}
    sets = dict(ReviewSet.objects.filter(case_id__in=cases).values_list("case_id", "pk"))
    numbers = {
        each.pk: item_number(sets[each.case_id], each.place)
        for each in media
        if each.place and each.case_id in sets
    }
    rows = Item.objects.filter(pk__in=numbers.values()).values_list("pk", "lead_place")
    leads = dict(rows)
    return {pk: leads[number] for pk, number in numbers.items() if number in leads}


def content_series(access: CaseAccess, content: bytes) -> list[Series]:
    """Return the series that a content of a case is of."""
    media = SeriesMedia.objects.standing().filter(
        series=OuterRef("pk"), case_id=access.case.id, sha256=content
    )
    return list(Series.objects.filter(Exists(media)).order_by("name"))


def task_content(access: CaseAccess, task_id: UUID) -> bytes:
    """Return the content that a safeguarding task of a case is about.

    Raises:
        ObjectDoesNotExist: The case has no such task.
    """
    return bytes(task_get(access, task_id).sha256)


def clues_seen(user: User, series: Series) -> Seen[ClueTie]:
    """Return the clues of a series that hold, by the day they were found. Two queries.

    A clue in an item that is quarantined for legal privilege tells what is in it, and is left out.
    """
    holds = clues_shown().values("pk")
    ties = ClueTie.objects.standing().filter(series=series, clue__in=holds)
    mine = ties.filter(clue__case__in=case_ids_for(user))
    rows = mine.select_related("clue__case", "clue__media").order_by("clue__found_on", "pk")
    found = tuple(rows)
    return Seen(found, ties.count() - len(found))


def clues_shown() -> QuerySet[Clue]:
    """Return the clues that hold, but for those in an item that is quarantined by now."""
    return Clue.objects.standing().filter(
        Q(media=None) | content_shown(case="media__case_id", sha256="media__sha256")
    )


def clue_get(access: CaseAccess, series: Series, clue_id: UUID) -> Clue:
    """Return a clue of a case that holds and is tied to a series.

    Raises:
        Clue.DoesNotExist: There is none of that identifier.
    """
    tied = ClueTie.objects.standing().filter(clue=OuterRef("pk"), series=series)
    return clues_shown().filter(Exists(tied)).get(pk=clue_id, case_id=access.case.id)


def linked_get(access: CaseAccess, series: Series, kind: str, row_id: UUID) -> Linked:
    """Return what a case linked to a series and holds.

    Args:
        access: The case.
        series: The series.
        kind: ``media``, ``clue`` or ``tie``.
        row_id: Which.

    Raises:
        ObjectDoesNotExist: None that holds has that identifier.
    """
    if kind == "media":
        return _media_shown(series).get(pk=row_id, case_id=access.case.id)
    if kind == "clue":
        return clue_get(access, series, row_id)
    ties = ClueTie.objects.standing().filter(series=series, clue__case_id=access.case.id)
    return ties.get(pk=row_id)


def children_seen(user: User, series: Series) -> Seen[Appearance]:
    """Return which unknown children appear in a series, by number. Two queries."""
    rows = Appearance.objects.standing().filter(series=series)
    mine = rows.filter(unknown__case__in=case_ids_for(user)).select_related("unknown__case")
    found = tuple(mine.order_by("unknown__number"))
    return Seen(found, rows.count() - len(found))


def _media(series: Series) -> QuerySet[SeriesMedia]:
    return SeriesMedia.objects.standing().filter(series=series)


def _media_shown(series: Series) -> QuerySet[SeriesMedia]:
    return _media(series).filter(content_shown(case="case_id"))
