"""The assessments of thousands of cases in few columns, read once for all kinds of deadline."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple, cast
from uuid import UUID

from django.db.models import ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.cases.rules import CaseStatus
from polit.web.core.due import Asking
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import may_read_referrals
from polit.web.referrals.rules import WAITING, ReferralState
from polit.web.risk.models import RiskAssessment
from polit.web.risk.rules import RiskLevel


class BareAssessment(NamedTuple):
    """An assessment in few columns: what is only compared stays as the database keeps it."""

    subject_id: UUID
    referral_id: UUID | None
    level: str
    since: datetime
    review_on: date | None
    person_id: UUID | None
    assessed_at: datetime
    recorded_at: datetime
    pk: object

    @property
    def standing_level(self) -> RiskLevel:
        """The level that holds."""
        return RiskLevel(self.level)


Assessments = Mapping[UUID, list[BareAssessment]]
"""What stands of assessments, by what they are about."""


def open_cases(user: User) -> QuerySet[Case]:
    """Return the cases in which something can still be answered."""
    return cases_for(user).exclude(status=CaseStatus.CLOSED.value)


def assessed_cases(asking: Asking) -> Assessments:
    """Return what stands of open cases and of their referrals, by the case. Two queries.

    Each waits since the first referral of the case was received, else since it was made.
    """
    user = cast("User", asking.user)
    standing, mine = RiskAssessment.objects.standing(), open_cases(user)
    rows = list(_of_cases(standing.filter(case__in=mine), "case"))
    # Each asked by itself: a database that is asked for both at once looks through all of them.
    if may_read_referrals(user):
        assessed = standing.filter(referral__isnull=False)  # PostgreSQL knows how few these are
        rows += _of_cases(assessed.filter(referral__case__in=mine), "referral__case")
    return _by_subject(rows)


def assessed_referrals(asking: Asking) -> Assessments:
    """Return what stands of the referrals that wait, by the referral. One query."""
    # Those that wait are in no case, as their table has it; all that are in none are most of all.
    if not may_read_referrals(cast("User", asking.user)):
        return {}
    rows = RiskAssessment.objects.standing().filter(
        referral__state__in=[each.value for each in WAITING]
    )
    return _by_subject(_columns(rows, "referral", F("referral__received_at")))


def _by_subject(rows: Iterator[BareAssessment] | list[BareAssessment]) -> Assessments:
    found: dict[UUID, list[BareAssessment]] = defaultdict(list)
    for each in rows:
        found[each.subject_id].append(each)
    return found


def _of_cases(rows: QuerySet[RiskAssessment], case: str) -> Iterator[BareAssessment]:
    # The state is no condition on the rows: SQLite would look through all that are in some case.
    first = Min("received_at", filter=Q(state=ReferralState.IN_CASE.value))
    rows_of_case = Referral.objects.filter(case=OuterRef(case)).order_by().values("case")
    received = rows_of_case.annotate(first=first).values("first")
    return _columns(rows, case, Coalesce(Subquery(received), "assessed_at"))


def _columns(
    rows: QuerySet[RiskAssessment], subject: str, since: Combinable
) -> Iterator[BareAssessment]:
    bare: Iterator[Combinable] = (
        # No time is made of what is only compared, as which text or time it may be.
        ExpressionWrapper(F(name), output_field=TextField())
        for name in ("person_id", "assessed_at", "recorded_at", "pk")
    )
    named = rows.order_by().values_list(
        f"{subject}_id", "referral_id", "level", since, "review_on", *bare
    )
    return map(BareAssessment._make, named)
