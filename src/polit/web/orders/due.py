"""What orders have waiting: visits, notifications, checks, reviews, ends; one source for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast
from uuid import UUID

from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.core.due import Asking, Due, DueSource, DueTime
from polit.web.orders.derive import today, zone
from polit.web.orders.models import Order
from polit.web.orders.periods import first_instant, last_instant
from polit.web.orders.queries import orders_for, running
from polit.web.orders.rules import READERS

if TYPE_CHECKING:
    from polit.web.accounts.models import User

_END_SHOWN = timedelta(days=90)
"""How long before its last day an order's end begins to wait."""


class _Running(NamedTuple):
    """An order in force with its dates, of which several kinds of deadline come."""

    pk: UUID
    place_id: UUID
    owner: str | None
    visit_due_on: date | None
    device_due_on: date | None
    review_due_on: date | None
    notify_due_at: datetime | None
    ends_on: date | None


Told = TypeVar("Told", Order, _Running)


@dataclass(frozen=True, slots=True)
class _Dates:
    """What a date of orders in force asks for: see ``DueSteps``.

    Args:
        column: The date.
        due: What is due of an order.
        at: The instant of what stands in the column.
        within: How long before the date it begins to wait, of each order; ``None`` for what waits
            from the first day and is done once for all orders of a person.
    """

    column: str
    due: Callable[[Order], Due]
    at: Callable[[Any], datetime]
    within: timedelta | None = None

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return what waits, the first due first. One query."""
        rows = running(orders_for(cast("User", asking.user))).order_by(self.column, "pk")
        if self.within is None:
            found = rows.filter(**{f"{self.column}__isnull": False})
        else:
            found = rows.filter(**{f"{self.column}__lte": today() + self.within})
        shown = self._once(found.select_related("case", "place", "manager"))
        return [self.due(each) for each in shown[: asking.most]]

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return the times of the same. One query for all dates of orders."""
        dated = [(getattr(each, self.column), each) for each in asking.once(_running)]
        waiting = [(at, each) for at, each in dated if at is not None]
        if self.within is not None:
            last = today() + self.within
            waiting = [(at, each) for at, each in waiting if at <= last]
        waiting.sort(key=lambda each: (each[0], each[1].pk))
        found = self._once(each for _at, each in waiting)[: asking.most]
        return [
            DueTime(self.at(getattr(each, self.column)), each.owner or "", each.pk)
            for each in found
        ]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due of orders. One query."""
        ids = [each for each in keys if isinstance(each, UUID)]
        rows = Order.objects.filter(pk__in=ids).select_related("case", "place", "manager")
        return {each.pk: self.due(each) for each in rows}

    def _once(self, rows: Iterable[Told]) -> list[Told]:
        """Return the first of each person: what is due of several orders is done once."""
        if self.within is not None:
            return list(rows)
        seen: dict[UUID, Told] = {}
        for each in rows:
            seen.setdefault(each.place_id, each)
        return list(seen.values())


def sources() -> tuple[DueSource, ...]:
    """Return where the deadlines of orders come from."""
    notified = _Dates("notify_due_at", _notification, lambda at: at)
    return (
        _source("visit", "Offender visits", _day("visit_due_on", "visit", "Visit")),
        _source("notification", "Offender notifications", notified),
        _source("device", "Device checks", _day("device_due_on", "device", "Check a device")),
        _source("review", "Offender risk reviews",
                _day("review_due_on", "review", "Review the risk")),
        _source("end", "Orders that end", _Dates("ends_on", _end, _end_of, _END_SHOWN)),
    )  # fmt: skip


def _source(code: str, label: str, steps: _Dates) -> DueSource:
    return DueSource(f"orders.{code}", label, READERS, steps)


def _day(column: str, code: str, label: str) -> _Dates:
    def due(order: Order) -> Due:
        return _due(order, f"orders.{code}", label, _end_of(getattr(order, column)))

    return _Dates(column, due, _end_of)


def _end_of(day: date) -> datetime:
    return last_instant(day, zone())


def _end(order: Order) -> Due:
    assert order.ends_on is not None
    return _due(order, "orders.end", "Order ends", _end_of(order.ends_on))


def _notification(order: Order) -> Due:
    assert order.notify_due_at is not None
    label = order.rule_set.rule(order.notify_rule).label
    return _due(order, "orders.notification", label, order.notify_due_at)


def _running(asking: Asking) -> list[_Running]:
    rows = running(orders_for(cast("User", asking.user))).order_by()
    columns = (name.replace("owner", "manager__username") for name in _Running._fields)
    return [_Running(*row) for row in rows.values_list(*columns)]


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
