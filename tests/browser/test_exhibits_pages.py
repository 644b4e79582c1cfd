"""Exhibits in the real browser: with hostile names, clean for axe, and nothing runs."""

from pathlib import Path

from browser.test_cases_and_people import TEXT, actor, check_page, hostile_case, person
from browser_fixtures import screenshot
from browser_site import Site
from playwright.sync_api import Page
from web.exhibits import samples
from web.exhibits.custody_stories import SEIZURE, happening, record

from polit.web.core.rules import Role
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, EventKind, SeizedThing
from polit.web.exhibits.services import exhibit_seize


def test_pages_of_hostile_exhibits_hold(site: Site, browser_page: Page, tmp_path: Path) -> None:
    user = person(Role.SUPERVISOR, TEXT[:150])
    case = hostile_case(user)
    thing = SeizedThing(
        "AB/<b>1</b>",
        TEXT[:4000],
        DeviceFacts(DeviceKind.PHONE, make=TEXT[:100], serial=TEXT[:100]),
        condition=TEXT,
        owner=TEXT[:200],
    )
    exhibit = exhibit_seize(actor(user), reason=TEXT, case=case, seizure=SEIZURE, thing=thing)
    record(exhibit, happening(EventKind.SEAL, 1, note=TEXT))
    record(exhibit, happening(EventKind.HAND_OVER, 2, condition=TEXT))
    values = {name: make(case) for name, make in samples.SAMPLES.items()}
    site.sign_in(browser_page.context, user)
    base = f"/cases/{case.id}/exhibits/"
    one = f"{base}{exhibit.id}/"
    for address in (
        base,
        f"{base}seize/",
        f"{base}papers/",
        f"{base}together/hand_over/",
        one,
        f"{one}correct/",
        f"{one}split/",
        f"{one}events/hand_over/",
        f"{one}events/change_seal/",
        f"{one}events/1/correct/",
        f"{one}passcodes/add/",
        f"{one}photographs/add/",
        f"{base}{values['exhibit_id']}/",
        "/exhibits/search/?q=AB/%3Cb%3E1%3C/b%3E",
        "/exhibits/scan/?code=x",
        f"/cases/{case.id}/",
    ):
        check_page(browser_page, address)
        name = address.split("?")[0].strip("/").replace(str(case.id), "").replace("/", "-")
        screenshot(browser_page, f"exhibits{name[-40:]}", tmp_path)
