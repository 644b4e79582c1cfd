"""What is asked of the audit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from polit.web.audit.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditPending
from polit.web.audit.rules import EventFilter, LogHealth
from polit.web.core.access import CaseAccess
from polit.web.core.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How well an event stands.

    Args:
        index: Its place in the log, ``None`` while it waits.
        covered_by: The first checkpoint that covers it, ``None`` in the uncovered tail.
    """

    index: int | None
    covered_by: AuditCheckpoint | None


def event_list(wanted: EventFilter, *, after: str = "") -> Page[AuditEvent]:
    """Return a page of events, the newest first. One query."""
    return page_of(_filtered(wanted), key="seq", after=after, newest_first=True)


def case_event_list(granted: CaseAccess, *, after: str = "") -> Page[AuditEvent]:
    """Return a page of the events of a case for one who has access to it. One query."""
    rows = AuditEvent.objects.filter(case_id=granted.case.id)
    return page_of(rows, key="seq", after=after, newest_first=True)


def event_get(event_id: UUID) -> AuditEvent | None:
    """Return an event with its leaf, ``None`` where there is none. One query."""
    return AuditEvent.objects.select_related("leaf").filter(event_id=event_id).first()


def event_standing(event: AuditEvent) -> Standing:
    """Return how an event stands that ``event_get`` returned. One query at most."""
    leaf: AuditLeaf | None = getattr(event, "leaf", None)
    if leaf is None:
        return Standing(None, None)
    covering = AuditCheckpoint.objects.filter(size__gt=leaf.index).order_by("size")
    return Standing(leaf.index, covering.first())


def checkpoint_list(*, after: str = "") -> Page[AuditCheckpoint]:
    """Return a page of checkpoints, the newest first. One query."""
    rows = AuditCheckpoint.objects.defer("peaks")
    return page_of(rows, key="size", after=after, newest_first=True)


def log_health(now: datetime) -> LogHealth:
    """Return how far the log has come. Five queries at most, however long it is."""
    last = AuditCheckpoint.objects.order_by("-size").defer("peaks").first()
    signed_size = last.size if last else 0
    top = AuditLeaf.objects.order_by("-index").values_list("index", flat=True).first()
    uncovered = AuditLeaf.objects.filter(index__gte=signed_size).order_by("index")
    oldest = uncovered.values_list("event__recorded_at", flat=True).first()
    waiting = AuditPending.objects.count()
    if oldest is None and waiting:
        pending = AuditPending.objects.order_by("pk")
        oldest = pending.values_list("event__recorded_at", flat=True).first()
    return LogHealth(
        leaves=0 if top is None else top + 1,
        waiting=waiting,
        signed_size=signed_size,
        signed_at=last.signed_at if last else None,
        lag_s=(now - oldest).total_seconds() if oldest else 0.0,
    )


def _filtered(wanted: EventFilter) -> QuerySet[AuditEvent]:
    conditions: dict[str, Any] = {
        "actor_name": wanted.who,
        "action": wanted.action,
        "case_reference": wanted.case_reference,
        "nature": wanted.nature,
        "recorded_at__gte": wanted.from_at,
        "recorded_at__lt": wanted.until_at,
    }
    return AuditEvent.objects.filter(**{name: value for name, value in conditions.items() if value})
