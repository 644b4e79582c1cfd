"""``polit thumbs``: a contact sheet of safe tiles. No picture can be made out on it."""

import base64
import enum
from pathlib import Path
from typing import Annotated

import pyrage
import typer

from polit.base.errors import AuthorityError, IntegrityError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import check_new, print_object, print_text, write_new
from polit.cli.summary import path_text
from polit.model.manifest import Manifest
from polit.model.media import MediaKind
from polit.package.contact_sheet import SheetPicture, draw_sheet
from polit.package.read import DerivativeReader, PictureRow, read_derivatives
from polit.package.verify import verify_package
from polit.store.keys import Keys, open_keys


class Rung(enum.StrEnum):
    """How much is shown: safe tiles are all that this verb draws."""

    SAFE = "safe"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("thumbs")(thumbs)


def thumbs(
    package: Annotated[Path, typer.Argument(help="Folder of a sealed package.")],
    out: Annotated[Path, typer.Option(help="PNG file to write.")],
    rung: Annotated[Rung, typer.Option(help="How much is shown.")] = Rung.SAFE,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Draw the safe tiles (24 px, grey) of all decoded pictures and videos on one sheet.

    The numbers follow the order of 'polit list': the first entry that holds a picture. What
    plays stands in a frame: its cover, then up to 12 tiles of its story.
    """
    check_new(out)
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
        [_picture(reader, row) for row in rows],
        heading=f"{manifest.case}  {manifest.exhibit}  safe tiles",
    )
    write_new(out, sheet.png)
    videos = sum(row.kind == MediaKind.VIDEO for row in rows)
    if as_json:
        print_object({
            "out": path_text(out.absolute()), "tiles": len(rows), "videos": videos,
            "columns": sheet.columns, "width_px": sheet.width_px, "height_px": sheet.height_px,
            "rung": rung.value,
        })  # fmt: skip
    else:
        print_text(f"{len(rows)} safe tiles in {out}, {videos} of them of videos")


def _picture(reader: DerivativeReader, row: PictureRow) -> SheetPicture:
    return SheetPicture(
        reader.plaintext(row.cover),
        tuple(reader.plaintext(frame) for frame in row.story),
        is_video=row.kind == MediaKind.VIDEO,
        duration_ms=row.duration_ms,
    )


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
