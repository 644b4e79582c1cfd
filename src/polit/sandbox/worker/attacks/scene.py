"""The scene of an attack, and the one way to calls that the C library does not offer."""

import ctypes
import errno
import platform
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from polit.sandbox.protocol import AttackTargets, DecodeRequest, RenderRequest

REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS})
"""How the kernel says no before it looks at anything."""

# x86_64, aarch64
_CALLS = {
    "ptrace": (101, 117),
    "setuid": (105, 146),
    "personality": (135, 92),
    "mount": (165, 40),
    "init_module": (175, 105),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "process_vm_readv": (310, 270),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "pidfd_open": (434, 434),
}


_arm = platform.machine() == "aarch64"
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an attack takes place: its item, its descriptors, its targets."""

    channel: socket.socket
    request: DecodeRequest | RenderRequest
    item: int
    fds: Sequence[int]
    targets: AttackTargets


Attack = Callable[[Scene], str]
"""Returns what it got, or nothing when it has answered the coordinator by itself."""


def call(name: str, *arguments: int | bytes | None) -> str:
    """Make a system call that the C library may not offer; any success is a gain."""
    number = _CALLS[name][_arm]
    padded = [ctypes.c_long(part) if isinstance(part, int) else part for part in arguments]
    result = _libc.syscall(ctypes.c_long(number), *padded)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return f"{name} = {result}"
