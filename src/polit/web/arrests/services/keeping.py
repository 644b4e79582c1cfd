"""What all services of arrests share: the case's lock, corrections, what the audit may hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.arrests.models import Arrest
from polit.web.cases.models import Case
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.models import Superseded
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole
from polit.web.risk.rules import Occasion, SuicideRiskAnswers
from polit.web.risk.services import suicide_risk_record

Kept = TypeVar("Kept", bound=Superseded)


def case_lock(case_id: UUID) -> None:
    """Have what is written of a case wait for what was written just before it."""
    Case.objects.select_for_update().get(pk=case_id)


def check_happened(*instants: datetime | None) -> None:
    """Refuse what is said to have happened and lies ahead.

    Raises:
        UsageError: One does.
    """
    if any(each is not None and each > now_utc() for each in instants):
        raise UsageError("what happened does not lie in the future: check the time")


def suspect_get(access: CaseAccess, place_id: UUID) -> CasePerson:
    """Return a suspect's place in a case.

    Raises:
        UsageError: The case has no suspect of that identifier.
    """
    rows = CasePerson.objects.filter(pk=place_id, case_id=access.case.id)
    found = rows.filter(role=PersonRole.SUSPECT.value).select_related("person").first()
    if found is None:
        raise UsageError("choose a suspect of this case: add them to its people first")
    return found


def prompt_keep(  # noqa: PLR0913 - all that a prompt is
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    place_id: UUID,
    occasion: Occasion,
    occurred_at: datetime,
    answers: SuicideRiskAnswers | None,
) -> None:
    """Record beside what happened that the suspect was asked about suicide, if they were."""
    if answers is not None:
        suicide_risk_record(
            actor, reason=reason, access=access, place_id=place_id, occasion=occasion,
            occurred_at=occurred_at, answers=answers,
        )  # fmt: skip


def arrest_now(access: CaseAccess, arrest_id: UUID) -> Arrest:
    """Return an arrest as it holds now.

    Args:
        access: The case.
        arrest_id: The first row of the arrest.

    Raises:
        Arrest.DoesNotExist: The case has none of that identifier, or it was withdrawn.
    """
    rows = Arrest.objects.standing().select_related("place")
    return rows.get(first_id=arrest_id, case_id=access.case.id)


def standing_get(model: type[Kept], access: CaseAccess, row_id: UUID, path: str) -> Kept:
    """Return a row that holds, to correct or withdraw it.

    Args:
        model: Its table.
        access: The case.
        row_id: The row.
        path: From the row to its case.

    Raises:
        UsageError: It was corrected or withdrawn meanwhile.
        DoesNotExist: The case has none of that identifier.
    """
    rows: QuerySet[Kept] = QuerySet(model)
    row = rows.get(pk=row_id, **{path: access.case.id})
    if row.is_withdrawal or hasattr(row, "corrected_by"):
        raise UsageError("this was corrected or withdrawn meanwhile: load the page again")
    return row


def withdrawal_of(row: Kept, *, by: str, reason: str) -> Kept:
    """Return the row that says that another never happened; it holds the same facts."""
    fields = {
        each.attname: getattr(row, each.attname)
        for each in row._meta.concrete_fields  # noqa: SLF001 - Django documents it
        if each.name not in {"id", "recorded_at", "corrects", "is_withdrawal"}
    }
    fields |= {"by": by, "reason": reason}
    return type(row)(**fields, corrects=row, is_withdrawal=True)


def check_same_person(before: CasePerson, after: CasePerson) -> None:
    """Refuse a correction that makes a record one of somebody else.

    What followed hangs on the first row, and was of the first person: it stays with them.

    Raises:
        UsageError: It does.
    """
    if before.pk != after.pk:
        raise UsageError(
            "this is the record of another person: withdraw it, and record it anew for the right"
            " one"
        )


def check_still_before(at: datetime, followed: Iterable[datetime]) -> None:
    """Refuse a correction that puts something after what followed it.

    Raises:
        UsageError: It does.
    """
    if any(each < at for each in followed):
        raise UsageError("this lies after what is recorded to have followed: correct that first")
