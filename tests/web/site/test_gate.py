"""The gate at work: sessions that end, fresh proofs, refusals and consultations in the audit."""

import json
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from account_doors import add_app
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from pytest_django import Settings
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import SignIn, User
from polit.web.accounts.rules import SESSION_LIFE, SessionEnd, idle_limit
from polit.web.accounts.services import account_deactivate, roles_change
from polit.web.audit.models import AuditEvent
from polit.web.core.access import access
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Access, Role, Scope
from polit.web.site import urls
from polit.web.site.access_table import passage_of
from polit.web.site.addresses import all_addresses
from polit.web.site.gate import GateMiddleware

_CASE = Access(Scope.CASE, read=CASE_ROLES, write=frozenset({Role.EXAMINER}))


@access(_CASE, methods=("GET", "POST"))
def case_probe(request: HttpRequest, case_id: object) -> HttpResponse:
    del case_id
    return HttpResponse(request.GET.get("say", ""), status=int(request.GET.get("status", "200")))


urlpatterns = [
    *urls.urlpatterns,
    path("probe/<uuid:case_id>/", case_probe, name="probe"),
    path("unruled/", lambda _request: HttpResponse(), name="unruled"),
]


@pytest.fixture(autouse=True)
def _probes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def examiner(make_user: MakeUser) -> User:
    user: User = make_user("a.example", Role.EXAMINER, password="river stone lamp 7")
    return user


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("seq"))


def test_view_without_a_rule_is_denied(examiner: User, client_for: ClientFor) -> None:
    assert client_for(examiner).get("/unruled/").status_code == 403
    assert Client().get("/unruled/").status_code == 403


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("GET", 206), ("GET", 304), ("POST", 200)]
)
def test_what_is_shown_of_a_case_is_recorded(
    examiner: User, make_case: MakeCase, client_for: ClientFor, method: str, status: int
) -> None:
    case = make_case("OP-1", examiner)
    client_for(examiner).generic(method, f"/probe/{case.id}/?status={status}")
    (event,) = events("cases.consult")
    assert (event.case_reference, event.purpose) == ("OP-1", "investigation")
    assert (event.nature, event.actor_id) == ("consultation", str(examiner.pk))


@pytest.mark.parametrize(("method", "status"), [("POST", 302), ("GET", 404), ("GET", 302)])
def test_what_is_not_shown_is_no_consultation(
    examiner: User, make_case: MakeCase, client_for: ClientFor, method: str, status: int
) -> None:
    case = make_case("OP-1", examiner)
    client_for(examiner).generic(method, f"/probe/{case.id}/?status={status}")
    assert events("cases.consult") == []


def test_form_shown_again_is_a_consultation_too(
    examiner: User, make_case: MakeCase, client_for: ClientFor
) -> None:
    case = make_case("OP-1", examiner)
    client_for(examiner).post(f"/probe/{case.id}/")
    assert [event.case_reference for event in events("cases.consult")] == ["OP-1"]


def test_what_cannot_be_recorded_is_not_shown(
    examiner: User, make_case: MakeCase, client_for: ClientFor
) -> None:
    case = make_case("OP-1", examiner)
    client = client_for(examiner)
    client.raise_request_exception = False
    with patch("polit.web.site.gate.act", side_effect=OperationalError("database is locked")):
        answer = client.get(f"/probe/{case.id}/?say=secret")
    assert answer.status_code == 500
    assert b"secret" not in answer.content


def test_refusal_of_a_case_is_recorded_without_its_content(
    examiner: User, make_case: MakeCase, client_for: ClientFor
) -> None:
    case = make_case("OP-SECRET")
    answer = client_for(examiner).get(f"/probe/{case.id}/")
    (event,) = events("access.refuse")
    assert answer.status_code == 404
    assert (event.nature, event.subject_id, event.case_reference) == ("security", "probe", "")
    assert json.loads(event.details) == {"method": "GET", "asked": {"case_id": str(case.id)}}
    assert "OP-SECRET" not in answer.content.decode()


def test_case_that_does_not_exist_and_case_of_others_answer_alike(
    examiner: User, make_case: MakeCase, client_for: ClientFor
) -> None:
    case = make_case("OP-1")
    client = client_for(examiner)
    answers = [
        re.sub(r'value="\w{64}"', "", client.get(f"/probe/{asked}/").content.decode())
        for asked in (case.id, examiner.pk)
    ]
    assert answers[0] == answers[1]


def test_refusal_of_a_role_is_recorded(examiner: User, client_for: ClientFor) -> None:
    assert client_for(examiner).get(reverse("accounts:list")).status_code == 403
    (event,) = events("access.refuse")
    assert event.subject_id == "accounts:list"


def test_idle_session_ends_and_leads_back(
    examiner: User, client_for: ClientFor, settings: Settings
) -> None:
    client = client_for(examiner)
    SignIn.unguarded.update(seen_at=now_utc() - settings.IDLE_LIMIT)
    answer = client.get(reverse("accounts:own"))
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F&ended=idle"
    assert "nothing happened for a while" in client.get(answer["Location"]).content.decode()
    (event,) = events("accounts.session_end")
    assert (event.actor_kind, json.loads(event.details)["why"]) == ("system", "idle")
    assert client.get(reverse("accounts:own")).status_code == 302


def test_session_in_use_goes_on_but_not_beyond_a_shift(
    examiner: User, client_for: ClientFor
) -> None:
    client = client_for(examiner)
    SignIn.unguarded.update(seen_at=now_utc() - timedelta(minutes=10))
    assert client.get(reverse("accounts:own")).status_code == 200
    assert now_utc() - SignIn.objects.get().seen_at < timedelta(minutes=1)
    SignIn.unguarded.update(recorded_at=now_utc() - SESSION_LIFE)
    assert "ended=too_old" in client.get(reverse("accounts:own"))["Location"]


