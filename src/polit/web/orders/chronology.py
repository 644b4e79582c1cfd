"""What the register of orders knows of a person's days."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.urls import reverse

from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.orders.derive import standing_of, zone
from polit.web.orders.models import Order, OrderEvent
from polit.web.orders.periods import first_instant
from polit.web.orders.queries import VERBS, orders_for
from polit.web.orders.telling import told

if TYPE_CHECKING:
    from polit.web.accounts.models import User


def order_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return orders against a person and what happened under them, in the reader's cases."""
    orders = {
        each.pk: each
        for each in orders_for(cast("User", user)).filter(place__person__in=person_ids)
    }
    for order in orders.values():
        url = _url(order)
        yield Happening(first_instant(order.begins_on, zone()), f"{order.kind_label} begins",
                        order.case.reference, url, by=order.added_by)  # fmt: skip
        if order.ended_on is not None:
            yield Happening(first_instant(order.ended_on, zone()), f"Order {order.end_label}",
                            order.case.reference, url)  # fmt: skip
    if not orders:
        return
    for verb, model in VERBS:
        rows = standing_of(model.objects.filter(order__in=list(orders))).select_related("order")
        for event in rows:
            yield _happening(verb, event, orders[event.order_id])


def _happening(verb: str, event: OrderEvent, order: Order) -> Happening:
    shown = told(verb, event, is_corrected=False)
    text = "; ".join(f"{name}: {value}" for name, value in shown.facts)
    reference = order.case.reference
    return Happening(event.occurred_at, shown.title, reference, _url(order), text, event.by)


def _url(order: Order) -> str:
    return reverse("orders:page", args=[order.case_id, order.pk])
