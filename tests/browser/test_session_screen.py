"""A session in the real browser: its line, the screen of a break, hiding by hand, the record."""

from pathlib import Path

from browser.test_cases_and_people import person
from browser_fixtures import check_axe, screenshot
from browser_site import Site
from fake_review import FakeReview
from playwright.sync_api import Page, Route, expect

from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import ReviewSet
from polit.web.welfare import services
from polit.web.welfare.models import ReviewSession
from polit.web.welfare.rules import SessionStart, ShownItem

_REFUSED = "document.dispatchEvent(new CustomEvent('review:refused', {detail: 'on_break'}))"


def _answer(review: FakeReview, route: Route) -> None:
    told = review.answer(route.request.method, route.request.url, b"{}")
    if told is None:
        route.continue_()
        return
    status, media_type, data = told
    route.fulfill(status=status, content_type=media_type, body=data)


def _begin(site: Site, page: Page, tmp_path: Path) -> ReviewSession:
    """Begin a session by its page, which leads to the gallery."""
    case = case_open(SYSTEM, reason="a test", reference="OP-EXAMPLE-2", title="A referral")
    user = person(Role.GRADER)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.GRADING)
    ReviewSet.objects.create(case=case)
    site.sign_in(page.context, user)
    page.route("**/review/**", lambda route: _answer(FakeReview(500), route))
    page.goto(f"/cases/{case.id}/review/session/")
    screenshot(page, "begin-session", tmp_path)
    page.get_by_label("Stills. ").check()
    page.get_by_role("button", name="I agree, and begin").click()
    line = page.locator("#session-line")
    expect(line).to_contain_text("Stills · break in 50 min · day ends in 2 h 0 min")
    expect(page.locator("[role=gridcell]").nth(20)).to_be_attached()
    return ReviewSession.objects.select_related("officer").get(officer=user)


def test_a_break_covers_everything_until_it_is_over(
    site: Site, browser_page: Page, tmp_path: Path
) -> None:
    page = browser_page
    session = _begin(site, page, tmp_path)
    screen, hidden = page.locator("#session-screen"), page.locator("html[data-hidden=yes]")
    for _time in range(2):
        page.keyboard.press("Escape")
    expect(screen).to_contain_text("A moment to cool down")
    page.keyboard.press("Escape")
    expect(screen).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Take a break").click()
    expect(screen).to_contain_text("You are on a break")
    screenshot(page, "break", tmp_path)
    screen.get_by_role("button", name="A child may be in danger now").click()
    page.locator("#review-urgent-reason-text").fill("a school run at three")
    page.get_by_role("button", name="Override limits").click()
    expect(page.locator("#review-message")).to_contain_text("limits are overridden")
    page.reload()
    assert ReviewSession.objects.get(pk=session.pk).hides == 1
    with act(SYSTEM, "tests.time", reason="a test") as deed:
        deed.about("review_session", session.id)
        ReviewSession.objects.filter(pk=session.pk).update(cool_until=None)
    page.evaluate(_REFUSED)
    screen.get_by_role("button", name="Go on", exact=True).click()
    expect(screen).not_to_be_visible()
    expect(hidden).to_have_count(0)

    actor = Actor("user", str(session.officer_id), session.officer.username)
    services.session_end(actor, session=session)
    page.evaluate(_REFUSED)
    expect(screen).to_contain_text("Your session has ended")
    expect(hidden).to_have_count(1)


def test_officer_reads_what_they_were_exposed_to(
    site: Site, browser_page: Page, tmp_path: Path
) -> None:
    page = browser_page
    case = case_open(SYSTEM, reason="a test", reference="OP-EXAMPLE-3", title="A referral")
    user = person(Role.GRADER)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.GRADING)
    granted = case_access(user, case.id)
    assert granted is not None
    actor = Actor("user", str(user.pk), user.username)
    start = SessionStart("stills", "grading", None, None, 1)
    session = services.session_begin(actor, access=granted, start=start)
    shown = [ShownItem(f"{each:064x}", f"{each:064x}", "still", False) for each in range(64)]
    with act(actor, "tests.look", reason="a test", case=case) as deed:
        deed.about("contents", "64")
        made = services.exposures_add(session, shown=shown, rung="grey160", what="page")
        services.exposures_add(session, shown=shown[:3], rung="full", what="original")
    services.exposures_seen(actor, [(each.id, 2500) for each in made], case=case)
    site.sign_in(page.context, user)
    page.goto("/welfare/")
    expect(page.get_by_role("row", name="Today")).to_contain_text("64")
    check_axe(page)
    screenshot(page, "my-exposure", tmp_path)
    page.get_by_role("link", name="Exposure record, session by session").click()
    page.wait_for_url("**/welfare/record/")
    check_axe(page)
    screenshot(page, "exposure-record", tmp_path)
