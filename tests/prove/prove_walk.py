"""Take both walks: what they cost in keys, and that nothing is typed twice."""

from pathlib import Path

from prove.by_test import figures_of_test

NAME = "walk"
FULL_COUNT = 1


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Run the walks' tests; axe, the console and foreign requests are watched on every page.

    The newcomer's figures come first, those of the walk of a case below ``case``.
    """
    newcomer = figures_of_test("browser/test_newcomers_walk.py", count, scratch)
    return {
        **newcomer,
        "case": figures_of_test("browser/test_referral_to_visit.py", count, scratch),
    }
