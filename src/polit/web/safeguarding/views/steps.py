"""The pages on which what happened for a child is recorded, corrected and withdrawn."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import WITHDRAWN, this_minute
from polit.web.core.found import or_404
from polit.web.safeguarding.forms import STEP_FORMS, ContactForm, ReasonForm, ReplyForm
from polit.web.safeguarding.models import ChildRecord, ChildStep, SocialCareReferral
from polit.web.safeguarding.queries import contact_get, step_get, untold
from polit.web.safeguarding.rules import ACTING, StepKind
from polit.web.safeguarding.services import (
    contact_act,
    contact_owe,
    step_correct,
    step_record,
    step_withdraw,
)
from polit.web.safeguarding.views.shown import child_form, child_read, to_child

_CONTACT_TITLES = {
    "give": "Contact given",
    "decline": "Contact not wanted",
    "reopen": "Contact recorded by mistake",
}


@access(ACTING, methods=("GET", "POST"))
def step_add(request: HttpRequest, case_id: UUID, child_id: UUID, child_step: str) -> HttpResponse:
    """Record what happened for a child."""
    del case_id
    kind = _kind(child_step)
    found = child_read(request, child_id, f"{child_step}/add")
    form = STEP_FORMS[kind](sent(request), initial=_known(request, found, kind))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: step_record(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), child_id=child_id, given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    return child_form(request, found, form, f"{kind.label}: {found.place.label}")


@access(ACTING, methods=("GET", "POST"))
def step_correct_page(
    request: HttpRequest, case_id: UUID, child_id: UUID, child_step: str, step_id: UUID
) -> HttpResponse:
    """Correct what was recorded wrongly; what stood there stays readable."""
    del case_id
    kind = _kind(child_step)
    found = child_read(request, child_id, f"{child_step}/correct")
    wrong = or_404(lambda: step_get(found, kind, step_id))
    form_of = STEP_FORMS[kind]
    form = form_of(sent(request), initial=_stands(wrong))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: step_correct(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), entry_id=step_id, given=form.given(),
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    heading = f"Correct: {kind.label.lower()} of {found.place.label}"
    return child_form(request, found, form, heading, lead="What stands there now stays readable.")


@access(ACTING, methods=("GET", "POST"))
def step_withdraw_page(
    request: HttpRequest, case_id: UUID, child_id: UUID, child_step: str, step_id: UUID
) -> HttpResponse:
    """Say that something never happened."""
    del case_id
    kind = _kind(child_step)
    found = child_read(request, child_id, f"{child_step}/withdraw")
    or_404(lambda: step_get(found, kind, step_id))
    form = ReasonForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: step_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), kind=kind, entry_id=step_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    heading = f"Withdraw: {kind.label.lower()} of {found.place.label}"
    lead = f"You say that this never happened. {WITHDRAWN}"
    return child_form(request, found, form, heading, lead=lead)


@access(ACTING, methods=("GET", "POST"))
def contact_add(request: HttpRequest, case_id: UUID, child_id: UUID) -> HttpResponse:
    """Say that a contact is owed."""
    del case_id
    found = child_read(request, child_id, "contacts/add")
    kind, follows = request.GET.get("kind", ""), _follows(request)
    known = next(
        (
            each
            for each in untold(Q(pk=found.pk))
            if (each.kind.code, each.follows) == (kind, follows)
        ),
        None,
    )
    initial = {"kind": kind, "arises_at": known.arises_at} if known else {"kind": kind}
    form = ContactForm(sent(request), initial=initial)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: contact_owe(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), child_id=child_id,
                given=form.given(follows),
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    return child_form(request, found, form, f"Add a contact: {found.place.label}")


@access(ACTING, methods=("GET", "POST"))
def contact_act_page(
    request: HttpRequest, case_id: UUID, child_id: UUID, contact_id: UUID, contact_action: str
) -> HttpResponse:
    """Record that a contact was given, is not wanted, or was recorded so by mistake."""
    del case_id
    if contact_action not in _CONTACT_TITLES:
        raise Http404
    found = child_read(request, child_id, f"contacts/{contact_action}")
    contact = or_404(lambda: contact_get(found, contact_id))
    replies = contact_action != "reopen"
    form = ReplyForm(sent(request)) if replies else ReasonForm(sent(request))
    if form.is_valid():
        reply = form.given() if isinstance(form, ReplyForm) else None
        kept = attempt(
            form,
            lambda: contact_act(
                actor_of(request), reason=form.cleaned_data["reason"],
                access=case_access_of(request), contact_id=contact_id, action=contact_action,
                reply=reply,
            ),
        )  # fmt: skip
        if kept is not None:
            return to_child(found)
    heading = f"{_CONTACT_TITLES[contact_action]}: {found.place.label}"
    return child_form(request, found, form, heading, lead=f"{contact.way.label}.")


def _follows(request: HttpRequest) -> UUID | None:
    """Return the arrest or outcome that a contact is to tell of, as the link to the page says."""
    try:
        return UUID(request.GET.get("follows", ""))
    except ValueError:
        return None


def _kind(code: str) -> StepKind:
    try:
        return StepKind(code)
    except ValueError as error:
        raise Http404 from error


def _known(request: HttpRequest, child: ChildRecord, kind: StepKind) -> dict[str, Any]:
    """Return what need not be typed again: who acts, which authority the case has to do with."""
    user = user_of(request)
    known: dict[str, Any] = {
        "occurred_at": this_minute(),
        "done_by": user.full_name,
        "made_by": user.full_name,
    }
    if kind is StepKind.SHARED:
        rows = SocialCareReferral.objects.standing().filter(child__case_id=child.case_id)
        known["authority"] = (
            rows.order_by("-occurred_at").values_list("authority", flat=True).first() or ""
        )
    if kind is StepKind.STRATEGY:
        known["agencies"] = ["police", "social_care"]
    return known


def _stands(wrong: ChildStep) -> dict[str, Any]:
    skipped = {"id", "recorded_at", "corrects_id", "is_withdrawal", "by", "reason"}
    names = [each.attname for each in wrong._meta.concrete_fields]  # noqa: SLF001 - documented
    return {name: getattr(wrong, name) for name in names if name not in skipped}
