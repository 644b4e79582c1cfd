"""Records what follows an arrest: custody, interviews, outcomes with bail, support offered."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.arrests.custody import check_step
from polit.web.arrests.law import bail_law_of, custody_law
from polit.web.arrests.models import (
    Arrest,
    ArrestOutcome,
    BailCondition,
    CustodyStep,
    FamilySupport,
    OfArrest,
    SuspectInterview,
)
from polit.web.arrests.queries import outcome_before, steps_of
from polit.web.arrests.rules import (
    ArrestKind,
    GivenCustody,
    GivenInterview,
    GivenOutcome,
    GivenSupport,
    OutcomeKind,
    check_outcome,
    check_writes_arrests,
)
from polit.web.arrests.services.keeping import (
    arrest_now,
    case_lock,
    check_happened,
    prompt_keep,
    standing_get,
    withdrawal_of,
)
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.twice import check_not_twice
from polit.web.risk.rules import Occasion

Row = TypeVar("Row", bound=OfArrest)
_KINDS: dict[str, type[OfArrest]] = {
    "custody": CustodyStep,
    "interview": SuspectInterview,
    "outcome": ArrestOutcome,
    "support": FamilySupport,
}
"""What may be withdrawn after an arrest, by the word that addresses and the audit call it."""


def custody_record(
    actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID, given: GivenCustody,
    corrects: UUID | None = None,
) -> CustodyStep:  # fmt: skip
    """Record a step of somebody's detention, or what one should have said.

    Args:
        actor: Who records it.
        reason: Why.
        access: The case.
        arrest_id: The first row of the arrest.
        given: The step.
        corrects: The step that it corrects.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It cannot have been so, or was corrected meanwhile.
    """
    check_happened(given.occurred_at)

    def make(arrest: Arrest, replaced: CustodyStep | None) -> CustodyStep:
        if arrest.way is not ArrestKind.ARREST:
            raise UsageError("only who was arrested is detained")
        steps = steps_of(arrest_id, without=replaced.pk if replaced else None)
        check_step(custody_law(), given, steps, arrest.occurred_at)
        return CustodyStep(
            arrest_id=arrest_id, kind=given.kind.value, occurred_at=given.occurred_at,
            officer=given.officer, until_at=given.until_at, note=given.note,
        )  # fmt: skip

    frame = _Frame(actor, reason, access, arrest_id, corrects)
    return _keep(frame, CustodyStep, "custody", make)


def interview_record(
    actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID, given: GivenInterview,
    corrects: UUID | None = None,
) -> SuspectInterview:  # fmt: skip
    """Record an interview of the suspect, or what its record should have said.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It ended before it began, or was corrected meanwhile.
    """
    check_happened(given.occurred_at, given.ended_at)
    if given.ended_at is not None and given.ended_at < given.occurred_at:
        raise UsageError("an interview ends after it began: check the two times")

    def make(arrest: Arrest, _replaced: SuspectInterview | None) -> SuspectInterview:
        _check_after(arrest, given.occurred_at)
        return SuspectInterview(
            arrest_id=arrest_id, occurred_at=given.occurred_at, ended_at=given.ended_at,
            where=given.where, officers=given.officers, legal_adviser=given.legal_adviser,
            summary=given.summary,
        )  # fmt: skip

    def beside(arrest: Arrest, row: SuspectInterview) -> None:
        prompt_keep(
            actor, reason=reason, access=access, place_id=arrest.place_id,
            occasion=Occasion.INTERVIEW, occurred_at=row.occurred_at, answers=given.answers,
        )  # fmt: skip

    frame = _Frame(actor, reason, access, arrest_id, corrects)
    return _keep(frame, SuspectInterview, "interview", make, beside)


def outcome_record(
    actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID, given: GivenOutcome,
    corrects: UUID | None = None,
) -> ArrestOutcome:  # fmt: skip
    """Record what became of an arrest, or what that record should have said.

    Bail that is extended is a further outcome, and so is a release that was looked at again.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It cannot be one, or was corrected meanwhile.
    """
    check_happened(given.occurred_at)

    def make(arrest: Arrest, replaced: ArrestOutcome | None) -> ArrestOutcome:
        _check_after(arrest, given.occurred_at)
        before = outcome_before(
            arrest_id, given.occurred_at, without=replaced.pk if replaced else None
        )
        check_outcome(given, kind=arrest.way, before=before)
        law, level = "", ""
        if given.kind is OutcomeKind.BAIL:
            found = bail_law_of(arrest.occurred_on)
            law, level = found.name, found.level(given.bail_level).code
        is_same = replaced is not None and replaced.kind == given.kind.value
        return ArrestOutcome(
            first_id=(replaced.first_id or replaced.pk) if replaced and is_same else None,
            arrest_id=arrest_id, kind=given.kind.value, occurred_at=given.occurred_at,
            detail=given.detail, bail_law=law, bail_level=level, due_at=given.due_at,
        )  # fmt: skip

    def beside(arrest: Arrest, row: ArrestOutcome) -> None:
        BailCondition.objects.bulk_create([
            BailCondition(outcome=row, number=number, text=text)
            for number, text in enumerate(given.conditions, 1)
        ])  # fmt: skip
        is_charge = given.kind is OutcomeKind.CHARGE
        prompt_keep(
            actor, reason=reason, access=access, place_id=arrest.place_id,
            occasion=Occasion.CHARGE if is_charge else Occasion.RELEASE,
            occurred_at=row.occurred_at, answers=given.answers,
        )  # fmt: skip

    frame = _Frame(actor, reason, access, arrest_id, corrects)
    return _keep(frame, ArrestOutcome, "outcome", make, beside)


def support_record(
    actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID, given: GivenSupport,
    corrects: UUID | None = None,
) -> FamilySupport:  # fmt: skip
    """Record support that was offered to the suspect's family.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It lies ahead, or was corrected meanwhile.
    """
    check_happened(given.occurred_at)

    def make(_arrest: Arrest, _replaced: FamilySupport | None) -> FamilySupport:
        return FamilySupport(
            arrest_id=arrest_id, occurred_at=given.occurred_at, offered_to=given.offered_to,
            what=given.what, is_accepted=given.is_accepted,
        )  # fmt: skip

    frame = _Frame(actor, reason, access, arrest_id, corrects)
    return _keep(frame, FamilySupport, "support", make)


def following_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID, kind: str, row_id: UUID
) -> OfArrest:
    """Say that something after an arrest never happened; it stays readable.

    Args:
        actor: Who says so.
        reason: Why.
        access: The case.
        arrest_id: The first row of the arrest.
        kind: ``custody``, ``interview``, ``outcome`` or ``support``.
        row_id: The row that holds.

    Raises:
        ObjectDoesNotExist: The case has none of that identifier.
        AuthorityError: The actor's roles do not allow it.
        UsageError: It was corrected or withdrawn meanwhile.
    """
    check_writes_arrests(roles_of(actor))
    with act(
        actor, f"arrests.withdraw_{kind}", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        case_lock(access.case.id)
        arrest = arrest_now(access, arrest_id)
        row = standing_get(_KINDS[kind], access, row_id, "arrest__case_id")
        row = withdrawal_of(row, by=actor.name, reason=reason)
        row.save()
        deed.about("arrest", arrest_id, label=arrest.place.label, row=str(row.pk))
    return row


class _Frame:
    """Who records what follows which arrest, and what it corrects."""

    def __init__(
        self, actor: Actor, reason: str, access: CaseAccess, arrest_id: UUID, corrects: UUID | None
    ) -> None:
        self.actor, self.reason, self.access = actor, reason, access
        self.arrest_id, self.corrects = arrest_id, corrects


def _keep(
    frame: _Frame,
    model: type[Row],
    word: str,
    make: Callable[[Arrest, Row | None], Row],
    beside: Callable[[Arrest, Row], None] | None = None,
) -> Row:
    """Keep a row inside its act, once its arrest stands and is locked."""
    check_writes_arrests(roles_of(frame.actor))
    access, verb = frame.access, "correct" if frame.corrects else "record"
    with act(
        frame.actor, f"arrests.{verb}_{word}", reason=frame.reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        case_lock(access.case.id)
        arrest = arrest_now(access, frame.arrest_id)
        replaced = None
        if frame.corrects is not None:
            replaced = standing_get(model, access, frame.corrects, "arrest__case_id")
        row = make(arrest, replaced)
        row.by, row.reason, row.corrects = frame.actor.name, frame.reason, replaced
        if replaced is None:
            check_not_twice(row)
        row.save()
        if beside is not None:
            beside(arrest, row)
        # Neither what was said nor to whom support was offered: it may tell who a child is.
        deed.about(
            "arrest", frame.arrest_id, label=arrest.place.label, row=str(row.pk),
            occurred_at=row.occurred_at.isoformat(), what=str(getattr(row, "kind", word)),
        )  # fmt: skip
    return row


def _check_after(arrest: Arrest, occurred_at: datetime) -> None:
    if occurred_at < arrest.occurred_at:
        raise UsageError("it happened after the arrest or the attendance: check the two times")
