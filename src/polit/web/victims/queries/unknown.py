"""What is asked of unknown children; across cases only those that the reader has access to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess
from polit.web.core.due import Due, DueRecords, Waiting
from polit.web.dissemination.models import Exchange
from polit.web.dissemination.queries import exchanges_of
from polit.web.dissemination.rules import Direction
from polit.web.victims.models import (
    AgeOpinion,
    Appearance,
    UnknownChild,
    VictimAnswer,
    VictimEnquiry,
)
from polit.web.victims.rules import READERS, UnknownState

Held = AgeOpinion | Appearance | VictimEnquiry | VictimAnswer
"""What is recorded for a child, and withdrawn where it was wrong."""
_OPEN = [each.value for each in UnknownState if each.is_open]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next for an unknown child.

    Args:
        label: What to do.
        why: Why.
        url: Where, with one click.
        due_at: By when; ``None`` for no time.
    """

    label: str
    why: str
    url: str
    due_at: datetime | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been done by now."""
        return self.due_at is not None and self.due_at <= now_utc()


def unknown_for(user: User) -> QuerySet[UnknownChild]:
    """Return the unknown children of all cases of a reader."""
    if not user.roles & READERS:
        return UnknownChild.objects.none()
    return _unknown().filter(case__in=case_ids_for(user))


def unknown_in(access: CaseAccess) -> QuerySet[UnknownChild]:
    """Return the unknown children of a case."""
    return _unknown().filter(case_id=access.case.id)


def unknown_get(access: CaseAccess, unknown_id: UUID) -> UnknownChild:
    """Return an unknown child of a case; the caller has made sure that it may be read.

    Raises:
        UnknownChild.DoesNotExist: The case has none of that identifier.
    """
    return unknown_in(access).get(pk=unknown_id)


def unknown_of_child(access: CaseAccess, child_id: UUID) -> list[UnknownChild]:
    """Return which unknown children of a case were found to be a child of it."""
    rows = UnknownChild.objects.filter(case_id=access.case.id, child_id=child_id)
    return list(rows.order_by("number"))


def held_get(unknown: UnknownChild, kind: str, row_id: UUID) -> Held:
    """Return what was recorded for a child and holds.

    Args:
        unknown: The child.
        kind: ``opinion``, ``appearance``, ``enquiry`` or ``answer``.
        row_id: Which.

    Raises:
        ObjectDoesNotExist: None that holds has that identifier.
    """
    if kind == "opinion":
        return AgeOpinion.objects.standing().get(pk=row_id, unknown=unknown)
    if kind == "appearance":
        return Appearance.objects.standing().get(pk=row_id, unknown=unknown)
    if kind == "enquiry":
        return VictimEnquiry.objects.standing().get(pk=row_id, unknown=unknown)
    return VictimAnswer.objects.standing().get(pk=row_id, enquiry__unknown=unknown)


def appearances_of(unknown: UnknownChild) -> list[Appearance]:
    """Return the series that a child appears in; each stands in the child's case. One query."""
    rows = Appearance.objects.standing().filter(unknown=unknown)
    return list(rows.select_related("series").order_by("series__name"))


def enquiries_of(unknown: UnknownChild) -> list[VictimEnquiry]:
    """Return what was sent for a child and holds, each with ``held_answers``. Two queries."""
    answers = VictimAnswer.objects.standing().order_by("answered_at", "pk")
    rows = VictimEnquiry.objects.standing().filter(unknown=unknown).select_related("exchange")
    held = Prefetch("answers", queryset=answers, to_attr="held_answers")
    return list(rows.prefetch_related(held).order_by("sent_at", "pk"))


def enquiry_get(unknown: UnknownChild, enquiry_id: UUID) -> VictimEnquiry:
    """Return what was sent for a child and holds.

    Raises:
        VictimEnquiry.DoesNotExist: None that holds has that identifier.
    """
    return VictimEnquiry.objects.standing().get(pk=enquiry_id, unknown=unknown)


def unanswered() -> QuerySet[VictimEnquiry]:
    """Return what was sent and has no answer."""
    answers = VictimAnswer.objects.standing().filter(enquiry=OuterRef("pk"))
    return VictimEnquiry.objects.standing().filter(~Exists(answers))


def exchanges_sent(access: CaseAccess) -> list[Exchange]:
    """Return what a case gave to others and holds, the latest first. One query."""
    rows = exchanges_of(access).filter(direction=Direction.OUT.value)
    return list(rows.order_by("-occurred_at", "pk"))


def next_steps(unknown: UnknownChild, enquiries: list[VictimEnquiry]) -> list[NextStep]:
    """Return what comes next for a child, the most pressing first. Two queries."""
    if not unknown.stands.is_open:
        return []
    one = [unknown.case_id, unknown.pk]
    steps = [
        NextStep(
            f"Record the answer of {each.agency}",
            "Ask again where nothing came.",
            reverse("victims:answer_add", args=[*one, each.pk]),
            each.answer_due_at,
        )
        for each in enquiries
        if not each.held_answers  # type: ignore[attr-defined]  # prefetched
    ]
    if not AgeOpinion.objects.standing().filter(unknown=unknown).exists():
        steps.append(NextStep("Say how old the child seems to be", "As an opinion: whose, when.",
                              reverse("victims:opinion_add", args=one)))  # fmt: skip
    if not Appearance.objects.standing().filter(unknown=unknown).exists():
        steps.append(NextStep("Say in which series the child appears", "It ties media and clues.",
                              reverse("victims:appearance_add", args=one)))  # fmt: skip
    if not enquiries:
        steps.append(NextStep("Record an enquiry", "Nobody was asked for this child yet.",
                              reverse("victims:enquiry_add", args=one)))  # fmt: skip
    return sorted(steps, key=lambda each: (each.due_at is None, each.due_at or now_utc()))


def _unknown() -> QuerySet[UnknownChild]:
    opinions = AgeOpinion.objects.standing().order_by("-formed_on", "-recorded_at")
    awaits = unanswered().filter(unknown=OuterRef("pk"))
    rows = UnknownChild.objects.select_related("case", "child__place")
    return rows.annotate(awaits=Exists(awaits)).prefetch_related(
        Prefetch("opinions", queryset=opinions, to_attr="held_opinions")
    )


def _awaited(user: Waiting) -> QuerySet[VictimEnquiry]:
    """Return what a reader's cases wait for, of children who are still unknown."""
    if not isinstance(user, User) or not user.roles & READERS:
        return VictimEnquiry.objects.none()
    rows = unanswered().filter(unknown__case__in=case_ids_for(user), unknown__state__in=_OPEN)
    return rows.order_by("answer_due_at", "pk")


def _due(each: VictimEnquiry) -> Due:
    unknown = each.unknown
    return Due(
        kind="victims.answer",
        label="Answer about an unknown child",
        subject=f"{unknown.label}: {each.agency}",
        reference=unknown.case.reference,
        url=reverse("victims:answer_add", args=[unknown.case_id, unknown.pk, each.pk]),
        since=each.sent_at,
        due_at=each.answer_due_at,
    )


ANSWERS_DUE = DueRecords(VictimEnquiry, _awaited, ("unknown__case",), "answer_due_at", _due)
