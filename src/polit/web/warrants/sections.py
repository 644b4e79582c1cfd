"""What pages and lists of others show of warrants."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import cases_for
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.core.rules import CHILD_READERS
from polit.web.core.searching import Entry
from polit.web.risk.occasions import OccasionSeen
from polit.web.risk.rules import Occasion
from polit.web.risk.stopping import Answers, Cases, Stop
from polit.web.warrants.models import Warrant, WarrantExecution, WarrantPremises
from polit.web.warrants.queries import warrants_in
from polit.web.warrants.rules import APPLICANTS

_MOST = 20


def case_warrants(request: HttpRequest) -> Mapping[str, object]:
    """Return the latest warrants of a case."""
    granted = case_access_of(request)
    rows = list(warrants_in(granted).order_by("-applied_at", "pk")[: _MOST + 1])
    return {
        "granted": granted,
        "warrants": rows[:_MOST],
        "has_more": len(rows) > _MOST,
        "may_apply": bool(user_of(request).roles & APPLICANTS),
    }


def first_executions(case_ids: Cases) -> Mapping[UUID, Stop]:
    """Return the first execution of a warrant in each of these cases. One query."""
    rows = Warrant.objects.filter(case_id__in=case_ids, executed_at__isnull=False)
    found: dict[UUID, Stop] = {}
    for case_id, at, reference in rows.order_by("executed_at").values_list(
        "case_id", "executed_at", "reference"
    ):
        if at is not None:
            found.setdefault(case_id, Stop(at, f"Warrant {reference} executed"))
    return found


EXECUTIONS = Answers(
    "Warrant executed",
    lambda: WarrantExecution.objects.standing().filter(counts=True),
    "warrant__case",
    "occurred_at",
)
"""Every execution that answers a referral, a later one of the same warrant too."""


def executions_seen(case_id: UUID) -> Iterable[OccasionSeen]:
    """Return when officers came to suspects of a case. Two queries.

    An execution concerns the suspects who were there or whose home it was; where none of them is
    named, all of the case.
    """
    rows = WarrantExecution.objects.standing().filter(warrant__case_id=case_id, counts=True)
    found = []
    for each in rows.select_related("premises__place").prefetch_related("presences__place"):
        places = [one.place for one in each.presences.all()]
        home = each.premises.place if each.premises else None
        suspects: set[UUID | None] = {
            place.pk for place in (*places, home) if place is not None and place.role == "suspect"
        }
        found += [
            OccasionSeen(Occasion.WARRANT, each.occurred_at, place_id)
            for place_id in (suspects or {None})
        ]
    return found


def person_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return the executions at somebody's home or in their presence. One query."""
    if not isinstance(user, User):
        return []
    rows = WarrantExecution.objects.standing().filter(
        Q(presences__place__person_id__in=person_ids)
        | Q(premises__place__person_id__in=person_ids),
        warrant__case__in=cases_for(user),
    )
    return [
        Happening(
            each.occurred_at,
            f"Warrant {each.warrant.reference}: {each.outcome_label.lower()}",
            each.warrant.case.reference,
            reverse("warrants:page", args=[each.warrant.case_id, each.warrant_id]),
            by=each.by,
        )
        for each in rows.select_related("warrant__case").distinct().order_by("occurred_at")
    ]


def warrant_entries(records: Sequence[models.Model]) -> Iterable[Entry]:
    """Return what a search keeps of warrants: addresses too, so readers of children alone."""
    ids = [each.pk for each in records]
    rows = Warrant.objects.filter(pk__in=ids).prefetch_related("premises")
    for each in rows:
        standing = [one.line for one in each.premises.all() if one.ended_at is None]
        yield Entry(
            each.pk,
            each.case_id,
            f"Warrant {each.reference}",
            "\n".join([each.reference, each.court, each.applicant, *standing]),
            reverse("warrants:page", args=[each.case_id, each.pk]),
            CHILD_READERS,
        )


def warrant_of_premises(record: models.Model) -> Iterable[UUID]:
    """Return the warrant that premises belong to."""
    return [record.warrant_id] if isinstance(record, WarrantPremises) else []
