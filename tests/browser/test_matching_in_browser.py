"""Alerts, what is known, stacks and effect in the real browser, with hostile names of sets."""

import random
from pathlib import Path

import pytest
from browser.test_cases_and_people import TEXT, check_page, person
from browser_fixtures import screenshot
from browser_keyboard import Keyboard
from browser_site import Site
from made_packages import sealed
from matched_packages import BROKEN, GOOD, GRADED, PICTURE, exact, near, set_facts
from matched_packages import TEXT as PLAIN_TEXT
from playwright.sync_api import Page
from web.examined import examined_landscapes
from web.imported import imported
from web.matching.stacked import Shot, flipped, package_of_shots

from polit.model.matching import SetStatus
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.matching.models import Alert, StackRow, StackRun
from polit.web.matching.services.stacking import stacks_make
from polit.web.media.models import Entry

_WORDS = TEXT.encode("utf-8", "replace").decode().replace("\0", "")


def _shots() -> list[Shot]:
    rng = random.Random(3)
    shots = []
    for number in range(24):
        value = rng.randbytes(32)
        shots.append(Shot(f"holiday {number}", value, copies=1 + number % 4, width_px=2000))
        shots += [
            Shot(f"holiday {number} small {size}", flipped(value, 3 + 5 * size))
            for size in range(number % 3)
        ]
    return shots


def test_pages_of_matches_hold(
    site: Site, browser_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(site.data))
    sought = set_facts("Sought files", SetStatus.ALERT, provider="An example force")
    hostile = set_facts(_WORDS, SetStatus.ALERT, provider=_WORDS, version=_WORDS)
    sets = (sought, hostile, GOOD, GRADED)
    matches = (
        exact(PICTURE, sought), near(BROKEN, sought, 18),
        exact(PLAIN_TEXT, hostile, asserted=_WORDS), exact(PLAIN_TEXT, GOOD),
    )  # fmt: skip
    case = case_open(SYSTEM, reason="a test", reference="OP-EXAMPLE-1", title="A referral")
    user = person(Role.INVESTIGATOR)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    there = imported(case, tmp_path, sealed(tmp_path, matches=matches, sets=sets))
    shots = package_of_shots(case, _shots(), exhibit="AB/2")
    for scope in (None, there.package.id, shots.id):
        stacks_make(case.id, scope)
    run = StackRun.objects.get(case=case, package=None)
    stack = StackRow.objects.filter(id__gt=run.pk << 32, contents__gt=1).order_by("id")[0]
    entry = Entry.objects.get(path__endswith="bad.jpg", package=there.package)
    base = f"/cases/{case.id}/"
    near_alert = Alert.objects.get(case=case, is_exact=False)
    site.sign_in(browser_page.context, user)
    for name, address in {
        "alerts-hostile": f"{base}alerts/",
        "alert": f"{base}alerts/{near_alert.pk}/",
        "alert-close": f"{base}alerts/{near_alert.pk}/close/",
        "known": f"{base}examinations/{there.examination.id}/results/known/",
        "entry-matches": f"{base}entries/{entry.pk}/",
        "results": f"{base}examinations/{there.examination.id}/results/",
        "stacks": f"{base}examinations/{shots.examination_id}/results/stacks/",
        "case-stacks": f"{base}stacks/",
        "stack": f"{base}stacks/{stack.pk}/",
        "effect": base,
        "home-alerts": "/",
    }.items():
        check_page(browser_page, address)
        browser_page.screenshot(path=tmp_path / f"{name}.png", full_page=True)


def _wait_for_tiles(page: Page, *, least: int) -> None:
    """Wait until the tiles are drawn: they are loaded as one comes to them."""
    page.wait_for_load_state("networkidle")
    drawn = page.evaluate(
        "[...document.querySelectorAll('img.polit-tile')].filter(i => i.naturalWidth > 1).length"
    )
    assert drawn >= least


def test_alerts_are_acknowledged_by_keyboard_alone(
    site: Site, browser_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(site.data))
    case = case_open(SYSTEM, reason="a test", reference="OP-EXAMPLE-2", title="A referral")
    user = person(Role.INVESTIGATOR)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    there = imported(case, tmp_path, examined_landscapes(tmp_path / "examined"))
    stacks_make(case.id, there.package.id)
    site.sign_in(browser_page.context, user)
    browser_page.goto(f"/cases/{case.id}/examinations/{there.examination.id}/results/stacks/")
    _wait_for_tiles(browser_page, least=1)
    screenshot(browser_page, "stacks", tmp_path)
    browser_page.goto(f"/cases/{case.id}/alerts/")
    _wait_for_tiles(browser_page, least=5)
    screenshot(browser_page, "matching-alerts", tmp_path)
    keyboard = Keyboard(browser_page)

    keyboard.tab_to("Choose alert 1 of this page")
    keyboard.press("Space")
    keyboard.type_into("Reason", "Seen and passed on")
    keyboard.follow("Acknowledge the chosen alerts")
    browser_page.wait_for_load_state()

    states = Alert.objects.filter(case=case).order_by("place").values_list("is_exact", "state")
    assert list(states) == [(True, "acknowledged"), (True, "open"), *[(False, "open")] * 3]
