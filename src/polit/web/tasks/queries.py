"""What is asked of the queue and of the parts of the system."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from polit.base.clock import now_utc
from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import BrokerClient
from polit.web.audit.models import AuditPending
from polit.web.tasks.matching import supplements_seek
from polit.web.tasks.models import Heartbeat
from polit.web.tasks.rules import SILENT_AFTER, Part, PartState

_BROKER_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """How many tasks wait, run and failed for good."""

    waiting: int
    running: int
    failed: int


def queue_count() -> QueueFigures:
    """Return the figures of the queue. One query."""
    # The look for supplements is always due within a minute: nothing that waits.
    rows = DBTaskResult.objects.exclude(
        task_path=supplements_seek.module_path, status=TaskResultStatus.READY
    )
    counts = dict(rows.order_by().values_list("status").annotate(count=Count("id")))
    return QueueFigures(
        waiting=counts.get(TaskResultStatus.READY, 0),
        running=counts.get(TaskResultStatus.RUNNING, 0),
        failed=counts.get(TaskResultStatus.FAILED, 0),
    )


def part_list(ask_broker: Callable[[], str] | None = None) -> tuple[PartState, ...]:
    """Return the state of every part, in the order of ``Part``. Two queries and one question.

    Args:
        ask_broker: Asks it for its version; tests give another.
    """
    return (_broker_state(ask_broker or _broker_version), _worker_state(), _signer_state())


def _broker_state(ask: Callable[[], str]) -> PartState:
    try:
        return PartState(Part.BROKER, answers=True, detail=ask())
    except (BrokerGone, BrokerRefused) as error:
        return PartState(Part.BROKER, answers=False, detail=f"error {error.number}")


def _worker_state() -> PartState:
    beats = Heartbeat.objects.filter(part=Part.WORKER.value)
    beat_at = beats.values_list("beat_at", flat=True).first()
    if beat_at is None:
        return PartState(Part.WORKER, answers=False, detail="never heard of")
    age = now_utc() - beat_at
    said = f"last heard of {int(age.total_seconds())} s ago"
    return PartState(Part.WORKER, answers=age <= SILENT_AFTER, detail=said)


def _signer_state() -> PartState:
    """Tell by what it leaves undone: a signer takes an event into the log within seconds."""
    waiting = AuditPending.objects.order_by("event_id")
    since = waiting.values_list("event__recorded_at", flat=True).first()
    age = now_utc() - since if since else timedelta(0)
    said = f"the oldest event that waits is {int(age.total_seconds())} s old"
    return PartState(Part.SIGNER, answers=age <= SILENT_AFTER, detail=said)


def _broker_version() -> str:
    facts = BrokerClient(settings.BROKER_SOCKET, timeout_s=_BROKER_LIMIT_S).facts()
    return f"polit {facts.polit_version}, isolation {facts.isolation_level}"
