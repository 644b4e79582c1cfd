"""Values for the addresses of enquiries: one on a referral of the case, which waits."""

from collections.abc import Callable
from datetime import timedelta

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.enquiries.models import Enquiry
from polit.web.enquiries.rules import GivenEnquiry, GivenReminder
from polit.web.enquiries.services import enquiry_remind, enquiry_send
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_link_case, referral_receive


def referral_id(case: Case) -> str:
    """Return a referral of the case."""
    return str(_referral(case).pk)


def enquiry_id(case: Case) -> str:
    """Return an enquiry on that referral, which waits for its answer."""
    return str(_enquiry(case).pk)


def step_id(case: Case) -> str:
    """Return the reminder of that enquiry."""
    return str(_enquiry(case).steps.get().pk)


def _referral(case: Case) -> Referral:
    found = Referral.objects.filter(case=case).first()
    if found is not None:
        return found
    given = GivenReferral("public", now_utc() - timedelta(days=5))
    kept = referral_receive(SYSTEM, reason="a sample", given=given)
    return referral_link_case(SYSTEM, reason="a sample", referral_id=kept.pk, case=case)


def _enquiry(case: Case) -> Enquiry:
    referral = _referral(case)
    found = Enquiry.objects.filter(referral=referral).first()
    if found is not None:
        return found
    given = GivenEnquiry("ip_resolution", "Example Net", now_utc() - timedelta(days=4))
    kept = enquiry_send(SYSTEM, reason="a sample", referral_id=referral.pk, given=given)
    reminder = GivenReminder(now_utc() - timedelta(days=1), "By telephone.")
    enquiry_remind(SYSTEM, reason="a sample", enquiry_id=kept.pk, given=reminder)
    return kept


SAMPLES: dict[str, Callable[[Case], object]] = {
    "enquiry_id": enquiry_id,
    "referral_id": referral_id,
    "step_id": step_id,
}
