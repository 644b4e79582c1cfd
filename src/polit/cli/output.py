"""How verbs speak: objects and tables on stdout, messages on stderr, names made harmless."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from polit.base.errors import PolitError, UsageError
from polit.base.text import visible

SCHEMA_VERSION = 1


def say(message: str) -> None:
    """Write one message line to stderr; control and bidi characters become visible."""
    sys.stderr.write(visible_lines(message) + "\n")
    sys.stderr.flush()


def visible_lines(text: str) -> str:
    """Make text harmless for a terminal, keeping its line breaks and spaces."""
    return "\n".join(" ".join(map(visible, line.split(" "))) for line in text.split("\n"))


def print_object(values: dict[str, object]) -> None:
    """Write one JSON object with its ``schema_version`` to stdout."""
    data = msgspec.json.encode({"schema_version": SCHEMA_VERSION, **values})
    sys.stdout.buffer.write(msgspec.json.format(data, indent=2) + b"\n")
    sys.stdout.buffer.flush()


def print_lines(rows: Iterable[object]) -> None:
    """Write one JSON object a line to stdout, as they come."""
    encoder = msgspec.json.Encoder()
    for row in rows:
        sys.stdout.buffer.write(encoder.encode(row) + b"\n")
    sys.stdout.buffer.flush()


def print_text(text: str) -> None:
    """Write text for people to stdout."""
    sys.stdout.write(visible_lines(text) + "\n")
    sys.stdout.flush()


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Return two columns as text, the left one as wide as it needs to be."""
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def human_bytes(count: int) -> str:
    """Return a size for people: whole bytes below 10,000, else three figures with a unit."""
    if count < 10_000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"


def check_new(out: Path) -> None:
    """Refuse a file that ``write_new`` would refuse, before the work for it is done.

    Raises:
        UsageError: There is one, or no folder for it.
    """
    if os.path.lexists(out):
        raise UsageError(f"{out} is there already: name another file")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{out} cannot be written: there is no such folder")


def write_new(out: Path, data: bytes) -> None:
    """Write a file that its owner alone may read, whole or not at all; never over one.

    Raises:
        UsageError: There is one, or it cannot be written.
    """
    check_new(out)
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{out} is there already: name another file") from error
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
    except OSError as error:
        out.unlink(missing_ok=True)
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error


def report_error(error: PolitError, *, as_json: bool) -> None:
    """Tell a refusal: one line on stderr, and with ``--json`` one object on stdout."""
    say(f"polit: {error}")
    if as_json:
        print_object({
            "error": {
                "number": error.number,
                "name": type(error).__name__,
                "message": str(error),
                "exit_code": error.exit_code,
            }
        })  # fmt: skip
