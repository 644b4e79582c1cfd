"""Where the web application keeps its own things, and which database it uses."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from polit.base import settings
from polit.base.errors import UsageError
from polit.base.ids import random_bytes

_SECRET_BYTES = 48
_POSTGRES = {"postgresql", "postgres"}


def web_folder() -> Path:
    """Return the folder of the web's keys and uploads."""
    return settings.data_folder() / "web"


def broker_socket() -> Path:
    """Return the broker's socket."""
    return settings.data_folder() / "run" / "broker.sock"


def packages_folder() -> Path:
    """Return the folder of sealed packages."""
    return settings.data_folder() / "packages"


def make_web_folder() -> None:
    """Make the web's folder and its secret, where they are missing."""
    folder = web_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(random_bytes(_SECRET_BYTES).hex())


def web_secret() -> str:
    """Return the secret that signs sessions; one for this process alone where it has none.

    Only the web needs it. In production the signer and the broker are other users, who must not
    read it, and who load the same settings.
    """
    try:
        return _kept_secret()
    except (FileNotFoundError, PermissionError):
        return random_bytes(_SECRET_BYTES).hex()


def check_web_secret() -> None:
    """Refuse to serve without the kept secret: each process would sign with one of its own.

    Raises:
        UsageError: It is missing, or this user may not read it.
    """
    try:
        _kept_secret()
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be read: {error.strerror}; the web server's user keeps it"
        ) from error


def _kept_secret() -> str:
    return (web_folder() / "secret.key").read_text().strip()


@dataclass(frozen=True, slots=True)
class DatabasePlace:
    """A database as it was asked for."""

    engine: str
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""


def database_place() -> DatabasePlace:
    """Return the database of ``POLIT_DATABASE``; a file in the data directory where it is unset.

    Raises:
        UsageError: It is neither a path nor ``postgresql://user:password@host:port/name``; for
            a Unix socket: ``postgresql:///name?host=/run/postgresql&user=polit``.
    """
    stated = settings.text("POLIT_DATABASE")
    if not stated:
        return DatabasePlace("sqlite3", str(settings.data_folder() / "polit.sqlite3"))
    parts = urlsplit(stated)
    if not parts.scheme and stated.startswith("/"):
        return DatabasePlace("sqlite3", stated)
    if parts.scheme not in _POSTGRES or len(parts.path) < 2:
        raise UsageError("POLIT_DATABASE: give an absolute path or postgresql://…/name")
    query = dict(parse_qsl(parts.query))
    return DatabasePlace(
        "postgresql",
        unquote(parts.path[1:]),
        unquote(parts.username or query.get("user", "")),
        unquote(parts.password or query.get("password", "")),
        query.get("host", parts.hostname or ""),
        query.get("port", str(parts.port or "")),
    )
