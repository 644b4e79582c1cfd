"""The doors in the real browser: link, app, passkey, lockout; and that axe finds nothing there."""

import re

import pytest
from browser_fixtures import add_passkey_device, check_axe, totp
from browser_site import Site
from playwright.sync_api import Page, expect

from polit.base.clock import now_utc, sleep_s
from polit.base.ids import new_uuid
from polit.web.accounts.models import User
from polit.web.accounts.services import account_make, invitation_make
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role

PASSWORD = "river stone lamp 7"
WHY = "a test"


@pytest.fixture
def person(site: Site) -> User:
    del site
    number = User.objects.count()
    return account_make(
        SYSTEM,
        reason=WHY,
        username=f"p{number}.example",
        full_name="A. <i>Example</i>",
        roles=frozenset({Role.EXAMINER}),
    )


def open_link(page: Page, user: User) -> None:
    token = invitation_make(SYSTEM, reason=WHY, user_id=user.pk)
    page.goto(f"/invitation/{token}/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", name="Add a second factor")).to_be_visible()


def expect_in(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def fill_password(page: Page, user: User) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _last_code(secret: str) -> str:
    """Return the code before the present one, while it is good for ten seconds at least.

    The present one is spared for signing in: a code opens once.
    """
    left_s = 30 - now_utc().timestamp() % 30
    if left_s < 10:
        sleep_s(left_s + 0.1)
    return totp(secret, now_utc().timestamp() - 30)


def test_invited_person_enrols_an_app_and_signs_in_with_it(
    browser_page: Page, person: User
) -> None:
    page = browser_page
    open_link(page, person)
    check_axe(page)
    page.get_by_role("button", name="Authenticator app").click()
    drawn = page.locator("main img")
    expect(drawn).to_be_visible()
    page.wait_for_function("image => image.naturalWidth > 100", arg=drawn.element_handle())
    check_axe(page)
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("Code that the app shows").fill(_last_code(secret))
    page.get_by_role("button", name="Add the app").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    check_axe(page)
    page.goto("/account/")
    check_axe(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    check_axe(page)
    # What was on the screen is neither shown nor kept.
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    fill_password(page, person)
    check_axe(page)
    page.get_by_label("Code").fill(totp(secret, now_utc().timestamp()))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_in(page)


def test_passkey_is_enrolled_and_stands_for_both_steps(browser_page: Page, person: User) -> None:
    page = browser_page
    add_passkey_device(page)
    open_link(page, person)
    page.get_by_role("button", name="Passkey").click()
    expect(page.get_by_label("Name of the passkey")).to_be_visible()
    check_axe(page)
    page.get_by_label("Name of the passkey").fill("key <b>one</b>")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.goto("/account/")
    assert page.locator("main b").count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_in(page)
    page.goto("/account/codes/new/")
    expect(page.get_by_role("heading", name="Make new recovery codes")).to_be_visible()
    # As the second step after a password, and as a proof again.
    page.get_by_role("button", name="Sign out").click()
    fill_password(page, person)
    page.get_by_role("button", name="Use a passkey").click()
    expect_in(page)
    page.goto("/prove/passkey/?next=/account/")
    check_axe(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"/account/$"))


def test_closed_link_and_locked_door_are_plain_pages(browser_page: Page, person: User) -> None:
    page = browser_page
    page.goto("/invitation/unknown/")
    expect(page.get_by_role("heading", name="This link does not open")).to_be_visible()
    check_axe(page)
    for _try in range(5):
        fill_password(page, person)
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()
    check_axe(page)


def test_pages_of_an_administrator_are_plain(site: Site, browser_page: Page) -> None:
    user = account_make(
        SYSTEM,
        reason=WHY,
        username=f"admin{new_uuid()}",
        full_name="B. Example",
        roles=frozenset({Role.SYSTEM_ADMINISTRATOR}),
    )
    page = browser_page
    site.sign_in(page.context, user)
    for path in ("/accounts/", "/accounts/new/", f"/accounts/{user.pk}/"):
        page.goto(path)
        check_axe(page)
    page.goto("/accounts/new/")
    page.get_by_label("Full name").fill("C. Example")
    page.get_by_label("Name to sign in with").fill(f"c{new_uuid()}")
    page.get_by_label("Grader").check()
    page.get_by_label("Reason").fill("starts on Monday")
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#one-time-link")).to_contain_text("/invitation/")
    check_axe(page)
