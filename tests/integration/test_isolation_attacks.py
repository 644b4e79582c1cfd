"""Every attack of the self-test as a test, as whoever runs the tests and as an ordinary user."""

import json

import pytest
from sandbox_users import ORDINARY_UID, run_at

from polit.sandbox.attack_list import ATTACKS

LEVELS = ("root", "ordinary")
AFTERMATH = ("after.file", "after.folder", "after.item", "after.sibling")
NAMES = (*(f"{profile}.{name}" for profile in ATTACKS for name in ATTACKS[profile]), *AFTERMATH)

SCRIPT = """
import json, os, msgspec
from polit.sandbox.selftest import run_selftest
print(json.dumps([os.getuid(), msgspec.to_builtins(run_selftest())]))
"""


@pytest.fixture(scope="module")
def reports() -> dict[str, dict[str, object]]:
    found = {}
    for level in LEVELS:
        uid, report = json.loads(run_at(level, ["-c", SCRIPT]))
        assert level == "root" or uid != 0
        found[level] = report
    return found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_contained_and_the_next_item_decodes(
    reports: dict[str, dict[str, object]], name: str, level: str
) -> None:
    results = reports[level]["results"]
    assert isinstance(results, list)
    found = {result["name"]: result for result in results}[name]
    assert found["contained"], found["outcome"]


@pytest.mark.parametrize("level", LEVELS)
def test_the_level_is_full(reports: dict[str, dict[str, object]], level: str) -> None:
    report = reports[level]
    assert report["level"] == "full"
    assert report["seccomp"] is True
    assert report["uid_dropped"] is True
    assert isinstance(report["landlock_abi"], int)
    assert report["landlock_abi"] >= 1


def test_no_attack_is_tried_that_the_report_leaves_out(
    reports: dict[str, dict[str, object]],
) -> None:
    results = reports["root"]["results"]
    assert isinstance(results, list)
    assert sorted(result["name"] for result in results) == sorted(NAMES)


def test_the_ordinary_user_is_one() -> None:
    powers = run_at("ordinary", ["-c", "print(open('/proc/self/status').read())"])
    assert "CapEff:\t0000000000000000" in powers
    assert ORDINARY_UID > 0
