"""Children of the synthetic force: risk known, shared with social care, protected."""

from datetime import timedelta
from uuid import UUID

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.demo.force import REASON, acting, invented_name
from polit.web.demo.plan import ZONE, PlannedCase, PlannedChild, pick
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_link
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.rules import (
    ChildAccess,
    GivenAction,
    GivenChild,
    GivenConference,
    GivenEnquiryStep,
    GivenIdentified,
    GivenShared,
    GivenStrategy,
)
from polit.web.safeguarding.services import (
    child_add,
    child_record,
    protective_action_record,
    step_record,
)

_RELATIONS = ("own_child", "step_child", "grandchild", "pupil", "neighbour", "online")
_ACTIONS = (
    "safety_plan",
    "bail_condition",
    "suspect_moved_out",
    "supervised_contact",
    "device_removed",
)
_AUTHORITY = "Northmere Council (synthetic)"


def protect(
    worker: User, access: CaseAccess, suspect: CasePerson, given: PlannedCase,
    known: dict[str, UUID],
) -> None:  # fmt: skip
    """Record the children of a case and what was done for each.

    Args:
        worker: Who works for their safety.
        access: The case.
        suspect: Who the risk comes from.
        given: The plan.
        known: The person of each child by its key; grows.
    """
    for number, planned in enumerate(given.children):
        seed = given.number * 11 + number
        child = _record(worker, access, suspect, planned, known, seed)
        _act(worker, access, child, planned, seed)


def _record(
    worker: User, access: CaseAccess, suspect: CasePerson, planned: PlannedChild,
    known: dict[str, UUID], seed: int,
) -> ChildRecord:  # fmt: skip
    acted_at = planned.acted_at
    risk_known_at = acted_at - timedelta(hours=2)
    identified = None
    if planned.is_identified:
        identified = GivenIdentified(risk_known_at, "Recognised by the officer in the case")
    given = GivenChild(
        risk_known_at=risk_known_at,
        relation=_RELATIONS[pick("relation", seed, len(_RELATIONS))],
        access=ChildAccess.REGULAR,
        suspect_id=suspect.pk,
        school="Imaginary Primary School",
        identified=identified,
    )
    if planned.key in known:
        place = person_link(
            acting(worker), reason=REASON, case=access.case, person_id=known[planned.key],
            place=PlaceInCase(PersonRole.CHILD),
        )  # fmt: skip
        return child_record(
            acting(worker), reason=REASON, access=access, place_id=place.pk, given=given
        )
    name, family = invented_name(f"child-{planned.key}", seed)
    born_on = acted_at.astimezone(ZONE).date() - timedelta(days=365 * 4 + pick("age", seed, 4_000))
    child = child_add(
        acting(worker), reason=REASON, access=access,
        details=PersonDetails(given_name=name, family_name=family, born_on=born_on), given=given,
    )  # fmt: skip
    known[planned.key] = child.place.person_id
    return child


def _act(
    worker: User, access: CaseAccess, child: ChildRecord, planned: PlannedChild, seed: int
) -> None:
    by, at = worker.full_name, planned.acted_at
    steps = [
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
    for step in steps:
        kept = protective_action_record if isinstance(step, GivenAction) else step_record
        kept(acting(worker), reason=REASON, access=access, child_id=child.pk, given=step)
