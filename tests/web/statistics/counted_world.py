"""A small force with the hard cases of counting, made through the services of its registers.

Periods are the six months from April to September 2025, local days in London: summer time ends
after it, so that the last hour of a local day lies in the next one of no zone but its own.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from polit.web.arrests.models import Arrest
from polit.web.arrests.rules import ArrestKind, GivenArrest
from polit.web.arrests.services import arrest_record, arrest_withdraw
from polit.web.audit.services import act
from polit.web.cases.models import Case, Unit
from polit.web.cases.queries import header_of
from polit.web.cases.rules import GrantedAccess
from polit.web.cases.services import case_open, unit_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.rules import DeviceFacts, DeviceKind, Person, SeizedThing, Seizure
from polit.web.exhibits.services import SplitOff, exhibit_seize, exhibit_split
from polit.web.media.models import Package
from polit.web.orders.given import GivenOrder, GivenVisit
from polit.web.orders.models import Order
from polit.web.orders.services import order_make, visit_record
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add, person_link, person_merge
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_mark_duplicate, referral_receive
from polit.web.safeguarding.models import ChildRecord, ProtectiveAction
from polit.web.safeguarding.rules import GivenAction, GivenChild, GivenIdentified
from polit.web.safeguarding.services import (
    child_record,
    protective_action_record,
    protective_action_withdraw,
)
from polit.web.statistics.rules import Period, Selection
from polit.web.warrants.models import Warrant, WarrantExecution
from polit.web.warrants.rules import (
    GivenExecution,
    GivenGrant,
    GivenPremises,
    GivenWarrant,
    WarrantKind,
)
from polit.web.warrants.services import (
    execution_correct,
    execution_record,
    execution_withdraw,
    warrant_apply,
    warrant_grant,
)

WHY = "a test"
SIX_MONTHS = Period(date(2025, 4, 1), date(2025, 9, 30), "Europe/London")


def utc(month: int, day: int, hour: int = 12, minute: int = 0, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


LAST_MINUTE = utc(9, 30, 22, 59)
"""23:59 in London on 30 September 2025."""
FIRST_MINUTE = utc(3, 31, 23, 1)
"""00:01 in London on 1 April 2025."""
TOO_LATE = utc(9, 30, 23, 1)
"""00:01 in London on 1 October 2025."""


@dataclass(frozen=True, slots=True)
class Force:
    """Two cases, one in the area North, and what tests change later."""

    north: Case
    other: Case
    area: Unit
    corrected: WarrantExecution

    @property
    def half_year(self) -> Selection:
        return Selection(SIX_MONTHS)


def access_to(case: Case) -> GrantedAccess:
    return GrantedAccess(header_of(case), Purpose.INVESTIGATION, "member")


def made_force() -> Force:
    """Make the force; ``FIGURES`` says what is counted of it."""
    area = unit_add(SYSTEM, reason=WHY, kind="area", name="North")
    north = case_open(SYSTEM, reason=WHY, reference="OP-N", title="A", area_id=area.pk)
    other = case_open(SYSTEM, reason=WHY, reference="OP-O", title="A")
    corrected = _warrants(north, other)
    _arrests(north)
    _children(north, other)
    _devices(other)
    _referrals(north)
    _orders(other)
    return Force(north, other, area, corrected)


FIGURES = {
    "warrants_executed": 3,
    "warrant_executions": 6,
    "arrests": 2,
    "children_safeguarded": 3,
    "children_identified_victims": 1,
    "children_at_risk": 2,
    "protective_actions": 6,
    "devices_seized": 2,
    "devices_examined": 2,
    "referrals": 2,
    "orders_supervised": 4,
    "visits_overdue": 2,
}
"""What is counted of the force in the six months, by hand."""


def warrant(case: Case, reference: str, applied_at: datetime, premises: int = 1) -> Warrant:
    given = GivenWarrant(
        reference,
        "pace-1984-s8",
        "Example Magistrates",
        "A. Example",
        applied_at,
        WarrantKind.ALL_PREMISES if premises > 1 else WarrantKind.SPECIFIC,
        premises=tuple(GivenPremises(f"{number} Example Street") for number in range(premises)),
    )
    made = warrant_apply(SYSTEM, reason=WHY, access=access_to(case), given=given)
    return warrant_grant(
        SYSTEM, reason=WHY, access=access_to(case), warrant_id=made.pk,
        given=GivenGrant(applied_at),
    )  # fmt: skip


def execution(held: Warrant, at: datetime, outcome: str = "searched") -> WarrantExecution:
    return execution_record(
        SYSTEM, reason=WHY, access=access_to(held.case), warrant_id=held.pk,
        given=GivenExecution(at, outcome, "A. Example", place="1 Example Street"),
    )  # fmt: skip


def move_execution(old: WarrantExecution, at: datetime) -> WarrantExecution:
    """Correct when an execution was."""
    given = GivenExecution(at, old.outcome, old.officer, place=old.place)
    access = access_to(old.warrant.case)
    return execution_correct(SYSTEM, reason=WHY, access=access, execution_id=old.pk, given=given)


def _warrants(north: Case, other: Case) -> WarrantExecution:
    all_premises = warrant(north, "W1", utc(5, 1), premises=3)  # counts once, executed three times
    for day in (10, 11, 12):
        execution(all_premises, utc(5, day))
    before = warrant(north, "W2", utc(3, 1))  # executed first before the period
    execution(before, utc(3, 30))
    execution(before, FIRST_MINUTE)
    corrected = execution(warrant(other, "W3", utc(8, 1)), LAST_MINUTE)
    refused = warrant(other, "W4", utc(6, 1))  # nobody let in at first, then it was searched
    execution(refused, utc(6, 2), "no_entry")
    execution(refused, utc(6, 3))
    withdrawn = execution(warrant(other, "W5", utc(6, 1)), utc(6, 4))
    execution_withdraw(SYSTEM, reason=WHY, access=access_to(other), execution_id=withdrawn.pk)
    execution(warrant(other, "W6", utc(8, 1)), TOO_LATE)
    warrant(other, "W7", utc(8, 1))
    return corrected


def _person(case: Case, role: PersonRole) -> CasePerson:
    return person_add(
        SYSTEM, reason=WHY, case=case, details=PersonDetails(given_name="Ann Example"),
        place=PlaceInCase(role),
    )  # fmt: skip


def _arrests(case: Case) -> None:
    suspect = _person(case, PersonRole.SUSPECT)

    def one(kind: ArrestKind, at: datetime) -> Arrest:
        needed = ("investigation",) if kind is ArrestKind.ARREST else ()
        given = GivenArrest(
            suspect.pk, kind, at, "1 Example Street", "Grounds", "A. Example", needed
        )
        return arrest_record(SYSTEM, reason=WHY, access=access_to(case), given=given)

    one(ArrestKind.ARREST, utc(5, 10))
    one(ArrestKind.ARREST, LAST_MINUTE)  # the same person again counts again
    one(ArrestKind.ARREST, TOO_LATE)
    one(ArrestKind.VOLUNTARY_ATTENDANCE, utc(6, 1))
    wrong = one(ArrestKind.ARREST, utc(7, 1))
    arrest_withdraw(SYSTEM, reason=WHY, access=access_to(case), arrest_id=wrong.pk)


def child(case: Case, place: CasePerson, *, is_victim: bool = False) -> ChildRecord:
    at = utc(1, 10)
    identified = GivenIdentified(at, "By an officer") if is_victim else None
    return child_record(
        SYSTEM, reason=WHY, access=access_to(case), place_id=place.pk,
        given=GivenChild(at, identified=identified),
    )  # fmt: skip


def action(of: ChildRecord, at: datetime, kind: str = "safety_plan") -> ProtectiveAction:
    return protective_action_record(
        SYSTEM, reason=WHY, access=access_to(of.case), child_id=of.pk,
        given=GivenAction(kind, at, "A. Example"),
    )  # fmt: skip


def _children(north: Case, other: Case) -> None:
    # In two cases, with an action in each, the first one in the other case: counted once, there.
    place = _person(north, PersonRole.CHILD)
    again = person_link(
        SYSTEM, reason=WHY, case=other, person_id=place.person_id,
        place=PlaceInCase(PersonRole.CHILD),
    )  # fmt: skip
    action(child(north, place), utc(6, 20))
    action(child(other, again, is_victim=True), utc(6, 10))
    # Two records of one person that were merged: safeguarded before the period, by the other one.
    first, second = _person(north, PersonRole.CHILD), _person(north, PersonRole.CHILD)
    action(child(north, first), utc(2, 1))
    action(child(north, second), utc(5, 1))
    person_merge(
        SYSTEM, reason=WHY, case=north, person_id=second.person_id, into_id=first.person_id
    )
    # Two actions for one child, the second of a kind that does not count, and one withdrawn.
    twice = child(north, _person(north, PersonRole.CHILD))
    action(twice, LAST_MINUTE)
    action(twice, utc(9, 29), "police_protection_ended")
    wrong = action(twice, utc(4, 20))
    protective_action_withdraw(SYSTEM, reason=WHY, access=access_to(north), action_id=wrong.pk)
    # In the first minute of the period, and one after it.
    action(child(other, _person(other, PersonRole.CHILD)), FIRST_MINUTE)
    late = child(other, _person(other, PersonRole.CHILD))
    action(late, TOO_LATE)
    action(twice, LAST_MINUTE, "police_protection")


def exhibit(case: Case, reference: str, kind: DeviceKind, at: datetime) -> Exhibit:
    seizure = Seizure(
        seized_at=at, place="1 Example Street", producer=Person("A. Example", "1234"),
        power_code="pace-1984-s8", power_reference="W-1",
    )  # fmt: skip
    thing = SeizedThing(reference, "A thing", DeviceFacts(kind))
    return exhibit_seize(SYSTEM, reason=WHY, case=case, seizure=seizure, thing=thing)


def examined(of: Exhibit, number: int, at: datetime, state: str = "imported") -> Package:
    package = Package(
        case=of.case, exhibit=of, examination=None, number=number, package_id=f"P-{number}",
        place="/nowhere", state=state, imported_at=at,
    )  # fmt: skip
    with act(SYSTEM, "tests.package", reason=WHY, case=of.case) as deed:
        package.save()
        deed.about("package", package.pk)
    return package


def _devices(case: Case) -> None:
    computer = exhibit(case, "AB/1", DeviceKind.COMPUTER, utc(5, 10))
    phone = exhibit(case, "AB/2", DeviceKind.PHONE, LAST_MINUTE)
    exhibit(case, "AB/3", DeviceKind.OTHER, utc(5, 10))
    exhibit(case, "AB/4", DeviceKind.STORAGE, TOO_LATE)
    disk = _part_of(computer)
    examined(disk, 1, utc(7, 1))  # a part is examined by itself
    examined(phone, 2, utc(8, 1), "withdrawn")
    examined(phone, 3, utc(9, 1))
    examined(phone, 4, utc(9, 2))


def _part_of(parent: Exhibit) -> Exhibit:
    thing = SeizedThing("AB/1/1", "A disk", DeviceFacts(DeviceKind.STORAGE))
    parted = SplitOff(utc(5, 20), "Laboratory", Person("B. Example"), 1)
    return exhibit_split(SYSTEM, reason=WHY, parent=parent, thing=thing, split_off=parted)


def _referrals(north: Case) -> None:
    first = referral_receive(SYSTEM, reason=WHY, given=GivenReferral("public", FIRST_MINUTE))
    again = referral_receive(
        SYSTEM, reason=WHY,
        given=GivenReferral("public", LAST_MINUTE, area_id=north.area_id),
    )  # fmt: skip
    referral_mark_duplicate(SYSTEM, reason=WHY, referral_id=again.pk, of_id=first.pk)
    referral_receive(SYSTEM, reason=WHY, given=GivenReferral("public", TOO_LATE))


def order(place: CasePerson, reference: str, begins_on: date, ends_on: date | None = None) -> Order:
    given = GivenOrder(place.pk, "shpo", reference, begins_on, begins_on, ends_on)
    return order_make(SYSTEM, reason=WHY, access=access_to(place.case), given=given)


def _orders(case: Case) -> None:
    # Two orders of one person who was never seen: one visit is overdue.
    never_seen = _person(case, PersonRole.SUSPECT)
    order(never_seen, "O1", date(2025, 1, 1))
    order(never_seen, "O2", date(2025, 2, 1))
    # Seen after the period: on its last day the visit was overdue, today it is not by that.
    late = order(_person(case, PersonRole.SUSPECT), "O3", date(2025, 1, 1))
    access, day = access_to(case), utc(10, 15)
    visit_record(
        SYSTEM, reason=WHY, access=access, order_id=late.pk, given=GivenVisit(day, was_seen=True)
    )
    order(_person(case, PersonRole.SUSPECT), "O4", date(2025, 9, 30))  # from the last day
    order(_person(case, PersonRole.SUSPECT), "O5", date(2025, 10, 1))
    order(_person(case, PersonRole.SUSPECT), "O6", date(2020, 9, 1), date(2025, 9, 29))
