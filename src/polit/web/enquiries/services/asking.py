"""Sends enquiries, reminds of them, keeps answers, corrects and withdraws both."""

from dataclasses import asdict
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.core.fitting import check_fits
from polit.web.core.rules import Role
from polit.web.enquiries.kinds import current_enquiry_kinds
from polit.web.enquiries.models import Enquiry, EnquiryStep
from polit.web.enquiries.queries import answer_of, enquiries_for
from polit.web.enquiries.rules import (
    ENQUIRY_STATES,
    WORKERS,
    EnquiryState,
    GivenAnswer,
    GivenEnquiry,
    GivenReminder,
    Step,
    check_answer,
    check_enquiry,
    check_step,
)
from polit.web.people.identifiers import current_identifiers
from polit.web.referrals.models import Referral
from polit.web.referrals.services.reach import check_in_case, reachable


def enquiry_send(
    actor: Actor,
    *,
    reason: str,
    given: GivenEnquiry,
    referral_id: UUID | None = None,
    case: CaseLike | None = None,
) -> Enquiry:
    """Keep that something was asked, on a referral or in a case.

    Args:
        actor: Who asked.
        reason: Why.
        given: What was asked of whom, and when.
        referral_id: The referral that it was asked for,
        case: or the case.

    Raises:
        AuthorityError: Their roles do not allow it, or they have no access to the case.
        UsageError: The kind is unknown, the times contradict each other, or it is of nothing.
    """
    _check_works(actor)
    check_enquiry(given, now_utc())
    scheme = current_enquiry_kinds()
    kind = scheme.kind(given.kind)
    if referral_id is None and case is None:
        raise UsageError("an enquiry is of a referral or of a case: say which")
    referral = _referral(actor, referral_id) if referral_id else None
    if case is not None:
        check_in_case(actor, case.id)
        if referral is not None and referral.case_id != case.id:
            raise UsageError("this referral is not one of the case: choose one of them")
    with act(
        actor, "enquiries.send", reason=reason, case=_case_of(referral, case),
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        kept = Enquiry(
            referral=referral, case_id=case.id if case else None, kind_scheme=scheme.scheme,
            kind_version=scheme.version, kind=kind.code, asked_of=given.asked_of.strip(),
            question=given.question.strip(), authority=given.authority.strip(),
            their_reference=given.their_reference.strip(), sent_at=given.sent_at,
            sent_by=actor.name,
            answer_due_at=given.answer_due_at or kind.due_at(given.sent_at),
        )  # fmt: skip
        check_fits(kept)
        kept.save()
        _tell(deed_of=deed, kept=kept, sent_at=kept.sent_at.isoformat())
    return kept


def enquiry_remind(
    actor: Actor, *, reason: str, enquiry_id: UUID, given: GivenReminder
) -> EnquiryStep:
    """Keep that a reminder was sent.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The enquiry waits for no answer any more, or the time is wrong.
    """
    roles = _check_works(actor)
    kept = reached(actor, enquiry_id)
    with act(actor, "enquiries.remind", reason=reason, case=case_of(kept)) as deed:
        kept = _locked(kept)
        # As answering does, it needs an enquiry that waits.
        ENQUIRY_STATES.check_action("answer", kept.state, roles)
        step = _reminder(actor, kept, given, reason)
        _tell(deed_of=deed, kept=kept)
    return step


def reminder_correct(
    actor: Actor, *, reason: str, enquiry_id: UUID, step_id: UUID, given: GivenReminder
) -> EnquiryStep:
    """Correct a reminder by a further whole row.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The reminder does not stand, or the time is wrong.
    """
    _check_works(actor)
    kept = reached(actor, enquiry_id)
    with act(actor, "enquiries.correct_reminder", reason=reason, case=case_of(kept)) as deed:
        kept = _locked(kept)
        old = _standing(kept, step_id)
        if old.kind != Step.REMINDER.value:
            raise UsageError("this is no reminder: correct the answer instead")
        step = _reminder(actor, kept, given, reason, corrects=old)
        _tell(deed_of=deed, kept=kept)
    return step


def enquiry_answer(
    actor: Actor, *, reason: str, enquiry_id: UUID, given: GivenAnswer
) -> EnquiryStep:
    """Keep an answer, with the facts that it brought.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It was answered already, or the time or the account is wrong.
    """
    roles = _check_works(actor)
    check_answer(given)
    kept = reached(actor, enquiry_id)
    with act(
        actor, "enquiries.answer", reason=reason, case=case_of(kept), nature=Nature.COLLECTION
    ) as deed:
        kept = _locked(kept)
        ENQUIRY_STATES.check_action("answer", kept.state, roles)
        step = _answer(actor, kept, given, reason)
        _follow(kept)
        _tell(deed_of=deed, kept=kept, result=given.result.value)
    return step


def answer_correct(
    actor: Actor, *, reason: str, enquiry_id: UUID, step_id: UUID, given: GivenAnswer
) -> EnquiryStep:
    """Correct an answer by a further whole row.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The answer does not stand, or the time or the account is wrong.
    """
    _check_works(actor)
    check_answer(given)
    kept = reached(actor, enquiry_id)
    with act(actor, "enquiries.correct_answer", reason=reason, case=case_of(kept)) as deed:
        kept = _locked(kept)
        old = _standing(kept, step_id)
        if old.kind != Step.ANSWER.value:
            raise UsageError("this is no answer: withdraw it and record it again")
        step = _answer(actor, kept, given, reason, corrects=old)
        _follow(kept)
        _tell(deed_of=deed, kept=kept, result=given.result.value)
    return step


def step_withdraw(actor: Actor, *, reason: str, enquiry_id: UUID, step_id: UUID) -> EnquiryStep:
    """Say that a reminder was never sent, or that an answer never came.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It does not stand.
    """
    _check_works(actor)
    kept = reached(actor, enquiry_id)
    with act(actor, "enquiries.withdraw_step", reason=reason, case=case_of(kept)) as deed:
        kept = _locked(kept)
        old = _standing(kept, step_id)
        step = EnquiryStep(
            enquiry=kept, kind=old.kind, occurred_at=old.occurred_at, by=actor.name,
            reason=reason, result=old.result, corrects=old, is_withdrawal=True,
        )  # fmt: skip
        step.save()
        _follow(kept)
        _tell(deed_of=deed, kept=kept)
    return step


def enquiry_cancel(actor: Actor, *, reason: str, enquiry_id: UUID) -> Enquiry:
    """Say that no answer is wanted any more, or that it was never sent.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It waits for no answer.
    """
    roles = _check_works(actor)
    kept = reached(actor, enquiry_id)
    with act(actor, "enquiries.cancel", reason=reason, case=case_of(kept)) as deed:
        kept = _locked(kept)
        kept.state = ENQUIRY_STATES.check_action("cancel", kept.state, roles).to
        kept.save()
        _tell(deed_of=deed, kept=kept)
    return kept


def _check_works(actor: Actor) -> frozenset[Role]:
    roles = roles_of(actor)
    if not roles & WORKERS:
        raise AuthorityError("your roles do not allow to make enquiries: ask an investigator")
    return roles


def _referral(actor: Actor, referral_id: UUID) -> Referral:
    found = reachable(actor).select_related("case").filter(pk=referral_id).first()
    if found is None:
        raise UsageError("there is no such referral: load the list again")
    return found


def reached(actor: Actor, enquiry_id: UUID) -> Enquiry:
    """Return an enquiry that the actor may see; polit itself sees all."""
    if actor.kind == "system":
        rows = Enquiry.objects.select_related("referral__case", "case")
        found = rows.filter(pk=enquiry_id).first()
    else:
        user = User.objects.filter(pk=actor.actor_id, is_active=True).first()
        found = enquiries_for(user).filter(pk=enquiry_id).first() if user else None
    if found is None:
        raise UsageError("there is no such enquiry: load the list again")
    return found


def _locked(kept: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update().get(pk=kept.pk)


def _standing(kept: Enquiry, step_id: UUID) -> EnquiryStep:
    old = EnquiryStep.objects.standing().filter(pk=step_id, enquiry=kept).first()
    if old is None:
        raise UsageError("this was corrected or withdrawn already: load the page again")
    return old


def _reminder(
    actor: Actor,
    kept: Enquiry,
    given: GivenReminder,
    reason: str,
    corrects: EnquiryStep | None = None,
) -> EnquiryStep:
    check_step(given.occurred_at, kept.sent_at, now_utc())
    step = EnquiryStep(
        enquiry=kept, kind=Step.REMINDER.value, occurred_at=given.occurred_at, by=actor.name,
        reason=reason, text=given.text.strip(), corrects=corrects,
    )  # fmt: skip
    check_fits(step)
    step.save()
    return step


def _answer(
    actor: Actor,
    kept: Enquiry,
    given: GivenAnswer,
    reason: str,
    corrects: EnquiryStep | None = None,
) -> EnquiryStep:
    check_step(given.answered_at, kept.sent_at, now_utc())
    facts = asdict(given)
    if given.account_kind:
        scheme = current_identifiers()
        scheme.kind(given.account_kind)
        if not scheme.key(given.account_kind, given.account_value):
            label = scheme.label_of(given.account_kind).lower()
            raise UsageError(f"this is no {label}: check the account")
    occurred_at, result = facts.pop("answered_at"), facts.pop("result")
    step = EnquiryStep(
        enquiry=kept, kind=Step.ANSWER.value, occurred_at=occurred_at, result=result.value,
        by=actor.name, reason=reason, corrects=corrects,
        **{name: str(value).strip() for name, value in facts.items()},
    )  # fmt: skip
    check_fits(step)
    step.save()
    return step


def _follow(kept: Enquiry) -> None:
    """Let the enquiry say what the answer that stands says."""
    answer = answer_of(kept)
    kept.state = EnquiryState.ANSWERED.value if answer else EnquiryState.SENT.value
    kept.answered_at = answer.occurred_at if answer else None
    kept.result = answer.result if answer else ""
    kept.save()


def case_of(kept: Enquiry) -> Case | None:
    """Return the case that an enquiry belongs to: its own, or that of its referral."""
    return kept.case or (kept.referral.case if kept.referral else None)


def _case_of(referral: Referral | None, case: CaseLike | None) -> CaseLike | None:
    return case or (referral.case if referral else None)


def _tell(*, deed_of: Deed, kept: Enquiry, **details: str) -> None:
    """Say what an act was on; of whom was asked may tell a school, so only the kind is kept."""
    deed_of.about("enquiry", kept.id, label=kept.kind_label, state=kept.state,
                  referral=str(kept.referral_id or ""), **details)  # fmt: skip
