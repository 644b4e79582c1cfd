"""Health for machines, the state of the parts for administrators, the nightly round."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django_tasks_db.models import DBTaskResult
from web.conftest import MakeUser

from polit.base.clock import now_utc
from polit.base.errors import BrokerGone
from polit.web.accounts.models import Invitation, User
from polit.web.audit.models import AuditEvent, AuditPending
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.tasks import queries, views
from polit.web.tasks.jobs import prune
from polit.web.tasks.models import Heartbeat
from polit.web.tasks.rules import SILENT_AFTER, Part
from polit.web.tasks.services import beat


def broker_gone() -> str:
    raise BrokerGone("nobody is there")


@pytest.fixture(autouse=True)
def _nothing_found_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_last", views._LastHealth())


@pytest.fixture
def well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every part answer."""
    monkeypatch.setattr(queries, "_broker_version", lambda: "polit 0")
    beat(Part.WORKER)


@pytest.mark.usefixtures("well")
def test_health_is_ok_when_every_part_answers(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Cache-Control"] == "no-store"


def test_health_says_degraded_and_nothing_of_why(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (503, b"degraded\n")


@pytest.mark.usefixtures("well")
@pytest.mark.parametrize(("age_s", "answers"), [(-1, True), (1, False)])
def test_a_worker_that_was_not_heard_of_for_long_is_silent(age_s: int, answers: bool) -> None:
    Heartbeat.objects.update(beat_at=now_utc() - SILENT_AFTER - timedelta(seconds=age_s))
    states = {state.part: state.answers for state in queries.part_list()}
    assert states[Part.WORKER] is answers


@pytest.mark.parametrize(("ask", "answers"), [(broker_gone, False), (lambda: "polit 0", True)])
def test_a_broker_that_is_gone_does_not_answer(ask: Callable[[], str], answers: bool) -> None:
    states = {state.part: state.answers for state in queries.part_list(ask)}
    assert states[Part.BROKER] is answers


@pytest.mark.usefixtures("well")
def test_what_was_found_is_kept_for_some_seconds(client: Client) -> None:
    client.get("/health/")
    Heartbeat.objects.all().delete()
    assert client.get("/health/").content == b"ok\n"
    views._last.found_s = float("-inf")
    assert client.get("/health/").content == b"degraded\n"


@pytest.mark.parametrize(("age_s", "answers"), [(-1, True), (1, False)])
def test_a_signer_that_leaves_events_waiting_is_silent(age_s: int, answers: bool) -> None:
    recorded_at = now_utc() - SILENT_AFTER - timedelta(seconds=age_s)
    event = AuditEvent(
        actor_kind="system", actor_id="x", actor_name="x", action="tests.act", salt="0" * 64,
        nature="security", reason="a test", subject_kind="test", subject_id="1",
        recorded_at=recorded_at,
    )  # fmt: skip
    event.save()
    AuditPending.objects.get_or_create(event=event)
    states = {state.part: state.answers for state in queries.part_list(broker_gone)}
    assert states[Part.SIGNER] is answers


@pytest.mark.parametrize("role", Role)
def test_the_page_is_for_administrators_alone(
    role: Role, make_user: Callable[..., User], client_for: Callable[[User], Client]
) -> None:
    answer = client_for(make_user("a.example", role)).get("/system/")
    assert answer.status_code == (200 if role is Role.SYSTEM_ADMINISTRATOR else 403)


def test_the_page_is_not_for_strangers(client: Client) -> None:
    answer = client.get("/system/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")


def test_the_page_for_administrators_names_every_part(
    make_user: Callable[..., User], client_for: Callable[[User], Client]
) -> None:
    administrator = make_user("a.example", Role.SYSTEM_ADMINISTRATOR)
    text = client_for(administrator).get("/system/").content.decode()
    assert all(part.value.capitalize() in text for part in Part)
    assert text.count("Silent") == 2


def test_the_nightly_round_erases_what_expired_and_says_how_much(make_user: MakeUser) -> None:
    for days in (-1, -2, 1):
        store = SessionStore()
        store.set_expiry(timedelta(days=days))
        store.save()
    open_link, old_link = make_user("a.example"), make_user("b.example")
    for user, hours in ((open_link, 1), (old_link, -1)):
        with act(SYSTEM, "tests.invite", reason="a test") as deed:
            Invitation(
                user=user, token_sha256=f"{hours}", made_by="a test",
                expires_at=now_utc() + timedelta(hours=hours),
            ).save()  # fmt: skip
            deed.about("user", user.id)
    for days in (1, 30):
        task = DBTaskResult.objects.get(id=prune.enqueue("2026-01-01").id)
        task.status, task.finished_at = "SUCCESSFUL", now_utc() - timedelta(days=days)
        task.save()
    prune.call("2026-11-26")
    assert Session.objects.count() == 1
    assert Invitation.objects.get().user == open_link
    assert DBTaskResult.objects.count() == 1
    event = AuditEvent.objects.get(action="tasks.prune")
    assert (event.actor_kind, event.actor_id, event.nature) == ("system", "worker", "erasure")
    assert json.loads(event.details) == {"sessions": 2, "invitations": 1, "tasks": 1}
