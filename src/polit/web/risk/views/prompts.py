"""What suspects were asked about suicide: all of a case, asking, putting right."""

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
from polit.web.risk.forms import PromptForm, WithdrawForm
from polit.web.risk.queries import prompt_get, prompt_list, suspect_prompts
from polit.web.risk.rules import PROMPTING, PROMPTS, Occasion
from polit.web.risk.services import (
    suicide_risk_correct,
    suicide_risk_record,
    suicide_risk_withdraw,
)


@access(PROMPTS)
def prompts_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show every prompt of a case, and what is missing."""
    del case_id  # the gate has read it
    granted, roles = case_access_of(request), user_of(request).roles
    shown = {
        "granted": granted,
        "prompts": prompt_list(granted),
        "suspects": suspect_prompts(granted, roles),
    }
    return render(request, "risk/prompts.html", shown)


@access(PROMPTING, methods=("GET", "POST"))
def ask_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that a suspect was asked; the address may say whom and on which occasion."""
    granted, roles = case_access_of(request), user_of(request).roles
    suspects = place_choices(granted, roles, PersonRole.SUSPECT)
    place = request.GET.get("place", suspects[0][0] if len(suspects) == 1 else "")
    occasion = request.GET.get("occasion", "")
    known = {
        "occurred_at": this_minute(),
        "place_id": place if place in dict(suspects) else "",
        "occasion": occasion if occasion in set(Occasion) else "",
    }
    form = PromptForm(suspects, sent(request), initial=known)
    if form.is_valid():
        given = form.given()
        kept = attempt(
            form,
            lambda: suicide_risk_record(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                place_id=UUID(form.cleaned_data["place_id"]),
                occasion=given.occasion,
                occurred_at=given.occurred_at,
                answers=given.answers,
            ),
        )
        if kept is not None:
            return redirect("risk:prompts", case_id=case_id)
    return _form(request, form, "Record what a suspect was asked about suicide")


@access(PROMPTING, methods=("GET", "POST"))
def prompt_correct_page(request: HttpRequest, case_id: UUID, prompt_id: UUID) -> HttpResponse:
    """Correct a prompt by a further record; whom it is about stays."""
    granted = case_access_of(request)
    found = or_404(lambda: prompt_get(granted, prompt_id))
    people = dict(place_choices(granted, user_of(request).roles))
    place_id = str(found.place_id)
    suspect = [(place_id, people.get(place_id, found.place.label))]
    form = PromptForm(suspect, sent(request), initial=PromptForm.known_of(found))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: suicide_risk_correct(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                prompt_id=prompt_id,
                given=form.given(),
            ),
        )
        if kept is not None:
            return redirect("risk:prompts", case_id=case_id)
    return _form(request, form, "Correct what a suspect was asked")


@access(PROMPTING, methods=("GET", "POST"))
def prompt_withdraw_page(request: HttpRequest, case_id: UUID, prompt_id: UUID) -> HttpResponse:
    """Say that a suspect was never asked."""
    granted = case_access_of(request)
    or_404(lambda: prompt_get(granted, prompt_id))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: suicide_risk_withdraw(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                prompt_id=prompt_id,
            ),
        )
        if kept is not None:
            return redirect("risk:prompts", case_id=case_id)
    return _form(request, form, "Withdraw what a suspect was asked")


def _form(request: HttpRequest, form: GovukForm, heading: str) -> HttpResponse:
    shown = {"granted": case_access_of(request), "form": form, "heading": heading}
    return render(request, "risk/prompt_form.html", shown)
