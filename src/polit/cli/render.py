"""``polit render``: one original of a vault as pixels, through the sandbox."""

import enum
import re
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from polit.base.errors import IsolationTooWeak, UsageError
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import check_new, print_object, print_text, write_new
from polit.cli.summary import path_text
from polit.run.rendering import Region, Rendered, Renderer, RenderOrder
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.selftest import run_selftest
from polit.store.case_keys import open_case_key
from polit.store.keys import open_keys
from polit.store.vault import open_vault, read_case

_MEDIA_TYPES = {".webp": "image/webp", ".png": "image/png"}
_DIGEST_BYTES = 32
_FIGURE = re.compile(r"[0-9]{1,10}")


class Rung(enum.StrEnum):
    """How much is shown."""

    GREY = "grey"
    COLOUR = "colour"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("render")(render)


def render(  # noqa: PLR0913, PLR0917 - a command line's options are its arguments
    vault: Annotated[Path, typer.Argument(help="Folder of a vault.")],
    case: Annotated[str, typer.Option(help="Reference of the case.")],
    sha256: Annotated[str, typer.Option(help="SHA-256 of the original, hex.")],
    out: Annotated[Path, typer.Option(help="File to write, .webp or .png.")],
    side: Annotated[int, typer.Option(help="Longest side in pixels; never enlarged.")] = 2048,
    region: Annotated[
        str, typer.Option(help="Part of the upright picture: left,top,width,height in pixels.")
    ] = "",
    rung: Annotated[Rung, typer.Option(help="Grey, or in colour.")] = Rung.GREY,
    frame_ms: Annotated[
        int, typer.Option(help="Of a video: the first frame from here on, in milliseconds.")
    ] = 0,
    *,
    accept_reduced_isolation: Annotated[
        bool,
        typer.Option(
            "--accept-reduced-isolation", help="Decode though the sandbox holds less than fully."
        ),
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Render one original upright, of a video one frame, through the sandbox into fresh pixels.

    Exit codes: 0 done, 3 it does not decode (the message has the reason), 4 it is damaged.
    """
    digest = _digest(sha256)
    order = RenderOrder(_media_type(out), side, _region(region), rung.value, frame_ms)
    order.check()
    check_new(out)
    with ExitStack() as stack:
        opened = stack.enter_context(open_vault(vault))
        keys = open_keys(data_folder())
        key = stack.enter_context(closing(open_case_key(data_folder(), keys, case)))
        originals = stack.enter_context(read_case(opened, key))
        sealed = stack.enter_context(originals.open(digest))
        zygote = stack.enter_context(closing(start_zygote(Role.DECODER)))
        if not accept_reduced_isolation:
            _check_isolation(zygote)
        renderer = stack.enter_context(closing(Renderer(zygote)))
        rendered = renderer.render(sealed, order)
    write_new(out, rendered.data)
    _tell(out, rendered, order, as_json=as_json)


def _tell(out: Path, rendered: Rendered, order: RenderOrder, *, as_json: bool) -> None:
    if as_json:
        print_object({
            "out": path_text(out.absolute()), "media_type": rendered.media_type, "rung": order.rung,
            "width_px": rendered.width_px, "height_px": rendered.height_px,
            "of_width_px": rendered.of_width_px, "of_height_px": rendered.of_height_px,
            "frame_ms": rendered.frame_ms,
        })  # fmt: skip
        return
    print_text(
        f"{rendered.width_px} x {rendered.height_px} px of "
        f"{rendered.of_width_px} x {rendered.of_height_px} in {out}"
    )


def _check_isolation(zygote: Zygote) -> None:
    level = run_selftest(zygote).level
    if level != "full":
        raise IsolationTooWeak(
            f"the sandbox reaches level {level!r} here: render on a machine with Landlock and "
            "seccomp, or accept it with --accept-reduced-isolation; 'polit doctor' says more"
        )


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != _DIGEST_BYTES:
        raise UsageError(f"--sha256 is {text!r}: give 64 hexadecimal digits")
    return digest


def _media_type(out: Path) -> str:
    media_type = _MEDIA_TYPES.get(out.suffix.lower())
    if media_type is None:
        raise UsageError(f"--out is {out}: name a file that ends in .webp or .png")
    return media_type


def _region(text: str) -> Region | None:
    if not text:
        return None
    parts = text.split(",")
    if len(parts) != 4 or not all(_FIGURE.fullmatch(part.strip()) for part in parts):
        raise UsageError(f"--region is {text!r}: give left,top,width,height in pixels")
    left, top, width, height = (int(part) for part in parts)
    return left, top, width, height
