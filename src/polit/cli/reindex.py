"""``polit reindex``: makes the index of the search anew from the record."""

import typer

from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text, say
from polit.web.site.boot import boot


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("reindex")(reindex)


def reindex(*, as_json: JsonFlag = False) -> None:
    """Make the index of the search anew from the record.

    Every night, so that whoever came of age is found as the adult they are; `polit migrate` indexes
    kinds of record that an update brings. People may search and write meanwhile; what is right
    already stays as it is, and running it twice changes nothing.
    """
    boot()
    from polit.web.search.services import index_rebuild  # noqa: PLC0415 - after Django is ready

    entries = index_rebuild(lambda label, done: say(f"{label}: {done:,}"))
    if as_json:
        print_object({"entries": entries})
    else:
        print_text(f"{entries:,} entries can be found.")
