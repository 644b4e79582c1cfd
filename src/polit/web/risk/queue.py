"""The order in which referrals and cases wait, and in words why each stands where it does.

Nothing is weighed and no number is made up: the level that a person recorded comes first, then
whether the suspect can reach children, then a position of trust, then how long it waits.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.core.due import Asking, Due, Waiting
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import may_read_referrals, referrals_for
from polit.web.referrals.rules import WAITING, ReferralState
from polit.web.risk.assessed import BareAssessment, open_cases, unanswered
from polit.web.risk.later import later_referrals
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queries import clock_of, in_force
from polit.web.risk.rules import Known, RiskLevel
from polit.web.risk.stopping import stops_of
from polit.web.risk.tools import response_times

_KNOWN_ORDER = (Known.YES, Known.NOT_KNOWN, Known.NO)
_CASE, _REFERRAL = "Case", "Referral"
_COLUMNS = ("person_id", "assessed_at", "recorded_at", "level", "access_to_children",
            "position_of_trust", "previous")  # fmt: skip
_FACTORS = (
    "it is assessed, and what is not comes first",
    "its level is lower",
    "less is known of access to children",
    "less is known of a position of trust",
)
_ACCESS = {
    Known.YES: "the suspect can reach children",
    Known.NOT_KNOWN: "access to children is not known",
    Known.NO: "no access to children is known",
}
_TRUST = {
    Known.YES: "in a position of trust",
    Known.NOT_KNOWN: "a position of trust is not known",
    Known.NO: "in no position of trust",
}


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the queue needs of an assessment: of thousands the whole record would take long."""

    person_id: UUID | None
    assessed_at: datetime
    recorded_at: datetime
    level: str
    access: str
    trust: str
    previous: str

    @property
    def standing_level(self) -> RiskLevel:
        """The level that holds."""
        return RiskLevel(self.level)


@dataclass(slots=True)
class QueueRow:
    """A referral or a case that waits for its response.

    Thousands of them wait, some fifty are shown: addresses and words are made where they are read.

    Args:
        subject_id: The referral or the case.
        reference: Its reference.
        kind: ``Case`` or ``Referral``.
        level: The level that holds; ``None`` while nobody has assessed it.
        access: Whether the suspect can reach children.
        trust: Whether they stand in a position of trust.
        previous: Whether there are convictions or intelligence; it is shown, and orders nothing.
        since: Since when it waits.
        due_at: By when to respond; ``None`` while nobody has assessed it.
        position: Where it stands, from 1.
        above: What stands above it; ``None`` for the first.
    """

    subject_id: UUID
    reference: str
    kind: str
    level: RiskLevel | None
    access: Known
    trust: Known
    previous: Known
    since: datetime
    due_at: datetime | None
    position: int = 0
    above: "QueueRow | None" = None

    @property
    def url(self) -> str:
        """Its page."""
        return reverse(f"{self.kind.lower()}s:page", args=[self.subject_id])

    @property
    def assess_url(self) -> str:
        """Where it is assessed."""
        name = "assess" if self.kind == _CASE else "referral_assess"
        return reverse(f"risk:{name}", args=[self.subject_id])

    @property
    def why(self) -> str:
        """In words why it stands where it does."""
        return _why(self, self.above)

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """By what rows are ordered before their time; the least comes first."""
        return (
            0 if self.level is None else 1,
            -(self.level.rank if self.level else 0),
            _KNOWN_ORDER.index(self.access),
            _KNOWN_ORDER.index(self.trust),
        )

    @property
    def is_overdue(self) -> bool:
        """Whether the response should have come by now."""
        return self.due_at is not None and self.due_at <= now_utc()


def risk_queue(user: User) -> list[QueueRow]:
    """Return all that waits among what somebody may see, in order. A fixed number of queries."""
    return ordered(_waiting(user))


def queue_head(asking: Asking) -> list[QueueRow]:
    """Return the first of what waits. What is assessed is read where the rest does not fill it."""
    if not isinstance(asking.user, User):
        return []
    rows = _unassessed(asking.user, asking.most)
    if len(rows) < asking.most:
        rows += _assessed_first(asking)
    return ordered(rows)[: asking.most]


