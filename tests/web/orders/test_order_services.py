"""Orders: made, varied, ended; what happens under them moves what is due, and is put right."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from web.conftest import MakeCase, MakeUser
from web.due_asked import due_asked
from web.orders.samples import BEGINS, access_to, order_of, suspect_of

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.chronology import happenings_of
from polit.web.core.due import due_sources
from polit.web.core.rules import CASE_ROLES, Role
from polit.web.orders.derive import order_clocks, order_kept
from polit.web.orders.given import (
    GivenAssessment,
    GivenBreach,
    GivenCheck,
    GivenCondition,
    GivenNotifiable,
    GivenNotification,
    GivenOrder,
    GivenStep,
    GivenVariation,
    GivenVisit,
)
from polit.web.orders.models import Notification, Order, Visit
from polit.web.orders.queries import (
    condition_choices,
    event_now,
    orders_in_force,
    pending_choices,
    visits_overdue,
)
from polit.web.orders.rules import WRITERS, EndKind
from polit.web.orders.services import (
    breach_act,
    breach_record,
    device_check_record,
    event_withdraw,
    notifiable_record,
    notification_record,
    order_assess,
    order_assign,
    order_end,
    order_make,
    order_resume,
    order_vary,
    visit_record,
)
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add

if TYPE_CHECKING:
    from collections.abc import Callable

_numbers = count()


def on(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def visited(order: Order, when: datetime, *, seen: bool = True) -> Visit:
    given = GivenVisit(when, was_seen=seen)
    return visit_record(
        SYSTEM, reason="due", access=access_to(order.case), order_id=order.pk, given=given
    )


def assessed(order: Order, when: datetime, level: str) -> None:
    order_assess(SYSTEM, reason="a", access=access_to(order.case), order_id=order.pk,
                 given=GivenAssessment(when, "arms", level, "1"))  # fmt: skip


def notified(order: Order, rule: str, when: datetime, **more: object) -> Notification:
    given = replace(GivenNotification(when, rule), **more)  # type: ignore[arg-type]
    return notification_record(
        SYSTEM, reason="given", access=access_to(order.case), order_id=order.pk, given=given
    )


def fresh(order: Order) -> Order:
    """Return the order's row, once what stands on it equals what is derived anew."""
    found = Order.objects.get(pk=order.pk)
    kept = asdict(order_kept(found))
    assert {name: getattr(found, name) for name in kept} == kept
    return found


@pytest.fixture
def case(make_case: MakeCase) -> Case:
    return make_case(f"OP-{next(_numbers)}")


def test_visit_moves_the_next_one_and_one_without_sight_does_not(case: Case) -> None:
    order = order_of(case)
    assert fresh(order).visit_due_on == date(2026, 1, 20)
    assessed(order, on(1, 6), "high")
    visited(order, on(1, 19))
    assert fresh(order).visit_due_on == date(2026, 4, 19)
    failed = visited(order, on(4, 20), seen=False)
    assert (failed.due_on, fresh(order).visit_due_on) == (date(2026, 4, 19), date(2026, 4, 19))
    assessed(order, on(4, 21), "very_high")
    found = fresh(order)
    assert (found.visit_due_on, found.risk_level) == (date(2026, 2, 19), "very_high")
    assert found.review_due_on == date(2026, 10, 21)


def test_correction_is_a_further_row_and_a_withdrawal_takes_the_date_back(case: Case) -> None:
    order = order_of(case)
    first = visited(order, on(2, 1))
    right = visit_record(
        SYSTEM, reason="wrong day", access=access_to(case), order_id=order.pk,
        given=GivenVisit(on(2, 5), was_seen=True), corrects=first.pk,
    )  # fmt: skip
    assert fresh(order).visit_due_on == date(2026, 3, 5)
    with pytest.raises(UsageError, match="corrected or withdrawn already"):
        event_withdraw(SYSTEM, "visit", reason="a", access=access_to(case), order_id=order.pk,
                       event_id=first.pk)  # fmt: skip
    event_withdraw(SYSTEM, "visit", reason="another man", access=access_to(case),
                   order_id=order.pk, event_id=right.pk)  # fmt: skip
    assert fresh(order).visit_due_on == date(2026, 1, 20)
    assert (Visit.objects.count(), Visit.objects.standing().count()) == (3, 0)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_visit SET found = 'x'")


