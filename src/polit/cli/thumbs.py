"""``polit thumbs``: a contact sheet of safe tiles. No picture can be made out on it."""

import base64
from pathlib import Path
from typing import Annotated

import pyrage
import typer

from polit.base.errors import AuthorityError, IntegrityError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import print_object, print_text, write_new
from polit.model.manifest import Manifest
from polit.package.contact_sheet import draw_sheet
from polit.package.read import DerivativeReader, read_derivatives
from polit.package.verify import verify_package
from polit.store.keys import Keys, open_keys


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("thumbs")(thumbs)


def thumbs(
    package: Annotated[Path, typer.Argument(help="Folder of a sealed package.")],
    out: Annotated[Path, typer.Option(help="PNG file to write.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Draw the safe tiles (24 px, grey) of all decoded pictures on one sheet, numbered.

    The numbers follow the order of 'polit list': the first entry that holds a picture.
    """
    keys = open_keys(data_folder())
    manifest = _sealed_here(package, keys)
    reader = DerivativeReader(
        package,
        package_id=manifest.package_id,
        package_key=_package_key(manifest, keys),
        role="tile",
    )
    rows = read_derivatives(package, "tile")
    sheet = draw_sheet(
        [reader.plaintext(row) for row in rows],
        heading=f"{manifest.case}  {manifest.exhibit}  safe tiles",
    )
    write_new(out, sheet.png)
    if as_json:
        print_object({
            "out": str(out.absolute()), "tiles": len(rows), "columns": sheet.columns,
            "width_px": sheet.width_px, "height_px": sheet.height_px, "rung": "safe",
        })  # fmt: skip
    else:
        print_text(f"{len(rows)} safe tiles in {out}")


def _sealed_here(package: Path, keys: Keys) -> Manifest:
    # Tiles are decoded in this process: only those that this installation made, unaltered.
    found = verify_package(package)
    if not found.holds:
        raise IntegrityError(
            f"{package} does not hold, its tiles are not opened: see 'polit verify'"
        )
    if found.signer_sha256 != keys.fingerprint:
        raise AuthorityError(
            f"{package} was sealed by another installation, its tiles are not opened here: "
            "draw the sheet on the one that examined it"
        )
    return found.manifest


def _package_key(manifest: Manifest, keys: Keys) -> bytes:
    try:
        return pyrage.decrypt(base64.b64decode(manifest.wrapped_key), [keys.identity])
    except (pyrage.DecryptError, ValueError) as error:
        raise AuthorityError(
            "this package's key is not wrapped to this installation: "
            "ask the one that examined it to pack it for you"
        ) from error
