"""What is asked of safeguarding tasks. Every query takes the access to a case, or a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.paging import Page, page_of
from polit.web.safeguarding.models import SafeguardingStep, SafeguardingTask
from polit.web.safeguarding.rules import TaskState

_DONE = TaskState.DONE.value


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks of a case wait.

    Args:
        waiting: They are not done.
        overdue: Of those, how many are late.
        next_at: When the first of them is due, ``None`` where none waits.
    """

    waiting: int
    overdue: int
    next_at: datetime | None


def task_counts(access: CaseAccess) -> TaskCounts:
    """Return how many tasks of a case wait. One query."""
    rows = SafeguardingTask.objects.filter(case_id=access.case.id).exclude(state=_DONE)
    found = rows.aggregate(
        waiting=Count("id"), overdue=Count("id", filter=Q(due_at__lte=now_utc())),
        next_at=Min("due_at"),
    )  # fmt: skip
    return TaskCounts(found["waiting"], found["overdue"], found["next_at"])


def task_page(
    access: CaseAccess, *, done: bool | None = False, after: str = ""
) -> Page[SafeguardingTask]:
    """Return a page of a case's tasks, the first due first; ``None`` for all of them."""
    rows = SafeguardingTask.objects.filter(case_id=access.case.id)
    if done is not None:
        rows = rows.filter(state=_DONE) if done else rows.exclude(state=_DONE)
    return page_of(rows, key="due_at", after=after)


def task_get(access: CaseAccess, task_id: UUID) -> SafeguardingTask:
    """Return a task of a case.

    Raises:
        SafeguardingTask.DoesNotExist: The case has none of that identifier.
    """
    return SafeguardingTask.objects.get(pk=task_id, case_id=access.case.id)


def task_steps(task: SafeguardingTask) -> list[SafeguardingStep]:
    """Return what was done with a task, in order."""
    return list(SafeguardingStep.objects.filter(task=task).order_by("recorded_at", "pk"))


def tasks_waiting(user: User, *, most: int = 10) -> list[SafeguardingTask]:
    """Return tasks of a person's cases that are not done, the longest overdue first. One query."""
    rows = SafeguardingTask.objects.filter(case_id__in=cases_for(user).values("pk"))
    shown = rows.exclude(state=_DONE).select_related("case").order_by("due_at", "pk")
    return list(shown[:most])
