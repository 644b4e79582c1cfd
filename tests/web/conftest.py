"""What all tests of the web application share: a database, people, a case."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings
from web_sessions import client_of, signed_in_session

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role

MakeUser = Callable[..., User]
MakeCase = Callable[..., Case]
ClientFor = Callable[..., Client]


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here may use the database."""


@pytest.fixture(autouse=True)
def _plain_statics(settings: Settings) -> None:
    """Write pages without collecting static files first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True  # no warning that nothing was collected


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    """Hash passwords in no time; a test of the real hash names it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module")
def flush_below_triggers() -> Iterator[None]:
    """Let the end of these tests empty the tables that nothing else may ever empty.

    What threads write must be committed, so no rollback takes it back. Only the test database's
    own flush passes, with the triggers put aside for its length.
    """
    operations = type(connection.ops)
    flush = operations.sql_flush

    def sql_flush(*args: Any, **options: Any) -> list[str]:
        if connection.vendor == "postgresql":
            aside = "SET session_replication_role = replica"
            return [aside, *flush(*args, **options), "SET session_replication_role = DEFAULT"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
        return [*dropped, *flush(*args, **options), *(sql for _name, sql in triggers)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        yield


@pytest.fixture
def make_user() -> MakeUser:
    """Make a person with roles: ``make_user("a.example", Role.EXAMINER)``."""

    def make(username: str, *roles: Role, password: str = "") -> User:
        user = User(username=username, full_name=username.title())
        if password:
            user.set_password(password)
        with act(SYSTEM, "tests.user", reason="a test") as deed:
            user.save()
            for role in roles:
                RoleGrant(user=user, role=role.value, granted_by="a test").save()
            deed.about("user", user.id)
        return user

    return make


@pytest.fixture
def make_case() -> MakeCase:
    """Make a case with members: ``make_case("OP-1", user, …)``."""

    def make(reference: str, *members: User) -> Case:
        case = case_open(SYSTEM, reason="a test", reference=reference, title="A test")
        for user in members:
            is_counsel = Role.COUNSEL in user.roles
            purpose = Purpose.LEGAL_PRIVILEGE if is_counsel else Purpose.INVESTIGATION
            member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=purpose)
        return case

    return make


@pytest.fixture
def client_for() -> ClientFor:
    """Sign somebody in, with a second factor: ``client_for(user).get("/")``.

    ``is_fresh=False`` makes the proofs an hour old, ``has_factor=False`` leaves the factor out.
    """

    def client(user: User, *, has_factor: bool = True, is_fresh: bool = True) -> Client:
        return client_of(signed_in_session(user, has_factor=has_factor, is_fresh=is_fresh))

    return client
