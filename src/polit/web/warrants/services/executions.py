"""Executions of warrants: each is appended; the first that counts makes the warrant executed."""

from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.fitting import check_fits
from polit.web.people.models import CasePerson
from polit.web.risk.rules import Occasion
from polit.web.risk.services import suicide_risk_record
from polit.web.warrants.models import (
    ExecutionPresence,
    Warrant,
    WarrantExecution,
    WarrantPremises,
)
from polit.web.warrants.rules import (
    WARRANT_STATES,
    GivenExecution,
    Prompted,
    WarrantState,
    check_applies,
    check_execution,
)
from polit.web.warrants.services.warrants import locked

_PLACE_LENGTH = 500


def execution_record(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    warrant_id: UUID,
    given: GivenExecution,
    prompted: Prompted | None = None,
) -> WarrantExecution:
    """Record that officers came with a warrant.

    Args:
        actor: Who records it.
        reason: Why.
        access: The case.
        warrant_id: Which warrant.
        given: How it was executed.
        prompted: That a suspect was asked about suicide there; ``None`` where none was.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: It was not granted, what is said cannot be, or stands there already.
    """
    with act(
        actor, "warrants.execute", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        warrant = locked(access, warrant_id)
        WARRANT_STATES.check_action("execute", warrant.state, roles_of(actor))
        kept = _execution(actor, reason, warrant, given)
        _check_is_new(kept)
        kept.save()
        _be_present(kept, given.present_ids)
        _recount(warrant)
        _tell(deed, kept)
        if prompted is not None:
            suicide_risk_record(
                actor, reason=reason, access=access, place_id=prompted.place_id,
                occasion=Occasion.WARRANT, occurred_at=given.occurred_at,
                answers=prompted.answers,
            )  # fmt: skip
    return kept


def execution_correct(
    actor: Actor, *, reason: str, access: CaseAccess, execution_id: UUID, given: GivenExecution
) -> WarrantExecution:
    """Record what an execution should have said; the old one stays readable.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        WarrantExecution.DoesNotExist: The case has none of this identifier.
        UsageError: It was corrected or withdrawn already, or what is said cannot be.
    """
    check_applies(roles_of(actor))
    with act(
        actor, "warrants.correct_execution", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        old, warrant = _with_warrant(access, execution_id)
        kept = _execution(actor, reason, warrant, given)
        _supersede(old, kept)
        _be_present(kept, given.present_ids)
        _recount(warrant)
        _tell(deed, kept, corrects=str(old.pk))
    return kept


def execution_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, execution_id: UUID
) -> WarrantExecution:
    """Say that an execution never happened; where none is left, the warrant is granted again.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        WarrantExecution.DoesNotExist: The case has none of this identifier.
        UsageError: It was corrected or withdrawn already.
    """
    check_applies(roles_of(actor))
    with act(
        actor, "warrants.withdraw_execution", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        old, warrant = _with_warrant(access, execution_id)
        names = ("premises_id", "occurred_at", "outcome", "counts", "place", "officer",
                 "others_present", "authority", "notes")  # fmt: skip
        kept = WarrantExecution(
            warrant=warrant, is_withdrawal=True, by=actor.name, reason=reason,
            **{name: getattr(old, name) for name in names},
        )  # fmt: skip
        _supersede(old, kept)
        _recount(warrant)
        _tell(deed, kept, withdraws=str(old.pk))
    return kept


def _execution(
    actor: Actor, reason: str, warrant: Warrant, given: GivenExecution
) -> WarrantExecution:
    assert warrant.granted_at is not None
    check_execution(given, warrant.granted_at, now_utc())
    premises = _premises(warrant, given.premises_id)
    place = given.place.strip() or (premises.line if premises else "")
    if not place:
        raise UsageError("where: choose premises of the warrant, or say where it was")
    outcome = warrant.scheme.outcome(given.outcome)
    kept = WarrantExecution(
        warrant=warrant,
        premises=premises,
        occurred_at=given.occurred_at,
        outcome=outcome.code,
        counts=outcome.counts,
        place=place[:_PLACE_LENGTH],
        officer=given.officer.strip(),
        others_present=given.others_present.strip(),
        authority=given.authority.strip(),
        notes=given.notes.strip(),
        by=actor.name,
        reason=reason,
    )
    check_fits(kept)
    return kept


def _check_is_new(row: WarrantExecution) -> None:
    """Refuse what stands already: a form that was sent twice is one execution."""
    rows = WarrantExecution.objects.standing().filter(warrant_id=row.warrant_id)
    if rows.filter(occurred_at=row.occurred_at, premises_id=row.premises_id).exists():
        raise UsageError("this execution is recorded already: correct it where it is wrong")


def _premises(warrant: Warrant, premises_id: UUID | None) -> WarrantPremises | None:
    if premises_id is None:
        return None
    found = warrant.premises.filter(pk=premises_id).first()
    if found is None:
        raise UsageError("premises: choose some of this warrant")
    return found


def _be_present(execution: WarrantExecution, place_ids: tuple[UUID, ...]) -> None:
    wanted = set(place_ids)
    places = CasePerson.objects.filter(case_id=execution.warrant.case_id, pk__in=wanted)
    if len(places) != len(wanted):
        raise UsageError("present: choose people of this case")
    ExecutionPresence.objects.bulk_create(
        [ExecutionPresence(execution=execution, place=place) for place in places]
    )


def _with_warrant(access: CaseAccess, execution_id: UUID) -> tuple[WarrantExecution, Warrant]:
    rows = WarrantExecution.objects.filter(warrant__case_id=access.case.id)
    old = rows.get(pk=execution_id)
    return old, locked(access, old.warrant_id)


def _supersede(old: WarrantExecution, kept: WarrantExecution) -> None:
    if old.is_withdrawal:
        raise UsageError("this was withdrawn: record it anew")
    kept.corrects_id = old.pk
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("this was corrected or withdrawn already: load the page again") from error


def _recount(warrant: Warrant) -> None:
    """Derive from the executions that stand whether, and when first, the warrant was executed.

    Raises:
        UsageError: It was withdrawn, and would be executed now.
    """
    counting = warrant.executions.standing().filter(counts=True)
    first = counting.order_by("occurred_at", "pk").first()
    if warrant.state == WarrantState.WITHDRAWN.value:
        if first is not None:
            raise UsageError("this warrant was withdrawn unexecuted: it cannot have been searched")
        return
    warrant.executed_at = first.occurred_at if first else None
    warrant.state = (WarrantState.EXECUTED if first else WarrantState.GRANTED).value
    warrant.save()


def _tell(deed: Deed, kept: WarrantExecution, **more: str) -> None:
    warrant = kept.warrant
    deed.about("warrant", warrant.id, label=warrant.reference, execution=str(kept.pk),
               occurred_at=kept.occurred_at.isoformat(), outcome=kept.outcome,
               counts=kept.counts, **more)  # fmt: skip
