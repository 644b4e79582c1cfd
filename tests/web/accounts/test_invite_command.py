"""``polit invite``: links for whoever is locked out, recorded as made by the command line."""

import inspect
import json
import os
import pwd

import pytest
import typer
from account_doors import PASSWORD, actions
from typer.testing import CliRunner
from web.conftest import MakeUser

from polit.base.errors import UsageError
from polit.cli import invite as verb
from polit.cli import serve
from polit.web.accounts.models import User
from polit.web.accounts.services import invitation_use
from polit.web.audit.models import AuditEvent
from polit.web.core.rules import Role


def invited(*arguments: str) -> str:
    app = typer.Typer()
    app.callback()(lambda: None)
    verb.register(app)
    result = CliRunner().invoke(app, ["invite", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout.strip()


def test_link_of_a_known_account_opens(make_user: MakeUser) -> None:
    user = make_user("a.example", Role.EXAMINER)
    link = invited("A.Example", "--origin", "https://polit.example/")
    assert link.startswith("https://polit.example/invitation/")
    assert invitation_use(token=link.split("/")[-2], password=PASSWORD) == user
    event = AuditEvent.objects.get(action="accounts.invite")
    assert (event.actor_kind, event.reason) == ("system", "made on the command line")
    assert event.actor_id == f"account:{pwd.getpwuid(os.getuid()).pw_name}"


def test_link_without_an_origin_leads_to_the_port_that_serve_listens_on(
    make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POLIT_ORIGIN", raising=False)
    make_user("a.example", Role.EXAMINER)
    port = inspect.signature(serve.serve).parameters["port"].default
    assert invited("a.example").startswith(f"http://localhost:{port}/invitation/")


def test_account_is_made_with_its_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_ORIGIN", "https://polit.force.example")
    roles = ("--role", "examiner", "--role", "grader")
    told = json.loads(invited("b.example", *roles, "--name", "B. Example", "--json"))
    assert told["username"] == "b.example"
    assert told["link"].startswith("https://polit.force.example/invitation/")
    user = User.objects.get(username="b.example")
    assert user.full_name == "B. Example"
    assert user.roles == {Role.EXAMINER, Role.GRADER}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody",), "give --role"),
        (("nobody", "--role", "king"), "no role"),
        (("nobody", "--role", "auditor", "--role", "grader"), "held alone"),
        (("a.example", "--role", "grader"), "leave --role"),
    ],
)
def test_what_will_not_do_is_said_and_changes_nothing(
    make_user: MakeUser, arguments: tuple[str, ...], said: str
) -> None:
    make_user("a.example", Role.EXAMINER)
    with pytest.raises(UsageError, match=said):
        invited(*arguments)
    assert actions() == []
