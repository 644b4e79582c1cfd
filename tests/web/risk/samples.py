"""Values for the addresses of risk, made for one case, its suspect and its referral."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from web.warrants.samples import SampleAccess

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_link_case, referral_receive
from polit.web.risk.models import RiskAssessment
from polit.web.risk.rules import (
    Concern,
    GivenAssessment,
    Occasion,
    RiskLevel,
    SuicideRiskAnswers,
)
from polit.web.risk.services import assessment_record, suicide_risk_record

ASSESSED = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANSWERS = SuicideRiskAnswers(Concern.NO, "Asked as the form says; he said no.")


def given_assessment(level: RiskLevel = RiskLevel.MEDIUM) -> GivenAssessment:
    """Return what a tool said."""
    return GivenAssessment("kirat", level, ASSESSED, "DC Reed", "As the tool said")


def suspect_of(case: Case) -> CasePerson:
    """Return a suspect of the case, the same each time."""
    found = CasePerson.objects.filter(case=case, role=PersonRole.SUSPECT.value).first()
    return found or person_add(
        SYSTEM, reason="a sample", case=case,
        details=PersonDetails("Alex", "Sample", addresses="1 High Street, Anytown"),
        place=PlaceInCase(PersonRole.SUSPECT),
    )  # fmt: skip


def received(case: Case | None = None, at: datetime = ASSESSED) -> Referral:
    """Return a referral, in a case where one is named."""
    given = GivenReferral("partner_force", at, summary="A report")
    referral = referral_receive(SYSTEM, reason="a sample", given=given)
    if case is None:
        return referral
    return referral_link_case(SYSTEM, reason="a sample", referral_id=referral.pk, case=case)


def referral_id(case: Case) -> UUID:
    """Return a referral of the case, the same each time."""
    found = Referral.objects.filter(case=case).first()
    return (found or received(case)).pk


def assessment_id(case: Case) -> UUID:
    """Return an assessment of the case."""
    given = given_assessment()
    return assessment_record(SYSTEM, reason="a sample", given=given, case=case).pk


def referral_assessment_id(case: Case) -> UUID:
    """Return an assessment of its referral."""
    found = RiskAssessment.objects.filter(referral=referral_id(case)).first()
    return (found or assessment_record(
        SYSTEM, reason="a sample", given=given_assessment(), referral_id=referral_id(case)
    )).pk  # fmt: skip


def prompt_id(case: Case) -> UUID:
    """Return a prompt of its suspect."""
    return suicide_risk_record(
        SYSTEM, reason="a sample", access=SampleAccess(case), place_id=suspect_of(case).pk,
        occasion=Occasion.ARREST, occurred_at=ASSESSED, answers=ANSWERS,
    ).pk  # fmt: skip


SAMPLES: dict[str, Callable[[Case], object]] = {
    "assessment_id": assessment_id,
    "prompt_id": prompt_id,
    "referral_assessment_id": referral_assessment_id,
    "referral_id": referral_id,
}
