"""The tasks themselves. Each may run twice; its arguments are identifiers, never content."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django_tasks import task

from polit.base.clock import now_utc
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.examinations.models import Examination
from polit.web.examinations.queries import broker_client
from polit.web.tasks.examining import advance

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


@task()
def examination_run(examination_id: str, turn: int) -> None:
    """Take an examination a step on, and ask for the next step.

    Args:
        examination_id: Which.
        turn: In which turn it was asked for; only the last one goes on.
    """
    again_s = advance(UUID(examination_id), turn, broker=broker_client(), actor=WORKER)
    if again_s is not None:
        due_at = now_utc() + timedelta(seconds=again_s)
        examination_run.using(run_after=due_at).enqueue(examination_id, turn)


def run_asked(examination: Examination, turn: int, **_sent: object) -> None:
    """Ask for the first step of an examination, in the transaction that asks for it."""
    due_at = examination.not_before
    if due_at is not None and due_at <= now_utc():
        due_at = None
    first = examination_run.using(priority=5 - examination.priority, run_after=due_at)
    first.enqueue(str(examination.id), turn)


DAILY: dict[str, Callable[[date], Any]] = {"prune": lambda on: prune.enqueue(on.isoformat())}
"""What is asked for once a day, by its name."""
