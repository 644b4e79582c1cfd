"""Every page of accounts renders, for those whom it lets in."""

import pytest
from django.test import Client
from django.urls import reverse
from web.conftest import ClientFor, MakeUser

from polit.web.core.rules import Role


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "accounts:own",
        "accounts:enrol",
        "accounts:list",
        "accounts:make",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "mfa_generate_recovery_codes",
        "account_change_password",
    ],
)
def test_page_opens_for_an_administrator(
    name: str, make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("a.example", Role.SYSTEM_ADMINISTRATOR, password="river stone lamp")
    page = client_for(user).get(reverse(name))
    assert page.status_code == 200, page.headers


def test_sign_in_page_opens_for_anybody() -> None:
    page = Client().get(reverse("account_login"))
    assert page.status_code == 200
