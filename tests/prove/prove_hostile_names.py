"""Take 300 hostile names through every form, page and export of the real browser."""

from pathlib import Path

from prove.by_test import figures_of_test

NAME = "hostile_names"
FULL_COUNT = 300


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Run the test with all names; whatever executes, leads away or hides fails it."""
    on_devices = figures_of_test("browser/test_hostile_evidence.py", count, scratch)
    return on_devices | figures_of_test("browser/test_hostile_names.py", count, scratch)
