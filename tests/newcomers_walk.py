"""The newcomer's walk: what the README and the first tutorial promise, by keys alone.

A real ``polit serve`` in an empty data directory; the first administrator by the one-time link, an
account for an officer, a case, three exhibits, a seal, a handover, an examination and its results,
the papers, the audit log, signing out. A test runs it, and a proof writes what it cost.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from brokers import landscape
from browser_fixtures import add_passkey_device, totp
from browser_walker import Walker, walker
from playwright.sync_api import Browser
from served_record import Served, served

from polit.base.clock import now_utc

OFFICER = "B. Example"
_EXAMINED_LIMIT_MS = 240_000
_DOUBLE_PRESS_MS = 1_100
"""For so long a button takes a second press for a slip; nobody is as fast as this test."""


@dataclass(frozen=True, slots=True)
class WalkFigures:
    """What the walk cost, of both people together.

    Args:
        keystrokes: All keys, those that typed text among them.
        tabs: Of those, Tab and arrows: the way from one thing to the next.
        typed_characters: Of those, the text.
        fields: Fields that were typed into.
        typed_twice: What the same person had to type more than once.
        pages: Titles of the pages that were come to, in order.
        events: Events in the printed continuity report.
    """

    keystrokes: int
    tabs: int
    typed_characters: int
    fields: int
    typed_twice: tuple[str, ...]
    pages: tuple[str, ...]
    events: int


def take_the_walk(browser: Browser, scratch: Path, pictures: Path) -> WalkFigures:
    """Take the walk and return what it cost; whatever is wrong on the way fails.

    Args:
        browser: In which both people have a profile each.
        scratch: An empty folder.
        pictures: Where pictures of the pages go.
    """
    data = scratch / "data"
    make_evidence(data / "evidence" / "BE-1")
    with served(data) as record:
        record.wait_until_well()
        address = f"http://localhost:{record.port}"
        keeper = walker(browser, address, pictures)
        officer = walker(browser, address, pictures)
        first_administrator(keeper, record)
        link = account_for_officer(keeper)
        officer_enrols(officer, link)
        officer_signs_in(officer)
        opens_a_case(officer)
        seizes_three_exhibits(officer)
        seals_one(officer)
        hands_all_over(officer)
        events = prints_papers(officer, scratch)
        queues_one(officer)
        reads_the_results(officer)
        reads_the_log(officer)
        signs_out(officer)
        figures = _figures((keeper, officer), events)
        for person in (keeper, officer):
            person.page.context.close()
    return figures


def make_evidence(folder: Path) -> None:
    """Lay a small phone's folder below the evidence root: pictures, a letter, a broken file."""
    camera = folder / "DCIM"
    camera.mkdir(parents=True)
    for seed in range(6):
        (camera / f"IMG_{seed:04}.jpg").write_bytes(landscape((640, 480), seed))
    (camera / "cut short.jpg").write_bytes(landscape((640, 480), 7)[:900])
    (folder / "notes.txt").write_text("A shopping list.\n", encoding="utf-8")
    (folder / "empty.bin").write_bytes(b"")


def first_administrator(keeper: Walker, record: Served) -> None:
    """Set the password behind the link that the first start printed, add an authenticator app."""
    found = re.search(r"http://localhost:\d+/invitation/\S+", record.said())
    assert found, record.said()
    keeper.page.goto(found[0])
    keeper.arrive("Set your password", picture="set-password")
    keeper.keyboard.type_into("Password", "amber lantern by the canal")
    keeper.keyboard.follow("Set password")
    keeper.arrive("Add a second factor")
    keeper.keyboard.follow("Authenticator app")
    keeper.arrive("Add an authenticator app")
    keeper.keyboard.type_into("Code that the app shows", totp_now(keeper.text("#totp-secret")))
    keeper.keyboard.follow("Add the app")
    keeper.arrive("Recovery codes")
    keeper.keyboard.follow("I have kept them")
    keeper.arrive("Home")


def account_for_officer(keeper: Walker) -> str:
    """Make the officer's account; return its one-time link."""
    keeper.keyboard.follow("People and roles")
    keeper.arrive("People and roles")
    keeper.keyboard.follow("Make an account")
    keeper.arrive("Make an account", picture="make-account")
    keeper.keyboard.type_into("Full name", OFFICER)
    keeper.keyboard.type_into("Name to sign in with", "b.example")
    keeper.keyboard.choose("Examiner", within="Roles")
    keeper.keyboard.choose("Investigator", within="Roles")
    keeper.keyboard.type_into("Reason", "Joins the team")
    keeper.keyboard.follow("Make the account")
    keeper.arrive("One-time link")
    return keeper.text("#one-time-link")


