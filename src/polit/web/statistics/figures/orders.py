"""Orders supervised, and visits that were overdue."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from polit.web.orders.clocks import Facts, visit_due_on
from polit.web.orders.derive import facts_of, terms_of
from polit.web.orders.models import Order
from polit.web.statistics.figures.base import Figure, RecordRow, Records, in_cases, in_units
from polit.web.statistics.rules import Selection

_NOBODY = UUID(int=0)
"""No order has it: the query of nobody is one that can be kept with a run."""


def orders_supervised(selection: Selection) -> Records:
    """Return the orders that are in force on the last day."""
    last = selection.period.to_on
    goes_on = Q(ends_on=None) | Q(ends_on__gte=last)
    holds = Q(ended_on=None) | Q(ended_on__gt=last)
    rows = Order.objects.filter(goes_on, holds, begins_on__lte=last)
    return rows.filter(in_units(selection, "case"))


def visits_overdue(selection: Selection) -> Records:
    """Return the order of each person whose visit was due before the last day and not made.

    When it was due is derived anew from what happened by the end of that day: the day kept on an
    order is that of now, and a visit that was put right or recorded late moves it.
    """
    orders = list(orders_supervised(selection).order_by("pk"))
    until = selection.period.end_at - timedelta(microseconds=1)
    facts = facts_of({each.place_id for each in orders}, until=until)
    dues = sorted((_due_on(each, facts[each.place_id]), each.pk, each.place_id) for each in orders)
    late = [(key, place) for due, key, place in dues if due < selection.period.to_on]
    keys = {place: key for key, place in reversed(late)}.values()
    return orders_supervised(selection).filter(pk__in=list(keys) or [_NOBODY])


def _due_on(order: Order, facts: Facts) -> date:
    return visit_due_on(order.monitoring, terms_of(order, has_devices=False), facts)


def _row(order: Order) -> RecordRow:
    url = reverse("orders:page", args=[order.case_id, order.pk])
    label = f"{order.reference}, {order.kind_label}"
    return RecordRow(label, order.begins_on, str(order.case), url)


FIGURES = (
    Figure(
        "orders_supervised",
        "Orders supervised",
        "Orders that are in force on the last day of the period.",
        orders_supervised,
        _row,
        ("case",),
        "begins_on",
        in_cases("case"),
    ),
    Figure(
        "visits_overdue",
        "Visits overdue",
        "People under orders that are in force on the last day of the period, whose visit was due"
        " before that day and had not been made by its end. It was due as the policy says from the"
        " last visit at which they were seen and the level held then, both by that day. A person"
        " under two orders of a case counts once.",
        visits_overdue,
        _row,
        ("case",),
        "begins_on",
        in_cases("case"),
    ),
)
