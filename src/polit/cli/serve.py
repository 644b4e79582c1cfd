"""``polit serve``: the record's web application with everything it needs, until it is stopped."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from polit.base import settings
from polit.base.errors import PolitError, UsageError
from polit.cli.output import say
from polit.cli.supervisor import Part, Supervisor
from polit.sandbox.services import start_service
from polit.store.keys import create_keys, keys_exist

_PENDING = 3
_PROBE_S = 1.0

WORKER = Part("worker", "polit.web.site.worker")
BROKER = Part("broker", "polit.__main__", ("broker",))
SIGNER = Part("signer", "polit.__main__", ("signer",))

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65_535, help="Port to listen on.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Web processes.")]
OnlyWeb = Annotated[
    bool,
    typer.Option(
        "--only-web",
        help="The web server alone: broker, worker and signer run by themselves, as other users.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve")(serve)


def serve(
    *, host: Host = "127.0.0.1", port: Port = 8520, workers: Workers = 2, only_web: OnlyWeb = False
) -> None:
    """Serve the record: make what is missing, start web, broker, worker and signer, keep them up.

    The first start makes keys, folders and the database, and prints a one-time link for the
    first administrator. It listens on this machine alone; people reach it through a TLS proxy
    (`POLIT_ORIGIN`). Ctrl-C or SIGTERM stops all of it cleanly.
    """
    data = settings.data_folder()
    origin = settings.text("POLIT_ORIGIN") or f"http://{_name_of(host)}:{port}"
    web = Part(
        "web server", "polit.web.site.server", (host, str(port), str(workers)), is_essential=True
    )
    with _only_one(data):
        _check_free(host, port)
        if only_web:
            _check_migrated()
        else:
            _prepare(data, origin)
        parts = [web] if only_web else [BROKER, SIGNER, WORKER, web]
        supervisor = Supervisor(parts, settings.environment(), say)
        supervisor.stop_on_signals()
        if not supervisor.run(lambda: _tell_when_up(host, port, origin)):
            raise PolitError("the web server cannot be started: see the lines above")
    say("polit has stopped")


def _prepare(data: Path, origin: str) -> None:
    if not keys_exist(data):
        say(f"Made keys in {data / 'keys'}: keep a copy of that folder in a safe.")
        create_keys(data)
    say(
        "One account runs everything here: the record is not tamper-proof against this account.\n"
        "For separate accounts see docs/how-to/production-on-one-server.md."
    )
    _run("polit.web.site.prepare", ("--invite", origin))


def _check_migrated() -> None:
    """Refuse to serve a database of another version.

    Raises:
        UsageError: A migration is due; this verb has not the right to run it.
    """
    if _code("polit.web.site.prepare", ("--check",)) == _PENDING:
        raise UsageError("the database is not at this version: run 'polit migrate' first")


def _run(module: str, arguments: tuple[str, ...]) -> None:
    code = _code(module, arguments)
    if code:
        raise PolitError(f"{module} ended with {code}: see the lines above")


def _code(module: str, arguments: tuple[str, ...]) -> int:
    return start_service(module, arguments, env=settings.environment()).wait() or 0


def _check_free(host: str, port: int) -> None:
    """Refuse a port that somebody listens on.

    Raises:
        UsageError: It is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            refusal = f"cannot listen on {host} port {port}: {error.strerror}"
            raise UsageError(f"{refusal}; choose with --port") from error


def _tell_when_up(host: str, port: int, origin: str) -> bool:
    """Print the address when the server answers; tell whether it did."""
    try:
        socket.create_connection((host, port), timeout=_PROBE_S).close()
    except OSError:
        return False
    say(f"polit answers at {origin}/")
    return True


def _name_of(host: str) -> str:
    """Return how an address with this host is written: passkeys want a name, not a number."""
    if host in {"127.0.0.1", "::1"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the data directory's lock for a block.

    Raises:
        UsageError: Another ``polit serve`` holds it.
    """
    folder = data / "web"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"another polit serve runs for {data}") from error
        yield
    finally:
        os.close(descriptor)
