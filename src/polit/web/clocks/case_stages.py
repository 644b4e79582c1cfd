"""The stages of a case, each from the register that keeps what happened.

They are named here, above those registers, so that one place shows what the days count. What was
recorded of a referral counts for the case that the referral led to.
"""

from polit.web.arrests.models import Arrest
from polit.web.clocks.queries import RECEIVED
from polit.web.core.models import SupersededQuerySet
from polit.web.core.stages import earliest_of, first_by_case, register_stage
from polit.web.court.models import Charge, CourtResult
from polit.web.enquiries.models import Enquiry
from polit.web.media.models import Package
from polit.web.referrals.models import Referral
from polit.web.risk.models import RiskAssessment
from polit.web.warrants.models import Warrant, WarrantExecution

_BY_REFERRAL = "referral__case_id"


def register_stages() -> None:
    """Name the stages."""
    register_stage(RECEIVED, 100, "Received", first_by_case(Referral.objects.all, "received_at"))
    assessed = RiskAssessment.objects.standing
    register_stage(
        "risk_assessed",
        200,
        "Risk assessed",
        earliest_of(
            first_by_case(assessed, "assessed_at"),
            first_by_case(assessed, "assessed_at", _BY_REFERRAL),
        ),
    )
    asked = Enquiry.objects.all
    register_stage(
        "enquiry_answered",
        300,
        "Enquiry answered",
        earliest_of(
            first_by_case(asked, "answered_at"), first_by_case(asked, "answered_at", _BY_REFERRAL)
        ),
    )
    register_stage(
        "warrant_granted", 400, "Warrant granted", first_by_case(Warrant.objects.all, "granted_at")
    )
    executed = first_by_case(_executions, "occurred_at", "warrant__case_id")
    register_stage("warrant_executed", 500, "Warrant executed", executed)
    register_stage("arrested", 600, "Arrested", first_by_case(_arrests, "occurred_at"))
    register_stage(
        "devices_examined",
        700,
        "First device examined",
        first_by_case(Package.objects.all, "imported_at"),
    )
    charged = first_by_case(Charge.objects.standing, "charged_at")
    register_stage("charged", 800, "Charged", charged)
    result = first_by_case(CourtResult.objects.standing, "occurred_at", "charge__case_id")
    register_stage("result", 900, "Result at court", result)


def _executions() -> SupersededQuerySet[WarrantExecution]:
    return WarrantExecution.objects.standing().filter(counts=True)


def _arrests() -> SupersededQuerySet[Arrest]:
    return Arrest.objects.standing().filter(kind="arrest")
