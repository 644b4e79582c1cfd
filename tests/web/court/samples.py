"""Values for the addresses of court, made for one case."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from web.arrests.samples import access_to, suspect_of

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.court.models import Charge, CourtResult, Hearing
from polit.web.court.rules import GivenCharge, GivenHearing, GivenResult
from polit.web.court.services import charge_record, hearing_record, result_record


def defendant_id(case: Case) -> UUID:
    """Return the defendant of the case."""
    return suspect_of(case).pk


def charge_of_case(case: Case) -> Charge:
    """Return the charge of a case, made where it has none."""
    found = Charge.objects.filter(case=case).first()
    given = GivenCharge(
        suspect_of(case).pk, now_utc() - timedelta(days=3), 1, "made ten images",
        date(2020, 1, 1), offence="making",
    )  # fmt: skip
    return found or charge_record(SYSTEM, reason="a sample", access=access_to(case), given=given)


def charge_id(case: Case) -> UUID:
    """Return a charge of the case."""
    return charge_of_case(case).first_id


def hearing_id(case: Case) -> UUID:
    """Return a hearing of the case, which lies ahead."""
    found = Hearing.objects.filter(case=case).first()
    given = GivenHearing(
        suspect_of(case).pk, now_utc() + timedelta(days=9), "Sample Crown Court", "trial"
    )
    kept = found or hearing_record(SYSTEM, reason="a sample", access=access_to(case), given=given)
    return kept.first_id


def court_result_id(case: Case) -> UUID:
    """Return a result of the case."""
    found = CourtResult.objects.filter(charge__case=case).first()
    given = GivenResult("guilty", now_utc() - timedelta(days=1), "Sample Crown Court")
    kept = found or result_record(
        SYSTEM, reason="a sample", access=access_to(case), charge_id=charge_id(case), given=given
    )
    return kept.first_id


def court_kind(case: Case) -> str:
    """Name a kind of row."""
    del case
    return "charge"


SAMPLES: dict[str, Callable[[Case], object]] = {
    "charge_id": charge_id,
    "court_kind": court_kind,
    "court_result_id": court_result_id,
    "court_row_id": charge_id,
    "defendant_id": defendant_id,
    "hearing_id": hearing_id,
}
