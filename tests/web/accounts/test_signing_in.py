"""Signing in: two steps, once each; what fails, locks out, and leaves in the audit."""

from typing import ClassVar

import pytest
from account_doors import PASSWORD, actions, add_app, code_now, enrolled, sign_in, use_link
from axes.models import AccessAttempt
from django.contrib.auth.hashers import BasePasswordHasher
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings
from web.conftest import MakeUser

from polit.web.accounts.models import SignIn, User
from polit.web.accounts.proof import attempt_name
from polit.web.accounts.services import account_activate, account_deactivate
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role


@pytest.fixture
def person(make_user: MakeUser) -> User:
    user: User = make_user("a.example", Role.EXAMINER)
    return user


def is_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200


def test_invited_person_enrols_and_is_in(person: User) -> None:
    client = Client()
    use_link(client, person)
    assert client.get("/")["Location"] == reverse("accounts:enrol")
    # Act
    page = client.get(reverse("mfa_activate_totp"))
    image = client.get(reverse("accounts:totp_qr"))
    assert (page.status_code, image["Content-Type"]) == (200, "image/svg+xml")
    assert not is_in(client)


def test_codes_are_shown_once_after_the_first_factor(person: User) -> None:
    client = Client()
    use_link(client, person)
    _, codes = add_app(client)
    assert len(codes) == 10
    assert is_in(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in codes)
    assert actions().count("accounts.codes_view") == 1


def test_whole_way_stands_in_the_audit(person: User) -> None:
    secret, _ = enrolled(person)
    client = Client()
    sign_in(client, person, code_now(secret))
    client.post(reverse("account_logout"))
    assert [action for action in actions() if action != "accounts.factors"] == [
        "accounts.invite",
        "accounts.invitation_use",
        "accounts.sign_in",
        "accounts.factor_add",
        "accounts.factor_add",
        "accounts.codes_view",
        "accounts.sign_in",
        "accounts.session_end",
    ]


def test_password_alone_is_not_in(person: User) -> None:
    enrolled(person)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_code_of_an_app_is_not_accepted_twice(person: User) -> None:
    secret, _ = enrolled(person)
    code = code_now(secret)
    assert sign_in(Client(), person, code) == 302
    assert sign_in(Client(), person, code) == 200


def test_recovery_code_is_accepted_once_and_recorded(person: User) -> None:
    _, codes = enrolled(person)
    first, second = Client(), Client()
    assert sign_in(first, person, codes[0]) == 302
    assert is_in(first)
    assert sign_in(second, person, codes[0]) == 200
    assert not is_in(second)
    assert actions().count("accounts.code_use") == 1


def test_wrong_code_is_recorded_with_the_account(person: User) -> None:
    enrolled(person)
    assert sign_in(Client(), person, "000000") == 200
    failed = AuditEvent.objects.get(action="accounts.sign_in_failed")
    assert failed.subject_id == str(person.pk)
    assert failed.nature == "security"


def test_name_that_is_no_accounts_is_not_kept(person: User) -> None:
    values = {"login": "my secret passphrase", "password": PASSWORD}
    Client().post(reverse("account_login"), values)
    Client().post(reverse("account_login"), {"login": person.username, "password": "wrong one"})
    unknown, known = AuditEvent.objects.filter(action="accounts.sign_in_failed").order_by("seq")
    assert "passphrase" not in unknown.subject_label + unknown.details
    assert known.subject_label == person.username


def test_libraries_keep_no_name_either() -> None:
    Client().post(reverse("account_login"), {"login": "my secret passphrase", "password": "x"})
    kept = AccessAttempt.objects.values_list("username", "get_data", "post_data").get()
    assert "passphrase" not in "".join(kept)


def test_five_failures_close_the_door_for_name_and_address(
    person: User, make_user: MakeUser
) -> None:
    secret, _ = enrolled(person)
    other = make_user("b.example", Role.GRADER)
    secret_of_other, _ = enrolled(other)
    values = {"login": person.username, "password": "wrong"}
    statuses = [Client().post(reverse("account_login"), values).status_code for _ in range(5)]
    right = {"login": person.username, "password": PASSWORD}
    locked = Client().post(reverse("account_login"), right)
    assert (statuses[0], locked.status_code) == (200, 429)
    assert b"Too many tries" in locked.content
    assert "accounts.lockout" in actions()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, person, code_now(secret)) == 302
    assert sign_in(Client(), other, code_now(secret_of_other)) == 302


