"""What becomes of a referral: its states, links, and its case."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import cases_for
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.referrals.forms import (
    CaseOfUserForm,
    OpenCaseForm,
    OtherReferralForm,
    PassOnForm,
    ReasonForm,
)
from polit.web.referrals.hints import subscribers_of
from polit.web.referrals.knowing import known_of
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import accounts_held, referrals_for
from polit.web.referrals.reached import referral_of
from polit.web.referrals.rules import OPENING, REFERRAL_STATES, WRITING
from polit.web.referrals.services import (
    referral_act,
    referral_link,
    referral_link_case,
    referral_mark_duplicate,
    referral_open_case,
)
from polit.web.referrals.views.record import ACTIONS, referral_form

_CASES_OFFERED = 500
_OWN_PAGE = {
    "open_case": "referrals:open_case",
    "link_case": "referrals:link_case",
    "mark_duplicate": "referrals:mark_duplicate",
}


@access(WRITING, methods=("GET", "POST"))
def referral_act_page(
    request: HttpRequest, referral_id: UUID, referral_action: str
) -> HttpResponse:
    """Assess a referral, research it, pass it on, take no action, open it again or take it out."""
    if referral_action not in ACTIONS:
        raise Http404
    referral = referral_of(request)
    if referral_action in _OWN_PAGE:
        return redirect(_OWN_PAGE[referral_action], referral_id=referral_id)
    _check_offered(request, referral, referral_action)
    form = (PassOnForm if referral_action == "pass_on" else ReasonForm)(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: referral_act(
                actor_of(request), reason=form.cleaned_data["reason"], referral_id=referral_id,
                action=referral_action, passed_to=form.cleaned_data.get("passed_to", ""),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    return referral_form(request, referral, form, ACTIONS[referral_action])


@access(OPENING, methods=("GET", "POST"))
def open_case_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Open a case; what the referral and the answers to enquiries say stands there already."""
    referral = referral_of(request)
    _check_offered(request, referral, "open_case")
    known = known_of(user_of(request), referral)
    form = OpenCaseForm(
        sent(request), accounts=accounts_held(referral), people=known.people,
        initial=_subscriber(referral),
    )  # fmt: skip
    if form.is_valid():
        cleaned = form.cleaned_data
        case = attempt(
            form,
            lambda: referral_open_case(
                actor_of(request), reason=cleaned["reason"], referral_id=referral_id,
                reference=cleaned["reference"], title=cleaned["title"],
                operation=cleaned["operation"], offences=cleaned["offences"],
                suspects=form.suspects(),
            ),
            field="reference",
        )  # fmt: skip
        if case is not None:
            return redirect("cases:page", case_id=case.pk)
    lead = "You lead the case. From then on only who has access to it sees the referral."
    return referral_form(request, referral, form, "Open a case from the referral", lead=lead)


@access(WRITING, methods=("GET", "POST"))
def link_case_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Put a referral into a case of whoever asks."""
    referral = referral_of(request)
    _check_offered(request, referral, "link_case")
    cases = cases_for(user_of(request)).order_by("reference")[:_CASES_OFFERED]
    known = {"case": request.GET.get("case", "")}
    form = CaseOfUserForm(sent(request), cases=cases, initial=known)
    if form.is_valid():
        wanted = next(each for each in cases if each.pk == form.case_id())
        kept = attempt(
            form,
            lambda: referral_link_case(
                actor_of(request), reason=form.cleaned_data["reason"], referral_id=referral_id,
                case=wanted,
            ),
            field="case",
        )  # fmt: skip
        if kept is not None:
            return redirect("cases:page", case_id=wanted.pk)
    lead = "From then on only who has access to the case sees the referral."
    return referral_form(request, referral, form, "Put the referral into a case", lead=lead)


@access(WRITING, methods=("GET", "POST"))
def mark_duplicate_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say which referral this one repeats."""
    referral = referral_of(request)
    _check_offered(request, referral, "mark_duplicate")
    form = OtherReferralForm(sent(request), initial={"reference": request.GET.get("of", "")})
    other = _other(request, form)
    if other is not None:
        kept = attempt(
            form,
            lambda: referral_mark_duplicate(
                actor_of(request), reason=form.cleaned_data["reason"], referral_id=referral_id,
                of_id=other.pk,
            ),
            field="reference",
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    lead = "It goes wherever the other one goes; nothing of it is lost."
    return referral_form(request, referral, form, "Mark as a duplicate", lead=lead)


@access(WRITING, methods=("GET", "POST"))
def link_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say that another referral hangs together with this one."""
    referral = referral_of(request)
    form = OtherReferralForm(sent(request), initial={"reference": request.GET.get("of", "")})
    other = _other(request, form)
    if other is not None:
        kept = attempt(
            form,
            lambda: referral_link(
                actor_of(request), reason=form.cleaned_data["reason"], referral_id=referral_id,
                other_id=other.pk,
            ),
            field="reference",
        )  # fmt: skip
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    return referral_form(request, referral, form, "Link another referral")


@access(WRITING, methods=("POST",))
def mark_duplicate_at_once(request: HttpRequest, referral_id: UUID, other_id: UUID) -> HttpResponse:
    """Mark a referral as a duplicate of one that the page offers."""
    referral_of(request)
    other = _seen(request, other_id)
    try:
        referral_mark_duplicate(
            actor_of(request), reason=f"names what {other.reference} names",
            referral_id=referral_id, of_id=other_id,
        )  # fmt: skip
    except UsageError as error:
        messages.warning(request, str(error))
    return redirect("referrals:page", referral_id=referral_id)


@access(WRITING, methods=("POST",))
def link_at_once(request: HttpRequest, referral_id: UUID, other_id: UUID) -> HttpResponse:
    """Link a referral with one that the page offers."""
    referral_of(request)
    other = _seen(request, other_id)
    try:
        referral_link(
            actor_of(request), reason=f"names what {other.reference} names",
            referral_id=referral_id, other_id=other_id,
        )  # fmt: skip
    except UsageError as error:
        messages.warning(request, str(error))
    return redirect("referrals:page", referral_id=referral_id)


def _check_offered(request: HttpRequest, referral: Referral, action: str) -> None:
    """Show no form for what cannot be done: the page is not there."""
    offered = REFERRAL_STATES.offered(referral.state, user_of(request).roles)
    if action not in {each.action for each in offered}:
        raise Http404


def _seen(request: HttpRequest, other_id: UUID) -> Referral:
    other = referrals_for(user_of(request)).filter(pk=other_id).first()
    if other is None:
        raise Http404
    return other


def _other(request: HttpRequest, form: OtherReferralForm) -> Referral | None:
    """Return the referral that was named; an error on the form where there is none to be seen."""
    if not form.is_valid():
        return None
    wanted = form.cleaned_data["reference"].strip().upper()
    other = referrals_for(user_of(request)).filter(reference=wanted).first()
    if other is None:
        form.add_error("reference", "There is no such referral that you may see")
    return other


def _subscriber(referral: Referral) -> dict[str, str]:
    """Return what a new suspect is known by, from the latest answer to an enquiry."""
    found = subscribers_of(referral)
    if not found:
        return {}
    names = ("given_name", "family_name", "addresses")
    return {name: getattr(found[0], name) for name in names}
