"""The pages of decisions to tell an employer or a designated officer of a suspect."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import WITHDRAWN, this_minute
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.rules import CHILD_READERS, Access, Scope
from polit.web.safeguarding.forms import DisclosureForm, ReasonForm
from polit.web.safeguarding.models import EmployerDisclosure
from polit.web.safeguarding.queries import disclosure_get, disclosures_in
from polit.web.safeguarding.rules import IN_CASE
from polit.web.safeguarding.rules.disclosures import AUTHORISERS
from polit.web.safeguarding.services import disclosure_record, disclosure_withdraw
from polit.web.safeguarding.views.shown import suspects_of

_DECIDING = Access(Scope.CASE, read=AUTHORISERS & CHILD_READERS, write=AUTHORISERS)


@access(IN_CASE)
def disclosures(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the decisions of a case, with what corrects them."""
    del case_id
    granted = case_access_of(request)
    shown = {
        "case": granted.case,
        "disclosures": disclosures_in(granted),
        "may_decide": bool(user_of(request).roles & AUTHORISERS),
    }
    return render(request, "safeguarding/disclosures.html", shown)


@access(_DECIDING, methods=("GET", "POST"))
def disclosure_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a decision."""
    del case_id
    suspects = suspects_of(request)
    known = {
        "occurred_at": this_minute(),
        "authorised_by": user_of(request).full_name,
        "suspect": suspects[0][0] if len(suspects) == 1 else "",
    }
    form = DisclosureForm(sent(request), suspects=suspects, initial=known)
    return _decide(request, form, "Record a decision to disclose or not to", None)


@access(_DECIDING, methods=("GET", "POST"))
def disclosure_correct(request: HttpRequest, case_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Correct a decision, or add what was told by it."""
    del case_id
    wrong = or_404(lambda: disclosure_get(case_access_of(request), disclosure_id))
    form = DisclosureForm(sent(request), suspects=suspects_of(request), initial=_stands(wrong))
    return _decide(request, form, "Correct the decision", disclosure_id)


@access(_DECIDING, methods=("GET", "POST"))
def disclosure_withdraw_page(
    request: HttpRequest, case_id: UUID, disclosure_id: UUID
) -> HttpResponse:
    """Say that a decision was never made."""
    granted = case_access_of(request)
    or_404(lambda: disclosure_get(granted, disclosure_id))
    form = ReasonForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: disclosure_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                disclosure_id=disclosure_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("safeguarding:disclosures", case_id=case_id)
    return _form(request, form, "Withdraw the decision", lead=WITHDRAWN)


def _decide(
    request: HttpRequest, form: DisclosureForm, heading: str, corrects_id: UUID | None
) -> HttpResponse:
    granted = case_access_of(request)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: disclosure_record(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                given=form.given(), corrects_id=corrects_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("safeguarding:disclosures", case_id=granted.case.id)
    return _form(request, form, heading)


def _form(request: HttpRequest, form: GovukForm, heading: str, lead: str = "") -> HttpResponse:
    case = case_access_of(request).case
    shown = {"form": form, "heading": heading, "case": case, "lead": lead}
    return render(request, "safeguarding/disclosure_form.html", shown)


def _stands(wrong: EmployerDisclosure) -> dict[str, Any]:
    return {
        "suspect": str(wrong.suspect_id), "position": wrong.position,
        "decision": "disclose" if wrong.is_disclosed else "withhold",
        "occurred_at": wrong.occurred_at, "authorised_by": wrong.authorised_by,
        "needs": wrong.needs, "reasons": wrong.reasons, "recipient_kind": wrong.recipient_kind,
        "recipient": wrong.recipient, "told_at": wrong.told_at, "told": wrong.told,
    }  # fmt: skip