def _assessed_first(asking: Asking) -> list[QueueRow]:
    """Return the first of what waits and is assessed, and what stands beside the last of these."""
    waiting = unanswered(asking)
    found: list[QueueRow] = []
    for level in sorted(RiskLevel, key=lambda each: -each.rank):
        if len(found) < asking.most:
            found += [
                _row((one.subject_id, "", _CASE if one.is_case else _REFERRAL), one.since, one.held)
                for one in waiting
                if one.held.level == level.value
            ]
    keys = sorted((each.rank, each.since) for each in found)[: asking.most]
    first = [each for each in found if keys and (each.rank, each.since) <= keys[-1]]
    ids = [each.subject_id for each in first]
    references: dict[UUID, str] = {}
    for rows in (Case.objects.filter(pk__in=ids), Referral.objects.filter(pk__in=ids)):
        references.update(rows.values_list("pk", "reference"))
    for each in first:
        each.reference = references[each.subject_id]
    return first


def _unassessed(user: User, most: int) -> list[QueueRow]:
    """Return what waits that nobody assessed: all cases, and so many of the oldest referrals."""
    standing = RiskAssessment.objects.standing()
    found = open_cases(user).filter(
        ~Exists(standing.filter(case=OuterRef("pk"))),
        ~Exists(standing.filter(referral__case=OuterRef("pk"))),
    )
    bare = dict(found.values_list("pk", "reference"))
    stopped = stops_of(bare).keys()
    cases = {key: bare[key] for key in bare.keys() - stopped}
    alone = _alone(user).filter(~Exists(standing.filter(referral=OuterRef("pk"))))
    oldest = alone.order_by("received_at", "reference")[:most]
    rows = [
        _row((pk, reference, _REFERRAL), received_at, None)
        for pk, reference, received_at in oldest.values_list("pk", "reference", "received_at")
    ]
    return [*rows, *_later_rows(user, stopped), *_case_rows(cases, dict(_received(cases)), {})]


def _waiting(user: User, *, is_assessed: bool = False) -> list[QueueRow]:
    """Return what waits, or of the referrals among it only those that somebody assessed."""
    # What was answered is left out first: it is most of the cases that are not closed.
    mine = dict(open_cases(user).values_list("pk", "reference"))
    stopped = stops_of(mine).keys()
    cases = {key: mine[key] for key in mine.keys() - stopped}
    standing = RiskAssessment.objects.standing()
    visible = referrals_for(user)
    received = dict(_received(cases))
    by_case = _judged(standing.filter(case__in=cases), "case_id")
    # Each asked by itself: a database that is asked for both at once looks through all of them.
    for case_id, found in _judged(
        standing.filter(referral__in=visible.filter(case__in=cases)), "referral__case_id"
    ).items():
        by_case[case_id] += found
    alone = _alone(user)
    by_referral = _judged(standing.filter(referral__in=alone.values("pk")), "referral_id")
    wanted = alone.filter(pk__in=list(by_referral)) if is_assessed else alone
    rows = [
        _row((pk, reference, _REFERRAL), received_at, in_force(by_referral.get(pk, ())))
        for pk, reference, received_at in wanted.values_list("pk", "reference", "received_at")
    ]
    return [*rows, *_later_rows(user, stopped), *_case_rows(cases, received, by_case)]


def _later_rows(user: User, answered: Collection[UUID]) -> list[QueueRow]:
    """Return what came after its case was answered: its own level counts, else the case's."""
    later = later_referrals(answered) if answered and may_read_referrals(user) else []
    if not later:
        return []
    cases = {each.case_id for each in later}
    standing = RiskAssessment.objects.standing()
    of_case = _judged(standing.filter(case__in=cases), "case_id")
    for case_id, found in _judged(
        standing.filter(referral__case__in=cases), "referral__case_id"
    ).items():
        of_case[case_id] += found
    own = _judged(standing.filter(referral__in=[each.referral_id for each in later]), "referral_id")
    return [
        _row(
            (each.referral_id, each.reference, _REFERRAL), each.received_at,
            in_force(own.get(each.referral_id) or of_case.get(each.case_id) or ()),
        )
        for each in later
    ]  # fmt: skip


