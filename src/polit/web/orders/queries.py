"""What is asked of orders. Every query takes the access to a case, a person, or a day."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.formats import date_format

from polit.web.accounts.models import RoleGrant, User
from polit.web.cases.models import Case
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess
from polit.web.exhibits.models import Exhibit
from polit.web.orders.clocks import visit_due_on
from polit.web.orders.derive import facts_of, standing_of, terms_of, today, unanswered, zone
from polit.web.orders.models import (
    Assessment,
    Breach,
    DeviceCheck,
    NotifiableEvent,
    Notification,
    Order,
    OrderCondition,
    OrderEvent,
    OrderVariation,
    Visit,
)
from polit.web.orders.periods import last_instant
from polit.web.orders.rules import READERS, WRITERS, OrderState
from polit.web.orders.telling import Told, told

Choices = tuple[tuple[str, str], ...]


def orders_for(user: User) -> QuerySet[Order]:
    """Return the orders of all cases that a person has access to, with case and place."""
    if not user.roles & READERS:
        return Order.objects.none()
    rows = Order.objects.filter(case__in=case_ids_for(user))
    return rows.select_related("case", "place", "manager")


def orders_in(access: CaseAccess) -> QuerySet[Order]:
    """Return the orders of a case."""
    rows = Order.objects.filter(case_id=access.case.id)
    return rows.select_related("case", "place", "manager")


def order_get(access: CaseAccess, order_id: UUID) -> Order:
    """Return an order of a case.

    Raises:
        Order.DoesNotExist: The case has none of that identifier.
    """
    return orders_in(access).select_related("court_result__charge").get(pk=order_id)


def running(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Return of orders those in force today."""
    day = today()
    return rows.filter(state=OrderState.IN_FORCE.value, begins_on__lte=day, end_sort__gte=day)


def overdue_now(now: datetime, day: date) -> Q:
    """Return the condition that a visit, a check or a notification is overdue."""
    return (
        Q(visit_due_on__lt=day)
        | Q(device_due_on__lt=day)
        | Q(review_due_on__lt=day)
        | Q(notify_due_at__lt=now)
    )


def orders_in_force(day: date) -> QuerySet[Order]:
    """Return the orders that were in force on a day, of all cases: for figures alone.

    An order is in force from its first day to its last one; from the day on which it was
    discharged, replaced or quashed, or the person died, it is not.
    """
    rows = Order.objects.filter(begins_on__lte=day, end_sort__gte=day)
    return rows.filter(Q(ended_on=None) | Q(ended_on__gt=day))


@dataclass(frozen=True, slots=True)
class OverdueVisit:
    """A person whose visit was overdue on a day.

    Args:
        place_id: The person's place in the case.
        case_id: The case.
        order_id: The order in force whose visit was due first.
        level: The level held on that day; empty for none.
        due_on: By when they were to be visited.
    """

    place_id: UUID
    case_id: UUID
    order_id: UUID
    level: str
    due_on: date


def visits_overdue(day: date, cases: QuerySet[Case] | None = None) -> tuple[OverdueVisit, ...]:
    """Return the people whose visit was overdue at the end of a day, as it was then.

    Computed from what happened up to that day, so the figure of a past day can be computed again;
    what was corrected since counts as corrected. Each person of a case counts once. A number of
    queries that does not grow with the rows.

    Args:
        day: The day.
        cases: Only orders of these; ``None`` for all.
    """
    rows = orders_in_force(day)
    if cases is not None:
        rows = rows.filter(case__in=cases)
    orders = list(rows.order_by("begins_on", "pk"))
    facts = facts_of({each.place_id for each in orders}, until=last_instant(day, zone()))
    found: dict[UUID, OverdueVisit] = {}
    for each in orders:
        known = facts[each.place_id]
        due_on = visit_due_on(each.monitoring, terms_of(each, has_devices=False), known)
        seen = found.get(each.place_id)
        if due_on < day and (seen is None or due_on < seen.due_on):
            found[each.place_id] = OverdueVisit(
                each.place_id, each.case_id, each.pk, known.level, due_on
            )
    return tuple(sorted(found.values(), key=attrgetter("due_on", "place_id")))


