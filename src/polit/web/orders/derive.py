"""What is due under orders, derived from what happened, and kept on their rows for the lists."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.core.models import Superseded
from polit.web.orders.clocks import Clock, Facts, Given, Pending, Terms, clocks_of
from polit.web.orders.law import DEVICES
from polit.web.orders.models import (
    NEVER,
    Assessment,
    DeviceCheck,
    NotifiableEvent,
    Notification,
    Order,
    OrderCondition,
    OrderEvent,
    Visit,
)
from polit.web.orders.periods import local_day
from polit.web.orders.rules import CheckResult

Event = TypeVar("Event", bound=OrderEvent)
Row = TypeVar("Row", bound=Superseded)
_COUNTING = [each.value for each in CheckResult if each.counts]
_KEPT = ("visit_due_on", "device_due_on", "review_due_on", "notify_due_at", "notify_rule",
         "risk_level", "visit_sort", "end_sort")  # fmt: skip


def zone() -> ZoneInfo:
    """Return the force's zone."""
    return ZoneInfo(str(timezone.get_default_timezone()))


def today() -> date:
    """Return the day in the force's zone."""
    return local_day(now_utc(), zone())


def standing_of(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return of superseded rows those that hold."""
    return rows.filter(corrected_by=None, is_withdrawal=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands on an order's row of what is due."""

    visit_due_on: date | None
    device_due_on: date | None
    review_due_on: date | None
    notify_due_at: datetime | None
    notify_rule: str
    risk_level: str
    visit_sort: date
    end_sort: date


def facts_of(places: Collection[UUID], *, until: datetime | None = None) -> dict[UUID, Facts]:
    """Return what stands of people, by place. Five queries, however many they are.

    Args:
        places: Their places in cases.
        until: Only what happened up to an instant, so that a past day can be computed again;
            ``None`` for all. What was corrected since counts as corrected.
    """
    seen = _latest(_rows(Visit.objects.filter(was_seen=True), places, until))
    checked = _latest(_rows(DeviceCheck.objects.filter(result__in=_COUNTING), places, until))
    assessed = _latest(_rows(Assessment.objects.all(), places, until))
    given, pending = _given(places, until), _pending(places)
    return {
        place: Facts(
            level=assessed[place].level if place in assessed else "",
            review_on=assessed[place].review_on if place in assessed else None,
            seen_on=_day_of(seen.get(place)),
            checked_on=_day_of(checked.get(place)),
            given=tuple(given.get(place, ())),
            pending=tuple(pending.get(place, ())),
        )
        for place in places
    }


def terms_of(order: Order, *, has_devices: bool) -> Terms:
    """Return what of an order the clocks ask."""
    return Terms(order.begins_on, order.ends_on, order.kind_entry.duties, has_devices)


def order_clocks(order: Order) -> tuple[Clock, ...]:
    """Return what is due under an order, the first due first; nothing once it has ended."""
    if order.state != "in_force":
        return ()
    facts = facts_of([order.place_id])[order.place_id]
    terms = terms_of(order, has_devices=_has_devices(order))
    return clocks_of(order.monitoring, order.rule_set, terms, facts, zone())


def order_kept(order: Order) -> Kept:
    """Return what has to stand on an order's row, derived anew."""
    clocks = {each.code: each for each in reversed(order_clocks(order))}
    days = {code: local_day(clocks[code].due_at, zone()) for code in clocks}
    notices = [each for code, each in clocks.items() if code not in _OTHERS]
    first = min(notices, key=lambda each: each.due_at, default=None)
    facts = facts_of([order.place_id])[order.place_id]
    visit = days.get("visit")
    return Kept(
        visit_due_on=visit,
        device_due_on=days.get("device"),
        review_due_on=days.get("review"),
        notify_due_at=first.due_at if first else None,
        notify_rule=first.code if first else "",
        risk_level=facts.level,
        visit_sort=visit or NEVER,
        end_sort=order.ends_on or NEVER,
    )


def order_refresh(order: Order) -> None:
    """Keep on an order's row what is due next; inside an act."""
    kept = order_kept(order)
    for name in _KEPT:
        setattr(order, name, getattr(kept, name))
    order.save()


def place_refresh(place_id: UUID) -> None:
    """Keep what is due next on all orders of a person in a case; inside an act."""
    for order in Order.objects.filter(place_id=place_id).order_by("pk"):
        order_refresh(order)


_OTHERS = frozenset({"visit", "device", "review", "end"})


def _has_devices(order: Order) -> bool:
    rows = OrderCondition.objects.filter(order__place_id=order.place_id, code=DEVICES)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today()))
    return rows.filter(order__state="in_force").exists()


def _rows(
    rows: QuerySet[Event], places: Collection[UUID], until: datetime | None
) -> Iterable[Event]:
    found = standing_of(rows).filter(place_id__in=list(places))
    if until is not None:
        found = found.filter(occurred_at__lte=until)
    return found.order_by("occurred_at", "recorded_at")


def _latest(rows: Iterable[Event]) -> dict[UUID, Event]:
    return {each.place_id: each for each in rows}


def _given(places: Collection[UUID], until: datetime | None) -> dict[UUID, list[Given]]:
    found: dict[UUID, list[Given]] = defaultdict(list)
    for each in _rows(Notification.objects.all(), places, until):
        found[each.place_id].append(Given(each.rule, each.occurred_at, each.no_residence))
    return found


def _pending(places: Collection[UUID]) -> dict[UUID, list[Pending]]:
    found: dict[UUID, list[Pending]] = defaultdict(list)
    for each in unanswered(places):
        found[each.place_id].append(Pending(each.rule, each.occurred_at, each.due_at))
    return found


def unanswered(places: Collection[UUID]) -> list[NotifiableEvent]:
    """Return what people have to notify and have not, as it holds now, by when it happened.

    A notification answers an event whatever corrections of that one came later. Two queries.
    """
    wanted = {"place_id__in": list(places)}
    rows = NotifiableEvent.objects.filter(**wanted).order_by("occurred_at", "recorded_at")
    before = {each.pk: each.corrects_id for each in rows}
    answers = standing_of(Notification.objects.filter(**wanted, event__isnull=False))
    answered = set(answers.values_list("event_id", flat=True))
    corrected = set(before.values())
    return [
        each
        for each in rows
        if each.pk not in corrected
        and not each.is_withdrawal
        and answered.isdisjoint(_wordings(each.pk, before))
    ]


def _wordings(event_id: UUID, before: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    """Yield an event and all that it corrects."""
    at: UUID | None = event_id
    while at is not None:
        yield at
        at = before.get(at)


def _day_of(event: OrderEvent | None) -> date | None:
    return local_day(event.occurred_at, zone()) if event else None
