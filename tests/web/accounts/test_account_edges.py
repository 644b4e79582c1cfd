"""What rarely happens: two at once, forms shown again, passkeys that do not fit."""

import json
from unittest.mock import patch

import pytest
from account_doors import PASSWORD, actions, add_app, enrolled, use_link
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from web.conftest import ClientFor, MakeUser

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import Invitation, SignIn, User
from polit.web.accounts.queries import factor_list
from polit.web.accounts.rules import SessionEnd, check_factor_remains
from polit.web.accounts.services import account_deactivate, invitation_make, invitation_use
from polit.web.accounts.services.factors import factors_change
from polit.web.accounts.services.sessions import session_end
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role

_OPEN = "polit.web.accounts.services.invitations.invitation_open"


@pytest.fixture
def person(make_user: MakeUser) -> User:
    user: User = make_user("a.example", Role.EXAMINER)
    return user


def link(token: str) -> str:
    return reverse("accounts:invitation", args=[token])


def test_one_factor_may_remain_and_none_may_not() -> None:
    check_factor_remains(1)
    with pytest.raises(UsageError):
        check_factor_remains(0)


def test_of_two_who_use_a_link_at_once_one_sets_the_password(person: User) -> None:
    token = invitation_make(SYSTEM, reason="a test", user_id=person.pk)
    read_before = Invitation.objects.select_related("user").get()
    assert invitation_use(token=token, password=PASSWORD) == person
    values = {"password": "another lamp by the stone"}
    with patch(_OPEN, return_value=read_before):
        with pytest.raises(UsageError, match="a moment ago"):
            invitation_use(token=token, password="another lamp by the stone")
        with patch("polit.web.accounts.views.invitations.invitation_open") as seen:
            seen.return_value = read_before
            assert Client().post(link(token), values).status_code == 404
    assert User.objects.get().check_password(PASSWORD)
    assert actions().count("accounts.invitation_use") == 1


def test_link_that_closes_while_the_form_is_open_answers_as_closed(person: User) -> None:
    token = invitation_make(SYSTEM, reason="a test", user_id=person.pk)
    with patch("polit.web.accounts.views.invitations.invitation_open") as seen:
        seen.return_value = Invitation.objects.select_related("user").get()
        account_deactivate(SYSTEM, reason="a test", user=person)
        answer = Client().post(link(token), {"password": PASSWORD})
    assert answer.status_code == 404


def test_wrong_first_code_shows_the_form_again_and_leaves_no_row(person: User) -> None:
    client = Client()
    use_link(client, person)
    client.get(reverse("mfa_activate_totp"))
    page = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert page.status_code == 200
    assert b"There is a problem" in page.content
    assert "accounts.factors" not in actions()
    assert factor_list(person) == ()


def test_recovery_codes_alone_are_no_second_factor(person: User) -> None:
    actor = Actor("user", str(person.pk), person.username)

    def page() -> HttpResponse:
        Authenticator.objects.create(user=person, type="recovery_codes", data={})
        return HttpResponse()

    factors_change(actor, user=person, session_id=None, page=page)
    added = AuditEvent.objects.get(action="accounts.factor_add")
    assert json.loads(added.details)["factor"] == "recovery_codes"


def test_new_recovery_codes_replace_the_old(person: User) -> None:
    client = Client()
    use_link(client, person)
    _, old = add_app(client)
    page = client.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()
    assert page.count('<code class="polit-mono">') == 10
    assert not any(code in page for code in old)
    assert "accounts.factor_remove" in actions()


def test_factor_beside_another_can_be_removed(person: User) -> None:
    client = Client()
    use_link(client, person)
    add_app(client)
    with act(SYSTEM, "tests.key", reason="a test") as deed:
        key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "a key"})
        deed.about("key", str(key.pk))
    assert client.get(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 200
    assert client.get(reverse("mfa_deactivate_totp")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    kinds = [row.kind for row in factor_list(person)]
    assert kinds == ["recovery_codes", "webauthn"]


@pytest.mark.parametrize("credential", ["{}", "no json", '{"id": "x"}'])
def test_passkey_that_does_not_fit_is_recorded(person: User, credential: str) -> None:
    enrolled(person)
    client = Client()
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_login")
    assert answer.status_code == 200
    failed = AuditEvent.objects.get(action="accounts.sign_in_failed")
    assert json.loads(failed.details)["proof"] == "webauthn"


@pytest.mark.parametrize("name", ["mfa_reauthenticate_webauthn", "mfa_add_webauthn"])
@pytest.mark.parametrize(
    "credential", ['{"id": "x"}', "[]", '{"id": 1, "rawId": "eA", "response": {}}', "null"]
)
def test_reply_of_no_passkey_is_answered_with_the_page_again(
    person: User, client_for: ClientFor, name: str, credential: str
) -> None:
    enrolled(person)
    client = client_for(person)
    with act(SYSTEM, "tests.key", reason="a test") as deed:
        Authenticator.objects.create(user=person, type="webauthn", data={"name": "a key"})
        deed.about("key", "1")
    answer = client.post(reverse(name), {"credential": credential})
    assert answer.status_code in {200, 302}
    assert len(factor_list(person)) == 3


def test_fault_that_is_no_passkeys_is_not_hidden(person: User, client_for: ClientFor) -> None:
    with patch("allauth.mfa.webauthn.views.AddWebAuthnView.get_context_data") as broken:
        broken.side_effect = ValueError("ours")
        with pytest.raises(ValueError, match="ours"):
            client_for(person).get(reverse("mfa_add_webauthn"))


def test_qr_code_is_drawn_only_while_an_app_is_being_added(
    person: User, client_for: ClientFor
) -> None:
    assert client_for(person).get(reverse("accounts:totp_qr")).status_code == 404


def test_lists_of_the_library_lead_to_ones_own_account(person: User, client_for: ClientFor) -> None:
    for name in ("mfa_index", "mfa_list_webauthn"):
        assert client_for(person).get(reverse(name))["Location"] == reverse("accounts:own")


def test_session_ends_once(person: User, client_for: ClientFor) -> None:
    client_for(person)
    session = SignIn.objects.get()
    session_end(SYSTEM, reason="a test", session=session, why=SessionEnd.IDLE)
    session_end(SYSTEM, reason="a test", session=session, why=SessionEnd.TOO_OLD)
    assert SignIn.objects.get().ended_why == "idle"
    assert actions() == ["accounts.session_end"]


def test_taken_name_and_closed_account_are_said_beside_the_form(
    person: User, make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(make_user("admin.one", Role.SYSTEM_ADMINISTRATOR))
    values = {"full_name": "B", "username": "A.Example", "roles": ["grader"], "reason": "a test"}
    page = client.post(reverse("accounts:make"), values).content.decode()
    assert "there is an account of that name already" in page
    account_deactivate(SYSTEM, reason="a test", user=person)
    url = reverse("accounts:link", args=[person.pk])
    assert "activate it first" in client.post(url, {"reason": "a test"}).content.decode()


def test_records_say_what_they_are(person: User) -> None:
    invitation = Invitation(user=person, expires_at=now_utc())
    assert str(invitation) == invitation.expires_at.isoformat()
    assert str(SignIn(user=person, browser="a browser")) == "a browser"
    assert SessionEnd.SIGNED_OUT.label == "You have signed out."
