"""Records arrests, attendances and requisitions; a correction is a further whole row."""

from uuid import UUID

from django.utils import timezone

from polit.base.errors import UsageError
from polit.web.arrests.law import current_necessity
from polit.web.arrests.models import Arrest, ArrestOutcome, CustodyStep, SuspectInterview
from polit.web.arrests.rules import (
    RUNNING,
    ArrestKind,
    GivenArrest,
    check_arrest,
    check_writes_arrests,
)
from polit.web.arrests.services.keeping import (
    arrest_now,
    case_lock,
    check_happened,
    check_same_person,
    check_still_before,
    prompt_keep,
    suspect_get,
    withdrawal_of,
)
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.risk.rules import Occasion
from polit.web.warrants.models import WarrantExecution


def arrest_record(actor: Actor, *, reason: str, access: CaseAccess, given: GivenArrest) -> Arrest:
    """Record an arrest, a voluntary attendance or a postal requisition.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: The facts do not go together, stand there already, or the case has no such
            suspect.
    """
    _check(actor, given)
    with act(
        actor, "arrests.record", reason=reason, case=access.case, nature=Nature.COLLECTION,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        case_lock(access.case.id)
        row = _row(actor, reason, access, given)
        _check_is_new(row)
        row.first_id = row.pk
        row.save()
        prompt_keep(
            actor, reason=reason, access=access, place_id=row.place_id, occasion=Occasion.ARREST,
            occurred_at=row.occurred_at, answers=given.answers,
        )  # fmt: skip
        _tell(deed, row)
    return row


def arrest_correct(
    actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID, given: GivenArrest
) -> Arrest:
    """Say what the record of an arrest should have said.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
        UsageError: The facts do not go together, with what followed neither, stand there already,
            or are those of another suspect.
    """
    _check(actor, given)
    with act(
        actor, "arrests.correct", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        case_lock(access.case.id)
        before = arrest_now(access, arrest_id)
        row = _row(actor, reason, access, given)
        _check_still(before, row)
        _check_is_new(row, instead_of=before)
        row.first_id, row.corrects = arrest_id, before
        row.save()
        _tell(deed, row)
    return row


def arrest_withdraw(actor: Actor, *, reason: str, access: CaseAccess, arrest_id: UUID) -> Arrest:
    """Say that an arrest never happened; what was recorded of it stays readable.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
        AuthorityError: The actor's roles do not allow it.
    """
    check_writes_arrests(roles_of(actor))
    with act(
        actor, "arrests.withdraw", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        case_lock(access.case.id)
        row = withdrawal_of(arrest_now(access, arrest_id), by=actor.name, reason=reason)
        row.save()
        _tell(deed, row)
    return row


def _check(actor: Actor, given: GivenArrest) -> None:
    check_writes_arrests(roles_of(actor))
    check_happened(given.occurred_at, given.rights_given_at)
    check_arrest(given)


def _row(actor: Actor, reason: str, access: CaseAccess, given: GivenArrest) -> Arrest:
    scheme = current_necessity()
    return Arrest(
        case_id=access.case.id,
        place=suspect_get(access, given.place_id),
        kind=given.kind.value,
        occurred_at=given.occurred_at,
        where=given.where,
        grounds=given.grounds,
        officer=given.officer,
        necessity_law=scheme.name if given.kind is ArrestKind.ARREST else "",
        necessity=",".join(scheme.check(given.necessity)),
        rights_given_at=given.rights_given_at,
        execution=_execution(access, given.execution_id),
        by=actor.name,
        reason=reason,
    )


def _check_still(before: Arrest, row: Arrest) -> None:
    """Refuse a correction with which what followed would not go together."""
    check_same_person(before.place, row.place)
    own = {"arrest_id": before.first_id}
    custody = CustodyStep.objects.standing().filter(**own)
    outcomes = ArrestOutcome.objects.standing().filter(**own)
    if row.way is not ArrestKind.ARREST:
        running = outcomes.filter(kind__in=[kind.value for kind in RUNNING])
        if custody.exists() or running.exists():
            raise UsageError("only after an arrest is there custody or bail: withdraw those first")
    interviews = SuspectInterview.objects.standing().filter(**own)
    for rows in (custody, outcomes, interviews):
        check_still_before(row.occurred_at, rows.values_list("occurred_at", flat=True))


def _check_is_new(row: Arrest, *, instead_of: Arrest | None = None) -> None:
    """Refuse what stands already: a form that was sent twice is one arrest."""
    rows = Arrest.objects.standing().filter(place_id=row.place_id, kind=row.kind)
    others = rows.exclude(pk=instead_of.pk) if instead_of else rows
    if others.filter(occurred_at=row.occurred_at).exists():
        raise UsageError("this is recorded already: correct it where it is wrong")


def _execution(access: CaseAccess, execution_id: UUID | None) -> WarrantExecution | None:
    if execution_id is None:
        return None
    rows = WarrantExecution.objects.filter(pk=execution_id, warrant__case_id=access.case.id)
    found = rows.first()
    if found is None:
        raise UsageError("choose an execution of a warrant of this case")
    return found


def _tell(deed: Deed, row: Arrest) -> None:
    """Tell the audit what and when; no text of it, which may name a child."""
    deed.about(
        "arrest", row.first_id, label=row.place.label, what=row.kind,
        occurred_at=row.occurred_at.isoformat(), necessity=list(row.necessity_codes),
        on=timezone.localdate(row.occurred_at).isoformat(), row=str(row.pk),
    )  # fmt: skip
