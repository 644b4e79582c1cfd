"""What court adds to the pages of others: the case, a person's chronology, what is due."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import cases_for
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening, register_happenings
from polit.web.core.due import Due, DueRecords, DueSource, Waiting, register_due
from polit.web.core.searching import Entry, Searchable, corrected, register_searchable
from polit.web.court.models import Charge, CourtResult, Hearing
from polit.web.court.queries import charges_in, hearings_in, hearings_waiting
from polit.web.court.rules import LISTING, WRITERS, may_read_texts
from polit.web.court.views.court import charge_rows, hearing_rows

_MOST = 50


def case_court(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the charges and hearings of a case."""
    granted, roles = case_access_of(request), user_of(request).roles
    charges = tuple(charges_in(granted).order_by("place", "count_number", "pk")[:_MOST])
    hearings = tuple(hearings_in(granted).order_by("-starts_at", "pk")[:_MOST])
    is_named = may_read_texts(roles)
    return {
        "granted": granted,
        "charges": charge_rows(charges, is_named=is_named),
        "hearings": hearing_rows(hearings, is_named=is_named),
        "may_write": bool(roles & WRITERS),
    }


def _waiting(waiting: Waiting) -> QuerySet[Hearing]:
    assert isinstance(waiting, User)
    return hearings_waiting(waiting)


def _due(each: Hearing) -> Due:
    return Due("court.hearing", f"Hearing: {each.label.lower()}", each.place.label,
               each.case.reference, _url(each.case_id, each.place_id), each.recorded_at,
               each.starts_at)  # fmt: skip


def court_happened(waiting: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return a person's charges and what courts decided on them."""
    assert isinstance(waiting, User)
    rows = Charge.objects.standing().filter(
        place__person_id__in=person_ids, case__in=cases_for(waiting)
    )
    for each in rows.select_related("case"):
        yield Happening(each.charged_at, f"Charged, count {each.count_number}",
                        each.case.reference, _url(each.case_id, each.place_id),
                        each.offence_label, each.by)  # fmt: skip
    results = CourtResult.objects.standing().filter(charge__in=rows.values("first_id"))
    for row in results.select_related("charge__case"):
        charge = row.charge
        yield Happening(row.occurred_at, f"Result on count {charge.count_number}",
                        charge.case.reference, _url(charge.case_id, charge.place_id),
                        row.label, row.by)  # fmt: skip


def charge_entries(rows: Sequence[object]) -> Iterable[Entry]:
    """Return what the search keeps of charges that hold: no particulars, which name children."""
    wanted = [each.pk for each in rows if isinstance(each, Charge)]
    held = Charge.objects.standing().filter(pk__in=wanted).select_related("case", "place")
    for row in held:
        yield Entry(
            row.pk, row.case_id, f"{row}: {row.place.label}, {row.case.reference}",
            row.offence_label, _url(row.case_id, row.place_id), LISTING.read,
        )  # fmt: skip


def register_all() -> None:
    """Say to the core what is due, what happened to people, and what can be found."""
    hearings = DueRecords(Hearing, _waiting, ("case", "place"), "starts_at", _due)
    register_due(DueSource("court.hearing", "Hearings", LISTING.read, hearings))
    register_happenings("court", court_happened)
    register_searchable(
        Searchable("charge", "Charge", Charge, charge_entries, ((Charge, corrected),))
    )


def _url(case_id: UUID, place_id: UUID) -> str:
    return reverse("court:page", args=[case_id, place_id])
