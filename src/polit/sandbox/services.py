"""Starts polit's own services and children: modules of polit, each a process of its own.

Unlike ``polit.sandbox.isolate`` nothing hostile runs in them and nothing is locked down. What
this gives is their end: a service dies with the thread that started it (``PR_SET_PDEATHSIG``),
stands in a process group of its own, so that Ctrl-C is the starter's to handle, and is stopped
politely first and for good then. Start one from a thread that lives as long as it is needed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from polit.base.errors import SandboxError

_STOP_LIMIT_S = 30.0
"""A checkpoint of an examination waits for the items in work; they have limits of their own."""
_KILLED_LIMIT_S = 10.0


class Service:
    """A running module of polit; made by ``start_service``."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take over a started process."""
        self._process = process

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def stdin(self) -> IO[bytes]:
        """Its standard input, of one that was started to talk.

        Raises:
            SandboxError: It was not.
        """
        return _pipe(self._process.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        """Its standard output, of one that was started to talk.

        Raises:
            SandboxError: It was not.
        """
        return _pipe(self._process.stdout)

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal's number; ``None`` while it runs."""
        return self._process.poll()

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for its end, at most so long; return as ``poll`` does."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        return self._process.poll()

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the service alone; harmless when it has ended."""
        self._process.send_signal(number)

    def stop(
        self, *, limit_s: float = _STOP_LIMIT_S, number: signal.Signals = signal.SIGINT
    ) -> int:
        """Ask it to end (of an examination: at a checkpoint), and end its group if it does not.

        Args:
            limit_s: How long it is waited for.
            number: How it is asked.

        Returns:
            Its exit code, negative for a signal's number.
        """
        if self._process.returncode is not None:
            # Its end was seen before: by now its number may be that of somebody else's group.
            return self._process.returncode
        self.send_signal(number)
        self.wait(limit_s)
        # Also after a clean end: whatever it left in its group ends now.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait(_KILLED_LIMIT_S)

    def close(self) -> None:
        """Close the pipes to one that was started to talk."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def start_service(
    module: str, arguments: Sequence[str] = (), *, env: Mapping[str, str], talks: bool = False
) -> Service:
    """Start a module of polit as a process.

    Args:
        module: Its name, such as ``polit.broker.examiner``; run as ``python -I -m`` does.
        arguments: Its arguments; never secret, every user of the machine may read them.
        env: Its whole environment; ``polit.base.settings.environment`` gives this process's.
        talks: Connect its standard input and output to ``Service.stdin`` and ``stdout``; else
            it has no input, and writes to where this process writes.

    Raises:
        SandboxError: No process could be started.
    """
    if not module.startswith("polit."):
        raise SandboxError(f"{module} is no module of polit: only those are started")
    command = [
        sys.executable, "-I", "-m", "polit.sandbox.service", str(os.getpid()), module, *arguments,
    ]  # fmt: skip
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else None,
            env=dict(env),
            process_group=0,
        )
    except OSError as error:
        raise SandboxError(f"cannot start {sys.executable}: {error.strerror}") from error
    return Service(process)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise SandboxError("this service was not started to talk")
    return stream