def officer_enrols(officer: Walker, link: str) -> None:
    """Set a password behind the link and add a passkey."""
    add_passkey_device(officer.page)
    officer.page.goto(link)
    officer.arrive("Set your password")
    officer.keyboard.type_into("Password", "seven herons over the weir")
    officer.keyboard.follow("Set password")
    officer.arrive("Add a second factor")
    officer.keyboard.follow("Passkey")
    officer.arrive("Add a passkey")
    officer.keyboard.type_into("Name of the passkey", "This computer")
    officer.keyboard.follow("Add the passkey")
    officer.arrive("Recovery codes")
    officer.keyboard.follow("I have kept them")
    officer.arrive("Home")
    officer.keyboard.follow("Sign out")


def officer_signs_in(officer: Walker) -> None:
    """Sign in with the passkey, which stands for both steps."""
    officer.arrive("Sign in", picture="sign-in")
    officer.keyboard.follow("Sign in with a passkey")
    officer.arrive("Home")


def opens_a_case(officer: Walker) -> None:
    """Open a case."""
    officer.keyboard.follow("Open a case")
    officer.arrive("Open a case")
    officer.keyboard.type_into("Reference", "OP-EXAMPLE-1")
    officer.keyboard.type_into("Title", "Search at Example Street")
    officer.keyboard.type_into("Reason", "Warrant granted today")
    officer.keyboard.follow("Open the case")
    officer.arrive("OP-EXAMPLE-1", picture="case")


def seizes_three_exhibits(officer: Walker) -> None:
    """Seize a telephone, a stick and a laptop; what stays the same is offered again."""
    keyboard = officer.keyboard
    keyboard.follow("Seize an exhibit")
    officer.arrive("Seize an exhibit", picture="seize")
    keyboard.type_into("Reference", "BE/1")
    keyboard.type_into("Description", "Black telephone, cracked glass")
    keyboard.select("Kind", "Mobile phone")
    keyboard.type_into("IMEI", "490154203237518")
    keyboard.type_into("Seized where", "1 Example Street, bedroom")
    keyboard.select("By which power", "Warrant: Protection")
    keyboard.type_into("Its reference", "W-2026-17")
    keyboard.choose("Seize another exhibit after this one")
    keyboard.follow("Seize the exhibit")
    officer.arrive("Seize an exhibit")
    keyboard.type_into("Description", "USB stick, blue")
    keyboard.select("Kind", "USB")
    keyboard.type_into("Seal number", "S-0002")
    keyboard.follow("Seize the exhibit")
    officer.arrive("Seize an exhibit")
    keyboard.type_into("Description", "Laptop, silver, with charger")
    keyboard.select("Kind", "Laptop")
    keyboard.type_into("Seal number", "S-0003")
    keyboard.choose("Seize another exhibit after this one")
    keyboard.follow("Seize the exhibit")
    officer.arrive("Exhibit BE/3", picture="exhibit")


def seals_one(officer: Walker) -> None:
    """Seal the telephone, which was seized without a seal."""
    officer.keyboard.follow("Exhibits")
    officer.arrive("Exhibits of OP-EXAMPLE-1")
    officer.keyboard.follow("BE/1")
    officer.arrive("Exhibit BE/1")
    officer.keyboard.follow("Sealed")
    officer.arrive("Sealed")
    officer.keyboard.type_into("Number of the new seal", "S-0001")
    officer.keyboard.type_into("Why", "Bagged at the scene")
    officer.keyboard.follow("Record it")
    officer.arrive("Exhibit BE/1")


def hands_all_over(officer: Walker) -> None:
    """Hand all three over in one form."""
    keyboard = officer.keyboard
    keyboard.follow("Exhibits")
    officer.arrive("Exhibits of OP-EXAMPLE-1")
    keyboard.follow("Handed over")
    officer.arrive("Handed over", picture="hand-over")
    for reference in ("BE/1", "BE/2", "BE/3"):
        keyboard.choose(reference, within="Exhibits")
    keyboard.choose("Intact", within="How was the seal?")
    keyboard.type_into("Who hands it over", OFFICER)
    keyboard.type_into("Who takes it", "C. Keeper")
    keyboard.type_into("Why", "For the laboratory")
    keyboard.follow("Record it")
    officer.arrive("Exhibits of OP-EXAMPLE-1", picture="handed-over")


