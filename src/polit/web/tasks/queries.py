"""What is asked of the queue and of the parts of the system."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from polit.base.clock import now_utc
from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import BrokerClient
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
    found = DBTaskResult.objects.order_by().values_list("status").annotate(count=Count("id"))
    counts = dict(found)
    return QueueFigures(
        waiting=counts.get(TaskResultStatus.READY, 0),
        running=counts.get(TaskResultStatus.RUNNING, 0),
        failed=counts.get(TaskResultStatus.FAILED, 0),
    )


def part_list(ask_broker: Callable[[], str] | None = None) -> tuple[PartState, ...]:
    """Return the state of every part, in the order of ``Part``. One query and one question.

    Args:
        ask_broker: Asks it for its version; tests give another.
    """
    heard = dict(Heartbeat.objects.values_list("part", "beat_at"))
    now = now_utc()
    states = [_broker_state(ask_broker or _broker_version)]
    for part in (Part.WORKER, Part.SIGNER):
        beat_at = heard.get(part.value)
        if beat_at is None:
            states.append(PartState(part, answers=False, detail="never heard of"))
        else:
            age = now - beat_at
            said = f"last heard of {int(age.total_seconds())} s ago"
            states.append(PartState(part, answers=age <= SILENT_AFTER, detail=said))
    return tuple(states)


def _broker_state(ask: Callable[[], str]) -> PartState:
    try:
        return PartState(Part.BROKER, answers=True, detail=ask())
    except (BrokerGone, BrokerRefused) as error:
        return PartState(Part.BROKER, answers=False, detail=f"error {error.number}")


def _broker_version() -> str:
    facts = BrokerClient(settings.BROKER_SOCKET, timeout_s=_BROKER_LIMIT_S).facts()
    return f"polit {facts.polit_version}, isolation {facts.isolation_level}"
