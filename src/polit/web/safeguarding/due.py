"""What is due in safeguarding, for the list of everything that is due. It names no child."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.due import (
    Asking,
    Due,
    DueMerged,
    DueRecords,
    DueSource,
    DueTime,
    Waiting,
)
from polit.web.core.rules import CHILD_READERS
from polit.web.safeguarding.children_law import current_catalogue
from polit.web.safeguarding.models import (
    ChildRecord,
    ProtectiveAction,
    SafeguardingTask,
    SocialCareReferral,
    StrategyDiscussion,
    SupportContact,
)
from polit.web.safeguarding.queries.children import awaiting_conference
from polit.web.safeguarding.queries.untold import (
    FoundUntold,
    Untold,
    still_true,
    untold,
    untold_found,
    untold_whole,
)
from polit.web.safeguarding.rules import (
    WORKERS,
    ContactState,
    StepKind,
    TaskState,
)

_CHILD = ("child__case", "child__place")
_CONTACT = "safeguarding.contact"


def due_sources() -> Iterable[DueSource]:
    """Return where deadlines of safeguarding come from."""
    return (
        _source("task", "Safeguarding tasks", DueRecords(
            SafeguardingTask, _tasks, ("case",), "due_at", _task_due, owner="taken_by")),
        _source("share", "Sharing with social care", DueRecords(
            ChildRecord, _to_share, ("case", "place"), "share_due_at", _share_due)),
        _source("strategy", "Strategy discussions", DueRecords(
            SocialCareReferral, _to_discuss, _CHILD, "strategy_due_at", _strategy_due)),
        _source("conference", "Child protection conferences", DueRecords(
            StrategyDiscussion, _to_confer, _CHILD, "conference_due_at", _conference_due)),
        _source("protection", "Police protection", DueRecords(
            ProtectiveAction, _protected, _CHILD, "ends_at", _protection_due)),
        DueSource(_CONTACT, "Victims' contacts", WORKERS, DueMerged((
            DueRecords(SupportContact, _owed, _CHILD, "due_at", _owed_due), _Untold()))),
    )  # fmt: skip


def _source(code: str, label: str, records: DueRecords[Any]) -> DueSource:
    return DueSource(f"safeguarding.{code}", label, WORKERS, records)


def _tasks(user: Waiting) -> QuerySet[SafeguardingTask]:
    rows = SafeguardingTask.objects.filter(case__in=_joined(user))
    return rows.exclude(state=TaskState.DONE.value).order_by("due_at", "pk")


def _task_due(each: SafeguardingTask) -> Due:
    return Due(
        "safeguarding.task", each.way.label, each.standing.label, each.case.reference,
        reverse("safeguarding:task", args=[each.case_id, each.pk]), each.raised_at,
        each.due_at, each.taken_by,
    )  # fmt: skip


def _to_share(user: Waiting) -> QuerySet[ChildRecord]:
    rows = ChildRecord.objects.filter(_is_not_shared(), case__in=_cases(user))
    return rows.order_by("share_due_at", "pk")


@cache
def _is_not_shared() -> Q:
    shared = SocialCareReferral.objects.standing().filter(child=OuterRef("pk"))
    return Q(~Exists(shared))


def _share_due(child: ChildRecord) -> Due:
    label = child.law.clock("share").label
    return _due("share", label, child, StepKind.SHARED, child.risk_known_at, child.share_due_at)


def _to_discuss(user: Waiting) -> QuerySet[SocialCareReferral]:
    rows = SocialCareReferral.objects.standing().filter(
        _is_not_discussed(), child__case__in=_cases(user)
    )
    return rows.order_by("strategy_due_at", "pk")


@cache
def _is_not_discussed() -> Q:
    held = StrategyDiscussion.objects.standing().filter(child=OuterRef("child"))
    same = SocialCareReferral.objects.standing().filter(child=OuterRef("child"))
    earlier = same.filter(
        Q(occurred_at__lt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), pk__lt=OuterRef("pk"))
    )
    return Q(~Exists(held), ~Exists(earlier))


def _strategy_due(each: SocialCareReferral) -> Due:
    label = each.child.law.clock("strategy").label
    return _due("strategy", label, each.child, StepKind.STRATEGY, each.occurred_at,
                each.strategy_due_at)  # fmt: skip


def _to_confer(user: Waiting) -> QuerySet[StrategyDiscussion]:
    rows = awaiting_conference().filter(
        conference_due_at__isnull=False, child__case__in=_cases(user)
    )
    return rows.order_by("conference_due_at", "pk")


def _conference_due(each: StrategyDiscussion) -> Due:
    assert each.conference_due_at is not None
    label = each.child.law.clock("conference").label
    return _due("conference", label, each.child, StepKind.CONFERENCE, each.occurred_at,
                each.conference_due_at)  # fmt: skip


def _protected(user: Waiting) -> QuerySet[ProtectiveAction]:
    lists = current_catalogue()
    limited = [each for each in lists.actions if each.hours]
    conditions = [
        Q(kind=each.code) & ~Q(Exists(ProtectiveAction.objects.standing().filter(
            child=OuterRef("child"), kind__in=lists.enders(each.code),
            occurred_at__gte=OuterRef("occurred_at"),
        )))
        for each in limited
    ]  # fmt: skip
    rows = ProtectiveAction.objects.standing().filter(
        reduce(or_, conditions, Q(pk__in=[])), ends_at__isnull=False,
        child__case__in=_cases(user),
    )  # fmt: skip
    return rows.order_by("ends_at", "pk")


def _protection_due(each: ProtectiveAction) -> Due:
    assert each.ends_at is not None
    return _due("protection", f"{each.title} ends", each.child, StepKind.ACTION, each.occurred_at,
                each.ends_at)  # fmt: skip


def _owed(user: Waiting) -> QuerySet[SupportContact]:
    owed = SupportContact.objects.filter(state=ContactState.OWED.value)
    # Asked apart: PostgreSQL takes what a contact follows for so dear that it goes through all.
    true = owed.filter(still_true(), follows__isnull=False)
    rows = owed.filter(Q(follows=None) | Q(pk__in=true.values("pk")))
    return rows.filter(child__case__in=_cases(user)).order_by("due_at", "pk")


def _owed_due(each: SupportContact) -> Due:
    child = each.child
    url = reverse("safeguarding:contact_act", args=[child.case_id, child.pk, each.pk, "give"])
    return Due(_CONTACT, each.way.label, child.place.label, child.case.reference, url,
               each.arises_at, each.due_at)  # fmt: skip


class _Untold:
    """What victims are to be told of that nobody recorded as owed: see ``DueSteps``."""

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return it whole."""
        return [_untold_due(each) for each in untold(_children(asking), asking.most)]

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return the times of the same. Three queries."""
        found = untold_found(_children(asking), asking.most)
        return [DueTime(each.due_at or each.arises_at, "", each) for each in found]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due. One query."""
        whole = untold_whole([each for each in keys if isinstance(each, FoundUntold)])
        return {key: _untold_due(each) for key, each in whole.items()}


def _children(asking: Asking) -> Q:
    return Q(case__in=_cases(asking.user))


def _untold_due(each: Untold) -> Due:
    return Due(_CONTACT, each.kind.label, each.child.place.label, each.child.case.reference,
               each.url, each.arises_at, each.due_at or each.arises_at)  # fmt: skip


def _joined(user: Waiting) -> QuerySet[Any, UUID]:
    assert isinstance(user, User)
    return case_ids_for(user)


def _cases(user: Waiting) -> QuerySet[Any, UUID]:
    """Return the cases whose children somebody may read; what ``children_for`` adds costs time."""
    found = _joined(user)
    return found if user.roles & CHILD_READERS else found.none()


def _due(
    code: str, label: str, child: ChildRecord, kind: StepKind, since: datetime, due_at: datetime
) -> Due:
    url = reverse("safeguarding:step_add", args=[child.case_id, child.pk, kind.value])
    return Due(f"safeguarding.{code}", label, child.place.label, child.case.reference, url, since,
               due_at)  # fmt: skip
