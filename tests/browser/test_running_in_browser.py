"""The gallery of a running examination in the browser: from its page, marked, told of more."""

import json

from browser.test_cases_and_people import person
from browser_fixtures import check_axe, too_wide
from browser_site import Site
from fake_review import FakeReview
from playwright.sync_api import Page, Route, expect
from web.imported import examination_of
from web.seized import seized_exhibit

from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role


def _answer(review: FakeReview, route: Route) -> None:
    request = route.request
    url = "/review/" + request.url.rpartition("/")[2]
    told = review.answer(request.method, url, request.post_data_buffer or b"")
    if told is None:
        route.continue_()
        return
    status, media_type, data = told
    if "changes" in url:
        data = json.dumps({**json.loads(data), "count": 31}).encode()
    if url.partition("?")[0].endswith("order"):
        data = data.replace(b'"media_files": 30', b'"read":        30')
    route.fulfill(status=status, content_type=media_type, body=data)


def test_what_runs_is_followed_from_its_page(site: Site, browser_page: Page) -> None:
    page, review = browser_page, FakeReview(30)
    case = case_open(SYSTEM, reason="a test", reference="OP-RUNNING", title="A referral")
    user = person(Role.INVESTIGATOR)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    exhibit = seized_exhibit(case, "AB/9")
    examination = examination_of(exhibit, "root/x", kind="queued", state="running", package="")
    site.sign_in(page.context, user)
    page.route("**/review/running/**", lambda route: _answer(review, route))
    page.goto(f"/cases/{case.id}/examinations/{examination.pk}/")
    page.get_by_role("button", name="Review what was found so far").click()
    first = page.get_by_role("gridcell").first
    expect(first).to_have_attribute("aria-label", "1 of 30, picture, pending")
    expect(page.get_by_text("The examination of AB/9 goes on.")).to_be_visible()
    expect(page.get_by_text("The broker does not answer.")).to_be_visible()
    assert page.get_by_role("button", name="Folders").count() == 0
    check_axe(page)
    assert too_wide(page) == []
    page.locator("#review-to-grid").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#review-open")).to_contain_text("of 30 open here")
    expect(page.get_by_text("More was found meanwhile.")).to_be_visible(timeout=9000)
    asked = {name for _, name, _ in review.asked}
    assert {"order", "tiles", "changes"} <= asked
    assert "facets" not in asked
