"""Whether the system works: a page for machines, and one for administrators."""

import threading
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.base.clock import monotonic_s
from polit.web.core.access import access
from polit.web.core.rules import PUBLIC, Access, Role, Scope
from polit.web.tasks.queries import part_list, queue_count

_ADMINISTRATORS = Access(Scope.ROLE, read=frozenset({Role.SYSTEM_ADMINISTRATOR}))
_UNAVAILABLE = 503
_KEPT_S = 5.0


@dataclass(slots=True)
class _LastHealth:
    """What was found last: whoever asks without end takes one thread of the server at most."""

    is_well: bool = False
    found_s: float = float("-inf")
    asking: threading.Lock = field(default_factory=threading.Lock)

    def ask(self) -> bool:
        """Tell whether every part answers, as found within the last seconds."""
        is_old = monotonic_s() - self.found_s > _KEPT_S
        if is_old and self.asking.acquire(blocking=False):
            try:
                self.is_well = all(part.answers for part in part_list())
                self.found_s = monotonic_s()
            finally:
                self.asking.release()
        return self.is_well


_last = _LastHealth()


@access(PUBLIC)
def health(_request: HttpRequest) -> HttpResponse:
    """Say ``ok`` or ``degraded`` and nothing else: anybody may ask."""
    is_well = _last.ask()
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
