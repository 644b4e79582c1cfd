"""Pages of an enquiry, the same below a referral and below a case."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from polit.base.errors import UsageError
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import CaseAccess, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.fields import this_minute
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.enquiries.forms import (
    AnswerForm,
    CorrectAnswerForm,
    CorrectReminderForm,
    ReasonForm,
    RemindForm,
    SendForm,
    WithdrawForm,
    known_of_answer,
    known_of_reminder,
)
from polit.web.enquiries.models import Enquiry, EnquiryStep
from polit.web.enquiries.queries import (
    answer_of,
    case_enquiry_get,
    enquiry_steps,
    referral_enquiry_get,
    step_get,
)
from polit.web.enquiries.rules import (
    ENQUIRY_STATES,
    EnquiryState,
    Step,
)
from polit.web.enquiries.services import (
    answer_correct,
    enquiry_answer,
    enquiry_cancel,
    enquiry_remind,
    enquiry_send,
    facts_to_person,
    facts_to_referral,
    reminder_correct,
    step_withdraw,
)
from polit.web.referrals.models import Referral, ReferralIp
from polit.web.referrals.reached import referral_of
from polit.web.referrals.rules import REFERRAL_STATES

_CONNECTIONS_MOST = 40
"""Connections that an enquiry begins with: their words fit into the field."""


@dataclass(frozen=True, slots=True)
class Holder:
    """What an enquiry's pages lie below: a referral, or a case.

    Args:
        referral: The referral, where it is one.
        granted: The access to the case, where it is one.
    """

    referral: Referral | None = None
    granted: CaseAccess | None = None

    @property
    def reference(self) -> str:
        """Its reference."""
        return self.granted.case.reference if self.granted else str(self.referral)

    @property
    def home(self) -> str:
        """The address of its own page."""
        if self.granted is not None:
            return reverse("cases:page", args=[self.granted.case.id])
        assert self.referral is not None
        return reverse("referrals:page", args=[self.referral.pk])

    @property
    def is_case(self) -> bool:
        """Whether it is a case."""
        return self.granted is not None

    def url(self, name: str, *more: UUID) -> str:
        """Return the address of a page below it."""
        if self.granted is not None:
            return reverse(f"enquiries:case_{name}", args=[self.granted.case.id, *more])
        assert self.referral is not None
        return reverse(f"enquiries:{name}", args=[self.referral.pk, *more])

    def enquiry(self, enquiry_id: UUID) -> Enquiry:
        """Return an enquiry of it.

        Raises:
            Http404: It has none of this identifier.
        """
        referral, granted = self.referral, self.granted
        if granted is not None:
            return or_404(lambda: case_enquiry_get(granted, enquiry_id))
        assert referral is not None
        return or_404(lambda: referral_enquiry_get(referral, enquiry_id))


def holder_of(request: HttpRequest) -> Holder:
    """Return what a page lies below, once it was reached; see ``referral_of`` and the gate."""
    match = request.resolver_match
    if match is not None and "case_id" in match.kwargs:
        return Holder(granted=case_access_of(request))
    return Holder(referral=referral_of(request))


def add_shown(request: HttpRequest) -> HttpResponse:
    """Record an enquiry."""
    holder = holder_of(request)
    known = {"sent_at": this_minute(), "question": _question(holder)}
    form = SendForm(sent(request), initial=known)
    if form.is_valid():
        kept = attempt(
            form,
            lambda: enquiry_send(
                actor_of(request), reason=form.cleaned_data["reason"], given=form.given(),
                referral_id=holder.referral.pk if holder.referral else None,
                case=holder.granted.case if holder.granted else None,
            ),
            field="sent_at",
        )  # fmt: skip
        if kept is not None:
            return redirect(holder.url("page", kept.pk))
    return enquiry_form(request, holder, form, "A new enquiry")


def _question(holder: Holder) -> str:
    """Return the connections that a referral names, so that nobody copies addresses by hand."""
    if holder.referral is None:
        return ""
    rows = ReferralIp.objects.filter(referral=holder.referral, ended_at=None)
    return "\n".join(
        " ".join(each for each in (
            row.address,
            f"port {row.port}" if row.port else "",
            row.occurred_at.strftime("%Y-%m-%d %H:%M:%S UTC") if row.occurred_at else "",
        ) if each)
        for row in rows.order_by("occurred_at", "pk")[:_CONNECTIONS_MOST]
    )  # fmt: skip


def page_shown(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Show an enquiry: what was asked, the wait, what came of it."""
    holder = holder_of(request)
    enquiry = holder.enquiry(enquiry_id)
    answer = answer_of(enquiry)
    offered = ENQUIRY_STATES.offered(enquiry.state, user_of(request).roles)
    shown = {
        "holder": holder,
        "enquiry": enquiry,
        "answer": answer,
        "steps": [
            (each, holder.url("correct", enquiry.pk, each.pk),
             holder.url("withdraw", enquiry.pk, each.pk))
            for each in enquiry_steps(enquiry)
        ],
        "may": {each.action for each in offered},
        "may_open": _may_open(request, enquiry),
        "urls": {name: holder.url(name, enquiry.pk)
                 for name in ("answer", "remind", "cancel", "take")},
        "person_url": holder.url("person", enquiry.pk) if holder.is_case else "",
    }  # fmt: skip
    return render(request, "enquiries/page.html", shown)


