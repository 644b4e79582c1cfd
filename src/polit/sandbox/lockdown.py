"""Lock the calling process down for good: limits, user, capabilities, Landlock, seccomp.

Only children of a zygote call ``lock_down``, once, before they see a hostile byte. What the kernel
lacks is left out and told in the facts; what it has must take effect, else the child ends.
Sources: ``prctl(2)``, ``capabilities(7)``, ``landlock(7)`` and ``linux/landlock.h``,
``seccomp(2)``, ``setrlimit(2)``.
"""

import ctypes
import errno
import os
import resource
import signal
import stat
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from polit.sandbox.limits import PROFILE_LIMITS, Profile
from polit.sandbox.seccomp import (
    KILL,
    Permissions,
    build_filter,
    build_local_filter,
    this_machine,
)

NOBODY = 65_534
"""The user and group that a child of root becomes."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAP_DAC_READ_SEARCH, _CAP_FOWNER = 2, 3
_CAP_VERSION_3 = 0x20080522
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FLAG_TSYNC, _SECCOMP_GET_ACTION_AVAIL = 1, 1, 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_WRITE_FILE, _LANDLOCK_READ_FILE, _LANDLOCK_READ_DIR = 1 << 1, 1 << 2, 1 << 3
_LANDLOCK_TRUNCATE = 1 << 14
_LANDLOCK_MAKES = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8
"""Removing folders and files, making folders and files; no links, devices, pipes or sockets."""
_LANDLOCK_REFER = 1 << 13
_LANDLOCK_RULE_PATH = 1
_NO_PATH = -1

_libc = ctypes.CDLL(None, use_errno=True)
_ZERO = ctypes.c_ulong(0)


@dataclass(frozen=True, slots=True)
class LockdownFacts:
    """What took effect.

    Args:
        landlock_abi: The kernel's Landlock version, 0 where it has none.
        seccomp: Whether the call filter is in force.
        uid_dropped: Whether the process runs without any of root's powers: it was never
            root, or is nobody now, or (a folder's walker) kept only reading.
    """

    landlock_abi: int
    seccomp: bool
    uid_dropped: bool


@dataclass(frozen=True, slots=True)
class LockdownRequest:
    """What to lock down to.

    Args:
        profile: The profile.
        memory_bytes: Address space beyond what is mapped now.
        folder: A descriptor of the folder beneath which reading stays allowed, for
            ``WALKER_FOLDER``; -1 otherwise.
        parent: The process whose end is this one's end.
    """

    profile: Profile
    memory_bytes: int
    folder: int
    parent: int


def lock_down(request: LockdownRequest) -> LockdownFacts:
    """Give up everything that the profile does not need; there is no way back.

    Raises:
        OSError: Something that the kernel has was refused; the caller must end at once.
    """
    limits = PROFILE_LIMITS[request.profile]
    permissions = Permissions(threads=limits.threads, opens_folder=limits.opens_folder)
    # Built before the limits: the filter is a few kilobytes of Python.
    program = build_filter(permissions, os.getpid()) if has_seccomp() else b""
    _limit_resources(request)
    uid_dropped = _drop_privileges(keep_reading=limits.opens_folder)
    die_with(request.parent)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    abi = landlock_abi()
    if abi:
        _landlock(abi, request.folder if limits.opens_folder else _NO_PATH)
    if program:
        _install_filter(program)
    return LockdownFacts(landlock_abi=abi, seccomp=bool(program), uid_dropped=uid_dropped)


def die_with(parent: int) -> None:
    """End this process when its parent thread ends, and keep it from being traced or dumped.

    Must follow any change of user, which clears the first. Ends at once when the parent has
    gone already.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 0)
    if os.getppid() != parent:
        os._exit(1)


def end_with(parent: int) -> None:
    """End this process when the thread that started it ends; it stays traceable otherwise.

    Ends at once when the parent has gone already.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def give_up_network() -> bool:
    """Take from this process, and all it starts, the way to any socket but local ones.

    Returns:
        Whether the kernel does so; where it does not filter calls, nothing was changed.

    Raises:
        OSError: The kernel has the filter and refused it.
    """
    if not has_seccomp():
        return False
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _install_filter(build_local_filter())
    return True


def confine_files(*, reads: Sequence[Path], writes: Sequence[Path]) -> bool:
    """Take from this process, and all it starts, every file but those beneath some paths.

    Call it before the process has further threads: those that run already keep what they have.

    Args:
        reads: Files and folders that may be read; those that do not exist are left out.
        writes: Files and folders beneath which files and folders may be read, made, written,
            moved and removed.

    Returns:
        Whether the kernel does so; where it has no Landlock, nothing was changed.

    Raises:
        OSError: The kernel has it and refused it.
    """
    abi = landlock_abi()
    if not abi:
        return False
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    reading = _LANDLOCK_READ_FILE | _LANDLOCK_READ_DIR
    writing = reading | _LANDLOCK_WRITE_FILE | _LANDLOCK_MAKES
    for version, right in ((2, _LANDLOCK_REFER), (3, _LANDLOCK_TRUNCATE)):
        writing |= right if abi >= version else 0
    ruleset = _make_ruleset(abi)
    for rights, paths in ((reading, reads), (writing, writes)):
        for path in paths:
            _allow_beneath(ruleset, path, rights)
    _restrict(ruleset)
    return True


def landlock_abi() -> int:
    """Return the kernel's Landlock version, 0 where it is absent or switched off."""
    return max(0, int(_libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)))


