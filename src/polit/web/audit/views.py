"""Pages of the audit: all events for auditors, a case's events for those who lead it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from polit.base.clock import now_utc
from polit.web.audit import queries
from polit.web.audit.forms import EventFilterForm
from polit.web.audit.models import AuditEvent
from polit.web.audit.proof import event_proof
from polit.web.audit.services import audit_consult
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.rules import Access, Role, Scope

AUDITORS = Access(Scope.ROLE, read=frozenset({Role.AUDITOR}))
KEEPERS = Access(
    Scope.ROLE, read=frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.SYSTEM_ADMINISTRATOR})
)
CASE_LEADERS = Access(Scope.CASE, read=frozenset({Role.SUPERVISOR, Role.INVESTIGATOR}))


@access(AUDITORS)
def event_list(request: HttpRequest) -> HttpResponse:
    """List all events, newest first; looking at them is itself an event."""
    form = EventFilterForm(request.GET or None)
    after = request.GET.get("after", "")
    page = queries.event_list(form.filter(), after=after)
    health = queries.log_health(now_utc())
    audit_consult(actor_of(request), page="list", asked=request.GET.urlencode())
    return render(request, "audit/list.html", {"form": form, "page": page, "health": health})


@access(AUDITORS)
def event_show(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show one event, and how it stands in the log."""
    event = _event(event_id)
    standing = queries.event_standing(event)
    audit_consult(actor_of(request), page="event", event=event)
    return render(request, "audit/event.html", {"event": event, "standing": standing})


@access(AUDITORS)
def event_prove(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Hand out the proof that one event stands in the log."""
    event = _event(event_id)
    standing = queries.event_standing(event)
    if standing.covered_by is None:
        raise Http404
    audit_consult(actor_of(request), page="proof", event=event)
    response = HttpResponse(event_proof(standing), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{event_id}.tlog-proof"'
    return response


@access(KEEPERS)
def checkpoint_list(request: HttpRequest) -> HttpResponse:
    """List the signed checkpoints; there is no case content in them."""
    page = queries.checkpoint_list(after=request.GET.get("after", ""))
    health = queries.log_health(now_utc())
    return render(request, "audit/checkpoints.html", {"page": page, "health": health})


@access(CASE_LEADERS)
def case_events(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """List the events of one case for those who lead it."""
    del case_id  # the gate looked it up
    granted = case_access_of(request)
    page = queries.case_event_list(granted, after=request.GET.get("after", ""))
    return render(request, "audit/case.html", {"case": granted.case, "page": page})


def _event(event_id: UUID) -> AuditEvent:
    event = queries.event_get(event_id)
    if event is None:
        raise Http404
    return event
