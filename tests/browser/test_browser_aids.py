"""The aids of browser tests can fail: a watch that sees nothing would prove nothing."""

import pytest
from browser_fixtures import add_passkey_device, check_axe, totp
from browser_keyboard import Keyboard
from browser_site import Site
from browser_watch import Watch
from playwright.sync_api import Browser, Page

SPOILED = """() => {
  const place = document.querySelector("main");
  place.insertAdjacentHTML("beforeend", %r);
}"""


@pytest.fixture
def watched(browser: Browser, components_site: Site) -> tuple[Page, Watch]:
    page = browser.new_context(base_url=components_site.address).new_page()
    watch = Watch(page, components_site.address)
    page.goto("/components/")
    assert watch.found == []
    return page, watch


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<p style='color: red'>x</p>", "policy: style-src-attr"),
        ("<img src='data:,x' onerror='1'>", "policy: img-src"),
        ("<img src='/nowhere.png'>", "404"),
        ("<img src='http://127.0.0.1:9/x.png'>", "left the origin"),
    ],
)
def test_watch_sees_what_is_forbidden(watched: tuple[Page, Watch], markup: str, told: str) -> None:
    page, watch = watched
    page.evaluate(SPOILED % markup)
    page.wait_for_timeout(500)
    assert any(told in line for line in watch.found), watch.found
    page.context.close()


def test_watch_sees_a_broken_script(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    page.evaluate("() => { setTimeout(() => { throw new Error('broken'); }); }")
    page.wait_for_timeout(300)
    assert any("script error" in line for line in watch.found)
    page.context.close()


def test_page_that_is_not_there_is_no_error_by_itself(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    page.goto("/nowhere/")
    assert page.get_by_role("heading", name="Page not found").is_visible()
    assert watch.found == []
    page.context.close()


def test_axe_finds_what_hinders(watched: tuple[Page, Watch]) -> None:
    page, _watch = watched
    page.evaluate(SPOILED % "<input type='text'>")
    with pytest.raises(AssertionError, match="label"):
        check_axe(page, schemes=("light",))
    page.context.close()


def test_keyboard_fails_where_tab_never_arrives(watched: tuple[Page, Watch]) -> None:
    page, _watch = watched
    with pytest.raises(AssertionError, match="never reaches"):
        Keyboard(page).tab_to("No such thing")
    page.context.close()


def test_passkey_is_made_and_used(watched: tuple[Page, Watch]) -> None:
    page, _watch = watched
    add_passkey_device(page)
    made = page.evaluate(
        """async () => {
          const key = await navigator.credentials.create({publicKey: {
            challenge: new Uint8Array(16), rp: {name: "polit"},
            user: {id: new Uint8Array(8), name: "a", displayName: "A"},
            pubKeyCredParams: [{type: "public-key", alg: -7}],
          }});
          const used = await navigator.credentials.get({publicKey: {
            challenge: new Uint8Array(16), allowCredentials: [{type: "public-key", id: key.rawId}],
          }});
          return key.id === used.id;
        }"""
    )
    assert made is True
    page.context.close()


@pytest.mark.parametrize(("at_s", "digits"), [(59, "287082"), (1_111_111_109, "081804")])
def test_one_time_password_is_that_of_rfc_6238(at_s: int, digits: str) -> None:
    assert totp("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", at_s) == digits
