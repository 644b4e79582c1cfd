"""Hostile names through every form, page and export, in the real browser: nothing executes."""

import csv
import io
import subprocess
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from address_samples import CaseSamples
from browser_site import Site, records_of, running_site
from browser_watch import Watch
from django.urls import reverse
from hostile_forms import HostileClerk, look_for_harm
from hostile_names import hostile_names
from playwright.sync_api import Browser, Dialog, Page
from pytest_django import DjangoDbBlocker

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Purpose, Role
from polit.web.site.addresses import all_addresses

NO_FORM = {
    "account_login", "account_reauthenticate", "mfa_reauthenticate", "mfa_authenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn",
    "mfa_generate_recovery_codes", "mfa_login_webauthn", "mfa_reauthenticate_webauthn",
    "account_change_password", "appearance", "exhibits:papers", "examinations:notes_print",
    "media:download", "review:keys", "statistics:rows", "welfare:session_act",
}  # fmt: skip
"""Secrets and codes, which no page shows; forms that hand out files (see below); single letters."""
REGULAR_COUNT = 11  # the longest, and one of each family
REGULAR_PAGES, ALL_PAGES = 80, 2_000
"""How many pages are read afterwards, in a run of the tests and in a proof."""
MOST_ROUNDS = 400
FORMS = tuple(
    each
    for each in {address.name: address for address in all_addresses()}.values()
    if each.passage is not None
    and set(each.passage.methods) == {"GET", "POST"}
    and each.name not in NO_FORM
)


@dataclass(frozen=True, slots=True)
class Office:
    """A site, a case, and the people who fill in its forms."""

    site: Site
    case: Case
    users: dict[str, User]
    urls: dict[str, str]


def urls_of(case: Case) -> dict[str, str]:
    """Return the address of each form, with objects of a case."""
    samples = CaseSamples(case)
    urls = {}
    for each in FORMS:
        values = {name: samples.value(each.name, name) for name in each.parameters}
        urls[each.name] = reverse(each.name, kwargs=values)
    # What is queued is asked of the broker only later: any place will do.
    urls["examinations:order"] += "?evidence=evidence/x"
    return urls


def user(name: str, *roles: Role) -> User:
    made = User(username=name, full_name=f"A. {name.title()}")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        made.save()
        for role in roles:
            RoleGrant(user=made, role=role.value, granted_by="a test").save()
        deed.about("user", made.pk)
    return made


@pytest.fixture(scope="module")
def office(
    prepared_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Office, None, None]:
    folder = tmp_path_factory.mktemp("hostile")
    with running_site(prepared_site, folder) as site, records_of(site, django_db_blocker):
        users = {
            "worker": user("worker", *sorted(CASE_ROLES)),
            "auditor": user("auditor", Role.AUDITOR),
            "keeper": user("keeper", Role.SYSTEM_ADMINISTRATOR),
        }
        case = case_open(SYSTEM, reason="a test", reference="OP-HOSTILE-1", title="A test")
        purpose = Purpose.INVESTIGATION
        member_add(SYSTEM, reason="a test", case=case, user_id=users["worker"].pk, purpose=purpose)
        yield Office(site, case, users, urls_of(case))


