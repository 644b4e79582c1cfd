"""``polit list``: the explicit listing of entries. It prints names; summaries never do."""

import enum
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from polit.base.text import visible
from polit.cli.application import JsonFlag
from polit.cli.output import print_lines, print_object
from polit.model.evidence import EntryState
from polit.model.media import MediaKind
from polit.model.outcome import Outcome
from polit.package.read import EntryFilter, read_entries


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("list")(list_entries)


def list_entries(  # noqa: PLR0913 - a command line's options are its arguments
    package: Annotated[Path, typer.Argument(help="Folder of a package.")],
    kind: Annotated[MediaKind | None, typer.Option(help="Only this kind.")] = None,
    state: Annotated[EntryState | None, typer.Option(help="Only this state.")] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only this outcome.")] = None,
    *,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Only what alerts; what a digest says comes first.")
    ] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the entries of a package in the order of their locators."""
    wanted = EntryFilter(_text(kind), _text(state), _text(outcome), alerting=alerts)
    with closing(read_entries(package, wanted)) as rows:
        if jsonl:
            print_lines(rows)
        elif as_json:
            entries = list(rows)
            print_object({"count": len(entries), "entries": entries})
        else:
            _print_table(rows)


def _print_table(rows: Iterator[dict[str, object]]) -> None:
    for row in rows:
        reason = f" ({row['reason']})" if row["reason"] else ""
        flags = "" if row["state"] == "live" else f"{row['state']} "
        flags += "overwritten " if row["overwritten"] else ""
        flags += _known_text(row)
        shown = " ".join(map(visible, str(row["path"]).split(" ")))
        typer.echo(f"{row['outcome']}{reason}\t{row['size_bytes']}\t{flags}{shown}")


def _known_text(row: dict[str, object]) -> str:
    known, resembles = _joined(row["known"]), _joined(row["resembles"])
    parts = [f"ALERT ({row['alerts']})"] if row["alerts"] else []
    parts += [f"known: {known}"] if known else []
    parts += [f"resembles: {resembles}"] if resembles else []
    return f"[{'; '.join(parts)}] " if parts else ""


def _joined(values: object) -> str:
    return ", ".join(visible(str(value)) for value in values) if isinstance(values, list) else ""


def _text(value: enum.StrEnum | None) -> str | None:
    return None if value is None else value.value
