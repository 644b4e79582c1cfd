"""Pages of cases: lists, forms, teams, notes, home; hostile text; the number of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web_sessions import seen_on

from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case, CaseMember, CaseNote
from polit.web.cases.services import case_open, member_add, note_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role

HOSTILE = "<script>alert(1)</script>\"'`{{7*7}}=1+1"
MARKS = "\u202e\u200b\x07"
REASON = {"reason": "a test"}


@pytest.fixture
def lead(make_user: MakeUser) -> User:
    return make_user("lead", Role.INVESTIGATOR)


@pytest.fixture
def led(lead: User) -> Case:
    actor = Actor("user", str(lead.pk), lead.username)
    return case_open(actor, reason="a", reference="AB/1/26", title="First")


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_case_is_opened_through_the_form(lead: User, client_for: ClientFor) -> None:
    client = client_for(lead)
    form = {"reference": " OP/7 ", "title": "A", "offences": ["making", "taking"], **REASON}
    made = client.post("/cases/open/", form)
    case = Case.objects.get()
    assert (made["Location"], case.reference) == (f"/cases/{case.id}/", "OP/7")
    page = client.get(made["Location"]).content
    assert b"Making indecent images" in page
    assert (
        b"There is a case with this reference already" in client.post("/cases/open/", form).content
    )
    wrong = client.post("/cases/open/", {"reference": "a\u202eb", "offences": "speeding"}).content
    for words in (b"only characters that can be seen", b"Enter title", b"Enter the reason"):
        assert words in wrong


@pytest.mark.parametrize("role", sorted(Role))
def test_who_may_open_a_case(role: Role, make_user: MakeUser, client_for: ClientFor) -> None:
    client = client_for(make_user("u", role))
    expected = 200 if role in {Role.INVESTIGATOR, Role.SUPERVISOR} else 403
    assert client.get("/cases/open/").status_code == expected
    assert client.post("/cases/open/", {}).status_code == expected


def test_details_and_status_are_changed_through_forms(
    led: Case, lead: User, client_for: ClientFor
) -> None:
    client = client_for(lead)
    change = f"/cases/{led.id}/change/"
    assert b'value="First"' in client.get(change).content
    seen = seen_on(client, change)
    assert client.post(change, {"title": "Second", "seen": seen, **REASON}).status_code == 302
    court = f"/cases/{led.id}/status/take_to_court/"
    assert b"Enter the reason" in client.post(court, {}).content
    assert client.post(court, REASON).status_code == 302
    led.refresh_from_db()
    assert (led.title, led.status) == ("Second", "in_court")
    for action in ("take_to_court", "close", "unknown"):
        assert client.get(f"/cases/{led.id}/status/{action}/").status_code == 404


def test_notes_are_written_and_corrected(led: Case, lead: User, client_for: ClientFor) -> None:
    client = client_for(lead)
    notes = f"/cases/{led.id}/notes/"
    assert client.post(notes, {"text": "one\ntwo"}).status_code == 302
    note = CaseNote.objects.get()
    correct = f"{notes}{note.id}/correct/"
    assert b"one\ntwo" in client.get(correct).content
    assert client.post(correct, {"text": "three"}).status_code == 302
    assert client.get(correct).status_code == 404
    page = client.get(notes).content
    for words in (b"one\ntwo", b"three", b"Corrected later", b"Corrects the note of"):
        assert words in page
    assert b"Enter note" in client.post(notes, {"text": " "}).content


def test_lead_makes_up_the_team_and_another_member_does_not(
    led: Case, lead: User, make_user: MakeUser, client_for: ClientFor
) -> None:
    other, third = make_user("other", Role.INVESTIGATOR), make_user("third", Role.GRADER)
    members = f"/cases/{led.id}/members/"
    client = client_for(lead)
    form = {"user": other.pk, "purpose": "investigation", "duty": "member", **REASON}
    assert client.post(f"{members}add/", form).status_code == 302
    assert b"Choose a person from the list" in client.post(f"{members}add/", form).content
    page = client.get(members).content
    assert b"End access" in page
    mine = client_for(other)
    assert b"End access" not in mine.get(members).content
    member = CaseMember.objects.get(user=other)
    for address in (f"{members}add/", f"{members}{member.id}/end/"):
        assert mine.get(address).status_code == 403
        assert mine.post(address, {**form, "user": third.pk}).status_code == 403
    assert client.post(f"{members}{member.id}/end/", REASON).status_code == 302
    assert mine.get(members).status_code == 404
    assert client.get(f"{members}{member.id}/end/").status_code == 404
    assert b"ended: " in client.get(members).content


def test_lead_who_leaves_goes_to_the_list(led: Case, lead: User, client_for: ClientFor) -> None:
    member = CaseMember.objects.get()
    client = client_for(lead)
    left = client.post(f"/cases/{led.id}/members/{member.id}/end/", REASON)
    assert left["Location"] == "/cases/"
    assert b"AB/1/26" not in client.get("/cases/").content


def test_supervisor_sees_every_team_and_no_content(
    led: Case, make_user: MakeUser, client_for: ClientFor
) -> None:
    note_add(SYSTEM, case=led, text="Content of the case")
    supervisor = make_user("supervisor", Role.SUPERVISOR)
    client = client_for(supervisor)
    page = client.get("/teams/?q=ab/1").content.decode()
    for words in ("AB/1/26", "First", "Open", "Lead (lead)"):
        assert words in page
    assert client.get(f"/cases/{led.id}/").status_code == 404
    team = f"/teams/{led.id}/"
    assert b"Content of" not in client.get(team).content
    form = {"user": supervisor.pk, "purpose": "supervision", "duty": "member", **REASON}
    assert client.post(f"{team}add/", form)["Location"] == team
    assert AuditEvent.objects.filter(action="cases.member_add").count() == 1
    assert client.get(f"/cases/{led.id}/").status_code == 200
    member = CaseMember.objects.get(user=supervisor)
    assert client.post(f"{team}{member.id}/end/", REASON)["Location"] == team
    assert client.get(f"/cases/{led.id}/").status_code == 404
    assert b"There is no such case" in client.get("/teams/?q=nothing").content
    for address in (f"/teams/{member.id}/", f"/teams/{member.id}/add/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERVISOR}))
def test_others_see_no_team(
    role: Role, led: Case, make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(make_user("u", role))
    for address in ("/teams/", f"/teams/{led.id}/", f"/teams/{led.id}/add/"):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("role", sorted(Role))
def test_home_shows_what_is_mine(
    role: Role, led: Case, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    del led
    user = make_user("u", role)
    works_on_cases = role not in {Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR}
    if works_on_cases:
        make_case("MINE", user)
    page = client_for(user).get("/").content.decode()
    assert ("MINE" in page) is works_on_cases
    assert "AB/1/26" not in page
    assert ("/cases/open/" in page) is (role in {Role.INVESTIGATOR, Role.SUPERVISOR})


def test_list_is_searched_and_paged(lead: User, make_case: MakeCase, client_for: ClientFor) -> None:
    for number in range(53):
        make_case(f"OP/{number:02}", lead)
    client = client_for(lead)
    first = client.get("/cases/").content.decode()
    assert ("OP/49" in first, "OP/50" in first) == (True, False)
    rest = client.get("/cases/?after=OP/49").content.decode()
    assert ("OP/49" in rest, "OP/52" in rest) == (False, True)
    latest = client.get("/cases/?sort=opened").content.decode()
    assert latest.index("OP/52") < latest.index("OP/51")
    found = client.get("/cases/?q=op/07").content.decode()
    assert ("OP/07" in found, "OP/08" in found) == (True, False)
    for odd in ("q=%00", "q=%25", "after=%00", "after=%F0", "q=" + "x" * 5000):
        assert client.get(f"/cases/?{odd}").status_code == 200
    for page in (f"/cases/{Case.objects.first().pk}/notes/?after=x", "/notices/?after=x"):  # type: ignore[union-attr]  # made above
        assert client.get(page).status_code == 200


def test_lists_ask_the_same_few_queries_however_long(
    lead: User, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    supervisor = make_user("supervisor", Role.SUPERVISOR)
    pages = [(client_for(lead), "/cases/"), (client_for(lead), "/")]
    pages += [(client_for(supervisor), "/teams/")]
    case = make_case("OP-0", lead)
    base = f"/cases/{case.id}/"
    pages += [(client_for(lead), base + tail) for tail in ("", "members/", "notes/", "timeline/")]
    note_add(SYSTEM, case=case, text="one")
    before = [count(client, page) for client, page in pages]
    for number in range(1, 9):
        member = make_user(f"m{number}", Role.GRADER)
        make_case(f"OP-{number}", lead, member)
        member_add(SYSTEM, reason="a", case=case, user_id=member.pk, purpose=Purpose.GRADING)
        note_add(SYSTEM, case=case, text=f"note {number}")
    assert [count(client, page) for client, page in pages] == before


def test_hostile_text_is_data_on_every_page(
    lead: User, make_user: MakeUser, client_for: ClientFor
) -> None:
    supervisor = make_user("supervisor", Role.SUPERVISOR)
    client = client_for(lead)
    form = {"reference": HOSTILE, "title": HOSTILE + MARKS, "operation": HOSTILE + MARKS}
    client.post("/cases/open/", {**form, "reason": HOSTILE + MARKS})
    case = Case.objects.get()
    base = f"/cases/{case.id}/"
    client.post(f"{base}notes/", {"text": HOSTILE + MARKS})
    member = {"user": supervisor.pk, "purpose": "supervision", "duty": "member"}
    client.post(f"{base}members/add/", {**member, "reason": HOSTILE + MARKS})
    tails = ("", "change/", "notes/", "members/", "members/add/", "timeline/")
    pages = ["/", "/cases/", *(base + tail for tail in tails)]
    shown = {page: client.get(page).content.decode() for page in pages}
    watching = client_for(supervisor)
    for page in ("/teams/", f"/teams/{case.id}/", "/notices/"):
        shown[page] = watching.get(page).content.decode()
    assert [page for page, text in shown.items() if "<script>alert" in text] == []
    assert [page for page, text in shown.items() if "49" in text and "{{7*7}}" not in text] == []
    for page, text in shown.items():
        if not page.endswith("change/"):  # what is typed stays as it was typed
            assert [mark for mark in MARKS if mark in text] == [], page


def test_case_page_leads_to_what_there_is(led: Case, lead: User, client_for: ClientFor) -> None:
    page = client_for(lead).get(f"/cases/{led.id}/").content.decode()
    for name in ("cases:notes", "cases:members", "cases:timeline", "cases:change", "people:list"):
        assert reverse(name, args=[led.id]) in page
    assert "Take to court" in page
    assert "/status/close/" not in page


def test_opening_a_page_is_recorded(led: Case, lead: User, client_for: ClientFor) -> None:
    client = client_for(lead)
    client.get(f"/cases/{led.id}/")
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.subject_id) == ("cases.consult", "cases:page")
    client.get("/cases/")
    assert AuditEvent.objects.latest("seq").pk == event.pk
    assert b"Page opened" in client.get(f"/cases/{led.id}/timeline/").content
    assert b"Page opened" not in client.get(f"/cases/{led.id}/").content
