"""The gallery in the real browser, over a made-up review: keys, marks, the veil, what is asked."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from browser.test_cases_and_people import person
from browser_fixtures import check_axe, screenshot, too_wide
from browser_site import Site
from fake_review import FakeReview
from playwright.sync_api import Browser, Page, Route

from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import ReviewSet

_BLANK_AFTER_MS = 100
_TIME_HIDING = """() => {
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { window.pressedAt = event.timeStamp; }
  }, {capture: true});
  new MutationObserver(() => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.hiddenMs = performance.now() - window.pressedAt; };
    channel.port2.postMessage(null);
  })).observe(document.documentElement, {attributes: true, attributeFilter: ["data-hidden"]});
}"""


def _until(page: Page, expression: str) -> None:
    """Wait until an expression is true; the policy of the page forbids the browser's own way."""
    for _time in range(600):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(25)
    raise AssertionError(
        expression, page.evaluate("document.activeElement.outerHTML.slice(0, 300)")
    )


def _answer(review: FakeReview, route: Route) -> None:
    if review.is_away:
        route.abort()
        return
    request = route.request
    told = review.answer(request.method, request.url, request.post_data_buffer or b"")
    if told is None:
        route.continue_()
        return
    status, media_type, data = told
    route.fulfill(status=status, content_type=media_type, body=data)


def _open(site: Site, page: Page, review: FakeReview) -> None:
    case = case_open(
        SYSTEM, reason="a test", reference=f"OP-EXAMPLE-{review.count}", title="A referral"
    )
    user = person(Role.INVESTIGATOR)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    ReviewSet.objects.create(case=case)
    site.sign_in(page.context, user)
    page.route("**/review/**", lambda route: _answer(review, route))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/cases/{case.id}/review/")
    _until(page, "document.querySelectorAll('[role=gridcell]').length > 20")


