"""Every page that the site has: axe in light and dark, 320 px, one heading, a title of its own."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from address_samples import CaseSamples
from browser_fixtures import check_axe, too_wide, watched_page
from browser_site import Site, records_of, running_site
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Purpose, Role, Scope
from polit.web.site.addresses import Address, all_addresses

NO_PAGE = {
    "mfa_index": "leads on to one's own account",
    "mfa_list_webauthn": "leads on to one's own account",
    "mfa_authenticate": "only in the middle of signing in; see the tests of the doors",
    "mfa_login_webauthn": "answers a script",
    "mfa_deactivate_totp": "only with an app; see the tests of the doors",
    "mfa_reauthenticate": "only with an app; see the tests of the doors",
    "mfa_reauthenticate_webauthn": "only with a passkey; see the tests of the doors",
    "mfa_view_recovery_codes": "only with codes; the walk comes to it",
    "mfa_generate_recovery_codes": "only with codes",
    "mfa_remove_webauthn": "only for whose passkey it is; see the tests of the doors",
    "cases:break_glass": "only for the two people concerned; see the tests of cases",
    "media:results": "needs findings; the walk comes to it",
    "media:entry": "needs findings; the walk comes to it",
    "media:entries": "needs findings; the walk comes to it",
    "media:folders": "needs findings; the walk comes to it",
    "media:tiles": "needs findings; the walk comes to it",
    "media:download": "needs findings; see the test of hostile evidence",
    "intake:package": "needs findings; see the test of hostile evidence",
    "examinations:order": "needs a broker; the walk comes to it",
    "examinations:progress": "a part of a page, for a script",
    "signposts:leaflet_paper": "a PDF",
    "hashsets:progress": "a part of a page, for a script",
    "review:progress": "answers a script",
    "review:order": "answers a script",
    "review:tiles": "answers a script",
    "review:facets": "answers a script",
    "review:figures": "answers a script",
    "review:folders": "answers a script",
    "review:timeline": "answers a script",
    "review:changes": "answers a script",
    "review:item": "answers a script; the gallery's tests come to it",
    "review:running": "needs an examination that runs; see its test in the browser",
    "review:running_order": "answers a script",
    "review:running_tiles": "answers a script",
    "review:running_changes": "answers a script",
    "audit:proof": "a file",
    "welfare:session_act": "only within a session; see the tests of welfare",
    "welfare:session_state": "answers a script",
    "welfare:record_pdf": "a file",
    "referrals:original": "a file",
    "statistics:paper": "a file",
    "disclosure:paper": "a file",
    "disclosure:sensitive_paper": "a file",
    "privilege:withdraw": "only of what was decided; see the tests of privilege",
    "statistics:records": "only of a period; see the tests of statistics",
    "referrals:read": "needs the report beside the site's own data; see its tests",
    "health": "plain text, for machines",
    "accounts:totp_qr": "a picture",
    "media:tile": "a picture",
    "exhibits:photograph": "a picture",
    "exhibits:thumbnail": "a picture",
}
"""Addresses that are no page to look at, or none in the state of this site, and why."""
ADDRESSES = tuple(
    each
    for each in {address.name: address for address in all_addresses()}.values()
    if each.passage is not None and "GET" in each.passage.methods and each.name not in NO_PAGE
)


@dataclass(frozen=True, slots=True)
class Inhabited:
    """A site with one case and somebody for each kind of page."""

    site: Site
    samples: CaseSamples
    users: dict[str, User]

    def url(self, address: Address) -> str:
        """Return an address with the samples of the case."""
        values = {name: self.samples.value(address.name, name) for name in address.parameters}
        return reverse(address.name, kwargs=values)


def _user(name: str, *roles: Role) -> User:
    user = User(username=name, full_name=f"A. {name.title()}")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        for role in roles:
            RoleGrant(user=user, role=role.value, granted_by="a test").save()
        deed.about("user", user.pk)
    return user


@pytest.fixture(scope="module")
def inhabited(
    prepared_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Inhabited, None, None]:
    folder = tmp_path_factory.mktemp("every-page")
    with running_site(prepared_site, folder) as site, records_of(site, django_db_blocker):
        users = {
            "worker": _user("worker", *sorted(CASE_ROLES)),
            "auditor": _user("auditor", Role.AUDITOR),
            "keeper": _user("keeper", Role.SYSTEM_ADMINISTRATOR),
            "counsel": _user("counsel", Role.COUNSEL),
        }
        case = case_open(SYSTEM, reason="a test", reference="OP-EVERY-1", title="A test")
        purpose = Purpose.INVESTIGATION
        member_add(SYSTEM, reason="a test", case=case, user_id=users["worker"].pk, purpose=purpose)
        member_add(SYSTEM, reason="a test", case=case, user_id=users["counsel"].pk,
                   purpose=Purpose.LEGAL_PRIVILEGE)  # fmt: skip
        yield Inhabited(site, CaseSamples(case), users)


@pytest.fixture
def site(inhabited: Inhabited) -> Site:
    return inhabited.site


@pytest.fixture
def pages(browser: Browser, inhabited: Inhabited) -> Generator[Page, None, None]:
    yield from watched_page(browser, inhabited.site)


def go_as_whoever_may(page: Page, inhabited: Inhabited, address: Address) -> None:
    assert address.passage is not None
    rule = address.passage.rule
    if rule.scope is not Scope.PUBLIC:
        likely = {
            Role.AUDITOR: "auditor",
            Role.SYSTEM_ADMINISTRATOR: "keeper",
            Role.COUNSEL: "counsel",
        }
        alone = likely.get(next(iter(rule.read))) if len(rule.read) == 1 else None
        inhabited.site.sign_in(page.context, inhabited.users[alone or "worker"])
    answer = page.goto(inhabited.url(address))
    assert answer is not None
    assert answer.status == 200, f"{answer.status} {page.url}"
    assert "text/html" in answer.headers["content-type"]
    assert page.url.endswith(inhabited.url(address)), f"{address.name} led to {page.url}"


TITLES: dict[str, str] = {}
"""The titles of the pages that were opened so far: each page has one of its own."""


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.name)
def test_page_is_clean_narrow_and_in_order(
    pages: Page, inhabited: Inhabited, address: Address
) -> None:
    go_as_whoever_may(pages, inhabited, address)
    title = TITLES[address.name] = pages.title()
    assert title.endswith(" \u2013 polit")
    assert [name for name, other in TITLES.items() if other == title] == [address.name]
    if not pages.locator("[autofocus]").count():  # a scanner types at once
        pages.keyboard.press("Tab")
        assert pages.evaluate("() => document.activeElement.textContent") == "Skip to main content"
    assert pages.locator("h1").count() == 1
    assert len(pages.locator("h1").inner_text().strip()) >= 3
    check_axe(pages)
    pages.set_viewport_size({"width": 320, "height": 640})
    assert too_wide(pages) == []
