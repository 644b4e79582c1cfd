"""What must not happen quietly to people: lost changes, notes shown, keys too long to keep."""

import pytest
from web.conftest import ClientFor, MakeCase, MakeUser
from web_sessions import seen_on

from polit.base.errors import UsageError
from polit.web.audit.models import AuditEvent
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.people.models import CasePerson, Person
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import (
    identifier_add,
    person_add,
    person_change,
    person_link,
    role_end,
)

REASON = {"reason": "a test"}


def put(case: object, role: PersonRole = PersonRole.SUSPECT, note: str = "") -> CasePerson:
    return person_add(
        SYSTEM,
        reason="a",
        case=case,  # type: ignore[arg-type]  # a case
        details=PersonDetails("A.", "Example"),
        place=PlaceInCase(role, note=note),
    )


def test_change_of_a_colleague_is_not_overwritten(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    person_id = put(case).person_id
    client, change = client_for(officer), f"/cases/{case.id}/people/{person_id}/change/"
    mine = {"given_name": "Mine", "seen": seen_on(client, change), **REASON}
    theirs = PersonDetails("A.", "Example", addresses="1 Any Street")
    person_change(SYSTEM, reason="a", case=case, person_id=person_id, details=theirs)
    assert b'type="hidden" name="seen"' in client.get(change).content
    assert b"Somebody else changed this" in client.post(change, mine).content
    assert Person.objects.get().addresses == "1 Any Street"
    del mine["seen"]
    assert b"Load the page again" in client.post(change, mine).content
    mine["seen"] = seen_on(client, change)
    assert client.post(change, mine).status_code == 302


@pytest.mark.parametrize("role", [Role.GRADER, Role.SAFEGUARDING])
def test_notes_on_adults_are_for_readers_of_children(
    role: Role, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("u", role)
    case = make_case("OP-1", user)
    place = put(case, PersonRole.HOUSEHOLD, note="mother of Zebedee, at Some School")
    page = client_for(user).get(f"/cases/{case.id}/people/{place.person_id}/").content
    assert (b"Zebedee" in page) is (role is Role.SAFEGUARDING)


@pytest.mark.parametrize(
    ("value", "service"), [("\ufdfa" * 300, ""), ("x", "\ufdfa" * 100), ("\u0390" * 300, "")]
)
def test_identifier_that_grows_when_it_is_compared_is_refused_or_kept(
    value: str, service: str, make_case: MakeCase
) -> None:
    case = make_case("OP-1")
    person_id = put(case).person_id
    given = GivenIdentifier("username", value, service)
    with pytest.raises(UsageError, match="too long to be compared"):
        identifier_add(SYSTEM, reason="a", case=case, person_id=person_id, given=given)


def test_act_is_about_the_place_that_holds_on_both_databases(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    ended = put(case, PersonRole.CHILD)
    role_end(SYSTEM, reason="a", case=case, role_id=ended.id)
    person_link(
        SYSTEM, reason="a", case=case, person_id=ended.person_id,
        place=PlaceInCase(PersonRole.WITNESS),
    )  # fmt: skip
    changed = PersonDetails("B.", "Example")
    person_change(SYSTEM, reason="a", case=case, person_id=ended.person_id, details=changed)
    assert AuditEvent.objects.latest("seq").subject_label == "Witness 1"
