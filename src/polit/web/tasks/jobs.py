"""The tasks themselves. Each may run twice; its arguments are identifiers, never content."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django_tasks import task

from polit.base.clock import now_utc
from polit.web.accounts.models import Invitation
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.core.broker import broker
from polit.web.examinations.models import Examination
from polit.web.examinations.queries import broker_client
from polit.web.hashsets.models import SetOrder
from polit.web.tasks.examining import advance
from polit.web.tasks.force_sets import force_sets_hand_over
from polit.web.tasks.rules import Again
from polit.web.tasks.services import tasks_prune
from polit.web.tasks.set_keeping import order_advance, set_switch

WORKER = Actor("system", "worker", "polit worker")


@task()
def prune(on: str) -> None:
    """Erase what expired: sessions, one-time links, tasks that ended. Their numbers are audited.

    Args:
        on: The day it was asked for, ISO 8601.
    """
    now = now_utc()
    with act(
        WORKER, "tasks.prune", reason="Nightly: what expired goes", nature=Nature.ERASURE
    ) as deed:
        sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
        # Who was invited, when and by whom stays in the audit; a used link went with its use.
        invitations, _ = Invitation.objects.filter(expires_at__lt=now).delete()
        deed.about("day", on, sessions=sessions, invitations=invitations, tasks=tasks_prune())


@task()
def examination_run(examination_id: str, turn: int) -> Again | None:
    """Take an examination a step on; ``Again`` while there is a next one.

    Args:
        examination_id: Which.
        turn: In which turn it was asked for; only the last one goes on.
    """
    again_s = advance(UUID(examination_id), turn, broker=broker_client(), actor=WORKER)
    return None if again_s is None else Again(again_s)


@task()
def hash_set_order_run(order_id: str, turn: int) -> Again | None:
    """Take an order of hash sets a step on; ``Again`` while there is a next one.

    Args:
        order_id: Which.
        turn: In which turn it was asked for; only the last one goes on.
    """
    again_s = order_advance(UUID(order_id), turn, broker=broker(), actor=WORKER)
    return None if again_s is None else Again(again_s)


@task()
def hash_set_switch_run(sha256: str) -> Again | None:
    """Tell the store of an act on a set; ``Again`` until the store agrees."""
    again_s = set_switch(sha256, broker=broker())
    return None if again_s is None else Again(again_s)


@task()
def force_sets_run(why: str) -> Again | None:
    """Hand the force's decisions to the store; ``Again`` until the newest lists are there.

    Args:
        why: ``nightly``, or ``asked``.
    """
    del why
    again_s = force_sets_hand_over(broker(), WORKER)
    return None if again_s is None else Again(again_s)


def force_sets_asked(**_sent: object) -> None:
    """Ask for the force's decisions to be handed over, in the transaction that wants it."""
    force_sets_run.enqueue("asked")


def order_run_asked(order: SetOrder, turn: int, **_sent: object) -> None:
    """Ask for the first step of an order, in the transaction that asks for it."""
    hash_set_order_run.enqueue(str(order.id), turn)


def switch_run_asked(sha256: str, **_sent: object) -> None:
    """Ask for the store to be told of an act, in the transaction of the act."""
    hash_set_switch_run.enqueue(sha256)


def run_asked(examination: Examination, turn: int, **_sent: object) -> None:
    """Ask for the first step of an examination, in the transaction that asks for it."""
    due_at = examination.not_before
    is_over = not examination.standing.is_moving
    if is_over or (due_at is not None and due_at <= now_utc()):
        due_at = None
    first = examination_run.using(priority=5 - examination.priority, run_after=due_at)
    first.enqueue(str(examination.id), turn)


DAILY: dict[str, Callable[[date], Any]] = {
    "prune": lambda on: prune.enqueue(on.isoformat()),
    "force_sets": lambda _on: force_sets_run.enqueue("nightly"),
}
"""What is asked for once a day, by its name."""
