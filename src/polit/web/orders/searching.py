"""What of orders can be found: their references and conditions, by who may read them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from django.db import models
from django.urls import reverse

from polit.web.core.searching import Entry
from polit.web.orders.rules import READERS

if TYPE_CHECKING:
    from polit.web.orders.models import Order


def order_entries(rows: Sequence[models.Model]) -> Iterable[Entry]:
    """Return the entry of each order: no name of a person."""
    for each in rows:
        order = cast("Order", each)
        yield Entry(
            order.pk,
            order.case_id,
            f"{order.kind_label} {order.reference}",
            f"{order.reference} {order.national_reference} {order.court}",
            reverse("orders:page", args=[order.case_id, order.pk]),
            READERS,
        )
