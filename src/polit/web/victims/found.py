"""What victim identification tells the search, and the record of what happened to a child."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.core.searching import Entry, Searchable, corrected, rows_written
from polit.web.victims.models import Clue, ClueTie, Series, SeriesCase, UnknownChild, UnknownStep
from polit.web.victims.queries import clues_shown
from polit.web.victims.rules import READERS

_WORDS = {
    "identify": "Identified as a child who was unknown",
    "withdraw_identification": "Not the child who was unknown after all",
}


def searchables() -> tuple[Searchable, ...]:
    """Return what of the register can be found: each entry needs the access to its case."""
    return (
        Searchable("unknown_child", "Unknown child", UnknownChild, _unknown),
        Searchable("series", "Series", Series, _series, ((SeriesCase, _of_place),)),
        Searchable("clue", "Clue", Clue, _clues, ((Clue, corrected), (ClueTie, _of_tie))),
    )


def happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return that a child was identified, in the cases of a reader of children. One query."""
    if not isinstance(user, User) or not user.roles & READERS:
        return
    rows = UnknownStep.objects.filter(
        child__place__person__in=person_ids, unknown__case__in=case_ids_for(user)
    ).select_related("unknown__case")
    for each in rows:
        unknown = each.unknown
        url = reverse("victims:unknown", args=[unknown.case_id, unknown.pk])
        yield Happening(each.occurred_at, _WORDS[each.action], unknown.case.reference, url,
                        unknown.label, each.by)  # fmt: skip


def _unknown(records: Sequence[Model]) -> Iterator[Entry]:
    rows = UnknownChild.objects.filter(pk__in=[each.pk for each in records])
    for each in rows.select_related("case"):
        url = reverse("victims:unknown", args=[each.case_id, each.pk])
        yield Entry(each.pk, each.case_id, each.label, f"{each.case.reference}\n{each.note}", url,
                    READERS)  # fmt: skip


def _series(records: Sequence[Model]) -> Iterator[Entry]:
    """Return an entry for each case that a series stands in: it is found through one of them."""
    places = SeriesCase.objects.filter(series__in=[each.pk for each in records])
    for each in places.select_related("series"):
        series = each.series
        url = reverse("victims:series", args=[each.case_id, series.pk])
        yield Entry(series.pk, each.case_id, f"Series {series.name}",
                    f"{series.reference}\n{series.about}", url, READERS)  # fmt: skip


def _clues(records: Sequence[Model]) -> Iterator[Entry]:
    ties = ClueTie.objects.standing().filter(
        clue__in=clues_shown().filter(pk__in=[each.pk for each in records]).values("pk")
    )
    told = set[UUID]()
    for each in ties.select_related("clue").order_by("recorded_at", "pk"):
        clue = each.clue
        if clue.pk in told:
            continue
        told.add(clue.pk)
        url = reverse("victims:series", args=[clue.case_id, each.series_id])
        yield Entry(clue.pk, clue.case_id, f"Clue: {clue.kind_label}",
                    f"{clue.text}\n{clue.found_by}", url, READERS)  # fmt: skip


def clues_mark(case_id: UUID, **_said: object) -> None:
    """Have the search look again at clues in items: what is quarantined is not to be found."""
    rows_written(Clue, Clue.objects.filter(case_id=case_id, media__isnull=False))


def _of_place(place: Model) -> Iterable[UUID]:
    return [place.series_id] if isinstance(place, SeriesCase) else []


def _of_tie(tie: Model) -> Iterable[UUID]:
    return [tie.clue_id] if isinstance(tie, ClueTie) else []
