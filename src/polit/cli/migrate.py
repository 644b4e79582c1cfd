"""``polit migrate``: brings the record's database to this version."""

import typer

from polit.base import settings
from polit.sandbox.services import start_service


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("migrate")(migrate)


def migrate() -> None:
    """Bring the database to this version, index what the search lacks, collect static files.

    An SQLite database is copied first, to `web/copies` in the data directory. `polit serve` does
    this by itself; it is for installations whose web server may not change tables.
    """
    code = start_service("polit.web.site.prepare", env=settings.environment()).wait()
    raise typer.Exit(code or 0)
