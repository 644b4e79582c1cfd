"""Whether the system works: a page for machines, and one for administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.core.access import access
from polit.web.core.rules import PUBLIC, Access, Role, Scope
from polit.web.tasks.queries import part_list, queue_count

_ADMINISTRATORS = Access(Scope.ROLE, read=frozenset({Role.SYSTEM_ADMINISTRATOR}))
_UNAVAILABLE = 503


@access(PUBLIC)
def health(_request: HttpRequest) -> HttpResponse:
    """Say ``ok`` or ``degraded`` and nothing else: anybody may ask."""
    is_well = all(part.answers for part in part_list())
    return HttpResponse(
        "ok\n" if is_well else "degraded\n",
        status=200 if is_well else _UNAVAILABLE,
        content_type="text/plain",
        headers={"Cache-Control": "no-store"},
    )


@access(_ADMINISTRATORS)
def system(request: HttpRequest) -> HttpResponse:
    """Show which parts answer and how many tasks wait."""
    return render(request, "tasks/system.html", {"parts": part_list(), "queue": queue_count()})