VERBS: tuple[tuple[str, type[OrderEvent]], ...] = (
    ("visit", Visit),
    ("device_check", DeviceCheck),
    ("assess", Assessment),
    ("notifiable", NotifiableEvent),
    ("notification", Notification),
    ("breach", Breach),
)
"""What happens under an order: how addresses name it, and its table."""


def event_rows(order: Order) -> tuple[Told, ...]:
    """Return what happened under orders of the same person, the latest first; six queries."""
    found: list[Told] = []
    for verb, model in VERBS:
        rows = list(model.objects.filter(place_id=order.place_id).select_related("order"))
        corrected = {each.corrects_id for each in rows}  # type: ignore[attr-defined]  # Django's
        found += [told(verb, each, is_corrected=each.pk in corrected) for each in rows]
    return tuple(
        sorted(found, key=lambda each: (each.event.occurred_at, each.event.recorded_at),
               reverse=True)
    )  # fmt: skip


def event_get(order: Order, verb: str, event_id: UUID) -> OrderEvent:
    """Return an event of an order that stands.

    Raises:
        ObjectDoesNotExist: The order has none of that identifier.
    """
    rows: QuerySet[OrderEvent] = dict(VERBS)[verb].objects.filter(order=order)
    return standing_of(rows).get(pk=event_id)


def breach_list(order: Order) -> list[Breach]:
    """Return the breaches under an order that stand, the latest first, with what was done."""
    rows = standing_of(Breach.objects.filter(order=order)).select_related("condition", "order")
    return list(rows.prefetch_related("steps").order_by("-occurred_at"))


def condition_list(order: Order) -> list[OrderCondition]:
    """Return the conditions of an order, those that hold first."""
    return list(
        order.conditions.order_by(F("ends_on").desc(nulls_first=True), "begins_on", "recorded_at")
    )


def variation_list(order: Order) -> list[OrderVariation]:
    """Return what the court changed, in order."""
    return list(order.variations.order_by("varied_on", "recorded_at"))


def condition_choices(order: Order, *, with_ended: bool = False) -> Choices:
    """Return the conditions as choices of a form.

    Args:
        order: The order.
        with_ended: Whether those that hold no longer are offered, as for a breach while they did.
    """
    policy, day = order.monitoring, today()
    found = []
    for each in condition_list(order):
        label = f"{policy.condition_label(each.code)}: {each.text[:80]}"
        if each.ends_on is None or each.ends_on >= day:
            found.append((str(each.pk), label))
        elif with_ended:
            found.append((str(each.pk), f"{label} (until {date_format(each.ends_on, 'j F Y')})"))
    return tuple(found)


def pending_choices(order: Order, *, answered: NotifiableEvent | None = None) -> Choices:
    """Return what has to be notified and has not been, as choices of a form.

    Args:
        order: The order.
        answered: What a notification that is being corrected answers, which is offered too.
    """
    rows = unanswered([order.place_id])
    if answered is not None and answered.pk not in {each.pk for each in rows}:
        rows.append(answered)
    return tuple(
        (str(each.pk), f"{order.rule_set.rule(each.rule).label}, {each.occurred_at:%d %B %Y}")
        for each in sorted(rows, key=attrgetter("due_at"))
    )


def event_now(event: NotifiableEvent | None) -> NotifiableEvent | None:
    """Return what has to be notified as it holds now, ``None`` where it was withdrawn."""
    while event is not None and hasattr(event, "corrected_by"):
        event = event.corrected_by
    return None if event is None or event.is_withdrawal else event


def exhibit_choices(access: CaseAccess) -> Choices:
    """Return the exhibits of the case as choices of a form."""
    rows = Exhibit.objects.filter(case_id=access.case.id).order_by("sort_key")
    return tuple((str(pk), reference) for pk, reference in rows.values_list("pk", "reference"))


def manager_choices() -> Choices:
    """Return who may manage offenders, by name, as choices of a form."""
    holds = RoleGrant.objects.filter(
        user=OuterRef("pk"), ended_at=None, role__in=[role.value for role in WRITERS]
    )
    people = User.objects.filter(Exists(holds), is_active=True).order_by("full_name", "username")
    return tuple((str(each.pk), each.full_name or each.username) for each in people)
