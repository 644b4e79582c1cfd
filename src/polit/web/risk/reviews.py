"""When assessments are to be looked at again, for the list of what is due.

Who looks again records a further assessment, so only what holds waits (see ``holding``); nothing
waits of a closed case, or of a referral on which nothing further is done.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from polit.web.accounts.models import User
from polit.web.core.due import Asking, Due, DueTime
from polit.web.referrals.queries import may_read_referrals
from polit.web.referrals.rules import WAITING
from polit.web.risk.assessed import assessed_cases, assessed_referrals, open_cases
from polit.web.risk.models import RiskAssessment
from polit.web.risk.queries import holding


class Reviews:
    """The assessments that are to be looked at again: see ``DueSteps``."""

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return them, of whole rows."""
        if not isinstance(asking.user, User):
            return []
        wanted = Q(case__in=open_cases(asking.user))
        if may_read_referrals(asking.user):
            wanted |= Q(referral__case__in=open_cases(asking.user))
            wanted |= Q(referral__state__in=[each.value for each in WAITING])
        rows = RiskAssessment.objects.standing().filter(wanted)
        by_subject: dict[UUID | None, list[RiskAssessment]] = {}
        for each in rows.select_related("case", "referral"):
            subject_id = each.case_id
            if each.referral is not None:
                subject_id = each.referral.case_id or each.referral_id
            by_subject.setdefault(subject_id, []).append(each)
        held = [each for rows in by_subject.values() for each in holding(rows)]
        dated = [(each.review_on, each.pk, each) for each in held if each.review_on is not None]
        return [_review(each) for _day, _pk, each in sorted(dated)[: asking.most]]

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return by which day each is to be looked at again, the first first."""
        if not isinstance(asking.user, User):
            return []
        by_subject = (asking.once(assessed_cases), asking.once(assessed_referrals))
        held = [each for read in by_subject for rows in read.values() for each in holding(rows)]
        dated = [(each.review_on, str(each.pk)) for each in held if each.review_on is not None]
        first = sorted(dated)[: asking.most]
        ends = {day: _end_of(day) for day in {day for day, _pk in first}}
        return [DueTime(ends[day], "", pk) for day, pk in first]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due of assessments. One query."""
        ids = {UUID(str(key)): key for key in keys}
        rows = RiskAssessment.objects.filter(pk__in=list(ids)).select_related("case", "referral")
        return {ids[each.pk]: _review(each) for each in rows}


def _end_of(day: date) -> datetime:
    """Return when a day ends, in the force's zone."""
    end = datetime.combine(day + timedelta(days=1), time())
    return timezone.make_aware(end, timezone.get_default_timezone())


def _review(assessment: RiskAssessment) -> Due:
    assert assessment.review_on is not None
    if assessment.referral is not None:
        reference = assessment.referral.reference
        url = reverse("risk:referral", args=[assessment.referral_id])
    else:
        assert assessment.case is not None
        reference = assessment.case.reference
        url = reverse("risk:case", args=[assessment.case_id])
    return Due(
        "risk.review",
        "Review the risk assessment",
        f"{assessment.standing_level.label} risk",
        reference,
        url,
        assessment.assessed_at,
        _end_of(assessment.review_on),
    )
