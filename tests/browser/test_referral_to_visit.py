"""The walk of a case from referral to visit, keyboard only, in the real browser."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from offender_walk import walk_a_case
from playwright.sync_api import Browser


def test_officer_walks_from_the_referral_to_the_visit(
    browser: Browser, tmp_path: Path, keep_figures: Callable[[dict[str, object]], None]
) -> None:
    figures = walk_a_case(browser, tmp_path, tmp_path / "pictures")
    assert figures.typed_twice == ()
    expected = {
        "Warrants executed": 1,
        "Executions of warrants": 1,
        "Arrests": 1,
        "Children safeguarded": 1,
        "Of these: identified victims": 0,
        "Of these: children at risk": 1,
        "Protective actions": 1,
        "Devices seized": 2,
        "Devices examined": 0,
        "Referrals": 1,
        "Orders supervised": 1,
        "Visits overdue": 0,
    }
    assert figures.counted == expected
    found = {"axe_violations_light_and_dark": 0, "console_errors": 0, "foreign_requests": 0}
    keep_figures({**asdict(figures), "page_views": len(figures.pages), **found})
