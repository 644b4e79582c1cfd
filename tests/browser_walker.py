"""Somebody who goes through the record by keys alone; each page they come to is examined."""

from dataclasses import dataclass, field
from pathlib import Path

from browser_fixtures import check_axe, screenshot
from browser_keyboard import Keyboard
from browser_watch import Watch
from playwright.sync_api import Browser, Page, ViewportSize

_WIDE: ViewportSize = {"width": 1000, "height": 700}
_HIGHEST_PX = 1_000


@dataclass(slots=True)
class Walker:
    """A person at a browser of their own.

    Args:
        page: Their page.
        keyboard: Their keys.
        watch: What the page does behind their back.
        folder: Where pictures of pages go.
        pages: The titles of the pages they came to, in order.
    """

    page: Page
    keyboard: Keyboard
    watch: Watch
    folder: Path
    pages: list[str] = field(default_factory=list)

    def arrive(self, title: str, *, picture: str = "") -> None:
        """Examine the page that the last key led to.

        Args:
            title: How its title begins.
            picture: The name of a picture of it; empty for none.
        """
        self.page.wait_for_load_state("load")
        found = self.page.title()
        assert found.startswith(title), f"came to {found!r}, not {title!r}: {self._told()}"
        self.pages.append(found)
        assert self.page.locator("h1").count() == 1, f"{found}: one heading of the first level"
        check_axe(self.page)
        if picture:
            screenshot(self.page, picture, self.folder, most_px=_HIGHEST_PX)
        assert not self.watch.found, "\n".join(self.watch.found)

    def text(self, selector: str) -> str:
        """Return what an element of the page says."""
        return self.page.locator(selector).first.inner_text()

    def _told(self) -> str:
        errors = self.page.locator(".govuk-error-summary")
        return errors.inner_text() if errors.count() else self.page.inner_text("main")[:400]


def walker(browser: Browser, address: str, folder: Path) -> Walker:
    """Sit somebody down at a browser.

    Args:
        browser: Whose profile they use.
        address: The site, without a slash at the end.
        folder: Where pictures of pages go.
    """
    context = browser.new_context(base_url=address, locale="en-GB", viewport=_WIDE)
    context.set_default_timeout(20_000)
    page = context.new_page()
    return Walker(page, Keyboard(page), Watch(page, address), folder)
