"""Orders supervised, and visits that were overdue."""

from django.db.models import Q, Subquery, Window
from django.db.models.expressions import OuterRef
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse

from polit.web.orders.models import Order, Visit
from polit.web.statistics.figures.base import Figure, RecordRow, Records, in_cases, in_units
from polit.web.statistics.rules import Selection


def orders_supervised(selection: Selection) -> Records:
    """Return the orders that are in force on the last day."""
    last = selection.period.to_on
    goes_on = Q(ends_on=None) | Q(ends_on__gte=last)
    holds = Q(ended_on=None) | Q(ended_on__gt=last)
    rows = Order.objects.filter(goes_on, holds, begins_on__lte=last)
    return rows.filter(in_units(selection, "case"))


def visits_overdue(selection: Selection) -> Records:
    """Return the order of each person whose visit was due before the last day and not made.

    When it was due is what the first visit after that day was due, or else what is due now.
    """
    later = (
        Visit.objects.standing()
        .filter(place=OuterRef("place"), was_seen=True, occurred_at__gte=selection.period.end_at)
        .order_by("occurred_at", "id")
        .values("due_on")[:1]
    )
    nth = Window(RowNumber(), partition_by="place_id", order_by=["due", "id"])
    due = orders_supervised(selection).annotate(due=Coalesce(Subquery(later), "visit_due_on"))
    late = due.filter(due__lt=selection.period.to_on).annotate(nth=nth)
    return Order.objects.filter(pk__in=late.filter(nth=1).values("pk"))


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
        " before that day and had not been made by its end. A visit at which the person was not"
        " seen leaves it due. A person under two orders of a case counts once.",
        visits_overdue,
        _row,
        ("case",),
        "begins_on",
        in_cases("case"),
    ),
)
