# ruff: noqa: PLC0415 - models can be imported only once Django is ready
"""The gallery's grid in the real browser, at 100,000 and at 1,000,000 items.

    python -m benchmarks.gallery [--items 100000 1000000] [--seconds 4] [--json]

The page, its scripts and its policy come from the real web process; the items are made up by
``tests/fake_review.py`` behind a small relay, so that the grid is measured and no database.
Figures: time to the first thumbnail, frames a second and the share of blank cells while it scrolls
at 1,500 and 6,000 px/s, from a key to the paint of the next frame, and memory of the scripts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fake_review import FakeReview
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks._gallery_relay import relay
from polit.web.site.boot import boot
from polit.web.site.places import make_web_folder

TARGET_FIRST_MS = {100_000: 1000, 1_000_000: 1500}
TARGET_FPS, TARGET_BLANK, TARGET_KEY_MS = 55, 0.01, 50
SPEEDS_PX_S = (1500, 6000)
_KEYS = 120
_PEOPLE = """
from benchmarks._gallery_relay import relay
from polit.web.site.boot import boot
boot()
from browser.test_cases_and_people import person
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import ReviewSet
from web_sessions import signed_in_session
case = case_open(SYSTEM, reason="a benchmark", reference="OP-BENCH-1", title="A benchmark")
user = person(Role.INVESTIGATOR)
member_add(SYSTEM, reason="a benchmark", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
ReviewSet.objects.create(case=case)
from django.conf import settings
print(case.id, settings.SESSION_COOKIE_NAME, signed_in_session(user))
"""
_FIRST = """() => new Promise((resolve) => {
  const look = () => {
    const blank = document.querySelector("#review-frame")?.dataset.blank;
    if (blank !== undefined && Number(blank) < 1) { resolve(performance.now()); }
    else { requestAnimationFrame(look); }
  };
  look();
})"""
_SCROLL = """([speed, seconds]) => new Promise((resolve) => {
  const frame = document.getElementById("review-frame");
  const from = frame.scrollTop;
  const began = performance.now();
  let frames = 0, blank = 0, longest = 0, last = began;
  const step = (now) => {
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    blank += Number(frame.dataset.blank);
    if (now - began >= seconds * 1000) {
      const passed = (now - began) / 1000;
      resolve({fps: frames / passed, blank: blank / frames, longest_ms: longest});
    } else {
      frame.scrollTop = from + speed * (now - began) / 1000;
      requestAnimationFrame(step);
    }
  };
  requestAnimationFrame(step);
})"""
_TIME_KEYS = """() => {
  window.keyTimes = [];
  window.addEventListener("keydown", (event) => {
    const pressed = event.timeStamp;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.keyTimes.push(performance.now() - pressed);
      channel.port2.postMessage(null);
    });
  }, {capture: true});
}"""
_MEMORY = "() => performance.memory ? performance.memory.usedJSHeapSize : 0"


def main() -> None:
    """Measure each size and print the figures; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measured(options.items, seconds=options.seconds)
    for count, found in figures.items():
        print(json.dumps({count: found}) if options.json else f"{count:>9,} {found}", flush=True)
    sys.exit(0 if all(found["holds"] for found in figures.values()) else 1)


def measured(counts: list[int], *, seconds: float) -> dict[int, dict[str, object]]:
    """Return the figures of each number of items."""
    with tempfile.TemporaryDirectory(prefix="polit-gallery-") as place:
        os.environ["POLIT_DATA"] = str(Path(place) / "own")
        os.environ.setdefault("POLIT_TEST_SCRATCH", place)
        make_web_folder()
        boot()
        from browser_fixtures import FLAGS
        from browser_site import environment, prepare, running_site

        prepared = prepare(Path(place) / "prepared")
        (Path(place) / "site").mkdir()
        with running_site(prepared, Path(place) / "site") as site, sync_playwright() as started:
            made = subprocess.run(
                [sys.executable, "-c", _PEOPLE],
                env=environment(site.data, prepared / "static"),
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            case_id, cookie, key = made.stdout.split()[-3:]
            browser = started.chromium.launch(
                executable_path=os.environ.get("POLIT_CHROMIUM", "/usr/bin/chromium"), args=FLAGS
            )
            told = {}
            for count in counts:
                with relay(FakeReview(count), site.address) as address:
                    context = {"name": cookie, "value": key, "url": address}
                    url = f"{address}/cases/{case_id}/review/"
                    told[count] = _measure(browser, context, url, count, seconds)
            browser.close()
    return told


def _measure(
    browser: Browser, cookie: dict[str, str], url: str, count: int, seconds: float
) -> dict[str, object]:
    page = _page(browser, cookie)
    page.goto(url, wait_until="commit")
    first_cold_ms = page.evaluate(_FIRST)
    page.goto(url, wait_until="commit")
    found: dict[str, object] = {
        "first_thumbnail_cold_ms": round(first_cold_ms),
        "first_thumbnail_ms": round(page.evaluate(_FIRST)),
    }
    page.wait_for_timeout(1000)
    holds = float(str(found["first_thumbnail_ms"])) <= TARGET_FIRST_MS.get(count, 1500)
    for speed in SPEEDS_PX_S:
        scrolled = page.evaluate(_SCROLL, [speed, seconds])
        found[f"fps_at_{speed}"] = round(scrolled["fps"], 1)
        found[f"blank_at_{speed}"] = round(scrolled["blank"], 4)
        found[f"longest_frame_at_{speed}_ms"] = round(scrolled["longest_ms"])
        if speed == SPEEDS_PX_S[0]:
            holds = holds and scrolled["fps"] >= TARGET_FPS and scrolled["blank"] <= TARGET_BLANK
    key_ms = _keys_ms(page)
    found["key_to_paint_p50_ms"] = round(key_ms[len(key_ms) // 2], 1)
    found["key_to_paint_p95_ms"] = round(key_ms[int(len(key_ms) * 0.95)], 1)
    found["heap_mb"] = round(page.evaluate(_MEMORY) / 2**20)
    found["holds"] = holds and key_ms[int(len(key_ms) * 0.95)] <= TARGET_KEY_MS
    page.context.close()
    return found


def _page(browser: Browser, cookie: dict[str, str]) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dictionary of the library
    return context.new_page()


def _keys_ms(page: Page) -> list[float]:
    page.locator("#review-to-grid").focus()
    page.keyboard.press("Enter")
    page.evaluate(_TIME_KEYS)
    for number in range(_KEYS):
        page.keyboard.press(("ArrowRight", "ArrowDown", "1", "PageDown")[number % 4])
        page.wait_for_timeout(30)
    return sorted(page.evaluate("window.keyTimes"))


if __name__ == "__main__":
    main()
