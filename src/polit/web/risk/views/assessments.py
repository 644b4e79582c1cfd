"""Assessments: of a case, of a referral, put right, withdrawn."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referral_get
from polit.web.referrals.rules import REFERRAL_STATES
from polit.web.risk.forms import AssessForm, WithdrawForm
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queries import (
    assessment_get,
    case_assessments,
    case_clock,
    in_force,
    referral_assessment_get,
    referral_assessments,
    referral_clock,
    standing_only,
)
from polit.web.risk.rules import ASSESSING, IN_CASE, OF_REFERRAL
from polit.web.risk.services import assessment_correct, assessment_record, assessment_withdraw
from polit.web.risk.tools import response_times


@access(IN_CASE)
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the assessments of a case and its response clock."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    assessments = list(case_assessments(granted).order_by("-assessed_at", "-recorded_at"))
    standing = standing_only(assessments)
    shown = {
        "granted": granted,
        "assessments": assessments,
        "current": in_force(standing),
        "clock": case_clock(granted, standing),
        "times": response_times(),
    }
    return render(request, "risk/case.html", shown)


@access(ASSESSING, methods=("GET", "POST"))
def assess_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record an assessment of a case; what the last one said of its factors is offered again."""
    granted = case_access_of(request)
    last = in_force(standing_only(list(case_assessments(granted))))
    form = AssessForm(_suspects(request), sent(request), initial=_begin(request, last))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: assessment_record(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                given=form.given(),
                case=granted.case,
            ),
        )
        if kept is not None:
            return redirect("risk:case", case_id=case_id)
    return _case_form(request, form, "Record a risk assessment")


@access(ASSESSING, methods=("GET", "POST"))
def correct_page(request: HttpRequest, case_id: UUID, assessment_id: UUID) -> HttpResponse:
    """Correct an assessment by a further record."""
    found = or_404(lambda: assessment_get(case_access_of(request), assessment_id))
    people = [] if found.referral_id else _suspects(request)
    form = AssessForm(people, sent(request), initial=AssessForm.known_of(found))
    if form.is_valid() and _correct(request, form, found):
        return redirect("risk:case", case_id=case_id)
    return _case_form(request, form, "Correct a risk assessment")


@access(ASSESSING, methods=("GET", "POST"))
def withdraw_page(request: HttpRequest, case_id: UUID, assessment_id: UUID) -> HttpResponse:
    """Say that an assessment was never made."""
    found = or_404(lambda: assessment_get(case_access_of(request), assessment_id))
    form = WithdrawForm(sent(request))
    if form.is_valid() and _withdraw(request, form, found):
        return redirect("risk:case", case_id=case_id)
    return _case_form(request, form, "Withdraw a risk assessment")


@access(OF_REFERRAL)
def referral_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show the assessments of a referral."""
    referral = _referral(request, referral_id)
    rows = referral_assessments(referral).order_by("-assessed_at", "-recorded_at")
    assessments = list(rows)
    current = in_force(standing_only(assessments))
    offered = REFERRAL_STATES.offered(referral.state, user_of(request).roles)
    shown = {
        "referral": referral,
        "assessments": assessments,
        "current": current,
        "clock": referral_clock(referral, current),
        "times": response_times(),
        "may_open": "open_case" in {each.action for each in offered},
    }
    return render(request, "risk/referral.html", shown)


@access(OF_REFERRAL, methods=("GET", "POST"))
def referral_assess_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Record an assessment of a referral."""
    referral = _referral(request, referral_id)
    last = in_force(standing_only(list(referral_assessments(referral))))
    form = AssessForm([], sent(request), initial=_begin(request, last))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: assessment_record(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                given=form.given(),
                referral_id=referral_id,
            ),
        )
        if kept is not None:
            return redirect("risk:referral", referral_id=referral_id)
    return _referral_form(request, form, "Record a risk assessment", referral)


@access(OF_REFERRAL, methods=("GET", "POST"))
def referral_correct_page(
    request: HttpRequest, referral_id: UUID, referral_assessment_id: UUID
) -> HttpResponse:
    """Correct an assessment of a referral by a further record."""
    user = user_of(request)
    found = or_404(lambda: referral_assessment_get(user, referral_id, referral_assessment_id))
    form = AssessForm([], sent(request), initial=AssessForm.known_of(found))
    if form.is_valid() and _correct(request, form, found):
        return redirect("risk:referral", referral_id=referral_id)
    referral = _referral(request, referral_id)
    return _referral_form(request, form, "Correct a risk assessment", referral)


@access(OF_REFERRAL, methods=("GET", "POST"))
def referral_withdraw_page(
    request: HttpRequest, referral_id: UUID, referral_assessment_id: UUID
) -> HttpResponse:
    """Say that an assessment of a referral was never made."""
    user = user_of(request)
    found = or_404(lambda: referral_assessment_get(user, referral_id, referral_assessment_id))
    form = WithdrawForm(sent(request))
    if form.is_valid() and _withdraw(request, form, found):
        return redirect("risk:referral", referral_id=referral_id)
    referral = _referral(request, referral_id)
    return _referral_form(request, form, "Withdraw a risk assessment", referral)


_SAME = (
    "access_to_children", "access_words", "position_of_trust", "trust_words", "previous",
    "previous_words", "tool", "tool_name", "tool_version",
)  # fmt: skip


def _begin(request: HttpRequest, last: RiskAssessment | None) -> dict[str, object]:
    known: dict[str, object] = {
        "assessed_at": this_minute(),
        "assessor": user_of(request).full_name,
    }
    if last is not None:
        said = AssessForm.known_of(last)
        known |= {name: said[name] for name in (*_SAME, "person")}
    return known


def _correct(request: HttpRequest, form: AssessForm, found: RiskAssessment) -> bool:
    kept = attempt(
        form,
        lambda: assessment_correct(
            actor_of(request),
            reason=form.cleaned_data["reason"],
            assessment=found,
            given=form.given(),
        ),
    )
    return kept is not None


def _withdraw(request: HttpRequest, form: WithdrawForm, found: RiskAssessment) -> bool:
    kept = attempt(
        form,
        lambda: assessment_withdraw(
            actor_of(request), reason=form.cleaned_data["reason"], assessment=found
        ),
    )
    return kept is not None


def _suspects(request: HttpRequest) -> list[tuple[str, str]]:
    roles = user_of(request).roles
    return list(place_choices(case_access_of(request), roles, PersonRole.SUSPECT))


def _referral(request: HttpRequest, referral_id: UUID) -> Referral:
    return or_404(lambda: referral_get(user_of(request), referral_id))


def _case_form(request: HttpRequest, form: GovukForm, heading: str) -> HttpResponse:
    shown = {"granted": case_access_of(request), "form": form, "heading": heading}
    return render(request, "risk/case_form.html", shown)


def _referral_form(
    request: HttpRequest, form: GovukForm, heading: str, referral: Referral
) -> HttpResponse:
    shown = {"referral": referral, "form": form, "heading": heading}
    return render(request, "risk/referral_form.html", shown)
