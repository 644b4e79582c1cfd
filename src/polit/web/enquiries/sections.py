"""What enquiries add to the pages of others, and to what is due."""

from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.core.due import Due, Waiting
from polit.web.enquiries.models import Enquiry
from polit.web.enquiries.queries import (
    answers_of,
    case_enquiries,
    enquiries_awaited,
    referral_enquiries,
)
from polit.web.enquiries.rules import WORKERS
from polit.web.people.rules import PersonDetails
from polit.web.referrals.models import Referral
from polit.web.referrals.reached import referral_of

DUE_KIND = "enquiries.answer"
_SHOWN = 10


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


def answers_due(user: Waiting, most: int) -> Sequence[Due]:
    """Return the answers that are awaited, the first due first. One query."""
    if not isinstance(user, User):
        return ()
    return [
        Due(
            kind=DUE_KIND, label="Answer to an enquiry", subject=each.kind_label,
            reference=_reference(each), url=enquiry_url(each), since=each.sent_at,
            due_at=each.answer_due_at, owner=each.sent_by,
        )
        for each in enquiries_awaited(user, most=most)
        if each.answer_due_at is not None
    ]  # fmt: skip


def subscribers(referral: Referral) -> Iterable[PersonDetails]:
    """Return whom the answers to a referral's enquiries name, the latest first."""
    return [
        PersonDetails(each.given_name, each.family_name, addresses=each.address)
        for each in answers_of(referral)
        if each.names_somebody
    ]


def _reference(enquiry: Enquiry) -> str:
    of = enquiry.case or enquiry.referral
    return str(of)
