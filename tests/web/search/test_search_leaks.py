"""What the search tells nobody who may not know it: closed cases, children, what was searched."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case, CaseMember
from polit.web.cases.services import member_end, note_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add, person_merge
from polit.web.search.models import SearchEntry
from polit.web.search.queries import search_hits
from polit.web.search.rules import HITS_MOST, readers_mask

HOSTILE = "<script>alert(1)</script>\u202e\u200b'\""


def put(
    case: Case, role: PersonRole = PersonRole.SUSPECT, *, name: str = "Zebedee", note: str = ""
) -> CasePerson:
    return person_add(
        SYSTEM,
        reason="a",
        case=case,
        details=PersonDetails(name, "Unlikely", addresses="1 Somewhere"),
        place=PlaceInCase(role, note=note),
        identifier=GivenIdentifier("email", "z.unlikely@example.com"),
    )


def entries(case: Case, count: int) -> None:
    SearchEntry.objects.bulk_create(
        SearchEntry(
            kind="case", record_id=UUID(int=number), case_id=case.pk, title=f"Hit {number}",
            readers=readers_mask(CASE_ROLES), url="/", folded="lantern",
        )
        for number in range(count)
    )  # fmt: skip


@pytest.mark.parametrize("role", sorted(CASE_ROLES))
@pytest.mark.parametrize("text", ["zebedee", "unlik*", "z.unlikely@example.com", "somewhere"])
def test_child_is_found_by_its_readers_alone(
    role: Role, text: str, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    reader = make_user("r", role)
    put(make_case("OP-1", reader), PersonRole.CHILD)
    page = client_for(reader).get("/search/", {"q": text}).content.decode()
    may_read = role in CHILD_READERS
    assert ("1 found" in page) is may_read
    assert ("Zebedee" in page) is may_read


def test_child_by_a_merged_record_of_a_closed_case_is_withheld_at_once(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    grader, officer = make_user("g", Role.GRADER), make_user("i", Role.INVESTIGATOR)
    case, closed = make_case("OP-1", grader, officer), make_case("OP-2")
    place = put(case, PersonRole.WITNESS)
    assert search_hits(grader, "zebedee").count == 1
    child = put(closed, PersonRole.CHILD, name="Elsewhere")
    person_merge(
        SYSTEM, reason="a", case=closed, person_id=child.person_id, into_id=place.person_id
    )
    assert search_hits(grader, "zebedee").count == 0
    assert search_hits(officer, "zebedee").count == 1
    assert search_hits(officer, "elsewhere").count == 0


def test_notes_on_adults_are_found_by_readers_of_children(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    grader = make_user("g", Role.GRADER)
    both = make_user("b", Role.GRADER, Role.INVESTIGATOR)
    put(make_case("OP-1", grader, both), note="mother of Quentin")
    assert [search_hits(each, "quentin").count for each in (grader, both)] == [0, 1]
    assert [search_hits(each, "zebedee").count for each in (grader, both)] == [1, 1]


def test_closed_case_adds_to_no_hit_no_count_and_no_order(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    for number in range(3):
        note_add(SYSTEM, case=case, text=f"Lantern remark {number}")
    client = client_for(officer)
    before = client.get("/search/?q=lantern").content.partition(b"<main")[2]
    closed = make_case("SECRET-9")
    entries(closed, HITS_MOST + 5)
    assert client.get("/search/?q=lantern").content.partition(b"<main")[2] == before
    assert b"SECRET" not in before
    assert search_hits(officer, "secret").count == 0
    member = CaseMember.objects.get(case=case, user=officer)
    member_end(SYSTEM, reason="a", case=case, member_id=member.pk)
    assert search_hits(officer, "lantern").count == 0


def test_entry_without_a_case_is_found_by_its_roles(make_user: MakeUser) -> None:
    SearchEntry.objects.create(
        kind="referral", record_id=make_user("x").pk, readers=readers_mask(CHILD_READERS),
        title="R-1", url="/", folded="lantern",
    )  # fmt: skip
    users = [make_user("i", Role.INVESTIGATOR), make_user("e", Role.EXAMINER)]
    assert [search_hits(each, "lantern").count for each in users] == [1, 0]


def test_more_hits_than_are_listed_are_said_to_be_and_pages_follow(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    entries(case, HITS_MOST + 1)
    hits = search_hits(officer, "lantern")
    assert (hits.count, hits.is_more, hits.after) == (HITS_MOST, True, "20")
    assert hits.rows[0].title == f"Hit {HITS_MOST}"
    last = search_hits(officer, "lantern", after="180")
    assert (len(last.rows), last.after) == (20, "")
    assert search_hits(officer, "lantern", after="\u0663").rows == hits.rows
    assert search_hits(officer, "lantern", kind="person").count == 0
    page = client_for(officer).get("/search/?q=lantern&kind=case").content.decode()
    assert "More than 200 found" in page
    assert page.count("<h1") == 1


def test_audit_tells_that_somebody_searched_and_not_what(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    child = put(make_case("OP-1", officer), PersonRole.CHILD)
    client = client_for(officer)
    client.get("/search/?q=zebedee&kind=person")
    event = AuditEvent.objects.get(action="search.ask")
    assert (event.nature, event.subject_id) == ("consultation", "person")
    # The hit shows the child's name: that this record was read is told, by its identifier.
    assert json.loads(event.details) == {
        "characters": 7, "found": 1, "shown": [f"person {child.person_id}"],
    }  # fmt: skip
    client.get("/search/?q=+")
    assert AuditEvent.objects.filter(action="search.ask").count() == 1


def test_hostile_records_and_questions_stay_text(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    note_add(SYSTEM, case=case, text=f"Lantern {HOSTILE} " + "x" * 10_000)
    put(case, name=HOSTILE)
    client = client_for(officer)
    for text in ("lantern", "script", 'alert(1)"', "\x00", "x" * 10_000, "NEAR(a, b)"):
        page = client.get("/search/", {"q": text}).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page
    assert b"at most 500 characters" in client.get("/search/", {"q": "x" * 501}).content
    assert client.get("/search/?q=lantern&kind=%00&after=-1").status_code == 200


def test_search_asks_a_pinned_number_of_queries(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case, client = make_case("OP-1", officer), client_for(officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/search/?q=lantern").status_code == 200
        return len(queries)

    note_add(SYSTEM, case=case, text="Lantern")
    before = count()
    for number in range(5):
        note_add(SYSTEM, case=make_case(f"OP-2{number}", officer), text="Lantern")
    assert count() == before


def test_box_stands_on_the_pages_of_whoever_may_search(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    officer, auditor = make_user("i", Role.INVESTIGATOR), make_user("a", Role.AUDITOR)
    assert b'id="site-search"' in client_for(officer).get("/").content
    assert b'id="site-search"' not in client_for(officer).get("/search/").content
    assert b'id="site-search"' not in client_for(auditor).get("/").content
    assert client_for(auditor).get("/search/?q=x").status_code == 403
