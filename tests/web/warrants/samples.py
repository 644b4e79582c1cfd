"""Values for the addresses of warrants, made for one case: all belong to one granted warrant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose
from polit.web.warrants.models import Warrant, WarrantExecution
from polit.web.warrants.rules import GivenExecution, GivenGrant, GivenPremises, GivenWarrant
from polit.web.warrants.services import execution_record, warrant_apply, warrant_grant

APPLIED = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SampleAccess:
    """The access of polit itself."""

    case: Case
    purpose: Purpose = Purpose.INVESTIGATION
    via: str = "member"


def given_warrant(reference: str = "W/1") -> GivenWarrant:
    """Return a warrant for one address."""
    premises = (GivenPremises("1 High Street\nAnytown"),)
    return GivenWarrant(
        reference, "pace-1984-s8", "Anytown Magistrates", "DC Reed", APPLIED, premises=premises
    )


def granted_warrant(case: Case, reference: str = "W/1") -> Warrant:
    """Return a warrant of a case that was granted."""
    access = SampleAccess(case)
    made = warrant_apply(SYSTEM, reason="a sample", access=access, given=given_warrant(reference))
    return warrant_grant(
        SYSTEM, reason="a sample", access=access, warrant_id=made.pk,
        given=GivenGrant(APPLIED + timedelta(hours=2)),
    )  # fmt: skip


def executed(case: Case, warrant: Warrant, *, days: int = 1) -> WarrantExecution:
    """Return an execution some days after the warrant was applied for."""
    return execution_record(
        SYSTEM, reason="a sample", access=SampleAccess(case), warrant_id=warrant.pk,
        given=GivenExecution(APPLIED + timedelta(days=days), "searched", "DS Hill",
                             warrant.premises.get().pk),
    )  # fmt: skip


def warrant_id(case: Case) -> UUID:
    """Return a granted warrant of the case, the same each time."""
    found = Warrant.objects.filter(case=case).first()
    return (found or granted_warrant(case)).pk


def premises_id(case: Case) -> UUID:
    """Return its premises."""
    return Warrant.objects.get(pk=warrant_id(case)).premises.get().pk


def execution_id(case: Case) -> UUID:
    """Return a time that officers came with it and were let in by nobody."""
    warrant = Warrant.objects.get(pk=warrant_id(case))
    given = GivenExecution(APPLIED + timedelta(days=1), "no_entry", "DS Hill", premises_id(case))
    return execution_record(
        SYSTEM, reason="a sample", access=SampleAccess(case), warrant_id=warrant.pk, given=given
    ).pk


SAMPLES: dict[str, Callable[[Case], object]] = {
    "warrant_id": warrant_id,
    "premises_id": premises_id,
    "execution_id": execution_id,
}
