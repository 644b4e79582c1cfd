"""A kernel without Landlock or without seccomp: the report must say so, not hope.

A filter that the test installs makes the calls of the one or the other fail with ENOSYS, as on
a kernel that was built without them.
"""

import json

import pytest
from sandbox_users import run_at

SCRIPT = """
import ctypes, json, platform, struct, sys
import msgspec
from polit.sandbox.syscalls import MACHINES

machine = MACHINES[platform.machine()]
missing = [{"landlock": 444, "seccomp": machine.calls["seccomp"]}[name] for name in sys.argv[1:]]
steps = [(0x20, 0, 0, 0)]
steps += [(0x15, len(missing) - at, 0, number) for at, number in enumerate(missing)]
steps += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | 38)]
program = b"".join(struct.pack("=HBBI", *step) for step in steps)
code = ctypes.create_string_buffer(program, len(program))
description = struct.pack("@HxxxxxxQ", len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.syscall(machine.calls["seccomp"], 1, 0, description) == 0

from polit.sandbox.selftest import run_selftest
print(json.dumps(msgspec.to_builtins(run_selftest())))
"""


def report_without(level: str, *missing: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(run_at(level, ["-c", SCRIPT, *missing]))
    return report


def missed(report: dict[str, object]) -> set[str]:
    results = report["results"]
    assert isinstance(results, list)
    return {result["name"] for result in results if not result["contained"]}


@pytest.mark.parametrize("level", ["root", "ordinary"])
def test_without_landlock_the_level_is_reduced(level: str) -> None:
    report = report_without(level, "landlock")
    assert (report["level"], report["landlock_abi"], report["seccomp"]) == ("reduced", 0, True)
    # The calls are filtered still: what opens no path is contained.
    assert not {name for name in missed(report) if not name.startswith("walker_folder.")}
    assert "walker_folder.read_file" in missed(report)


@pytest.mark.parametrize("level", ["root", "ordinary"])
def test_without_seccomp_the_level_is_reduced(level: str) -> None:
    report = report_without(level, "seccomp")
    assert (report["level"], report["seccomp"]) == ("reduced", False)
    assert {"decoder.stat_file", "decoder.executable_memory", "decoder.udp"} <= missed(report)
    assert "decoder.read_file" not in missed(report)


@pytest.mark.parametrize("level", ["root", "ordinary"])
def test_without_both_there_is_no_level(level: str) -> None:
    report = report_without(level, "landlock", "seccomp")
    assert (report["level"], report["landlock_abi"], report["seccomp"]) == ("none", 0, False)
    assert {"decoder.read_file", "decoder.tcp", "decoder.execute"} <= missed(report)
