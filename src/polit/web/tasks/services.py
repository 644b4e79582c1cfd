"""What is done to the queue: claiming, holding, ending; heartbeats; the daily round.

The library keeps the tasks (``django_tasks_db``) but forgets one whose worker was killed, and
never tries again what failed. Leases and attempts here add both.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from polit.base.clock import now_utc
from polit.web.tasks.models import DailyRound, Heartbeat, TaskLease
from polit.web.tasks.rules import KEPT, LEASE, Again, Part, is_last_attempt, pause_after

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Claimed:
    """A task that this worker holds.

    Args:
        task_id: Its identifier.
        attempts: Which attempt this is, from 1.
    """

    task_id: UUID
    attempts: int


def task_claim(worker_id: str) -> Claimed | None:
    """Take the next task that is due, or one that another worker left behind.

    Args:
        worker_id: Who asks; unique to a process, at most 64 characters.

    Returns:
        ``None`` where nothing is due.
    """
    with transaction.atomic():
        _give_up()
        task = _due() or _left_behind().first()
        if task is None:
            return None
        now = now_utc()
        task.status = TaskResultStatus.RUNNING
        task.started_at = now
        task.worker_ids = [*task.worker_ids, worker_id]
        task.save(update_fields=["status", "started_at", "worker_ids"])
        TaskLease.objects.update_or_create(
            task_id=task.id, defaults={"worker_id": worker_id, "expires_at": now + LEASE}
        )
    return Claimed(task.id, len(task.worker_ids))


def lease_renew(worker_id: str) -> int:
    """Say that a worker still runs what it holds; return how many tasks that is."""
    held = TaskLease.objects.filter(worker_id=worker_id)
    return held.update(expires_at=now_utc() + LEASE)


def lease_release(worker_id: str) -> int:
    """Let go of what a worker that is certainly dead held; return how many tasks that was."""
    return TaskLease.objects.filter(worker_id=worker_id).update(expires_at=now_utc())


def task_finish(claimed: Claimed, worker_id: str, *, again: Again | None = None) -> bool:
    """Note that a task is done, or due again; tell whether this worker still held it."""
    changes: dict[str, object] = {"status": TaskResultStatus.SUCCESSFUL}
    if again is not None:
        due_at = now_utc() + timedelta(seconds=again.after_s)
        # Attempts are counted anew: this one went well.
        changes = {"status": TaskResultStatus.READY, "run_after": due_at, "worker_ids": []}
    return _end(claimed, worker_id, changes)


def tasks_prune() -> int:
    """Delete tasks that ended long ago; return how many. The caller records it."""
    ended = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    old = DBTaskResult.objects.filter(status__in=ended, finished_at__lt=now_utc() - KEPT)
    gone, _ = old.delete()
    return gone


def task_fail(claimed: Claimed, worker_id: str, error: BaseException) -> bool:
    """Note that a task failed: for good, or until it is tried again after a pause.

    What is kept of the error is its class alone: its message may hold a name.
    """
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    changes: dict[str, object] = {"exception_class_path": kind}
    if is_last_attempt(claimed.attempts):
        changes["status"] = TaskResultStatus.FAILED
    else:
        due_at = now_utc() + pause_after(claimed.attempts)
        changes |= {"status": TaskResultStatus.READY, "run_after": due_at}
    return _end(claimed, worker_id, changes)


def beat(part: Part) -> None:
    """Say that a part of the system lives."""
    Heartbeat.objects.update_or_create(part=part.value, defaults={"beat_at": now_utc()})


def daily_round_begin(name: str, on: date) -> bool:
    """Tell whether a daily task is to be asked for now; only one asker a day is told so."""
    with transaction.atomic():
        row, is_new = DailyRound.objects.select_for_update().get_or_create(
            name=name, defaults={"asked_on": on}
        )
        if not is_new and row.asked_on >= on:
            return False
        row.asked_on = on
        row.save()
    return True


def _due() -> "DBTaskResult[Any, Any] | None":
    ready = DBTaskResult.objects.ready()
    return ready.select_for_update(skip_locked=True).first()


def _left_behind() -> "QuerySet[DBTaskResult[Any, Any]]":
    """Return the running tasks that nobody holds any longer."""
    held = TaskLease.objects.filter(expires_at__gt=now_utc()).values("task_id")
    running = DBTaskResult.objects.running().exclude(id__in=held)
    return running.select_for_update(skip_locked=True)


def _give_up() -> None:
    """Fail what was left behind too often: it may well be what kills the worker."""
    for task in _left_behind():
        if is_last_attempt(len(task.worker_ids)):
            task.status = TaskResultStatus.FAILED
            task.finished_at = now_utc()
            task.exception_class_path = "killed"
            task.save(update_fields=["status", "finished_at", "exception_class_path"])
            TaskLease.objects.filter(task_id=task.id).delete()


def _end(claimed: Claimed, worker_id: str, changes: dict[str, object]) -> bool:
    with transaction.atomic():
        gone, _ = TaskLease.objects.filter(task_id=claimed.task_id, worker_id=worker_id).delete()
        if not gone:
            return False
        DBTaskResult.objects.filter(id=claimed.task_id).update(finished_at=now_utc(), **changes)
    return True
