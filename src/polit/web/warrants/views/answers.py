"""What a court answered, and what happened with a warrant then."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.found import or_404
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole
from polit.web.warrants.forms import (
    ExecutionCorrectForm,
    ExecutionFacts,
    ExecutionForm,
    ExecutionWithdrawForm,
    GrantForm,
    PromptedExecutionForm,
    RefuseForm,
    WithdrawForm,
)
from polit.web.warrants.models import Warrant
from polit.web.warrants.queries import withheld_places
from polit.web.warrants.rules import WRITING
from polit.web.warrants.services import (
    execution_correct,
    execution_record,
    execution_withdraw,
    premises_end,
    warrant_grant,
    warrant_refuse,
    warrant_withdraw,
)
from polit.web.warrants.views.reach import execution_of, warrant_form, warrant_of


@access(WRITING, methods=("GET", "POST"))
def grant_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Record that a court granted a warrant."""
    granted, warrant = case_access_of(request), warrant_of(request, warrant_id)
    known = {"granted_at": this_minute(), "reference": warrant.reference}
    form = GrantForm(warrant, sent(request), initial=known)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: warrant_grant(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                warrant_id=warrant_id,
                given=form.grant(),
            ),
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Record the grant", warrant)


@access(WRITING, methods=("GET", "POST"))
def refuse_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Record that a court refused a warrant."""
    granted, warrant = case_access_of(request), warrant_of(request, warrant_id)
    form = RefuseForm(sent(request), initial={"refused_at": this_minute()})
    if form.is_valid():
        kept = attempt(
            form,
            lambda: warrant_refuse(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                warrant_id=warrant_id,
                refused_at=form.cleaned_data["refused_at"],
            ),
            field="refused_at",
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Record a refusal", warrant)


@access(WRITING, methods=("GET", "POST"))
def withdraw_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Withdraw a warrant that nobody executed."""
    granted, warrant = case_access_of(request), warrant_of(request, warrant_id)
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: warrant_withdraw(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                warrant_id=warrant_id,
            ),
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Withdraw the warrant", warrant)


@access(WRITING, methods=("GET", "POST"))
def premises_end_page(
    request: HttpRequest, case_id: UUID, warrant_id: UUID, premises_id: UUID
) -> HttpResponse:
    """Say that premises do not stand on a warrant."""
    granted, warrant = case_access_of(request), warrant_of(request, warrant_id)
    or_404(lambda: warrant.premises.get(pk=premises_id))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: premises_end(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                warrant_id=warrant_id,
                premises_id=premises_id,
            ),
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Remove premises from the warrant", warrant)


@access(WRITING, methods=("GET", "POST"))
def execute_page(request: HttpRequest, case_id: UUID, warrant_id: UUID) -> HttpResponse:
    """Record that officers came with a warrant, and whether a suspect was asked about suicide."""
    granted, warrant = case_access_of(request), warrant_of(request, warrant_id)
    form = _execution_form(request, warrant)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: execution_record(
                actor_of(request),
                reason=f"Warrant {warrant.reference}: officers came with it",
                access=granted,
                warrant_id=warrant_id,
                given=form.given(),
                prompted=form.prompted(),
            ),
        )
        if kept is not None:
            messages.success(request, f"Recorded: {kept.outcome_label.lower()}.")
            return redirect("warrants:page", case_id=case_id, warrant_id=warrant_id)
    return warrant_form(request, form, "Record an execution", warrant)


@access(WRITING, methods=("GET", "POST"))
def execution_correct_page(request: HttpRequest, case_id: UUID, execution_id: UUID) -> HttpResponse:
    """Correct an execution by a further record."""
    granted, execution = case_access_of(request), execution_of(request, execution_id)
    people = place_choices(granted, user_of(request).roles)
    known = ExecutionCorrectForm.known_of(execution)
    withheld = withheld_places(granted, user_of(request).roles)
    form = ExecutionCorrectForm(
        execution.warrant, people, sent(request), initial=known, withheld=withheld
    )
    if form.is_valid():
        kept = attempt(
            form,
            lambda: execution_correct(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                execution_id=execution_id,
                given=form.given(),
            ),
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=execution.warrant_id)
    return warrant_form(request, form, "Correct an execution", execution.warrant)


@access(WRITING, methods=("GET", "POST"))
def execution_withdraw_page(
    request: HttpRequest, case_id: UUID, execution_id: UUID
) -> HttpResponse:
    """Say that an execution never happened."""
    granted, execution = case_access_of(request), execution_of(request, execution_id)
    form = ExecutionWithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: execution_withdraw(
                actor_of(request),
                reason=form.cleaned_data["reason"],
                access=granted,
                execution_id=execution_id,
            ),
        )
        if kept is not None:
            return redirect("warrants:page", case_id=case_id, warrant_id=execution.warrant_id)
    when = timezone.localtime(execution.occurred_at).strftime("%-d %B %Y, %H:%M")
    heading = f"Withdraw what happened on {when}: {execution.outcome_label.lower()}"
    return warrant_form(request, form, heading, execution.warrant)


def _execution_form(request: HttpRequest, warrant: Warrant) -> ExecutionFacts:
    granted, user = case_access_of(request), user_of(request)
    people = place_choices(granted, user.roles)
    suspects = place_choices(granted, user.roles, PersonRole.SUSPECT)
    first = warrant.premises.filter(ended_at=None).order_by("number").first()
    known = {
        "occurred_at": this_minute(),
        "officer": user.full_name,
        "premises_id": str(first.pk) if first else "",
    }
    options: dict[str, Any] = {"initial": known, "withheld": withheld_places(granted, user.roles)}
    if not suspects:
        return ExecutionForm(warrant, people, sent(request), **options)
    return PromptedExecutionForm(warrant, people, suspects, sent(request), **options)
