"""Who sees which page of the audit, what stands there, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from audited_logs import Grow, NamedCase
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.audit import queries, verify_audit, views
from polit.web.audit.models import AuditCheckpoint, AuditEvent
from polit.web.audit.rules import EventFilter, LogHealth
from polit.web.audit.services import act
from polit.web.audit.signer import Signer
from polit.web.audit.tree import holds_inclusion
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import CASE_ROLES, Role

ClientFor = Callable[[User], Client]
MakeUser = Callable[..., User]
MakeCase = Callable[..., Case]
KEEPERS = {Role.AUDITOR, Role.SUPERVISOR, Role.SYSTEM_ADMINISTRATOR}
LEADERS = {Role.SUPERVISOR, Role.INVESTIGATOR}


@pytest.fixture
def auditor(make_user: MakeUser, client_for: ClientFor) -> Client:
    """Return an auditor's browser."""
    return client_for(make_user("an.auditor", Role.AUDITOR))


@pytest.mark.parametrize("role", [*Role, None])
def test_each_page_lets_in_whom_its_rule_names(
    role: Role | None, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("a.example", *([role] if role else []))
    case = make_case("OP-1", *([user] if role in CASE_ROLES else []))
    event = AuditEvent.objects.latest("seq")
    client = client_for(user)
    pages = {
        "/audit/": role is Role.AUDITOR,
        f"/audit/{event.event_id}/": role is Role.AUDITOR,
        "/audit/checkpoints/": role in KEEPERS,
    }
    for address, is_let_in in pages.items():
        assert client.get(address).status_code == (200 if is_let_in else 403), address
        assert client.post(address).status_code in {403, 405}, address
    expected = 200 if role in LEADERS else 404
    assert client.get(f"/cases/{case.id}/audit/").status_code == expected


def test_outsider_of_a_case_sees_nothing_of_its_log(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    case = make_case("OP-1", make_user("a.member", Role.INVESTIGATOR))
    outsider = client_for(make_user("an.outsider", Role.INVESTIGATOR))
    assert outsider.get(f"/cases/{case.id}/audit/").status_code == 404


def test_log_of_a_case_holds_its_events_alone(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    member = make_user("a.member", Role.SUPERVISOR)
    case = make_case("OP-1", member)
    make_case("OP-2 secret", member)
    shown = client_for(member).get(f"/cases/{case.id}/audit/").content.decode()
    assert "OP-1" in shown
    assert "OP-2 secret" not in shown
    told = AuditEvent.objects.latest("seq")
    assert (told.action, told.case_id) == ("cases.consult", case.id)


def test_looking_at_the_audit_is_recorded_before_it_is_shown(auditor: Client) -> None:
    auditor.get("/audit/?who=a.example")
    told = AuditEvent.objects.latest("seq")
    assert (told.action, told.actor_name, told.nature) == (
        "audit.consult", "an.auditor", "consultation",
    )  # fmt: skip
    assert '"asked":"who=a.example"' in told.details


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("who=A.+Example", 1), ("who=nobody", 0), ("action=tests.one", 2),
        ("case_reference=OP-1", 1),
        ("nature=consultation", 0), ("from_on_0=1&from_on_1=1&from_on_2=2020&action=tests.one", 2),
        ("to_on_0=1&to_on_1=1&to_on_2=2020", 0), ("nature=another&action=tests.one", 50),
        ("action=tests.one&who=A.+Example", 1), ("after=x", 0),
    ],
)  # fmt: skip
def test_filter_shows_what_was_asked_for(query: str, count: int, auditor: Client) -> None:
    for number, name in enumerate(("A. Example", "B. Example")):
        with act(Actor("user", str(number), name), "tests.one", reason="a test") as deed:
            deed.about("test", "1")
    write_many(60)
    name_case()
    page = auditor.get(f"/audit/?{query}").context["page"]
    assert len(page.rows) == count


def name_case() -> None:
    case = NamedCase(UUID(int=1), "OP-1")
    with act(SYSTEM, "tests.case", reason="a test", case=case) as deed:
        deed.about("test", "1")


def write_many(count: int) -> None:
    for number in range(count):
        with act(SYSTEM, "tests.many", reason="a test") as deed:
            deed.about("test", str(number), label="<script>\u202e")


def test_list_goes_on_by_key(auditor: Client) -> None:
    write_many(70)
    first = auditor.get("/audit/?action=tests.many")
    assert len(first.context["page"].rows) == 50
    assert b"<script>\xe2\x80\xae" not in first.content
    after = first.context["page"].after
    second = auditor.get(f"/audit/?action=tests.many&after={after}")
    assert len(second.context["page"].rows) == 20


def test_lists_cost_the_same_however_long_they_are(
    signer: Signer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write_many(5)
    signer.round(is_last=True)
    write_many(55)
    for _ in range(2):
        with django_assert_num_queries(1):
            assert queries.event_list(EventFilter()).rows
        with django_assert_num_queries(1):
            assert queries.checkpoint_list().rows
        with django_assert_num_queries(5):
            assert queries.log_health(now_utc()).waiting > 0
        event = AuditEvent.objects.earliest("seq")
        with django_assert_num_queries(2):
            found = queries.event_get(event.event_id)
            assert found
            assert queries.event_standing(found).covered_by


def test_event_page_tells_how_the_event_stands(
    auditor: Client, signer: Signer, write_acts: Grow
) -> None:
    write_acts(1)
    event = AuditEvent.objects.latest("seq")
    address = f"/audit/{event.event_id}/"
    assert "has not taken it in" in auditor.get(address).content.decode()
    signer.round()
    assert "no checkpoint covers it" in auditor.get(address).content.decode()
    assert auditor.get(f"{address}proof/").status_code == 404
    signer.round(is_last=True)
    shown = auditor.get(address).content.decode()
    assert "Covered" in shown
    assert f"{address}proof/" in shown


def test_proof_convinces_without_any_other_event(
    auditor: Client, signer: Signer, write_acts: Grow
) -> None:
    write_acts(9)
    signer.round(is_last=True)
    event = queries.event_get(AuditEvent.objects.order_by("-seq")[4].event_id)
    assert event is not None
    text = auditor.get(f"/audit/{event.event_id}/proof/").content.decode()
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    checkpoint = AuditCheckpoint.objects.get()
    assert note == checkpoint.note
    path = [verify_audit._decoded(line) for line in lines[2:]]
    index, leaf = int(lines[1].split()[1]), bytes.fromhex(event.leaf.leaf_hash)
    assert holds_inclusion(leaf, index, checkpoint.size, path, bytes.fromhex(checkpoint.root))


def test_unknown_event_is_not_found(auditor: Client) -> None:
    assert auditor.get(f"/audit/{UUID(int=7)}/").status_code == 404


def test_lag_is_that_of_the_oldest_uncovered_event(signer: Signer) -> None:
    write_many(2)
    assert queries.log_health(now_utc() + timedelta(minutes=6)).is_late
    signer.round()
    health = queries.log_health(now_utc() + timedelta(minutes=6))
    assert (health.is_late, health.waiting, health.tail) == (True, 0, 2)
    signer.round(is_last=True)
    health = queries.log_health(now_utc() + timedelta(minutes=6))
    assert (health.is_late, health.lag_s, health.tail) == (False, 0.0, 0)


def test_health_of_an_empty_log_is_good() -> None:
    health = LogHealth(leaves=0, waiting=0, signed_size=0, signed_at=None, lag_s=0.0)
    assert (health.tail, health.is_late) == (0, False)


def test_banner_stands_where_an_event_waits_too_long(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now_utc() + timedelta(minutes=6)
    monkeypatch.setattr(views, "now_utc", lambda: later)
    assert "not being signed" in auditor.get("/audit/").content.decode()
    assert "not being signed" in auditor.get("/audit/checkpoints/").content.decode()


def test_checkpoints_are_listed_with_the_tail(
    auditor: Client, signer: Signer, write_acts: Grow
) -> None:
    assert "Nothing was signed yet" in auditor.get("/audit/checkpoints/").content.decode()
    write_acts(2)
    signer.round(is_last=True)
    shown = auditor.get("/audit/checkpoints/").content.decode()
    assert AuditCheckpoint.objects.get().root in shown
    assert "0 events" in shown
