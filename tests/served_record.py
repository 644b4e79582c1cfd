"""A real ``polit serve`` in a data directory of its own, for tests, benchmarks and proofs."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_UP_S = 90.0
_DOWN_S = 60.0


@dataclass(slots=True)
class Served:
    """A record that is being served.

    Attributes:
        data: Its data directory.
        port: Where it listens on 127.0.0.1.
        process: The supervisor.
        environment: What it and its parts see of the environment.
        log: What it and its parts say.
    """

    data: Path
    port: int
    process: "subprocess.Popen[bytes]"
    environment: dict[str, str]
    log: Path

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers (lower case) and body of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()

    def said(self) -> str:
        """Return what was said so far."""
        return self.log.read_text(errors="replace")

    def wait_for(self, what: str, *, limit_s: float = _UP_S) -> None:
        """Wait until it says something."""
        _wait(lambda: what in self.said(), f"{what!r} was not said", self, limit_s)

    def wait_until(self, done: Callable[[], bool], *, limit_s: float = _UP_S) -> None:
        """Wait until something is so."""
        _wait(done, "it did not come about", self, limit_s)

    def wait_until_well(self, *, limit_s: float = _UP_S) -> None:
        """Wait until every part answers."""
        _wait(self._is_well, "health is not ok", self, limit_s)

    def pids(self, what: str) -> list[int]:
        """Return the processes below the supervisor whose command line has a word."""
        return [pid for pid in descendants(self.process.pid) if what in command_line(pid)]

    def stop(self) -> int:
        """Ask it to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_DOWN_S)

    def _is_well(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get("/health/")[2] == b"ok\n"
        return False


@contextmanager
def served(data: Path, *options: str, **environment: str) -> Iterator[Served]:
    """Serve for a block; what is left then is killed."""
    data.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), data.parent / f"{data.name}.log"
    stated = {**os.environ, "POLIT_DATA": str(data), "POLIT_DATABASE": "", **environment}
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "polit", "serve", "--port", str(port), *options],
            env=stated,
            stdout=stream,
            stderr=stream,
        )
    found = Served(data, port, process, stated, log)
    try:
        found.wait_for("polit answers at")
        yield found
    finally:
        below = descendants(process.pid)
        if process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                found.stop()
        for pid in [process.pid, *below]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """Return all processes below one, nearest first."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        with suppress(OSError):
            for task in Path(f"/proc/{waiting[0]}/task").iterdir():
                waiting += [int(word) for word in (task / "children").read_text().split()]
        found.append(waiting.pop(0))
    return found[1:]


def command_line(pid: int) -> str:
    """Return a process's command line, empty where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def mapped_files(pid: int) -> set[str]:
    """Return the names of the files that a process has mapped: its native libraries."""
    text = Path(f"/proc/{pid}/maps").read_text()
    return {Path(path).name for path in re.findall(r"(/\S+)$", text, re.MULTILINE)}


def _wait(done: Callable[[], bool], problem: str, served: Served, limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not done():
        assert served.process.poll() is None, f"it ended: {served.said()[-3000:]}"
        assert time.monotonic() < deadline, f"{problem}: {served.said()[-3000:]}"
        time.sleep(0.1)
