"""Warrants themselves: lists, applying, the record, putting right, premises."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.core.listing import listing_of
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.core.sections import sections_of
from polit.web.people.queries import place_choices
from polit.web.warrants.forms import ApplyForm, ChangeForm, ChangeGrantedForm, PremisesForm
from polit.web.warrants.listings import warrant_listing
from polit.web.warrants.models import Warrant
from polit.web.warrants.queries import (
    execution_list,
    known_addresses,
    premises_list,
    warrant_get,
    warrant_history,
    warrant_version,
    warrants_for,
    warrants_in,
    withheld_places,
)
from polit.web.warrants.rules import (
    ACROSS,
    APPLICANTS,
    IN_CASE,
    NOTE_READERS,
    WARRANT_STATES,
    WRITING,
    Entries,
)
from polit.web.warrants.services import premises_add, warrant_apply, warrant_change
from polit.web.warrants.views.reach import warrant_form

_STEPS = {
    "grant": ("Record the grant", "warrants:grant"),
    "refuse": ("Record a refusal", "warrants:refuse"),
    "execute": ("Record an execution", "warrants:execute"),
    "withdraw": ("Withdraw the warrant", "warrants:withdraw"),
}


@access(ACROSS)
def warrant_list_page(request: HttpRequest) -> HttpResponse:
    """List the warrants of all cases that whoever asks has access to."""
    listed = listing_of(request, warrants_for(user_of(request)), warrant_listing())
    return render(request, "warrants/list.html", {"listed": listed})


@access(IN_CASE)
def case_list_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the warrants of a case."""
    del case_id  # the gate has read it
    granted = case_access_of(request)
    listed = listing_of(request, warrants_in(granted), warrant_listing())
    may_apply = bool(user_of(request).roles & APPLICANTS)
    shown = {"listed": listed, "granted": granted, "may_apply": may_apply}
    return render(request, "warrants/case_list.html", shown)


@access(WRITING, methods=("GET", "POST"))
def apply_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that a warrant was applied for."""
    granted, user = case_access_of(request), user_of(request)
    known = {"applied_at": this_minute(), "applicant": user.full_name}
    form = ApplyForm(known_addresses(granted, user.roles), sent(request), initial=known)
    if form.is_valid():
        warrant = attempt(
            form,
            lambda: warrant_apply(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                given=form.warrant(),
            ),
        )
        if warrant is not None:
            messages.success(request, f"Warrant {warrant.reference} was recorded.")
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant.id)
    return warrant_form(request, form, "Apply for a warrant")


@access(IN_CASE)
def warrant_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Show a warrant: what it is, where it stands, how it was executed."""
    del case_id  # the gate has read it
    granted, roles = case_access_of(request), user_of(request).roles
    warrant = or_404(lambda: warrant_get(granted, warrant_id))
    shown = {
        "granted": granted,
        "warrant": warrant,
        "premises": premises_list(warrant),
        "executions": execution_list(warrant),
        "withheld": withheld_places(granted, roles),
        "steps": _steps(warrant, roles),
        "may_write": bool(roles & APPLICANTS),
        "may_read_notes": bool(roles & NOTE_READERS),
        "history": warrant_history(warrant),
        "shows_reasons": bool(roles & CHILD_READERS),
        "sections": sections_of("warrant", request),
    }
    return render(request, "warrants/page.html", shown)


def _steps(warrant: Warrant, roles: frozenset[Role]) -> list[tuple[str, str, bool]]:
    """Return what can be done with a warrant: label, view, whether it stands behind the others.

    A warrant for one entry that was executed, and one that ran out, still take an execution, as
    what happened has to be recorded; but nothing invites to it.
    """
    is_spent = warrant.is_expired or (
        warrant.executed_at is not None and warrant.entries == Entries.SINGLE.value
    )
    found = []
    for each in WARRANT_STATES.offered(warrant.state, roles):
        if each.action not in _STEPS:
            continue
        label, view = _STEPS[each.action]
        if each.action == "execute" and warrant.executed_at is not None:
            label = "Record a further execution"
        is_second = each.action == "withdraw" or (each.action == "execute" and is_spent)
        found.append((label, view, is_second))
    return found


@access(WRITING, methods=("GET", "POST"))
def change_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Put right what is said of a warrant."""
    granted = case_access_of(request)
    warrant = or_404(lambda: warrant_get(granted, warrant_id))
    kind = ChangeForm if warrant.granted_at is None else ChangeGrantedForm
    known = kind.known_of(warrant) | {"seen": warrant_version(warrant)}
    form = kind(sent(request), initial=known)
    if form.is_valid():
        changed = attempt(
            form,
            lambda: warrant_change(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                warrant_id=warrant_id,
                given=form.warrant(),
                seen=form.cleaned_data["seen"],
            ),
        )
        if changed is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Correct what is said of the warrant", warrant)


@access(WRITING, methods=("GET", "POST"))
def premises_add_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Record further premises of a warrant."""
    granted = case_access_of(request)
    warrant = or_404(lambda: warrant_get(granted, warrant_id))
    form = PremisesForm(place_choices(granted, user_of(request).roles), sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: premises_add(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                warrant_id=warrant_id,
                given=form.given(),
            ),
            field="address",
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Add premises to the warrant", warrant)
