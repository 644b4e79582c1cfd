"""The system calls a locked-down process may make, as a classic BPF program (x86_64, aarch64).

What is on the list is allowed; what a library may try in good faith is refused with EPERM, so
that it goes on; everything else kills the process (a libvips warning was once killed for
logging: hence the middle list). Source: ``seccomp(2)``, ``linux/filter.h``, and the kernel's
``unistd.h`` of both machines.
"""

import errno
import platform
import struct
from dataclasses import dataclass

from polit.sandbox.syscalls import MACHINES, Machine

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_OFFSET, _ARCH_OFFSET, _ARGS_OFFSET = 0, 4, 16
_X32_BIT = 0x40000000

ALLOW = 0x7FFF0000
KILL = 0x80000000
_ERRNO = 0x00050000

_CLONE_THREAD = 0x00010000
_CLONE_OTHER = 0x7E820000  # new namespaces of any kind, and escaping a tracer
_PROT_EXEC = 0x4
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND and O_TMPFILE's own bit: the same figures on
# both machines. What is left of openat can only read.
_OPEN_TO_WRITE = 0x1 | 0x2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
_AF_UNIX = 1
_IO_URING_SETUP = 425  # the same number on both machines
_FCNTL_HARMLESS = (1, 2, 3, 1030)  # F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
_IOCTL_HARMLESS = (0x5421, 0x5451)  # FIONBIO, FIOCLEX

_ALLOWED = (  # noqa: SIM905 - sixty names read better as words
    "read write readv writev close poll ppoll select pselect6 lseek munmap brk mremap madvise "
    "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack pread64 preadv sched_yield dup "
    "nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time getrusage "
    "getpid gettid getuid getgid geteuid getegid sendto recvfrom sendmsg recvmsg shutdown "
    "exit exit_group futex sched_getaffinity restart_syscall set_robust_list getcpu getrandom "
    "rseq fstat membarrier mincore sysinfo"
).split()

_REFUSED = (  # noqa: SIM905 - as above
    "open openat openat2 stat lstat newfstatat statx access faccessat faccessat2 getcwd "
    "readlink readlinkat getdents64 uname socket socketpair connect bind listen setsockopt "
    "getsockopt getpeername getsockname fork vfork unlink unlinkat rename renameat renameat2 "
    "mkdir mkdirat rmdir sched_setaffinity prctl memfd_create prlimit64 getppid fcntl ioctl "
    "ftruncate fallocate fsync fadvise64 statfs fstatfs pipe2 eventfd2 epoll_create1 clone kill "
    "mlock mlock2 pwrite64 fchmod chmod utimensat"
).split()

