"""The gallery in the real browser, over a made-up review: keys, marks, the veil, what is asked."""

from pathlib import Path

from browser.test_cases_and_people import person
from browser_fixtures import check_axe, screenshot, too_wide
from browser_site import Site
from fake_review import FakeReview
from playwright.sync_api import Page, Route

from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role

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
    case = case_open(SYSTEM, reason="a test", reference="OP-EXAMPLE-1", title="A referral")
    user = person(Role.INVESTIGATOR)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    site.sign_in(page.context, user)
    page.route("**/review/**", lambda route: _answer(review, route))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/cases/{case.id}/review/")
    page.wait_for_function("document.querySelectorAll('[role=gridcell]').length > 20")


def test_gallery(site: Site, browser_page: Page, tmp_path: Path) -> None:
    review = FakeReview(100_000)
    _open(site, browser_page, review)
    page = browser_page
    page.wait_for_timeout(500)
    check_axe(page)
    screenshot(page, "gallery", tmp_path)
    print(tmp_path)