def test_page_that_repeats_itself_does_not_keep_a_session_open(
    examiner: User, client_for: ClientFor
) -> None:
    client = client_for(examiner)
    before = now_utc() - timedelta(minutes=10)
    SignIn.unguarded.update(seen_at=before)
    client.get(reverse("accounts:own"), headers={"x-polit-poll": "1"})
    assert SignIn.objects.get().seen_at == before


def test_fragment_of_an_ended_session_sends_the_whole_page_away(
    examiner: User, client_for: ClientFor
) -> None:
    client = client_for(examiner)
    SignIn.unguarded.update(seen_at=now_utc() - timedelta(hours=1))
    answer = client.get(reverse("accounts:own"), headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in/?ended=idle")


@pytest.mark.parametrize("minutes", [61, 600])
def test_idle_limit_is_never_above_an_hour(minutes: float) -> None:
    with pytest.raises(UsageError, match="at most 60"):
        idle_limit(minutes)
    assert idle_limit(60) == timedelta(hours=1)


def test_fresh_page_asks_for_a_new_proof_and_leads_on(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    password = "river stone lamp 7"
    user = make_user("b.example", Role.SYSTEM_ADMINISTRATOR, password=password)
    client = client_for(user, is_fresh=False)
    asked = client.get(reverse("accounts:make"))
    assert asked["Location"] == "/prove/?next=%2Faccounts%2Fnew%2F"
    wrong = client.post(asked["Location"], {"password": "wrong"})
    assert wrong.status_code == 200
    answer = client.post(asked["Location"], {"password": password})
    assert answer["Location"] == reverse("accounts:make")
    assert client.get(answer["Location"]).status_code == 200
    assert len(events("accounts.prove_failed")) == 1
    assert len(events("accounts.prove")) == 1


def test_form_that_came_too_late_leads_back_to_the_form(
    make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("b.example", Role.SYSTEM_ADMINISTRATOR)
    answer = client_for(user, is_fresh=False).post(reverse("accounts:make") + "?a=1")
    assert answer["Location"] == "/prove/?next=%2Faccounts%2Fnew%2F"
    nowhere = Client().post(reverse("accounts:end_sessions"))
    assert nowhere["Location"] == "/sign-in/"


def test_proof_leads_to_no_other_site(examiner: User, client_for: ClientFor) -> None:
    client = client_for(examiner, is_fresh=False)
    where = reverse("account_reauthenticate") + "?next=//evil.example/"
    answer = client.post(where, {"password": "river stone lamp 7"})
    assert answer["Location"] == reverse("home")


def test_deactivated_person_is_out_at_once(examiner: User, client_for: ClientFor) -> None:
    client = client_for(examiner)
    account_deactivate(SYSTEM, reason="a test", user=examiner)
    assert client.get(reverse("accounts:own")).status_code == 302
    assert SignIn.objects.get().ended_why == SessionEnd.ACCOUNT_CHANGED


def test_lost_role_ends_sessions_and_a_gained_one_does_not(
    examiner: User, client_for: ClientFor
) -> None:
    client = client_for(examiner)
    both = frozenset({Role.EXAMINER, Role.GRADER})
    roles_change(SYSTEM, reason="a test", user=examiner, roles=both)
    assert client.get(reverse("accounts:own")).status_code == 200
    fewer = frozenset({Role.GRADER})
    roles_change(SYSTEM, reason="a test", user=examiner, roles=fewer)
    assert client.get(reverse("accounts:own")).status_code == 302


def test_session_begun_with_a_password_alone_gains_nothing_by_a_factor_of_another(
    examiner: User, client_for: ClientFor
) -> None:
    stranger = client_for(examiner, has_factor=False)
    owner = client_for(examiner, has_factor=False)
    add_app(owner)
    assert owner.get(reverse("home")).status_code == 200
    assert stranger.get(reverse("home")).status_code == 302
    assert SignIn.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "accounts:enrol"])
def test_session_without_a_proof_enrols_no_factor_beside_one_that_is_there(
    name: str, examiner: User, client_for: ClientFor
) -> None:
    add_app(client_for(examiner, has_factor=False))
    # As of a sign-in that was checked just before the factor was there, and ended just after.
    stranger = client_for(examiner, has_factor=False)
    stranger.post(reverse(name), {"code": "000000"})
    assert stranger.get(reverse(name)).status_code == 302
    assert stranger.get(reverse("home"))["Location"].startswith("/sign-in/")
    assert SignIn.objects.filter(ended_at=None).count() == 1


def test_session_without_a_row_is_signed_out(examiner: User) -> None:
    client = Client()
    client.force_login(examiner, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    del session["polit.session"]
    session.save()
    assert client.get(reverse("home"))["Location"].startswith("/sign-in/")


def test_request_without_a_match_has_no_rule() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    gate = GateMiddleware(lambda _request: HttpResponse())
    with pytest.raises(PermissionDenied):
        gate.process_view(request, lambda _request: HttpResponse(), (), {})
    assert passage_of("", lambda: None) is None


def posts() -> list[str]:
    return sorted(
        each.name
        for each in all_addresses()
        if each.passage and "POST" in each.passage.methods and not each.parameters
    )


@pytest.mark.parametrize("name", posts())
def test_every_form_needs_its_proof_of_origin(
    name: str, make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("b.example", Role.SYSTEM_ADMINISTRATOR)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_for(user).cookies
    assert strict.post(reverse(name)).status_code == 403
    # A form whose proof stands behind its file asks for the role first: that refusal is recorded.
    acts = AuditEvent.objects.exclude(action__startswith="tests.").exclude(action="access.refuse")
    assert not acts.exists()
