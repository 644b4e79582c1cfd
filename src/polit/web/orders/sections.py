"""What orders add to pages of others."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.base.clock import now_utc
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.orders.derive import standing_of, today
from polit.web.orders.models import Assessment
from polit.web.orders.queries import orders_in
from polit.web.orders.rules import READERS, WRITERS

_SHOWN = 5


def case_orders(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the orders of a case, the next visit first; nothing for who does not read them."""
    roles = user_of(request).roles
    if not roles & READERS:
        return None
    granted = case_access_of(request)
    rows = list(orders_in(granted).order_by("visit_sort", "pk")[: _SHOWN + 1])
    return {
        "granted": granted,
        "orders": rows[:_SHOWN],
        "has_more": len(rows) > _SHOWN,
        "may_write": bool(roles & WRITERS),
        "today": today(),
        "now": now_utc(),
    }


def case_assessments(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what tools said of offenders under orders of a case, beside the risk of the case."""
    if not user_of(request).roles & READERS:
        return None
    granted = case_access_of(request)
    rows = standing_of(Assessment.objects.filter(order__case_id=granted.case.id))
    found = list(rows.select_related("order", "place").order_by("-occurred_at", "pk")[:_SHOWN])
    return {"granted": granted, "assessments": found} if found else None


def person_orders(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the orders against a person in a case; nothing where there is none."""
    matched = request.resolver_match
    if matched is None or not user_of(request).roles & READERS:
        return None
    rows = orders_in(case_access_of(request))
    orders = list(rows.filter(place__person_id=matched.kwargs["person_id"]).order_by("recorded_at"))
    return {"orders": orders, "today": today(), "now": now_utc()} if orders else None
