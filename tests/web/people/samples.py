"""Values for the addresses of people, made for one case: what the authorisation matrix asks with.

An identifier and a role belong to the same person as ``person_id``: the last one made of a case.
"""

from collections.abc import Callable

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add, person_merge


def person_id(case: Case) -> str:
    """Return a person of the case."""
    return str(_place(case).person_id)


def role_id(case: Case) -> str:
    """Return that person's role."""
    return str(_place(case).pk)


def identifier_id(case: Case) -> str:
    """Return that person's identifier."""
    return str(_place(case).person.identifiers.get().pk)


def same_person_id(case: Case) -> str:
    """Return another person of the case."""
    return str(_another(case).person_id)


def joined_person_id(case: Case) -> str:
    """Return a record that was merged into that person."""
    place, into = _another(case), _place(case)
    person_merge(SYSTEM, reason="a", case=case, person_id=place.person_id, into_id=into.person_id)
    return str(place.person_id)


def _another(case: Case) -> CasePerson:
    place = PlaceInCase(PersonRole.OTHER)
    return person_add(SYSTEM, reason="a", case=case, details=PersonDetails(), place=place)


def _place(case: Case) -> CasePerson:
    found = CasePerson.objects.filter(case=case, role=PersonRole.WITNESS.value).first()
    return found or person_add(
        SYSTEM,
        reason="a sample",
        case=case,
        details=PersonDetails(given_name="A.", family_name="Sample"),
        place=PlaceInCase(PersonRole.WITNESS),
        identifier=GivenIdentifier("email", "a.sample@example.com"),
    )


SAMPLES: dict[str, Callable[[Case], str]] = {
    "identifier_id": identifier_id,
    "joined_person_id": joined_person_id,
    "person_id": person_id,
    "role_id": role_id,
    "same_person_id": same_person_id,
}
