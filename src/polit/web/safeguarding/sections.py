"""What pages of others show of safeguarding."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.accounts.signed_in import user_of
from polit.web.cases.queries import cases_for
from polit.web.core.access import case_access_of
from polit.web.core.chronology import Happening
from polit.web.core.due import Waiting
from polit.web.core.rules import CHILD_READERS
from polit.web.core.searching import Entry
from polit.web.safeguarding.models import ChildRecord
from polit.web.safeguarding.queries import (
    children_in,
    place_labels,
    task_counts,
    tasks_waiting,
)
from polit.web.safeguarding.rules import WORKERS
from polit.web.safeguarding.services import STEP_MODELS

_MOST = 20


def home_tasks(request: HttpRequest) -> Mapping[str, object] | None:
    """Return tasks of this person's cases, overdue ones first."""
    user = user_of(request)
    waiting = tasks_waiting(user) if user.roles & WORKERS else []
    return {"tasks": waiting} if waiting else None


def case_tasks(request: HttpRequest) -> Mapping[str, object] | None:
    """Return how many tasks of a case wait; nothing for who does not work on them."""
    if not user_of(request).roles & WORKERS:
        return None
    granted = case_access_of(request)
    return {"case": granted.case, "counts": task_counts(granted)}


def case_children(request: HttpRequest) -> Mapping[str, object]:
    """Return the children of a case; for who may not read them, how many and "Child 1" alone."""
    granted = case_access_of(request)
    if not user_of(request).roles & CHILD_READERS:
        return {"case": granted.case, "may_read": False, "labels": place_labels(granted)}
    rows = children_in(granted).order_by("risk_known_at", "pk")
    return {"case": granted.case, "may_read": True, "children": list(rows[:_MOST])}


def child_happenings(user: Waiting, person_ids: frozenset[UUID]) -> Iterable[Happening]:
    """Return what happened for a child, in the cases of a reader of children. Six queries."""
    if not isinstance(user, User) or not user.roles & CHILD_READERS:
        return []
    cases = cases_for(user)
    records = ChildRecord.objects.filter(place__person_id__in=person_ids, case__in=cases)
    found = [
        _happening(each, each.risk_known_at, f"{each.place.label}: risk known", each.by)
        for each in records.select_related("case", "place")
    ]
    for model in STEP_MODELS.values():
        rows = model._default_manager.filter(  # noqa: SLF001 - Django documents it
            child__place__person_id__in=person_ids, child__case__in=cases, corrected_by=None,
            is_withdrawal=False,
        ).select_related("child__case", "child__place")  # fmt: skip
        found += [_happening(each.child, each.occurred_at, each.title, each.by) for each in rows]
    return found


def child_entries(records: Sequence[models.Model]) -> Iterable[Entry]:
    """Return what a search keeps of children: the title names none, the text is what is searched.

    Only readers of children find them, and see the name beside the title.
    """
    rows = ChildRecord.objects.filter(pk__in=[each.pk for each in records])
    for each in rows.select_related("case", "place__person"):
        person = each.place.person
        facts = (each.case.reference, person.full_name, person.also_known_as, each.school)
        url = reverse("safeguarding:child", args=[each.case_id, each.pk])
        yield Entry(
            each.pk, each.case_id, f"Safeguarding of {each.place.label}",
            "\n".join(fact for fact in facts if fact), url, CHILD_READERS,
        )  # fmt: skip


def children_of_person(person: models.Model) -> Iterable[UUID]:
    """Return the records of a child whose name was saved."""
    return ChildRecord.objects.filter(place__person_id=person.pk).values_list("pk", flat=True)


def _happening(child: ChildRecord, at: datetime, title: str, by: str) -> Happening:
    url = reverse("safeguarding:child", args=[child.case_id, child.pk])
    return Happening(at, title, child.case.reference, url, by=by)
