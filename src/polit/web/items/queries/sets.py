"""The review set of a case, and its columns as this process keeps them."""

import threading
from collections import OrderedDict
from uuid import UUID

from django.db import connection

from polit.web.core.access import CaseAccess
from polit.web.items.columns import Columns, columns_from, grader_halves
from polit.web.items.models import ItemColumns, ReviewSet
from polit.web.items.rules import place_of

MOST_KEPT_ITEMS = 4_000_000
"""Items whose columns a process keeps, some 80 bytes each; of the last set used, always all."""
_TRIES = 3
_CHANGED_SQL = """
SELECT id, revision, state, grade, flags, lead_place, stack_items, graded_by FROM items_item
WHERE review_set_id = %s AND revision > %s
"""
_kept: "OrderedDict[int, Columns]" = OrderedDict()
_lock = threading.Lock()


def review_set_of(access: CaseAccess) -> ReviewSet | None:
    """Return the review set of a case, ``None`` where nothing was built yet."""
    return ReviewSet.objects.filter(case_id=access.case.id).first()


def review_set_get(access: CaseAccess) -> ReviewSet:
    """Return the review set of a case.

    Raises:
        ReviewSet.DoesNotExist: Nothing was built yet.
    """
    return ReviewSet.objects.get(case_id=access.case.id)


def columns_get(review_set: ReviewSet) -> Columns:
    """Return the columns of a set with all decisions up to its revision, or later ones.

    Whoever reads them must not write to them.
    """
    with _lock:
        found = _kept.get(review_set.pk)
        if found is None or found.stamp != review_set.stamp:
            found = _read(review_set.pk)
        if found.revision < review_set.revision:
            _take_up(review_set.pk, found)
        _keep(review_set.pk, found)
        return found


def _read(number: int) -> Columns:
    """Read the columns of the last build: where one ends meanwhile, those of that one."""
    for _ in range(_TRIES):
        review_set = ReviewSet.objects.get(pk=number)
        rows = ItemColumns.objects.filter(review_set_id=number, stamp=review_set.stamp)
        chunks = list(rows.order_by("number").values_list("revision", "data"))
        if chunks or not review_set.stamp:
            break
    revision = min((each for each, _ in chunks), default=0)
    return columns_from(review_set.stamp, revision, [bytes(data) for _, data in chunks])


def _take_up(number: int, columns: Columns) -> None:
    """Bring what decisions changed since into columns."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_SQL, [number, columns.revision])
        rows = cursor.fetchall()
    latest, last_place = columns.revision, columns.last_place
    for item_id, revision, state, grade, flags, lead, stack, grader in rows:
        place = place_of(item_id)
        latest = max(latest, revision)
        if place > last_place:
            continue  # of a build that has not ended yet
        columns["state"][place], columns["grade"][place] = state, grade
        columns["flags"][place] = flags
        columns["lead"][place], columns["stack"][place] = lead, stack
        high, low = (0, 0) if grader is None else grader_halves(UUID(str(grader)).int)
        columns["grader_high"][place], columns["grader_low"][place] = high, low
    columns.revision = latest


def _keep(number: int, columns: Columns) -> None:
    _kept[number] = columns
    _kept.move_to_end(number)
    while len(_kept) > 1 and sum(each.last_place for each in _kept.values()) > MOST_KEPT_ITEMS:
        _kept.popitem(last=False)
