"""What a referral's page tells of what was done to it."""

from web.conftest import MakeCase, MakeUser

from polit.base.clock import now_utc
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.referrals.queries import referral_history
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_act, referral_link_case, referral_receive

WHY = "a test"


def test_history_leaves_out_what_was_done_for_a_case_of_others(
    make_user: MakeUser, make_case: MakeCase
) -> None:
    officer, other = make_user("i", Role.INVESTIGATOR), make_user("o", Role.INVESTIGATOR)
    case, kept = (
        make_case("OP-1", officer),
        referral_receive(SYSTEM, reason=WHY, given=GivenReferral("public", now_utc())),
    )
    referral_link_case(SYSTEM, reason="for OP-1", referral_id=kept.pk, case=case)
    referral_act(SYSTEM, reason=WHY, referral_id=kept.pk, action="leave_case")
    reasons = {
        each: [event.reason for event in referral_history(each, kept)] for each in (officer, other)
    }
    assert "for OP-1" in reasons[officer]
    assert "for OP-1" not in reasons[other]
    assert WHY in reasons[other]
