"""Values for the addresses of arrests, made for one case."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from polit.base.clock import now_utc
from polit.web.arrests.models import Arrest, CustodyStep
from polit.web.arrests.rules import ArrestKind, CustodyKind, GivenArrest, GivenCustody
from polit.web.arrests.services import arrest_record, custody_record
from polit.web.cases.models import Case
from polit.web.cases.queries import header_of
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add


def access_to(case: Case) -> GrantedAccess:
    """Return access to a case, as the gate grants it."""
    return GrantedAccess(header_of(case), Purpose.INVESTIGATION, "member")


def suspect_of(case: Case) -> CasePerson:
    """Return the suspect of a case, made where it has none."""
    found = CasePerson.objects.filter(case=case, role=PersonRole.SUSPECT.value).first()
    return found or person_add(
        SYSTEM, reason="a sample", case=case, details=PersonDetails("Aldous", "Sample"),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip


def arrest_of_case(case: Case) -> Arrest:
    """Return the arrest of a case, made where it has none."""
    found = Arrest.objects.filter(case=case).first()
    given = GivenArrest(
        suspect_of(case).pk, ArrestKind.ARREST, now_utc() - timedelta(hours=3), "at home",
        "reported by a sample", "PC Sample", ("investigation",),
    )  # fmt: skip
    return found or arrest_record(SYSTEM, reason="a sample", access=access_to(case), given=given)


def arrest_id(case: Case) -> UUID:
    """Return an arrest of the case."""
    return arrest_of_case(case).first_id


def follow_kind(case: Case) -> str:
    """Name what follows."""
    del case
    return "custody"


def follow_id(case: Case) -> UUID:
    """Return a step in custody."""
    arrest = arrest_of_case(case)
    found = CustodyStep.objects.filter(arrest=arrest.first_id).first()
    given = GivenCustody(CustodyKind.ARRIVAL, now_utc() - timedelta(hours=2), "Sgt Sample")
    kept = found or custody_record(
        SYSTEM, reason="a sample", access=access_to(case), arrest_id=arrest.first_id, given=given
    )
    return kept.pk


SAMPLES: dict[str, Callable[[Case], object]] = {
    "arrest_id": arrest_id,
    "follow_id": follow_id,
    "follow_kind": follow_kind,
}
