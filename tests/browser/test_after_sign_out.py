"""What is left in the browser and on the server after somebody signed out: nothing of a case.

The way back, pages from the browser's memory, parts of files, addresses that were guessed: with the
real browser and the real pages.
"""

import pytest
from address_samples import CaseSamples
from browser_site import Site
from django.urls import reverse
from playwright.sync_api import Page

from polit.base.ids import new_uuid
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Purpose, Role, Scope
from polit.web.site.addresses import all_addresses

MARK = "heron-lantern"
"""Stands in all that the case holds, and nowhere else."""


def make_case(user: User | None, reference: str) -> Case:
    case = case_open(SYSTEM, reason="a test", reference=reference, title=f"The {MARK} case")
    if user is not None:
        purpose = Purpose.INVESTIGATION
        member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=purpose)
    return case


def make_user(*roles: Role) -> User:
    user = User(username=new_uuid(), full_name="A. Example")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        for role in roles:
            RoleGrant(user=user, role=role.value, granted_by="a test").save()
        deed.about("user", user.pk)
    return user


@pytest.fixture
def officer(site: Site) -> User:
    del site
    return make_user(*sorted(CASE_ROLES))


@pytest.fixture
def case(officer: User) -> Case:
    return make_case(officer, f"OP-{MARK}-{new_uuid()[:8]}")


@pytest.fixture
def signed_in(site: Site, browser_page: Page, officer: User) -> Page:
    site.sign_in(browser_page.context, officer)
    return browser_page


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_way_back_leads_to_the_sign_in_page_from_every_page(signed_in: Page, case: Case) -> None:
    trail = [f"/cases/{case.id}/", f"/cases/{case.id}/notes/", f"/cases/{case.id}/people/"]
    for path in trail:
        signed_in.goto(path)
        assert MARK in signed_in.content()
    sign_out(signed_in)
    for _step in trail:
        signed_in.go_back()
        assert MARK not in signed_in.content()
        assert signed_in.url.partition("?")[0].endswith("/sign-in/")


def test_page_that_was_open_in_another_tab_leads_nowhere(signed_in: Page, case: Case) -> None:
    other = signed_in.context.new_page()
    other.goto(f"/cases/{case.id}/")
    signed_in.goto("/")
    sign_out(signed_in)
    other.get_by_role("link", name="Notes on the case").click()
    other.wait_for_url("**/sign-in/**")
    assert MARK not in other.content()


def test_nothing_of_a_case_is_kept_by_the_browser(signed_in: Page, case: Case) -> None:
    for _time in range(2):
        answer = signed_in.goto(f"/cases/{case.id}/")
        assert answer is not None
        assert answer.headers["cache-control"] == "no-store"
    assert signed_in.evaluate("async () => (await caches.keys()).length") == 0
    assert signed_in.evaluate("async () => (await indexedDB.databases()).length") == 0
    sign_out(signed_in)
    # Asked of the browser's own store alone: it must have nothing to give.
    unwatched = signed_in.context.new_page()
    unwatched.goto("/sign-in/")
    kept = unwatched.evaluate(
        """async (path) => {
          try { return (await fetch(path, {cache: "only-if-cached", mode: "same-origin"})).status; }
          catch { return "nothing"; }
        }""",
        f"/cases/{case.id}/",
    )
    assert kept in {"nothing", 504}


def test_form_that_was_left_open_is_not_taken_after_sign_out(signed_in: Page, case: Case) -> None:
    form = signed_in.context.new_page()
    form.goto(f"/cases/{case.id}/notes/")
    form.get_by_role("textbox", name="Note").fill("written before, sent after")
    signed_in.goto("/")
    sign_out(signed_in)
    form.get_by_role("button", name="Add the note").click()
    form.wait_for_load_state()
    assert MARK not in form.content()
    assert not case.notes.exists()


@pytest.mark.parametrize("wanted", ["bytes=0-99", "bytes=5-", "bytes=-50", "bytes=0-0,9-9"])
def test_part_of_a_page_is_as_closed_as_the_whole(signed_in: Page, case: Case, wanted: str) -> None:
    signed_in.goto("/")
    asked = signed_in.context.request
    path = f"/cases/{case.id}/"
    whole = asked.get(path, headers={"Range": wanted})
    assert (whole.status, "content-range" in whole.headers) == (200, False)
    sign_out(signed_in)
    closed = asked.get(path, headers={"Range": wanted, "If-None-Match": "*"}, max_redirects=0)
    assert closed.status == 302
    assert MARK not in closed.text()


def test_old_cookie_opens_nothing(signed_in: Page, case: Case, site: Site) -> None:
    signed_in.goto("/")
    kept = signed_in.context.cookies()
    sign_out(signed_in)
    signed_in.context.add_cookies([{**each} for each in kept])  # type: ignore[typeddict-item]
    signed_in.goto(f"/cases/{case.id}/")
    assert "/sign-in/" in signed_in.url
    assert MARK not in signed_in.content()
    assert site.address in signed_in.url


def test_guessed_addresses_of_every_kind_tell_nothing(signed_in: Page, officer: User) -> None:
    del officer
    other = make_case(None, f"OP-{MARK}-{new_uuid()[:8]}")
    samples = CaseSamples(other)
    asked = signed_in.context.request
    pages = [
        each
        for each in all_addresses()
        if each.passage is not None
        and each.passage.rule.scope is Scope.CASE
        and "GET" in each.passage.methods
    ]
    assert len(pages) > 20
    for address in pages:
        values = {name: samples.value(address.name, name) for name in address.parameters}
        theirs = asked.get(reverse(address.name, kwargs=values))
        nowhere = asked.get(reverse(address.name, kwargs={**values, "case_id": new_uuid()}))
        assert (theirs.status, nowhere.status) == (404, 404), address.name
        assert MARK not in theirs.text()
        # A case that is there and one that is not cannot be told apart.
        assert without_nonce(theirs.text()) == without_nonce(nowhere.text()), address.name


def without_nonce(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)