def has_seccomp() -> bool:
    """Tell whether the kernel filters calls, and can end a process for one."""
    action = ctypes.create_string_buffer(struct.pack("=I", KILL), 4)
    number = this_machine().calls["seccomp"]
    return int(_libc.syscall(number, _SECCOMP_GET_ACTION_AVAIL, 0, action)) == 0


def _limit_resources(request: LockdownRequest) -> None:
    limits = PROFILE_LIMITS[request.profile]
    mapped_pages = int(Path("/proc/self/statm").read_text().split()[0])
    mapped_bytes = mapped_pages * os.sysconf("SC_PAGE_SIZE")
    figures = {
        resource.RLIMIT_AS: mapped_bytes + request.memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if not limits.threads:
        figures[resource.RLIMIT_NPROC] = 0
    # No RLIMIT_CPU: a decoder lives for many items, and the coordinator reads its clock.
    for which, figure in figures.items():
        resource.setrlimit(which, (figure, figure))


def _drop_privileges(*, keep_reading: bool) -> bool:
    """Drop root's powers; the walker of a folder keeps those that only read.

    A folder on the host is read with CAP_DAC_READ_SEARCH, and without touching access times
    (O_NOATIME) with CAP_FOWNER: neither survives a change of user, so it stays user 0.
    """
    was_root = os.geteuid() == 0
    if was_root:
        _drop_bounding_set()
    dropped = True
    if was_root and not keep_reading:
        dropped = _become_nobody()
    kept = (1 << _CAP_DAC_READ_SEARCH | 1 << _CAP_FOWNER) if was_root and keep_reading else 0
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    _set_capabilities(kept)
    return dropped


def _become_nobody() -> bool:
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError as error:
        # A user namespace that maps no second user: its root has no power outside it.
        if error.errno not in (errno.EINVAL, errno.EPERM):
            raise
        return False
    return True


def _drop_bounding_set() -> None:
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), _ZERO, _ZERO, _ZERO) != 0:
            return  # past the last capability, or not allowed: no_new_privs covers it


def _set_capabilities(kept: int) -> None:
    """Set the effective and permitted sets to ``kept`` (bits below 32), inheritable to none.

    Powers that the process never had are not asked for.
    """
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAP_VERSION_3, 0), 8)
    current = ctypes.create_string_buffer(24)
    _check(_libc.capget(header, current), "capget")
    permitted = struct.unpack("=6I", current.raw)[1]
    low = kept & permitted
    data = struct.pack("=6I", low, low, 0, 0, 0, 0)
    _check(_libc.capset(header, data), "capset")


def _landlock(abi: int, folder: int) -> None:
    """Refuse every path, port and scope the kernel knows of, but reading beneath one folder."""
    ruleset = _make_ruleset(abi)
    if folder != _NO_PATH:
        _add_rule(ruleset, folder, _LANDLOCK_READ_FILE | _LANDLOCK_READ_DIR)
    _restrict(ruleset)


def _make_ruleset(abi: int) -> int:
    attributes = _ruleset_attributes(abi)
    ruleset = int(_libc.syscall(
        _LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    ))  # fmt: skip
    _check(ruleset, "landlock_create_ruleset")
    return ruleset


def _add_rule(ruleset: int, descriptor: int, rights: int) -> None:
    rule = struct.pack("=Qi", rights, descriptor)
    added = _libc.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_RULE_PATH, rule, ctypes.c_uint32(0))
    _check(added, "landlock_add_rule")


def _allow_beneath(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _LANDLOCK_READ_FILE | _LANDLOCK_WRITE_FILE | _LANDLOCK_TRUNCATE
        _add_rule(ruleset, descriptor, rights)
    finally:
        os.close(descriptor)


def _restrict(ruleset: int) -> None:
    _check(_libc.syscall(_LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0)), "landlock_restrict_self")
    os.close(ruleset)


def _ruleset_attributes(abi: int) -> bytes:
    """``struct landlock_ruleset_attr`` with every right that this version knows."""
    files = (1 << 13) - 1  # version 1
    for version, bit in ((2, 13), (3, 14), (5, 15)):  # refer, truncate, device ioctl
        if abi >= version:
            files |= 1 << bit
    if abi < 4:
        return struct.pack("=Q", files)
    ports = 0b11  # bind and connect TCP
    if abi < 6:
        return struct.pack("=QQ", files, ports)
    scopes = 0b11  # abstract sockets, signals
    return struct.pack("=QQQ", files, ports, scopes)


def _install_filter(program: bytes) -> None:
    code = ctypes.create_string_buffer(program, len(program))
    count = len(program) // 8
    description = struct.pack("@HxxxxxxQ", count, ctypes.addressof(code))
    result = _libc.syscall(
        this_machine().calls["seccomp"],
        _SECCOMP_SET_MODE_FILTER,
        _SECCOMP_FLAG_TSYNC,
        description,
    )
    _check(result, "seccomp")


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, ctypes.c_ulong(value), _ZERO, _ZERO, _ZERO), f"prctl {option}")


def _check(result: int, call: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
