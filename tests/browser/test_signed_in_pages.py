"""Pages of somebody who signed in: who they are, their theme, and nothing left behind."""

from collections.abc import Generator
from pathlib import Path

import pytest
from browser_fixtures import check_axe, screenshot
from browser_keyboard import Keyboard
from browser_site import Site, records_of, running_site
from hostile_names import HOSTILE
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role


@pytest.fixture(scope="module")
def site(
    prepared_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Site, None, None]:
    folder = tmp_path_factory.mktemp("signed-in")
    with (
        running_site(prepared_site, folder, "browser_settings") as started,
        records_of(started, django_db_blocker),
    ):
        yield started


@pytest.fixture
def signed_in(site: Site, browser_page: Page, request: pytest.FixtureRequest) -> Page:
    user = User(username=request.node.name[:60], full_name=f"A. {HOSTILE['markup']}")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=Role.EXAMINER.value, granted_by="a test").save()
        deed.about("user", user.id)
    site.sign_in(browser_page.context, user)
    return browser_page


def test_page_names_who_is_signed_in(signed_in: Page, tmp_path: Path) -> None:
    signed_in.goto("/appearance/")
    assert signed_in.get_by_text("A. <script>").is_visible()
    assert signed_in.title() == "Appearance \u2013 polit"
    check_axe(signed_in)
    screenshot(signed_in, "appearance", tmp_path)


def test_theme_is_chosen_by_keys_and_kept(signed_in: Page) -> None:
    signed_in.goto("/appearance/")
    light = background(signed_in)
    keyboard = Keyboard(signed_in)
    keyboard.choose("Dark", within="Colours")
    keyboard.follow("Use this")
    signed_in.goto("/components/")
    assert signed_in.locator("html").get_attribute("data-theme") == "dark"
    assert background(signed_in) != light
    check_axe(signed_in)


@pytest.mark.parametrize("is_local", [True, False])
def test_nothing_is_kept_in_the_browser(signed_in: Page, site: Site, *, is_local: bool) -> None:
    signed_in.goto("/appearance/?q=A.+Example")
    signed_in.wait_for_function("() => document.body.classList.contains('js-enabled') && htmx")
    session = signed_in.context.new_cdp_session(signed_in)
    place = {"securityOrigin": site.address, "isLocalStorage": is_local}
    kept = session.send("DOMStorage.getDOMStorageItems", {"storageId": place})
    assert kept["entries"] == []
    assert signed_in.evaluate("() => [typeof localStorage, typeof sessionStorage]") == [
        "undefined",
        "undefined",
    ]


def test_back_button_after_sign_out_shows_nothing(signed_in: Page) -> None:
    signed_in.goto("/appearance/")
    signed_in.goto("/components/")
    signed_in.get_by_role("button", name="Leave").click()
    signed_in.wait_for_url("**/components/")
    assert signed_in.get_by_role("button", name="Leave").count() == 0
    signed_in.go_back()
    assert signed_in.get_by_role("button", name="Leave").count() == 0
    assert signed_in.get_by_text("A. <script>").count() == 0


def background(page: Page) -> str:
    return str(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
