"""What pages and lists of others show of risk."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import cases_for
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening
from polit.web.core.due import Asking, Waiting, read_for
from polit.web.referrals.queries import referral_get
from polit.web.risk.later import cover_of, is_later, later_referrals
from polit.web.risk.models import RiskAssessment, SuicideRiskPrompt
from polit.web.risk.queries import (
    case_assessments,
    case_clock,
    in_force,
    referral_assessments,
    standing_only,
    suspect_prompts,
)
from polit.web.risk.queue import queue_head
from polit.web.risk.rules import ASSESSORS, PROMPTERS

_MOST = 5


def case_risk(request: HttpRequest) -> Mapping[str, object]:
    """Return the level of a case and its clock for everybody, the factors for who reads them."""
    granted, roles = case_access_of(request), user_of(request).roles
    standing = standing_only(list(case_assessments(granted)))
    may_assess = bool(roles & ASSESSORS)
    return {
        "granted": granted,
        "current": in_force(standing),
        "clock": case_clock(granted, standing),
        "may_assess": may_assess,
        "later": later_referrals([granted.case.id]) if may_assess else [],
    }


def case_suicide_risk(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what suspects were asked about suicide and what is missing, for who asks them."""
    granted, roles = case_access_of(request), user_of(request).roles
    if not roles & PROMPTERS:
        return None
    suspects = suspect_prompts(granted, roles)
    return {"granted": granted, "suspects": suspects} if suspects else None


def referral_risk(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what was assessed of a referral, whose page has checked that it may be read."""
    match, user = request.resolver_match, user_of(request)
    if match is None or not user.roles & ASSESSORS:
        return None
    referral = referral_get(user, UUID(str(match.kwargs["referral_id"])))
    standing = standing_only(list(referral_assessments(referral)))
    waits = is_later(referral)
    return {
        "referral": referral,
        "current": in_force(standing),
        "waits_again": waits,
        "cover": cover_of(referral) if waits else None,
    }


def home_queue(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the head of what waits."""
    user = user_of(request)
    if not user.roles & ASSESSORS:
        return None
    rows = queue_head(Asking(user, _MOST, read_for(request)))
    return {"rows": rows} if rows else None


def person_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return when somebody was assessed or asked about suicide, to who reads that."""
    if not isinstance(user, User):
        return []
    found = []
    if user.roles & ASSESSORS:
        assessed = RiskAssessment.objects.standing().filter(
            person__person_id__in=person_ids, case__in=cases_for(user)
        )
        found += [_assessed(each) for each in assessed.select_related("case")]
    if user.roles & PROMPTERS:
        asked = SuicideRiskPrompt.objects.standing().filter(
            place__person_id__in=person_ids, case__in=cases_for(user)
        )
        found += [_asked(each) for each in asked.select_related("case")]
    return found


def _assessed(each: RiskAssessment) -> Happening:
    assert each.case is not None
    return Happening(
        each.assessed_at,
        f"Risk assessed: {each.standing_level.label.lower()}",
        each.case.reference,
        reverse("risk:case", args=[each.case_id]),
        each.tool_label,
        each.by,
    )


def _asked(each: SuicideRiskPrompt) -> Happening:
    return Happening(
        each.occurred_at,
        f"Asked about suicide at {each.occasion_at.label.lower()}",
        each.case.reference,
        reverse("risk:prompts", args=[each.case_id]),
        each.found.label,
        each.by,
    )
