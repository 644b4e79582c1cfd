"""What referrals add to the pages of others."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.referrals.queries import case_referrals, referrals_waiting
from polit.web.referrals.rules import WORKERS

_SHOWN = 10


def home_referrals(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the referrals that wait longest."""
    waiting = referrals_waiting(user_of(request), most=_SHOWN)
    return {"referrals": waiting} if waiting else None


def case_section(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the referrals of a case; nothing for who works on none."""
    if not user_of(request).roles & WORKERS:
        return None
    granted = case_access_of(request)
    rows = list(case_referrals(granted)[: _SHOWN + 1])
    return {"case": granted.case, "referrals": rows[:_SHOWN], "has_more": len(rows) > _SHOWN}
