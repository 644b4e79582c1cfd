"""What of enquiries can be found: whom was asked what, and what the answers brought."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast
from uuid import UUID

from django.db.models import Model

from polit.web.core.searching import Entry, Searchable
from polit.web.enquiries.models import Enquiry, EnquiryStep
from polit.web.enquiries.rules import WORKERS
from polit.web.enquiries.sections import enquiry_reference, enquiry_url
from polit.web.referrals.models import Referral


def _entries(records: Sequence[Model]) -> Iterator[Entry]:
    ids = [each.pk for each in records]
    answers: defaultdict[UUID, list[str]] = defaultdict(list)
    for step in EnquiryStep.objects.standing().filter(enquiry__in=ids):
        answers[step.enquiry_id] += [
            step.text, step.given_name, step.family_name, step.address, step.account_value,
        ]  # fmt: skip
    rows = Enquiry.objects.filter(pk__in=ids).select_related("referral", "case")
    for each in rows:
        facts = (each.asked_of, each.question, each.authority, each.their_reference)
        yield Entry(
            each.pk,
            each.case_id or (each.referral.case_id if each.referral else None),
            f"{each.kind_label}, {enquiry_reference(each)}",
            "\n".join(fact for fact in (*facts, *answers[each.pk]) if fact),
            enquiry_url(each),
            WORKERS,
        )


def _of_step(step: Model) -> Iterable[UUID]:
    return (cast("EnquiryStep", step).enquiry_id,)


def _of_referral(referral: Model) -> Iterable[UUID]:
    """Return the enquiries on a referral: with its case they change who finds them."""
    return Enquiry.objects.filter(referral=cast("Referral", referral)).values_list("pk", flat=True)


ENQUIRIES = Searchable(
    "enquiry",
    "Enquiry",
    Enquiry,
    _entries,
    ((EnquiryStep, _of_step), (Referral, _of_referral)),
)
