"""The order of what waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.listing import FilterShown
from polit.web.core.paging import PAGE_SIZE
from polit.web.risk.queue import QueueRow, risk_queue
from polit.web.risk.rules import ACROSS, RiskLevel
from polit.web.risk.tools import response_times

_UNASSESSED = "unassessed"
_OVERDUE = "overdue"
_DIGITS_MOST = 6


@access(ACROSS)
def queue_page(request: HttpRequest) -> HttpResponse:
    """List what waits in its order, and why each stands where it does."""
    text = request.GET.get("q", "").strip()
    levels = (
        (_UNASSESSED, "Not assessed"),
        *((each.value, each.label) for each in reversed(RiskLevel)),
    )
    level = _chosen(request, "level", levels)
    times = ((_OVERDUE, "Overdue"),)
    time = _chosen(request, "time", times)
    rows = [
        each
        for each in risk_queue(user_of(request))
        if _fits(each, level, time) and text.casefold() in each.reference.casefold()
    ]
    begin = _begin(request)
    shown_rows = rows[begin : begin + PAGE_SIZE]
    listed = {
        "text": text[:200],
        "search_label": "Reference",
        "filters": (
            FilterShown("level", "Level", (("", "All"), *levels), level),
            FilterShown("time", "Response", (("", "All"), *times), time),
        ),
    }
    has_more = begin + PAGE_SIZE < len(rows)
    shown = {
        "listed": listed,
        "rows": shown_rows,
        "after": str(begin + PAGE_SIZE) if has_more else "",
        "is_narrowed": bool(text or level or time),
        "times": response_times(),
        "count": len(rows),
    }
    return render(request, "risk/queue.html", shown)


def _fits(row: QueueRow, level: str, time: str) -> bool:
    if level and level != (row.level.value if row.level else _UNASSESSED):
        return False
    return time != _OVERDUE or row.is_overdue


def _chosen(request: HttpRequest, name: str, options: tuple[tuple[str, str], ...]) -> str:
    chosen = request.GET.get(name, "")
    return chosen if chosen in {code for code, _words in options} else ""


def _begin(request: HttpRequest) -> int:
    typed = request.GET.get("after", "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS_MOST
    return int(typed) if is_number else 0
