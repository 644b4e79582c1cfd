"""Visits, device checks, assessments, notifications and breaches, as services."""

from dataclasses import asdict
from datetime import datetime
from typing import TypeVar, cast
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.exhibits.models import Exhibit
from polit.web.orders.clocks import Given, periodic_due
from polit.web.orders.derive import facts_of, zone
from polit.web.orders.given import (
    GivenAssessment,
    GivenBreach,
    GivenCheck,
    GivenNotifiable,
    GivenNotification,
    GivenStep,
    GivenVisit,
)
from polit.web.orders.law import INITIAL, PERIODIC
from polit.web.orders.models import (
    Assessment,
    Breach,
    BreachStep,
    DeviceCheck,
    NotifiableEvent,
    Notification,
    Order,
    OrderEvent,
    Visit,
)
from polit.web.orders.periods import first_instant, last_time_of, local_day, months_after
from polit.web.orders.rules import BreachAction, check_writes
from polit.web.orders.services.events import Entry, event_keep
from polit.web.orders.services.orders import order_locked

Kept = TypeVar("Kept", bound=OrderEvent)


def visit_record(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenVisit,
    corrects: UUID | None = None,
) -> Visit:  # fmt: skip
    """Record a visit that was made, whether or not the person was seen; see ``event_keep``."""

    def build(order: Order) -> OrderEvent:
        due_on = order.visit_due_on
        if corrects is not None:
            # What stands on the order is due after the visit that is corrected.
            due_on = Visit.objects.filter(pk=corrects).values_list("due_on", flat=True).first()
        return Visit(**asdict(given), due_on=due_on)

    entry = Entry("visit", Visit, build, lambda row: {"seen": str(cast("Visit", row).was_seen)})
    kept = event_keep(
        actor, entry, reason=reason, access=access, order_id=order_id, corrects=corrects
    )
    return cast("Visit", kept)


def device_check_record(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenCheck,
    corrects: UUID | None = None,
) -> DeviceCheck:  # fmt: skip
    """Record a check of a device; see ``event_keep``.

    Raises:
        UsageError: The exhibit is none of the case, or the device was not seized.
    """

    def build(order: Order) -> OrderEvent:
        rows = Exhibit.objects.filter(case_id=order.case_id)
        found = rows.filter(pk=given.exhibit_id).first() if given.exhibit_id else None
        if given.exhibit_id is not None and (found is None or given.result != "seized"):
            raise UsageError("only a device that was seized is an exhibit of this case")
        values = asdict(given)
        del values["exhibit_id"]
        return DeviceCheck(**values, exhibit=found)

    entry = Entry(
        "device_check", DeviceCheck, build,
        lambda row: {"result": cast("DeviceCheck", row).result},
    )  # fmt: skip
    kept = event_keep(
        actor, entry, reason=reason, access=access, order_id=order_id, corrects=corrects
    )
    return cast("DeviceCheck", kept)


def order_assess(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenAssessment,
    corrects: UUID | None = None,
) -> Assessment:  # fmt: skip
    """Record what an assessment tool said; its level is held from then; see ``event_keep``."""

    def build(order: Order) -> OrderEvent:
        policy = order.monitoring
        found = next((each for each in policy.intervals if each.level == given.level), None)
        if found is None or given.tool not in {each.code for each in policy.tools}:
            raise UsageError("no level or tool is called so: choose one of the list")
        values = asdict(given)
        day = local_day(given.occurred_at, zone())
        values["review_on"] = given.review_on or months_after(day, found.review_months)
        if values["review_on"] < day:
            raise UsageError("the review lies before the assessment: check both days")
        return Assessment(**values)

    entry = Entry(
        "assess", Assessment, build,
        lambda row: {"tool": cast("Assessment", row).tool, "level": cast("Assessment", row).level},
    )  # fmt: skip
    kept = event_keep(
        actor, entry, reason=reason, access=access, order_id=order_id, corrects=corrects
    )
    return cast("Assessment", kept)


def notifiable_record(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenNotifiable,
    corrects: UUID | None = None,
) -> NotifiableEvent:  # fmt: skip
    """Record something that has to be notified, which starts its clock; see ``event_keep``.

    Raises:
        UsageError: The order brings no such notification.
    """

    def build(order: Order) -> OrderEvent:
        rule = _rule(order, given.rule)
        if rule in {INITIAL, PERIODIC}:
            raise UsageError("its clock runs by itself: nothing starts it")
        length = order.rule_set.rule(rule).length
        return NotifiableEvent(
            **asdict(given), due_at=last_time_of(length, given.occurred_at, zone())
        )

    entry = Entry(
        "notifiable", NotifiableEvent, build,
        lambda row: {"rule": cast("NotifiableEvent", row).rule}, may_be_future=True,
    )  # fmt: skip
    kept = event_keep(
        actor, entry, reason=reason, access=access, order_id=order_id, corrects=corrects
    )
    return cast("NotifiableEvent", kept)


