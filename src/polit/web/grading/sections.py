"""What the page of a case shows of its review."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.grading.queries.figures import (
    proposal_counts,
    schedule_list,
    strategy_list,
)
from polit.web.grading.rules import DECIDERS
from polit.web.items.models import ReviewSet


def case_review(request: HttpRequest) -> Mapping[str, object] | None:
    """Return what was agreed of a case's review; nothing while there is nothing to review."""
    granted = case_access_of(request)
    if not user_of(request).roles & DECIDERS:
        return None
    if not ReviewSet.objects.filter(case_id=granted.case.id).exists():
        return None
    strategies = strategy_list(granted)
    return {
        "case": granted.case,
        "strategy": strategies[0] if strategies else None,
        "proposals": sum(count for _, count in proposal_counts(granted)),
        "schedules": schedule_list(granted),
    }
