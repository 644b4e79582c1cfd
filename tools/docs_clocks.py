"""The page of clocks: what runs by which law or policy, and the table of dated cases.

The same table is a test: ``tests/web/safeguarding/test_conference_clock.py``.
"""

from datetime import datetime

from polit.web.core.working_days import current_working_days
from polit.web.safeguarding.children_law import current_catalogue, current_child_clocks
from tools.docs_notification import notification_part

CONFERENCE_CASES = (
    ("2026-01-12T10:00", "2026-02-02", "an ordinary Monday"),
    ("2026-01-16T10:00", "2026-02-06", "a Friday: three weekends lie in between"),
    ("2026-01-17T10:00", "2026-02-06", "a Saturday counts as the Friday before: day 1 is Monday"),
    ("2026-01-18T10:00", "2026-02-06", "a Sunday counts the same"),
    ("2026-01-19T00:00", "2026-02-09", "midnight belongs to the day that begins"),
    ("2026-01-19T23:59", "2026-02-09", "one minute before midnight belongs to the day that ends"),
    ("2025-12-05T09:00", "2025-12-30", "Christmas: 25 and 26 December"),
    ("2025-12-23T15:30", "2026-01-16", "the day before Christmas Eve"),
    ("2025-12-25T12:00", "2026-01-19", "Christmas Day itself"),
    ("2026-12-14T09:00", "2027-01-07", "Boxing Day on a Saturday: 28 December instead"),
    ("2021-12-20T09:00", "2022-01-13", "Christmas and Boxing Day on a weekend, New Year too"),
    ("2022-12-16T09:00", "2023-01-11", "26 and 27 December, and 2 January"),
    ("2026-03-27T09:00", "2026-04-21", "Easter: 3 and 6 April 2026"),
    (
        "2018-03-29T09:00",
        "2018-04-23",
        "Easter: 30 March and 2 April 2018, the day before Good Friday",
    ),
    ("2019-04-12T09:00", "2019-05-08", "late Easter and early May together"),
    ("2024-03-18T09:00", "2024-04-10", "Easter in March"),
    ("2021-04-02T09:00", "2021-04-26", "Good Friday itself"),
    ("2020-04-20T09:00", "2020-05-12", "8 May 2020 is no working day; 4 May 2020 is one"),
    ("2020-05-04T09:00", "2020-05-27", "4 May 2020, moved to 8 May"),
    ("2022-05-16T09:00", "2022-06-08", "2 and 3 June 2022; 30 May 2022 is a working day"),
    ("2022-05-30T09:00", "2022-06-22", "30 May 2022 begins a period as a working day"),
    ("2022-09-05T09:00", "2022-09-27", "19 September 2022"),
    ("2022-09-16T18:00", "2022-10-10", "the Friday before 19 September 2022"),
    ("2023-04-24T09:00", "2023-05-17", "1, 8 and 29 May 2023"),
    ("2023-05-05T09:00", "2023-05-30", "the Friday before 8 May 2023"),
    ("2024-02-09T09:00", "2024-03-01", "29 February 2024 is the day before the last"),
    ("2024-02-08T09:00", "2024-02-29", "due on 29 February"),
    ("2024-02-29T09:00", "2024-03-21", "held on 29 February"),
    ("2023-02-09T09:00", "2023-03-02", "no leap year"),
    ("2026-03-28T23:59", "2026-04-21", "the night in which the clocks go forward"),
    ("2026-03-13T09:00", "2026-04-07", "the clocks go forward in between"),
    ("2026-10-24T23:59", "2026-11-13", "the night in which the clocks go back"),
    ("2026-10-12T09:00", "2026-11-02", "the clocks go back in between"),
    ("2026-07-31T09:00", "2026-08-21", "3 August is a bank holiday of Scotland alone"),
    ("2025-11-24T09:00", "2025-12-15", "1 December 2025 is a bank holiday of Scotland alone"),
    ("2017-01-02T09:00", "2017-01-23", "the first bank holiday of the file"),
    ("2027-12-03T09:00", "2027-12-24", "the last days of the file"),
)
"""When the strategy discussion was held, local time of the force; the last day; what it shows."""


def clocks_page() -> str:
    """Return the page of clocks."""
    lead = (
        "# Clocks\n\nWhat has to be done by when. Every clock is data, and a record names the "
        "versions that it runs by.\nA force writes the next version beside the file and names it "
        "in the setting; what runs already keeps its own.\n"
    )
    return (
        lead + f"{_days()}{_children()}{_limits()}{_contacts()}{_conference()}{notification_part()}"
    )


def _days() -> str:
    days = current_working_days()
    return (
        f"\n## Working days\n\nMonday to Friday but for the bank holidays of "
        f"`bank-holidays/{days.name}.json`, which lists {days.first_year} to {days.last_year}. "
        "The first working day\nis the next one after the day on which a period begins, and the "
        "last ends at 23:59 in the force's zone. A day\noutside those years is refused.\n"
    )


def _children() -> str:
    clocks = current_child_clocks()
    rows = [
        f"| {each.label} | {each.working_days} | {each.runs_from} | {each.source} |"
        for each in clocks.entries
    ]
    return _table(
        f"Children, `safeguarding-clocks/{clocks.name}.json`", clocks.notice,
        "| What | Working days | From | Set by |\n|---|---|---|---|", rows,
    )  # fmt: skip


def _limits() -> str:
    lists = current_catalogue()
    rows = [
        f"| {each.label} | {each.hours} | {each.source} |" for each in lists.actions if each.hours
    ]
    return _table(
        "Protective actions that end by themselves", "Hours are elapsed hours.",
        "| Action | Hours | Set by |\n|---|---|---|", rows,
    )  # fmt: skip


def _contacts() -> str:
    lists = current_catalogue()
    rows = [
        f"| {each.label} | {each.working_days} | {each.arises_on.label} | {each.source} |"
        for each in lists.contacts
    ]
    return _table(
        "Contacts with victims and carers", lists.notice,
        "| Contact | Working days | Asked for by itself | Set by |\n|---|---|---|---|", rows,
    )  # fmt: skip


def _conference() -> str:
    rows = [
        f"| {datetime.fromisoformat(held):%a %d %b %Y %H:%M} "
        f"| {datetime.fromisoformat(due):%a %d %b %Y} | {why} |"
        for held, due, why in CONFERENCE_CASES
    ]
    return _table(
        "The conference, by dated cases", "Each row is a test.",
        "| Strategy discussion | Last day | What it shows |\n|---|---|---|", rows,
    )  # fmt: skip


def _table(heading: str, lead: str, head: str, rows: list[str]) -> str:
    return f"\n## {heading}\n\n{lead}\n\n{head}\n" + "\n".join(rows) + "\n"
