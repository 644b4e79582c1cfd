"""The call filter, run by an interpreter of the test's own over every machine and profile."""

import errno
import platform
import struct

import pytest

from polit.sandbox.seccomp import ALLOW, KILL, Permissions, build_filter
from polit.sandbox.syscalls import MACHINES

PID = 4242
REFUSE = 0x00050000
EPERM, EACCES, ENOSYS = (REFUSE | code for code in (errno.EPERM, errno.EACCES, errno.ENOSYS))
DECODER = Permissions(threads=False, opens_folder=False)
IMAGE = Permissions(threads=True, opens_folder=False)
FOLDER = Permissions(threads=True, opens_folder=True)
THREAD_FLAGS = 0x3D0F00
O_TMPFILE = 0o20000000


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(platform, "machine", lambda: request.param)
    return str(request.param)


def run(program: bytes, data: bytes) -> int:
    """Interpret classic BPF as seccomp does (``linux/filter.h``)."""
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == 0x06:
            return int(value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value}
            taken = holds.get(code, bool(accumulator & value))
            at += if_true if taken else if_false


def ask(machine: str, permissions: Permissions, name: str, *arguments: int) -> int:
    known = MACHINES[machine]
    return ask_number(machine, permissions, known.calls[name], *arguments)


def ask_number(machine: str, permissions: Permissions, number: int, *arguments: int) -> int:
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, MACHINES[machine].audit_arch, 0, *padded)
    return run(build_filter(permissions, PID), data)


@pytest.mark.parametrize("name", ["read", "futex", "recvmsg", "exit_group", "munmap"])
def test_what_every_process_needs_is_allowed(machine: str, name: str) -> None:
    for permissions in (DECODER, IMAGE, FOLDER):
        assert ask(machine, permissions, name) == ALLOW


@pytest.mark.parametrize("name", ["openat", "newfstatat", "socket", "getppid", "prctl", "kill"])
def test_what_a_library_may_try_is_refused(machine: str, name: str) -> None:
    assert ask(machine, DECODER, name) == EPERM
    assert ask(machine, IMAGE, name) == EPERM


def test_an_unknown_call_kills(machine: str) -> None:
    for number in (425, 321 if machine == "x86_64" else 280, 9999):
        assert ask_number(machine, FOLDER, number) == KILL


def test_another_machine_kills(machine: str) -> None:
    other = next(each for name, each in MACHINES.items() if name != machine)
    data = struct.pack("<IIQ6Q", 0, other.audit_arch, 0, *[0] * 6)
    assert run(build_filter(FOLDER, PID), data) == KILL


def test_the_second_table_of_x86_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert ask_number("x86_64", FOLDER, 0x40000000) == KILL


def test_a_machine_without_a_table_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(OSError, match="riscv64"):
        build_filter(DECODER, PID)


@pytest.mark.parametrize("call", ["mmap", "mprotect"])
def test_memory_is_never_executable(machine: str, call: str) -> None:
    for permissions in (DECODER, IMAGE, FOLDER):
        assert ask(machine, permissions, call, 0, 4096, 0x3) == ALLOW
        for protection in (0x4, 0x5, 0x7):
            assert ask(machine, permissions, call, 0, 4096, protection) == EACCES


def test_only_walkers_start_threads_and_never_processes(machine: str) -> None:
    assert ask(machine, DECODER, "clone", THREAD_FLAGS) == EPERM
    assert ask(machine, IMAGE, "clone", THREAD_FLAGS) == ALLOW
    for flags in (0x11, 0x1200011, THREAD_FLAGS | 0x10000000, THREAD_FLAGS | 0x20000):
        assert ask(machine, IMAGE, "clone", flags) == EPERM
    assert ask(machine, IMAGE, "clone3") == ENOSYS


def test_a_process_signals_only_itself(machine: str) -> None:
    assert ask(machine, DECODER, "tgkill", PID) == ALLOW
    assert ask(machine, DECODER, "tgkill", PID + 1) == EPERM


def test_a_folder_is_opened_for_reading_only(machine: str) -> None:
    for flags in (0, 0o2000000, 0o1000000):
        assert ask(machine, FOLDER, "openat", 5, 0, flags) == ALLOW
    for flags in (0o1, 0o2, 0o3, 0o100, 0o1000, 0o2000, O_TMPFILE):
        assert ask(machine, FOLDER, "openat", 5, 0, flags) == EPERM
    assert ask(machine, FOLDER, "openat2") == EPERM


def test_a_folder_is_listed_and_its_names_are_stated(machine: str) -> None:
    for name in ("newfstatat", "statx", "getdents64", "readlinkat", "fstatfs"):
        assert ask(machine, FOLDER, name) == ALLOW


def test_descriptors_keep_their_flags(machine: str) -> None:
    assert ask(machine, DECODER, "fcntl", 3, 1030) == ALLOW
    for command in (4, 8, 1033):  # F_SETFL, F_SETOWN, F_ADD_SEALS
        assert ask(machine, DECODER, "fcntl", 3, command) == EPERM


def test_devices_are_not_controlled(machine: str) -> None:
    assert ask(machine, IMAGE, "ioctl", 3, 0x5421) == ALLOW
    assert ask(machine, IMAGE, "ioctl", 3, 0x5412) == EPERM  # TIOCSTI
    assert ask(machine, DECODER, "ioctl", 3, 0x5421) == EPERM
