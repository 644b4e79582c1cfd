"""Planted faults: each action happens at its point, once, and nowhere else."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from polit.base import faults
print(faults.armed(), flush=True)
for name in sys.argv[1:]:
    point, _, detail = name.partition("=")
    faults.reach(point, detail.encode())
    print(name, flush=True)
"""


def run(planted: str, *points: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *points],
        env={"POLIT_FAULTS": planted, "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def reached(ended: "subprocess.CompletedProcess[str]") -> list[str]:
    return ended.stdout.split()[1:]


def test_without_a_plan_nothing_happens() -> None:
    ended = run("", "a", "b")
    assert ended.stdout.split() == ["False", "a", "b"]
    assert ended.returncode == 0


def test_a_fault_happens_at_its_point_alone() -> None:
    ended = run("b:exit", "a", "b", "c")
    assert ended.stdout.split() == ["True", "a"]
    assert ended.returncode == 9


def test_a_fault_waits_for_its_turn() -> None:
    assert reached(run("a@3:exit", "a", "b", "a", "a", "a")) == ["a", "b", "a"]


def test_a_fault_waits_for_its_detail() -> None:
    assert reached(run("a=x@2:exit", "a=y", "a=x", "a", "a=x", "b")) == ["a=y", "a=x", "a"]


def test_several_faults_are_apart() -> None:
    assert reached(run("a=1:exit,b:exit", "a=2", "c", "b")) == ["a=2", "c"]


@pytest.mark.parametrize(
    ("action", "code"), [("segv", -signal.SIGSEGV), ("kill", -signal.SIGKILL), ("exit", 9)]
)
def test_a_process_ends_as_planted(action: str, code: int) -> None:
    assert run(f"a:{action}", "a").returncode == code


@pytest.mark.parametrize(("action", "number"), [("enospc", 28), ("eio", 5)])
def test_a_system_error_is_raised_as_planted(action: str, number: int) -> None:
    ended = run(f"a:{action}", "a", "b")
    assert f"OSError: [Errno {number}]" in ended.stderr
    assert reached(ended) == []


def test_a_hang_hangs() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(
            [sys.executable, "-c", PROGRAM, "a"],
            env={"POLIT_FAULTS": "a:hang", "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            timeout=2,
            check=False,
        )


@pytest.mark.parametrize("planted", ["a", "a:explode", ":", "a@x:exit"])
def test_a_plan_that_cannot_be_read_is_refused(planted: str) -> None:
    ended = run(planted, "a")
    assert ended.returncode == 1
    assert "UsageError" in ended.stderr
    assert "POLIT_FAULTS" in ended.stderr
