"""The page of the command line, from the commands themselves."""

import importlib
import importlib.util
import inspect
from typing import Any

import typer

_LEAD = (
    "# Command line\n\nData goes to standard output, progress and messages to standard error. "
    "`--json` gives one object with\n`schema_version`. Nothing asks a question unless a terminal "
    "is there to answer it. What the exit code\nmeans stands in [exit codes](exit-codes.md).\n"
)


def cli_verbs() -> dict[str, Any]:
    """Return every verb's command by its name, in the order in which ``polit --help`` has them.

    A verb of a group stands as ``vault verify``.
    """
    if importlib.util.find_spec("polit.cli") is None:
        return {}
    group: Any = typer.main.get_command(importlib.import_module("polit.cli").app)
    verbs: dict[str, Any] = {}
    for name, command in group.commands.items():
        below = getattr(command, "commands", None)
        verbs |= {name: command} if below is None else {f"{name} {n}": c for n, c in below.items()}
    return verbs


def cli_page() -> str:
    """Return the page of every verb."""
    sections = [_section(name, command) for name, command in cli_verbs().items()]
    return _LEAD + "".join(sections)


def _section(name: str, command: Any) -> str:
    context = command.make_context(name, [], resilient_parsing=True)
    usage = " ".join([f"polit {name}", *command.collect_usage_pieces(context)])
    records = [each.get_help_record(context) for each in command.params]
    rows = [f"| `{_cell(spelled)}` | {_cell(told)} |" for spelled, told in filter(None, records)]
    text = f"\n## polit {name}\n\n{inspect.cleandoc(command.help or '')}\n\n```\n{usage}\n```\n"
    if rows:
        text += "\n| argument or option | meaning |\n| --- | --- |\n" + "\n".join(rows) + "\n"
    return text


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
