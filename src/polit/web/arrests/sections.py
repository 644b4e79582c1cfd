"""What arrests add to the pages of others: the case, a person's chronology, what is due."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.arrests.custody import CustodyClocks
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.arrests.queries import (
    arrests_in,
    in_custody,
    running_outcomes,
)
from polit.web.arrests.rules import LISTING, WRITERS, OutcomeKind, may_read_texts
from polit.web.arrests.views.arrests import arrest_rows
from polit.web.cases.queries import cases_for
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening, register_happenings
from polit.web.core.due import Asking, Due, DueAtOnce, DueRecords, DueSource, Waiting, register_due
from polit.web.core.rules import CHILD_READERS
from polit.web.core.searching import Entry, Searchable, corrected, register_searchable

_MOST = 50
_LOOK_AGAIN = "Look again at a release under investigation"
_RELATED = ("arrest__case", "arrest__place")


def case_arrests(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the arrests of a case, the newest first."""
    granted, roles = case_access_of(request), user_of(request).roles
    found = tuple(arrests_in(granted).order_by("-occurred_at", "-pk")[:_MOST])
    return {
        "granted": granted,
        "rows": arrest_rows(found, is_named=may_read_texts(roles)),
        "may_write": bool(roles & WRITERS),
    }


def _url(case_id: UUID, arrest_id: UUID) -> str:
    return reverse("arrests:page", args=[case_id, arrest_id])


def _user(waiting: Waiting) -> User:
    assert isinstance(waiting, User)
    return waiting


def reviews_due(asking: Asking) -> Sequence[Due]:
    """Return the next reviews of who is in custody."""
    return _custody_due(asking, "arrests.review", "Review the detention")


def limits_due(asking: Asking) -> Sequence[Due]:
    """Return when detention without charge ends."""
    return _custody_due(asking, "arrests.detention", "Detention without charge ends")


def bail_due(waiting: Waiting) -> QuerySet[ArrestOutcome]:
    """Return the bail that ends."""
    return running_outcomes(_user(waiting), OutcomeKind.BAIL)


def releases_due(waiting: Waiting) -> QuerySet[ArrestOutcome]:
    """Return the releases under investigation that are to be looked at again."""
    return running_outcomes(_user(waiting), OutcomeKind.RELEASED_UNDER_INVESTIGATION)


def arrests_happened(waiting: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return the arrests of a person, and what became of each."""
    cases = cases_for(_user(waiting))
    rows = Arrest.objects.standing().filter(place__person_id__in=person_ids, case__in=cases)
    for each in rows.select_related("case"):
        yield Happening(each.occurred_at, each.way.label, each.case.reference,
                        _url(each.case_id, each.first_id), by=each.by)  # fmt: skip
    outcomes = ArrestOutcome.objects.standing().filter(arrest__in=rows.values("first_id"))
    for row in outcomes.select_related("arrest__case"):
        yield Happening(row.occurred_at, row.way.label, row.arrest.case.reference,
                        _url(row.arrest.case_id, row.arrest_id), by=row.by)  # fmt: skip


def arrest_entries(rows: Sequence[object]) -> Iterable[Entry]:
    """Return what the search keeps of arrests that hold: no grounds, which may name a child.

    Where it was is found by readers of children alone: it may be where a child lives.
    """
    wanted = [each.pk for each in rows if isinstance(each, Arrest)]
    held = Arrest.objects.standing().filter(pk__in=wanted).select_related("case", "place")
    for row in held:
        title = f"{row.way.label}: {row.place.label}, {row.case.reference}"
        url = _url(row.case_id, row.first_id)
        for text, readers in (
            (f"{row.where} {row.officer}", CHILD_READERS),
            (row.officer, LISTING.read - CHILD_READERS),
        ):
            yield Entry(row.pk, row.case_id, title, text, url, readers)


def register_all() -> None:
    """Say to the core what is due, what happened to people, and what can be found."""
    for kind, label, rows in (
        ("arrests.review", "Review of detention", reviews_due),
        ("arrests.detention", "Limit of detention", limits_due),
    ):
        register_due(DueSource(kind, label, LISTING.read, DueAtOnce(rows)))
    for kind, label, what, waiting in (
        ("arrests.bail", "Bail", "Bail ends", bail_due),
        ("arrests.release", "Released under investigation", _LOOK_AGAIN, releases_due),
    ):
        due = partial(_outcome_due, kind, what)
        records = DueRecords(ArrestOutcome, waiting, _RELATED, "due_at", due)
        register_due(DueSource(kind, label, LISTING.read, records))
    register_happenings("arrests", arrests_happened)
    register_searchable(
        Searchable("arrest", "Arrest", Arrest, arrest_entries, ((Arrest, corrected),))
    )


def _in_custody(asking: Asking) -> list[tuple[Arrest, CustodyClocks]]:
    return in_custody(_user(asking.user))


def _custody_due(asking: Asking, kind: str, label: str) -> list[Due]:
    found: list[Due] = []
    for arrest, clocks in asking.once(_in_custody):
        is_review = kind == "arrests.review"
        due_at = clocks.next_review_at if is_review else clocks.limit_at
        since = clocks.authorised_at or clocks.relevant_at
        if due_at is not None and since is not None:
            found.append(
                Due(kind, label, arrest.place.label, arrest.case.reference,
                    _url(arrest.case_id, arrest.first_id), since, due_at)
            )  # fmt: skip
    return sorted(found, key=lambda each: each.due_at)[: asking.most]


def _outcome_due(kind: str, label: str, row: ArrestOutcome) -> Due:
    assert row.due_at is not None
    return Due(
        kind, label, row.arrest.place.label, row.arrest.case.reference,
        _url(row.arrest.case_id, row.arrest_id), row.occurred_at, row.due_at,
    )  # fmt: skip
