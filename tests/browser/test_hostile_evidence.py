"""A device whose names were made to do harm: its results in the real browser, and their table."""

import csv
import io
from collections.abc import Callable, Generator
from pathlib import Path

import examinations as run
import pytest
from browser_fixtures import check_axe
from browser_site import Site
from django.urls import reverse
from hostile_forms import look_for_harm
from hostile_names import HOSTILE, hostile_names
from made_packages import MadePackage
from playwright.sync_api import Page
from web.imported import imported

from polit.base.ids import new_uuid
from polit.package.seal import read_manifest
from polit.store.keys import open_keys
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.media.models import Entry, Package

LONGEST_NAME_BYTES = 255
REGULAR_COUNT = 40
PAGES = ("results", "folders", "tiles", "download", "entries")
"""The entries are the last: from there it goes on to all that follow."""


@pytest.fixture(scope="module")
def names(proof_count: int | None) -> list[bytes]:
    """Return the names that a file system takes, among them one that is not UTF-8."""
    names = [*hostile_names(proof_count or REGULAR_COUNT), HOSTILE["surrogate"]]
    raw = {name.encode("utf-8", "surrogateescape").replace(b"/", b"|") for name in names}
    return sorted(name for name in raw if b"\0" not in name and len(name) <= LONGEST_NAME_BYTES)


@pytest.fixture(scope="module")
def made(names: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> MadePackage:
    place = tmp_path_factory.mktemp("hostile-evidence")
    source = place / "evidence"
    source.mkdir()
    for number, name in enumerate(names):
        (source / name.decode("utf-8", "surrogateescape")).write_bytes(b"text %d" % number)
    ended = run.examine(source, place, "--accept-atime", "--accept-reduced-isolation")
    assert ended.code in {0, 3}, ended.stderr
    package = run.package_of(place)
    return MadePackage(package, open_keys(place / "data"), read_manifest(package))


@pytest.fixture(scope="module")
def package(
    site: Site, made: MadePackage, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Package, None, None]:
    case = case_open(SYSTEM, reason="a test", reference="T-1", title="A test")
    user = User(username=new_uuid(), full_name="A. Example")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        for role in (Role.EXAMINER, Role.SUPERVISOR):
            RoleGrant(user=user, role=role.value, granted_by="a test").save()
        deed.about("user", user.pk)
    purpose = Purpose.EXAMINATION
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=purpose)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLIT_DATA", str(site.data))
        yield imported(case, tmp_path_factory.mktemp("imported"), made).package


@pytest.fixture
def examiner(site: Site, package: Package, browser_page: Page) -> Page:
    site.sign_in(browser_page.context, package.case.members.get().user)
    return browser_page


def test_names_of_a_device_do_nothing_on_any_page(
    examiner: Page,
    package: Package,
    names: list[bytes],
    keep_figures: Callable[[dict[str, object]], None],
) -> None:
    one = {"case_id": package.case_id, "examination_id": package.examination_id}
    assert Entry.objects.count() == len(names)
    pages = [reverse(f"media:{page}", kwargs=one) for page in PAGES]
    for page in [reverse("intake:package", kwargs={**one, "package_action": "withdraw"}), *pages]:
        answer = examiner.goto(page)
        assert answer is not None
        assert answer.status == 200, page
        check_axe(examiner)
        look_for_harm(examiner)
    while examiner.locator("a[rel=next]").count():
        examiner.goto(f"{examiner.url.partition('?')[0]}{next_of(examiner)}")
        look_for_harm(examiner)
    for number in Entry.objects.values_list("id", flat=True):
        at = {"case_id": package.case_id, "entry_id": number}
        answer = examiner.goto(reverse("media:entry", kwargs=at), wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 200
        look_for_harm(examiner)
    keep_figures({"names_of_files": len(names), "pages_of_entries": Entry.objects.count()})


def next_of(page: Page) -> str:
    return str(page.locator("a[rel=next]").first.get_attribute("href"))


def test_table_of_entries_runs_in_no_spreadsheet(
    examiner: Page, package: Package, names: list[bytes], tmp_path: Path
) -> None:
    one = {"case_id": package.case_id, "examination_id": package.examination_id}
    examiner.goto(reverse("media:download", kwargs=one))
    examiner.get_by_role("textbox").last.fill("for the case file")
    with examiner.expect_download() as coming:
        examiner.locator("main form button").last.click()
    coming.value.save_as(tmp_path / "entries.csv")
    text = (tmp_path / "entries.csv").read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert len(lines) == len(names) + 1
    cells = [cell for line in lines for cell in line]
    assert not [c for c in cells if c.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert not [cell for cell in cells if any(ord(char) < 32 for char in cell)]
