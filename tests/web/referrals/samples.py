"""Values for the addresses of referrals: one that is in no case yet, for each case."""

from collections.abc import Callable
from datetime import timedelta

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.referrals.models import Referral
from polit.web.referrals.rules import (
    GivenAccount,
    GivenFile,
    GivenIp,
    GivenOriginal,
    GivenParts,
    GivenReferral,
)
from polit.web.referrals.services import referral_receive

_TEXT = b"Report ID: 4711\nUser name: example_user\nUploaded 2026-03-27 14:05:06 UTC, 192.0.2.7\n"


def referral_id(case: Case) -> str:
    """Return a referral that waits, so that each of its pages is there."""
    return str(_referral(case).pk)


def other_id(case: Case) -> str:
    """Return another referral, which is in no case."""
    del case
    given = GivenReferral("public", now_utc() - timedelta(days=1))
    return str(referral_receive(SYSTEM, reason="a sample", given=given).pk)


def original_id(case: Case) -> str:
    """Return the report of the referral."""
    return str(_referral(case).originals.get().pk)


def part_id(case: Case) -> str:
    """Return an account that the referral names."""
    return str(_referral(case).accounts.get().pk)


def part_kind(case: Case) -> str:
    """Name a kind of part."""
    del case
    return "ip"


def referral_action(case: Case) -> str:
    """Name an action."""
    del case
    return "assess"


def _referral(case: Case) -> Referral:
    found = Referral.objects.filter(source_reference=f"{case.reference}/1").first()
    if found is not None:
        return found
    parts = GivenParts(
        accounts=(GivenAccount("username", "example_user", "Example Chat"),),
        ips=(GivenIp("192.0.2.7", 51515, now_utc() - timedelta(days=3), "UTC", "upload"),),
        files=(GivenFile("holiday.jpg", md5="ab" * 16),),
    )
    given = GivenReferral(
        source="industry_report", received_at=now_utc() - timedelta(days=2),
        source_reference=f"{case.reference}/1", summary="An upload to a chat service.",
        parts=parts, originals=(GivenOriginal("report.txt", _TEXT),),
    )  # fmt: skip
    return referral_receive(SYSTEM, reason="a sample", given=given)


SAMPLES: dict[str, Callable[[Case], object]] = {
    "original_id": original_id,
    "other_id": other_id,
    "part_id": part_id,
    "part_kind": part_kind,
    "referral_action": referral_action,
    "referral_id": referral_id,
}
