"""What comes before a warrant in the synthetic force: referral, enquiry, assessment, case."""

import hashlib
from datetime import timedelta

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.rules import Duty
from polit.web.cases.services import member_add
from polit.web.core.rules import Purpose
from polit.web.demo.force import (
    REASON,
    Force,
    acting,
    invented_address,
    invented_name,
)
from polit.web.demo.plan import PlannedCase, pick
from polit.web.enquiries.rules import GivenAnswer, GivenEnquiry, Result
from polit.web.enquiries.services import enquiry_answer, enquiry_send
from polit.web.people.rules import PersonDetails
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenAccount, GivenFile, GivenIp, GivenParts, GivenReferral
from polit.web.referrals.services import GivenSuspect, referral_open_case, referral_receive
from polit.web.risk.rules import GivenAssessment, Known, RiskLevel
from polit.web.risk.services import assessment_record

_SOURCES = ("national_agency", "industry_report", "industry_report", "partner_force", "public")
_OFFENCES = (("making",), ("making", "distributing"), ("possessing",), ("making", "possessing"))
_LEVELS = (
    RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.MEDIUM, RiskLevel.HIGH, RiskLevel.VERY_HIGH,
)  # fmt: skip
_PURPOSES = {
    "s.demo": Purpose.SUPERVISION,
    "e1.demo": Purpose.EXAMINATION,
    "c1.demo": Purpose.SAFEGUARDING,
    "o1.demo": Purpose.OFFENDER_MANAGEMENT,
}


def receive(force: Force, salt: str, number: int, given: PlannedCase) -> Referral:
    """Receive the referral of a planned case, weeks before its warrant."""
    seed = number * 1000 + ord(salt[0])
    received_at = given.executed_at - timedelta(days=18 + pick("received", seed, 100))
    officer = force.investigator(number)
    nick = f"{invented_name('account', seed)[0].lower()}{pick('nick', seed, 900) + 100}"
    parts = GivenParts(
        accounts=(
            GivenAccount("email", f"{nick}@example.test"),
            GivenAccount("username", nick, "Example Chat"),
        ),
        ips=(
            GivenIp(
                f"192.0.2.{1 + pick('ip', seed, 250)}",
                port=40_000 + pick("port", seed, 9_000),
                occurred_at=received_at - timedelta(days=3),
                what="Upload",
            ),
        ),
        files=(
            GivenFile(
                name="reported-1.jpg", sha256=hashlib.sha256(f"benign {seed}".encode()).hexdigest()
            ),
        ),
    )
    return referral_receive(
        acting(officer),
        reason=REASON,
        given=GivenReferral(
            source=_SOURCES[pick("source", seed, len(_SOURCES))],
            received_at=received_at,
            source_reference=f"SYN-REPORT-{salt}-{number:04d}",
            event_from=received_at - timedelta(days=5),
            event_to=received_at - timedelta(days=3),
            summary="Synthetic: an upload was reported. Nobody in this text exists.",
            area_id=force.areas[pick("area", seed, len(force.areas))].pk,
            team_id=force.team_of(officer).pk,
            parts=parts,
        ),
    )


def resolve(force: Force, referral: Referral, number: int) -> None:
    """Ask who used the address, and have the answer before the warrant."""
    actor = acting(force.investigator(number))
    sent_at = referral.received_at + timedelta(days=1 + pick("sent", number, 4))
    enquiry = enquiry_send(
        actor,
        reason=REASON,
        referral_id=referral.pk,
        given=GivenEnquiry("ip_resolution", "Example Telecom", sent_at, "Whose address was this?"),
    )
    enquiry_answer(
        actor,
        reason=REASON,
        enquiry_id=enquiry.pk,
        given=GivenAnswer(sent_at + timedelta(days=2 + pick("answer", number, 9)), Result.RESOLVED),
    )


def assess(force: Force, referral: Referral, number: int) -> None:
    """Record what an assessment tool said, two days after the referral."""
    officer = force.investigator(number)
    is_near = pick("near", number, 3) == 0
    assessed_at = referral.received_at + timedelta(days=2)
    assessment_record(
        acting(officer),
        reason=REASON,
        referral_id=referral.pk,
        given=GivenAssessment(
            tool="kirat",
            level=_LEVELS[pick("level", number, len(_LEVELS))],
            assessed_at=assessed_at,
            assessor=officer.full_name,
            rationale="Synthetic: as the tool said",
            tool_version="2",
            review_on=(assessed_at + timedelta(days=90)).date(),
            access_to_children=Known.YES if is_near else Known.NOT_KNOWN,
        ),
    )


def open_case(force: Force, referral: Referral, given: PlannedCase) -> Case:
    """Open the case, with its suspect and its people."""
    number = given.number
    lead = force.investigator(number)
    name, family = invented_name(f"suspect-{given.stretch.code}", number)
    details = PersonDetails(
        given_name=name,
        family_name=family,
        born_on=referral.received_at.date().replace(day=11)
        - timedelta(days=365 * (24 + number % 40)),
        addresses=invented_address(f"home-{given.stretch.code}", number),
    )
    accounts = tuple(referral.accounts.values_list("pk", flat=True))
    case = referral_open_case(
        acting(lead),
        reason=REASON,
        referral_id=referral.pk,
        reference=given.reference,
        title=f"Synthetic case {given.reference}",
        offences=_OFFENCES[pick("offences", number, len(_OFFENCES))],
        suspects=(GivenSuspect(details, account_ids=accounts),),
    )
    for username, purpose in _PURPOSES.items():
        _join(lead, case, force.users[username], purpose)
    return case


def _join(lead: User, case: Case, user: User, purpose: Purpose) -> None:
    member_add(
        acting(lead), reason=REASON, case=case, user_id=user.pk, purpose=purpose,
        duty=Duty.MEMBER,
    )  # fmt: skip
