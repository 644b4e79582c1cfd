"""By when what was assessed is to be answered, of thousands of cases, for the list of what is due.

What ``queue.responses_due`` tells in whole rows, and the tests ask for the same of both.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.core.due import Asking, Due, DueTime
from polit.web.referrals.models import Referral
from polit.web.risk.assessed import unanswered
from polit.web.risk.queue import responses_due
from polit.web.risk.rules import RiskLevel
from polit.web.risk.tools import response_times

_CASE, _REFERRAL = "Case", "Referral"


class _Response(NamedTuple):
    """A case or a referral that waits for its response; the first columns order them."""

    due_at: datetime
    subject_id: UUID
    kind: str
    level: str
    since: datetime


class Responses:
    """What waits for its response: see ``DueSteps``."""

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return what was assessed and is to be answered, as the queue tells it."""
        return responses_due(asking.user, asking.most)

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return by when what was assessed is to be answered, the first first."""
        if not isinstance(asking.user, User):
            return []
        days = _days()
        found = [
            _Response(
                each.since + days[each.held.level], each.subject_id,
                _CASE if each.is_case else _REFERRAL, each.held.level, each.since,
            )
            for each in unanswered(asking)
        ]  # fmt: skip
        found.sort()
        return [DueTime(each.due_at, "", each) for each in found[: asking.most]]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due. Two queries for the references."""
        asked = [each for each in keys if isinstance(each, _Response)]
        ids = [each.subject_id for each in asked]
        found: dict[UUID, str] = {}
        for rows in (Case.objects.filter(pk__in=ids), Referral.objects.filter(pk__in=ids)):
            found.update(rows.values_list("pk", "reference"))
        return {
            each: _due(each, found[each.subject_id]) for each in asked if each.subject_id in found
        }


def _days() -> Mapping[str, timedelta]:
    times = response_times()
    return {each.value: timedelta(days=times.days(each)) for each in RiskLevel}


def _due(response: _Response, reference: str) -> Due:
    kind = response.kind
    return Due(
        "risk.response",
        f"Respond: {RiskLevel(response.level).label.lower()} risk",
        kind,
        reference,
        reverse(f"{kind.lower()}s:page", args=[response.subject_id]),
        response.since,
        response.due_at,
    )
