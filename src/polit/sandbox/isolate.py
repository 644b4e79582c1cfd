"""The only starter of processes in polit: zygotes, and the locked-down children they fork.

**The contract of a role.** A zygote is a fresh interpreter that imports one module,
``polit.sandbox.worker.<role>``, and calls its ``warm() -> dict[str, str]`` once: import
everything, load every table, run every code path once, return the versions of the libraries.
After that, no child can open a file, so nothing may be imported or loaded late. For each
``Zygote.spawn`` the zygote forks a child that calls::

    serve(channel: socket.socket, fds: Sequence[int], arguments: bytes) -> None

in a process that is already locked down to the profile that was asked for. When ``serve``
returns the child ends with status 0; when it raises, with 70; when the lockdown failed, with 77
(and ``serve`` was not called).

*channel* is the child's end of a fresh ``AF_UNIX`` pair, blocking; the coordinator's end,
``Child.channel``, is non-blocking. Walkers get a ``SOCK_STREAM`` pair. Decoders (and the
self-test's attackers) get ``SOCK_SEQPACKET``: one ``send`` is one ``recv``, at most
``protocol.MAX_PACKET_BYTES`` long, so no length travels that could lie; a packet longer than
the receiver's buffer arrives cut. ``recv`` returns ``b""`` when the other side is gone.
Descriptors may travel both ways (``socket.send_fds``); a coordinator that calls plain ``recv``
throws away any that come.

*fds* are the child's copies of the given descriptors, in order; the numbers differ from the
coordinator's. For ``WALKER_FOLDER`` the **last** one is the folder beneath which Landlock lets
the child open for reading, relative to it (``os.open(name, flags, dir_fd=fds[-1])``). No other
descriptor is open in the child but 0, 1 and 2, which are the null device
(``POLIT_WORKER_STDERR=1`` in the environment leaves 2 open, for developers).

*arguments* are the bytes given to ``spawn``, at most 128 KiB.

What a child can do besides: compute, allocate up to its limit, read its clocks, ``recvmsg`` and
``mmap`` (never executable) descriptors it has or receives, and read, ``pread`` and ``lseek``
them. ``fstat`` of a descriptor is refused in ``DECODER`` and ``WALKER_IMAGE`` on the usual C
library (it is the same call as stat of a path): take a size with ``os.lseek(fd, 0, SEEK_END)``.
Walkers may start threads. A refused call raises ``PermissionError`` where a library may try it
in good faith, and kills the child (SIGSYS) otherwise.

**Event loops.** Nothing here blocks for longer than a start or a fork takes (bounded, see the
constants). Watch ``Zygote.fileno()`` for reading and call ``collect()``; watch each
``Child.channel``. A zygote ends when the thread that started it ends: start it from one that
lives as long as it is needed. When the coordinator dies, however, all of them die.
"""

import array
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec

from polit.base import settings
from polit.base.clock import monotonic_s
from polit.base.errors import SandboxError
from polit.sandbox.limits import PROFILE_LIMITS, Profile
from polit.sandbox.protocol import (
    MAX_ARGUMENTS_BYTES,
    MAX_PACKET_BYTES,
    Exited,
    Ready,
    Report,
    Spawned,
    SpawnFailed,
    SpawnRequest,
    decode_report,
    encode_control,
)

_START_LIMIT_S = 60.0  # a cold disk and a busy machine; warm it takes 0.3 s
_FORK_LIMIT_S = 20.0  # it takes 5 to 10 ms
_EXIT_LIMIT_S = 10.0
_PASSED_ON = ("POLIT_FAULTS", "POLIT_WORKER_STDERR")


class Role(StrEnum):
    """What a zygote's children do."""

    DECODER = "decoder"
    WALKER = "walker"
    CARVER = "carver"


