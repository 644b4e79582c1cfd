"""A real PostgreSQL for the tests: Debian's, in a temporary folder, on a Unix socket alone.

It never listens on TCP, forgets about fsync, ends with the process that started it (also when
that one is killed), and leaves nothing behind. As root it runs as the user ``postgres`` that
Debian's package made: PostgreSQL refuses to run as root.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROLE = "polit"
_OWNER = "postgres"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "timezone": "UTC",
}


class PostgresServer:
    """A running server; made by ``start_postgres``.

    Attributes:
        folder: Where its socket and its data lie.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        """Take over a starting process and its folder."""
        self._process = process
        self.folder = folder

    @property
    def url(self) -> str:
        """What ``POLIT_DATABASE`` says to use it."""
        return f"postgresql:///polit?host={self.folder}&user={ROLE}"

    def stop(self) -> None:
        """End it and remove its folder; calling it twice is harmless."""
        self._process.terminate()  # setpriv has become the server: SIGTERM waits for clients
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres() -> PostgresServer:
    """Start a server with one role and one empty database, both called ``polit``."""
    # The path of a socket has at most 107 bytes: not below a long folder for temporary things.
    folder = Path(tempfile.mkdtemp(prefix="polit-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER)
    _run(
        folder,
        "initdb", f"--pgdata={folder}/data", f"--username={ROLE}", "--auth=trust",
        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
    )  # fmt: skip
    stated = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    place = [f"--unix_socket_directories={folder}", "-D", f"{folder}/data"]
    log = (folder / "log").open("wb")
    with log:
        process = subprocess.Popen(
            [*_as_owner(), _program("postgres"), *place, *stated],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests to handle
        )
    server = PostgresServer(process, folder)
    try:
        _run(folder, "pg_isready", f"--host={folder}", "--timeout=30", retries=100)
        _run(folder, "createdb", f"--host={folder}", f"--username={ROLE}", "polit")
    except BaseException:
        server.stop()
        raise
    return server


def _run(folder: Path, program: str, *arguments: str, retries: int = 0) -> None:
    command = [*_as_owner(), _program(program), *arguments]
    for left in range(retries, -1, -1):
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if ended.returncode == 0:
            return
        if left:
            subprocess.run(["sleep", "0.1"], check=True)
    raise RuntimeError(f"{program}: {ended.stderr or ended.stdout}")


def _as_owner() -> list[str]:
    # The server ends with who started it, also when that one is killed.
    tied = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() == 0:
        tied += [f"--reuid={_OWNER}", f"--regid={_OWNER}", "--init-groups"]
    return tied


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None
    )
    if found is None:
        raise RuntimeError(f"no {name}: install Debian's package postgresql")
    return found
