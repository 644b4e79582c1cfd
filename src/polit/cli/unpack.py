"""``polit unpack``: a package out of its encrypted file, verified at once."""

from pathlib import Path
from typing import Annotated

import typer

from polit.base.errors import IntegrityError, SourceMissing
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text
from polit.cli.summary import path_text
from polit.package.transport import unpack_package
from polit.package.verify import Verification, verify_package
from polit.store.keys import open_keys


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("unpack")(unpack)


def unpack(
    file: Annotated[Path, typer.Argument(help="File that 'polit pack' made.")],
    out: Annotated[Path, typer.Option(help="Folder that the package is put in.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Unpack an encrypted package and verify it, with its supplements.

    Exit code 4 when it does not hold, or one of them.
    """
    if not file.is_file():
        raise SourceMissing(f"{file}: there is no such file")
    package = unpack_package(file, out, open_keys(data_folder()).identity)
    found = verify_package(package)
    if as_json:
        print_object({
            "package": path_text(package.absolute()),
            "holds": found.all_hold,
            "package_holds": found.holds,
        })  # fmt: skip
    else:
        print_text(f"{path_text(package)}: {_said(found)}")
    if not found.all_hold:
        raise typer.Exit(IntegrityError.exit_code)


def _said(found: Verification) -> str:
    if not found.holds:
        return "DOES NOT HOLD"
    return "holds" if found.all_hold else "holds, but its supplements DO NOT: see 'polit verify'"
