"""A warm, single-threaded process that forks locked-down children on request.

The zygote itself never sees a hostile byte: it reads requests of the coordinator that started
it and reports the exits of its children. It ends when the coordinator does, and its children
end with it. It is the children's parent, so it alone can reap them, and the pidfd that it opens
before it reaps can never mean another process.
"""

import array
import gc
import importlib
import os
import select
import signal
import socket
import traceback
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from polit.base import settings
from polit.sandbox import lockdown
from polit.sandbox.limits import PROFILE_LIMITS
from polit.sandbox.protocol import (
    MAX_PACKET_BYTES,
    Exited,
    Ready,
    Report,
    Spawned,
    SpawnFailed,
    SpawnRequest,
    decode_request,
    encode_control,
    encode_json,
)

EXIT_SERVED, EXIT_RAISED, EXIT_UNLOCKED = 0, 70, 77
"""Exit codes of a child: its role returned, its role raised, the lockdown failed."""

_MAX_DESCRIPTORS = 250  # SCM_RIGHTS carries 253

Serve = Callable[[socket.socket, Sequence[int], bytes], None]


class RoleModule(Protocol):
    """What a role's module offers: see ``polit.sandbox.isolate`` for the contract."""

    def warm(self) -> dict[str, str]:
        """Import and touch what the role needs; return the versions of its libraries."""

    def serve(self, channel: socket.socket, fds: Sequence[int], arguments: bytes) -> None:
        """Do the work of one child, locked down, until the channel ends."""


def load_role(name: str) -> RoleModule:
    """Import ``polit.sandbox.worker.<name>``.

    Raises:
        ImportError: There is no such role.
    """
    return cast("RoleModule", importlib.import_module(f"polit.sandbox.worker.{name}"))


def run_zygote(control: socket.socket, role: RoleModule, *, parent: int) -> None:
    """Warm up, say so, and serve requests until the coordinator's end of ``control`` is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lockdown.die_with(parent)
    versions = role.warm()
    # What is loaded now is shared with every child: the collector must not touch it.
    gc.collect()
    gc.freeze()
    _send(control, Ready(versions), ())
    _Zygote(control, role).run()


class _Zygote:
    """The loop: one poll over the control socket and the children's pidfds."""

    def __init__(self, control: socket.socket, role: RoleModule) -> None:
        self._control = control
        self._role = role
        self._children: dict[int, int] = {}  # pidfd to pid
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def run(self) -> None:
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor != self._control.fileno():
                    self._report_exit(descriptor)
                elif not self._answer():
                    return

    def _answer(self) -> bool:
        """Answer one request; False when the coordinator is gone."""
        try:
            packet, descriptors, _, _ = socket.recv_fds(
                self._control, MAX_PACKET_BYTES, _MAX_DESCRIPTORS
            )
        except ConnectionResetError:  # it went without reading our last reports
            return False
        if not packet:
            return False
        try:
            self._spawn(decode_request(packet), descriptors)
        except OSError as error:
            _send(self._control, SpawnFailed(f"fork: {error.strerror}"), ())
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return True

    def _spawn(self, request: SpawnRequest, descriptors: list[int]) -> None:
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            _run_child(request, descriptors, self._role, zygote)
        pidfd = os.pidfd_open(pid)
        self._children[pidfd] = pid
        self._poll.register(pidfd, select.POLLIN)
        _send(self._control, Spawned(pid), (pidfd,))

    def _report_exit(self, pidfd: int) -> None:
        pid = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status = os.waitpid(pid, 0)
        _send(self._control, Exited(pid, status), ())


def _send(control: socket.socket, report: Report, descriptors: tuple[int, ...]) -> None:
    rights = array.array("i", descriptors)
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if descriptors else []
    try:
        control.sendmsg([encode_control(report)], ancillary, socket.MSG_NOSIGNAL)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)  # the coordinator is gone: nobody waits for a report


def _run_child(
    request: SpawnRequest, descriptors: list[int], role: RoleModule, zygote: int
) -> None:
    """Become the child: keep only its descriptors, lock down, serve, and never return."""
    status = EXIT_UNLOCKED
    try:
        channel = socket.socket(fileno=descriptors[0])
        fds = tuple(descriptors[1:])
        _keep_only(descriptors)
        serve = _attack_service() if request.attack else role.serve
        facts = lockdown.lock_down(_lockdown_request(request, fds, zygote))
        status = EXIT_RAISED
        # The self-test wants to know what took effect; a role has no use for it.
        arguments = encode_json(facts) if request.attack else request.arguments
        serve(channel, fds, arguments)
        status = EXIT_SERVED
    except BaseException:  # noqa: BLE001 - the worker's loop ends here; the status tells why
        _tell_developer()
    finally:
        os._exit(status)


def _attack_service() -> Serve:
    """Import the self-test's attacks, in a child that was spawned for them and nowhere else."""
    from polit.sandbox.worker.attacks import service  # noqa: PLC0415

    return service.serve


def _lockdown_request(
    request: SpawnRequest, fds: tuple[int, ...], zygote: int
) -> lockdown.LockdownRequest:
    folder = fds[-1] if PROFILE_LIMITS[request.profile].opens_folder else -1
    return lockdown.LockdownRequest(
        profile=request.profile, memory_bytes=request.memory_bytes, folder=folder, parent=zygote
    )


def _keep_only(descriptors: list[int]) -> None:
    """Close every descriptor but these; nothing of the zygote or of a sibling stays open.

    Standard input, output and error become the null device: what a hostile library prints
    must not reach an examiner's terminal.
    """
    kept = {0, 1, 2, *descriptors}
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - descriptors, not paths
        if int(name) not in kept:
            _close_quietly(int(name))
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1) if _developer_watches() else (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)


def _close_quietly(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        return  # the descriptor of the listing itself, closed by its end


def _developer_watches() -> bool:
    """Tell whether ``POLIT_WORKER_STDERR`` asks for the children's standard error."""
    return bool(settings.text("POLIT_WORKER_STDERR"))


def _tell_developer() -> None:
    if _developer_watches():
        traceback.print_exc()
