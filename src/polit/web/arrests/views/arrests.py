"""Pages of arrests: the list of all cases, one arrest, what is recorded of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.arrests.forms import ArrestFields, ArrestForm, WithdrawForm
from polit.web.arrests.law import custody_law
from polit.web.arrests.models import Arrest
from polit.web.arrests.queries import (
    arrest_get,
    arrests_for,
    clocks_of,
    execution_choices,
    execution_get,
    execution_now,
    place_label,
)
from polit.web.arrests.rules import (
    FINAL,
    LISTING,
    READING,
    RUNNING,
    WRITERS,
    WRITING,
    ArrestKind,
    OutcomeKind,
    may_read_texts,
)
from polit.web.arrests.services import arrest_correct, arrest_record, arrest_withdraw
from polit.web.arrests.telling import prompts_missing, story
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.listing import Filter, Listing, Sort, equal_to, listing_of
from polit.web.core.sections import sections_of
from polit.web.people.queries import place_choices
from polit.web.people.rules import PersonRole
from polit.web.risk.models import SuicideRiskPrompt
from polit.web.risk.rules import Occasion
from polit.web.warrants.models import WarrantExecution

_OUTCOMES = (("open", "None yet"), *((each.value, each.label) for each in OutcomeKind))
_SEARCHED = ("case__reference", "officer")


def _outcome_is(code: str) -> Q:
    return Q(outcome=None) if code == "open" else Q(outcome=code)


def _listing(*searched: str) -> Listing:
    kinds = tuple((each.value, each.label) for each in ArrestKind)
    return Listing(
        sorts=(
            Sort("newest", "Newest first", "occurred_at", newest_first=True),
            Sort("oldest", "Oldest first", "occurred_at"),
        ),
        search=searched,
        search_label="Case, officer or suspect",
        filters=(
            Filter("kind", "Kind", kinds, equal_to("kind")),
            Filter("outcome", "Outcome", _OUTCOMES, _outcome_is),
        ),
    )


_PLAIN, _NAMED = _listing(*_SEARCHED), _listing(*_SEARCHED, "place__person__search_text")


@dataclass(frozen=True, slots=True)
class ArrestRow:
    """An arrest as lists show it."""

    arrest: Arrest
    suspect: str
    outcome: OutcomeKind | None

    @property
    def is_overdue(self) -> bool:
        """Whether bail, or the day on which it is looked at again, has passed."""
        due_at = getattr(self.arrest, "due_at", None)
        return bool(self.outcome in RUNNING and due_at and due_at <= now_utc())


def arrest_rows(arrests: tuple[Arrest, ...], *, is_named: bool) -> list[ArrestRow]:
    """Return arrests that a query found as lists show them. No query."""
    return [
        ArrestRow(
            each,
            place_label(each.place, is_named=is_named),
            OutcomeKind(code) if (code := getattr(each, "outcome", None)) else None,
        )
        for each in arrests
    ]


@access(LISTING)
def arrest_list_page(request: HttpRequest) -> HttpResponse:
    """List the arrests of all cases that this person has access to."""
    user = user_of(request)
    is_named = may_read_texts(user.roles)
    listed = listing_of(request, arrests_for(user), _NAMED if is_named else _PLAIN)
    shown = {"listed": listed, "rows": arrest_rows(listed.page.rows, is_named=is_named)}
    return render(request, "arrests/list.html", shown)


@access(READING)
def arrest_page(request: HttpRequest, case_id: UUID, arrest_id: UUID) -> HttpResponse:
    """Show an arrest: its facts, its clocks, what is next, its story."""
    del case_id
    granted, roles = case_access_of(request), user_of(request).roles
    arrest = or_404(lambda: arrest_get(granted, arrest_id))
    told = story(arrest)
    may_write = bool(roles & WRITERS) and not arrest.is_withdrawal
    (row,) = arrest_rows((arrest,), is_named=may_read_texts(roles))
    shown = {
        "granted": granted,
        "arrest": arrest,
        "execution": execution_now(arrest.execution),
        "row": row,
        "suspect": row.suspect,
        "may_be_released": arrest.way is ArrestKind.ARREST and row.outcome not in FINAL,
        "may_write": may_write,
        "may_read": may_read_texts(roles),
        "clocks": clocks_of(arrest_id),
        "law": custody_law(),
        "told": told,
        "missing": prompts_missing(arrest, told),
        "is_arrest": arrest.way is ArrestKind.ARREST,
        "sections": sections_of("arrest", request),
    }
    return render(request, "arrests/page.html", shown)


@access(WRITING, methods=("GET", "POST"))
def arrest_add_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record an arrest; what a warrant's execution tells stands there already."""
    granted = case_access_of(request)
    form = ArrestForm(sent(request), initial=_known(request), **_choices(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: arrest_record(
                actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("arrests:page", case_id=case_id, arrest_id=kept.first_id)
    return form_page(request, form, "Record an arrest or an attendance")


@access(WRITING, methods=("GET", "POST"))
def arrest_correct_page(request: HttpRequest, case_id: UUID, arrest_id: UUID) -> HttpResponse:
    """Say what the record of an arrest should have said."""
    granted = case_access_of(request)
    arrest = or_404(lambda: arrest_get(granted, arrest_id))
    form = ArrestFields(sent(request), initial=_initial(arrest), **_choices(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: or_404(
                lambda: arrest_correct(
                    actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                    arrest_id=arrest_id, given=form.given(),
                )
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("arrests:page", case_id=case_id, arrest_id=arrest_id)
    return form_page(request, form, "Correct this record", arrest=arrest)


@access(WRITING, methods=("GET", "POST"))
def arrest_withdraw_page(request: HttpRequest, case_id: UUID, arrest_id: UUID) -> HttpResponse:
    """Say that an arrest never happened."""
    granted = case_access_of(request)
    arrest = or_404(lambda: arrest_get(granted, arrest_id))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: or_404(
                lambda: arrest_withdraw(
                    actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                    arrest_id=arrest_id,
                )
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("arrests:page", case_id=case_id, arrest_id=arrest_id)
    heading = f"Say that it never happened: {arrest.way.label.lower()} of {arrest.place.label}"
    return form_page(request, form, heading, arrest=arrest)


def form_page(
    request: HttpRequest,
    form: GovukForm,
    heading: str,
    *,
    arrest: Arrest | None = None,
    lead: str = "",
) -> HttpResponse:
    """Show a form of this register, within its case and its arrest."""
    shown = {
        "form": form, "heading": heading, "lead": lead, "arrest": arrest,
        "granted": case_access_of(request),
    }  # fmt: skip
    return render(request, "arrests/form.html", shown)


def _choices(request: HttpRequest) -> dict[str, Any]:
    granted = case_access_of(request)
    suspects = place_choices(granted, user_of(request).roles, PersonRole.SUSPECT)
    return {"suspects": suspects, "executions": execution_choices(granted)}


def _known(request: HttpRequest) -> dict[str, Any]:
    """Return what is known of a new arrest: from the address, and the execution that it names."""
    asked = request.GET
    known: dict[str, Any] = {
        "place": asked.get("place", ""),
        "kind": asked.get("kind", ArrestKind.ARREST.value),
        "officer": user_of(request).full_name,
    }
    execution = execution_get(case_access_of(request), asked.get("execution", ""))
    if execution is not None:
        known |= {
            "execution": str(execution.pk), "occurred_at": execution.occurred_at,
            "where": execution.place[:300],
        }  # fmt: skip
        known |= _asked_there(request, execution)
    return known


def _asked_there(request: HttpRequest, execution: WarrantExecution) -> dict[str, str]:
    """Return what the case's only suspect was asked about suicide at an execution.

    The words stand in the form; whether there is a concern now is answered anew.
    """
    granted = case_access_of(request)
    suspects = place_choices(granted, user_of(request).roles, PersonRole.SUSPECT)
    rows = SuicideRiskPrompt.objects.standing().filter(
        case_id=granted.case.id, occasion=Occasion.WARRANT.value, occurred_at=execution.occurred_at
    )
    prompt = rows.order_by("-recorded_at").first()
    if prompt is None or [str(prompt.place_id)] != [place for place, _label in suspects]:
        return {}
    return {
        "suicide_asked": prompt.asked,
        "suicide_support_suspect": prompt.support_suspect,
        "suicide_support_family": prompt.support_family,
    }


def _initial(arrest: Arrest) -> dict[str, Any]:
    execution = execution_now(arrest.execution)
    return {
        "place": str(arrest.place_id),
        "kind": arrest.kind,
        "occurred_at": arrest.occurred_at,
        "where": arrest.where,
        "officer": arrest.officer,
        "grounds": arrest.grounds,
        "necessity": list(arrest.necessity_codes),
        "rights_given_at": arrest.rights_given_at,
        "execution": str(execution.pk) if execution else "",
    }
