"""Values for the addresses of orders, made for one case."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from polit.web.cases.models import Case
from polit.web.cases.queries import header_of
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose
from polit.web.orders.given import GivenBreach, GivenCondition, GivenOrder, GivenVisit
from polit.web.orders.models import Order
from polit.web.orders.services import breach_record, order_make, visit_record
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add

BEGINS = datetime(2026, 1, 5, 10, tzinfo=UTC)
DEVICES = GivenCondition("requirement", "devices", "Show every device for checks.")


def access_to(case: Case) -> GrantedAccess:
    """Return access to a case, as a member has it."""
    return GrantedAccess(header_of(case), Purpose.OFFENDER_MANAGEMENT, "member")


def suspect_of(case: Case, name: str = "Sample") -> CasePerson:
    """Return a suspect of a case."""
    found = CasePerson.objects.filter(case=case, role=PersonRole.SUSPECT.value).first()
    return found or person_add(
        SYSTEM, reason="a sample", case=case, details=PersonDetails("A.", name),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip


def order_of(case: Case, reference: str = "SHPO/1", kind: str = "shpo") -> Order:
    """Return an order of a case: the one of this reference, or a new one."""
    found = Order.objects.filter(case=case, reference=reference).first()
    given = GivenOrder(suspect_of(case).pk, kind, reference, BEGINS.date(), BEGINS.date(),
                       conditions=(DEVICES,))  # fmt: skip
    return found or order_make(SYSTEM, reason="a sample", access=access_to(case), given=given)


def order_id(case: Case) -> UUID:
    """Return an order of the case."""
    return order_of(case).pk


def order_event(case: Case) -> str:
    """Name a kind of event."""
    del case
    return "visit"


def order_event_id(case: Case) -> UUID:
    """Return a visit under that order."""
    given = GivenVisit(BEGINS, was_seen=True)
    return visit_record(
        SYSTEM, reason="a", access=access_to(case), order_id=order_id(case), given=given
    ).pk


def breach_id(case: Case) -> UUID:
    """Return a breach of that order."""
    order = order_of(case)
    condition = order.conditions.order_by("recorded_at")[0]
    given = GivenBreach(BEGINS, BEGINS, "Showed no phone.", condition.pk)
    return breach_record(
        SYSTEM, reason="a", access=access_to(case), order_id=order.pk, given=given
    ).pk


SAMPLES: dict[str, Callable[[Case], object]] = {
    "order_id": order_id,
    "order_event": order_event,
    "order_event_id": order_event_id,
    "breach_id": breach_id,
}