def _label(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def _first_label(page: Page) -> str:
    """Return what is said of the first cell that there is for whoever reads without keys."""
    return str(page.locator("[role=gridcell]:visible").first.get_attribute("aria-label"))


def _keys(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_officer_walks_reveals_decides_and_hides_by_keys(
    site: Site, browser_page: Page, tmp_path: Path
) -> None:
    page = browser_page
    review = FakeReview(100_000)
    _open(site, page, review)
    check_axe(page)
    assert too_wide(page) == []
    screenshot(page, "gallery", tmp_path)
    grid = page.get_by_role("grid")
    columns = int(grid.get_attribute("aria-colcount") or 0)
    assert grid.get_attribute("aria-rowcount") == str(-(-100_000 // columns))
    assert page.locator("[role=gridcell]:visible").count() <= 120
    _check_moves(page, columns)
    _check_reveals(page, review, tmp_path)
    _check_decisions(page, review)
    _check_refusals(page, review)
    _check_views(page, review)
    _check_hiding(page, review)


def _check_moves(page: Page, columns: int) -> None:
    page.locator("#review-to-grid").focus()
    _keys(page, "Enter")
    assert _label(page) == "1 of 100000, picture, pending"
    _keys(page, "ArrowRight", "l", "ArrowDown", "j", "k", "h", "ArrowLeft")
    assert _label(page).startswith(f"{columns + 1} of 100000")
    _keys(page, "Control+End")
    assert _label(page).startswith("100000 of 100000")
    assert page.evaluate("document.getElementById('review-frame').scrollTop") > 100_000
    _check_row_order(page)
    _keys(page, "Control+Home", "End", "Shift+ArrowDown", "Space", "Space", "Escape")
    assert _label(page).startswith(f"{2 * columns} of 100000")
    assert page.locator("#review-chosen").inner_text() == ""


def _check_row_order(page: Page) -> None:
    rows = page.locator("[role=row]:visible").evaluate_all(
        "rows => rows.map((each) => Number(each.ariaRowIndex))"
    )
    assert len(rows) > 3
    assert rows == sorted(rows), "rows stand in the order in which they are read"


def _check_reveals(page: Page, review: FakeReview, folder: Path) -> None:
    assert review.asked_of("unveil") == []
    _keys(page, "Control+Home", "ArrowRight")
    page.keyboard.down("v")
    _until(page, "document.activeElement.ariaLabel?.endsWith('unveiled')")
    page.keyboard.up("v")
    _until(page, "!document.activeElement.ariaLabel?.endsWith('unveiled')")
    assert _label(page) == "2 of 100000, picture, pending"
    assert [each["places"] for each in review.asked_of("unveil")] == [[2]]
    assert review.asked_of("unveil")[0]["rung"] == "grey160"
    _keys(page, "p")
    _until(page, "document.activeElement.ariaLabel?.endsWith('unveiled')")
    page.keyboard.down("v")  # what the page shows already stays
    page.keyboard.up("v")
    assert _label(page).endswith("unveiled")
    assert len(review.asked_of("unveil")) == 2
    places = review.asked_of("unveil")[1]["places"]
    assert isinstance(places, list)
    assert places == list(range(1, 29)), "seven in a row, four rows of which most is seen"
    page.wait_for_timeout(200)
    screenshot(page, "gallery-page-revealed", folder)
    _check_print(page)
    _keys(page, "Control+End")  # what leaves the screen is veiled again
    assert page.locator("[aria-label$=unveiled]:visible").count() == 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")  # what was seen is told now
    _wait(page, lambda: len(_seen(review)) >= 1 + len(places))
    seen = _seen(review)
    assert len(seen) == 1 + len(places)
    assert all(ms >= 0 for _, ms in seen)


def _check_print(page: Page) -> None:
    page.emulate_media(media="print")
    assert not page.locator("canvas").is_visible()
    page.emulate_media(media="screen")
    page.locator("#review-to-grid").focus()
    _keys(page, "Enter")
    assert _label(page).endswith("unveiled")


def _wait(page: Page, is_so: Callable[[], bool]) -> None:
    for _time in range(200):
        if is_so():
            return
        page.wait_for_timeout(25)
    raise AssertionError(is_so)


def _seen(review: FakeReview) -> list[list[float]]:
    found: list[list[float]] = []
    for body in review.asked_of("seen"):
        pairs = body["seen"]
        assert isinstance(pairs, list)
        found += pairs
    return found


def _check_decisions(page: Page, review: FakeReview) -> None:
    _keys(page, "Control+Home", "1")
    _until(page, "document.activeElement.ariaLabel?.startsWith('2 of')")
    _check_row_order(page)
    assert "graded, Category A" in _first_label(page)
    _keys(page, "u", "Shift+j", "Control+z")
    _until(page, "document.activeElement.ariaLabel?.startsWith('1 of')")
    page.get_by_role("button", name="B : Category B").click()
    _wait(page, lambda: len(review.asked_of("decide")) >= 3)
    decided = review.asked_of("decide")
    assert [each["code"] for each in decided] == ["A", None, "B"]
    assert [each["rung"] for each in decided] == ["grey160", "grey160", "grey160"]
    _keys(page, "Control+Home", *["Shift+ArrowDown"] * 8, "3")
    dialog = page.locator("#review-batch")
    dialog.wait_for()
    assert dialog.locator("canvas").count() == 9
    assert len(review.asked_of("decide")) == 3
    check_axe(page, schemes=("light",))
    _keys(page, "Enter")
    _until(page, "document.getElementById('review-chosen').textContent === ''")
    _wait(page, lambda: len(review.asked_of("decide")) >= 4)
    places = review.asked_of("decide")[3]["places"]
    assert isinstance(places, list)
    assert len(places) > 50
    assert review.asked_of("decide")[3]["batch_seen"] is True
    review.changed = [[1, 5, 2, 0]]
    _keys(page, "Control+Home")
    _until(page, "document.activeElement.ariaLabel.includes('disputed')")


def _check_refusals(page: Page, review: FakeReview) -> None:
    review.changed = []
    review.refuses = ("frozen", "The case is before the court.")
    _keys(page, "Control+End", "1")
    page.get_by_text("put back as it was: The case is before the court.").first.wait_for()
    review.refuses = None


def _check_views(page: Page, review: FakeReview) -> None:
    asked = len(review.asked_of("unveil"))
    _keys(page, "Control+Home", "?")
    page.get_by_role("dialog", name="Keys").wait_for()
    _keys(page, "Escape")
    page.wait_for_timeout(700)  # two Escapes in a row would hide
    _keys(page, "Enter")
    page.locator(".viewer, .review-view").first.wait_for()
    check_axe(page, schemes=("light",))
    _keys(page, "Escape")
    page.wait_for_timeout(700)
    assert _label(page).startswith("1 of")
    assert len(review.asked_of("unveil")) == asked
    page.get_by_text("Queue and filters").click()
    page.get_by_label("Camera").select_option("1")
    assert page.get_by_label("Camera").inner_text().split() == ["Any", "A", "camera", "(5)"]
    assert page.locator("#review-progress").inner_text() == "Agreed: 5 of 10"
    page.get_by_text("Queue and filters").click()
    page.locator("#review-to-grid").focus()
    _keys(page, "Enter")


def _check_hiding(page: Page, review: FakeReview) -> None:
    _keys(page, "Control+Home", "p")
    _until(page, "document.activeElement.ariaLabel?.endsWith('unveiled')")
    page.evaluate(_TIME_HIDING)
    _keys(page, "Escape", "Escape")
    _until(page, "window.hiddenMs !== undefined")
    assert page.evaluate("window.hiddenMs") < _BLANK_AFTER_MS
    assert not page.locator("canvas").first.is_visible()
    assert not page.locator("#review-frame").is_visible()
    asked = len(review.asked_of("tiles"))
    check_axe(page, schemes=("light",))
    _keys(page, "Enter")
    page.locator("#review-frame").wait_for()
    _until(page, "!document.activeElement.ariaLabel?.endsWith('unveiled')")
    page.wait_for_timeout(300)
    assert len(review.asked_of("tiles")) > asked


def test_decisions_wait_while_the_server_is_away(site: Site, browser: Browser) -> None:
    review = FakeReview(1_000)
    context = browser.new_context(base_url=site.address)  # one that may log what fails
    page = context.new_page()
    _open(site, page, review)
    page.locator("#review-to-grid").focus()
    _keys(page, "Enter")
    review.is_away = True
    _keys(page, "1", "2", "Control+z")
    waiting = page.locator("#review-waiting")
    _until(page, "document.getElementById('review-waiting').textContent.includes('3 decisions')")
    assert "Keep this page open" in waiting.inner_text()
    assert "graded" in _first_label(page)
    review.is_away = False
    _wait(page, lambda: len(review.asked_of("undo")) == 1)
    assert [each["code"] for each in review.asked_of("decide")] == ["A", "B"]
    names = [name for _, name, _ in review.asked if name in {"decide", "undo"}]
    sent = [*review.asked_of("decide"), *review.asked_of("undo")]
    assert len({UUID(str(each["key"])) for each in sent}) == 3  # so that each is done once
    assert names == ["decide", "decide", "undo"]  # in the order in which they were given
    _until(page, "document.getElementById('review-waiting').textContent === ''")
    context.close()
