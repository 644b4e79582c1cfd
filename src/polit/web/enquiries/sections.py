"""What enquiries add to the pages of others, and to what is due."""

from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening
from polit.web.core.due import Due, DueMerged, DueRecords, Waiting
from polit.web.enquiries.models import Enquiry
from polit.web.enquiries.queries import (
    answers_of,
    case_enquiries,
    enquiries_awaited,
    enquiries_for,
    referral_enquiries,
)
from polit.web.enquiries.rules import WORKERS
from polit.web.people.rules import PersonDetails
from polit.web.referrals.found import accounts_of
from polit.web.referrals.models import Referral
from polit.web.referrals.reached import referral_of

DUE_KIND = "enquiries.answer"
_SHOWN = 10
_HAPPENINGS_MOST = 200


def referral_section(request: HttpRequest) -> Mapping[str, object]:
    """Return the enquiries of a referral, whose page has checked that it may be read."""
    referral = referral_of(request)
    rows = list(referral_enquiries(referral).select_related("referral", "case"))
    return {"referral": referral, "enquiries": rows}


def case_section(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the latest enquiries of a case; nothing for who works on none."""
    if not user_of(request).roles & WORKERS:
        return None
    granted = case_access_of(request)
    rows = list(case_enquiries(granted).order_by("-sent_at", "id")[: _SHOWN + 1])
    return {"case": granted.case, "enquiries": rows[:_SHOWN], "has_more": len(rows) > _SHOWN}


def enquiry_url(enquiry: Enquiry) -> str:
    """Return the page of an enquiry: below its case where it has one, else below the referral."""
    if enquiry.case_id is not None:
        return reverse("enquiries:case_page", args=[enquiry.case_id, enquiry.pk])
    return reverse("enquiries:page", args=[enquiry.referral_id, enquiry.pk])


def _awaited(user: Waiting, *, of_cases: bool) -> QuerySet[Enquiry]:
    assert isinstance(user, User)
    return enquiries_awaited(user, of_cases=of_cases)


def _due(each: Enquiry) -> Due:
    assert each.answer_due_at is not None
    return Due(
        kind=DUE_KIND, label="Answer to an enquiry", subject=each.kind_label,
        reference=enquiry_reference(each), url=enquiry_url(each), since=each.sent_at,
        due_at=each.answer_due_at, owner=each.sent_by,
    )  # fmt: skip


ANSWERS_DUE = DueMerged(
    tuple(
        DueRecords(Enquiry, partial(_awaited, of_cases=of_cases), ("referral", "case"),
                   "answer_due_at", _due, owner="sent_by")
        for of_cases in (True, False)
    )
)  # fmt: skip
"""The answers that are awaited."""


def person_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return the enquiries on referrals that name an account of a person. One query."""
    if not isinstance(user, User):
        return
    named = accounts_of(person_ids).filter(referral=OuterRef("referral"))
    rows = enquiries_for(user).filter(Exists(named)).order_by("sent_at", "id")
    for each in rows[:_HAPPENINGS_MOST]:
        held = each.case or (each.referral.case if each.referral else None)
        reference, url = held.reference if held else enquiry_reference(each), enquiry_url(each)
        asked = f"{each.kind_label}, {each.asked_of}"
        yield Happening(each.sent_at, "Enquiry sent", reference, url, asked, each.sent_by)
        if each.answered_at is not None:
            yield Happening(each.answered_at, "Enquiry answered", reference, url,
                            f"{asked}: {each.result_label.lower()}")  # fmt: skip


def subscribers(referral: Referral) -> Iterable[PersonDetails]:
    """Return whom the answers to a referral's enquiries name, the latest first."""
    return [
        PersonDetails(each.given_name, each.family_name, addresses=each.address)
        for each in answers_of(referral)
        if each.names_somebody
    ]


def enquiry_reference(enquiry: Enquiry) -> str:
    """Return the reference of the case that an enquiry is of, else of its referral."""
    of = enquiry.case or enquiry.referral
    return str(of)
