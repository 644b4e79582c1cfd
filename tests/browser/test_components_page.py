"""All components with hostile values in the real browser."""

from collections.abc import Generator
from pathlib import Path

import pytest
from browser_fixtures import check_axe, screenshot, too_wide, watched_page
from browser_keyboard import Keyboard
from browser_site import Site
from playwright.sync_api import Browser, Page


@pytest.fixture
def components(browser: Browser, components_site: Site) -> Generator[Page, None, None]:
    for page in watched_page(browser, components_site):
        page.goto("/components/")
        yield page


def test_hostile_values_stay_text(components: Page) -> None:
    assert components.title() == "Components \u2013 polit"
    assert components.locator("main script, main svg:not([class]), main img").count() == 0
    assert components.locator("main [onload], main [onerror], main [style]").count() == 0


def test_axe_finds_nothing_in_light_and_dark(components: Page) -> None:
    check_axe(components)


def test_axe_finds_nothing_where_the_form_has_errors(components: Page) -> None:
    components.get_by_role("button", name="Seal the exhibit").click()
    assert components.title() == "Error: Components \u2013 polit"
    check_axe(components)


def test_error_summary_takes_the_focus_and_leads_to_each_field(components: Page) -> None:
    components.get_by_role("button", name="Seal the exhibit").click()
    components.wait_for_function(
        "() => document.activeElement.className.includes('govuk-error-summary')"
    )
    targets = components.locator(".govuk-error-summary a").evaluate_all(
        "links => links.map(link => document.querySelector(link.hash)?.tagName ?? link.hash)"
    )
    assert set(targets) <= {"INPUT", "SELECT", "TEXTAREA"}
    assert len(targets) == 9


def test_page_reflows_at_320_pixels(components: Page) -> None:
    components.set_viewport_size({"width": 320, "height": 640})
    assert too_wide(components) == []


def test_text_of_double_size_still_fits(components: Page) -> None:
    components.set_viewport_size({"width": 1280, "height": 800})
    components.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert too_wide(components) == []


def test_form_is_filled_in_by_keys_alone(components: Page) -> None:
    keyboard = Keyboard(components)
    keyboard.type_into("Name", "Phone of A. Example")
    keyboard.choose("Phone", within="Kind of device")
    keyboard.type_into("Day", "26", within="When")
    keyboard.type_into("Month", "11", within="When")
    keyboard.type_into("Year", "2025", within="When")
    keyboard.type_into("Time", "14:05", within="When")
    keyboard.choose("Section 19", within="Powers used")
    keyboard.choose("The seal is intact")
    keyboard.type_into("Reason", "Seized under warrant")
    keyboard.follow("Seal the exhibit")
    links = components.locator(".govuk-error-summary a").all_inner_texts()
    assert links == ["Choose store", "Enter password", "Choose a file"]
    assert keyboard.typed_twice == []
    assert keyboard.fields == 6


def test_pictures_of_all_themes(components: Page, tmp_path: Path) -> None:
    components.get_by_role("button", name="Seal the exhibit").click()
    for scheme in ("light", "dark"):
        components.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        screenshot(components, f"components-{scheme}", tmp_path)
    components.emulate_media(color_scheme="light", forced_colors="active")
    screenshot(components, "components-forced", tmp_path)
    components.emulate_media(forced_colors="none")
    components.set_viewport_size({"width": 320, "height": 640})
    screenshot(components, "components-narrow", tmp_path)
    assert len(list(tmp_path.glob("*.png"))) in {0, 4}


def test_error_page_tells_nothing(components: Page) -> None:
    components.goto("/broken/")
    assert "Something went wrong" in components.content()
    assert "secret" not in components.content()
    check_axe(components)


def test_pages_work_without_script(browser: Browser, components_site: Site) -> None:
    context = browser.new_context(base_url=components_site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/components/")
    page.get_by_role("button", name="Seal the exhibit").click()
    assert page.get_by_text("There is a problem").is_visible()
    context.close()
