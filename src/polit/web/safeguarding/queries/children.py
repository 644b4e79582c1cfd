"""What is asked of children. Who may not read a child gets labels such as "Child 1" alone."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.rules import CHILD_READERS
from polit.web.people.merged import root, same_people
from polit.web.safeguarding.models import (
    ChildConference,
    ChildRecord,
    ChildStep,
    EmployerDisclosure,
    ProtectiveAction,
    Section47Enquiry,
    SocialCareReferral,
    StrategyDiscussion,
    SupportContact,
)
from polit.web.safeguarding.queries.untold import awaits_contact
from polit.web.safeguarding.rules import StepKind

_MODELS: tuple[type[ChildStep], ...] = (
    ProtectiveAction, SocialCareReferral, StrategyDiscussion, Section47Enquiry, ChildConference,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FurtherCases:
    """Other cases in which a child is protected.

    Args:
        seen: Those that the reader has access to, with the child's record there.
        hidden: How many others there are; nothing else is told of them.
    """

    seen: tuple[ChildRecord, ...]
    hidden: int


def children_for(user: User) -> QuerySet[ChildRecord]:
    """Return the children of all cases of a reader of children, with what was done for them."""
    if not user.roles & CHILD_READERS:
        return ChildRecord.objects.none()
    return _children().filter(case__in=cases_for(user))


def children_in(access: CaseAccess) -> QuerySet[ChildRecord]:
    """Return the children of a case, for readers of children."""
    return _children().filter(case_id=access.case.id)


def place_labels(access: CaseAccess) -> list[str]:
    """Return what everybody on a case may call the children that have a record. One query."""
    rows = ChildRecord.objects.filter(case_id=access.case.id).select_related("place")
    return [each.place.label for each in rows.order_by("place__number")]


def child_get(access: CaseAccess, child_id: UUID) -> ChildRecord:
    """Return a child's record of a case; the caller has made sure that it may be read.

    Raises:
        ChildRecord.DoesNotExist: The case has none of that identifier.
    """
    return children_in(access).get(pk=child_id)


def step_get(child: ChildRecord, kind: StepKind, step_id: UUID) -> ChildStep:
    """Return what happened for a child, where nothing corrects it yet.

    Raises:
        ObjectDoesNotExist: Nothing that holds has that identifier.
    """
    model = next(each for each in _MODELS if each.of is kind)
    holds: dict[str, Any] = {"corrected_by": None, "is_withdrawal": False}
    # An abstract model has no manager of its own.
    found: ChildStep = model._default_manager.get(  # noqa: SLF001 - Django documents it
        pk=step_id, child=child, **holds
    )
    return found


def contact_get(child: ChildRecord, contact_id: UUID) -> SupportContact:
    """Return a contact that is or was owed to a child.

    Raises:
        SupportContact.DoesNotExist: There is none of that identifier.
    """
    return SupportContact.objects.get(pk=contact_id, child=child)


def disclosures_in(access: CaseAccess) -> list[EmployerDisclosure]:
    """Return the decisions of a case with what corrects them, the newest first. One query."""
    rows = EmployerDisclosure.objects.filter(case_id=access.case.id)
    rows = rows.select_related("suspect__person", "corrected_by", "corrects")
    return list(rows.order_by("-occurred_at", "-recorded_at"))


def disclosure_get(access: CaseAccess, disclosure_id: UUID) -> EmployerDisclosure:
    """Return a decision of a case that holds.

    Raises:
        EmployerDisclosure.DoesNotExist: None that holds has that identifier.
    """
    rows = EmployerDisclosure.objects.standing()
    return rows.get(pk=disclosure_id, case_id=access.case.id)


def further_cases(user: User, child: ChildRecord) -> FurtherCases:
    """Return in which other cases the same child has a record. Two queries."""
    same = same_people([child.place.person_id]).values("pk")
    others = ChildRecord.objects.filter(place__person__in=same).exclude(case_id=child.case_id)
    mine = others.filter(case__in=cases_for(user)).select_related("case", "place")
    seen = tuple(mine.order_by("risk_known_at", "pk"))
    hidden = Case.objects.filter(pk__in=others.values("case_id"))
    count = hidden.exclude(pk__in=[each.case_id for each in seen]).count()
    return FurtherCases(seen, count)


def standing_protective_actions() -> QuerySet[ProtectiveAction]:
    """Return the actions that count, of all cases, each with the child as ``person_root``.

    For figures alone: it asks for nobody's access. ``person_root`` is the record that stands for
    a child in however many cases; a child counts in the period of its first action.
    """
    rows = ProtectiveAction.objects.standing().filter(counts=True)
    return rows.annotate(person_root=root("child__place__person__"))


def missing(code: str) -> Q:
    """Return the condition that a child has no step of a kind, though it is due.

    Args:
        code: ``share``, ``action``, ``strategy``, ``conference`` or ``contact``.
    """
    return {
        "share": Q(is_shared=False),
        "action": Q(is_protected=False),
        "strategy": Q(is_shared=True, is_discussed=False),
        "conference": Q(awaits_conference=True),
        "contact": Q(owes_contact=True),
    }[code]


def awaiting_conference() -> QuerySet[StrategyDiscussion]:
    """Return the discussions whose clock of the conference still runs.

    It runs from the first discussion at which the enquiry was initiated, and ends with a
    conference that was held, or with an enquiry that needs none. A discussion after that begins a
    clock of its own.
    """
    return StrategyDiscussion.objects.standing().filter(_clock_runs(), initiates_enquiry=True)


@cache  # of many parts, and the same on every page
def _clock_runs() -> Q:
    earlier = StrategyDiscussion.objects.standing().filter(
        Q(occurred_at__lt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), pk__lt=OuterRef("pk")),
        child=OuterRef("child"), initiates_enquiry=True,
    )  # fmt: skip
    # Until this discussion the clock of the earlier one ran: it is the same enquiry.
    until = {"occurred_at__lte": OuterRef(OuterRef("occurred_at"))}
    same = earlier.filter(*(~Exists(each.filter(**until)) for each in _ended()))
    return Q(*(~Exists(each) for each in _ended()), ~Exists(same))


def _ended() -> tuple[QuerySet[ChildConference], QuerySet[Section47Enquiry]]:
    """Return what ends the clock that a discussion began: held later, or at the same time."""
    since = {"child": OuterRef("child"), "occurred_at__gte": OuterRef("occurred_at")}
    return (
        ChildConference.objects.standing().filter(is_held=True, **since),
        Section47Enquiry.objects.standing().filter(ends_conference_clock=True, **since),
    )


def _children() -> QuerySet[ChildRecord]:
    own = {"child": OuterRef("pk")}
    related = ("case__area", "place__person", "suspect__person")
    return ChildRecord.objects.select_related(*related).annotate(
        is_shared=Exists(SocialCareReferral.objects.standing().filter(**own)),
        is_discussed=Exists(StrategyDiscussion.objects.standing().filter(**own)),
        is_protected=Exists(ProtectiveAction.objects.standing().filter(counts=True, **own)),
        owes_contact=ExpressionWrapper(awaits_contact(), BooleanField()),
        awaits_conference=Exists(awaiting_conference().filter(**own)),
    )
