"""The second half of the walk of a case: charge, court, order, visit, what is due, the figures."""

import re

from browser_walker import Walker


def charges_him(officer: Walker) -> None:
    """Record the charge: count, offence and first day stand there already."""
    keyboard = officer.keyboard
    keyboard.follow("Record a charge")
    officer.arrive("Record a charge")
    assert officer.page.input_value("[name=from_on_2]") == "2026"
    keyboard.select("Arrest that led to it", "Suspect 1")
    keyboard.type_into("Particulars", "Made one indecent photograph")
    keyboard.choose("No concern", within="Was the suspect asked")
    keyboard.type_into("What was asked", "Asked before the charge; none were said")
    keyboard.type_into("Reason", "Charge sheet")
    keyboard.follow("Record the charge")
    officer.arrive("Court: Suspect 1")


def records_the_result(officer: Walker) -> None:
    """Record what the court decided."""
    keyboard = officer.keyboard
    keyboard.follow("Record a result")
    officer.arrive("Result on count 1")
    keyboard.choose("Guilty by plea", within="Verdict")
    keyboard.type_into("Court", "Example Crown Court")
    keyboard.type_into("Reason", "Result sheet")
    keyboard.follow("Record the result")
    officer.arrive("Court: Suspect 1")


def makes_an_order(officer: Walker) -> None:
    """Record the order that the court made: court and day come from the result."""
    keyboard = officer.keyboard
    keyboard.follow("Make an order")
    officer.arrive("Record an order")
    assert officer.page.input_value("[name=court]") == "Example Crown Court"
    keyboard.select("Kind", "Sexual harm prevention order")
    keyboard.type_into("Reference", "SHPO-7")
    keyboard.select("Offender manager", "B. Ex")
    keyboard.follow("Record the order")
    officer.arrive("Order SHPO-7")


def visits(officer: Walker) -> None:
    """Record a visit under the order."""
    keyboard = officer.keyboard
    keyboard.follow("Record a visit")
    officer.arrive("Record a visit")
    keyboard.choose("Yes", within="Was the person seen")
    keyboard.choose("No", within="Was the visit announced")
    keyboard.type_into("What was found", "Nothing of concern")
    keyboard.follow("Record the visit")
    officer.arrive("Order SHPO-7", picture="supervision")


def reads_what_is_due(officer: Walker) -> None:
    """Read what waits in all registers."""
    officer.keyboard.follow("Tasks")
    officer.arrive("Tasks", picture="tasks")


def counts_the_day(officer: Walker) -> dict[str, int]:
    """Count the last twelve months, which are offered; return the figures by their names."""
    officer.keyboard.follow("Statistics")
    officer.arrive("Statistics")
    officer.keyboard.follow("Count")
    officer.arrive("", picture="statistics")
    rows = officer.page.locator("main table").first.locator("tbody tr")
    counted = {}
    for text in rows.all_inner_texts():
        lines = [line.strip() for line in re.split(r"[\n\t]", text) if line.strip()]
        counted[lines[0]] = int(lines[-1])
    return counted
