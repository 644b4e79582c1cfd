"""By when what was assessed is to be answered, of thousands of cases, for the list of what is due.

What ``queue.responses_due`` tells in whole rows, and the tests ask for the same of both.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.cases.rules import CaseStatus
from polit.web.core.due import Due, DueTime, Waiting
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import may_read_referrals
from polit.web.referrals.rules import WAITING, ReferralState
from polit.web.risk.later import later_referrals
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queries import in_force
from polit.web.risk.rules import RiskLevel
from polit.web.risk.stopping import stops_of
from polit.web.risk.tools import response_times

_CASE, _REFERRAL = "Case", "Referral"


class _Judged(NamedTuple):
    """An assessment in few columns: what is only compared stays as the database keeps it."""

    subject_id: UUID
    level: str
    since: datetime
    person_id: UUID | None
    assessed_at: datetime
    recorded_at: datetime

    @property
    def standing_level(self) -> RiskLevel:
        """The level that holds."""
        return RiskLevel(self.level)


class _Response(NamedTuple):
    """A case or a referral that waits for its response; the first columns order them."""

    due_at: datetime
    subject_id: UUID
    kind: str
    level: str
    since: datetime


class Responses:
    """What waits for its response: see ``DueSteps``."""

    def times(self, user: Waiting, most: int) -> Sequence[DueTime]:
        """Return by when what was assessed is to be answered, the first first."""
        if not isinstance(user, User):
            return []
        found = sorted([*_of_cases(user), *_of_referrals(user)])
        return [DueTime(each.due_at, "", each) for each in found[:most]]

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


def _of_cases(user: User) -> Iterator[_Response]:
    mine = cases_for(user).exclude(status=CaseStatus.CLOSED.value)
    standing = RiskAssessment.objects.standing()
    found: dict[UUID, list[_Judged]] = defaultdict(list)
    for each in _judged(standing.filter(case__in=mine), "case"):
        found[each.subject_id].append(each)
    # Each asked by itself: a database that is asked for both at once looks through all of them.
    if may_read_referrals(user):
        assessed = standing.filter(referral__isnull=False)  # PostgreSQL knows how few these are
        for each in _judged(assessed.filter(referral__case__in=mine), "referral__case"):
            found[each.subject_id].append(each)
    stopped = stops_of(mine.values("pk")).keys()
    days = _days()
    for case_id, judged in found.items():
        if case_id in stopped:
            continue
        held, since = judged[0], judged[0].since
        if len(judged) > 1:
            held, since = in_force(judged) or held, min(each.since for each in judged)
        yield _Response(since + days[held.level], case_id, _CASE, held.level, since)
    if may_read_referrals(user):
        yield from _of_later(mine, found)


def _of_later(
    mine: QuerySet[Case], of_case: Mapping[UUID, Sequence[_Judged]]
) -> Iterator[_Response]:
    """Return what came after the response: it waits by its own level, or by the case's."""
    later = later_referrals(mine.values("pk"))
    rows = RiskAssessment.objects.standing().filter(
        referral__in=[each.referral_id for each in later]
    )
    own: dict[UUID, list[_Judged]] = defaultdict(list)
    for one in _columns(rows, "referral", F("referral__received_at")):
        own[one.subject_id].append(one)
    days = _days()
    for each in later:
        held = in_force(own.get(each.referral_id) or of_case.get(each.case_id, ()))
        if held is not None:
            since = each.received_at
            due_at = since + days[held.level]
            yield _Response(due_at, each.referral_id, _REFERRAL, held.level, since)


def _of_referrals(user: User) -> Iterator[_Response]:
    # Those that wait are in no case, as their table has it; all that are in none are most of all.
    if not may_read_referrals(user):
        return
    rows = RiskAssessment.objects.standing().filter(
        referral__state__in=[each.value for each in WAITING]
    )
    found: dict[UUID, list[_Judged]] = defaultdict(list)
    for each in _columns(rows, "referral", F("referral__received_at")):
        found[each.subject_id].append(each)
    days = _days()
    for referral_id, judged in found.items():
        held = in_force(judged) or judged[0]
        due_at = held.since + days[held.level]
        yield _Response(due_at, referral_id, _REFERRAL, held.level, held.since)


def _judged(rows: QuerySet[RiskAssessment], case: str) -> Iterator[_Judged]:
    """Return assessments of cases: each waits since the first referral, else since it was made."""
    # The state is no condition on the rows: SQLite would look through all that are in some case.
    first = Min("received_at", filter=Q(state=ReferralState.IN_CASE.value))
    rows_of_case = Referral.objects.filter(case=OuterRef(case)).order_by().values("case")
    received = rows_of_case.annotate(first=first).values("first")
    return _columns(rows, case, Coalesce(Subquery(received), "assessed_at"))


def _columns(rows: QuerySet[RiskAssessment], subject: str, since: Combinable) -> Iterator[_Judged]:
    bare: Iterator[Combinable] = (
        # No time is made of what is only compared, as which text or time it may be.
        ExpressionWrapper(F(name), output_field=TextField())
        for name in ("person_id", "assessed_at", "recorded_at")
    )
    named = rows.order_by().values_list(f"{subject}_id", "level", since, *bare)
    return map(_Judged._make, named)


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
