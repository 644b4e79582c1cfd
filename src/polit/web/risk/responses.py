"""By when what was assessed is to be answered, of thousands of cases, for the list of what is due.

What ``queue.responses_due`` tells in whole rows, and the tests ask for the same of both.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.core.due import Asking, Due, DueTime
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import may_read_referrals
from polit.web.risk.assessed import assessed_cases, assessed_referrals, open_cases
from polit.web.risk.later import later_referrals
from polit.web.risk.queries import in_force
from polit.web.risk.queue import responses_due
from polit.web.risk.rules import RiskLevel
from polit.web.risk.stopping import stops_of
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
        user = asking.user
        stopped = stops_of(open_cases(user).values("pk")).keys()
        found = [*_of_cases(asking, stopped), *_of_referrals(asking)]
        if stopped and may_read_referrals(user):
            found += _of_later(asking, stopped)
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


def _of_cases(asking: Asking, stopped: Collection[UUID]) -> Iterator[_Response]:
    days = _days()
    for case_id, judged in asking.once(assessed_cases).items():
        held = in_force(judged)
        if held is not None and case_id not in stopped:
            since = min(each.since for each in judged)
            yield _Response(since + days[held.level], case_id, _CASE, held.level, since)


def _of_later(asking: Asking, answered: Collection[UUID]) -> Iterator[_Response]:
    """Return what came after the response: it waits by its own level, or by the case's."""
    days = _days()
    for each in later_referrals(answered):
        of_case = asking.once(assessed_cases).get(each.case_id, [])
        own = [one for one in of_case if one.referral_id == each.referral_id]
        held = in_force(own or of_case)
        if held is not None:
            since = each.received_at
            due_at = since + days[held.level]
            yield _Response(due_at, each.referral_id, _REFERRAL, held.level, since)


def _of_referrals(asking: Asking) -> Iterator[_Response]:
    days = _days()
    for referral_id, judged in asking.once(assessed_referrals).items():
        held = in_force(judged)
        if held is not None:
            due_at = held.since + days[held.level]
            yield _Response(due_at, referral_id, _REFERRAL, held.level, held.since)


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
