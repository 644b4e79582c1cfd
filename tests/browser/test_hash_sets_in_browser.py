"""Hash sets in the real browser: a list is sent and imported by keyboard, seen, and disabled."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import brokers
import pytest
from browser.test_cases_and_people import TEXT, person
from browser_fixtures import check_axe, screenshot
from browser_keyboard import Keyboard
from browser_site import Site
from hostile_forms import look_for_harm
from playwright.sync_api import Page
from web.told_sets import told_set

from polit.store.keys import create_keys
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.hashsets.models import SetOrder
from polit.web.hashsets.queries import order_moving_list
from polit.web.hashsets.rules import SetStatus, SetTerms
from polit.web.hashsets.services import hash_sets_copy, import_order
from polit.web.tasks.set_keeping import order_advance, set_switch

NAME = "Operating system, November"
LIST = "".join(f"{sha256(str(number).encode()).hexdigest()}\n" for number in range(200))


@pytest.fixture
def broker(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[brokers.Broker]:
    monkeypatch.setenv("POLIT_DATA", str(site.data))
    monkeypatch.delenv("POLIT_HASHSETS", raising=False)
    create_keys(site.data)
    broker = brokers.Broker(site.data.parent)
    broker.start()
    yield broker
    broker.end()


def work(order: SetOrder, broker: brokers.Broker, *, limit_s: float = 60.0) -> None:
    """Do what the worker does, until an order came to its end."""
    deadline_s = time.monotonic() + limit_s
    while order_advance(order.id, order.progress.turn, broker=broker.client(), actor=SYSTEM):
        assert time.monotonic() < deadline_s, "it never ended"
        time.sleep(0.1)
    order.refresh_from_db()


def examiner() -> User:
    user = User(username="a.examiner", full_name="A. Examiner")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=Role.EXAMINER.value, granted_by="a test").save()
        deed.about("user", user.pk)
    return user


def sent(page: Page, keyboard: Keyboard, path: Path, pictures: Path) -> None:
    """Fill in the form and send a file; the reason is missing at first."""
    keyboard.follow("All registers")
    keyboard.follow("Hash sets")
    keyboard.follow("Import a hash set")
    keyboard.type_into("Name of the hash set", NAME)
    keyboard.choose("Known good", within="What does it mean")
    keyboard.type_into("Who gave it", "A. Provider")
    keyboard.type_into("Version", "2026-11")
    check_axe(page)
    screenshot(page, "hash-set-import", pictures)
    page.set_input_files("input[type=file]", path)
    keyboard.follow("Import the hash set")
    assert "has arrived" in page.inner_text("main")
    check_axe(page)
    keyboard.type_into("Reason", "It came with the weekly courier")
    keyboard.follow("Import the hash set")


def test_a_list_is_imported_and_disabled_by_keyboard(
    site: Site, browser_page: Page, broker: brokers.Broker, tmp_path: Path
) -> None:
    site.sign_in(browser_page.context, examiner())
    path = tmp_path / "list of today.txt"
    path.write_text(f"{LIST}not a digest\n")
    browser_page.goto("/")
    keyboard = Keyboard(browser_page)
    sent(browser_page, keyboard, path, tmp_path)
    (order,) = (each for each in order_moving_list() if each.name == NAME)
    work(order, broker)
    assert (order.state, order.message) == ("done", "")
    browser_page.get_by_role("button", name="Show the hash set").wait_for()  # by itself
    check_axe(browser_page)
    keyboard.follow("Show the hash set")
    text = browser_page.inner_text("main")
    assert "line 201" in text
    assert sha256(path.read_bytes()).hexdigest() in text
    check_axe(browser_page)
    screenshot(browser_page, "hash-set", tmp_path)
    keyboard.follow("Disable the hash set")
    keyboard.type_into("Reason", "It holds a file of the suspect's own")
    keyboard.follow("Confirm")
    assert "Being switched" in browser_page.inner_text("main")
    assert set_switch(order.set_sha256, broker=broker.client()) is None
    browser_page.goto("/hash-sets/")
    assert "Disabled" in browser_page.inner_text("main")
    screenshot(browser_page, "hash-sets", tmp_path)
    assert not list((site.data / "broker" / "uploads").iterdir())


def test_pages_of_hostile_hash_sets_hold(site: Site, browser_page: Page) -> None:
    facts = told_set(
        name=TEXT[:1000], provider=TEXT, jurisdiction=TEXT, version=TEXT, file_name=TEXT,
        imported_by=TEXT, format=TEXT, scheme=TEXT, status="alert",
    )  # fmt: skip
    hash_sets_copy((facts,))
    terms = SetTerms(
        "a set", SetStatus.CATEGORISED, scheme=TEXT[:300], provider=TEXT[:300], version=TEXT[:300]
    )
    order = import_order(SYSTEM, reason=TEXT, terms=terms, place=TEXT)
    site.sign_in(browser_page.context, person(Role.SUPERVISOR))
    for tail in (
        "", "import/", "updates/", f"orders/{order.id}/", f"orders/{order.id}/do/cancel/",
        f"{facts.sha256}/", f"{facts.sha256}/do/disable/", f"{facts.sha256}/do/remove/",
        f"{facts.sha256}/verify/",
    ):  # fmt: skip
        answer = browser_page.goto(f"/hash-sets/{tail}")
        assert answer is not None
        assert answer.status == 200, tail
        look_for_harm(browser_page)
        check_axe(browser_page)
