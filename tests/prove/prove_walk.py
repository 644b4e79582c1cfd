"""Take the newcomer's walk: what it costs in keys, and that nothing is typed twice."""

from pathlib import Path

from prove.by_test import figures_of_test

NAME = "walk"
FULL_COUNT = 1


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Run the walk's test; axe, the console and foreign requests are watched on every page."""
    return figures_of_test("browser/test_newcomers_walk.py", count, scratch)
