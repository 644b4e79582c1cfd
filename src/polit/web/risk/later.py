"""Referrals that came in after their case was answered: each waits for a response of its own.

It waits until something answers the case again, or somebody says with a reason that the earlier
response covers it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from polit.web.referrals.models import Referral
from polit.web.referrals.rules import ReferralState
from polit.web.risk.models import ResponseCovered
from polit.web.risk.stopping import answered_before_alone


class Later(NamedTuple):
    """A referral that waits though its case was answered."""

    referral_id: UUID
    reference: str
    case_id: UUID
    received_at: datetime


def later_referrals(cases: Iterable[UUID] | QuerySet[Any]) -> list[Later]:
    """Return the referrals of cases that came after the response and wait. One query."""
    covered = ResponseCovered.objects.standing().filter(referral=OuterRef("pk"))
    rows = Referral.objects.filter(answered_before_alone(), ~Exists(covered), case__in=cases)
    found = rows.order_by("received_at", "pk").values_list(
        "pk", "reference", "case_id", "received_at", "state"
    )
    # The state is no condition on the rows: SQLite would look through all that are in some case.
    return [
        Later(pk, reference, case_id, received_at)
        for pk, reference, case_id, received_at, state in found
        if state == ReferralState.IN_CASE.value and case_id is not None
    ]


def is_later(referral: Referral) -> bool:
    """Return whether a referral waits though its case was answered, covered or not."""
    if referral.standing is not ReferralState.IN_CASE:
        return False
    return Referral.objects.filter(answered_before_alone(), pk=referral.pk).exists()


def cover_of(referral: Referral) -> ResponseCovered | None:
    """Return who said last that the earlier response covers a referral, where that holds."""
    rows = ResponseCovered.objects.standing().filter(referral=referral)
    return rows.order_by("-recorded_at").first()
