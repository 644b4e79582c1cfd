"""What is done to people: who may, what is kept, and what the audit says of a child."""

import json
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from web.conftest import MakeCase, MakeUser

from polit.base.errors import AuthorityError, NoAct, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.people.models import CasePerson, Person, PersonIdentifier
from polit.web.people.queries import is_protected
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import (
    identifier_add,
    identifier_end,
    person_add,
    person_change,
    person_link,
    role_end,
)

Attempt = Callable[[], object]
PHONE = GivenIdentifier("phone", "07700 900123")


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def add(
    case: Case, role: PersonRole = PersonRole.SUSPECT, details: PersonDetails | None = None
) -> CasePerson:
    known = details or PersonDetails(given_name="Zebedee", family_name="Unlikely")
    return person_add(SYSTEM, reason="a", case=case, details=known, place=PlaceInCase(role))


def told() -> dict[str, object]:
    found: dict[str, object] = json.loads(AuditEvent.objects.latest("seq").details)
    return found


def test_new_person_is_kept_with_role_and_identifier_and_without_values_in_the_audit(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    place = person_add(
        SYSTEM,
        reason="a",
        case=case,
        details=PersonDetails(
            given_name="Zebedee", estimated_age_years=40, estimated_on=date(2026, 1, 1)
        ),
        place=PlaceInCase(PersonRole.SUSPECT, date(2026, 1, 2), "a note"),
        identifier=PHONE,
    )
    assert (place.label, place.person.full_name) == ("Suspect 1", "Zebedee")
    assert PersonIdentifier.objects.get().value_key == "447700900123"
    assert told()["known"] == ["given_name", "estimated_age_years", "estimated_on"]
    event = AuditEvent.objects.latest("seq")
    assert (event.subject_kind, event.subject_label) == ("person", "Suspect 1")
    assert "Zebedee" not in event.details


def test_people_of_a_role_are_numbered_in_each_case(make_case: MakeCase) -> None:
    case, other = make_case("OP-1"), make_case("OP-2")
    labels = [
        add(case, PersonRole.CHILD).label,
        add(case, PersonRole.CHILD).label,
        add(case, PersonRole.WITNESS).label,
        add(other, PersonRole.CHILD).label,
    ]
    assert labels == ["Child 1", "Child 2", "Witness 1", "Child 1"]


def test_number_of_who_left_is_not_given_again(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    first = add(case, PersonRole.CHILD)
    role_end(SYSTEM, reason="a mistake", case=case, role_id=first.id)
    assert add(case, PersonRole.CHILD).label == "Child 2"


def test_change_keeps_old_and_new_values_of_an_adult(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    place = add(case)
    changed = PersonDetails(given_name="Zeb", born_on=date(1980, 1, 2))
    person_change(SYSTEM, reason="a", case=case, person_id=place.person_id, details=changed)
    assert told()["changed"] == {
        "given_name": ["Zebedee", "Zeb"],
        "family_name": ["Unlikely", ""],
        "born_on": ["", "1980-01-02"],
    }
    assert Person.objects.get().search_text == "zeb"


@pytest.mark.parametrize("becomes", ["child by role", "child by birth"])
def test_change_of_a_child_keeps_the_names_of_fields_alone(
    make_case: MakeCase, becomes: str
) -> None:
    case = make_case("OP-1")
    role = PersonRole.CHILD if becomes == "child by role" else PersonRole.WITNESS
    place = add(case, role)
    born_on = date(2020, 1, 2) if becomes == "child by birth" else None
    changed = PersonDetails(given_name="Zeb", family_name="Unlikely", born_on=born_on)
    person_change(SYSTEM, reason="a", case=case, person_id=place.person_id, details=changed)
    kept = AuditEvent.objects.latest("seq")
    assert json.loads(kept.details)["changed"]["given_name"] == []
    assert "Zeb" not in kept.details + kept.subject_label


def test_contradicting_facts_are_not_kept(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    wrong = PersonDetails(estimated_age_years=4)
    with pytest.raises(UsageError):
        add(case, details=wrong)
    person_id = add(case).person_id
    with pytest.raises(UsageError):
        person_change(SYSTEM, reason="a", case=case, person_id=person_id, details=wrong)
    with act(SYSTEM, "tests.act", reason="a") as deed:
        deed.about("person", "1")
        for facts in (
            {"estimated_age_years": 4},
            {"estimated_on": date(2026, 1, 1)},
            {
                "estimated_age_years": 4,
                "estimated_on": date(2026, 1, 1),
                "born_on": date(2020, 1, 1),
            },
            {"estimated_age_years": 121, "estimated_on": date(2026, 1, 1)},
            {"sex": "unlikely"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Person(**facts).save()


def test_person_of_another_case_is_not_changed_from_here(make_case: MakeCase) -> None:
    here, there = make_case("OP-1"), make_case("OP-2")
    place = add(there)
    kept = identifier_add(SYSTEM, reason="a", case=there, person_id=place.person_id, given=PHONE)
    with pytest.raises(UsageError, match="no place"):
        person_change(
            SYSTEM, reason="a", case=here, person_id=place.person_id, details=PersonDetails()
        )
    with pytest.raises(UsageError, match="no place"):
        identifier_add(SYSTEM, reason="a", case=here, person_id=place.person_id, given=PHONE)
    with pytest.raises(UsageError, match="no place"):
        identifier_end(SYSTEM, reason="a", case=here, identifier_id=kept.id)
    with pytest.raises(UsageError, match="ended already"):
        role_end(SYSTEM, reason="a", case=here, role_id=place.id)


def test_known_person_gets_a_place_in_another_case_of_the_officer(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    here, there, hidden = make_case("A", officer), make_case("B", officer), make_case("C")
    known, unknown = add(there), add(hidden)
    place = PlaceInCase(PersonRole.WITNESS)
    kept = person_link(
        actor(officer), reason="a", case=here, person_id=known.person_id, place=place
    )
    assert (kept.label, Person.objects.count()) == ("Witness 1", 2)
    assert AuditEvent.objects.latest("seq").nature == "combination"
    with pytest.raises(UsageError, match="already"):
        person_link(SYSTEM, reason="a", case=here, person_id=known.person_id, place=place)
    for person_id in (unknown.person_id, uuid4()):
        with pytest.raises(AuthorityError):
            person_link(actor(officer), reason="a", case=here, person_id=person_id, place=place)


def test_identifier_is_held_once_until_it_ends(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    person_id = add(case).person_id
    account = GivenIdentifier("username", "Zeb", " Example ")
    kept = identifier_add(SYSTEM, reason="a", case=case, person_id=person_id, given=account)
    assert (kept.service, kept.service_key) == ("Example", "example")
    same = GivenIdentifier("username", "ZEB", "example")
    with pytest.raises(UsageError, match="already"):
        identifier_add(SYSTEM, reason="a", case=case, person_id=person_id, given=same)
    identifier_end(SYSTEM, reason="not theirs", case=case, identifier_id=kept.id)
    with pytest.raises(UsageError, match="ended already"):
        identifier_end(SYSTEM, reason="a", case=case, identifier_id=kept.id)
    again = identifier_add(SYSTEM, reason="a", case=case, person_id=person_id, given=same)
    assert again.id != kept.id


def test_identifier_that_says_nothing_is_refused(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    person_id = add(case).person_id
    for given in (GivenIdentifier("phone", "none"), GivenIdentifier("shoe size", "9")):
        with pytest.raises(UsageError):
            identifier_add(SYSTEM, reason="a", case=case, person_id=person_id, given=given)


def test_who_was_a_child_stays_protected(make_case: MakeCase) -> None:
    case, other = make_case("OP-1"), make_case("OP-2")
    child = add(case, PersonRole.CHILD)
    kept = role_end(SYSTEM, reason="a", case=case, role_id=child.id)
    assert (kept.end_reason, is_protected(child.person)) == ("a", True)
    with pytest.raises(UsageError):
        role_end(SYSTEM, reason="a", case=case, role_id=child.id)
    person_link(
        SYSTEM,
        reason="a",
        case=other,
        person_id=child.person_id,
        place=PlaceInCase(PersonRole.WITNESS),
    )
    assert is_protected(Person.objects.get())
    assert not is_protected(add(other).person)


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.GRADER, Role.OFFENDER_MANAGER])
def test_others_write_nothing_of_people(
    make_user: MakeUser, make_case: MakeCase, role: Role
) -> None:
    user = actor(make_user("u", role))
    case = make_case("OP-1")
    held = add(case)
    place = PlaceInCase(PersonRole.OTHER)
    kept = identifier_add(SYSTEM, reason="a", case=case, person_id=held.person_id, given=PHONE)
    attempts: list[Attempt] = [
        lambda: person_add(user, reason="a", case=case, details=PersonDetails(), place=place),
        lambda: person_link(user, reason="a", case=case, person_id=held.person_id, place=place),
        lambda: person_change(
            user, reason="a", case=case, person_id=held.person_id, details=PersonDetails()
        ),
        lambda: identifier_add(user, reason="a", case=case, person_id=held.person_id, given=PHONE),
        lambda: identifier_end(user, reason="a", case=case, identifier_id=kept.id),
        lambda: role_end(user, reason="a", case=case, role_id=held.id),
    ]
    for attempt in attempts:
        with pytest.raises(AuthorityError):
            attempt()


def test_writes_of_people_outside_an_act_are_refused() -> None:
    with pytest.raises(NoAct):
        Person().save()
    with pytest.raises(NoAct):
        Person.objects.update(given_name="a")
