"""Records that are one person: merging, parting, who is protected by it, what the pages tell."""

import json
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import CHILD_READERS, Role
from polit.web.people.merged import under_age
from polit.web.people.models import CasePerson, Person
from polit.web.people.queries import (
    is_protected,
    people_found,
    person_get,
    person_seen,
    same_person_ids,
)
from polit.web.people.rules import (
    GivenIdentifier,
    PersonDetails,
    PersonRole,
    PlaceInCase,
    is_under_age,
)
from polit.web.people.same_queries import same_candidates, same_records
from polit.web.people.services import person_add, person_merge, person_unmerge

Attempt = Callable[[], object]
BORN = date(1980, 2, 3)


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def put(
    case: Case, role: PersonRole = PersonRole.SUSPECT, phone: str = "", born: date | None = BORN
) -> CasePerson:
    return person_add(
        SYSTEM,
        reason="a",
        case=case,
        details=PersonDetails("Zebedee", "Unlikely", born_on=born),
        place=PlaceInCase(role),
        identifier=GivenIdentifier("phone", phone) if phone else None,
    )


def merge(case: Case, one: CasePerson, into: CasePerson, by: Actor = SYSTEM) -> Person:
    return person_merge(by, reason="a", case=case, person_id=one.person_id, into_id=into.person_id)


def roots(*places: CasePerson) -> list[UUID]:
    return [Person.objects.get(pk=each.person_id).root_id for each in places]


def test_merged_records_follow_one_root_and_are_parted_with_what_joined_them(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    a, b, c, d = (put(case, PersonRole.WITNESS) for _number in range(4))
    merge(case, a, b)
    merge(case, c, a)
    assert roots(a, b, c) == [b.person_id] * 3
    assert merge(case, b, d).pk == d.person_id
    assert roots(a, b, c, d) == [d.person_id] * 4
    assert same_person_ids(a.person_id) == {each.person_id for each in (a, b, c, d)}
    person_unmerge(SYSTEM, reason="a", case=case, person_id=a.person_id)
    assert roots(a, b, c, d) == [a.person_id, d.person_id, a.person_id, d.person_id]
    assert CasePerson.objects.count() == 4
    told = json.loads(AuditEvent.objects.latest("seq").details)
    assert told == {
        "into": str(b.person_id), "stands": str(d.person_id), "with_it": [str(c.person_id)],
    }  # fmt: skip


def test_what_is_one_already_or_none_or_no_record_of_the_case_is_refused(
    make_case: MakeCase,
) -> None:
    case, other = make_case("OP-1"), make_case("OP-2")
    a, b, c = put(case), put(other), put(other)
    refused: list[Attempt] = [
        lambda: merge(case, a, a),
        lambda: merge(case, b, c),
        lambda: person_unmerge(SYSTEM, reason="a", case=case, person_id=a.person_id),
    ]
    for attempt in refused:
        with pytest.raises(UsageError):
            attempt()
    merge(case, a, b)
    with pytest.raises(UsageError, match="one person already"):
        merge(case, b, a)


def test_who_merges_sees_both_and_a_supervisor_alone_parts(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, grader = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    supervisor = make_user("s", Role.SUPERVISOR)
    case, other = make_case("OP-1", officer, grader, supervisor), make_case("OP-2", grader)
    a, b, c = put(case), put(other), put(case, PersonRole.WITNESS)
    for user, one, into in ((officer, a, b), (officer, b, a), (grader, a, c)):
        with pytest.raises(AuthorityError):
            merge(case, one, into, actor(user))
    merge(case, a, c, actor(officer))
    with pytest.raises(AuthorityError):
        person_unmerge(actor(officer), reason="a", case=case, person_id=a.person_id)
    person_unmerge(actor(supervisor), reason="a", case=case, person_id=a.person_id)
    assert roots(a, c) == [a.person_id, c.person_id]


def test_database_holds_that_nobody_is_merged_into_themselves(make_case: MakeCase) -> None:
    person = put(make_case("OP-1")).person

    def merge_into_itself() -> None:
        with act(SYSTEM, "tests.merge", reason="a"), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(merged_into=person, joined_to=person)

    with pytest.raises(IntegrityError):
        merge_into_itself()


@pytest.mark.parametrize("role", [Role.EXAMINER, Role.INVESTIGATOR])
@pytest.mark.parametrize("way", ["role", "birth"])
def test_child_by_one_record_is_protected_by_all(
    role: Role, way: str, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    reader = make_user("r", role)
    case, other = make_case("OP-1", reader), make_case("OP-2")
    place = put(case, PersonRole.WITNESS, "07700 900123", born=None)
    child = put(other, PersonRole.CHILD if way == "role" else PersonRole.OTHER,
                born=None if way == "role" else date(2020, 1, 1))  # fmt: skip
    page = f"/cases/{case.pk}/people/{place.person_id}/"
    assert b"Zebedee" in client_for(reader).get(page).content
    merge(case, place, child)
    assert is_protected(Person.objects.get(pk=place.person_id))
    shown = client_for(reader).get(page).content
    assert (b"Zebedee" in shown) is (role in CHILD_READERS)
    assert b"OP-2" not in shown


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2028, 2, 29), date(2027, 2, 28)])
def test_condition_of_age_is_the_rule_of_age(today: date, make_case: MakeCase) -> None:
    case = make_case("OP-1")
    days = [
        date(today.year - years, month, day)
        for years in (17, 18, 19)
        for month, day in ((2, 27), (2, 28), (3, 1), (3, 2))
    ]
    days.append(date(2008, 2, 29))
    details = [PersonDetails(born_on=day) for day in days]
    details += [
        PersonDetails(estimated_age_years=age, estimated_on=day)
        for age in (0, 16, 17, 18)
        for day in days
        if day <= today
    ]
    for each in details:
        person_add(
            SYSTEM, reason="a", case=case, details=each, place=PlaceInCase(PersonRole.WITNESS)
        )
    young = set(Person.objects.filter(under_age(today)).values_list("pk", flat=True))
    for person in Person.objects.all():
        known = (person.born_on, person.estimated_age_years, person.estimated_on)
        assert (person.pk in young) is is_under_age(*known, today), known