def test_sign_in_that_was_half_done_when_the_account_closed_never_opens(person: User) -> None:
    secret, _ = enrolled(person)
    client = Client()
    values = {"login": person.username, "password": PASSWORD}
    factor = client.post(reverse("account_login"), values)["Location"]
    account_deactivate(SYSTEM, reason="a test", user=person)
    client.post(factor, {"code": code_now(secret)})
    assert not is_in(client)
    account_activate(SYSTEM, reason="a test", user=person)
    assert not is_in(client)


@pytest.mark.parametrize("name", ["Admin", "adm\u0131n", "ADMIN ", "aDmin"])
def test_spellings_of_one_name_are_counted_together(name: str) -> None:
    request = RequestFactory().post("/", {"login": name})
    plain = RequestFactory().post("/", {"login": "admin"})
    assert attempt_name(request) == attempt_name(plain)


def test_unknown_name_costs_as_many_hashes_as_a_known_one(person: User, settings: Settings) -> None:
    enrolled(person)
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    person.set_password(PASSWORD)
    with act(SYSTEM, "tests.password", reason="a test") as deed:
        person.save()
        deed.about("account", person.pk)
    counted = []
    for name in ("nobody at all", person.username):
        CountingHasher.hashes = 0
        Client().post(reverse("account_login"), {"login": name, "password": "a wrong one"})
        counted.append(CountingHasher.hashes)
    assert counted == [1, 1]


class CountingHasher(BasePasswordHasher):
    """Counts how often a password is hashed."""

    algorithm = "counting"
    hashes: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashes += 1
        return f"counting${salt}${password[::-1]}"

    def verify(self, password: str, encoded: str) -> bool:
        return self.encode(password, encoded.split("$")[1]) == encoded


def test_session_gets_a_new_key_at_sign_in(person: User) -> None:
    secret, _ = enrolled(person)
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    client.cookies["sessionid"] = planted
    sign_in(client, person, code_now(secret))
    assert is_in(client)
    other = Client()
    other.cookies["sessionid"] = planted
    assert not is_in(other)
    assert client.cookies["sessionid"]["expires"] == ""
    assert client.cookies["sessionid"]["max-age"] == ""


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http://127.0.0.1:1/",
        "javascript:alert(1)",
        "https:evil.example",
    ],
)
def test_sign_in_leads_to_no_other_site(person: User, target: str) -> None:
    secret, _ = enrolled(person)
    client = Client()
    where = reverse("account_login")
    values = {"login": person.username, "password": PASSWORD, "next": target}
    answer = client.post(where, values)
    answer = client.post(answer["Location"], {"code": code_now(secret)})
    assert answer["Location"] == reverse("home")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(person: User) -> None:
    secret, _ = enrolled(person)
    client = Client()
    asked = client.get(reverse("accounts:own") + "?a=1&b=2")
    answer = client.post(asked["Location"], {"login": person.username, "password": PASSWORD})
    answer = client.post(answer["Location"], {"code": code_now(secret)})
    assert answer["Location"] == reverse("accounts:own") + "?a=1&b=2"


def test_nobody_makes_an_account_for_themselves() -> None:
    assert Client().get("/signup/").status_code == 404
    assert Client().get("/accounts/signup/").status_code == 404
    assert Client().get("/password/reset/").status_code == 404


def test_inactive_person_with_the_right_password_is_not_in(person: User) -> None:
    enrolled(person)
    account_deactivate(SYSTEM, reason="a test", user=person)
    client = Client()
    values = {"login": person.username, "password": PASSWORD}
    answer = client.post(reverse("account_login"), values, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_inactive")
    assert not is_in(client)


def test_sign_out_needs_a_post_and_leaves_nothing(person: User) -> None:
    secret, _ = enrolled(person)
    client = Client()
    sign_in(client, person, code_now(secret))
    assert client.get(reverse("account_logout")).status_code == 405
    assert is_in(client)
    page = client.get(reverse("accounts:own"))
    assert page["Cache-Control"] == "no-store"
    answer = client.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)
    assert SignIn.objects.filter(ended_why="signed_out").count() == 1
