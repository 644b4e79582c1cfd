"""What changed in a review since a revision, for a page that stays open."""

from dataclasses import dataclass

from django.db import connection

from polit.web.items.columns import Columns
from polit.web.items.marks import marks_of
from polit.web.items.models import ReviewSet
from polit.web.items.queries.sets import columns_get
from polit.web.items.rules import place_of

MOST_CHANGES = 2_000
_CHANGED_SQL = """
SELECT id, revision FROM items_item WHERE review_set_id = %s AND revision > %s
ORDER BY revision LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed.

    Args:
        revision: Up to which it is told; to be asked from next.
        items: Of each item its place, state, grade and marks.
        has_more: Whether there is more to be told from that revision on.
    """

    revision: int
    items: tuple[tuple[int, int, int, int], ...]
    has_more: bool


def changes_get(review_set: ReviewSet, since: int) -> Changes:
    """Return what changed since a revision: all of each revision that is told."""
    if since >= review_set.revision:
        return Changes(review_set.revision, (), has_more=False)
    columns = columns_get(review_set)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_SQL, [review_set.pk, since, MOST_CHANGES + 1])
        rows = cursor.fetchall()
    has_more = len(rows) > MOST_CHANGES
    last = rows[-1][1] if has_more else columns.revision
    if has_more and rows[0][1] < last:
        rows = [row for row in rows if row[1] < last]  # the last revision may be cut off: later
        last -= 1
    places = [place_of(item) for item, _ in rows]
    return Changes(last, tuple(_told(columns, places)), has_more=has_more)


def _told(columns: Columns, places: list[int]) -> list[tuple[int, int, int, int]]:
    known = [place for place in places if place <= columns.last_place]
    index = columns.index(known)
    marks = marks_of(columns, index, columns["stack"][index] > 1)
    states, grades = columns["state"], columns["grade"]
    return [
        (place, int(states[place]), int(grades[place]), int(mark))
        for place, mark in zip(known, marks, strict=True)
    ]
