"""What the services of court share: rows that hold, the act around them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import Model

from polit.web.arrests.services.keeping import case_lock, standing_get
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.models import Superseded
from polit.web.core.twice import check_not_twice
from polit.web.court.models import Charge, CourtResult, Hearing
from polit.web.court.rules import check_writes_court
from polit.web.people.models import CasePerson

Row = TypeVar("Row", bound=Superseded)


@dataclass(frozen=True, slots=True)
class Frame:
    """Who records something, why, in which case, and which row it corrects."""

    actor: Actor
    reason: str
    access: CaseAccess
    corrects: UUID | None = None


def row_keep(
    frame: Frame,
    model: type[Row],
    word: str,
    make: Callable[[Row | None], Row],
    *,
    path: str,
    beside: Callable[[Row], None] | None = None,
) -> Row:
    """Keep a row inside its act; the case is locked, so of two at once one sees the other.

    Args:
        frame: Who, why, where.
        model: The table.
        word: As the audit calls what is kept.
        make: Returns the row, given the one that it corrects; it sets everything but who and why.
        path: From a row to its case.
        beside: What else is kept with it.

    Raises:
        UsageError: It stands there already, to the letter.
    """
    check_writes_court(roles_of(frame.actor))
    access, verb = frame.access, "correct" if frame.corrects else "record"
    with act(
        frame.actor, f"court.{verb}_{word}", reason=frame.reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        case_lock(access.case.id)
        replaced = None
        if frame.corrects is not None:
            replaced = standing_get(model, access, frame.corrects, path)
        row = make(replaced)
        by: dict[str, object] = {"by": frame.actor.name, "reason": frame.reason}
        for name, value in {**by, "corrects": replaced}.items():
            setattr(row, name, value)
        if hasattr(row, "first_id"):
            row.first_id = getattr(replaced, "first_id", row.pk)
        if replaced is None:
            check_not_twice(row)
        row.save()
        if beside is not None:
            beside(row)
        # Codes and the defendant's label alone: what was alleged may tell who a child is.
        deed.about(word, row.pk, label=place_of(row).label, **_codes(row))
    return row


def place_of(row: Model) -> CasePerson:
    """Return the defendant that a row of this register is about."""
    for name in ("charge", "hearing", "result"):
        if hasattr(row, f"{name}_id"):
            return place_of(getattr(row, name))
    place: CasePerson = getattr(row, "place")  # noqa: B009 - of several models
    return place


def charge_now(access: CaseAccess, charge_id: UUID) -> Charge:
    """Return a charge as it holds now.

    Raises:
        Charge.DoesNotExist: The case has none of that first row, or it was withdrawn.
    """
    rows = Charge.objects.standing().select_related("place")
    return rows.get(first_id=charge_id, case_id=access.case.id)


def hearing_now(access: CaseAccess, hearing_id: UUID) -> Hearing:
    """Return a hearing as it holds now.

    Raises:
        Hearing.DoesNotExist: The case has none of that first row, or it was withdrawn.
    """
    rows = Hearing.objects.standing().select_related("place")
    return rows.get(first_id=hearing_id, case_id=access.case.id)


def result_now(access: CaseAccess, result_id: UUID) -> CourtResult:
    """Return a result as it holds now.

    Raises:
        CourtResult.DoesNotExist: The case has none of that first row, or it was withdrawn.
    """
    rows = CourtResult.objects.standing().select_related("charge__place")
    return rows.get(first_id=result_id, charge__case_id=access.case.id)


def _codes(row: Model) -> dict[str, str]:
    names = ("offence", "count_number", "plea", "held", "verdict", "stage")
    found = {name: str(getattr(row, name)) for name in names if getattr(row, name, None)}
    return found | ({"hearing": str(row.kind)} if isinstance(row, Hearing) else {})
