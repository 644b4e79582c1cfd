"""Takes hostile names through forms and pages of the real browser, and looks for what they did."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

_FIELDS = """() => {
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const form = forms.find((each) => each.querySelector("input:not([type=hidden]),textarea,select"));
  if (!form) { return null; }
  form.setAttribute("data-taken", "");
  return [...form.elements].filter((each) => each.name && each.type !== "hidden").map((each) => ({
    name: each.name, kind: each.tagName === "INPUT" ? each.type : each.tagName.toLowerCase(),
    value: each.value, numeric: each.inputMode === "numeric",
    most: Number(each.closest("[data-maxlength]")?.dataset.maxlength ?? 0),
    options: each.options ? [...each.options].map((one) => one.value) : [],
    wrong: Boolean(each.closest(".govuk-form-group--error")),
  }));
}"""
_FILL = """(values) => {
  const form = document.querySelector("form[data-taken]");
  const seen = new Set();
  for (const each of form.elements) {
    if (!(each.name in values)) { continue; }
    if (each.type === "radio" || each.type === "checkbox") {
      each.checked = !seen.has(each.name);
      seen.add(each.name);
    } else { each.value = values[each.name]; }
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
_LOOK = r"""() => {
  const found = [];
  const unseen = new RegExp("[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c" +
    "\\u115f\\u1160\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0]" +
    "|[\\u{e0000}-\\u{e007f}]", "u");
  if (window.politRan || document.title === "run") { found.push("a script ran"); }
  if (document.querySelector("#injected")) { found.push("an element was injected"); }
  const never = "iframe, object, embed, base, math, video, audio, style, template, p[title]";
  for (const each of document.querySelectorAll(never)) { found.push(each.outerHTML.slice(0, 200)); }
  for (const each of document.querySelectorAll("script:not([src])")) {
    if (each.type !== "application/json") { found.push(each.outerHTML.slice(0, 200)); }
  }
  for (const element of document.querySelectorAll("*")) {
    for (const {name, value} of element.attributes) {
      if (/^on/i.test(name)) { found.push(`${name}: ${element.outerHTML.slice(0, 200)}`); }
      if (/^(href|src|action|formaction|data|hx-get|hx-post)$/.test(name)) {
        const leads = new URL(value, document.baseURI);
        if (leads.origin !== location.origin) { found.push(`leads away: ${value.slice(0, 200)}`); }
      }
      if (/^(aria-label|alt|title)$/.test(name) && unseen.test(value)) {
        found.push(`unseen in ${name}: ${JSON.stringify(value).slice(0, 200)}`);
      }
    }
  }
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const inside = texts.currentNode.parentElement;
    if (inside.closest("textarea, script")) { continue; }
    if (unseen.test(texts.currentNode.data)) {
      const told = JSON.stringify(texts.currentNode.data).slice(0, 200);
      found.push(`unseen in <${inside.tagName}>: ${told}`);
    }
  }
  return found;
}"""
_PLAIN = {
    "copy_digest": "sha256:" + "0" * 64,
    "imei": "",
    "acquisition": "",
    "time_zone": "",
    "quantity": "1",
    "skip": "0",
    "hours": "1",
    "priority": "5",
    "clock_offset_s": "0",
    "estimated_age_years": "",
    "second_percent": "5",
    "stop_count": "1",
}
_LEFT_ALONE = {"another", "is_imei_unreadable", "passwordless", "remember", "exhibits"}
_AS_OFFERED = {("exhibits:split", "reference")}
"""A part's reference begins with that of what it was a part of."""
_ROUNDS = 3


def look_for_harm(page: Page) -> None:
    """Fail where something ran, was injected, leads away, or cannot be seen on the page."""
    found: list[str] = page.evaluate(_LOOK)
    assert not found, "\n".join([page.url, *found[:5]])


@dataclass(slots=True)
class HostileClerk:
    """Somebody who fills every form with hostile names.

    Args:
        page: Their page.
        names: What they fill in.
        dealt: How many of the names each form was given so far.
        kept: How often each form was taken.
        refused: How often each form was refused for good.
        told: What each form was refused with last.
    """

    page: Page
    names: Sequence[str]
    dealt: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)

    def is_done(self, form: str) -> bool:
        """Tell whether a form was given every name, or was filled in and has room for none."""
        is_without_room = self.kept[form] + self.refused[form] > 0 and not self.dealt[form]
        return is_without_room or self.dealt[form] >= len(self.names)

    def fill(self, form: str, url: str) -> bool:
        """Fill a form once, with as many names as it has room for; tell whether it was there.

        What is refused is shortened, then made harmless, field by field; each answer is looked at.
        """
        answer = self.page.goto(url, wait_until="domcontentloaded")
        look_for_harm(self.page)
        if answer is None or answer.status != 200:
            return False
        for turn in range(_ROUNDS):
            fields = self.page.evaluate(_FIELDS)
            if fields is None:
                return False
            values = self._values(form, fields, turn)
            with self.page.expect_navigation(wait_until="domcontentloaded"):
                self.page.evaluate(_FILL, values)
            look_for_harm(self.page)
            if not self.page.locator(".govuk-error-summary").count():
                self.kept[form] += 1
                return True
        self.refused[form] += 1
        self.told[form] = self.page.locator(".govuk-error-summary").inner_text()[:300]
        return True

    def _values(self, form: str, fields: list[dict[str, Any]], turn: int) -> dict[str, str]:
        values: dict[str, str] = {}
        is_told = any(each["wrong"] for each in fields)
        for each in fields:
            name = each["name"]
            if (turn and is_told and not each["wrong"]) or (form, name) in _AS_OFFERED:
                continue
            if each["kind"] in {"radio", "checkbox"}:
                if name not in _LEFT_ALONE:
                    values[name] = ""
            elif each["kind"] == "select":
                values[name] = next((one for one in each["options"] if one), "")
            elif each["kind"] in {"text", "textarea", "search", "password"}:
                values[name] = self._text(form, each, turn)
        return values

    def _text(self, form: str, each: dict[str, Any], turn: int) -> str:
        name = each["name"]
        if name.rpartition("_")[2].isdigit() and (turn or each["value"]):
            return "" if name.startswith("not_before") else str(each["value"])  # parts of a date
        if turn == 1 and name not in _PLAIN and not each["numeric"]:
            return f"{self.kept[form]}{each['value'][:30]}".replace("\x00", "").strip() or "x"
        if turn == _ROUNDS - 1:
            return _PLAIN.get(name, f"n-{self.kept.total()}.{self.refused.total()}")
        if each["numeric"]:
            return str(each["value"])
        if each["kind"] == "textarea":
            return "\n".join(self._fitting(form, each["most"] or 200))
        return next(self._next(form))

    def _fitting(self, form: str, most: int) -> Iterator[str]:
        room = most
        while room > 0:
            name = next(self._next(form))
            yield name[:room]
            room -= len(name) + 1
            if self.is_done(form):
                return

    def _next(self, form: str) -> Iterator[str]:
        number = self.dealt[form]
        self.dealt[form] += 1
        yield self.names[number % len(self.names)]
