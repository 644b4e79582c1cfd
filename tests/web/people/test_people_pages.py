"""Pages of people: who sees whom, what a search tells, hostile names, the number of queries."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser
from web_sessions import seen_on

from polit.web.cases.models import Case
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.people.forms import known_from
from polit.web.people.models import CasePerson, Person
from polit.web.people.queries import people_found, person_get, person_seen, place_list
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import identifier_add, person_add, person_link, role_end

SECRETS = ("Zebedee", "Unlikely", "Zedling", "447700", "07700", "Somewhere", "Hidden note")
DETAILS = PersonDetails("Zebedee", "Unlikely", "Zedling", addresses="1 Somewhere")
HOSTILE = "<script>alert(1)</script>\"'`{{7*7}}\u202e\u200bA=1+1"
REASON = {"reason": "a test"}


def put(case: Case, role: PersonRole, details: PersonDetails = DETAILS) -> CasePerson:
    return person_add(
        SYSTEM,
        reason="Zebedee Unlikely was named",
        case=case,
        details=details,
        place=PlaceInCase(role, note="Hidden note"),
        identifier=GivenIdentifier("phone", "07700 900123"),
    )


def addresses(place: CasePerson) -> Iterator[str]:
    case = f"/cases/{place.case_id}/"
    yield from (case, f"{case}timeline/", f"{case}people/", f"{case}people/{place.person_id}/")


@pytest.mark.parametrize("role", sorted(CASE_ROLES))
@pytest.mark.parametrize("kind", ["child", "witness elsewhere a child", "child by birth", "adult"])
def test_who_may_not_read_a_child_finds_no_trace_of_who_it_is(
    role: Role, kind: str, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    reader = make_user("reader", role)
    case = make_case("OP-1", reader)
    if kind == "witness elsewhere a child":
        first = put(make_case("OP-2"), PersonRole.CHILD)
        role_end(SYSTEM, reason="a", case=first.case, role_id=first.id)
        place = person_link(
            SYSTEM,
            reason="Zebedee again",
            case=case,
            person_id=first.person_id,
            place=PlaceInCase(PersonRole.WITNESS, note="Hidden note"),
        )
    elif kind == "child by birth":
        young = PersonDetails("Zebedee", "Unlikely", "Zedling", born_on=date(2020, 1, 1))
        place = put(case, PersonRole.HOUSEHOLD, young)
    else:
        place = put(case, PersonRole.CHILD if kind == "child" else PersonRole.WITNESS)
    client = client_for(reader)
    shown = b"".join(client.get(address).content for address in addresses(place)).decode()
    may_read = kind == "adult" or role in CHILD_READERS
    assert ("Zebedee" in shown) is may_read
    assert place.label in shown
    if not may_read:
        assert [secret for secret in SECRETS if secret in shown] == []
        assert "Withheld" in shown


def test_reasons_of_acts_on_people_are_for_readers_of_children(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    examiner = make_user("examiner", Role.EXAMINER)
    case = make_case("OP-1", examiner)
    place = put(case, PersonRole.SUSPECT)
    client = client_for(examiner)
    for address in addresses(place):
        assert b"was named" not in client.get(address).content


@pytest.mark.parametrize("role", sorted(Role))
def test_who_is_outside_the_case_finds_nothing(
    role: Role, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    place = put(make_case("OP-1"), PersonRole.SUSPECT)
    client = client_for(make_user("outsider", role))
    assert [client.get(address).status_code for address in addresses(place)] == [404] * 4


def test_person_of_another_case_is_not_found_through_an_own_case(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, other = make_case("OP-1", officer), make_case("OP-2")
    place = put(other, PersonRole.SUSPECT)
    client = client_for(officer)
    base = f"/cases/{case.id}/people/{place.person_id}/"
    tails = ("", "link/", "change/", "identifiers/add/", f"roles/{place.id}/end/")
    identifier = place.person.identifiers.get()
    for tail in (*tails, f"identifiers/{identifier.id}/end/"):
        assert client.get(base + tail).status_code == 404


def test_search_finds_people_of_own_cases_and_counts_the_others(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    here, mine, hidden = make_case("A", officer), make_case("B", officer), make_case("C")
    known = put(mine, PersonRole.SUSPECT)
    put(hidden, PersonRole.CHILD, PersonDetails("Quentin", "Secret"))
    assert [each.name for each in people_found(officer, "UNLIKELY zed").people] == [
        "Zebedee Unlikely"
    ]
    assert people_found(officer, "Quentin").people == ()
    found = people_found(officer, "+44 7700 900123")
    assert ([each.person_id for each in found.people], found.hidden_cases) == (
        [known.person_id],
        1,
    )
    page = client_for(officer).get(f"/cases/{here.id}/people/find/?q=07700900123").content.decode()
    assert "1 other case " in page
    assert "Quentin" not in page
    assert f"/people/{known.person_id}/link/" in page
    assert people_found(officer, " \x00 ").people == ()
    grader = make_user("g", Role.GRADER)
    assert people_found(grader, "Zebedee").people == ()
    assert person_seen(grader, known.person_id) is None


def test_page_says_that_an_identifier_is_known_elsewhere_and_not_whose(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    mine, hidden = make_case("A", officer), make_case("C")
    known = put(mine, PersonRole.SUSPECT)
    put(hidden, PersonRole.CHILD, PersonDetails("Quentin", "Secret"))
    page = client_for(officer).get(f"/cases/{mine.id}/people/{known.person_id}/").content.decode()
    assert "known in 1 other case " in page
    assert "Quentin" not in page


def test_what_was_searched_by_need_not_be_typed_again(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    assert known_from("a@example.com") == {"kind": "email", "value": "a@example.com"}
    assert known_from("07700 900123") == {"kind": "phone", "value": "07700 900123"}
    assert known_from("Ann Other") == {"given_name": "Ann", "family_name": "Other"}
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client = client_for(officer)
    found = client.get(f"/cases/{case.id}/people/find/?q=Ann+%26+Other").content
    assert b"/people/add/?q=Ann%20%26%20Other" in found
    assert b'value="Other"' in client.get(f"/cases/{case.id}/people/add/?q=Ann+Other").content


def test_walk_through_all_forms(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client = client_for(officer)
    base = f"/cases/{case.id}/people/"
    form = {"role": "child", "family_name": "A", "estimated_age_years": "9", **REASON}
    made = client.post(f"{base}add/", {**form, "kind": "email", "value": "a@example.com"})
    person = Person.objects.get()
    assert made["Location"] == f"{base}{person.id}/"
    assert person.estimated_on is not None
    seen = {"seen": seen_on(client, f"{base}{person.id}/change/")}
    both = {"estimated_age_years": "9", "born_on_0": "1", "born_on_1": "2", "born_on_2": "2017"}
    assert (
        b"not both" in client.post(f"{base}{person.id}/change/", {**both, **seen, **REASON}).content
    )
    born = {"given_name": "B", "born_on_0": "1", "born_on_1": "2", "born_on_2": "2017"}
    changed = client.post(f"{base}{person.id}/change/", {**born, **seen, **REASON})
    assert changed.status_code == 302
    phone = {"kind": "phone", "value": "none", **REASON}
    assert b"This is no" in client.post(f"{base}{person.id}/identifiers/add/", phone).content
    phone["value"] = "07700 900123"
    assert client.post(f"{base}{person.id}/identifiers/add/", phone).status_code == 302
    identifier = person.identifiers.get(kind="phone")
    ending = f"{base}{person.id}/identifiers/{identifier.id}/end/"
    assert client.post(ending, REASON).status_code == 302
    assert client.get(ending).status_code == 404


def test_walk_through_linking_and_ending(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, other = make_case("OP-1", officer), make_case("OP-2", officer)
    client = client_for(officer)
    place = put(case, PersonRole.CHILD, PersonDetails("B"))
    person = place.person
    change = f"/cases/{case.id}/people/{person.id}/change/"
    client.post(
        change,
        {"given_name": "B", "gender": "a", "seen": seen_on(client, change), **REASON},
    )
    linking = f"/cases/{other.id}/people/{person.id}/link/"
    assert b"You add B" in client.get(linking).content
    assert client.post(linking, {"role": "witness", **REASON}).status_code == 302
    assert b"already" in client.post(linking, {"role": "witness", **REASON}).content
    base = f"/cases/{case.id}/people/"
    ending = f"{base}{person.id}/roles/{place.id}/end/"
    assert client.post(ending, REASON).status_code == 302
    assert client.get(ending).status_code == 404
    page = client.get(f"{base}{person.id}/").content.decode()
    assert "1 further act belongs" in page
    assert "Gender changed" in page


def test_hostile_text_is_data_in_every_form_and_page(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client = client_for(officer)
    names = ("given_name", "family_name", "also_known_as", "addresses", "gender", "note", "value")
    form = dict.fromkeys(names, HOSTILE[:50])
    base = f"/cases/{case.id}/people/"
    client.post(f"{base}add/", {**form, "role": "suspect", "kind": "other", "reason": HOSTILE})
    person = Person.objects.get()
    pages = (
        "",
        f"{person.id}/",
        f"{person.id}/change/",
        f"{person.id}/link/",
        "add/?q=",
        "find/?q=",
    )
    for page in (*(base + tail for tail in pages), f"/cases/{case.id}/timeline/"):
        text = client.get(
            page + ("%3Cscript%3Ealert" if page.endswith("q=") else "")
        ).content.decode()
        assert "<script>alert" not in text
        shown = text.partition("<main")[2]
        if not page.endswith(("change/", "q=")):
            assert "\u202e" not in shown
            assert "\u200b" not in shown


def test_long_and_nul_text_is_refused_by_its_field(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client = client_for(officer)
    for wrong in ({"given_name": "x" * 151}, {"given_name": "a\x00b"}, {"role": "king"}):
        form = {"role": "suspect", **wrong, **REASON}
        answer = client.post(f"/cases/{case.id}/people/add/", form)
        assert answer.status_code == 200
        assert b"govuk-error-summary" in answer.content
    assert not Person.objects.exists()


def test_list_asks_the_same_few_queries_however_many_people(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    for _each in range(12):
        put(case, PersonRole.SUSPECT)
    granted = case_access(officer, case.id)
    assert granted is not None
    with CaptureQueriesContext(connection) as queries:
        assert len(place_list(granted, officer.roles)) == 12
    assert len(queries) == 1


def test_pages_ask_a_pinned_number_of_queries(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client = client_for(officer)

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    place = put(case, PersonRole.SUSPECT)
    put(case, PersonRole.CHILD)  # may be the same: the number is the same
    pages = list(addresses(place))
    before = [count(page) for page in pages]
    for number in range(5):
        put(case, PersonRole.CHILD)
        identifier_add(
            SYSTEM,
            reason="a",
            case=case,
            person_id=place.person_id,
            given=GivenIdentifier("other", f"x{number}"),
        )
    assert [count(page) for page in pages] == before


def test_person_page_knows_nobody_of_another_identifier(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    granted = case_access(officer, case.id)
    assert granted is not None
    assert person_get(granted, officer, case.id) is None
