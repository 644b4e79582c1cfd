"""Locks: hashed, without addresses, above the floors; and what changed is told."""

from pathlib import Path

import pytest

from tools.deps import changes, lock_faults, pins

LOCKS = sorted((Path(__file__).resolve().parents[2] / "requirements").glob("*.txt"))
GOOD = "pillow==13.0.0 \\\n    --hash=sha256:00\nrich==15.0.0 \\\n    --hash=sha256:11\n"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_the_locks_that_are_kept_have_no_fault(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert lock_faults(text) == []
    assert len(pins(text)) > 3


def test_the_locks_agree_on_what_they_share() -> None:
    kept = [pins(path.read_text(encoding="utf-8")) for path in LOCKS]
    merged: dict[str, set[str]] = {}
    for name, version in (pair for each in kept for pair in each.items()):
        merged.setdefault(name, set()).add(version)
    assert {name for name, versions in merged.items() if len(versions) > 1} == set()


def test_a_good_lock_has_no_fault() -> None:
    assert lock_faults(GOOD) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rich==15.0.0\n" + GOOD, "rich==15.0.0 has no hash"),
        ("--index-url https://example.org/\n" + GOOD, "names the address of a package index"),
        (GOOD.replace("13.0.0", "12.9.1"), "pillow 12.9.1 is below its floor 13.0.0"),
    ],
)
def test_a_fault_is_named(text: str, fault: str) -> None:
    assert [found for found in lock_faults(text) if fault in found]


def test_every_change_is_a_line() -> None:
    old, new = {"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"}
    assert changes(old, new) == ["b: 1 -> 2", "c: 1 -> removed", "d: absent -> 1"]
