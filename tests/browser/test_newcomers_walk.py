"""A newcomer's walk from the README alone, keyboard only, in the real browser."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from newcomers_walk import take_the_walk
from playwright.sync_api import Browser


def test_newcomer_walks_from_the_link_to_the_printed_report(
    browser: Browser, tmp_path: Path, keep_figures: Callable[[dict[str, object]], None]
) -> None:
    figures = take_the_walk(browser, tmp_path, tmp_path / "pictures")
    assert figures.typed_twice == ()
    assert figures.keystrokes < 2_000
    assert figures.events == 7
    found = {"axe_violations_light_and_dark": 0, "console_errors": 0, "foreign_requests": 0}
    keep_figures({**asdict(figures), "page_views": len(figures.pages), **found})
