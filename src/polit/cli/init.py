"""``polit init``: make the data directory and the keys of this installation."""

import typer

from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text, table
from polit.store.keys import create_keys, keys_exist


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("init")(init)


def init(*, as_json: JsonFlag = False) -> None:
    """Make the data directory and the keys that seal packages and open their pictures.

    What is there already is kept: running it twice changes nothing.
    """
    folder = data_folder()
    was_there = keys_exist(folder)
    keys = create_keys(folder)
    values: dict[str, object] = {
        "data_folder": str(folder),
        "created": not was_there,
        "signing_key_sha256": keys.fingerprint,
        "recipient": keys.recipient,
    }
    if as_json:
        print_object(values)
        return
    rows = [(name.replace("_", " "), str(value)) for name, value in values.items()]
    print_text(table(rows))
    print_text("Keep a copy of the keys folder in a safe: without it no package's pictures open.")
