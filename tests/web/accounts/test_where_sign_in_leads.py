"""After signing in one goes on to the page that was asked for, and to no other site."""

import pytest
from account_doors import PASSWORD, code_now, enrolled
from django.test import Client
from django.urls import reverse
from web.conftest import MakeUser

from polit.web.core.rules import Role


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/cases/", "/cases/"),
        ("//example.invalid/", "/"),
        ("https://example.invalid/", "/"),
        ("/\\example.invalid", "/"),
        ("javascript:document.title='run'", "/"),
    ],
)
def test_sign_in_leads_to_no_other_site(make_user: MakeUser, asked: str, led: str) -> None:
    user = make_user("b.example", Role.EXAMINER)
    secret, _ = enrolled(user)
    client = Client()
    values = {"login": user.username, "password": PASSWORD, "next": asked}
    client.post(reverse("account_login", query={"next": asked}), values)
    factor = reverse("mfa_authenticate")
    answer = client.post(factor, {"code": code_now(secret)})
    assert answer["Location"] == led
