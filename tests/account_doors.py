"""Ways through the doors that tests share: enrol, sign in, read the audit."""

import re

from browser_fixtures import totp
from django.test import Client
from django.urls import reverse

from polit.base.clock import now_utc, sleep_s
from polit.web.accounts.models import User
from polit.web.accounts.services import invitation_make
from polit.web.audit.models import AuditEvent
from polit.web.core.acting import SYSTEM

PASSWORD = "river stone lamp 7"
_NEARLY_OVER_S = 3.0
_SECRET = re.compile(r'id="totp-secret">([A-Z2-7]+)<')
_CODES = re.compile(r'<code class="polit-mono">(\d{8})</code>')


def actions() -> list[str]:
    """Return the actions of the audit, oldest first, without those of fixtures."""
    found = AuditEvent.objects.order_by("seq").values_list("action", flat=True)
    return [action for action in found if not action.startswith("tests.")]


def code_now(secret: str, steps: int = 0) -> str:
    """Return the code of an authenticator app, some half minutes from now."""
    return totp(secret, now_utc().timestamp() + 30 * steps)


def use_link(client: Client, user: User) -> None:
    """Set a password through a one-time link."""
    token = invitation_make(SYSTEM, reason="a test", user_id=user.pk)
    values = {"password": PASSWORD}
    answer = client.post(reverse("accounts:invitation", args=[token]), values)
    assert answer.status_code == 302, answer.content


def add_app(client: Client) -> tuple[str, list[str]]:
    """Enrol an authenticator app; return its secret and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = _SECRET.findall(page)[0]
    left_s = 30 - now_utc().timestamp() % 30
    if left_s < _NEARLY_OVER_S:
        sleep_s(left_s)  # the code before this one goes with the present half minute
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret, -1)}, follow=True)
    return secret, _CODES.findall(answer.content.decode())


def enrolled(user: User) -> tuple[str, list[str]]:
    """Give somebody a password and an app; return its secret and the recovery codes."""
    client = Client()
    use_link(client, user)
    return add_app(client)


def sign_in(client: Client, user: User, code: str, *, where: str = "") -> int:
    """Sign in with password and code; return the status of the last answer."""
    values = {"login": user.username, "password": PASSWORD}
    answer = client.post(reverse("account_login") + where, values)
    assert answer.status_code == 302, answer.content
    return client.post(answer["Location"], {"code": code}).status_code
