"""What of risk can be found: assessments that hold, by who assesses. No prompt about suicide."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from polit.web.core.searching import Entry, Searchable, corrected
from polit.web.referrals.models import Referral
from polit.web.risk.models import RiskAssessment
from polit.web.risk.rules import ASSESSORS


def _entries(records: Sequence[Model]) -> Iterator[Entry]:
    wanted = [each.pk for each in records]
    rows = RiskAssessment.objects.standing().filter(pk__in=wanted)
    for each in rows.select_related("case", "referral"):
        facts = (
            each.tool_label, each.assessor, each.rationale, each.override_reason,
            each.access_words, each.trust_words, each.previous_words,
        )  # fmt: skip
        of_case = each.referral.case_id if each.referral else each.case_id
        url = (
            reverse("risk:referral", args=[each.referral_id])
            if each.referral_id
            else reverse("risk:case", args=[each.case_id])
        )
        yield Entry(
            each.pk,
            of_case,
            f"{each.standing_level.label} risk, {each.referral or each.case}",
            "\n".join(fact for fact in facts if fact),
            url,
            ASSESSORS,
        )


def _of_referral(referral: Model) -> Iterable[UUID]:
    """Return the assessments of a referral: with its case they change who finds them."""
    held = RiskAssessment.objects.filter(referral=cast("Referral", referral))
    return held.values_list("pk", flat=True)


ASSESSMENTS = Searchable(
    "risk",
    "Risk assessment",
    RiskAssessment,
    _entries,
    ((RiskAssessment, corrected), (Referral, _of_referral)),
)
