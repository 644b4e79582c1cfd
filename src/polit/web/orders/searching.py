"""What of orders can be found: their references and conditions, by who may read them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db import models
from django.urls import reverse

from polit.web.core.searching import Entry
from polit.web.orders.models import OrderCondition
from polit.web.orders.rules import READERS

if TYPE_CHECKING:
    from polit.web.orders.models import Order


def order_entries(rows: Sequence[models.Model]) -> Iterable[Entry]:
    """Return the entry of each order: no name of a person."""
    conditions: defaultdict[UUID, list[str]] = defaultdict(list)
    held = OrderCondition.objects.filter(order__in=[each.pk for each in rows])
    for order_id, text in held.order_by("recorded_at", "pk").values_list("order_id", "text"):
        conditions[order_id].append(text)
    for each in rows:
        order = cast("Order", each)
        facts = (order.reference, order.national_reference, order.court, *conditions[order.pk])
        yield Entry(
            order.pk,
            order.case_id,
            f"{order.kind_label} {order.reference}",
            "\n".join(fact for fact in facts if fact),
            reverse("orders:page", args=[order.case_id, order.pk]),
            READERS,
        )


def order_of_condition(condition: models.Model) -> Iterable[UUID]:
    """Return the order that a saved condition belongs to."""
    return (cast("OrderCondition", condition).order_id,)
