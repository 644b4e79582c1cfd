"""The tasks themselves. Each may run twice; its arguments are identifiers, never content."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.sessions.models import Session
from django_tasks import task

from polit.base.clock import now_utc
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor

WORKER = Actor("system", "worker", "polit worker")


@task()
def prune(on: str) -> None:
    """Erase what has expired: sessions. It is audited with their number.

    Args:
        on: The day it was asked for, ISO 8601.
    """
    expired = Session.objects.filter(expire_date__lt=now_utc())
    with act(
        WORKER, "tasks.prune", reason="Nightly: what expired goes", nature=Nature.ERASURE
    ) as deed:
        sessions, _ = expired.delete()
        deed.about("day", on, sessions=sessions)


DAILY: dict[str, Callable[[date], Any]] = {"prune": lambda on: prune.enqueue(on.isoformat())}
"""What is asked for once a day, by its name."""
