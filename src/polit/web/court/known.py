"""What a form about court begins with: nothing that the case tells is typed again."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.cases.models import CaseOffence
from polit.web.cases.offences import current_offences
from polit.web.court.models import Charge, Hearing
from polit.web.referrals.models import Referral, ReferralIp


def known_of_case(case_id: UUID) -> dict[str, Any]:
    """Return what a charge begins with: the case's only kind of offence, and its first day.

    The day is the first that a referral of the case tells, in the force's zone.
    """
    known: dict[str, Any] = {"from_on": _first_day(case_id)}
    codes = list(CaseOffence.objects.filter(case_id=case_id).values_list("code", flat=True)[:2])
    if len(codes) == 1 and codes[0] in {each.code for each in current_offences().entries}:
        known["offence"] = codes[0]
    return known


def known_of_result(charge: Charge) -> dict[str, Any]:
    """Return what a result begins with: now, and the court of the defendant's last hearing."""
    hearings = Hearing.objects.standing().filter(place_id=charge.place_id, starts_at__lte=now_utc())
    court = hearings.order_by("-starts_at").values_list("court", flat=True).first()
    return {"occurred_at": now_utc(), "court": court or ""}


def _first_day(case_id: UUID) -> date | None:
    referrals = Referral.objects.filter(case_id=case_id)
    began = referrals.exclude(event_from=None).values_list("event_from", flat=True)
    connected = ReferralIp.objects.filter(referral__in=referrals, ended_at=None)
    seen = connected.exclude(occurred_at=None).values_list("occurred_at", flat=True)
    firsts = (began.order_by("event_from").first(), seen.order_by("occurred_at").first())
    found = [first for first in firsts if first is not None]
    return timezone.localdate(min(found)) if found else None
