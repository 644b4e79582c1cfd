"""What orders have waiting: visits, notifications, checks, reviews, ends; one source for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.core.due import Due, DueRecords, DueSource, DueTime, Waiting
from polit.web.orders.derive import today, zone
from polit.web.orders.models import Order
from polit.web.orders.periods import first_instant, last_instant
from polit.web.orders.queries import orders_for, running
from polit.web.orders.rules import READERS

if TYPE_CHECKING:
    from polit.web.accounts.models import User

Told = TypeVar("Told")
_END_SHOWN = timedelta(days=90)
"""How long before its last day an order's end begins to wait."""


@dataclass(frozen=True, slots=True)
class _Dates:
    """What a date of orders in force asks for, once of each person: see ``DueSteps``.

    Args:
        column: The date.
        due: What is due of an order.
        at: The instant of what stands in the column.
    """

    column: str
    due: Callable[[Order], Due]
    at: Callable[[Any], datetime]

    def rows(self, user: Waiting, most: int) -> Sequence[Due]:
        """Return what waits, the first due first. One query."""
        rows = self._waiting(user).select_related("case", "place", "manager")[: 2 * most]
        return [self.due(each) for each in _once(((each.place_id, each) for each in rows), most)]

    def times(self, user: Waiting, most: int) -> Sequence[DueTime]:
        """Return the times of the same. One query."""
        rows = self._waiting(user).values_list("place_id", "pk", self.column, "manager__username")
        found = _once(((row[0], row[1:]) for row in rows[: 2 * most]), most)
        return [DueTime(self.at(at), owner or "", key) for key, at, owner in found]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due of orders. One query."""
        ids = [each for each in keys if isinstance(each, UUID)]
        rows = Order.objects.filter(pk__in=ids).select_related("case", "place", "manager")
        return {each.pk: self.due(each) for each in rows}

    def _waiting(self, user: Waiting) -> QuerySet[Order]:
        rows = _running(user).filter(**{f"{self.column}__isnull": False})
        return rows.order_by(self.column, "pk")


def sources() -> tuple[DueSource, ...]:
    """Return where the deadlines of orders come from."""
    notified = _Dates("notify_due_at", _notification, lambda at: at)
    ends = DueRecords(Order, _ending, ("case", "place", "manager"), "ends_on", _end, _end_of,
                      owner="manager__username")  # fmt: skip
    return (
        _source("visit", "Offender visits", _day("visit_due_on", "visit", "Visit")),
        _source("notification", "Offender notifications", notified),
        _source("device", "Device checks", _day("device_due_on", "device", "Check a device")),
        _source("review", "Offender risk reviews",
                _day("review_due_on", "review", "Review the risk")),
        _source("end", "Orders that end", ends),
    )  # fmt: skip


def _source(code: str, label: str, steps: "_Dates | DueRecords[Order]") -> DueSource:
    return DueSource(f"orders.{code}", label, READERS, steps.rows, steps)


def _day(column: str, code: str, label: str) -> _Dates:
    def due(order: Order) -> Due:
        return _due(order, f"orders.{code}", label, _end_of(getattr(order, column)))

    return _Dates(column, due, _end_of)


def _end_of(day: date) -> datetime:
    return last_instant(day, zone())


def _ending(user: Waiting) -> QuerySet[Order]:
    return _running(user).filter(ends_on__lte=today() + _END_SHOWN).order_by("end_sort", "pk")


def _end(order: Order) -> Due:
    assert order.ends_on is not None
    return _due(order, "orders.end", "Order ends", _end_of(order.ends_on))


def _notification(order: Order) -> Due:
    assert order.notify_due_at is not None
    label = order.rule_set.rule(order.notify_rule).label
    return _due(order, "orders.notification", label, order.notify_due_at)


def _running(user: Waiting) -> QuerySet[Order]:
    return running(orders_for(cast("User", user)))


def _once(rows: Iterable[tuple[UUID, Told]], most: int) -> list[Told]:
    """Return the first row of each person: what is due of several orders is done once."""
    seen: dict[UUID, Told] = {}
    for place_id, row in rows:
        seen.setdefault(place_id, row)
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
