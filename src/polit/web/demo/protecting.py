"""Children of the synthetic force: risk known, shared with social care, protected."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.demo.force import REASON, Scene, invented_name
from polit.web.demo.plan import LAST_DAY, ZONE, PlannedChild, local, pick
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_link
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.queries import untold
from polit.web.safeguarding.rules import (
    ChildAccess,
    GivenAction,
    GivenChild,
    GivenConference,
    GivenContact,
    GivenEnquiryStep,
    GivenIdentified,
    GivenReply,
    GivenShared,
    GivenStrategy,
)
from polit.web.safeguarding.services import (
    child_add,
    child_record,
    contact_act,
    contact_owe,
    step_record,
)

if TYPE_CHECKING:
    from polit.web.safeguarding.rules import (
        GivenStep,
    )

_RELATIONS = ("own_child", "step_child", "grandchild", "pupil", "neighbour", "online")
_ACTIONS = (
    "safety_plan",
    "bail_condition",
    "suspect_moved_out",
    "supervised_contact",
    "device_removed",
)
_END = local(LAST_DAY, 23, 59)
_AUTHORITY = "Northmere Council (synthetic)"


def protect(scene: Scene, worker: User, access: CaseAccess, known: dict[str, UUID]) -> None:
    """Record the children of a case and what was done for each.

    Args:
        scene: The case.
        worker: Who works for the safety of its children.
        access: Their access to it.
        known: The person of each child by its key; grows.
    """
    helping, given = replace(scene, lead=worker, access=access), scene.given
    for number, planned in enumerate(given.children):
        seed = given.number * 11 + number
        child = _record(helping, planned, known, seed)
        _act(helping, child, planned, seed)
        if seed % 4:
            _tell(helping, child)


def _record(
    helping: Scene, planned: PlannedChild, known: dict[str, UUID], seed: int
) -> ChildRecord:
    acted_at = planned.acted_at
    risk_known_at = acted_at - timedelta(hours=2)
    identified = None
    if planned.is_identified:
        identified = GivenIdentified(risk_known_at, "Recognised by the officer in the case")
    given = GivenChild(
        risk_known_at=risk_known_at,
        relation=_RELATIONS[pick("relation", seed, len(_RELATIONS))],
        access=ChildAccess.REGULAR,
        suspect_id=helping.suspect.pk,
        school="Imaginary Primary School",
        identified=identified,
    )
    if planned.key in known:
        place = person_link(
            helping.actor, reason=REASON, case=helping.access.case, person_id=known[planned.key],
            place=PlaceInCase(PersonRole.CHILD),
        )  # fmt: skip
        return child_record(
            helping.actor, reason=REASON, access=helping.access, place_id=place.pk, given=given
        )
    name, family = invented_name(f"child-{planned.key}", seed)
    born_on = acted_at.astimezone(ZONE).date() - timedelta(days=365 * 4 + pick("age", seed, 4_000))
    child = child_add(
        helping.actor, reason=REASON, access=helping.access,
        details=PersonDetails(given_name=name, family_name=family, born_on=born_on), given=given,
    )  # fmt: skip
    known[planned.key] = child.place.person_id
    return child


def _act(helping: Scene, child: ChildRecord, planned: PlannedChild, seed: int) -> None:
    worker = helping.lead
    by, at = worker.full_name, planned.acted_at
    steps: list[GivenStep] = [
        GivenShared(at - timedelta(hours=1), _AUTHORITY, by, reference=f"SYN-CSC-{seed}"),
        GivenAction(_ACTIONS[pick("action", seed, len(_ACTIONS))], at, by),
    ]
    if planned.again_at is not None:
        steps.append(GivenAction("safety_plan", planned.again_at, by))
    if seed % 4 == 0:
        steps.append(
            GivenStrategy(at + timedelta(hours=5), "section_47", ("police", "social_care"))
        )
        steps.append(GivenEnquiryStep(at + timedelta(hours=6)))
    if seed % 8 == 0:
        steps.append(GivenConference(at + timedelta(days=14), "plan"))
    for step in (each for each in steps if each.occurred_at <= _END):
        step_record(
            helping.actor, reason=REASON, access=helping.access, child_id=child.pk, given=step
        )


def _tell(helping: Scene, child: ChildRecord) -> None:
    """Tell a victim of what happened to the suspect; what is left makes the list of what is due."""
    for each in untold(Q(pk=child.pk)):
        given = GivenContact(each.kind.code, each.arises_at, each.follows)
        contact = contact_owe(
            helping.actor, reason=REASON, access=helping.access, child_id=child.pk, given=given
        )
        contact_act(
            helping.actor, reason=REASON, access=helping.access, contact_id=contact.pk,
            action="give", reply=GivenReply(each.arises_at + timedelta(hours=3),
                                            "By telephone, to the carer"),
        )  # fmt: skip
