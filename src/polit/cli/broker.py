"""``polit broker``: the process that the record asks for pictures, examinations and packages."""

from typing import Annotated

import typer

from polit.broker.server.settings import read_settings


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("broker")(broker)


def broker(
    *,
    accept_reduced_isolation: Annotated[
        bool,
        typer.Option(
            "--accept-reduced-isolation", help="Decode though the sandbox holds less than fully."
        ),
    ] = False,
) -> None:
    """Serve the record's questions on run/broker.sock of the data directory until SIGTERM.

    'polit serve' starts it. It alone reads evidence, vault and packages' keys for the record. Its
    log on stderr holds ids and counts, one JSON object a line.
    """
    from polit.broker.serving import serve_broker  # noqa: PLC0415 - too much for every other verb

    serve_broker(read_settings(accept_reduced_isolation=accept_reduced_isolation))