def _may_open(request: HttpRequest, enquiry: Enquiry) -> bool:
    """Tell whether this person may open a case from the referral of an enquiry now."""
    if enquiry.referral is None:
        return False
    offered = REFERRAL_STATES.offered(enquiry.referral.state, user_of(request).roles)
    return "open_case" in {each.action for each in offered}


def remind_shown(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Record a reminder."""
    holder = holder_of(request)
    _check_waits(holder.enquiry(enquiry_id))
    form = RemindForm(sent(request), initial={"occurred_at": this_minute()})
    if form.is_valid():
        kept = attempt(
            form,
            lambda: enquiry_remind(
                actor_of(request), reason="reminded of an answer", enquiry_id=enquiry_id,
                given=form.given(),
            ),
            field="occurred_at",
        )  # fmt: skip
        if kept is not None:
            return redirect(holder.url("page", enquiry_id))
    return enquiry_form(request, holder, form, "Record a reminder")


def answer_shown(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Record an answer, with the facts that it brought."""
    holder = holder_of(request)
    _check_waits(holder.enquiry(enquiry_id))
    form = AnswerForm(sent(request), initial={"answered_at": this_minute()})
    if form.is_valid():
        kept = attempt(
            form,
            lambda: enquiry_answer(
                actor_of(request), reason=form.why(), enquiry_id=enquiry_id, given=form.given()
            ),
            field="answered_at",
        )
        if kept is not None:
            return redirect(holder.url("page", enquiry_id))
    return enquiry_form(request, holder, form, "Record the answer")


def correct_shown(request: HttpRequest, enquiry_id: UUID, step_id: UUID) -> HttpResponse:
    """Correct an answer or a reminder."""
    holder = holder_of(request)
    enquiry = holder.enquiry(enquiry_id)
    step = or_404(lambda: step_get(enquiry, step_id))
    if step.kind == Step.REMINDER:
        return _correct_reminder(request, holder, step)
    form = CorrectAnswerForm(sent(request), initial=known_of_answer(step))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: answer_correct(
                actor_of(request), reason=form.cleaned_data["reason"], enquiry_id=enquiry_id,
                step_id=step_id, given=form.given(),
            ),
            field="answered_at",
        )  # fmt: skip
        if kept is not None:
            return redirect(holder.url("page", enquiry_id))
    return enquiry_form(request, holder, form, "Correct the answer")


def _correct_reminder(request: HttpRequest, holder: Holder, step: EnquiryStep) -> HttpResponse:
    form = CorrectReminderForm(sent(request), initial=known_of_reminder(step))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: reminder_correct(
                actor_of(request), reason=form.cleaned_data["reason"],
                enquiry_id=step.enquiry_id, step_id=step.pk, given=form.given(),
            ),
            field="occurred_at",
        )  # fmt: skip
        if kept is not None:
            return redirect(holder.url("page", step.enquiry_id))
    return enquiry_form(request, holder, form, "Correct the reminder")


def withdraw_shown(request: HttpRequest, enquiry_id: UUID, step_id: UUID) -> HttpResponse:
    """Say that a reminder or an answer did not happen."""
    holder = holder_of(request)
    enquiry = holder.enquiry(enquiry_id)
    step = or_404(lambda: step_get(enquiry, step_id))
    form = WithdrawForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: step_withdraw(
                actor_of(request), reason=form.cleaned_data["reason"], enquiry_id=enquiry_id,
                step_id=step_id,
            ),
        )  # fmt: skip
        if kept is not None:
            return redirect(holder.url("page", enquiry_id))
    return enquiry_form(request, holder, form, f"{step.title}: it did not happen")


def cancel_shown(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Say that no answer is wanted any more."""
    holder = holder_of(request)
    _check_waits(holder.enquiry(enquiry_id))
    form = ReasonForm(sent(request))
    if form.is_valid():
        kept = attempt(
            form,
            lambda: enquiry_cancel(
                actor_of(request), reason=form.cleaned_data["reason"], enquiry_id=enquiry_id
            ),
        )
        if kept is not None:
            return redirect(holder.url("page", enquiry_id))
    return enquiry_form(request, holder, form, "Cancel the enquiry")


def take_shown(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Take the facts of the answer over with one click."""
    holder = holder_of(request)
    holder.enquiry(enquiry_id)
    actor = actor_of(request)
    try:
        if holder.granted is None:
            facts_to_referral(actor, enquiry_id=enquiry_id)
            return redirect(holder.home)
        case = holder.granted.case
        person_id = facts_to_person(actor, enquiry_id=enquiry_id, case=case)
    except UsageError as error:
        messages.warning(request, str(error))
        return redirect(holder.url("page", enquiry_id))
    return redirect("people:person", case_id=case.id, person_id=person_id)


def _check_waits(enquiry: Enquiry) -> None:
    """Show no form for what cannot be done any more: the page is not there."""
    if enquiry.standing is not EnquiryState.SENT:
        raise Http404


def enquiry_form(
    request: HttpRequest, holder: Holder, form: GovukForm, heading: str
) -> HttpResponse:
    """Show a form of an enquiry, or of what it lies below."""
    shown = {"holder": holder, "form": form, "heading": heading}
    return render(request, "enquiries/form.html", shown)
