"""What happened for a child: recorded, corrected by a further row, withdrawn by a last one."""

from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.working_days import current_working_days
from polit.web.safeguarding.children_law import Catalogue, current_catalogue, current_child_clocks
from polit.web.safeguarding.models import (
    ChildConference,
    ChildRecord,
    ChildStep,
    ProtectiveAction,
    Section47Enquiry,
    SocialCareReferral,
    StrategyDiscussion,
)
from polit.web.safeguarding.rules import (
    GivenAction,
    GivenConference,
    GivenEnquiryStep,
    GivenShared,
    GivenStep,
    GivenStrategy,
    StepKind,
)
from polit.web.safeguarding.rules.children import (
    check_happened,
    check_says,
    check_writes_children,
)
from polit.web.safeguarding.services.children import child_locked

STEP_MODELS: dict[StepKind, type[ChildStep]] = {
    each.of: each
    for each in (
        ProtectiveAction, SocialCareReferral, StrategyDiscussion, Section47Enquiry,
        ChildConference,
    )
}  # fmt: skip
"""The table of each kind of step."""

_Kept = TypeVar("_Kept", bound=ChildStep)


def step_record(
    actor: Actor, *, reason: str, access: CaseAccess, child_id: UUID, given: GivenStep
) -> ChildStep:
    """Record what happened for a child.

    Args:
        actor: Who records it.
        reason: Why, in words that name no child.
        access: The case.
        child_id: The child's record.
        given: What happened.

    Raises:
        ChildRecord.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It lies ahead, its codes are unknown, its days cannot be counted, or it stands
            there already.
    """
    check_writes_children(roles_of(actor))
    values = _values(given)
    with act(
        actor, f"safeguarding.{given.of.verb}_record", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        child = child_locked(access, child_id)
        model = STEP_MODELS[given.of]
        kept = model(child=child, by=actor.name, reason=reason, **values)
        _check_is_new(model, child, values)
        kept.save()
        _say(deed, child, kept)
    return kept


def _check_is_new(model: type[ChildStep], child: ChildRecord, values: dict[str, object]) -> None:
    """Refuse what stands already to the letter: a form that was sent twice is one step."""
    held: Any = model._default_manager  # noqa: SLF001 - Django documents it
    if held.standing().filter(child=child, **values).exists():
        raise UsageError("this is recorded already: correct it where it is wrong")


def step_correct(
    actor: Actor, *, reason: str, access: CaseAccess, entry_id: UUID, given: GivenStep
) -> ChildStep:
    """Put a further whole row in the place of one that was wrong; the wrong one stays.

    Raises:
        ObjectDoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: As ``step_record``, or it was corrected or withdrawn already.
    """
    check_writes_children(roles_of(actor))
    values = _values(given)
    with act(
        actor, f"safeguarding.{given.of.verb}_correct", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        model = STEP_MODELS[given.of]
        wrong = _wrong(access, model, entry_id)
        child = child_locked(access, wrong.child_id)
        kept = model(child=child, by=actor.name, reason=reason, **values | {"corrects": wrong})
        _supersede(kept)
        _say(deed, child, kept, wrong)
    return kept


def step_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, kind: StepKind, entry_id: UUID
) -> ChildStep:
    """Say that something never happened; what was recorded stays and is shown so.

    Raises:
        ObjectDoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It was corrected or withdrawn already.
    """
    check_writes_children(roles_of(actor))
    with act(
        actor, f"safeguarding.{kind.verb}_withdraw", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        wrong = _wrong(access, STEP_MODELS[kind], entry_id)
        child = child_locked(access, wrong.child_id)
        kept = _as_withdrawal(wrong)
        kept.by, kept.reason = actor.name, reason
        _supersede(kept)
        _say(deed, child, kept, wrong)
    return kept


def protective_action_record(
    actor: Actor, *, reason: str, access: CaseAccess, child_id: UUID, given: GivenAction
) -> ProtectiveAction:
    """Record what was done to protect a child; as ``step_record``."""
    kept = step_record(actor, reason=reason, access=access, child_id=child_id, given=given)
    assert isinstance(kept, ProtectiveAction)
    return kept


def protective_action_correct(
    actor: Actor, *, reason: str, access: CaseAccess, action_id: UUID, given: GivenAction
) -> ProtectiveAction:
    """Correct what was done to protect a child; as ``step_correct``."""
    kept = step_correct(actor, reason=reason, access=access, entry_id=action_id, given=given)
    assert isinstance(kept, ProtectiveAction)
    return kept


def protective_action_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, action_id: UUID
) -> ProtectiveAction:
    """Say that a child was not protected so after all; as ``step_withdraw``."""
    kept = step_withdraw(
        actor, reason=reason, access=access, kind=StepKind.ACTION, entry_id=action_id
    )
    assert isinstance(kept, ProtectiveAction)
    return kept


def _wrong(access: CaseAccess, model: type[ChildStep], entry_id: UUID) -> ChildStep:
    found: ChildStep = model._default_manager.get(  # noqa: SLF001 - Django documents it
        pk=entry_id, child__case_id=access.case.id
    )
    if found.is_withdrawal:
        raise UsageError("a withdrawal is not corrected: record anew what happened")
    return found


def _as_withdrawal(wrong: _Kept) -> _Kept:
    skipped = {"id", "recorded_at", "corrects", "is_withdrawal", "by", "reason"}
    names = [each.attname for each in wrong._meta.concrete_fields  # noqa: SLF001 - documented
             if each.name not in skipped]  # fmt: skip
    same = {name: getattr(wrong, name) for name in names}
    return type(wrong)(corrects=wrong, is_withdrawal=True, **same)


def _supersede(kept: ChildStep) -> None:
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("this was corrected or withdrawn already: load the page again") from error


def _say(deed: Deed, child: ChildRecord, kept: ChildStep, wrong: ChildStep | None = None) -> None:
    # What was done for a child is a value of the child's record: the audit names the row alone.
    corrects = str(wrong.pk) if wrong else ""
    deed.about("child_record", child.pk, label=child.place.label, entry=str(kept.pk),
               corrects=corrects)  # fmt: skip


def _values(given: GivenStep) -> dict[str, object]:
    """Return what a row holds: what was given, and what the law makes of it."""
    check_happened(given.occurred_at, now_utc(), given.of.label)
    lists = current_catalogue()
    return {**asdict(given), **_derived(given, lists), "catalogue": lists.name}


def _derived(given: GivenStep, lists: Catalogue) -> dict[str, object]:
    if isinstance(given, GivenAction):
        check_says(given.done_by, "who did it")
        kind = lists.find(lists.actions, given.kind)
        return {"counts": kind.counts, "ends_at": kind.ends_at(given.occurred_at)}
    if isinstance(given, GivenConference):
        return {"is_held": lists.find(lists.conference_outcomes, given.outcome).is_held}
    if isinstance(given, GivenEnquiryStep):
        ends = given.outcome and lists.find(lists.enquiry_outcomes, given.outcome)
        return {"ends_conference_clock": bool(ends and ends.ends_conference_clock)}
    return _counted(given, lists)


def _counted(given: GivenShared | GivenStrategy, lists: Catalogue) -> dict[str, object]:
    """Return the days that a step sets running, and by which files they were counted."""
    clocks, days = current_child_clocks(), current_working_days()
    zone = timezone.get_default_timezone()
    by: dict[str, object] = {"clocks": clocks.name, "holidays": days.name}
    if isinstance(given, GivenShared):
        check_says(given.authority, "which local authority")
        check_says(given.made_by, "who made the referral")
        return by | {"strategy_due_at": clocks.clock("strategy").due_at(
            given.occurred_at, days, zone)}  # fmt: skip
    if not given.agencies:
        raise UsageError("say which agencies took part")
    codes = [lists.find(lists.agencies, each).code for each in dict.fromkeys(given.agencies)]
    initiates = lists.find(lists.strategy_outcomes, given.outcome).initiates_enquiry
    clock = clocks.clock("conference")
    due_at = clock.due_at(given.occurred_at, days, zone) if initiates else None
    return by | {
        "agencies": codes, "initiates_enquiry": initiates, "conference_due_at": due_at,
    }  # fmt: skip
