"""``polit pack``: one encrypted file of a sealed package, for transport."""

from pathlib import Path
from typing import Annotated

import pyrage
import typer

from polit.base.errors import UsageError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import human_bytes, print_object, print_text
from polit.package.transport import pack_package
from polit.store.keys import open_keys


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("pack")(pack)


def pack(
    package: Annotated[Path, typer.Argument(help="Folder of a sealed package.")],
    out: Annotated[Path, typer.Option(help="File to write, usually ending in .age.")],
    recipient: Annotated[
        list[str] | None,
        typer.Option(help="age recipient (age1…) beside this installation; may be repeated."),
    ] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Pack a sealed package into one age-encrypted file."""
    recipients = [open_keys(data_folder()).identity.to_public()]
    recipients += [_recipient(text) for text in recipient or []]
    size = pack_package(package, out, recipients)
    if as_json:
        print_object({
            "file": str(out.absolute()),
            "size_bytes": size,
            "recipients": [str(one) for one in recipients],
        })  # fmt: skip
    else:
        print_text(f"{out}: {human_bytes(size)}, for {len(recipients)} recipient(s)")


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise UsageError(f"{text!r} is no age recipient: it begins with age1") from error
