"""The order in which referrals and cases wait, and in words why each stands where it does.

Nothing is weighed and no number is made up: the level that a person recorded comes first, then
whether the suspect can reach children, then a position of trust, then how long it waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.cases.rules import CaseStatus
from polit.web.core.due import Due, Waiting
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referrals_for
from polit.web.referrals.rules import WAITING, ReferralState
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queries import clock_of, in_force
from polit.web.risk.rules import Known, RiskLevel
from polit.web.risk.stopping import stops_of
from polit.web.risk.tools import response_times

_KNOWN_ORDER = (Known.YES, Known.NOT_KNOWN, Known.NO)
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
class QueueRow:
    """A referral or a case that waits for its response.

    Args:
        reference: Its reference.
        kind: ``Case`` or ``Referral``.
        url: Its page.
        assess_url: Where it is assessed.
        level: The level that holds; ``None`` while nobody has assessed it.
        access: Whether the suspect can reach children.
        trust: Whether they stand in a position of trust.
        previous: Whether there are convictions or intelligence; it is shown, and orders nothing.
        since: Since when it waits.
        due_at: By when to respond; ``None`` while nobody has assessed it.
        position: Where it stands, from 1.
        why: In words why it stands there.
    """

    reference: str
    kind: str
    url: str
    assess_url: str
    level: RiskLevel | None
    access: Known
    trust: Known
    previous: Known
    since: datetime
    due_at: datetime | None
    position: int = 0
    why: str = ""

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
    cases = dict(
        cases_for(user).exclude(status=CaseStatus.CLOSED.value).values_list("pk", "reference")
    )
    states = [*(each.value for each in WAITING), ReferralState.IN_CASE.value]
    referrals = list(
        referrals_for(user).filter(state__in=states).only("id", "reference", "received_at", "case")
    )
    by_case: dict[UUID, list[RiskAssessment]] = {}
    by_referral: dict[UUID, list[RiskAssessment]] = {}
    mine = Q(case__in=cases_for(user)) | Q(referral__in=referrals_for(user))
    for each in RiskAssessment.objects.standing().filter(mine).select_related("referral"):
        about = each.referral.case_id if each.referral else each.case_id
        if about is not None:
            by_case.setdefault(about, []).append(each)
        elif each.referral_id is not None:
            by_referral.setdefault(each.referral_id, []).append(each)
    rows = [
        _referral_row(each, by_referral.get(each.pk, []))
        for each in referrals
        if each.case_id is None
    ]
    return ordered([*rows, *_case_rows(cases, referrals, by_case)])


def ordered(rows: Iterable[QueueRow]) -> list[QueueRow]:
    """Return rows in order, each with its position and its words."""
    found: list[QueueRow] = []
    for row in sorted(rows, key=lambda each: (each.rank, each.since, each.reference)):
        above = found[-1] if found else None
        found.append(replace(row, position=len(found) + 1, why=_why(row, above)))
    return found


def responses_due(user: Waiting, most: int) -> Sequence[Due]:
    """Return what waits for its response, the first due first."""
    if not isinstance(user, User):
        return []
    times = [(each.due_at, each) for each in risk_queue(user) if each.due_at is not None]
    times.sort(key=lambda each: (each[0], each[1].reference))
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
    cases: dict[UUID, str],
    referrals: Sequence[Referral],
    assessments: dict[UUID, list[RiskAssessment]],
) -> list[QueueRow]:
    received: dict[UUID, datetime] = {}
    for each in referrals:
        if each.case_id in cases:
            first = received.get(each.case_id, each.received_at)
            received[each.case_id] = min(first, each.received_at)
    waiting = {*received, *assessments} & cases.keys()
    stopped = stops_of(waiting)
    rows = []
    for case_id in waiting - stopped.keys():
        mine = assessments.get(case_id, [])
        since = received.get(case_id) or min(each.assessed_at for each in mine)
        page = reverse("cases:page", args=[case_id])
        assess = reverse("risk:assess", args=[case_id])
        rows.append(_row((cases[case_id], "Case", page, assess), since, in_force(mine)))
    return rows


def _referral_row(referral: Referral, assessments: Sequence[RiskAssessment]) -> QueueRow:
    page = reverse("referrals:page", args=[referral.pk])
    assess = reverse("risk:referral_assess", args=[referral.pk])
    about = (referral.reference, "Referral", page, assess)
    return _row(about, referral.received_at, in_force(assessments))


def _row(
    about: tuple[str, str, str, str], since: datetime, assessment: RiskAssessment | None
) -> QueueRow:
    unknown = Known.NOT_KNOWN
    return QueueRow(
        *about,
        level=assessment.standing_level if assessment else None,
        access=assessment.access_known if assessment else unknown,
        trust=assessment.trust_known if assessment else unknown,
        previous=assessment.previous_known if assessment else unknown,
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
    return "less than a day" if not days else "1 day" if days == 1 else f"{days} days"
