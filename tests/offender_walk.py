"""The walk of a case: from a referral to a visit under an order, and the figures of the day.

A real ``polit serve``; one officer who investigates, supervises, safeguards and manages offenders,
by keys alone. Every step is reached from the page that the step before led to: none goes home or
through a list, but for the first and for the figures.
"""

from dataclasses import dataclass
from pathlib import Path

from browser_walker import Walker, walker
from newcomers_walk import (
    OFFICER,
    first_administrator,
    officer_enrols,
    officer_signs_in,
)
from offender_walk_court import (
    charges_him,
    counts_the_day,
    makes_an_order,
    reads_what_is_due,
    records_the_result,
    visits,
)
from playwright.sync_api import Browser
from served_record import served

ROLES = ("Investigator", "Supervisor", "Safeguarding", "Offender manager")
CASE = "OP-EXAMPLE-7"
_REPORT = """Report ID: 9000417
E-mail: blue.kite@example.test
Upload from 203.0.113.7 at 2026-03-02T19:14:05Z
"""


@dataclass(frozen=True, slots=True)
class CaseWalkFigures:
    """What the walk of a case cost, and what the record counted of it.

    Args:
        keystrokes: All keys, those that typed text among them.
        tabs: Of those, Tab and arrows.
        fields: Fields that were typed into.
        typed_twice: What had to be typed more than once.
        pages: Titles of the pages that were come to, in order.
        counted: The figures of the day, by their names.
    """

    keystrokes: int
    tabs: int
    fields: int
    typed_twice: tuple[str, ...]
    pages: tuple[str, ...]
    counted: dict[str, int]


def walk_a_case(browser: Browser, scratch: Path, pictures: Path) -> CaseWalkFigures:
    """Take the walk and return what it cost; whatever is wrong on the way fails.

    Args:
        browser: In which both people have a profile each.
        scratch: An empty folder.
        pictures: Where pictures of the pages go.
    """
    with served(scratch / "data") as record:
        record.wait_until_well()
        address = f"http://localhost:{record.port}"
        keeper = walker(browser, address, pictures)
        officer = walker(browser, address, pictures)
        first_administrator(keeper, record)
        officer_enrols(officer, _account(keeper))
        officer_signs_in(officer)
        takes_in_a_referral(officer)
        asks_the_provider(officer)
        assesses_the_risk(officer)
        opens_the_case(officer)
        gets_a_warrant(officer)
        executes_it(officer)
        arrests_him(officer)
        seizes_two_devices(officer)
        protects_a_child(officer)
        charges_him(officer)
        records_the_result(officer)
        makes_an_order(officer)
        visits(officer)
        reads_what_is_due(officer)
        counted = counts_the_day(officer)
        keys = officer.keyboard
        figures = CaseWalkFigures(
            keys.keystrokes, keys.tabs, keys.fields, tuple(keys.typed_twice),
            tuple(officer.pages), counted,
        )  # fmt: skip
        for person in (keeper, officer):
            person.page.context.close()
    return figures


def _account(keeper: Walker) -> str:
    """Make the officer's account with the four roles; return its one-time link."""
    keyboard = keeper.keyboard
    keyboard.follow("People and roles")
    keyboard.follow("Make an account")
    keyboard.type_into("Full name", OFFICER)
    keyboard.type_into("Name to sign in with", "b.example")
    for role in ROLES:
        keyboard.choose(role, within="Roles")
    keyboard.type_into("Reason", "Joins the team")
    keyboard.follow("Make the account")
    keeper.arrive("One-time link")
    return keeper.text("#one-time-link")


def takes_in_a_referral(officer: Walker) -> None:
    """Paste a report; confirm what it names."""
    keyboard = officer.keyboard
    keyboard.follow("Referrals")
    officer.arrive("Referrals")
    keyboard.follow("A new referral")
    officer.arrive("A new referral")
    keyboard.type_into("Or the report's text", _REPORT)
    keyboard.select("Source", "Industry report")
    keyboard.type_into("Summary", "One upload from one account")
    keyboard.follow("Keep the referral")
    officer.arrive("Confirm what the report names")
    keyboard.follow("Confirm what is ticked")
    officer.arrive("Referral R", picture="referral")


def asks_the_provider(officer: Walker) -> None:
    """Send an enquiry, which asks for the address of the report, and record its answer."""
    keyboard = officer.keyboard
    keyboard.follow("A new enquiry")
    officer.arrive("A new enquiry")
    assert "203.0.113.7" in officer.page.input_value("[name=question]")
    keyboard.select("Kind", "Communications data: IP")
    keyboard.type_into("Asked of", "Example Broadband")
    keyboard.type_into("What for", "To find who uploaded it")
    keyboard.follow("Record the enquiry")
    officer.arrive("Enquiry of R")
    keyboard.follow("Record the answer")
    officer.arrive("Record the answer")
    keyboard.choose("Resolved", within="Result")
    keyboard.type_into("Given names of the subscriber", "Alex")
    keyboard.type_into("Family name of the subscriber", "Sample")
    keyboard.type_into("Address of the subscriber", "1 Example Street")
    keyboard.follow("Record the answer")
    officer.arrive("Enquiry of R")


