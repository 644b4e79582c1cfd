"""Polit's own services: they end with their starter, politely first, and reach no network."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import brokers
import pytest

from polit.base.errors import SandboxError
from polit.sandbox.services import start_service

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def is_running(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def in_python(script: str) -> str:
    """Run a script in an interpreter of its own; return what it wrote."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_service_runs_a_module_with_its_arguments() -> None:
    service = start_service("polit.__main__", ["--version"], env=ENVIRONMENT, talks=True)
    assert service.stdout.read().startswith(b"polit ")
    assert service.wait(30) == 0
    assert service.poll() == 0
    service.close()


def test_only_modules_of_polit_are_started() -> None:
    with pytest.raises(SandboxError, match="no module of polit"):
        start_service("http.server", env=ENVIRONMENT)


def test_a_service_that_does_not_talk_has_no_pipes() -> None:
    service = start_service("polit.__main__", ["--version"], env=ENVIRONMENT)
    with pytest.raises(SandboxError, match="not started to talk"):
        _ = service.stdin
    assert service.wait(30) == 0
    assert service.stop() == 0, "stopping one that ended is harmless"


def test_a_service_stands_in_a_group_of_its_own_and_is_stopped() -> None:
    service = start_service("polit.broker.examiner", env=ENVIRONMENT, talks=True)
    assert os.getpgid(service.pid) == service.pid
    assert service.poll() is None
    assert service.wait(0.05) is None
    assert service.stop(limit_s=20) in {-signal.SIGINT, 1, 130}
    service.close()
    assert not is_running(service.pid)


def test_a_service_of_a_starter_in_the_background_listens_too() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        service = start_service("polit.broker.examiner", env=ENVIRONMENT, talks=True)
    finally:
        signal.signal(signal.SIGINT, before)
    assert service.wait(0.5) is None
    assert service.stop(limit_s=20) in {-signal.SIGINT, 1, 130}
    service.close()


def test_a_service_that_does_not_listen_is_killed() -> None:
    service = start_service("polit.broker.examiner", env=ENVIRONMENT, talks=True)
    try:
        assert service.stop(limit_s=0.2, number=signal.SIGURG) == -signal.SIGKILL
    finally:
        service.close()


def test_a_service_ends_with_the_process_that_started_it() -> None:
    script = """
        import os, signal
        from polit.sandbox.services import start_service
        service = start_service("polit.broker.examiner", env={}, talks=True)
        os.set_inheritable(service.stdin.fileno(), True)
        print(service.pid, flush=True)
        os.dup2(service.stdin.fileno(), 99)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    brokers.wait_for(lambda: not is_running(pid), limit_s=10)


def test_a_service_whose_starter_is_gone_already_does_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "polit.sandbox.service", "1", "polit.__main__", "--version"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, b"")


KNOCKING = """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
        except PermissionError:
            continue
        print("reached", family)
"""


def test_without_the_network_local_sockets_still_work_and_nothing_else() -> None:
    said = in_python(f"""
        import socket, subprocess, sys
        from polit.sandbox.lockdown import give_up_network, has_seccomp
        assert give_up_network() == has_seccomp()
        ours, theirs = socket.socketpair()
        ours.send(b"x"); assert theirs.recv(1) == b"x"
        socket.socket(socket.AF_UNIX).close()
        knocking = subprocess.run([sys.executable, "-c", {KNOCKING!r}], capture_output=True)
        print(knocking.stdout.decode(), knocking.returncode)
    """)
    assert said.strip() == "0"


def test_the_self_test_holds_without_the_network() -> None:
    said = in_python("""
        from polit.sandbox.isolate import Role, start_zygote
        from polit.sandbox.lockdown import give_up_network
        from polit.sandbox.selftest import run_selftest
        with_network = run_selftest(start_zygote(Role.DECODER)).level
        give_up_network()
        zygote = start_zygote(Role.DECODER)
        report = run_selftest(zygote)
        print(with_network == report.level, [r.name for r in report.results if not r.contained])
        zygote.close()
    """)
    assert said.split()[0] == "True", said


def test_number_of_a_service_that_ended_long_ago_is_never_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, _number: killed.append(group))
    service = start_service("polit.__main__", ["--version"], env=ENVIRONMENT)
    assert service.wait(30) == 0
    assert service.stop() == 0
    assert killed == [], "by then it may be the number of anybody's group"
