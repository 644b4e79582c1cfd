"""What happened in each case of the record that ``_record_rows`` makes."""

from datetime import datetime, timedelta

from benchmarks._record_rows import BY, Made
from polit.web.arrests.models import Arrest, ArrestOutcome
from polit.web.cases.models import Case, CaseNote
from polit.web.core.models import fresh_id
from polit.web.court.models import Charge, CourtResult, Hearing, Plea
from polit.web.dissemination.models import Exchange
from polit.web.enquiries.models import Enquiry
from polit.web.exhibits.models import CustodyEvent, Exhibit
from polit.web.exhibits.rules import sort_key
from polit.web.orders.models import Order, OrderCondition, Visit
from polit.web.people.models import CasePerson
from polit.web.risk.models import RiskAssessment
from polit.web.safeguarding.models import (
    ChildRecord,
    ProtectiveAction,
    SocialCareReferral,
    SupportContact,
)
from polit.web.warrants.models import Warrant, WarrantExecution, WarrantPremises

_LAW = "england-wales-1"
_SAID = {"by": BY, "reason": "a benchmark"}
_DAY = timedelta(days=1)
_EXHIBITS = 4


def warrant_and_arrest(
    made: Made, case: Case, suspect: CasePerson, number: int, opened_at: datetime
) -> None:
    """Add a warrant, its execution, an arrest with its outcome, and exhibits."""
    is_executed = number % 10 > 0
    came_at = min(opened_at + _DAY * made.chance.randrange(1, 60), made.now - timedelta(minutes=30))
    warrant = made.add(
        Warrant, case=case, reference=f"W/{number:06d}", power_scheme="england-wales",
        power_version=1, power_code="pca-1978-s4", court=f"{made.name()} Magistrates' Court",
        applicant=BY, applied_at=opened_at, granted_at=opened_at,
        expires_on=(opened_at + 90 * _DAY).date(), state="executed" if is_executed else "granted",
        executed_at=came_at if is_executed else None, by=BY,
    )  # fmt: skip
    address = f"{made.chance.randrange(200)} {made.name()} Road"
    premises = made.add(WarrantPremises, warrant=warrant, number=1, address=address)
    if not is_executed:
        return
    execution = made.add(
        WarrantExecution, warrant=warrant, premises=premises, occurred_at=came_at,
        outcome="searched", counts=True, place=address, officer=BY, **_SAID,
    )  # fmt: skip
    arrest_id = fresh_id()
    kind = "arrest" if number % 3 else "voluntary_attendance"
    made.add(
        Arrest, id=arrest_id, first_id=arrest_id, case=case, place=suspect, kind=kind,
        occurred_at=came_at, where=address, grounds="Suspicion of an offence", officer=BY,
        necessity_law=_LAW if kind == "arrest" else "", execution=execution,
        necessity="investigation" if kind == "arrest" else "", **_SAID,
    )  # fmt: skip
    is_charged = number % 2 == 1
    made.add(
        ArrestOutcome, arrest_id=arrest_id, occurred_at=came_at,
        kind="charge" if is_charged else "released_under_investigation",
        due_at=None if is_charged else came_at + 90 * _DAY, **_SAID,
    )  # fmt: skip
    for nth in range(_EXHIBITS):
        _exhibit(made, execution, (case, nth), address)


def _exhibit(
    made: Made, execution: WarrantExecution, where: tuple[Case, int], address: str
) -> None:
    case, nth = where
    reference = f"AB/{nth + 1}"
    exhibit = made.add(
        Exhibit, case=case, reference=reference, sort_key=sort_key(reference),
        description=f"A {('black', 'grey', 'white')[nth % 3]} device of {made.name()}",
        producer_name=BY, device_kind=("phone", "computer", "storage", "other")[nth % 4],
        make=made.name(), model=str(made.chance.randrange(99)),
        serial=f"SN{made.chance.getrandbits(40):010X}", powered="off",
        imei=f"{made.chance.randrange(10**14):015d}" if nth == 0 else "",
        seized_at=execution.occurred_at, seized_place=address, power_law=_LAW,
        power_code="pca-1978-s4", power_reference=execution.warrant.reference, execution=execution,
    )  # fmt: skip
    made.add(
        CustodyEvent, exhibit=exhibit, number=1, kind="seizure", occurred_at=exhibit.seized_at,
        place=address, state_after="held", holder_after=BY, seal_after=f"S{nth}",
        reason="a benchmark", recorded_by=BY,
    )  # fmt: skip