class Watched:
    """A page on which a dialog, an error or a broken policy is a failure."""

    def __init__(self, page: Page, address: str) -> None:
        """Begin to watch a page of a site."""
        self.page = page
        self.watch = Watch(page, address)
        self.dialogs: list[str] = []
        page.on("dialog", self.on_dialog)

    def on_dialog(self, dialog: Dialog) -> None:
        """Remember a dialog, and close it."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def check(self) -> None:
        """Fail where anything happened."""
        assert self.dialogs == []
        assert self.watch.found == []


@pytest.fixture
def watched(browser: Browser, office: Office) -> Generator[Watched, None, None]:
    context = browser.new_context(base_url=office.site.address, locale="en-GB")
    context.set_default_timeout(20_000)
    yield Watched(context.new_page(), office.site.address)
    context.close()


def fill_every_form(watched: Watched, office: Office, names: list[str]) -> HostileClerk:
    clerk = HostileClerk(watched.page, names)
    for address in FORMS:
        assert address.passage is not None
        alone = Role.SYSTEM_ADMINISTRATOR in address.passage.rule.write
        watched.page.context.clear_cookies()
        office.site.sign_in(watched.page.context, office.users["keeper" if alone else "worker"])
        for _round in range(MOST_ROUNDS):
            if clerk.is_done(address.name):
                break
            if not clerk.fill(address.name, office.urls[address.name]):
                break  # what it asks about has ended: there is no such form any more
        watched.check()
    return clerk


def read_every_page(watched: Watched, office: Office, *, most: int) -> int:
    seen = 0
    for person, starts in {
        "worker": ["/", "/cases/", "/teams/", "/notices/", "/exhibits/search/?q=<b id=injected>",
                   f"/cases/{office.case.id}/"],
        "auditor": ["/audit/"],
        "keeper": ["/accounts/", "/system/"],
    }.items():  # fmt: skip
        watched.page.context.clear_cookies()
        office.site.sign_in(watched.page.context, office.users[person])
        seen += len(follow_all(watched.page, starts, most=most))
        watched.check()
    return seen


def follow_all(page: Page, starts: list[str], *, most: int) -> set[str]:
    """Go to each page that links lead to, nearest first, and look at it."""
    waiting, seen = list(starts), set(starts)
    for _page in range(most):
        if not waiting:
            break
        answer = page.goto(waiting.pop(0), wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status in {200, 403, 404}, page.url
        look_for_harm(page)
        links: list[str] = page.eval_on_selector_all(
            "main a[href], nav a[href]", "found => found.map(each => each.pathname + each.search)"
        )
        for link in links:
            is_form = link.rstrip("/").endswith(("/correct", "/change", "/end", "/split", "/link"))
            if link not in seen and not is_form and "/events/" not in link:
                seen.add(link)
                waiting.append(link)
    return seen - set(waiting)


def take_out(watched: Watched, office: Office, paper: str, scratch: Path) -> bytes:
    page = watched.page
    page.goto(reverse("exhibits:papers", kwargs={"case_id": office.case.id}))
    page.locator(f"input[name=paper][value={paper}]").check()
    page.get_by_label("What for").fill("</script><b id=injected>")
    with page.expect_download(timeout=120_000) as coming:
        page.get_by_role("button", name="Make it").click()
    coming.value.save_as(scratch / paper)
    return (scratch / paper).read_bytes()


def check_exports(watched: Watched, office: Office, scratch: Path) -> dict[str, int]:
    watched.page.context.clear_cookies()
    office.site.sign_in(watched.page.context, office.users["worker"])
    figures = {}
    for table in ("exhibits_table", "events_table"):
        data = take_out(watched, office, table, scratch).decode("utf-8-sig")
        cells = [cell for line in csv.reader(io.StringIO(data, newline="")) for cell in line]
        wrong = [c for c in cells if c.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert wrong == []
        told = [cell.replace("\r\n", " ").replace("\n", " ") for cell in cells]
        assert not [cell for cell in told if any(ord(char) < 32 for char in cell)]
        figures[f"{table}_cells"] = len(cells)
    for paper in ("labels", "continuity"):
        printed = take_out(watched, office, paper, scratch)
        assert printed.startswith(b"%PDF")
        words = ["pdftotext", str(scratch / paper), "-"]
        text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        assert "OP-HOSTILE-1" in text.replace("\u200b", "")
        assert b"/JavaScript" not in printed
        assert b"/URI" not in printed
        figures[f"{paper}_pdf_characters"] = len(text)
    return figures


def test_nothing_executes_in_any_form_page_or_export(
    watched: Watched,
    office: Office,
    tmp_path: Path,
    proof_count: int | None,
    keep_figures: Callable[[dict[str, object]], None],
) -> None:
    names = hostile_names(proof_count or REGULAR_COUNT)
    clerk = fill_every_form(watched, office, names)
    untaken = [each.name for each in FORMS if not clerk.kept[each.name]]
    most = ALL_PAGES if proof_count else REGULAR_PAGES
    pages = read_every_page(watched, office, most=most)
    exports = check_exports(watched, office, tmp_path)
    watched.check()
    keep_figures(
        {
            "names": len(names),
            "forms": len(FORMS),
            "forms_that_took_none": {form: clerk.told.get(form, "not open") for form in untaken},
            "forms_given_every_name": sum(clerk.is_done(each.name) for each in FORMS),
            "names_given_by_form": dict(sorted(clerk.dealt.items())),
            "submissions_kept": clerk.kept.total(),
            "submissions_refused": clerk.refused.total(),
            "pages_read_afterwards": pages,
            **exports,
            "executed": 0,
        }
    )
