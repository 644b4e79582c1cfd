"""What orders have waiting: visits, notifications, checks, reviews, ends; one source for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.db.models import QuerySet
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.core.due import Due, DueSource, Waiting
from polit.web.orders.derive import today, zone
from polit.web.orders.models import Order
from polit.web.orders.periods import first_instant, last_instant
from polit.web.orders.queries import orders_for, running
from polit.web.orders.rules import READERS

if TYPE_CHECKING:
    from uuid import UUID

    from polit.web.accounts.models import User

_END_SHOWN = timedelta(days=90)
"""How long before its last day an order's end begins to wait."""


def sources() -> tuple[DueSource, ...]:
    """Return where the deadlines of orders come from."""
    return (
        DueSource("orders.visit", "Offender visit", READERS, _visits),
        DueSource("orders.notification", "Offender notification", READERS, _notifications),
        DueSource("orders.device", "Device check", READERS, _checks),
        DueSource("orders.review", "Offender risk review", READERS, _reviews),
        DueSource("orders.end", "Order ends", READERS, _ends),
    )


def _visits(user: Waiting, most: int) -> Sequence[Due]:
    return _days(user, most, "visit_due_on", "orders.visit", "Visit")


def _checks(user: Waiting, most: int) -> Sequence[Due]:
    return _days(user, most, "device_due_on", "orders.device", "Check a device")


def _reviews(user: Waiting, most: int) -> Sequence[Due]:
    return _days(user, most, "review_due_on", "orders.review", "Review the risk")


def _ends(user: Waiting, most: int) -> Sequence[Due]:
    rows = _running(user).filter(ends_on__lte=today() + _END_SHOWN)
    return [
        _due(each, "orders.end", "Order ends", last_instant(each.ends_on, zone()))
        for each in rows.order_by("end_sort", "pk")[:most]
        if each.ends_on is not None
    ]


def _notifications(user: Waiting, most: int) -> Sequence[Due]:
    rows = _running(user).filter(notify_due_at__isnull=False).order_by("notify_due_at", "pk")
    found = []
    for each in _once(rows, most):
        assert each.notify_due_at is not None
        label = each.rule_set.rule(each.notify_rule).label
        found.append(_due(each, "orders.notification", label, each.notify_due_at))
    return found


def _days(user: Waiting, most: int, column: str, kind: str, label: str) -> Sequence[Due]:
    rows = _running(user).filter(**{f"{column}__isnull": False}).order_by(column, "pk")
    return [
        _due(each, kind, label, last_instant(getattr(each, column), zone()))
        for each in _once(rows, most)
    ]


def _running(user: Waiting) -> QuerySet[Order]:
    return running(orders_for(cast("User", user)))


def _once(rows: QuerySet[Order], most: int) -> list[Order]:
    """Return the first row of each person: what is due of several orders is done once."""
    seen: dict[UUID, Order] = {}
    for each in rows[: 2 * most]:
        seen.setdefault(each.place_id, each)
    return list(seen.values())[:most]


def _due(order: Order, kind: str, label: str, due_at: datetime) -> Due:
    return Due(
        kind=kind,
        label=label,
        subject=f"{order.place.label}, {order.kind_label} {order.reference}",
        reference=order.case.reference,
        url=reverse("orders:page", args=[order.case_id, order.pk]),
        since=min(first_instant(order.begins_on, zone()), now_utc()),
        due_at=due_at,
        owner=order.manager.username if order.manager else "",
    )
