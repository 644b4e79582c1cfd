"""Writes the columns of a review set for whoever orders it, and lets pages see them at once."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from polit.base.ids import random_bytes
from polit.web.items.columns import CHUNK_ITEMS, ROW, grader_halves
from polit.web.items.models import ItemColumns, ReviewSet
from polit.web.items.rules import NO_DAY, item_number
from polit.web.items.services.holding import Hold

_STAMP_BYTES = 16
# ruff: noqa: S608 - constants of this module only
_READ_SQL = f"""
SELECT rank, lead_place, stack_items, occurrences, burst, COALESCE(taken_day, {NO_DAY}), camera,
  flags, COALESCE(folder_id, 0), size_bytes, graded_by, kind, verdict, settled, has_tile,
  is_present, likeness, first_generation, state, grade
FROM items_item WHERE id BETWEEN %s AND %s ORDER BY id
"""
_GRADER = 10


def columns_publish(hold: Hold) -> str:
    """Write the columns of all items and let pages see them; return their stamp.

    The decisions that are in them are those of the revision that is read first; a decision that is
    made meanwhile is read from the item, as all later ones are.
    """
    number, stamp = hold.review_set.pk, random_bytes(_STAMP_BYTES).hex()
    revision = ReviewSet.objects.values_list("revision", flat=True).get(pk=number)
    for chunk, data in enumerate(_chunks(number, hold.review_set.last_place)):
        with hold.step():
            ItemColumns.objects.create(
                review_set_id=number, stamp=stamp, number=chunk, revision=revision, data=data
            )
    with hold.step():
        ReviewSet.objects.filter(pk=number).update(stamp=stamp)
    old = ItemColumns.objects.filter(review_set_id=number).exclude(stamp=stamp)
    for pk in list(old.values_list("pk", flat=True)):
        with hold.step():
            ItemColumns.objects.filter(pk=pk).delete()
    return stamp


def _chunks(number: int, last_place: int) -> Iterator[bytes]:
    for first in range(1, last_place + 1, CHUNK_ITEMS):
        last = min(first + CHUNK_ITEMS - 1, last_place)
        with connection.cursor() as cursor:
            cursor.execute(_READ_SQL, [item_number(number, first), item_number(number, last)])
            rows = [_row(row) for row in cursor.fetchall()]
        yield np.array(rows, ROW).tobytes()


def _row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    grader = row[_GRADER]
    halves = (0, 0)
    if grader is not None:
        halves = grader_halves((grader if isinstance(grader, UUID) else UUID(grader)).int)
    return (*row[:_GRADER], *halves, *row[_GRADER + 1 :])
