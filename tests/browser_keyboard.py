"""Walks a page by keys alone, and counts what it cost."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

_MOST_TABS = 300
_MOVING = {"Tab", "ArrowDown"}
_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) { return {name: "", group: "", kind: ""}; }
  const label = element.labels && element.labels.length ? element.labels[0].innerText : "";
  const group = element.closest("fieldset")?.querySelector("legend")?.innerText ?? "";
  const name = label || element.getAttribute("aria-label") || element.innerText || "";
  return {name: name.trim(), group: group.trim(), kind: element.type || element.tagName};
}"""


@dataclass(slots=True)
class Keyboard:
    """A person without a mouse.

    Args:
        page: The page they use.
    """

    page: Page
    keystrokes: int = 0
    tabs: int = 0
    fields: int = 0
    typed: list[str] = field(default_factory=list)

    @property
    def typed_twice(self) -> list[str]:
        """What had to be typed more than once, each value of three characters or more."""
        long = [text for text in self.typed if len(text) > 2]
        return sorted({text for text in long if long.count(text) > 1})

    def press(self, key: str) -> None:
        """Press one key."""
        self.keystrokes += 1
        self.tabs += key in _MOVING
        self.page.keyboard.press(key)

    def tab_to(self, name: str, *, within: str = "") -> None:
        """Press Tab until something has the focus.

        Args:
            name: How its label, or its words, begin.
            within: How the legend of its group begins, where several have the same label.
        """
        seen = []
        for _tab in range(_MOST_TABS):
            focused = self.page.evaluate(_FOCUSED)
            is_there = focused["name"].startswith(name) and focused["group"].startswith(within)
            if focused["name"] and is_there:
                return
            seen.append(focused["name"])
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {name!r}; it passed {sorted(set(seen))}")

    def type_into(self, name: str, text: str, *, within: str = "") -> None:
        """Type text into a field, over what it holds."""
        self.tab_to(name, within=within)
        self.press("Control+a")
        self.keystrokes += len(text)
        self.fields += 1
        self.typed.append(text)
        self.page.keyboard.type(text)

    def follow(self, name: str) -> None:
        """Press Enter on a link or a button, and wait for the page that it leads to."""
        self.tab_to(name)
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, name: str, *, within: str = "") -> None:
        """Choose a radio button of a group by arrows, or tick a box."""
        focused = self._into_group(within or name)
        if focused["kind"] != "radio":
            self.tab_to(name, within=within)
            self.press("Space")
            return
        if not self.page.evaluate("() => document.activeElement.checked"):
            self.press("Space")
        for _option in range(_MOST_TABS):
            if self.page.evaluate(_FOCUSED)["name"].startswith(name):
                return
            self.press("ArrowDown")
        raise AssertionError(f"no option {name!r} within {within!r}")

    def select(self, name: str, option: str) -> None:
        """Choose from a list by typing the option's first letters."""
        self.tab_to(name)
        self.keystrokes += len(option)
        self.page.keyboard.type(option)

    def _into_group(self, legend: str) -> dict[str, str]:
        for _tab in range(_MOST_TABS):
            focused: dict[str, str] = self.page.evaluate(_FOCUSED)
            if focused["group"].startswith(legend) or focused["name"].startswith(legend):
                return focused
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {legend!r}")