def assesses_the_risk(officer: Walker) -> None:
    """Record the result of an assessment."""
    keyboard = officer.keyboard
    keyboard.follow("Record a risk assessment")
    officer.arrive("Record a risk assessment")
    keyboard.select("Tool", "KIRAT")
    keyboard.type_into("Its version", "2")
    keyboard.choose("High", within="Level that holds")
    keyboard.choose("Yes", within="Can the suspect reach")
    keyboard.type_into("Which children", "One child at home")
    keyboard.type_into("Rationale", "The account is in use in a home with a child")
    keyboard.type_into("Why it is assessed", "The answer came")
    keyboard.follow("Record the assessment")
    officer.arrive("Risk of R", picture="risk")


def opens_the_case(officer: Walker) -> None:
    """Open a case from the referral: suspect, address and account stand there already."""
    keyboard = officer.keyboard
    keyboard.follow("Open a case from it")
    officer.arrive("Open a case from the referral")
    assert officer.page.input_value("[name=family_name]") == "Sample"
    keyboard.type_into("Reference of the case", CASE)
    keyboard.type_into("Title", "Upload at a home")
    keyboard.choose("Making indecent images", within="Kinds of offence")
    keyboard.type_into("Reason", "Suspect and address are known")
    keyboard.follow("Open the case")
    officer.arrive(CASE)


def gets_a_warrant(officer: Walker) -> None:
    """Apply for a warrant for the address that the case knows, and record that it was granted."""
    keyboard = officer.keyboard
    keyboard.follow("Apply for a warrant")
    officer.arrive("Apply for a warrant")
    assert officer.page.locator("[name=known]:checked").count() == 1
    keyboard.select("Power", "Protection of Children")
    keyboard.type_into("Reference", "W-2026-17")
    keyboard.type_into("Court", "Example Magistrates' Court")
    keyboard.type_into("Purpose of the search", "To find and secure devices")
    keyboard.follow("Record the application")
    officer.arrive("Warrant W-2026-17")
    keyboard.follow("Record the grant")
    officer.arrive("Record the grant")
    keyboard.follow("Record the grant")
    officer.arrive("Warrant W-2026-17", picture="warrant")


def executes_it(officer: Walker) -> None:
    """Record the execution, and what the suspect was asked about suicide there."""
    keyboard = officer.keyboard
    keyboard.follow("Record an execution")
    officer.arrive("Record an execution")
    keyboard.choose("Entered and searched, things seized", within="Outcome")
    keyboard.choose("Suspect 1", within="People of the case")
    keyboard.choose("No concern", within="Was the suspect asked")
    keyboard.type_into("What was asked", "Asked twice about thoughts of suicide; none were said")
    keyboard.type_into("Support offered to the suspect", "A helpline's card")
    keyboard.type_into("Support offered to the family", "A leaflet for families")
    keyboard.follow("Record the execution")
    officer.arrive("Warrant W-2026-17", picture="execution")


def arrests_him(officer: Walker) -> None:
    """Record the arrest at the execution, whose time, place and warrant stand there already."""
    keyboard = officer.keyboard
    keyboard.follow("Record an arrest")
    officer.arrive("Record an arrest")
    assert officer.page.input_value("[name=where]") == "1 Example Street"
    keyboard.type_into("Grounds", "The address answers to the upload")
    keyboard.choose("To protect a child", within="Why the arrest")
    keyboard.choose("No concern", within="Was the suspect asked")
    keyboard.type_into("Reason", "Arrested at the search")
    keyboard.follow("Record it")
    officer.arrive("Arrest in ", picture="arrest")


def seizes_two_devices(officer: Walker) -> None:
    """Seize what was found: power, warrant, place and time come from the execution."""
    keyboard = officer.keyboard
    keyboard.follow("Seize an exhibit there")
    officer.arrive("Seize an exhibit")
    assert officer.page.input_value("[name=power_reference]") == "W-2026-17"
    keyboard.type_into("Reference", "BE/1")
    keyboard.type_into("Description", "Black telephone")
    keyboard.select("Kind", "Mobile phone")
    keyboard.choose("Seize another exhibit after this one")
    keyboard.follow("Seize the exhibit")
    officer.arrive("Seize an exhibit")
    keyboard.type_into("Description", "Silver laptop")
    keyboard.select("Kind", "Laptop")
    keyboard.choose("Seize another exhibit after this one")
    keyboard.follow("Seize the exhibit")
    officer.arrive("Exhibit BE/2")


def protects_a_child(officer: Walker) -> None:
    """Record a child at risk, and what was done to protect the child."""
    keyboard = officer.keyboard
    keyboard.follow("Record a child")
    officer.arrive("Record a child")
    keyboard.type_into("Given names", "Robin")
    keyboard.type_into("Estimated age", "9")
    keyboard.select("What the suspect is", "Own child")
    keyboard.choose("Lives with the child", within="Access now")
    keyboard.type_into("Reason", "Met at the search")
    keyboard.follow("Record the child")
    officer.arrive("Child 1 in")
    keyboard.follow("Take a protective action")
    officer.arrive("Protective action")
    keyboard.choose("Suspect moved out of the home", within="What was done")
    keyboard.type_into("Reason", "He agreed to stay with his brother")
    keyboard.follow("Record it")
    officer.arrive("Child 1 in", picture="child")
