"""Fills a served record for a load, and tells afterwards what it holds; run as a program.

``python -m load_seed officers COUNT CASES`` makes officers with sessions and cases, and prints
them as JSON; ``tasks COUNT`` asks for so many tasks; ``held`` prints the audit's rows by action,
the notes, how many of them lack their audit row, and the tasks by their status.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polit.web.site.boot import boot

boot()

from django.conf import settings  # noqa: E402 - Django is ready only now
from django_tasks_db.models import DBTaskResult  # noqa: E402
from web_sessions import signed_in_session  # noqa: E402

from polit.web.accounts.services import account_make  # noqa: E402
from polit.web.audit.models import AuditEvent, AuditLeaf, AuditPending  # noqa: E402
from polit.web.cases.models import Case, CaseNote  # noqa: E402
from polit.web.cases.services import case_open, member_add  # noqa: E402
from polit.web.core.acting import SYSTEM  # noqa: E402
from polit.web.core.rules import Purpose, Role  # noqa: E402
from polit.web.tasks.jobs import prune  # noqa: E402
from polit.web.tasks.matching import supplements_seek  # noqa: E402

if TYPE_CHECKING:
    from django.db.models import QuerySet

_REASON = "A load"
_CASES_EACH = 3


def officers(count: int, cases: int) -> list[dict[str, object]]:
    """Make officers who work on cases; return name, cookie and cases of each."""
    opened = [
        case_open(SYSTEM, reason=_REASON, reference=f"OP-LOAD-{number}", title="A load")
        for number in range(cases)
    ]
    return [_officer(number, opened) for number in range(count)]


def _officer(number: int, opened: list[Case]) -> dict[str, object]:
    roles = frozenset({Role.INVESTIGATOR, Role.EXAMINER})
    name = f"officer.{number}"
    user = account_make(SYSTEM, reason=_REASON, username=name, full_name=name, roles=roles)
    own = [opened[(number + step) % len(opened)] for step in range(_CASES_EACH)]
    for case in {case.id: case for case in own}.values():
        member_add(
            SYSTEM, reason=_REASON, case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION
        )
    cookie = f"{settings.SESSION_COOKIE_NAME}={signed_in_session(user)}"
    return {"name": name, "cookie": cookie, "cases": [str(case.id) for case in own]}


def held() -> dict[str, object]:
    """Return what the record holds of a load."""
    by_people = AuditEvent.objects.filter(actor_kind="user")
    noted = set(by_people.filter(action="cases.note").values_list("subject_id", flat=True))
    notes = list(CaseNote.objects.values_list("id", "text"))
    return {
        "events": Counter(by_people.values_list("action", flat=True)),
        "notes": sorted(text for _, text in notes),
        "unaudited": sum(str(number) not in noted for number, _ in notes),
        "in_log": AuditLeaf.objects.count() + AuditPending.objects.count(),
        "all_events": AuditEvent.objects.count(),
        "tasks": Counter(_ending_tasks().values_list("status", flat=True)),
        "prunes": AuditEvent.objects.filter(action="tasks.prune").count(),
    }


def _ending_tasks() -> "QuerySet[DBTaskResult[Any, Any]]":
    """Return all tasks but the one that asks for itself again, and so waits for ever."""
    return DBTaskResult.objects.exclude(task_path=supplements_seek.module_path)


def tasks(count: int) -> int:
    """Ask for so many tasks."""
    for _ in range(count):
        prune.enqueue("2026-11-26")
    return count


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    known: dict[str, Callable[..., object]] = {"officers": officers, "tasks": tasks, "held": held}
    json.dump(known[what](*map(int, numbers)), sys.stdout)