def prints_papers(officer: Walker, scratch: Path) -> int:
    """Print the continuity report and the labels; return how many events the report holds."""
    officer.keyboard.follow("Labels, reports and tables")
    officer.arrive("Labels, reports and tables", picture="papers")
    officer.keyboard.choose("Continuity report", within="What do you need?")
    officer.keyboard.type_into("What for", "For the court file")
    report = _printed(officer, scratch / "continuity.pdf")
    for told in ("BE/1", "BE/2", "BE/3", "S-0001", "Sealed", "Handed over", "C. Keeper"):
        assert told in report, f"the report does not tell {told!r}: {report}"
    officer.keyboard.choose("Labels", within="What do you need?")
    labels = _printed(officer, scratch / "labels.pdf")
    assert all(reference in labels for reference in ("BE/1", "BE/2", "BE/3"))
    return len(re.findall(r"^ +\d+\. (?:Seized|Sealed|Handed over)$", report, re.MULTILINE))


def _printed(officer: Walker, path: Path) -> str:
    """Press the button of the form, keep what comes, and return its text."""
    officer.keyboard.tab_to("Make it")
    officer.page.wait_for_timeout(_DOUBLE_PRESS_MS)
    with officer.page.expect_download() as coming:
        officer.keyboard.press("Enter")
    coming.value.save_as(path)
    words = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return text.replace("\u200b", "")  # where the paper may break a long word


def queues_one(officer: Walker) -> None:
    """Queue the telephone's folder, and wait until its findings are imported."""
    keyboard = officer.keyboard
    keyboard.follow("OP-EXAMPLE-1")
    officer.arrive("OP-EXAMPLE-1")
    keyboard.follow("None yet. Queue evidence or attach a package")
    officer.arrive("Examinations")
    keyboard.follow("Queue evidence")
    officer.arrive("Queue evidence")
    keyboard.follow("evidence")
    officer.arrive("Queue evidence")
    keyboard.choose("Choose BE-1")
    keyboard.follow("Go on with what is chosen")
    officer.arrive("Queue for examination", picture="order")
    keyboard.type_into("Authority to examine", "Warrant of today")
    keyboard.choose("Access times of a folder may change")
    keyboard.choose("Go on where the isolation is reduced")
    keyboard.type_into("Reason", "First look at the telephone")
    keyboard.follow("Queue for examination")
    officer.arrive("Examination of BE/1")
    officer.page.wait_for_function(
        "() => /Imported|Failed/.test(document.querySelector('#progress').innerText)",
        timeout=_EXAMINED_LIMIT_MS,
    )
    assert "Imported" in officer.text("#progress"), officer.text("#progress")
    officer.arrive("Examination of BE/1", picture="examined")


def reads_the_results(officer: Walker) -> None:
    """Read account, entries, folders, tiles and one entry."""
    keyboard = officer.keyboard
    keyboard.follow("Show the results")
    officer.arrive("Results of BE/1", picture="results")
    main = officer.page.inner_text("main")
    assert all(words in main for words in ("It balances", "Not examined", "Problems", "Times"))
    keyboard.follow("Folders")
    officer.arrive("Folders of BE/1")
    keyboard.follow("Entries")
    officer.arrive("Entries of BE/1")
    keyboard.follow("Safe tiles")
    officer.arrive("Safe tiles of BE/1", picture="tiles")
    assert officer.page.locator(".polit-tiles img").count() >= 6
    keyboard.follow("still, done: DCIM")
    officer.arrive("Entry", picture="entry")


def reads_the_log(officer: Walker) -> None:
    """Read who did and who looked at what in the case."""
    officer.keyboard.follow("OP-EXAMPLE-1")
    officer.arrive("OP-EXAMPLE-1")
    officer.keyboard.follow("Audit log of the case")
    officer.arrive("Audit log of the case", picture="audit")
    assert "exhibits.seize" in officer.page.inner_text("main")


def signs_out(officer: Walker) -> None:
    """Sign out; the browser's way back leads to nothing."""
    officer.keyboard.follow("Sign out")
    officer.arrive("Sign in")
    officer.page.go_back()
    officer.arrive("Sign in")


def totp_now(secret: str) -> str:
    """Return what an authenticator app shows now."""
    return totp(secret, now_utc().timestamp())


def _figures(people: tuple[Walker, ...], events: int) -> WalkFigures:
    typed = [text for each in people for text in each.keyboard.typed]
    return WalkFigures(
        keystrokes=sum(each.keyboard.keystrokes for each in people),
        tabs=sum(each.keyboard.tabs for each in people),
        typed_characters=sum(len(text) for text in typed),
        fields=sum(each.keyboard.fields for each in people),
        typed_twice=tuple(text for each in people for text in each.keyboard.typed_twice),
        pages=tuple(title for each in people for title in each.pages),
        events=events,
    )