def test_notifications_start_and_answer_clocks(case: Case) -> None:
    order = order_of(case)
    assert fresh(order).notify_rule == "initial"
    first = notified(order, "initial", on(1, 8))
    assert first.is_late
    found = fresh(order)
    assert found.notify_due_at is not None
    assert (found.notify_rule, found.notify_due_at.date()) == ("periodic", date(2027, 1, 8))
    moved = notifiable_record(
        SYSTEM, reason="seen at the visit", access=access_to(case), order_id=order.pk,
        given=GivenNotifiable(on(3, 2), "change", "Moved"),
    )  # fmt: skip
    found = fresh(order)
    assert (found.notify_rule, found.notify_due_at) == ("change", moved.due_at)
    answer = notified(order, "change", on(3, 4), event_id=moved.pk)
    assert (answer.is_late, answer.event_at) == (False, on(3, 2))
    found = fresh(order)
    assert found.notify_due_at is not None
    assert (found.notify_rule, found.notify_due_at.date()) == ("periodic", date(2027, 3, 4))
    notified(order, "bank_card", on(6, 4), event_at=on(6, 1))
    assert fresh(order).notify_due_at == found.notify_due_at
    notified(order, "periodic", on(7, 1), no_residence=True)
    assert fresh(order).notify_rule == "periodic_no_residence"
    assert "s.85(5)(a)" in next(e.words for e in order_clocks(order) if e.code.startswith("peri"))
    event_withdraw(SYSTEM, "notification", reason="mistaken", access=access_to(case),
                   order_id=order.pk, event_id=answer.pk)  # fmt: skip
    assert fresh(order).notify_rule == "change"


