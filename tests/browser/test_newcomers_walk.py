"""A newcomer's walk from the README alone, keyboard only, in the real browser."""

from pathlib import Path

from newcomers_walk import take_the_walk
from playwright.sync_api import Browser


def test_newcomer_walks_from_the_link_to_the_printed_report(
    browser: Browser, tmp_path: Path
) -> None:
    figures = take_the_walk(browser, tmp_path, tmp_path / "pictures")
    assert figures.typed_twice == ()
    assert figures.keystrokes < 2_500
    assert figures.events >= 7
