"""Zygotes and their children: what they hold, how they end, and with whom."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from polit.base.clock import monotonic_s
from polit.base.errors import SandboxError
from polit.sandbox import isolate
from polit.sandbox.facts import OUTPUT_BYTES
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.limits import Profile
from polit.sandbox.protocol import MAX_ARGUMENTS_BYTES, Exited, encode_control


@pytest.fixture
def output() -> Iterator[int]:
    descriptor = os.memfd_create("output")
    os.ftruncate(descriptor, OUTPUT_BYTES)
    yield descriptor
    os.close(descriptor)


def until(condition: Callable[[], bool], limit_s: float = 10.0) -> bool:
    deadline_s = monotonic_s() + limit_s
    while not condition():
        if monotonic_s() > deadline_s:
            return False
        time.sleep(0.01)
    return True


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_versions_are_those_of_the_loaded_libraries(zygote: Zygote) -> None:
    assert {"pillow", "simplejpeg"} <= zygote.versions.keys()


def test_a_child_ends_when_its_channel_does(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output])
    child.channel.shutdown(socket.SHUT_RDWR)
    assert child.exit_status() == "exit 0"
    assert not child.is_running
    child.close()


def test_a_killed_child_tells_the_signal(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output])
    child.kill()
    assert child.exit_status() == "SIGKILL"
    child.kill()
    assert child.rss_bytes() == 0
    assert child.pss_bytes() is None
    child.close()
    child.close()


def test_a_role_that_raises_ends_with_its_own_status(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output])
    child.channel.send(b"no request")
    assert child.exit_status() == "exit 70"
    child.close()


def test_a_failed_lockdown_serves_nothing(zygote: Zygote, output: int) -> None:
    # A walker's folder that is no folder: the kernel refuses the rule.
    child = zygote.spawn(Profile.WALKER_FOLDER, fds=[output])
    assert child.exit_status() == "exit 77"
    child.close()


def test_a_running_child_has_no_status(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output])
    assert child.exit_status(limit_s=0.05) == "unknown"
    assert child.is_running
    assert child.fileno() == child.channel.fileno()
    child.close()


def test_a_child_is_measured(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output])
    assert child.rss_bytes() > 1 << 20
    assert os.geteuid() != 0 or (child.pss_bytes() or 0) > 1 << 20
    assert 0.0 <= child.cpu_s() < 5.0
    child.kill()
    child.exit_status()
    assert child.cpu_s() >= 0.0
    child.close()


def test_a_child_holds_nothing_but_what_it_was_given(zygote: Zygote, output: int) -> None:
    if os.geteuid() != 0:
        pytest.skip("skipped: needs root")
    child = zygote.spawn(Profile.DECODER, fds=[output])
    status = Path(f"/proc/{child.pid}/status")
    assert until(lambda: "Seccomp:\t2" in status.read_text())
    targets = [str(path.readlink()) for path in Path(f"/proc/{child.pid}/fd").iterdir()]
    kinds = sorted(target.partition(":")[0] for target in targets)
    assert set(kinds) <= {"/dev/null", "socket", "/memfd"}
    assert kinds.count("socket") == 1
    child.close()


def test_a_child_is_nobody_without_powers(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output])
    status = Path(f"/proc/{child.pid}/status")
    assert until(lambda: "Seccomp:\t2" in status.read_text())
    text = status.read_text()
    assert "CapPrm:\t0000000000000000" in text
    assert "NoNewPrivs:\t1" in text
    assert os.geteuid() != 0 or "Uid:\t65534\t65534\t65534\t65534" in text
    child.close()


def test_the_walker_of_a_folder_keeps_only_reading(
    zygote: Zygote, output: int, tmp_path: Path
) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    child = zygote.spawn_attacker(Profile.WALKER_FOLDER, fds=[output, folder])
    status = Path(f"/proc/{child.pid}/status")
    assert until(lambda: "Seccomp:\t2" in status.read_text())
    expected = "CapEff:\t000000000000000c" if os.geteuid() == 0 else "CapEff:\t0000000000000000"
    assert expected in status.read_text()
    child.close()
    os.close(folder)


def test_reports_are_collected_without_waiting(zygote: Zygote, output: int) -> None:
    zygote.collect()
    child = zygote.spawn(Profile.DECODER, fds=[output])
    child.kill()

    def reported() -> bool:
        zygote.collect()
        return not child.is_running

    assert until(reported)
    assert zygote.fileno() >= 0
    child.close()


def test_arguments_have_a_limit(zygote: Zygote) -> None:
    with pytest.raises(SandboxError, match="at most"):
        zygote.spawn(Profile.DECODER, arguments=b"x" * (MAX_ARGUMENTS_BYTES + 1))


def test_arguments_up_to_the_limit_arrive(zygote: Zygote, output: int) -> None:
    child = zygote.spawn(Profile.DECODER, fds=[output], arguments=b"x" * MAX_ARGUMENTS_BYTES)
    assert child.exit_status(limit_s=0.05) == "unknown"
    child.close()


def test_descriptors_that_do_not_exist_are_an_error(zygote: Zygote) -> None:
    with pytest.raises(SandboxError, match="took no request"):
        zygote.spawn(Profile.DECODER, fds=[9999])


def test_closing_a_zygote_ends_its_children(output: int) -> None:
    zygote = start_zygote(Role.DECODER)
    child = zygote.spawn(Profile.DECODER, fds=[output])
    zygote.close()
    zygote.close()
    assert until(lambda: not is_alive(child.pid))
    assert not is_alive(zygote.pid)


def test_a_zygote_that_is_gone_is_told(output: int) -> None:
    zygote = start_zygote(Role.DECODER)
    child = zygote.spawn(Profile.DECODER, fds=[output])
    os.kill(zygote.pid, signal.SIGKILL)
    assert until(lambda: not is_alive(child.pid))
    with pytest.raises(SandboxError):
        zygote.spawn(Profile.DECODER, fds=[output])
    assert child.exit_status(limit_s=0.5) == "unknown"
    with pytest.raises(SandboxError, match="gone"):
        zygote.collect()
    zygote.close()


def test_a_role_that_does_not_exist_is_told() -> None:
    zygote = start_zygote(cast("Role", "no_such_role"))
    with pytest.raises(SandboxError, match="exit 1"):
        _ = zygote.versions
    zygote.close()


def test_an_interpreter_that_does_not_exist_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(SandboxError, match="cannot start"):
        start_zygote(Role.DECODER)


def test_a_zygote_that_answers_nonsense_is_told() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(["true"])
    zygote = Zygote(process, ours)
    theirs.send(b"\xff")
    with pytest.raises(SandboxError, match="protocol"):
        _ = zygote.versions
    theirs.send(encode_control(Exited(pid=1, status=0)))
    zygote.collect()
    theirs.close()
    zygote.close()


def test_a_silent_zygote_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolate, "_START_LIMIT_S", 0.05)
    monkeypatch.setattr(isolate, "_EXIT_LIMIT_S", 0.05)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(["sleep", "100"])
    zygote = Zygote(process, ours)
    with pytest.raises(SandboxError, match="in time"):
        _ = zygote.versions
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(SandboxError, match="closed its socket"):
        zygote.collect()
    zygote.close()
    theirs.close()
    assert process.returncode == -signal.SIGKILL


COORDINATOR = """
import os, signal, sys
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import Profile
zygote = start_zygote(Role.DECODER)
output = os.memfd_create("output")
os.ftruncate(output, 300_000)
children = [zygote.spawn(Profile.DECODER, fds=[output]) for _ in range(3)]
print(zygote.pid, *[child.pid for child in children], flush=True)
signal.pause()
"""


def test_all_die_with_a_killed_coordinator() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", COORDINATOR], stdout=subprocess.PIPE, text=True
    ) as coordinator:
        assert coordinator.stdout is not None
        pids = [int(word) for word in coordinator.stdout.readline().split()]
        assert len(pids) == 4
        assert all(is_alive(pid) for pid in pids)
        coordinator.kill()
    assert until(lambda: not any(is_alive(pid) for pid in pids))


def test_standard_error_of_a_child_leads_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    zygote = start_zygote(Role.DECODER)
    child = zygote.spawn(Profile.DECODER, fds=[])
    assert child.exit_status() == "exit 70"
    child.close()
    zygote.close()
    assert capfd.readouterr().err == ""


FAILING_CHILD = """
from polit.sandbox.isolate import Role, start_zygote
from polit.sandbox.limits import Profile
zygote = start_zygote(Role.DECODER)
child = zygote.spawn(Profile.DECODER)
print(child.exit_status())
child.close()
zygote.close()
"""


@pytest.mark.parametrize("watched", ["", "1"])
def test_a_developer_sees_why_a_child_ended(watched: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING_CHILD],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "POLIT_WORKER_STDERR": watched},
    )
    assert done.stdout == "exit 70\n"
    assert ("IndexError" in done.stderr) == bool(watched)
