"""What victim identification adds to pages of others."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.items.models import Item
from polit.web.items.rules import place_of
from polit.web.media.quarantine import entries_visible
from polit.web.victims.models import UnknownChild
from polit.web.victims.queries import (
    content_series,
    series_choices,
    series_in,
    task_content,
    unknown_in,
    unknown_of_child,
)
from polit.web.victims.rules import READERS

_MOST = 20
_ONE_CLICK = 5


def case_victims(request: HttpRequest) -> Mapping[str, object]:
    """Return the unknown children and series of a case; for who may not read them, labels alone."""
    granted = case_access_of(request)
    if not user_of(request).roles & READERS:
        rows = UnknownChild.objects.filter(case_id=granted.case.id).order_by("number")
        return {"case": granted.case, "may_read": False, "labels": [each.label for each in rows]}
    return {
        "case": granted.case,
        "may_read": True,
        "children": list(unknown_in(granted).order_by("number")[:_MOST]),
        "series": list(series_in(granted).order_by("name")[:_MOST]),
    }


def child_was_unknown(request: HttpRequest) -> Mapping[str, object] | None:
    """Return which unknown children were found to be the child of the address."""
    match = request.resolver_match
    granted = case_access_of(request)
    found = unknown_of_child(granted, match.kwargs["child_id"]) if match else []
    return {"case": granted.case, "children": found} if found else None


def task_series(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the series of the candidate of a safeguarding task, and those it may be linked to."""
    match = request.resolver_match
    if match is None:
        return None
    granted = case_access_of(request)
    linked = content_series(granted, task_content(granted, match.kwargs["task_id"]))
    held = {str(each.pk) for each in linked}
    others = [each for each in series_choices(user_of(request)) if each[0] not in held]
    return {
        "case": granted.case,
        "task_id": match.kwargs["task_id"],
        "linked": linked,
        "offered": others[:_ONE_CLICK],
    }


def entry_series(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the series of the content of the entry in the address, for readers of children."""
    match = request.resolver_match
    if match is None or not user_of(request).roles & READERS:
        return None
    granted = case_access_of(request)
    entries = entries_visible().filter(
        pk=match.kwargs["entry_id"], package__case_id=granted.case.id
    )
    items = Item.objects.filter(
        review_set__case_id=granted.case.id, sha256__in=entries.values("content__sha256")
    )
    item = items.first()
    if item is None:
        return None
    linked = content_series(granted, bytes(item.sha256))
    return {"case": granted.case, "linked": linked, "place": place_of(item.pk)}
