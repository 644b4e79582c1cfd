"""What is asked of risk. Whoever asks has access to the case or the referral, or gets nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import F, Min, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.core.rules import Role
from polit.web.people.queries import PlaceShown, place_list
from polit.web.people.rules import PersonRole
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referrals_for
from polit.web.referrals.rules import ReferralState
from polit.web.risk.models import RiskAssessment, SuicideRiskPrompt
from polit.web.risk.occasions import NEAR, OccasionSeen, occasions_of
from polit.web.risk.rules import RiskLevel
from polit.web.risk.stopping import Stop, answer_since, stops_of
from polit.web.risk.tools import response_times


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a referral or a case has waited for its response.

    Args:
        since: Since when: the first referral was received, or the first assessment made.
        due_at: By when to respond; ``None`` while nothing is assessed.
        stop: What answered it; ``None`` while the clock runs.
    """

    since: datetime
    due_at: datetime | None
    stop: Stop | None

    @property
    def was_late(self) -> bool:
        """Whether the response came after the time of its level."""
        return self.stop is not None and self.due_at is not None and self.stop.at > self.due_at


@dataclass(frozen=True, slots=True)
class SuspectPrompts:
    """What a suspect of a case was asked about suicide, and when that was left out.

    Args:
        place: The suspect, as the reader may see them.
        prompts: Every prompt that stands, the newest first.
        missing: Occasions without a prompt, the first first.
    """

    place: PlaceShown
    prompts: tuple[SuicideRiskPrompt, ...]
    missing: tuple[OccasionSeen, ...]


class Assessed(Protocol):
    """What of an assessment decides whether it orders the work."""

    @property
    def person_id(self) -> UUID | None:
        """Whom it is of; ``None`` for nobody that it names."""

    @property
    def assessed_at(self) -> datetime:
        """When it was made."""

    @property
    def recorded_at(self) -> datetime:
        """When it was recorded."""

    @property
    def standing_level(self) -> RiskLevel:
        """The level that holds."""


Judged = TypeVar("Judged", bound=Assessed)


def holding(assessments: Sequence[Judged]) -> Collection[Judged]:
    """Return those assessments of one subject that hold, out of those that stand.

    Of each person the newest holds; one that names nobody holds until any newer one.
    """
    if len(assessments) <= 1:
        return assessments
    newest: dict[UUID | None, Judged] = {}
    for each in sorted(assessments, key=lambda each: (each.assessed_at, each.recorded_at)):
        newest.pop(None, None)
        newest[each.person_id] = each
    return newest.values()


def in_force(assessments: Sequence[Judged]) -> Judged | None:
    """Return the assessment that orders the work: the highest of what holds, ``None`` for none."""
    held = holding(assessments)
    if len(held) == 1:
        return next(iter(held))
    return max(held, key=lambda each: (each.standing_level.rank, each.assessed_at), default=None)


def case_assessments(access: CaseAccess) -> QuerySet[RiskAssessment]:
    """Return every assessment of a case and of its referrals, corrections too."""
    case_id = access.case.id
    rows = RiskAssessment.objects.filter(Q(case_id=case_id) | Q(referral__case_id=case_id))
    return rows.select_related("referral", "person", "corrected_by")


def referral_assessments(referral: Referral) -> QuerySet[RiskAssessment]:
    """Return every assessment of a referral, corrections too."""
    rows = RiskAssessment.objects.filter(referral=referral)
    return rows.select_related("referral", "corrected_by")


def standing_only(assessments: Sequence[RiskAssessment]) -> list[RiskAssessment]:
    """Return those of loaded assessments that stand."""
    gone = {each.corrects_id for each in assessments}
    return [each for each in assessments if each.pk not in gone and not each.is_withdrawal]


def assessment_get(access: CaseAccess, assessment_id: UUID) -> RiskAssessment:
    """Return an assessment of a case or of its referrals.

    Raises:
        RiskAssessment.DoesNotExist: There is none of this identifier.
    """
    return case_assessments(access).select_related("case", "referral__case").get(pk=assessment_id)


def referral_assessment_get(user: User, referral_id: UUID, assessment_id: UUID) -> RiskAssessment:
    """Return an assessment of a referral that somebody may see.

    Raises:
        RiskAssessment.DoesNotExist: There is none of this identifier.
    """
    rows = RiskAssessment.objects.filter(referral__in=referrals_for(user), referral_id=referral_id)
    return rows.select_related("referral__case").get(pk=assessment_id)


def case_clock(access: CaseAccess, assessments: Sequence[RiskAssessment]) -> Clock | None:
    """Return the response clock of a case, ``None`` where it has neither referral nor assessment.

    Args:
        access: The case.
        assessments: Those that stand.
    """
    case_id = access.case.id
    received = Referral.objects.filter(case_id=case_id, state=ReferralState.IN_CASE.value)
    since = received.aggregate(first=Min("received_at"))["first"]
    since = since or min((each.assessed_at for each in assessments), default=None)
    if since is None:
        return None
    return clock_of(since, in_force(assessments), stops_of([case_id]).get(case_id))


def referral_clock(referral: Referral, assessment: Assessed | None) -> Clock:
    """Return the response clock of a referral; in a case, what answered that since stops it."""
    case_id = referral.case_id
    stop = None if case_id is None else answer_since(case_id, referral.received_at)
    return clock_of(referral.received_at, assessment, stop)


def clock_of(since: datetime, assessment: Assessed | None, stop: Stop | None) -> Clock:
    """Return the clock of what waits since an instant."""
    level = assessment.standing_level if assessment else None
    return Clock(since, response_times().due_at(level, since) if level else None, stop)


def prompt_get(access: CaseAccess, prompt_id: UUID) -> SuicideRiskPrompt:
    """Return a prompt of a case.

    Raises:
        SuicideRiskPrompt.DoesNotExist: The case has none of this identifier.
    """
    rows = SuicideRiskPrompt.objects.select_related("place")
    return rows.get(pk=prompt_id, case_id=access.case.id)


def prompt_list(access: CaseAccess) -> list[SuicideRiskPrompt]:
    """Return every prompt of a case, the newest first, corrections and withdrawals too."""
    rows = SuicideRiskPrompt.objects.filter(case_id=access.case.id)
    return list(
        rows.select_related("place", "corrected_by").order_by("-occurred_at", "-recorded_at")
    )


def suspect_prompts(access: CaseAccess, roles: frozenset[Role]) -> list[SuspectPrompts]:
    """Return what each suspect of a case was asked about suicide, and when it was left out."""
    label = PersonRole.SUSPECT.label
    suspects = [
        each
        for each in place_list(access, roles)
        if each.role_label == label and each.ended_at is None
    ]
    rows = SuicideRiskPrompt.objects.standing().filter(case_id=access.case.id)
    prompts = list(rows.order_by(F("occurred_at").desc(), "pk"))
    seen = occasions_of(access.case.id) if suspects else ()
    found = []
    for place in suspects:
        mine = tuple(each for each in prompts if each.place_id == place.place_id)
        missing = tuple(
            each
            for each in seen
            if each.place_id in {None, place.place_id} and not _is_prompted(each, mine)
        )
        found.append(SuspectPrompts(place, mine, missing))
    return found


def _is_prompted(seen: OccasionSeen, prompts: Sequence[SuicideRiskPrompt]) -> bool:
    return any(
        each.occasion == seen.occasion.value and abs(each.occurred_at - seen.at) <= NEAR
        for each in prompts
    )
