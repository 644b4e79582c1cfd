"""Values for the addresses of safeguarding, made for one case."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.safeguarding.models import (
    ChildRecord,
    EmployerDisclosure,
    ProtectiveAction,
    SafeguardingTask,
    SupportContact,
)
from polit.web.safeguarding.rules import (
    GivenAction,
    GivenChild,
    GivenContact,
    GivenDisclosure,
)
from polit.web.safeguarding.services import (
    child_record,
    contact_owe,
    disclosure_record,
    first_generation_raise,
    protective_action_record,
)

CHILD_NAME = "Zebedee Quillfeather"
"""Of a child: it stands where nobody but readers of children reads."""


class Granted:
    """Access to a case as a test grants it."""

    purpose = Purpose.SAFEGUARDING
    via = "member"

    def __init__(self, case: Case) -> None:
        """Take the case."""
        self.case = case


def place_of(case: Case, role: PersonRole, name: str = CHILD_NAME) -> CasePerson:
    """Return somebody in a case, made where nobody is."""
    found = CasePerson.objects.filter(case=case, role=role.value).order_by("number").first()
    given, family = name.split()
    return found or person_add(
        SYSTEM, reason="a sample", case=case, place=PlaceInCase(role),
        details=PersonDetails(given_name=given, family_name=family),
    )  # fmt: skip


def child_of(case: Case) -> ChildRecord:
    """Return a child's record of a case, made where it has none."""
    found = ChildRecord.objects.filter(case=case).order_by("place__number").first()
    return found or child_record(
        SYSTEM, reason="a sample", access=Granted(case),
        place_id=place_of(case, PersonRole.CHILD).pk,
        given=GivenChild(risk_known_at=now_utc() - timedelta(hours=1)),
    )  # fmt: skip


def task_id(case: Case) -> UUID:
    """Return a task of the case."""
    content = hashlib.sha256(case.reference.encode()).hexdigest()
    first_generation_raise(SYSTEM, reason="a sample", case=case, contents=[content])
    return SafeguardingTask.objects.filter(case=case).latest("recorded_at").pk


def task_action(case: Case) -> str:
    """Name an action."""
    del case
    return "complete"


def child_id(case: Case) -> UUID:
    """Return a child's record."""
    return child_of(case).pk


def step_id(case: Case) -> UUID:
    """Return a protective action that holds."""
    child = child_of(case)
    found = ProtectiveAction.objects.standing().filter(child=child).first()
    if found is not None:
        return found.pk
    given = GivenAction("safety_plan", now_utc() - timedelta(minutes=5), "A. Officer")
    return protective_action_record(
        SYSTEM, reason="a sample", access=Granted(case), child_id=child.pk, given=given
    ).pk


def contact_id(case: Case) -> UUID:
    """Return a contact that is owed."""
    child = child_of(case)
    found = SupportContact.objects.filter(child=child, state="owed").first()
    if found is not None:
        return found.pk
    given = GivenContact("update", now_utc() - timedelta(minutes=5))
    return contact_owe(
        SYSTEM, reason="a sample", access=Granted(case), child_id=child.pk, given=given
    ).pk


def disclosure_given(case: Case) -> GivenDisclosure:
    """Return a decision to tell a designated officer."""
    return GivenDisclosure(
        suspect_id=place_of(case, PersonRole.SUSPECT, "Ambrose Tindle").pk,
        position="coach of a club", is_disclosed=True,
        occurred_at=now_utc() - timedelta(minutes=9), authorised_by="A. Superintendent",
        needs=("children_now",), reasons="he trains children twice a week",
        recipient_kind="lado", recipient="the designated officer",
    )  # fmt: skip


def disclosure_id(case: Case) -> UUID:
    """Return a decision that holds."""
    found = EmployerDisclosure.objects.standing().filter(case=case).first()
    if found is not None:
        return found.pk
    return disclosure_record(
        SYSTEM, reason="a sample", access=Granted(case), given=disclosure_given(case)
    ).pk


SAMPLES: dict[str, Callable[[Case], object]] = {
    "task_id": task_id,
    "task_action": task_action,
    "child_id": child_id,
    "child_action": lambda _case: "identify",
    "child_step": lambda _case: "action",
    "step_id": step_id,
    "contact_id": contact_id,
    "contact_action": lambda _case: "give",
    "disclosure_id": disclosure_id,
}
