"""What was done in a case, from its audit, as the people of the case see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from polit.web.audit.models import AuditEvent
from polit.web.audit.rules import Nature
from polit.web.cases.rules import event_title
from polit.web.core.paging import Page, page_of

TIMELINE_SIZE = 20


@dataclass(frozen=True, slots=True)
class EventRow:
    """One act as people who work on the case see it: the audit keeps more."""

    title: str
    recorded_at: datetime
    actor_name: str
    subject_label: str
    reason: str


def event_rows(events: Iterable[AuditEvent]) -> list[EventRow]:
    """Return acts as the case's people see them, in the same order."""
    return [
        EventRow(
            event_title(each.action),
            each.recorded_at,
            each.actor_name,
            each.subject_label,
            each.reason,
        )
        for each in events
    ]


def timeline(case_id: UUID) -> list[AuditEvent]:
    """Return the latest acts on a case, the newest first, without who merely looked."""
    rows = _acts(case_id).exclude(nature=Nature.CONSULTATION.value)
    return list(rows.order_by("-seq")[:TIMELINE_SIZE])


def timeline_page(case_id: UUID, *, after: str = "") -> Page[AuditEvent]:
    """Return a page of everything recorded of a case, who looked included, the newest first."""
    return page_of(_acts(case_id), key="seq", after=after, newest_first=True)


def _acts(case_id: UUID) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(case_id=case_id)
