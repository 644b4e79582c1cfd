"""Orders of the synthetic force and the visits under them."""

from datetime import datetime, timedelta

from polit.web.cases.queries import case_access
from polit.web.demo.force import REASON, Scene, acting
from polit.web.demo.plan import LAST_DAY, ZONE, local
from polit.web.orders.given import (
    GivenAssessment,
    GivenCondition,
    GivenNotification,
    GivenOrder,
    GivenVisit,
)
from polit.web.orders.services import (
    notification_record,
    order_assess,
    order_make,
    visit_record,
)

_END = local(LAST_DAY, 23, 0)
_LEVELS = ("low", "medium", "high", "medium")
_VISIT_EVERY_DAYS = {"low": 350, "medium": 170, "high": 80}


def supervise(scene: Scene, sentenced_at: datetime) -> None:
    """Make the order that follows a sentence, and visit, notify and assess until the year ends."""
    given = scene.given
    manager = scene.force.users["o1.demo"]
    granted = case_access(manager, scene.access.case.id)
    assert granted is not None, "the offender manager is a member of every case"
    actor, made_on = acting(manager), sentenced_at.astimezone(ZONE).date()
    order = order_make(
        actor, reason=REASON, access=granted,
        given=GivenOrder(
            place_id=scene.suspect.pk, kind="shpo", reference=f"SHPO/{given.reference}",
            made_on=made_on, begins_on=made_on, ends_on=made_on.replace(year=made_on.year + 7),
            national_reference=f"SYN-REG-{given.reference}",
            court="Northmere Crown Court (synthetic)", manager_id=manager.pk,
            conditions=(GivenCondition("prohibition", "devices",
                                       "Owning a device that deletes its history by itself"),),
        ),
    )  # fmt: skip
    level = _LEVELS[given.number % len(_LEVELS)]
    assessed_at = min(sentenced_at + timedelta(days=5), _END)
    order_assess(
        actor, reason=REASON, access=granted, order_id=order.pk,
        given=GivenAssessment(assessed_at, "arms", level),
    )  # fmt: skip
    notification_record(
        actor, reason=REASON, access=granted, order_id=order.pk,
        given=GivenNotification(sentenced_at + timedelta(days=1), "initial"),
    )  # fmt: skip
    at = sentenced_at + timedelta(days=10)
    every = timedelta(days=_VISIT_EVERY_DAYS[level])
    while at < _END:
        if given.number % 6 != 2:
            visit_record(
                actor, reason=REASON, access=granted, order_id=order.pk,
                given=GivenVisit(at, was_seen=True, visitors=manager.full_name, found="Nothing"),
            )  # fmt: skip
        at += every
