"""What pages of others show of safeguarding tasks."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.safeguarding.queries import task_counts, tasks_waiting
from polit.web.safeguarding.rules import WORKERS


def home_tasks(request: HttpRequest) -> Mapping[str, object] | None:
    """Return tasks of this person's cases, overdue ones first."""
    user = user_of(request)
    waiting = tasks_waiting(user) if user.roles & WORKERS else []
    return {"tasks": waiting} if waiting else None


def case_tasks(request: HttpRequest) -> Mapping[str, object] | None:
    """Return how many tasks of a case wait; nothing for who does not work on them."""
    if not user_of(request).roles & WORKERS:
        return None
    granted = case_access_of(request)
    return {"case": granted.case, "counts": task_counts(granted)}