_WALKER_ALLOWED = ("fadvise64", "fstatfs")
_FOLDER_ALLOWED = ("newfstatat", "statx", "getdents64", "readlinkat")


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a filter allows beyond what every locked-down process may do."""

    threads: bool
    opens_folder: bool


def build_filter(permissions: Permissions, process_id: int) -> bytes:
    """Return the filter as an array of ``struct sock_filter`` in native byte order.

    Args:
        permissions: What the profile allows.
        process_id: The one process it may send signals to: itself, so that abort() works.

    Raises:
        OSError: There is no table for this machine (ENOSYS).
    """
    machine = this_machine()
    program = _prologue(machine)
    for name, block in _checked_calls(permissions, process_id):
        program += _when(machine.calls[name], block)
    for name in _plain_allowed(permissions):
        program += _answer(machine, name, ALLOW)
    for name in _REFUSED:
        program += _answer(machine, name, _ERRNO | errno.EPERM)
    program.append(_step(_RETURN, KILL))
    return b"".join(program)


def build_local_filter() -> bytes:
    """Return a filter that allows everything but sockets of other families than ``AF_UNIX``.

    ``io_uring`` makes sockets without the call that is filtered: it is refused as a whole.

    Raises:
        OSError: There is no table for this machine (ENOSYS).
    """
    machine = this_machine()
    program = _prologue(machine)
    program += _when(machine.calls["socket"], _local_only())
    program += _when(_IO_URING_SETUP, [_step(_RETURN, _ERRNO | errno.ENOSYS)])
    program.append(_step(_RETURN, ALLOW))
    return b"".join(program)


def this_machine() -> Machine:
    """Return the call numbers of this machine.

    Raises:
        OSError: There is no table for it (ENOSYS).
    """
    name = platform.machine()
    if name not in MACHINES:
        raise OSError(errno.ENOSYS, f"no system call table for {name}: use x86_64 or aarch64")
    return MACHINES[name]


def _plain_allowed(permissions: Permissions) -> list[str]:
    names = list(_ALLOWED)
    if permissions.threads:
        names += _WALKER_ALLOWED
    if permissions.opens_folder:
        names += _FOLDER_ALLOWED
    return names


def _checked_calls(permissions: Permissions, process_id: int) -> list[tuple[str, list[bytes]]]:
    """Calls whose arguments decide, and clone3, whose arguments cannot be read here."""
    calls = [
        ("mmap", _refuse_bits(2, _PROT_EXEC, errno.EACCES)),
        ("mprotect", _refuse_bits(2, _PROT_EXEC, errno.EACCES)),
        ("tgkill", _one_of(0, (process_id,))),
        # glibc falls back from clone3 to clone only on ENOSYS.
        ("clone3", [_step(_RETURN, _ERRNO | errno.ENOSYS)]),
        # Python duplicates the descriptor of what it maps.
        ("fcntl", _one_of(1, _FCNTL_HARMLESS)),
    ]
    if permissions.threads:
        calls.append(("clone", _threads_only()))
        calls.append(("ioctl", _one_of(1, _IOCTL_HARMLESS)))
    if permissions.opens_folder:
        calls.append(("openat", _refuse_bits(2, _OPEN_TO_WRITE, errno.EPERM)))
    return calls


def _prologue(machine: Machine) -> list[bytes]:
    program = [
        _step(_LOAD, _ARCH_OFFSET),
        _step(_EQUAL, machine.audit_arch, 1, 0),
        _step(_RETURN, KILL),
        _step(_LOAD, _NUMBER_OFFSET),
    ]
    if machine.has_x32:
        # The x32 numbers reach the same calls by another table: never.
        program += [_step(_AT_LEAST, _X32_BIT, 0, 1), _step(_RETURN, KILL)]
    return program


def _answer(machine: Machine, name: str, result: int) -> list[bytes]:
    number = machine.calls.get(name)
    if number is None:  # aarch64 has no open, stat, fork …
        return []
    return _when(number, [_step(_RETURN, result)])


def _when(number: int, block: list[bytes]) -> list[bytes]:
    """Guard a block that ends in a return on every path."""
    return [_step(_EQUAL, number, 0, len(block)), *block]


def _refuse_bits(argument: int, bits: int, error: int) -> list[bytes]:
    return [
        _load_argument(argument),
        _step(_ANY_BIT, bits, 0, 1),
        _step(_RETURN, _ERRNO | error),
        _step(_RETURN, ALLOW),
    ]


def _one_of(argument: int, values: tuple[int, ...]) -> list[bytes]:
    count = len(values)
    checks = [_step(_EQUAL, value, count - index, 0) for index, value in enumerate(values)]
    return [
        _load_argument(argument),
        *checks,
        _step(_RETURN, _ERRNO | errno.EPERM),
        _step(_RETURN, ALLOW),
    ]


def _threads_only() -> list[bytes]:
    return [
        _load_argument(0),
        _step(_ANY_BIT, _CLONE_THREAD, 0, 2),
        _step(_ANY_BIT, _CLONE_OTHER, 1, 0),
        _step(_RETURN, ALLOW),
        _step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _local_only() -> list[bytes]:
    return [
        _load_argument(0),
        _step(_EQUAL, _AF_UNIX, 0, 1),
        _step(_RETURN, ALLOW),
        _step(_RETURN, _ERRNO | errno.EPERM),
    ]


def _load_argument(argument: int) -> bytes:
    """Load the low half of an argument; both machines are little-endian."""
    return _step(_LOAD, _ARGS_OFFSET + 8 * argument)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
