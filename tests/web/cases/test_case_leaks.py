"""What must not happen quietly: lost changes, reasons shown, fields found, untraced guesses."""

import pytest
from django.db import connection
from web.conftest import ClientFor, MakeCase, MakeUser
from web_sessions import seen_on

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case, CaseNote, Notice
from polit.web.cases.queries import case_version, note_list, notice_list
from polit.web.cases.rules import CaseDetails
from polit.web.cases.services import case_change_details, member_add, note_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CHILD_READERS, Purpose, Role

REASON = {"reason": "a test"}


def test_change_of_a_colleague_is_not_overwritten(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    client, change = client_for(officer), f"/cases/{case.id}/change/"
    seen = seen_on(client, change)
    case_change_details(SYSTEM, reason="a", case=case, details=CaseDetails("A colleague's title"))
    mine = {"title": "Mine", "seen": seen, **REASON}
    assert b'type="hidden" name="seen"' in client.get(change).content
    assert b"Somebody else changed this" in client.post(change, mine).content
    case.refresh_from_db()
    assert case.title == "A colleague's title"
    mine["seen"] = seen_on(client, change)
    assert client.post(change, mine).status_code == 302


def test_change_without_its_mark_is_refused(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    page = client_for(officer).post(f"/cases/{case.id}/change/", {"title": "Mine", **REASON})
    assert b"Load the page again" in page.content
    assert Case.objects.get().title == "A test"


def test_mark_of_a_case_changes_with_its_offences(make_case: MakeCase) -> None:
    case = make_case("OP-1")
    seen = case_version(case)
    details = CaseDetails(case.title, case.operation, ("making",))
    with pytest.raises(UsageError):
        case_change_details(SYSTEM, reason="a", case=case, details=details, seen="another")
    details = CaseDetails("Other")
    case_change_details(SYSTEM, reason="a", case=case, details=details, seen=seen)
    assert case_version(Case.objects.get()) != seen


@pytest.mark.parametrize("role", [Role.GRADER, *sorted(CHILD_READERS)])
def test_reasons_of_the_team_are_for_readers_of_children(
    role: Role, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user, other = make_user("u", role), make_user("o", Role.EXAMINER)
    case = make_case("OP-1", user)
    reason = "Zebedee Unlikely was found"
    member_add(SYSTEM, reason=reason, case=case, user_id=other.pk, purpose=Purpose.EXAMINATION)
    shown = client_for(user).get(f"/cases/{case.id}/members/").content
    assert (b"Zebedee" in shown) is (role in CHILD_READERS)


def test_supervisors_find_a_case_by_what_they_are_shown_alone(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    case = make_case("OP-1")
    details = CaseDetails("A title", operation="Hidden name")
    case_change_details(SYSTEM, reason="a", case=case, details=details)
    client = client_for(make_user("s", Role.SUPERVISOR))
    pages = [client.get("/teams/", {"q": text}) for text in ("a title", "op-1", "hidden")]
    assert [b"OP-1" in page.content for page in pages] == [True, True, False]


def test_guess_at_a_reference_leaves_its_trace(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    make_case("OP-1")
    user, second = make_user("u", Role.GRADER), make_user("s", Role.SUPERVISOR)
    form = {
        "reference": "OP-2", "purpose": "grading", "hours": "1", "second": second.pk,
        "reason": "somebody may come to harm",
    }  # fmt: skip
    page = client_for(user).post("/cases/break-glass/", form)
    assert b"There is no case" in page.content
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.subject_label, event.actor_id) == (
        "cases.break_glass_miss", "OP-2", str(user.pk),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["a" * 4096, "a" * 60_000, "a " * 2048, "%" * 4096, "\x00"])
def test_long_searches_find_nothing_and_break_nothing(
    text: str, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("u", Role.INVESTIGATOR, Role.SUPERVISOR)
    case = make_case("OP-1", user)
    client = client_for(user)
    for address in ("/cases/", "/teams/", f"/cases/{case.id}/people/find/"):
        assert client.get(address, {"q": text}).status_code == 200


def test_what_was_written_in_the_same_instant_is_on_some_page(
    make_case: MakeCase, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, user = make_case("OP-1"), make_user("u", Role.EXAMINER)
    instant = now_utc()
    monkeypatch.setattr(CaseNote._meta.get_field("recorded_at"), "default", lambda: instant)
    monkeypatch.setattr(Notice._meta.get_field("recorded_at"), "default", lambda: instant)
    for number in range(120):
        note_add(SYSTEM, case=case, text=str(number))
    found, after = set(), ""
    while True:
        page = note_list(case.id, after=after)
        found |= {note.text for note in page.rows}
        after = page.after
        if not after:
            break
    assert len(found) == 120
    for after in ("x", "~", "2026-01-01 00:00+00:00~x", "0001-01-01 00:00+14:00~", "\x00"):
        assert notice_list(user, after=after).rows == ()


def test_page_that_a_refused_form_stands_on_is_a_consultation(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("u", Role.GRADER)
    case = make_case("OP-1", user)
    note_add(SYSTEM, case=case, text="Content of the case")
    client, notes = client_for(user), f"/cases/{case.id}/notes/"
    assert b"Content of the case" in client.post(notes, {"text": " "}).content
    assert AuditEvent.objects.filter(action="cases.consult").count() == 1
    assert client.post(notes, {"text": "another"}).status_code == 302
    assert AuditEvent.objects.filter(action="cases.consult").count() == 1


def test_what_is_committed_outlives_a_power_cut_whatever_the_server_says() -> None:
    asked, durable = {
        "postgresql": ("SHOW synchronous_commit", "on"),
        "sqlite": ("PRAGMA synchronous", 2),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone() == (durable,)
