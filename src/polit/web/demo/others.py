"""Referrals of the synthetic force that lead to no case: closed, doubled, still waiting."""

from datetime import timedelta

from polit.web.demo.force import REASON, Force, acting
from polit.web.demo.plan import FIRST_DAY, local
from polit.web.referrals.rules import GivenAccount, GivenParts, GivenReferral
from polit.web.referrals.services import (
    referral_act,
    referral_mark_duplicate,
    referral_receive,
)

_COUNT, _EVERY_DAYS = 90, 6


def receive_others(force: Force) -> None:
    """Receive them: a third closed, a sixth doubled, the others still to be assessed."""
    first = None
    for number in range(_COUNT):
        officer = force.investigator(number)
        actor = acting(officer)
        received_at = local(FIRST_DAY, 9, 15) + timedelta(days=number * _EVERY_DAYS)
        given = GivenReferral(
            source="industry_report",
            received_at=received_at,
            source_reference=f"SYN-OTHER-{number:04d}",
            summary="Synthetic: a report that may lead to nothing. Nobody in it exists.",
            area_id=force.areas[number % len(force.areas)].pk,
            team_id=force.team_of(officer).pk,
            parts=GivenParts(accounts=(GivenAccount("email", f"other{number // 6}@example.test"),)),
        )
        kept = referral_receive(actor, reason=REASON, given=given)
        if number % 6 == 5 and first is not None:
            referral_mark_duplicate(actor, reason=REASON, referral_id=kept.pk, of_id=first)
        elif number % 3 == 0:
            referral_act(
                acting(force.users["s.demo"]), reason="Synthetic: nothing more can be found out",
                referral_id=kept.pk, action="take_no_action",
            )  # fmt: skip
        if number % 6 == 0:
            first = kept.pk
