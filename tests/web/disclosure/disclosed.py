"""Decided items with entries, items of unused material and viewings, for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from reviewed import actor, content, granted, review_of

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.disclosure.rules import GivenService, GivenUnused, GivenViewing
from polit.web.grading.rules import Change
from polit.web.grading.services import Wish, decide
from polit.web.intake.loading import load_rows
from polit.web.media.models import Package

_COLUMNS = (
    "id", "package_id", "content_id", "entry_type", "state", "is_overwritten", "outcome", "kind",
    "size_bytes", "created_ns", "modified_ns", "record", "raw_name", "path", "locator",
)  # fmt: skip
CREATED = datetime(2021, 5, 1, 10, 0, tzinfo=UTC)
"""When the first occurrence of each content says it was created."""


def decided_case(case: Case, grader: User, grades: dict[str, str], *, again: bool = False) -> None:
    """Give a case contents by their names, each with a live and a deleted occurrence, decided.

    Args:
        case: The case.
        grader: Who decides.
        grades: Names of contents, with a code of the scheme; empty for none.
        again: Whether the contents are there already, and are decided anew.
    """
    names = list(grades)
    if not again:
        review_of(case, names)
        package = Package.objects.get(case=case)
        created, base = int(CREATED.timestamp()) * 10**9, package.number << 32
        load_rows("media_entry", _COLUMNS, [
            (base + 2 * place + copy, package.number, base + place, 1, 1 + copy, bool(copy), 1, 1,
             5, created, None, "", name.encode(), f"DCIM/{name}.jpg",
             f"img.E01/p1/DCIM/{name}-{copy}.jpg")
            for place, name in enumerate(names, start=1) for copy in (0, 1)
        ])  # fmt: skip
    for place, name in enumerate(names, start=1):
        if grades[name]:
            wish = Wish(Change(f"uk-2014/1/{grades[name]}"))
            decide(actor(grader), access=granted(grader, case), places=[place], wish=wish)


def digest(name: str) -> str:
    """Return the SHA-256 of a content by its name, in hex."""
    return content(name).hex()


def service(**changes: Any) -> GivenService:
    """Return a service of an hour ago, with what a test changes."""
    given = GivenService("Crown Prosecution Service", now_utc() - timedelta(hours=1), "secure_mail")
    return replace(given, **changes)


def unused(**changes: Any) -> GivenUnused:
    """Return an item of unused material, with what a test changes."""
    given = GivenUnused("mg6c", "Record of a call to the landlord", "Case file, tray 2",
                        reviewed_by="D. Officer", reviewed_on=timezone.localdate(now_utc()),
                        decision="clearly_not", why="Of no bearing")  # fmt: skip
    return replace(given, **changes)


def viewing(**changes: Any) -> GivenViewing:
    """Return a viewing that ended an hour ago, with what a test changes."""
    end = now_utc() - timedelta(hours=1)
    given = GivenViewing(
        viewer="E. Expert", role="Defence expert", firm="Example Forensics",
        instructed_by="S. Solicitor", supervised_by="DC Example", where="Viewing room 1",
        from_at=end - timedelta(hours=2), to_at=end, conditions="No copies",
        undertaken_on=timezone.localdate(end) - timedelta(days=1),
    )  # fmt: skip
    return replace(given, **changes)
