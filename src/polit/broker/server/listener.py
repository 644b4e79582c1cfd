"""The socket: made so that only those meant can reach it, and a bounded number of threads behind.

One broker serves a data directory: a lock on a file of its own says so, which the kernel gives
back whatever a kill does; a socket file that is left behind means nothing.
"""

import fcntl
import os
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from polit.base.errors import PackageBusy
from polit.broker.frames import socket_address
from polit.broker.server.log import log
from polit.broker.server.settings import BrokerSettings

_MAX_CONNECTIONS = 32
_BACKLOG = 64
_DRAIN_S = 10.0


class BrokerLock:
    """That this broker is the only one of a data directory."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            PackageBusy: Another broker has it.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(
            folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise PackageBusy(
                "another broker serves this data directory: stop it first, or name another "
                "directory with POLIT_DATA"
            ) from error

    def close(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


def listen(settings: BrokerSettings) -> socket.socket:
    """Make the socket and listen on it; only whoever holds the lock may call this."""
    folder = settings.socket.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Another user's web process reaches it by the folder's group, which the administrator sets.
    folder.chmod(0o750 if len(settings.peers) > 1 else 0o700)
    settings.socket.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with socket_address(settings.socket) as address:
            sock.bind(address)
        # Nobody can connect before listen: the mode is set by then.
        settings.socket.chmod(0o660)
        sock.listen(_BACKLOG)
    except BaseException:
        sock.close()
        raise
    return sock


class Listener:
    """Accepts connections until it is stopped."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        serve: Callable[[socket.socket], None],
        refuse: Callable[[socket.socket], None],
    ) -> None:
        """Take a listening socket and what serves or refuses a connection."""
        self._sock, self._serve, self._refuse = sock, serve, refuse
        self._free = threading.BoundedSemaphore(_MAX_CONNECTIONS)
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)

    def stop(self) -> None:
        """Make ``run`` return; safe from a signal handler and from any thread."""
        with suppress(OSError):
            self._wake.send(b"\0")

    def run(self) -> None:
        """Accept until stopped; then let the connections at work end, for a while."""
        while True:
            ready, _, _ = select.select([self._sock, self._woken], [], [])
            if self._woken in ready:
                break
            with suppress(OSError):
                self._take(self._sock.accept()[0])
        self._sock.close()
        for _ in range(_MAX_CONNECTIONS):
            if not self._free.acquire(timeout=_DRAIN_S):
                log("connections.left")
                break

    def close(self) -> None:
        """Close what ``stop`` wakes it by."""
        self._wake.close()
        self._woken.close()

    def _take(self, sock: socket.socket) -> None:
        if not self._free.acquire(blocking=False):
            with sock:
                self._refuse(sock)
            return
        thread = threading.Thread(target=self._handle, args=(sock,), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads on this machine
            self._free.release()
            sock.close()

    def _handle(self, sock: socket.socket) -> None:
        try:
            with sock:
                self._serve(sock)
        finally:
            self._free.release()