def child_steps(
    made: Made, case: Case, place: CasePerson, suspect: CasePerson, opened_at: datetime
) -> None:
    """Add the record of a child, what was done for them, what is owed."""
    child = made.add(
        ChildRecord, case=case, place=place, suspect=suspect, relation="own_child",
        access="lives_with", risk_known_at=opened_at, share_due_at=opened_at + _DAY, by=BY,
        catalogue=_LAW, clocks=_LAW, holidays=_LAW,
    )  # fmt: skip
    at = min(opened_at + timedelta(hours=5), made.now)
    if made.chance.random() < 0.9:
        made.add(
            ProtectiveAction, child=child, kind="safety_plan", counts=True, done_by=BY,
            occurred_at=at, catalogue=_LAW, **_SAID,
        )  # fmt: skip
    if made.chance.random() < 0.9:
        made.add(
            SocialCareReferral, child=child, occurred_at=at, authority="Example Council",
            made_by=BY, strategy_due_at=at + _DAY, clocks=_LAW, holidays=_LAW, catalogue=_LAW,
            **_SAID,
        )  # fmt: skip
    is_given = made.chance.random() < 0.9
    made.add(
        SupportContact, child=child, kind="support_referral", catalogue=_LAW, holidays=_LAW,
        arises_at=opened_at, due_at=opened_at + 5 * _DAY, by=BY,
        state="given" if is_given else "owed", given_at=at if is_given else None,
        how="By telephone" if is_given else "",
    )  # fmt: skip


def court_and_order(
    made: Made, case: Case, suspect: CasePerson, number: int, opened_at: datetime
) -> None:
    """Add charges, hearings and results to every second case, an order to every fourth."""
    if number % 2 == 0:
        return
    at = min(opened_at + 60 * _DAY, made.now)
    charge_id, hearing_id, result_id = fresh_id(), fresh_id(), fresh_id()
    made.add(
        Charge, id=charge_id, first_id=charge_id, case=case, place=suspect, charged_at=at,
        count_number=1, statute="Protection of Children Act 1978, s.1", particulars="Invented",
        from_on=opened_at.date(), **_SAID,
    )  # fmt: skip
    made.add(
        Hearing, id=hearing_id, first_id=hearing_id, case=case, place=suspect,
        starts_at=at + 200 * _DAY, court=f"{made.name()} Crown Court", terms=_LAW, kind="trial",
        **_SAID,
    )  # fmt: skip
    made.add(Plea, charge_id=charge_id, plea="guilty", occurred_at=at, terms=_LAW, **_SAID)
    if number % 4 == 1:
        return
    made.add(
        CourtResult, id=result_id, first_id=result_id, charge_id=charge_id, occurred_at=at,
        court="Example Crown Court", verdict="guilty_plea", convicts=True, terms=_LAW, **_SAID,
    )  # fmt: skip
    day = at.date()
    due = (made.now + _DAY * made.chance.randrange(-20, 180)).date()
    order = made.add(
        Order, case=case, place=suspect, law=_LAW, kind="shpo", rules=_LAW, policy=_LAW,
        reference=f"O/{number:06d}", court="Example Crown Court", made_on=day, begins_on=day,
        ends_on=day + 3650 * _DAY, risk_level=("low", "medium", "high")[number % 3], added_by=BY,
        visit_due_on=due, device_due_on=due, notify_rule="periodic", visit_sort=due,
        notify_due_at=made.now + _DAY * made.chance.randrange(-5, 300),
        end_sort=day + 3650 * _DAY,
    )  # fmt: skip
    made.add(
        OrderCondition, order=order, kind="prohibition", code="internet", text="Invented",
        begins_on=day, added_by=BY,
    )  # fmt: skip
    for nth in range(3):
        made.add(
            Visit, order=order, place=suspect, was_seen=True, visitors=BY, found="Nothing",
            occurred_at=min(at + 30 * nth * _DAY, made.now), **_SAID,
        )  # fmt: skip


def beside(made: Made, case: Case, number: int, opened_at: datetime) -> None:
    """Add an enquiry, a risk assessment, a note, and an exchange to every fourth case."""
    is_answered = number % 8 > 0
    at = min(opened_at + _DAY, made.now)
    made.add(
        Enquiry, case=case, kind_scheme="england-wales", kind_version=1, kind="ip_resolution",
        asked_of=f"{made.name()} Telecom", their_reference=f"TR{number:07d}", sent_at=opened_at,
        sent_by=BY, answer_due_at=opened_at + 7 * _DAY,
        state="answered" if is_answered else "sent", answered_at=at if is_answered else None,
        result="resolved" if is_answered else "",
    )  # fmt: skip
    made.add(
        RiskAssessment, case=case, tool_scheme=_LAW, tool="kirat", assessed_at=opened_at,
        level=("low", "medium", "high", "very_high")[number % 4], assessor=BY, rationale="Invented",
        review_on=(made.now + _DAY * made.chance.randrange(-20, 300)).date(), **_SAID,
    )  # fmt: skip
    made.add(CaseNote, case=case, author=BY, text=f"Spoke to {made.name()} about the devices")
    if number % 4 == 0:
        made.add(
            Exchange, case=case, direction="out", agency=f"{made.name()} Police", country="Example",
            codes=_LAW, authority="policing_purpose", purpose="Identification",
            description="A list of hashes", means="secure_mail", handling="p", handled_by=BY,
            occurred_at=at, answer_due_at=at + 30 * _DAY, **_SAID,
        )  # fmt: skip