def test_correction_leaves_what_was_late_late(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    late = visited(order, on(2, 1))
    assert late.due_on == date(2026, 1, 20)
    seen = GivenVisit(on(2, 1), was_seen=True, found="Nothing")
    again = visit_record(SYSTEM, reason="typed wrong", access=access, order_id=order.pk, given=seen,
                         corrects=late.pk)  # fmt: skip
    assert again.due_on == date(2026, 1, 20)
    initial = datetime(2025, 3, 1, 10, tzinfo=UTC)
    notified(order, "initial", initial)
    first = notified(order, "periodic", on(3, 5))
    assert first.is_late
    same = replace(GivenNotification(on(3, 5), "periodic"), station="Anytown")
    kept = notification_record(SYSTEM, reason="station added", access=access, order_id=order.pk,
                               given=same, corrects=first.pk)  # fmt: skip
    assert (kept.due_at, kept.is_late) == (first.due_at, True)


def test_corrected_event_stays_answered(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    notified(order, "initial", on(1, 6))
    moved = notifiable_record(SYSTEM, reason="a", access=access, order_id=order.pk,
                              given=GivenNotifiable(on(3, 2), "change", "Moved"))  # fmt: skip
    answer = notified(order, "change", on(3, 4), event_id=moved.pk)
    put_right = GivenNotifiable(on(3, 1), "change", "Moved the day before")
    right = notifiable_record(SYSTEM, reason="a", access=access, order_id=order.pk,
                              given=put_right, corrects=moved.pk)  # fmt: skip
    assert fresh(order).notify_rule == "periodic"
    assert pending_choices(order) == ()
    assert event_now(answer.event) == right
    assert [key for key, _words in pending_choices(order, answered=right)] == [str(right.pk)]


def test_events_that_cannot_be_are_refused(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    risk = order_of(case, "SRO/1", "sro")

    def refused(words: str, service: object, given: object, under: Order = order) -> None:
        with pytest.raises(UsageError, match=words):
            service(SYSTEM, reason="a", access=access, order_id=under.pk, given=given)  # type: ignore[operator]

    ahead = now_utc() + timedelta(days=1)
    refused("lies in the future", visit_record, GivenVisit(ahead, was_seen=True))
    refused("brings no notification", notification_record, GivenNotification(on(2, 1), "travel"),
            risk)  # fmt: skip
    refused("runs by itself", notifiable_record, GivenNotifiable(on(2, 1), "initial"))
    refused("say when", notification_record, GivenNotification(on(2, 1), "change"))
    refused("another kind", notification_record,
            GivenNotification(on(2, 1), "change", event_id=order.pk))  # fmt: skip
    refused("level or tool", order_assess, GivenAssessment(on(2, 1), "tarot", "low"))
    refused("before the assessment", order_assess,
            GivenAssessment(on(2, 1), "arms", "low", review_on=date(2025, 1, 1)))  # fmt: skip
    refused("only a device that was seized", device_check_record,
            GivenCheck(on(2, 1), "Phone", "nothing", exhibit_id=order.pk))  # fmt: skip
    refused("or else the notification", breach_record, GivenBreach(on(2, 1), on(2, 1), "x"))
    refused("before it happened", breach_record,
            GivenBreach(on(2, 2), on(2, 1), "x", requirement="initial"))  # fmt: skip
    trip = GivenNotifiable(ahead + timedelta(days=9), "travel", "Flies out")
    notifiable_record(SYSTEM, reason="a", access=access, order_id=order.pk, given=trip)


def test_one_visit_serves_all_orders_of_a_person(case: Case) -> None:
    order, other = order_of(case), order_of(case, "NR/1", "notification")
    visited(order, on(2, 1))
    notified(other, "initial", on(1, 6))
    assert fresh(other).visit_due_on == fresh(order).visit_due_on == date(2026, 3, 1)
    assert fresh(order).notify_rule == "periodic"
    assert len(visits_overdue(date(2026, 3, 2))) == 1


def test_device_check_is_due_under_its_condition_alone(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    assert fresh(order).device_due_on == date(2026, 2, 5)
    for result, due in (("refused", date(2026, 2, 5)), ("nothing", date(2026, 3, 6))):
        given = GivenCheck(on(2, 6), "Phone", result, "Viewer", "2")
        device_check_record(SYSTEM, reason="a", access=access, order_id=order.pk, given=given)
        assert fresh(order).device_due_on == due
    drop = tuple(each.pk for each in order.conditions.all())
    order_vary(SYSTEM, reason="a", access=access, order_id=order.pk,
               given=GivenVariation(date(2026, 3, 1), "No checks", drop=drop))  # fmt: skip
    assert fresh(order).device_due_on is None
    # Nothing is checked under it any more, and a breach while it held can still be told.
    assert condition_choices(order) == ()
    ((key, label),) = condition_choices(order, with_ended=True)
    assert key == str(drop[0])
    assert label.endswith("(until 1 March 2026)")


def test_order_is_varied_and_ended_and_nothing_is_due_any_more(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    given = GivenVariation(
        date(2026, 5, 1), "Five years", "Anytown Crown Court", changes_end=True,
        ends_on=date(2031, 1, 4), add=(GivenCondition("prohibition", "internet", "No chats."),),
    )  # fmt: skip
    order_vary(SYSTEM, reason="heard", access=access, order_id=order.pk, given=given)
    found = fresh(order)
    assert (found.ends_on, found.end_sort, found.conditions.count()) == (
        date(2031, 1, 4), date(2031, 1, 4), 2,
    )  # fmt: skip
    ended = order_end(SYSTEM, reason="heard", access=access, order_id=order.pk,
                      how=EndKind.DISCHARGED, ended_on=date(2026, 6, 1))  # fmt: skip
    assert (ended.state, ended.visit_due_on, ended.notify_due_at) == ("ended", None, None)
    fresh(ended)
    with pytest.raises(UsageError, match="cannot end what is ended"):
        order_end(SYSTEM, reason="a", access=access, order_id=order.pk, how=EndKind.EXPIRED,
                  ended_on=date(2026, 6, 1))  # fmt: skip
    with pytest.raises(UsageError, match="is over"):
        order_vary(SYSTEM, reason="a", access=access, order_id=order.pk, given=given)
    held = [orders_in_force(day).count() for day in (
        date(2026, 1, 4), date(2026, 1, 5), date(2026, 5, 31), date(2026, 6, 1),
    )]  # fmt: skip
    assert held == [0, 1, 1, 0]


def test_end_that_was_recorded_by_mistake_is_taken_back(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    before = fresh(order)
    order_end(SYSTEM, reason="heard", access=access, order_id=order.pk, how=EndKind.DIED,
              ended_on=date(2026, 6, 1))  # fmt: skip
    order_resume(SYSTEM, reason="of a namesake", access=access, order_id=order.pk)
    again = fresh(order)
    assert (again.state, again.ended_on, again.end_kind) == ("in_force", None, "")
    assert (again.visit_due_on, again.notify_due_at) == (before.visit_due_on, before.notify_due_at)
    with pytest.raises(UsageError, match="cannot resume"):
        order_resume(SYSTEM, reason="again", access=access, order_id=order.pk)


def test_overdue_visits_of_a_past_day_can_be_computed_again(case: Case) -> None:
    order = order_of(case)
    days = (date(2026, 1, 20), date(2026, 1, 21), date(2026, 2, 11), date(2026, 3, 12))
    assert [len(visits_overdue(day)) for day in days] == [0, 1, 1, 1]
    visited(order, on(2, 11))
    assessed(order, on(2, 12), "high")
    assert [len(visits_overdue(day)) for day in days] == [0, 1, 0, 0]
    (late,) = visits_overdue(date(2026, 5, 12))
    assert (late.level, late.due_on, late.order_id) == ("high", date(2026, 5, 11), order.pk)
    assert visits_overdue(date(2026, 5, 12), Case.objects.none()) == ()


def test_figure_of_a_day_asks_the_same_number_of_queries(make_case: MakeCase) -> None:
    order_of(make_case("OP-A"))
    with CaptureQueriesContext(connection) as few:
        visits_overdue(date(2026, 3, 1))
    for number in range(4):
        order_of(make_case(f"OP-B{number}"))
    with CaptureQueriesContext(connection) as many:
        assert len(visits_overdue(date(2026, 3, 1))) == 5
    assert len(many) == len(few)


def test_orders_that_cannot_be_are_refused(case: Case, make_user: MakeUser) -> None:
    access, place = access_to(case), suspect_of(case)
    child = person_add(SYSTEM, reason="a", case=case, details=PersonDetails(),
                       place=PlaceInCase(PersonRole.CHILD))  # fmt: skip
    good = GivenOrder(place.pk, "shpo", "SHPO/1", BEGINS.date(), BEGINS.date())
    outsider = make_user("x.example", Role.INVESTIGATOR)

    def refused(words: str, **more: object) -> None:
        with pytest.raises(UsageError, match=words):
            order_make(SYSTEM, reason="a", access=access,
                       given=replace(good, **more))  # type: ignore[arg-type]  # fmt: skip

    refused("against a suspect", place_id=child.pk)
    refused("no kind of order", kind="asbo")
    refused("lies in the future", made_on=date(2999, 1, 1))
    refused("ends before it begins", ends_on=date(2025, 1, 1))
    refused("the court sets its length", sentence="caution")
    refused("must be an active offender manager", manager_id=outsider.pk)
    refused("no condition is called so", conditions=(GivenCondition("x", "devices", "x"),))
    refused("the condition ends before", conditions=(
        GivenCondition("requirement", "devices", "x", ends_on=date(2020, 1, 1)),
    ))  # fmt: skip
    assert not Order.objects.exists()
    order_make(SYSTEM, reason="a", access=access, given=good)
    refused("has an order 'SHPO/1' already")
    length = replace(good, kind="notification", reference="NR/1", sentence="other")
    assert order_make(SYSTEM, reason="a", access=access, given=length).ends_on == date(2031, 1, 4)
    with pytest.raises(CasePerson.DoesNotExist):
        order_make(SYSTEM, reason="a", access=access, given=replace(good, place_id=case.pk))


@pytest.mark.parametrize("role", sorted(CASE_ROLES))
def test_offender_managers_and_supervisors_alone_write(
    role: Role, case: Case, make_user: MakeUser
) -> None:
    order = order_of(case)
    user = make_user("u.example", role)
    who = Actor("user", str(user.pk), user.username)
    acts: list[Callable[[], object]] = [
        lambda: visit_record(who, reason="a", access=access_to(case), order_id=order.pk,
                             given=GivenVisit(on(2, 1), was_seen=True)),
        lambda: order_assign(who, reason="a", access=access_to(case), order_id=order.pk,
                             manager_id=None, national_reference="N/1"),
        lambda: order_end(who, reason="a", access=access_to(case), order_id=order.pk,
                          how=EndKind.DIED, ended_on=date(2026, 6, 1)),
    ]  # fmt: skip
    for each in acts:
        if role in WRITERS:
            each()
            continue
        with pytest.raises(AuthorityError):
            each()


def test_breach_has_its_steps(case: Case) -> None:
    order, access = order_of(case), access_to(case)
    given = GivenBreach(on(2, 1), on(2, 2), "Not notified", requirement="initial")
    breach = breach_record(SYSTEM, reason="a", access=access, order_id=order.pk, given=given)
    with pytest.raises(UsageError, match="no action"):
        breach_act(SYSTEM, reason="a", access=access, order_id=order.pk, breach_id=breach.pk,
                   given=GivenStep("hug", on(2, 3)))  # fmt: skip
    step = breach_act(SYSTEM, reason="a", access=access, order_id=order.pk, breach_id=breach.pk,
                      given=GivenStep("arrest", on(2, 3), "A/9"))  # fmt: skip
    assert (step.action_label, breach.requirement_label) == ("Arrest", "Initial notification")


def test_what_is_due_and_what_happened_reach_only_whom_they_concern(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    manager, grader = make_user("m.example", Role.OFFENDER_MANAGER), make_user("g", Role.GRADER)
    stranger = make_user("s.example", Role.OFFENDER_MANAGER)
    case = make_case("OP-1", manager, grader)
    order = order_of(case)
    order_of(case, "NR/1", "notification")
    visited(order, on(2, 1))

    def due(user: User) -> list[tuple[str, str]]:
        found = [row for each in due_sources(user.roles) if each.kind.startswith("orders.")
                 for row in due_asked(each, user, 10)]  # fmt: skip
        return sorted((each.kind, each.subject) for each in found)

    assert [kind for kind, _subject in due(manager)] == [
        "orders.device", "orders.notification", "orders.visit",
    ]  # fmt: skip
    assert all(subject.startswith("Suspect 1, ") for _kind, subject in due(manager))
    assert due(grader) == due(stranger) == []
    ids = frozenset({order.place.person_id})
    titles = [each.title for each in happenings_of(manager, ids) if "/orders/" in each.url]
    assert sorted(titles) == ["Notification requirements begins",
                              "Sexual harm prevention order begins", "Visit"]  # fmt: skip
    assert not [each for each in happenings_of(stranger, ids) if "/orders/" in each.url]
