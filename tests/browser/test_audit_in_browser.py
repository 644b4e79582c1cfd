"""The audit's pages in the real browser: by keys, in light and dark, with hostile names."""

from collections.abc import Generator
from pathlib import Path
from uuid import UUID

import pytest
from browser_fixtures import check_axe, screenshot
from browser_keyboard import Keyboard
from browser_site import Site, records_of, running_site
from hostile_names import HOSTILE
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.audit.signer import signing
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role


@pytest.fixture(scope="module")
def site(
    prepared_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Site, None, None]:
    folder = tmp_path_factory.mktemp("audit")
    with running_site(prepared_site, folder) as started, records_of(started, django_db_blocker):
        write_hostile_acts()
        yield started


def write_hostile_acts() -> None:
    for number, name in enumerate(HOSTILE.values()):
        with act(SYSTEM, "tests.hostile", reason=name or "none") as deed:
            deed.about("thing", str(number), label=name, name=name)


@pytest.fixture
def auditor(site: Site, browser_page: Page, request: pytest.FixtureRequest) -> Page:
    user = User(username=request.node.name[:60], full_name="An Auditor")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=Role.AUDITOR.value, granted_by="a test").save()
        deed.about("user", user.id)
    site.sign_in(browser_page.context, user)
    return browser_page


def test_auditor_filters_and_reads_an_event_by_keys(auditor: Page, tmp_path: Path) -> None:
    auditor.goto("/audit/")
    check_axe(auditor)
    keyboard = Keyboard(auditor)
    keyboard.tab_to("Filter")
    keyboard.press("Enter")
    check_axe(auditor)
    keyboard.type_into("What", "tests.hostile")
    keyboard.follow("Show these events")
    assert auditor.locator("tbody tr").count() == min(50, len(HOSTILE))
    screenshot(auditor, "audit", tmp_path)
    auditor.locator("tbody a").first.press("Enter")
    auditor.wait_for_url("**/audit/*-*/")
    assert auditor.get_by_role("heading", name="In the log").is_visible()
    check_axe(auditor)


def test_covered_event_has_a_proof_and_checkpoints_are_listed(
    auditor: Page, tmp_path: Path
) -> None:
    with signing(tmp_path / "witness") as signer:
        signer.round(is_last=True)
    event = AuditEvent.objects.filter(action="tests.hostile").latest("seq")
    auditor.goto(f"/audit/{event.event_id}/")
    keyboard = Keyboard(auditor)
    keyboard.tab_to("Download the proof of this event")
    with auditor.expect_download() as loading:
        keyboard.press("Enter")
    assert loading.value.suggested_filename == f"{UUID(str(event.event_id))}.tlog-proof"
    check_axe(auditor)
    auditor.goto("/audit/checkpoints/")
    assert auditor.locator("tbody tr").count() == 1
    check_axe(auditor)
