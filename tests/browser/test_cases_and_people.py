"""Cases and people in the real browser: by keyboard, with hostile names, clean for axe."""

from pathlib import Path

import pytest
from browser_fixtures import check_axe, screenshot
from browser_keyboard import Keyboard
from browser_site import Site
from hostile_names import HOSTILE
from playwright.sync_api import Page

from polit.base.ids import new_uuid
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import BreakGlass, Case
from polit.web.cases.rules import BreakGlassRequest
from polit.web.cases.services import break_glass_open, case_open, note_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role
from polit.web.people.models import CasePerson
from polit.web.people.rules import GivenIdentifier, PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add

TEXT = " ".join(text for name, text in HOSTILE.items() if name not in {"controls", "surrogate"})


def person(role: Role, name: str = "A. Example") -> User:
    user = User(username=new_uuid(), full_name=name)
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=role.value, granted_by="a test").save()
        deed.about("user", user.pk)
    return user


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def hostile_case(user: User) -> Case:
    reference = f"AB/{new_uuid()[:8]}/<b>26</b>"
    return case_open(actor(user), reason=TEXT, reference=reference, title=TEXT[:200])


def hostile_person(case: Case, role: PersonRole) -> CasePerson:
    details = PersonDetails(TEXT[:150], TEXT[:150], TEXT, gender=TEXT[:50], addresses=TEXT)
    return person_add(
        SYSTEM,
        reason=TEXT,
        case=case,
        details=details,
        place=PlaceInCase(role, note=TEXT),
        identifier=GivenIdentifier("other", TEXT[:300], TEXT[:100]),
    )


def check_page(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    assert "run" not in page.title(), address
    check_axe(page)


def test_case_is_opened_by_keyboard_alone(site: Site, browser_page: Page, tmp_path: Path) -> None:
    site.sign_in(browser_page.context, person(Role.INVESTIGATOR))
    browser_page.goto("/")
    keyboard = Keyboard(browser_page)
    keyboard.follow("Open a case")
    keyboard.type_into("Reference", "OP-EXAMPLE-1")
    keyboard.type_into("Title", "A referral")
    keyboard.type_into("Reason", "A referral of today")
    keyboard.follow("Open the case")
    browser_page.wait_for_url("**/cases/*-*/")
    assert browser_page.get_by_role("heading", level=1).inner_text().endswith("A referral")
    check_axe(browser_page)
    screenshot(browser_page, "case", tmp_path)


def test_pages_of_a_hostile_case_hold(site: Site, browser_page: Page, tmp_path: Path) -> None:
    user = person(Role.INVESTIGATOR, TEXT[:150])
    case = hostile_case(user)
    note_add(actor(user), case=case, text=TEXT)
    suspect, child = (hostile_person(case, role) for role in (PersonRole.SUSPECT, PersonRole.CHILD))
    site.sign_in(browser_page.context, user)
    base = f"/cases/{case.id}/"
    tails = ("", "change/", "notes/", "members/", "members/add/", "timeline/", "people/")
    people = f"{base}people/"
    for address in (
        "/",
        "/cases/",
        "/cases/open/",
        "/cases/break-glass/",
        "/notices/",
        *(base + tail for tail in tails),
        f"{people}add/",
        f"{people}find/?q=run",
        f"{people}{suspect.person_id}/",
        f"{people}{child.person_id}/",
        f"{people}{child.person_id}/change/",
        f"{people}{child.person_id}/link/",
        f"{people}{child.person_id}/identifiers/add/",
    ):
        check_page(browser_page, address)
    screenshot(browser_page, "hostile", tmp_path)


@pytest.mark.parametrize("role", [Role.EXAMINER])
def test_break_glass_pages_carry_their_banner(
    site: Site, browser_page: Page, tmp_path: Path, role: Role
) -> None:
    case = hostile_case(person(Role.INVESTIGATOR))
    hostile_person(case, PersonRole.CHILD)
    officer, second = person(role), person(Role.SUPERVISOR)
    asked = BreakGlassRequest(case.reference, Purpose.SAFEGUARDING, 2, second.pk)
    break_glass_open(actor(officer), reason="A child may be in danger", asked=asked)
    site.sign_in(browser_page.context, officer)
    check_page(browser_page, f"/cases/{case.id}/")
    assert browser_page.get_by_role("region", name="Break-glass").is_visible()
    assert browser_page.get_by_text("Withheld").first.is_visible()
    screenshot(browser_page, "break-glass", tmp_path)
    browser_page.context.clear_cookies()
    site.sign_in(browser_page.context, second)
    for address in ("/teams/", f"/teams/{case.id}/", f"/teams/{case.id}/add/", "/notices/"):
        check_page(browser_page, address)
    browser_page.goto("/")
    Keyboard(browser_page).follow("Read and go on")
    opened = BreakGlass.objects.get(user=officer)
    browser_page.wait_for_url(f"**/cases/break-glass/{opened.pk}/")
    check_axe(browser_page)
