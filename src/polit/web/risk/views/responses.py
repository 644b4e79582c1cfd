"""Whether the response that a case had covers a referral that came in later."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.referrals.queries import referral_get
from polit.web.risk.forms import CoverForm, UncoverForm
from polit.web.risk.models import ResponseCovered
from polit.web.risk.rules import OF_REFERRAL
from polit.web.risk.services import response_cover, response_uncover
from polit.web.risk.stopping import stops_of


@access(OF_REFERRAL, methods=("GET", "POST"))
def cover_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say that the earlier response covers a referral."""
    form, heading = CoverForm(sent(request)), "The earlier response covers it"
    return _said(request, referral_id, form, heading, response_cover)


@access(OF_REFERRAL, methods=("GET", "POST"))
def uncover_page(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say that it does not after all."""
    form, heading = UncoverForm(sent(request)), "The earlier response does not cover it"
    return _said(request, referral_id, form, heading, response_uncover)


def _said(
    request: HttpRequest, referral_id: UUID, form: GovukForm, heading: str,
    service: Callable[..., ResponseCovered],
) -> HttpResponse:  # fmt: skip
    referral = or_404(lambda: referral_get(user_of(request), referral_id))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        kept = attempt(
            form, lambda: service(actor_of(request), reason=reason, referral_id=referral_id)
        )
        if kept is not None:
            return redirect("referrals:page", referral_id=referral_id)
    case_id = referral.case_id
    stop = stops_of([case_id]).get(case_id) if case_id else None
    shown = {"referral": referral, "form": form, "heading": heading, "stop": stop}
    return render(request, "risk/referral_form.html", shown)
