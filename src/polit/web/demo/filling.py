"""Fills an empty record with the synthetic force, through the services that officers use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from polit.web.accounts.models import User
from polit.web.cases.models import Case, Notice
from polit.web.cases.queries import case_access
from polit.web.cases.services import notice_read
from polit.web.core.access import CaseAccess
from polit.web.core.acting import SYSTEM
from polit.web.demo.afterwards import arrest_and_follow
from polit.web.demo.before import assess, open_case, receive, resolve
from polit.web.demo.force import REASON, Force, Scene, acting, force_make
from polit.web.demo.identifying import find, look_for
from polit.web.demo.others import receive_others
from polit.web.demo.plan import MERGED_KEYS, PlannedCase, planned_cases
from polit.web.demo.protecting import protect
from polit.web.demo.searches import execute, obtain, seize
from polit.web.demo.services import mark_keep
from polit.web.intake.loading import written_lightly
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole
from polit.web.people.services import person_merge
from polit.web.safeguarding.models import ChildRecord
from polit.web.search.marking import index_put_off
from polit.web.signposts.services import examples_take

_UNREAD = 3


@dataclass(slots=True)
class Filled:
    """What was made.

    Args:
        force: The officers and units.
        children: The person of each child by its key in the plan.
        cases: The cases by their references.
    """

    force: Force
    children: dict[str, UUID] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)


def fill(told: Callable[[int, int], None]) -> Filled:
    """Fill an empty record.

    Args:
        told: Told after each case how many of how many are done.

    Raises:
        UsageError: The record holds cases already.
    """
    mark_keep(SYSTEM, reason=REASON)
    with transaction.atomic():
        filled = Filled(force_make())
        examples_take(acting(filled.force.users["s.demo"]), reason=REASON)
    planned = list(planned_cases())
    # A power cut loses whole cases at most: the index, which comes last, is waited for.
    with index_put_off(), written_lightly():
        for done, given in enumerate(planned, start=1):
            # One case, one commit: what is cut off ends between two cases.
            with transaction.atomic():
                _fill_case(filled, given)
            told(done, len(planned))
        with transaction.atomic():
            receive_others(filled.force)
            _merge(filled)
            _identify(filled)
            _read_notices(filled.force)
    return filled


def _fill_case(filled: Filled, given: PlannedCase) -> None:
    force, number = filled.force, given.number
    lead = force.investigator(number)
    referral = receive(force, given.stretch.code, number, given)
    assess(force, referral, number)
    resolve(force, referral, number)
    case = open_case(force, referral, given)
    filled.cases[given.reference] = case
    suspect = CasePerson.objects.get(case=case, role=PersonRole.SUSPECT.value)
    scene = Scene(force, lead, _access(lead, case), suspect, given)
    warrant = obtain(scene)
    execution = execute(scene, warrant)
    seize(scene, warrant, execution)
    arrest_and_follow(scene, execution)
    worker = force.users["c1.demo"]
    protect(scene, worker, _access(worker, case), filled.children)


def _read_notices(force: Force) -> None:
    """Have everybody read what they were told, but for the last few."""
    for user in force.users.values():
        told = Notice.objects.filter(user=user).order_by("-recorded_at", "pk")
        for notice_id in told.values_list("pk", flat=True)[_UNREAD:]:
            notice_read(acting(user), notice_id=notice_id)


def _access(user: User, case: Case) -> CaseAccess:
    found = case_access(user, case.pk)
    assert found is not None, "every officer of a case is made its member"
    return found


def _identify(filled: Filled) -> None:
    """Look for unknown children in the last case, and tie one who was found."""
    worker = filled.force.users["c1.demo"]
    last = list(filled.cases.values())[-1]
    look_for(filled.force, _access(worker, last))
    victims = ChildRecord.objects.filter(standing="identified_victim").select_related("case")
    child = victims.order_by("-risk_known_at", "pk")[0]
    find(filled.force, _access(worker, child.case), child)


def _merge(filled: Filled) -> None:
    """Find out that two records are one child."""
    worker = filled.force.users["c1.demo"]
    first, second = (filled.children[key] for key in MERGED_KEYS)
    case = CasePerson.objects.filter(person_id=second).latest("recorded_at").case
    person_merge(acting(worker), reason=REASON, case=case, person_id=second, into_id=first)