class Child:
    """A locked-down process; made by ``Zygote.spawn``.

    Attributes:
        pid: Its process number.
        channel: Our end of its channel, non-blocking.
    """

    def __init__(self, zygote: "Zygote", pid: int, channel: socket.socket, pidfd: int) -> None:
        """Take over the channel and the pidfd."""
        self._zygote = zygote
        self.pid = pid
        self.channel = channel
        self._pidfd = pidfd
        self._status: int | None = None
        self._last_cpu_s = 0.0

    def fileno(self) -> int:
        """Return the channel's descriptor, for a selector."""
        return self.channel.fileno()

    def kill(self) -> None:
        """Send SIGKILL; harmless when the child has ended. Its exit is reported later."""
        if self._pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def exit_status(self, *, limit_s: float = _EXIT_LIMIT_S) -> str:
        """Return how it ended; call it once the channel has ended, or after ``kill``.

        Args:
            limit_s: How long to wait for the zygote's report at most; it takes about 1 ms.

        Returns:
            The signal's name (``SIGSEGV``), or ``exit 70``; ``unknown`` when no report came.
        """
        if self._status is None:
            self._zygote.await_exit(self, limit_s=limit_s)
        if self._status is None:
            return "unknown"
        code = os.waitstatus_to_exitcode(self._status)
        return f"exit {code}" if code >= 0 else signal.Signals(-code).name

    @property
    def is_running(self) -> bool:
        """Whether no report of its end has been collected."""
        return self._status is None

    def cpu_s(self) -> float:
        """Return the processor seconds it has used so far; the last known after its end."""
        if self._status is None:
            # Linux: clock number of a process, CPUCLOCK_SCHED (linux/posix-timers_types.h).
            with suppress(OSError):
                self._last_cpu_s = time.clock_gettime((~self.pid << 3) | 2)
        return self._last_cpu_s

    def rss_bytes(self) -> int:
        """Return its resident memory, shared pages included; 0 after its end."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def pss_bytes(self) -> int | None:
        """Return its proportional share of memory; ``None`` where only root may read it."""
        try:
            text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        except OSError:
            return None
        return next(int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:") * 1024

    def close(self) -> None:
        """Kill it if it runs, and release what we hold of it; calling it twice is harmless."""
        self.kill()
        self.channel.close()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1

    def note_exit(self, status: int) -> None:
        """Take the zygote's report of its end (``waitpid(2)`` status)."""
        self._status = status


