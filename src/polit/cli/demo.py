"""``polit demo``: fills an empty record with a synthetic force, to try polit on."""

from typing import Annotated

import typer

from polit.base import settings
from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text, say
from polit.cli.progress import ProgressLine
from polit.sandbox.services import start_service
from polit.web.site.boot import boot

_LOCAL = "http://localhost:8520"
_SIGNING_IN = ("s.demo", "i1.demo", "c1.demo", "o1.demo", "a1.demo")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo")(demo)


def demo(
    *,
    origin: Annotated[
        str,
        typer.Option(
            help="Scheme, host and port under which the site is reached; POLIT_ORIGIN, or "
            "localhost, where it is not given."
        ),
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Fill an empty record with a synthetic force, for 1 June 2018 to 31 December 2019.

    Everybody and everything in it is made up, and the record is marked as synthetic for good:
    every page and every paper says so. A record that holds cases, referrals or accounts is
    refused; POLIT_DATABASE names another database. It ends with one-time links for a supervisor,
    an investigator, a safeguarding officer, an offender manager and an auditor.
    """
    code = start_service("polit.web.site.prepare", env=settings.environment()).wait()
    if code:
        raise typer.Exit(code)
    boot()
    from polit.web.accounts.services import invitation_make  # noqa: PLC0415 - after Django is ready
    from polit.web.core.acting import SYSTEM  # noqa: PLC0415 - as above
    from polit.web.demo.filling import fill  # noqa: PLC0415 - as above

    with ProgressLine() as line:
        filled = fill(
            lambda done, of_all: line.tell(
                lambda seconds: f"cases: {done} of {of_all}, {seconds:.0f} s", phase="cases"
            )
        )
    reached = (origin or settings.text("POLIT_ORIGIN") or _LOCAL).rstrip("/")
    links = {}
    for username in _SIGNING_IN:
        user = filled.force.users[username]
        token = invitation_make(SYSTEM, reason="Synthetic: polit demo", user_id=user.pk)
        links[username] = f"{reached}/invitation/{token}/"
    if as_json:
        print_object({"cases": len(filled.cases), "links": links})
        return
    say(f"{len(filled.cases)} synthetic cases; `polit serve` shows them. One-time links:")
    for username, link in links.items():
        print_text(f"{username}  {link}")
