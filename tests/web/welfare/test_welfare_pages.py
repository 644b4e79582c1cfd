"""Pages of welfare: who sees what, a session from begin to end, the record on screen and paper."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.matching.samples import examination_id
from web.media.samples import content_id

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case, Notice
from polit.web.cases.queries import case_access
from polit.web.cases.rules import GrantedAccess
from polit.web.cases.services import case_change_status, member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role
from polit.web.media.models import Package
from polit.web.welfare import queries, services
from polit.web.welfare.models import ReviewSession, WelfareFlag
from polit.web.welfare.page import session_config, session_urls
from polit.web.welfare.papers import record_paper
from polit.web.welfare.rules import FlagKind, ShownItem
from polit.web.welfare.sections import results_figures
from polit.web.welfare.services.spans import flag_raise

BEGIN = {"lane": "stills", "purpose": "grading", "consent_version": "1", "idle_s": "120"}


@pytest.fixture
def officer(make_user: MakeUser) -> User:
    return make_user("grader.example", Role.GRADER)


@pytest.fixture
def case(make_case: MakeCase, officer: User) -> Case:
    return make_case("OP-1", officer)


@pytest.fixture
def client(client_for: ClientFor, officer: User) -> Client:
    return client_for(officer)


def url(name: str, case: Case, **more: str) -> str:
    return reverse(f"welfare:{name}", kwargs={"case_id": case.id, **more})


def post(client: Client, address: str, body: Any = None) -> Any:
    return client.post(address, json.dumps(body or {}), content_type="application/json")


def look(user: User, case: Case, count: int = 3) -> None:
    """Uncover some stacks, and tell how long they stood."""
    session = queries.session_current(user, case)
    assert session is not None
    actor = Actor("user", str(user.pk), user.username)
    shown = [ShownItem(f"{each:064x}", f"{each:064x}", "still", False) for each in range(count)]
    with act(actor, "tests.look", reason="a test", case=case) as deed:
        deed.about("contents", str(count))
        made = services.exposures_add(session, shown=shown, rung="full_grey", what="original")
    services.exposures_seen(actor, [(each.id, 40_000) for each in made], case=case)


def test_a_session_from_consent_to_the_word_after(client: Client, case: Case) -> None:
    consent = client.get(url("session", case)).content.decode()
    for words in (
        "never how fast you worked",
        "disclosable",
        "Nothing on this page makes that safe",
    ):
        assert words in consent
    assert client.get(url("session_state", case)).json() == {"session": None}
    assert post(client, url("session_hide", case)).json()["error"] == "no_session"
    refused = client.post(url("session", case), BEGIN | {"consent_version": "7"})
    assert "the words of consent have changed" in refused.content.decode().lower()
    assert client.post(url("session", case), BEGIN).status_code == 302
    state = client.get(url("session_state", case) + "?there=yes", headers={"X-Polit-Poll": "1"})
    told = state.json()["session"]
    assert (told["lane"], told["refused"], told["state"]) == ("stills", "", "working")
    shown = client.get(url("session", case)).content.decode()
    assert "At work today" in shown
    assert "Begin a session" not in shown
    assert client.get(url("session_act", case, session_action="nothing")).status_code == 404
    assert (
        "Take a break"
        in client.get(url("session_act", case, session_action="pause")).content.decode()
    )
    override = url("session_act", case, session_action="override")
    assert "Enter the reason" in client.post(override, {}).content.decode()
    client.post(override, {"reason": "a lead that cannot wait"})
    assert ReviewSession.objects.get().override_reason == "a lead that cannot wait"
    client.post(url("session_act", case, session_action="lane"), {"lane": "light"})
    client.post(url("session_act", case, session_action="pause"), {})
    client.post(url("session_act", case, session_action="resume"), {})
    done = client.post(url("session_act", case, session_action="finish"), {})
    assert done.headers["Location"] == url("check_in", case)
    client.post(url("check_in", case), {"text": "a long day"})
    with CaptureQueriesContext(connection) as asked:
        assert "a long day" in client.get(reverse("welfare:own")).content.decode()
    assert len(asked) <= 20
    assert client.get(url("session_act", case, session_action="pause")).status_code == 302


def test_what_the_page_of_a_session_says_by_itself(client: Client, case: Case) -> None:
    client.post(url("session", case), BEGIN)
    hidden = post(client, url("session_hide", case)).json()["session"]
    assert (hidden["state"], hidden["refused"]) == ("cooling", "on_break")
    early = post(client, url("session_break", case), {"resume": True})
    assert (early.status_code, early.json()["error"]) == (409, "not_now")
    assert post(client, url("session_break", case)).json()["session"]["state"] == "paused"
    for body in ("{", '{"idle": 1}', '{"more": true}'):
        answer = client.post(url("session_idle", case), body, content_type="application/json")
        assert answer.status_code == 400
    big = client.post(url("session_idle", case), " " * 5000, content_type="application/json")
    assert big.status_code == 413
    assert post(client, url("session_idle", case), {"idle": True}).status_code == 200
    assert post(client, url("session_idle", case), {"idle": False}).status_code == 200
    assert post(client, url("session_end", case)).json() == {"session": None}


def test_an_officer_sees_their_record_and_takes_it_along(
    client: Client, officer: User, case: Case
) -> None:
    client.post(url("session", case), BEGIN)
    look(officer, case)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("welfare:own")).content.decode()
    assert len(asked) <= 60
    assert "My exposure" in page
    page = client.get(reverse("welfare:record") + "?weeks=4").content.decode()
    assert "OP-1" in page
    assert "2 min" in page
    paper = record_paper(officer, since=officer.created_at, until=now_utc())
    assert paper.totals.rungs == ("0", "0", "3", "0")
    assert "OP-1" not in repr(paper)
    pdf = client.get(reverse("welfare:record_pdf"))
    assert pdf.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(action="welfare.record_print").count() == 1
    assert "OP-1" in page
    section = client.get(reverse("cases:page", kwargs={"case_id": case.id})).content.decode()
    assert "What reviewing took" in section
    assert "Avoidable views" in section


def test_an_exhibit_shows_what_was_uncovered_of_it_alone(
    client: Client, officer: User, case: Case
) -> None:
    package = Package.objects.get(number=content_id(case) >> 32)
    client.post(url("session", case), BEGIN)
    granted = case_access(officer, case.id)
    assert granted is not None
    results = reverse(
        "media:results", kwargs={"case_id": case.id, "examination_id": examination_id(case)}
    )
    request = HttpRequest()
    assert results_figures(_asking(request, granted)) is None
    request.resolver_match = resolve(results)
    assert results_figures(request) is None
    look(officer, case)
    figures = queries.hv_of_exhibit(granted, package, media_files=4)
    assert (figures.looks, figures.uncovered, figures.per_1000) == (1, 1, "250.0")
    assert queries.hv_of_exhibit(granted, package).media_files == 0
    shown = results_figures(request)
    assert shown is not None
    assert "What reviewing took" in render_to_string("welfare/section.html", dict(shown))


def test_the_gallery_is_told_of_the_session(client: Client, officer: User, case: Case) -> None:
    assert session_config(officer, case) is None
    client.post(url("session", case), BEGIN)
    told = session_config(officer, case)
    assert told is not None
    assert (told["lane"], told["is_counted"], told["may_end"]) == ("stills", True, True)
    assert session_urls(case.id)["session_hide"] == url("session_hide", case)


def test_settings_and_opt_outs_are_ones_own(client: Client, officer: User) -> None:
    settings, opt_outs = reverse("welfare:settings"), reverse("welfare:opt_outs")
    assert "at most 300 minutes" in client.post(settings, {"limit_min": "301"}).content.decode()
    assert client.post(settings, {"limit_min": "90", "idle_s": "60"}).status_code == 302
    assert 'value="90"' in client.get(settings).content.decode()
    assert client.post(opt_outs, {"codes": ["known-near", "kind:sound"]}).status_code == 302
    assert queries.opt_outs(officer.pk) == {"known-near", "kind:sound"}
    page = client.get(reverse("welfare:own")).content.decode()
    assert "Near known material; Sound, in any lane" in page
    assert "1 h 30 min" in page


def test_supervisors_see_flags_of_their_cases_alone_and_no_figures(
    client: Client, officer: User, case: Case, make_user: MakeUser, make_case: MakeCase,
    client_for: ClientFor,
) -> None:  # fmt: skip
    boss, outsider = (make_user(f"{name}.example", Role.SUPERVISOR) for name in ("boss", "out"))
    make_case("OP-2", outsider)
    services.opt_outs_set(Actor("user", str(officer.pk), "g"), codes=["known-near"])
    client.post(url("session", case), BEGIN)
    look(officer, case, count=77)
    session = ReviewSession.objects.get()
    with act(SYSTEM, "tests.flag", reason="a test") as deed:
        deed.about("flag", "1")
        flag_raise(session, FlagKind.MISSED_BREAK, now_utc())
        flag_raise(session, FlagKind.MISSED_BREAK, now_utc())
    assert WelfareFlag.objects.count() == 1
    _join(case, boss)
    team = reverse("welfare:team")
    page = client_for(boss).get(team + "?lane=known-near").content.decode()
    assert "Worked on when a break was due" in page
    assert "Not available for this lane" in page
    assert "77" not in re.sub(r"<[^>]*>", " ", page)  # a token may spell it by chance
    assert "opted" not in page
    assert "Grader.Example" not in client_for(outsider).get(team).content.decode()
    assert client.get(team).status_code == 403
    for name in ("safe", "offender", "audit", "system"):
        role = {"safe": Role.SAFEGUARDING, "offender": Role.OFFENDER_MANAGER,
                "audit": Role.AUDITOR, "system": Role.SYSTEM_ADMINISTRATOR}[name]  # fmt: skip
        other = client_for(make_user(f"{name}2.example", role))
        assert other.get(reverse("welfare:own")).status_code == 403
        assert other.get(team).status_code == 403
    induction = reverse("welfare:induction")
    sent = {"officer": str(officer.pk), "reason": "ten years of it"}
    assert client_for(outsider).post(induction, sent).status_code == 200
    assert client_for(boss).post(induction, sent).status_code == 302
    assert queries.lane_available(officer, "videos")


def test_who_reviewed_hears_how_the_case_went_on(
    client: Client, officer: User, case: Case, make_user: MakeUser, client_for: ClientFor
) -> None:
    client.post(url("session", case), BEGIN)
    look(officer, case)
    boss = make_user("boss.example", Role.SUPERVISOR)
    _join(case, boss)
    sent = {"text": "A child is safe.", "reason": "they should know"}
    assert client_for(boss).post(url("outcome", case), sent).status_code == 302
    assert client.get(url("outcome", case)).status_code == 404
    assert "A child is safe." in client.get(reverse("welfare:own")).content.decode()
    case_change_status(SYSTEM, reason="over", case=case, action="close")
    texts = list(Notice.objects.filter(user=officer).order_by("recorded_at").values_list("text"))
    assert ["was closed" in text for (text,) in texts] == [False, True]


def _asking(request: HttpRequest, granted: GrantedAccess) -> HttpRequest:
    """Let a request be one that the gate let through."""
    request.case_access = granted  # type: ignore[attr-defined]  # the gate sets it
    return request


def _join(case: Case, user: User) -> None:
    member_add(
        SYSTEM, reason="a test", case=case, user_id=UUID(str(user.pk)), purpose=Purpose.SUPERVISION
    )
