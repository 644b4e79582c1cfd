"""What all tests of the web application share: a database, people, a case."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role

MakeUser = Callable[..., User]
MakeCase = Callable[..., Case]


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here may use the database."""


@pytest.fixture(autouse=True)
def _plain_statics(settings: Settings) -> None:
    """Write pages without collecting static files first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {"staticfiles": plain}


@pytest.fixture
def make_user() -> MakeUser:
    """Make a person with roles: ``make_user("a.example", Role.EXAMINER)``."""

    def make(username: str, *roles: Role) -> User:
        user = User(username=username, full_name=username.title())
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
            member_add(
                SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION
            )
        return case

    return make
