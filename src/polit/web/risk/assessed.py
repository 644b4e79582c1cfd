"""The assessments of thousands of cases in few columns, read once for all kinds of deadline."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from polit.web.risk.later import Later, later_referrals
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queries import in_force
from polit.web.risk.rules import RiskLevel
from polit.web.risk.stopping import stops_of


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
    access: str
    trust: str
    previous: str

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


class Unanswered(NamedTuple):
    """A case or a referral that was assessed and waits for its response."""

    subject_id: UUID
    is_case: bool
    since: datetime
    held: BareAssessment


def unanswered(asking: Asking) -> list[Unanswered]:
    """Return what was assessed and waits for its response, in no order. Six queries for a page."""
    cases, stopped = asking.once(assessed_cases), asking.once(_stopped_cases)
    found = [
        Unanswered(case_id, True, min(each.since for each in judged), held)
        for case_id, judged in cases.items()
        if case_id not in stopped and (held := in_force(judged)) is not None
    ]
    for referral_id, judged in asking.once(assessed_referrals).items():
        if (held := in_force(judged)) is not None:
            found.append(Unanswered(referral_id, False, held.since, held))
    # What came after the response waits by its own level, or by the case's.
    for later in asking.once(_later_referrals):
        of_case = cases.get(later.case_id, [])
        own = [each for each in of_case if each.referral_id == later.referral_id]
        if (held := in_force(own or of_case)) is not None:
            found.append(Unanswered(later.referral_id, False, later.received_at, held))
    return found


def _stopped_cases(asking: Asking) -> Collection[UUID]:
    return stops_of(open_cases(cast("User", asking.user)).values("pk")).keys()


def _later_referrals(asking: Asking) -> Sequence[Later]:
    stopped = asking.once(_stopped_cases)
    if not stopped or not may_read_referrals(cast("User", asking.user)):
        return []
    return later_referrals(stopped)


def _by_subject(rows: Iterable[BareAssessment]) -> Assessments:
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
    kept = (f"{subject}_id", "referral_id", "level", since, "review_on")
    factors = ("access_to_children", "position_of_trust", "previous")
    return map(BareAssessment._make, rows.order_by().values_list(*kept, *bare, *factors))