class Zygote:
    """A warm process that forks children; made by ``start_zygote``."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        """Take over a starting process and our end of its control socket."""
        self._process = process
        self._control = control
        self._versions: dict[str, str] | None = None
        self._children: dict[int, Child] = {}

    @property
    def pid(self) -> int:
        """The zygote's process number."""
        return self._process.pid

    def fileno(self) -> int:
        """Return the control socket's descriptor: readable when reports wait."""
        return self._control.fileno()

    @property
    def versions(self) -> dict[str, str]:
        """Names and versions of the libraries that the role loaded; waits for the warm-up.

        Raises:
            SandboxError: The zygote did not come up.
        """
        deadline_s = monotonic_s() + _START_LIMIT_S
        while self._versions is None:
            report, _ = self._receive(deadline_s)
            if isinstance(report, Ready):
                self._versions = report.versions
        return self._versions

    def spawn(
        self,
        profile: Profile,
        *,
        fds: Sequence[int] = (),
        arguments: bytes = b"",
        memory_bytes: int | None = None,
    ) -> Child:
        """Fork a child that serves the role under a profile.

        Args:
            profile: Its lockdown.
            fds: Descriptors it gets copies of; they stay the caller's.
            arguments: At most 128 KiB for its ``serve``.
            memory_bytes: Address space beyond the zygote's, where not the profile's own.

        Raises:
            SandboxError: The zygote is gone, or could not fork.
        """
        limit = PROFILE_LIMITS[profile].memory_bytes if memory_bytes is None else memory_bytes
        return self._spawn(SpawnRequest(profile, limit, arguments), fds)

    def spawn_attacker(self, profile: Profile, *, fds: Sequence[int] = ()) -> Child:
        """Fork a child that serves the self-test's attacks under the very same lockdown."""
        limit = PROFILE_LIMITS[profile].memory_bytes
        return self._spawn(SpawnRequest(profile, limit, b"", attack=True), fds)

    def collect(self) -> None:
        """Take all reports that wait, without blocking; the children concerned know then.

        Raises:
            SandboxError: The zygote is gone.
        """
        while select.select([self._control], [], [], 0)[0]:
            self._receive(monotonic_s() + _FORK_LIMIT_S)

    def await_exit(self, child: Child, *, limit_s: float) -> None:
        """Collect reports until that of ``child`` is among them, or the limit is over.

        A zygote that is gone reports nothing more; its children are gone with it.
        """
        deadline_s = monotonic_s() + limit_s
        with suppress(SandboxError):
            while child.is_running:
                self._receive(deadline_s)

    def close(self) -> None:
        """End the zygote and with it all its children; calling it twice is harmless."""
        for child in self._children.values():
            child.close()
        self._children.clear()
        self._control.close()
        try:
            self._process.wait(_EXIT_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self, request: SpawnRequest, fds: Sequence[int]) -> Child:
        if len(request.arguments) > MAX_ARGUMENTS_BYTES:
            raise SandboxError(
                f"arguments of {len(request.arguments)} bytes: give at most {MAX_ARGUMENTS_BYTES}"
            )
        _ = self.versions  # it is up
        ours, theirs = socket.socketpair(socket.AF_UNIX, _channel_kind(request))
        with theirs:
            try:
                pid, pidfd = self._request(request, (theirs.fileno(), *fds))
            except BaseException:
                ours.close()
                raise
        ours.setblocking(False)
        child = self._children[pid] = Child(self, pid, ours, pidfd)
        return child

    def _request(self, request: SpawnRequest, fds: tuple[int, ...]) -> tuple[int, int]:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
        try:
            self._control.sendmsg([encode_control(request)], rights, socket.MSG_NOSIGNAL)
        except OSError as error:
            raise SandboxError(f"the zygote took no request: {error}") from error
        deadline_s = monotonic_s() + _FORK_LIMIT_S
        while True:
            report, pidfd = self._receive(deadline_s)
            if isinstance(report, Spawned):
                return report.pid, pidfd
            if isinstance(report, SpawnFailed):
                raise SandboxError(f"the zygote could not start a child: {report.reason}")

    def _receive(self, deadline_s: float) -> tuple[Report, int]:
        """Take one report, and the descriptor that came with it or -1."""
        if not self._wait_readable(deadline_s):
            raise SandboxError("the zygote did not answer in time")
        try:
            packet, fds, _, _ = socket.recv_fds(self._control, MAX_PACKET_BYTES, 1)
        except ConnectionResetError:
            packet, fds = b"", []
        if not packet:
            raise SandboxError(f"the zygote is gone: {self._fate()}")
        try:
            report = decode_report(packet)
        except msgspec.MsgspecError as error:
            raise SandboxError(f"the zygote broke the protocol: {error}") from error
        if isinstance(report, Exited) and report.pid in self._children:
            self._children.pop(report.pid).note_exit(report.status)
        return report, fds[0] if fds else -1

    def _wait_readable(self, deadline_s: float) -> bool:
        left_s = max(0.0, deadline_s - monotonic_s())
        return bool(select.select([self._control], [], [], left_s)[0])

    def _fate(self) -> str:
        try:
            return f"exit {self._process.wait(_EXIT_LIMIT_S)}"
        except subprocess.TimeoutExpired:
            return "it closed its socket"


def start_zygote(role: Role) -> Zygote:
    """Start a zygote; it warms up while the caller goes on, and the first spawn waits for it.

    Raises:
        SandboxError: No process could be started.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = str(theirs.fileno())
    command = [sys.executable, "-I", "-m", "polit.sandbox.worker", role, number, str(os.getpid())]
    with theirs:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C is the coordinator's to handle
            )
        except OSError as error:
            ours.close()
            raise SandboxError(f"cannot start {sys.executable}: {error.strerror}") from error
    return Zygote(process, ours)


def _channel_kind(request: SpawnRequest) -> socket.SocketKind:
    packets = request.attack or request.profile is Profile.DECODER
    return socket.SOCK_SEQPACKET if packets else socket.SOCK_STREAM


def _environment() -> dict[str, str]:
    """Return what a zygote sees of the environment: nothing that it does not need."""
    kept = {name: settings.text(name) for name in _PASSED_ON if settings.text(name)}
    # Threads of a linear-algebra library would make the zygote unfit to fork.
    return {"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8", **kept}
