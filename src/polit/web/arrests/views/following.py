"""Pages of what follows an arrest: custody, interviews, outcomes, support for the family."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.arrests.forms import (
    CustodyForm,
    InterviewFields,
    InterviewForm,
    OutcomeFields,
    OutcomeForm,
    SupportForm,
    WithdrawForm,
    due_initial,
)
from polit.web.arrests.law import custody_law
from polit.web.arrests.models import (
    Arrest,
    ArrestOutcome,
    CustodyStep,
    FamilySupport,
    OfArrest,
    SuspectInterview,
)
from polit.web.arrests.queries import arrest_get, bail_law_for, following_get
from polit.web.arrests.rules import WRITING, OutcomeKind
from polit.web.arrests.services import (
    custody_record,
    following_withdraw,
    interview_record,
    outcome_record,
    support_record,
)
from polit.web.arrests.views.arrests import form_page
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404


@dataclass(frozen=True, slots=True)
class Following:
    """One kind of what follows an arrest.

    Args:
        heading: What its page is called.
        model: Its table.
        form: Makes the form: for something new, or to correct.
        record: The service.
        fields: The fields that a correction begins with.
    """

    heading: str
    model: type[OfArrest]
    form: Callable[..., GovukForm]
    record: Callable[..., OfArrest]
    fields: tuple[str, ...]


def _custody_form(_arrest: Arrest, data: Any, *, is_new: bool, **options: Any) -> GovukForm:
    del is_new
    return CustodyForm(data, **options)


def _interview_form(_arrest: Arrest, data: Any, *, is_new: bool, **options: Any) -> GovukForm:
    return (InterviewForm if is_new else InterviewFields)(data, **options)


def _outcome_form(arrest: Arrest, data: Any, *, is_new: bool, **options: Any) -> GovukForm:
    made = OutcomeForm if is_new else OutcomeFields
    return made(data, law=bail_law_for(arrest), **options)


def _support_form(_arrest: Arrest, data: Any, *, is_new: bool, **options: Any) -> GovukForm:
    del is_new
    return SupportForm(data, **options)


FOLLOWING = {
    "custody": Following(
        "Record a step in custody", CustodyStep, _custody_form, custody_record,
        ("kind", "occurred_at", "officer", "until_at", "note"),
    ),
    "interview": Following(
        "Record an interview", SuspectInterview, _interview_form, interview_record,
        ("occurred_at", "ended_at", "where", "officers", "legal_adviser", "summary"),
    ),
    "outcome": Following(
        "Record the outcome", ArrestOutcome, _outcome_form, outcome_record,
        ("kind", "occurred_at", "detail", "bail_level", "due_at"),
    ),
    "support": Following(
        "Record support offered to the family", FamilySupport, _support_form, support_record,
        ("occurred_at", "offered_to", "what"),
    ),
}  # fmt: skip


@access(WRITING, methods=("GET", "POST"))
def following_add_page(
    request: HttpRequest, case_id: UUID, arrest_id: UUID, follow_kind: str
) -> HttpResponse:
    """Record something that followed an arrest; after a charge, court's page is next."""
    kind = _kind(follow_kind)
    granted = case_access_of(request)
    arrest = or_404(lambda: arrest_get(granted, arrest_id))
    form = kind.form(arrest, sent(request), is_new=True, initial=_known(request, arrest))
    if form.is_valid():
        kept = _recorded(request, form, kind, arrest)
        if kept is not None:
            if getattr(kept, "kind", "") == OutcomeKind.CHARGE.value:
                asked = urlencode({"place": arrest.place_id, "arrest": arrest_id})
                return redirect(f"{reverse('court:charge_add', args=[case_id])}?{asked}")
            return redirect("arrests:page", case_id=case_id, arrest_id=arrest_id)
    return form_page(request, form, kind.heading, arrest=arrest)


@access(WRITING, methods=("GET", "POST"))
def following_correct_page(
    request: HttpRequest, case_id: UUID, arrest_id: UUID, follow_kind: str, follow_id: UUID
) -> HttpResponse:
    """Say what the record of something after an arrest should have said."""
    kind = _kind(follow_kind)
    granted = case_access_of(request)
    arrest = or_404(lambda: arrest_get(granted, arrest_id))
    row = or_404(lambda: following_get(granted, kind.model, arrest_id, follow_id))
    form = kind.form(arrest, sent(request), is_new=False, initial=_initial(row, kind))
    if form.is_valid():
        kept = _recorded(request, form, kind, arrest, corrects=follow_id)
        if kept is not None:
            return redirect("arrests:page", case_id=case_id, arrest_id=arrest_id)
    return form_page(request, form, f"Correct: {kind.heading.lower()}", arrest=arrest)


@access(WRITING, methods=("GET", "POST"))
def following_withdraw_page(
    request: HttpRequest, case_id: UUID, arrest_id: UUID, follow_kind: str, follow_id: UUID
) -> HttpResponse:
    """Say that something after an arrest never happened."""
    kind = _kind(follow_kind)
    granted = case_access_of(request)
    arrest = or_404(lambda: arrest_get(granted, arrest_id))
    or_404(lambda: following_get(granted, kind.model, arrest_id, follow_id))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: or_404(
                lambda: following_withdraw(
                    actor_of(request), reason=form.cleaned_data["reason"], access=granted,
                    arrest_id=arrest_id, kind=follow_kind, row_id=follow_id,
                )
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect("arrests:page", case_id=case_id, arrest_id=arrest_id)
    lead = "What was recorded stays readable, and counts no longer."
    return form_page(
        request,
        form,
        f"Say that it never happened: {kind.heading.lower()}",
        arrest=arrest,
        lead=lead,
    )


def _kind(follow_kind: str) -> Following:
    if follow_kind not in FOLLOWING:
        raise Http404
    return FOLLOWING[follow_kind]


def _recorded(
    request: HttpRequest,
    form: GovukForm,
    kind: Following,
    arrest: Arrest,
    corrects: UUID | None = None,
) -> OfArrest | None:
    given = form.given()  # type: ignore[attr-defined]  # each form of this module has it
    return attempt(
        form,
        lambda: or_404(
            lambda: kind.record(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), arrest_id=arrest.first_id, given=given,
                corrects=corrects,
            )
        ),
    )  # fmt: skip


def _known(request: HttpRequest, arrest: Arrest) -> dict[str, Any]:
    asked = request.GET.get("kind", "")
    known: dict[str, Any] = {
        "kind": asked, "officers": user_of(request).full_name, "occurred_at": now_utc(),
    }  # fmt: skip
    law = bail_law_for(arrest)
    return known | dict(due_initial(law, arrest.occurred_at, custody_law().rui_review_days, asked))


def _initial(row: OfArrest, kind: Following) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in kind.fields}
    if isinstance(row, ArrestOutcome):
        texts = row.conditions.order_by("number").values_list("text", flat=True)
        known["conditions"] = "\n".join(texts)
    if isinstance(row, FamilySupport):
        known["is_accepted"] = "yes" if row.is_accepted else "no"
    return known
