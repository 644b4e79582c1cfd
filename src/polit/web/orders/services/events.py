"""Keeps what happens under an order, corrects and withdraws it. Every act says who and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.services import Deed, act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.twice import check_not_twice
from polit.web.orders.derive import place_refresh, standing_of
from polit.web.orders.models import (
    Assessment,
    Breach,
    DeviceCheck,
    NotifiableEvent,
    Notification,
    Order,
    OrderEvent,
    Visit,
)
from polit.web.orders.rules import check_writes
from polit.web.orders.services.orders import order_locked

EVENT_MODELS: dict[str, type[OrderEvent]] = {
    "visit": Visit, "device_check": DeviceCheck, "assess": Assessment,
    "notifiable": NotifiableEvent, "notification": Notification, "breach": Breach,
}  # fmt: skip
"""Tables of events by the verb of their acts."""

_ALLOWED = timedelta(minutes=2)
"""Clocks of two machines differ a little."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to keep.

    Args:
        verb: Of the act, such as ``visit``.
        model: Its table.
        build: Makes the row of an order, with its own values.
        details: What the audit keeps: codes and days, no words of people.
        may_be_future: Whether it may lie ahead.
    """

    verb: str
    model: type[OrderEvent]
    build: Callable[[Order], OrderEvent]
    details: Callable[[OrderEvent], dict[str, str]]
    may_be_future: bool = False


def event_keep(
    actor: Actor, entry: Entry, *, reason: str, access: CaseAccess, order_id: UUID,
    corrects: UUID | None = None,
) -> OrderEvent:  # fmt: skip
    """Keep an event under an order, or the correction of one.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        UsageError: It lies in the future, stands there already, or what it corrects stands no
            more.
    """
    check_writes(roles_of(actor))
    verb = f"orders.{entry.verb}" + ("_correct" if corrects else "")
    with act(actor, verb, reason=reason, case=access.case, purpose=access.purpose.value) as deed:
        order = order_locked(access, order_id)
        row = entry.build(order)
        if not entry.may_be_future and row.occurred_at > now_utc() + _ALLOWED:
            raise UsageError("it is recorded once it happened: the time lies in the future")
        _finish(row, order, actor, reason)
        if corrects is not None:
            row.corrects = _standing(entry.model, order, corrects)
        else:
            check_not_twice(row)
        row.save()
        place_refresh(order.place_id)
        _about(deed, order, row, entry.details(row))
    return row


def event_withdraw(
    actor: Actor, verb: str, *, reason: str, access: CaseAccess, order_id: UUID, event_id: UUID
) -> OrderEvent:
    """Say that an event never happened: a further row that holds what it withdraws.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        UsageError: It stands no more.
    """
    model = EVENT_MODELS[verb]
    check_writes(roles_of(actor))
    with act(
        actor, f"orders.{verb}_withdraw", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        order = order_locked(access, order_id)
        found = _standing(model, order, event_id)
        row = _copy(model, found)
        _finish(row, order, actor, reason)
        row.corrects, row.is_withdrawal = found, True
        row.save()
        place_refresh(order.place_id)
        _about(deed, order, row, {})
    return row


def _copy(model: type[OrderEvent], found: OrderEvent) -> OrderEvent:
    left = {"id", "recorded_at", "corrects", "is_withdrawal", "by", "reason"}
    names = [each.name for each in model._meta.concrete_fields]  # noqa: SLF001 - documented
    return model(**{name: getattr(found, name) for name in names if name not in left})


def _finish(row: OrderEvent, order: Order, actor: Actor, reason: str) -> None:
    row.order, row.place_id, row.by, row.reason = order, order.place_id, actor.name, reason


def _standing(model: type[OrderEvent], order: Order, event_id: UUID) -> OrderEvent:
    rows = standing_of(model.objects.filter(order=order))
    found = rows.filter(pk=event_id).first()
    if found is None:
        raise UsageError("it was corrected or withdrawn already: load the page again")
    return found


def _about(deed: Deed, order: Order, row: OrderEvent, details: dict[str, str]) -> None:
    corrected = str(row.corrects.pk) if row.corrects else ""
    deed.about("order", order.pk, label=order.reference, event=str(row.pk), corrects=corrected,
               occurred_at=row.occurred_at.isoformat(), **details)  # fmt: skip
