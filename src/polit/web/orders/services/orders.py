"""Makes orders, keeps what the court changes of them, and ends them. Every act says who and why."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.orders.derive import place_refresh, today
from polit.web.orders.given import GivenCondition, GivenOrder, GivenVariation
from polit.web.orders.law import current_kinds, current_policy, current_rules
from polit.web.orders.models import NEVER, Order, OrderCondition, OrderVariation
from polit.web.orders.results import conviction_get
from polit.web.orders.rules import (
    ORDER_STATES,
    ConditionKind,
    EndKind,
    OrderState,
    check_days,
    check_writes,
)
from polit.web.people.models import CasePerson
from polit.web.people.queries import place_get
from polit.web.people.rules import PersonRole


def order_make(actor: Actor, *, reason: str, access: CaseAccess, given: GivenOrder) -> Order:
    """Record an order against a suspect of a case, with its conditions.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        CasePerson.DoesNotExist: The case has no such place.
        UsageError: The days contradict each other or the statute, a code is unknown, the reference
            stands in the case already, or the result at court is no conviction of this person.
    """
    check_writes(roles_of(actor))
    place = place_get(access, given.place_id)
    if place.role != PersonRole.SUSPECT.value or place.ended_at is not None:
        raise UsageError("an order is against a suspect of the case: add the person as one first")
    if given.court_result_id is not None:
        conviction_get(access, given.court_result_id, place)
    order = _new(actor, access, place, given)
    with act(
        actor, "orders.make", reason=reason, case=access.case, purpose=access.purpose.value,
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        _hold_person(place.pk)
        try:
            with transaction.atomic():
                order.save()
        except IntegrityError as error:
            raise UsageError(f"the case has an order {given.reference!r} already") from error
        for each in given.conditions:
            _condition(actor, order, each).save()
        place_refresh(order.place_id)
        deed.about("order", order.pk, label=order.reference, order_kind=order.kind, law=order.law,
                   person=place.label, begins_on=str(order.begins_on), ends_on=str(order.ends_on),
                   rules=order.rules, policy=order.policy,
                   court_result=str(order.court_result_id or ""))  # fmt: skip
    order.refresh_from_db()
    return order


def order_vary(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, given: GivenVariation
) -> OrderVariation:
    """Record that the court varied an order: its end, conditions added, conditions ended.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        UsageError: It is over, the days contradict each other, or a condition is not one of it.
    """
    check_writes(roles_of(actor))
    with act(
        actor, "orders.vary", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        order = order_locked(access, order_id)
        _check_running(order)
        ends_on = given.ends_on if given.changes_end else order.ends_on
        check_days(given.varied_on, order.begins_on, ends_on, today())
        if given.varied_on < order.made_on:
            raise UsageError("the order is varied before it was made: check the day")
        kept = OrderVariation(order=order, varied_on=given.varied_on, court=given.court,
                              text=given.text, changes_end=given.changes_end, ends_on=ends_on,
                              by=actor.name, reason=reason)  # fmt: skip
        kept.save()
        for each in given.add:
            _condition(actor, order, each, since=given.varied_on).save()
        _end_conditions(order, given.drop, given.varied_on)
        before, order.ends_on = order.ends_on, ends_on
        order.save()
        place_refresh(order.place_id)
        deed.about("order", order.pk, label=order.reference, varied_on=str(given.varied_on),
                   ends_on=[str(before), str(ends_on)], added=len(given.add),
                   ended=[str(each) for each in given.drop])  # fmt: skip
    return kept


def order_end(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, how: EndKind, ended_on: date
) -> Order:
    """Record that an order ended; from that day it is in force no more.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        UsageError: It ended already, or the day lies in the future or before its begin.
    """
    with act(
        actor, "orders.end", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        order = order_locked(access, order_id)
        way = ORDER_STATES.check_action("end", order.state, roles_of(actor))
        if not order.begins_on <= ended_on <= today():
            raise UsageError("the order ends between its first day and today: check the day")
        order.state, order.end_kind, order.ended_on = way.to, how.value, ended_on
        order.save()
        place_refresh(order.place_id)
        deed.about("order", order.pk, label=order.reference, how=how.value,
                   ended_on=str(ended_on))  # fmt: skip
    order.refresh_from_db()
    return order


def order_resume(actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID) -> Order:
    """Say that the end of an order was recorded by mistake: what is due under it is due again.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        UsageError: It has not ended.
    """
    with act(
        actor, "orders.resume", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        order = order_locked(access, order_id)
        way = ORDER_STATES.check_action("resume", order.state, roles_of(actor))
        before = [order.end_kind, str(order.ended_on)]
        order.state, order.end_kind, order.ended_on = way.to, "", None
        order.save()
        place_refresh(order.place_id)
        deed.about("order", order.pk, label=order.reference, before=list(before))
    order.refresh_from_db()
    return order


def order_assign(
    actor: Actor, *, reason: str, access: CaseAccess, order_id: UUID, manager_id: UUID | None,
    national_reference: str,
) -> Order:  # fmt: skip
    """Say who manages the offender, and under which reference the national register has them.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Order.DoesNotExist: The case has none of that identifier.
        UsageError: The account is none that manages offenders.
    """
    check_writes(roles_of(actor))
    manager = _manager(manager_id)
    with act(
        actor, "orders.assign", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        order = order_locked(access, order_id)
        order.manager, order.national_reference = manager, national_reference
        order.save()
        deed.about("order", order.pk, label=order.reference,
                   manager=manager.username if manager else "",
                   national_reference=national_reference)  # fmt: skip
    return order


def order_locked(access: CaseAccess, order_id: UUID) -> Order:
    """Return an order of a case for a change; inside a transaction.

    The person is held too: what happens under one order is due under all of theirs, so that two
    acts under two of them would else each keep what the other had not seen.

    Raises:
        Order.DoesNotExist: The case has none of that identifier.
    """
    order = Order.objects.get(pk=order_id, case_id=access.case.id)
    _hold_person(order.place_id)
    return Order.objects.select_for_update().get(pk=order_id)


def _hold_person(place_id: UUID) -> None:
    # Not against rows that name the person: they hang on it whatever is due.
    CasePerson.objects.select_for_update(no_key=True).get(pk=place_id)


def _new(actor: Actor, access: CaseAccess, place: CasePerson, given: GivenOrder) -> Order:
    kinds, rules = current_kinds(), current_rules()
    kind = kinds.kind(given.kind)
    ends_on = given.ends_on
    if given.sentence:
        if kind.length != "section_82":
            raise UsageError(f"{kind.label}: the court sets its length, no sentence does")
        sentence = rules.sentence(given.sentence)
        ends_on = sentence.last_day(given.begins_on, is_under_18=given.is_under_18)
    check_days(given.made_on, given.begins_on, ends_on, today())
    return Order(
        case_id=access.case.id, place=place, court_result_id=given.court_result_id,
        law=kinds.name, kind=kind.code, rules=rules.name,
        policy=current_policy().name, reference=given.reference.strip(), court=given.court,
        national_reference=given.national_reference, made_on=given.made_on,
        begins_on=given.begins_on, ends_on=ends_on, sentence=given.sentence,
        is_under_18=given.is_under_18, manager=_manager(given.manager_id), added_by=actor.name,
        visit_sort=NEVER, end_sort=ends_on or NEVER,
    )  # fmt: skip


def _manager(manager_id: UUID | None) -> User | None:
    if manager_id is None:
        return None
    found = User.objects.filter(pk=manager_id, is_active=True).first()
    if found is None or not found.roles & {Role.OFFENDER_MANAGER, Role.SUPERVISOR}:
        raise UsageError("the manager must be an active offender manager or supervisor")
    return found


def _condition(
    actor: Actor, order: Order, given: GivenCondition, *, since: date | None = None
) -> OrderCondition:
    known = {each.code for each in order.monitoring.condition_codes}
    if given.code not in known or given.kind not in {each.value for each in ConditionKind}:
        raise UsageError("no condition is called so: choose one of the list")
    begins_on = given.begins_on or since or order.begins_on
    if given.ends_on is not None and given.ends_on < begins_on:
        raise UsageError("the condition ends before it begins: check both days")
    return OrderCondition(order=order, kind=given.kind, code=given.code, text=given.text,
                          begins_on=begins_on, ends_on=given.ends_on,
                          added_by=actor.name)  # fmt: skip


def _end_conditions(order: Order, drop: tuple[UUID, ...], last_on: date) -> None:
    for condition_id in drop:
        found = order.conditions.filter(pk=condition_id).first()
        if found is None:
            raise UsageError("the order has no such condition: load the page again")
        found.ends_on = max(last_on, found.begins_on)
        found.save()


def _check_running(order: Order) -> None:
    if order.state != OrderState.IN_FORCE.value:
        raise UsageError("the order is over: nothing is recorded under it any more")