def notification_record(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenNotification,
    corrects: UUID | None = None,
) -> Notification:  # fmt: skip
    """Record a notification that a person gave, and by when it was due; see ``event_keep``.

    Raises:
        UsageError: The order brings no such notification, or what it answers is not there.
    """

    def build(order: Order) -> OrderEvent:
        rule = _rule(order, given.rule)
        event = None
        if given.event_id is not None:
            rows = NotifiableEvent.objects.filter(place_id=order.place_id, corrected_by=None)
            event = rows.filter(pk=given.event_id, is_withdrawal=False).first()
            if event is None or event.rule != rule:
                raise UsageError("what it answers is of another kind, or stands no more")
        values = asdict(given)
        del values["event_id"]
        values["event_at"] = event.occurred_at if event else given.event_at
        due_at = event.due_at if event else _due_at(order, rule, given, corrects)
        return Notification(**values, event=event, due_at=due_at)

    entry = Entry(
        "notification", Notification, build,
        lambda row: {"rule": cast("Notification", row).rule,
                     "late": str(cast("Notification", row).is_late)},
    )  # fmt: skip
    kept = event_keep(
        actor, entry, reason=reason, access=access, order_id=order_id, corrects=corrects
    )
    return cast("Notification", kept)


def breach_record(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenBreach,
    corrects: UUID | None = None,
) -> Breach:  # fmt: skip
    """Record a breach of a condition or of a notification's rule; see ``event_keep``.

    Raises:
        UsageError: It names neither or both, or what is not of the order; it was known before.
    """

    def build(order: Order) -> OrderEvent:
        rows = order.conditions.all()
        condition = rows.filter(pk=given.condition_id).first() if given.condition_id else None
        if (condition is None) == (not given.requirement):
            raise UsageError("name the condition or else the notification that was breached")
        if given.requirement:
            _rule(order, given.requirement)
        if given.known_at < given.occurred_at:
            raise UsageError("it was known before it happened: check both times")
        values = asdict(given)
        del values["condition_id"]
        return Breach(**values, condition=condition)

    entry = Entry(
        "breach", Breach, build,
        lambda row: {"requirement": cast("Breach", row).requirement,
                     "condition": str(cast("Breach", row).condition_id or "")},
    )  # fmt: skip
    kept = event_keep(
        actor, entry, reason=reason, access=access, order_id=order_id, corrects=corrects
    )
    return cast("Breach", kept)


def breach_act(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, breach_id: UUID,
    given: GivenStep,
) -> BreachStep:  # fmt: skip
    """Record what was done about a breach.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        Breach.DoesNotExist: The order has no standing breach of that identifier.
        UsageError: No action is called so.
    """
    check_writes(roles_of(actor))
    if given.action not in {each.value for each in BreachAction}:
        raise UsageError("no action is called so: choose one of the list")
    with act(
        actor, "orders.breach_act", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        order = order_locked(access, order_id)
        rows = Breach.objects.filter(order=order, corrected_by=None, is_withdrawal=False)
        step = BreachStep(breach=rows.get(pk=breach_id), by=actor.name, reason=reason,
                          **asdict(given))  # fmt: skip
        step.save()
        deed.about("order", order.pk, label=order.reference, breach=str(breach_id),
                   done=given.action, reference=given.reference)  # fmt: skip
    return step


def _rule(order: Order, code: str) -> str:
    offered = {each.code for each in order.rule_set.choices(order.kind_entry.duties)}
    if code not in offered:
        raise UsageError(f"{order.kind_label} brings no notification {code!r}")
    return code


def _due_at(
    order: Order, code: str, given: GivenNotification, corrects: UUID | None
) -> datetime | None:
    """Return the last instant of a notification that answers nothing known before.

    One that is corrected is no event from which its own period would be counted.
    """
    rule = order.rule_set.rule(code)
    if code == INITIAL:
        return last_time_of(rule.length, first_instant(order.begins_on, zone()), zone())
    if code == PERIODIC:
        facts = facts_of([order.place_id], until=given.occurred_at)[order.place_id]
        old = Notification.objects.filter(pk=corrects).first() if corrects else None
        own = Given(old.rule, old.occurred_at, old.no_residence) if old else None
        before = tuple(each for each in facts.given if each != own)
        running = periodic_due(order.rule_set, before, zone())
        return running[1] if running else None
    if given.event_at is None:
        raise UsageError(f"{rule.label}: say when what is notified happened, or will happen")
    return last_time_of(rule.length, given.event_at, zone())
