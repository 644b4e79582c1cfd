"""Typed, loud readers of the environment: the one place where polit reads it.

A value that cannot be read as its type is an error that names the variable; it is never
replaced by the default.
"""

import os
from pathlib import Path

from polit.base.errors import UsageError


def text(name: str, default: str = "") -> str:
    """Return the environment variable ``name``, or ``default`` where it is unset."""
    return os.environ.get(name, default)


def number(name: str, default: float, *, minimum: float = 0.0) -> float:
    """Return a number from the environment.

    Args:
        name: The variable.
        default: What an unset or empty variable means.
        minimum: The least value allowed.

    Raises:
        UsageError: The variable is no number, or below the minimum.
    """
    raw = os.environ.get(name, "")
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError as error:
        raise UsageError(f"{name} is {raw!r}: give a number") from error
    if not minimum <= value < float("inf"):
        raise UsageError(f"{name} is {raw!r}: give a number of at least {minimum:g}")
    return value


def preset(name: str, value: str) -> None:
    """Set a variable of this process where it is unset: libraries read some of their own."""
    os.environ.setdefault(name, value)


def data_folder() -> Path:
    """Return the data directory: ``POLIT_DATA``, else the user's data folder."""
    stated = os.environ.get("POLIT_DATA", "")
    if stated:
        return Path(stated).absolute()
    home = os.environ.get("XDG_DATA_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "share") / "polit"


def hashsets_folder() -> Path:
    """Return the store of hash sets: ``POLIT_HASHSETS``, else ``hashsets`` in the data folder."""
    stated = os.environ.get("POLIT_HASHSETS", "")
    return Path(stated).absolute() if stated else data_folder() / "hashsets"


def environment() -> dict[str, str]:
    """Return a copy of this process's environment, for a service of polit that it starts."""
    return dict(os.environ)
