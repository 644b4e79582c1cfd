"""The application that verbs register with."""

from typing import Annotated

import typer

import polit

app = typer.Typer(
    name="polit",
    help="Examine devices, account for every entry, and seal the result for a court.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"polit {polit.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    """Examine devices, account for every entry, and seal the result for a court."""
