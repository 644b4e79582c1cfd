"""The views of the gallery in the real browser, on drawn landscapes; none asks unbidden."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from browser_fixtures import check_axe, screenshot, watched_page
from browser_site import Site
from hostile_names import hostile_names
from playwright.sync_api import Browser
from viewer_gallery import Gallery

MOST_HIDE_MS = 100
MONTHS = [[f"2024-{month:02d}", month * month] for month in range(1, 13)]
FOLDERS: dict[str, list[dict[str, Any]]] = {
    "": [{"number": 0, "package": 7, "name": "AE/1", "items": 12, "has_folders": True}],
    "7": [
        {"number": 71, "package": 7, "name": "DCIM", "items": 8, "has_folders": True},
        {"number": 72, "package": 7, "name": "<b id=injected>", "items": 4, "has_folders": False},
    ],
    "71": [{"number": 73, "package": 7, "name": "", "items": 8, "has_folders": False}],
}


@pytest.fixture
def gallery(browser: Browser, components_site: Site) -> Generator[Gallery, None, None]:
    for page in watched_page(browser, components_site):
        made = Gallery(page, members={1: 0, 2: 3, 3: 2, 4: 29, 5: 1})
        made.folders, made.months = FOLDERS, MONTHS
        made.start(components_site)
        yield made


def check_hidden(gallery: Gallery) -> None:
    """Hide, and fail where a picture is left or it took too long; then come back."""
    assert gallery.page.evaluate("() => window.hideNow()") < MOST_HIDE_MS
    assert gallery.page.evaluate("() => window.madeBitmaps") > 0
    assert gallery.page.evaluate("() => window.openBitmaps()") == 0
    assert not any(each.is_visible() for each in gallery.page.locator("[data-veiled]").all())
    gallery.page.evaluate("() => window.comeBack()")


def check_closed(gallery: Gallery) -> None:
    """Close by Escape, and fail unless the focus is where it was."""
    gallery.page.keyboard.press("Escape")
    assert gallery.page.locator("#viewer > *").count() == 0
    assert gallery.page.evaluate("() => document.activeElement.id") == "opener"


def test_loupe_asks_for_each_rung_and_part_and_advances(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.show("loupe", 2)
    page.get_by_text("drawn 2.jpg").wait_for()
    assert gallery.unveiled() == []
    page.keyboard.press("Enter")
    page.get_by_text("Unveiled: full size, grey, 9000").wait_for()
    for key in ("+", "+", "ArrowLeft", "ArrowUp", "r", "e"):
        page.keyboard.press(key)
    page.get_by_text("Sharper part:").wait_for()
    page.get_by_label("Gamma").fill("2")
    page.keyboard.press("g")
    page.get_by_text("Unveiled: full size, colour").wait_for()
    asked = gallery.unveiled()
    assert [each["rung"] for each in asked] == ["full_grey", "full_grey", "full"]
    left, top, width, height = asked[1]["region"]
    assert 0 <= left <= 9000 - width
    assert 0 <= top <= 6750 - height
    assert max(width, height) <= 4096
    check_axe(page)
    screenshot(page, "review-loupe", tmp_path)
    page.get_by_label("Picture").focus()
    page.keyboard.press("1")
    page.get_by_role("heading", name="Loupe: item 3").wait_for()
    [[places, decision]] = gallery.calls("decide")
    assert (places, decision["code"], decision["rung"]) == ([2], "A", "full")
    assert len(gallery.unveiled()) == 3
    page.keyboard.press("Enter")
    page.get_by_text("Unveiled: full size, grey").wait_for()
    check_hidden(gallery)
    check_closed(gallery)


def test_stack_puts_the_odd_one_first(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.figures = {
        place: {"size_bytes": 1000 * place, "pixels": 2700 if place == 3 else 1200, "day": 19_700}
        for place in gallery.members
    }
    gallery.show("stack", 1)
    page.get_by_text("another size").wait_for()
    labels = page.locator(".viewer-tile__button").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert [int(label.split(":")[0].removeprefix("Item ")) for label in labels] == [1, 4, 3, 2, 5]
    assert "farthest from the lead" in labels[1]
    page.keyboard.down("v")
    page.get_by_text("1 item revealed").wait_for()
    page.keyboard.up("v")
    assert page.evaluate("() => window.openBitmaps()") == 0
    page.keyboard.press("Shift+V")
    page.get_by_text("5 items revealed").wait_for()
    assert [len(each["places"]) for each in gallery.unveiled()] == [1, 5]
    check_axe(page)
    screenshot(page, "review-stack", tmp_path)
    check_hidden(gallery)
    check_closed(gallery)


def test_stack_decides_for_one_unless_told_and_splits(gallery: Gallery) -> None:
    page = gallery.page
    gallery.show("stack", 1)
    page.get_by_text("5 items.").wait_for()
    page.keyboard.press("p")
    page.get_by_text("5 items revealed").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    page.keyboard.press("Control+z")
    assert gallery.calls("undo") == [[]]
    page.keyboard.press("Enter")
    [[name, [loupe]]] = gallery.calls("open")
    assert (name, loupe["place"], loupe["back"]) == ("loupe", 4, ["stack", [1]])
    page.get_by_label("Category").select_option("N")
    page.get_by_role("button", name="Decide for all 5").click()
    (one, first), (whole, second) = gallery.calls("decide")
    assert (one, first["whole_stacks"], first["rung"]) == ([4], False, "grey160")
    assert (whole, second["whole_stacks"], second["batch_seen"]) == ([1], True, True)
    check_hidden(gallery)
    page.locator(".viewer-tile__button").nth(1).focus()
    page.keyboard.press("o")
    page.get_by_text("Item 4 stands by itself now").wait_for()
    assert page.locator(".viewer-tile__button").count() == 4
    check_closed(gallery)


def test_compare_blinks_and_differs_only_when_both_are_unveiled(
    gallery: Gallery, tmp_path: Path
) -> None:
    page = gallery.page
    gallery.show("compare", 1, 2)
    page.keyboard.press("d")
    page.get_by_text("both unveiled").wait_for()
    assert gallery.unveiled() == []
    page.keyboard.press("Enter")
    page.get_by_text("2 of 2 unveiled").wait_for()
    check_axe(page)
    screenshot(page, "review-compare", tmp_path)
    page.keyboard.press("d")
    page.get_by_text("black is equal").wait_for()
    screenshot(page, "review-difference", tmp_path)
    page.keyboard.press("b")
    page.get_by_text("in turn").wait_for()
    check_hidden(gallery)
    check_closed(gallery)
    gallery.show("compare", 1, 2, 3, 4)
    page.keyboard.press("g")
    page.get_by_text("4 of 4 unveiled").wait_for()
    page.get_by_label("Item 3").focus()
    page.keyboard.press("9")
    assert gallery.calls("decide")[-1][0] == [3]
    check_hidden(gallery)


def test_storyboard_comes_blurred(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.show("storyboard", 5)
    assert gallery.unveiled() == []
    page.get_by_role("button", name="Ask for the key frames").press("Enter")
    page.get_by_text("12 key frames of 20").wait_for()
    details = """() => { const c = document.querySelectorAll(".viewer-tile")[3].getContext("2d");
      const d = c.getImageData(0, 80, 160, 1).data; return new Set(d).size; }"""
    blurred = page.evaluate(details)
    screenshot(page, "review-storyboard-blurred", tmp_path)
    page.keyboard.press("1")
    assert gallery.calls("decide")[-1][1]["rung"] == "tile"
    page.keyboard.press("Shift+V")
    page.get_by_text("All shown frames revealed").wait_for()
    assert page.evaluate(details) > blurred
    page.get_by_role("button", name="All 20 frames").click()
    page.get_by_text("20 key frames of 20").wait_for()
    page.get_by_role("button", name="Reveal all").click()
    check_axe(page)
    screenshot(page, "review-storyboard", tmp_path)
    page.keyboard.press("g")
    page.get_by_text("160 px, colour").first.wait_for()
    check_hidden(gallery)
    assert [each["rung"] for each in gallery.unveiled()] == ["grey160", "colour160"]
    check_closed(gallery)


def test_player_is_silent_until_it_was_agreed_to(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.length_ms = 5_400
    gallery.show("player", 5)
    page.get_by_text("0:00.0 of 0:05.4").wait_for()
    assert gallery.unveiled() == []
    page.keyboard.press(".")
    page.get_by_text("Frame at 0:00.2").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Frame at 0:05.2").wait_for()
    check_axe(page)
    screenshot(page, "review-player", tmp_path)
    page.keyboard.press("g")
    page.wait_for_function(
        "() => window.calls.filter(([n]) => n === 'unveil').at(-1)[1].rung === 'full'"
    )
    page.keyboard.press("s")
    page.get_by_role("button", name="Play").press("Enter")
    page.get_by_text("Playing").wait_for()
    page.get_by_text("The end").wait_for()
    assert {each["what"] for each in gallery.unveiled()} == {"frames"}
    page.get_by_label("Speed").select_option("1")
    page.get_by_role("button", name="Sound", exact=True).click()
    assert {each["what"] for each in gallery.unveiled()} == {"frames"}
    page.get_by_role("button", name="Turn sound on").press("Enter")
    page.get_by_role("button", name="Play").press("Enter")
    page.wait_for_function("() => window.calls.some(([, r]) => r?.what === 'sound')")
    assert page.locator("video, audio, source").count() == 0
    check_hidden(gallery)
    assert (
        page.get_by_role("button", name="Sound", exact=True).get_attribute("aria-pressed")
        == "false"
    )
    check_closed(gallery)


def test_timeline_filters_by_a_range(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.show("timeline")
    page.get_by_role("option", name="March 2024: 9 items").wait_for()
    page.get_by_role("option", name="January 2024").focus()
    for key in ("ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.get_by_text("13 items").wait_for()
    check_axe(page)
    screenshot(page, "review-timeline", tmp_path)
    page.keyboard.press("Enter")
    [[scope]] = gallery.calls("reload")
    assert (scope["from"], scope["to"]) == ("2024-02-01", "2024-03-31")
    check_closed(gallery)


def test_tree_opens_and_filters_by_keys(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.show("tree")
    page.get_by_role("treeitem", name="AE/1").wait_for()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    page.get_by_role("treeitem", name="no name").wait_for()
    check_axe(page)
    screenshot(page, "review-tree", tmp_path)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    [[scope]] = gallery.calls("reload")
    assert scope["folder"] == 72
    check_closed(gallery)


def test_help_and_facts_keep_hostile_names_text(gallery: Gallery, tmp_path: Path) -> None:
    page = gallery.page
    gallery.show("help")
    page.get_by_text("Category B").wait_for()
    check_axe(page)
    screenshot(page, "review-help", tmp_path)
    check_closed(gallery)
    names = hostile_names(150)
    more = dict.fromkeys(names[60:75], names[90:100])
    gallery.facts = {1: {"names": names[:30], "paths": names[30:60], "camera": names[120]} | more}
    gallery.show("facts", 1)
    page.locator(".viewer-facts").wait_for()
    assert page.locator("#viewer #injected, #viewer script, #viewer img, #viewer svg").count() == 0
    assert page.evaluate("() => window.politRan") is None
    assert page.locator("#viewer .polit-escape").count() > 10
    check_axe(page)
    check_closed(gallery)


@pytest.mark.parametrize("broken", ["cut", "refused", "parts", "size"])
def test_broken_answers_are_said_and_show_nothing(gallery: Gallery, broken: str) -> None:
    page = gallery.page
    gallery.broken = broken
    for name in ("loupe", "compare", "storyboard", "player"):
        gallery.show(name, 1, 2)
        page.keyboard.press("Enter")
        page.get_by_text("Not shown: ").or_(page.get_by_text("without a picture")).wait_for()
        assert page.evaluate("() => window.openBitmaps()") == 0
    gallery.show("stack", 1)
    page.get_by_role("status").get_by_text(
        "5 items" if broken in {"parts", "size"} else "cannot be read"
    ).wait_for()
    check_closed(gallery)
