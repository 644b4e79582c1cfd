"""What is due in safeguarding, for the list of everything that is due. It names no child."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.core.due import Due, DueSource, Waiting
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
from polit.web.safeguarding.queries.untold import still_true, untold
from polit.web.safeguarding.rules import (
    WORKERS,
    ContactState,
    StepKind,
    TaskState,
)


def due_sources() -> Iterable[DueSource]:
    """Return where deadlines of safeguarding come from."""
    return (
        DueSource("safeguarding.task", "Safeguarding tasks", WORKERS, _tasks),
        DueSource("safeguarding.share", "Sharing with social care", WORKERS, _share),
        DueSource("safeguarding.strategy", "Strategy discussions", WORKERS, _strategy),
        DueSource("safeguarding.conference", "Child protection conferences", WORKERS, _conference),
        DueSource("safeguarding.protection", "Police protection", WORKERS, _protection),
        DueSource("safeguarding.contact", "Victims' contacts", WORKERS, _contacts),
    )


def _tasks(user: Waiting, most: int) -> Sequence[Due]:
    if not isinstance(user, User):
        return []
    rows = SafeguardingTask.objects.filter(case__in=cases_for(user))
    rows = rows.exclude(state=TaskState.DONE.value).select_related("case")
    return [
        Due("safeguarding.task", each.way.label, each.standing.label, each.case.reference,
            reverse("safeguarding:task", args=[each.case_id, each.pk]), each.raised_at,
            each.due_at, each.taken_by)
        for each in rows.order_by("due_at", "pk")[:most]
    ]  # fmt: skip


def _share(user: Waiting, most: int) -> Sequence[Due]:
    shared = SocialCareReferral.objects.standing().filter(child=OuterRef("pk"))
    rows = ChildRecord.objects.filter(~Exists(shared), case__in=_cases(user))
    rows = rows.select_related("case", "place").order_by("share_due_at", "pk")
    return [
        _due("share", each.law.clock("share").label, each, StepKind.SHARED, each.risk_known_at,
             each.share_due_at)
        for each in rows[:most]
    ]  # fmt: skip


def _strategy(user: Waiting, most: int) -> Sequence[Due]:
    held = StrategyDiscussion.objects.standing().filter(child=OuterRef("child"))
    same = SocialCareReferral.objects.standing().filter(child=OuterRef("child"))
    earlier = same.filter(
        Q(occurred_at__lt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), pk__lt=OuterRef("pk"))
    )
    rows = SocialCareReferral.objects.standing().filter(
        ~Exists(held), ~Exists(earlier), child__case__in=_cases(user)
    )
    rows = rows.select_related("child__case", "child__place")
    return [
        _due("strategy", each.child.law.clock("strategy").label, each.child, StepKind.STRATEGY,
             each.occurred_at, each.strategy_due_at)
        for each in rows.order_by("strategy_due_at", "pk")[:most]
    ]  # fmt: skip


def _conference(user: Waiting, most: int) -> Sequence[Due]:
    rows = awaiting_conference().filter(child__case__in=_cases(user))
    rows = rows.select_related("child__case", "child__place").order_by("conference_due_at", "pk")
    return [
        _due("conference", each.child.law.clock("conference").label, each.child,
             StepKind.CONFERENCE, each.occurred_at, each.conference_due_at)
        for each in rows[:most]
        if each.conference_due_at is not None
    ]  # fmt: skip


def _protection(user: Waiting, most: int) -> Sequence[Due]:
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
    rows = rows.select_related("child__case", "child__place").order_by("ends_at", "pk")
    return [
        _due("protection", f"{each.title} ends", each.child, StepKind.ACTION, each.occurred_at,
             each.ends_at)
        for each in rows[:most]
        if each.ends_at is not None
    ]  # fmt: skip


def _contacts(user: Waiting, most: int) -> Sequence[Due]:
    cases = _cases(user)
    rows = SupportContact.objects.filter(
        still_true(), state=ContactState.OWED.value, child__case__in=cases
    )
    rows = rows.select_related("child__case", "child__place").order_by("due_at", "pk")
    owed = [
        Due("safeguarding.contact", each.way.label, each.child.place.label,
            each.child.case.reference,
            reverse("safeguarding:contact_act",
                    args=[each.child.case_id, each.child_id, each.pk, "give"]),
            each.arises_at, each.due_at)
        for each in rows[:most]
    ]  # fmt: skip
    owed += [
        Due("safeguarding.contact", each.kind.label, each.child.place.label,
            each.child.case.reference, each.url, each.arises_at, each.due_at or each.arises_at)
        for each in untold(Q(case__in=cases), most)
    ]  # fmt: skip
    return sorted(owed, key=lambda each: each.due_at)[:most]


def _cases(user: Waiting) -> QuerySet[Case]:
    """Return the cases whose children somebody may read; what ``children_for`` adds costs time."""
    if not isinstance(user, User) or not user.roles & CHILD_READERS:
        return Case.objects.none()
    return cases_for(user)


def _due(
    code: str, label: str, child: ChildRecord, kind: StepKind, since: datetime, due_at: datetime
) -> Due:
    url = reverse("safeguarding:step_add", args=[child.case_id, child.pk, kind.value])
    return Due(f"safeguarding.{code}", label, child.place.label, child.case.reference, url, since,
               due_at)  # fmt: skip