def test_search_and_hidden_cases_follow_the_root(make_user: MakeUser, make_case: MakeCase) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, mine, closed = make_case("OP-1", officer), make_case("OP-2", officer), make_case("OP-3")
    a, b, c = put(case), put(mine, phone="07700 900123"), put(closed)
    merge(case, a, b)
    found = people_found(officer, "zebedee")
    assert [each.cases for each in found.people] == [("OP-1", "OP-2")]
    assert people_found(officer, "07700 900123").hidden_cases == 0
    merge(closed, c, b)
    assert people_found(officer, "07700 900123").hidden_cases == 1
    access = case_access(officer, case.pk)
    assert access is not None
    shown = person_get(access, officer, a.person_id)
    assert shown is not None
    assert shown.hidden_cases == 1
    assert [each.where for each in same_records(officer, a.person_id)] == ["Suspect 1 in OP-2"]
    assert person_seen(officer, c.person_id) is None


def test_same_people_are_offered_from_the_readers_cases_alone(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, grader = make_user("i", Role.INVESTIGATOR), make_user("g", Role.GRADER)
    case, mine, closed = (
        make_case("OP-1", officer, grader),
        make_case("OP-2", officer),
        make_case("OP-3"),
    )
    place = put(case, phone="07700 900123")
    put(closed, phone="07700 900123")
    put(mine, PersonRole.WITNESS, born=date(1980, 2, 4))
    assert same_candidates(officer, place.person_id) == ()
    both = put(mine, phone="+44 7700 900123")
    named = put(mine, PersonRole.OTHER)
    offered = {
        each.record.person_id: each.reasons for each in same_candidates(officer, place.person_id)
    }
    birth = "The same name and date of birth"
    assert offered == {
        both.person_id: ("The same telephone number", birth), named.person_id: (birth,),
    }  # fmt: skip
    assert same_candidates(grader, place.person_id) == ()
    merge(mine, both, named)
    merge(case, place, named)
    assert same_candidates(officer, place.person_id) == ()


def test_pages_compare_merge_and_part(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    supervisor = make_user("s", Role.SUPERVISOR)
    case, other = make_case("OP-1", supervisor), make_case("OP-2", supervisor)
    a, b = put(case), put(other, phone="07700 900123")
    client, page = client_for(supervisor), f"/cases/{case.pk}/people/{a.person_id}/"
    compare = f"{page}same/{b.person_id}/"
    assert compare in client.get(page).content.decode()
    assert b"07700 900123" in client.get(compare).content
    answer = client.post(compare, {"stands": str(a.person_id), "reason": "the same passport"})
    assert answer.headers["Location"] == page
    assert roots(a, b) == [a.person_id, a.person_id]
    assert client.get(compare).status_code == 404
    part = f"{page}part/{b.person_id}/"
    assert part in client.get(page).content.decode()
    assert client.post(part, {"reason": "two passports"}).status_code == 302
    assert roots(a, b) == [a.person_id, b.person_id]
    assert client.get(part).status_code == 404


def test_page_across_cases_shows_the_readers_cases_in_order_and_is_recorded(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, other, closed = make_case("OP-1", officer), make_case("OP-2", officer), make_case("OP-3")
    a, b, c = put(case), put(other), put(closed)
    merge(case, a, b)
    merge(closed, c, b)
    client = client_for(officer)
    shown = client.get(f"/people/{a.person_id}/").content.decode()
    assert shown.index("Suspect 1 in the case") < shown.rindex("Suspect 1 in the case")
    assert "OP-1" in shown
    assert "OP-2" in shown
    assert "OP-3" not in shown
    assert "1 further record of this person stands in cases that you are not in" in shown
    event = AuditEvent.objects.filter(action="people.consult").get()
    assert (event.subject_id, event.nature) == (str(a.person_id), "consultation")
    assert client.get(f"/people/{c.person_id}/").status_code == 404
    assert AuditEvent.objects.filter(action="people.consult").count() == 1


def test_page_across_cases_asks_a_pinned_number_of_queries(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    place, client = put(case, phone="07700 900123"), client_for(officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/people/{place.person_id}/").status_code == 200
        return len(queries)

    before = count()
    for number in range(4):
        merge(case, put(make_case(f"OP-2{number}", officer), phone="07700 900123"), place)
    assert count() == before


def test_audit_names_the_records_of_other_cases_that_a_page_shows(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    here, there = make_case("OP-1", officer), make_case("OP-2", officer)
    place = put(here, PersonRole.CHILD, phone="07700 900123")
    other = put(there, PersonRole.CHILD, phone="07700 900123")
    page = f"/cases/{here.pk}/people/{place.person_id}/"

    def read() -> list[str]:
        events = AuditEvent.objects.filter(action="people.consult")
        return [each for event in events for each in json.loads(event.details)["records"]]

    assert client_for(officer).get(page).status_code == 200
    assert read() == [str(other.person_id)]
    assert client_for(officer).get(f"{page}same/{other.person_id}/").status_code == 200
    assert sorted(read()[1:]) == sorted([str(place.person_id), str(other.person_id)])
    merge(here, other, place)
    assert client_for(officer).get(page).status_code == 200
    assert read()[3:] == [str(other.person_id)]
