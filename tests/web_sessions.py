"""Signed-in sessions for tests, made without a page, a password or a hash."""

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from polit.base.clock import now_utc
from polit.web.accounts.models import SignIn, User
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in_session(user: User, *, has_factor: bool = True, is_fresh: bool = True) -> str:
    """Make a session as the sign-in page would, and return its key.

    Args:
        user: Who signs in.
        has_factor: Whether a second factor was proved in it.
        is_fresh: Whether the proofs are of just now, or of an hour ago.
    """
    record = SignIn(user=user, address="127.0.0.1", browser="a test")
    with act(SYSTEM, "tests.sign_in", reason="a test") as deed:
        record.save()
        deed.about("session", record.id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["polit.session"] = str(record.id)
    proved_at = now_utc().timestamp() - (0 if is_fresh else 3600)
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": proved_at},
        *([{"method": "mfa", "type": "totp", "at": proved_at}] if has_factor else []),
    ]
    if has_factor:
        session["polit.factor"] = True
    session.save()
    return str(session.session_key)


def client_of(key: str) -> Client:
    """Return a client that brings a session's cookie."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def seen_on(client: Client, address: str) -> str:
    """Return the mark that a page to change something carries; see ``polit.web.core.versions``."""
    return str(client.get(address).context["form"]["seen"].value())
