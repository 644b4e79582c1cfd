"""Safeguarding tasks: raised once, told, worked through by a table of states, late by a clock."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case, Notice
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.safeguarding.clocks import clock_scheme, current_clocks
from polit.web.safeguarding.models import SafeguardingStep, SafeguardingTask
from polit.web.safeguarding.rules import TASK_STATES, TaskState, is_overdue
from polit.web.safeguarding.services import first_generation_raise, task_act
from polit.web.safeguarding.signals import tasks_done

ONE, TWO = "11" * 32, "22" * 32


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def raised(case: Case, *contents: str) -> list[SafeguardingTask]:
    return first_generation_raise(SYSTEM, reason="made by the phone", case=case, contents=contents)


def made_late(task: SafeguardingTask, hours: int) -> None:
    task.raised_at -= timedelta(hours=hours)
    task.due_at -= timedelta(hours=hours)
    with act(SYSTEM, "tests.late", reason="a test") as deed:
        task.save()
        deed.about("task", task.pk)


def test_clock_is_data_and_a_task_is_late_from_its_very_instant() -> None:
    clock = current_clocks().clock("first_generation")
    begin = datetime(2026, 11, 26, 9, tzinfo=UTC)
    due = clock.due_at(begin)

    assert due == begin + timedelta(hours=24)
    just_before = due - timedelta(microseconds=1)
    late = {state: (is_overdue(due, state, just_before), is_overdue(due, state, due))
            for state in TaskState}  # fmt: skip
    assert late == {
        TaskState.OPEN: (False, True), TaskState.TAKEN: (False, True),
        TaskState.DONE: (False, False),
    }  # fmt: skip
    assert clock.outcome_label("referred") == "Referred for victim identification"
    assert clock.outcome_label("of another version") == "of another version"
    with pytest.raises(UsageError, match="no clock for 'other'"):
        current_clocks().clock("other")
    with pytest.raises(UsageError, match="no 'nowhere-1'"):
        clock_scheme("nowhere-1")
    assert TASK_STATES.states == ("open", "taken", "done")


def test_candidate_is_one_task_of_its_case_and_its_digest_is_in_no_log(
    make_case: MakeCase, make_user: MakeUser
) -> None:
    guard, lead = make_user("s.example", Role.SAFEGUARDING), make_user("i", Role.INVESTIGATOR)
    case, other = make_case("OP-1", lead, guard), make_case("OP-2", lead)

    first = raised(case, ONE, TWO, ONE)
    again = raised(case, TWO)
    elsewhere = raised(other, ONE)

    assert (len(first), again, len(elsewhere)) == (2, [], 1)
    event = AuditEvent.objects.filter(action="safeguarding.raise", case_id=case.id).get()
    assert json.loads(event.details)["tasks"] == [str(task.pk) for task in first]
    texts = [
        each.details + each.subject_id + each.subject_label for each in AuditEvent.objects.all()
    ]
    assert not [text for text in texts if ONE in text or TWO in text]
    # Told is who does safeguarding in the case.
    assert [(each.user_id, each.text) for each in Notice.objects.all()] == [
        (guard.pk, "OP-1: 2 first-generation candidates, due in 24 hours")
    ]
    assert raised(case) == []


def test_lead_is_told_where_nobody_does_safeguarding(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    lead = make_user("i.example", Role.INVESTIGATOR)
    data = {"reference": "OP-9", "title": "A test", "reason": "a test"}
    client_for(lead).post(reverse("cases:open"), data)
    case = Case.objects.get(reference="OP-9")

    raised(case, ONE)

    assert Notice.objects.get().user_id == lead.pk
    assert Notice.objects.get().link == f"/cases/{case.id}/safeguarding/"


def test_task_goes_the_ways_of_its_table_and_no_other(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    guard, lead = make_user("s.example", Role.SAFEGUARDING), make_user("i", Role.INVESTIGATOR)
    grader = make_user("g.example", Role.GRADER)
    case = make_case("OP-1", lead, guard, grader)
    (task,) = raised(case, ONE)

    def do(user: User, action: str, outcome: str = "") -> SafeguardingTask:
        granted = case_access(user, case.id)
        assert granted is not None
        return task_act(
            actor(user), reason="done by hand", access=granted, task_id=task.pk, action=action,
            outcome=outcome,
        )  # fmt: skip

    with pytest.raises(AuthorityError):
        do(grader, "take")
    assert do(lead, "take").taken_by == "i"
    with pytest.raises(UsageError, match="cannot take what is taken"):
        do(guard, "take")
    assert do(guard, "release").taken_by == ""
    with pytest.raises(UsageError, match="no outcome is called 'gone'"):
        do(lead, "complete", "gone")
    task.refresh_from_db()
    assert task.state == "open"
    told: list[Case] = []
    tasks_done.connect(receiver := lambda case, **_rest: told.append(case))
    done = do(lead, "complete", "referred")
    tasks_done.disconnect(receiver)
    assert (len(told), bool(done.done_at)) == (1, True)
    assert (done.state, done.outcome, done.is_overdue) == ("done", "referred", False)
    with pytest.raises(AuthorityError):
        do(lead, "reopen")
    assert do(guard, "reopen").outcome == ""
    steps = SafeguardingStep.objects.order_by("recorded_at").values_list("action", flat=True)
    assert list(steps) == ["raise", "take", "release", "complete", "reopen"]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE safeguarding_step SET action = 'take'")


def test_pages_show_what_is_late_first_and_to_whom_it_belongs_alone(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    guard, grader = make_user("s.example", Role.SAFEGUARDING), make_user("g", Role.GRADER)
    case = make_case("OP-1", guard, grader)
    first, late = raised(case, ONE, TWO)
    made_late(late, 30)
    client = client_for(guard)
    base = reverse("safeguarding:list", kwargs={"case_id": case.id})

    listed = client.get(base).content.decode()
    home, page = client.get("/").content.decode(), client.get(f"/cases/{case.id}/").content.decode()
    one = client.get(f"{base}{late.pk}/").content.decode()

    assert listed.index(str(late.pk)) < listed.index(str(first.pk))
    assert "2 to do, 1 of them overdue" in listed
    assert home.index(str(late.pk)) < home.index(str(first.pk))
    assert "Work through the safeguarding tasks" in page
    assert TWO in one.replace("\u200b", "").replace("<wbr>", "")
    silent = client.post(f"{base}{late.pk}/complete/", {"reason": "identified"})
    assert "Choose outcome" in silent.content.decode()
    sent = {"reason": "identified", "outcome": "child_identified"}
    assert client.post(f"{base}{late.pk}/complete/", sent).status_code == 302
    assert "Child identified" in client.get(base + "?show=done").content.decode()
    again = client.post(f"{base}{late.pk}/take/", {"reason": "mine"})
    assert "Cannot take what is done" in again.content.decode().replace("Safeguarding task: c", "C")
    assert client.get(f"{base}{late.pk}/burn/").status_code == 404
    assert client_for(grader).get(base).status_code == 404
    assert "afeguarding" not in client_for(grader).get("/").content.decode()
    assert late.due_at < now_utc()


def test_list_asks_the_same_number_of_queries_however_many_tasks(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    guard = make_user("s.example", Role.SAFEGUARDING)
    case = make_case("OP-1", guard)
    client, base = client_for(guard), f"/cases/{case.id}/safeguarding/"
    raised(case, ONE)
    client.get(base)
    with CaptureQueriesContext(connection) as few:
        client.get(base)
    raised(case, *(f"{number:064x}" for number in range(30)))

    with CaptureQueriesContext(connection) as many:
        client.get(base)

    assert len(many) == len(few)
