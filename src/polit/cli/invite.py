"""``polit invite``: a one-time link from the command line, for whoever is locked out."""

from typing import TYPE_CHECKING, Annotated

import typer

from polit.base import settings
from polit.base.errors import UsageError
from polit.cli.application import JsonFlag
from polit.cli.audit import command_actor
from polit.cli.output import print_object, print_text
from polit.web.site.boot import boot

if TYPE_CHECKING:
    from polit.web.accounts.models import User
    from polit.web.core.rules import Role

_LOCAL = "http://localhost:8520"
_REASON = "made on the command line"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("invite")(invite)


def invite(
    username: Annotated[str, typer.Argument(help="The name that the person signs in with.")],
    role: Annotated[
        list[str] | None, typer.Option(help="A role of a new account; several may be given.")
    ] = None,
    name: Annotated[str, typer.Option(help="The full name of a new account.")] = "",
    origin: Annotated[
        str,
        typer.Option(
            help="Scheme, host and port under which the site is reached; POLIT_ORIGIN, or "
            "localhost, where it is not given."
        ),
    ] = "",
    *,
    as_json: JsonFlag = False,
) -> None:
    """Print a one-time link by which a person sets a password; it opens once, for 72 hours.

    With roles it makes the account first. Who may run this on the server could read its database
    anyway; the audit names the account of the system that did it. Second factors stay as they
    are: another administrator resets them.
    """
    boot()
    # After Django is ready: models cannot be imported before.
    from polit.web.accounts.services import invitation_make  # noqa: PLC0415

    user = _account(username, name, role or [])
    token = invitation_make(command_actor(), reason=_REASON, user_id=user.pk)
    reached = origin or settings.text("POLIT_ORIGIN") or _LOCAL
    link = f"{reached.rstrip('/')}/invitation/{token}/"
    if as_json:
        print_object({"username": user.username, "link": link})
    else:
        print_text(link)


def _account(username: str, name: str, roles: list[str]) -> "User":
    from polit.web.accounts.queries import account_by_name  # noqa: PLC0415
    from polit.web.accounts.services import account_make  # noqa: PLC0415

    found = account_by_name(username)
    if found is not None:
        if roles or name:
            raise UsageError(f"{username} has an account: leave --role and --name out")
        return found
    if not roles:
        raise UsageError(f"{username} has no account: give --role to make one")
    return account_make(
        command_actor(),
        reason=_REASON,
        username=username,
        full_name=name or username,
        roles=frozenset(_role(each) for each in roles),
    )


def _role(text: str) -> "Role":
    from polit.web.core.rules import Role  # noqa: PLC0415

    try:
        return Role(text)
    except ValueError as error:
        raise UsageError(f"{text} is no role: {', '.join(Role)}") from error