def _alone(user: User) -> QuerySet[Referral]:
    """Return the referrals that wait: they are in no case, as their table has it."""
    # Not "in no case" as a condition: SQLite would look through those, most of all there are.
    if not may_read_referrals(user):
        return Referral.objects.none()
    return Referral.objects.filter(state__in=[each.value for each in WAITING])


def _judged(rows: QuerySet[RiskAssessment], about: str) -> dict[UUID, list[_Judged]]:
    """Return what the queue needs of assessments, by what they are about."""
    found: dict[UUID, list[_Judged]] = defaultdict(list)
    for key, *values in rows.order_by().values_list(about, *_COLUMNS):
        found[key].append(_Judged(*values))
    return found


def _received(cases: Collection[UUID]) -> Iterable[tuple[UUID, datetime]]:
    """Return when the first referral of each case that has one was received."""
    # The state is no condition on the rows: SQLite would look through all that are in some case.
    first = Min("received_at", filter=Q(state=ReferralState.IN_CASE.value))
    rows = Referral.objects.filter(case__in=cases).order_by().values("case_id")
    return rows.annotate(first=first).filter(first__isnull=False).values_list("case_id", "first")


def ordered(rows: Iterable[QueueRow]) -> list[QueueRow]:
    """Return rows in order, each with its position and what stands above it."""
    found = sorted(rows, key=lambda each: (each.rank, each.since, each.reference))
    above = None
    for position, row in enumerate(found, start=1):
        row.position, row.above = position, above
        above = row
    return found


def responses_due(user: Waiting, most: int) -> Sequence[Due]:
    """Return what waits for its response, the first due first."""
    if not isinstance(user, User):
        return []
    # What is not assessed has no time yet.
    waiting = _waiting(user, is_assessed=True)
    times = [(each.due_at, each) for each in waiting if each.due_at is not None]
    times.sort(key=lambda each: (each[0], each[1].subject_id))
    return [
        Due(
            "risk.response",
            f"Respond: {(row.level or RiskLevel.LOW).label.lower()} risk",
            row.kind,
            row.reference,
            row.url,
            row.since,
            due_at,
        )
        for due_at, row in times[:most]
    ]


def _case_rows(
    cases: Mapping[UUID, str],
    received: Mapping[UUID, datetime],
    assessments: Mapping[UUID, list[_Judged]],
) -> list[QueueRow]:
    rows = []
    for case_id in received.keys() | assessments.keys():
        mine = assessments.get(case_id, [])
        since = received.get(case_id) or min(each.assessed_at for each in mine)
        rows.append(_row((case_id, cases[case_id], _CASE), since, in_force(mine)))
    return rows


def _row(
    about: tuple[UUID, str, str], since: datetime, assessment: _Judged | BareAssessment | None
) -> QueueRow:
    unknown = Known.NOT_KNOWN
    return QueueRow(
        *about,
        level=assessment.standing_level if assessment else None,
        access=Known(assessment.access) if assessment else unknown,
        trust=Known(assessment.trust) if assessment else unknown,
        previous=Known(assessment.previous) if assessment else unknown,
        since=since,
        due_at=clock_of(since, assessment, None).due_at,
    )


def _why(row: QueueRow, above: QueueRow | None) -> str:
    waits = f"waiting {_days(row.since, now_utc())}"
    if row.level is None:
        said = f"Nobody has assessed it, so it comes before all that is; {waits}"
    else:
        allowed = _count(response_times().days(row.level))
        said = (
            f"{row.level.label} risk, to be answered within {allowed}; {_ACCESS[row.access]}; "
            f"{_TRUST[row.trust]}; {waits}"
        )
    if above is None:
        return f"{said}."
    return f"{said}. Below {above.reference} because {_because(row, above)}."


def _because(row: QueueRow, above: QueueRow) -> str:
    for mine, other, words in zip(row.rank, above.rank, _FACTORS, strict=True):
        if mine != other:
            return words
    if row.since != above.since:
        return "all that is the same and it has waited for less time"
    return "all that is the same, and so the references decide"


def _days(since: datetime, now: datetime) -> str:
    return _count(max((now - since).days, 0))


def _count(days: int) -> str:
    return "less than a day" if not days else "1 day" if days == 1 else f"{days:,} days"
