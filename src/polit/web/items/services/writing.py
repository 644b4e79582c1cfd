"""Writes the facts of items that changed. What decisions wrote is never overwritten."""

from typing import Any

from django.db import connection
from django.db.models import F

from polit.web.items.models import ReviewSet
from polit.web.items.rules import NO_DAY, ItemState, item_number, place_of
from polit.web.items.services.facts import Facts
from polit.web.items.services.holding import Hold

ITEMS_AT_ONCE = 10_000
_COLUMNS = (
    "content_id", "kind", "verdict", "settled", "occurrences", "size_bytes", "pixels",
    "duration_ms", "taken_day", "camera", "folder_id", "has_tile", "likeness",
    "first_generation", "burst",
    "lead_place", "stack_items", "rank", "is_present",
)  # fmt: skip
_OF_PACKAGES = 15
"""The first of them are kept as they were when no package holds the item any longer."""
# ruff: noqa: S608 - constants of this module only
_READ_SQL = f"""
SELECT id, {", ".join(_COLUMNS)} FROM items_item WHERE id BETWEEN %s AND %s ORDER BY id
"""
_BY_BUILD = f"({ItemState.PENDING:d}, {ItemState.SETTLED:d})"
_WRITE_SQL = f"""
UPDATE items_item SET {", ".join(f"{name} = %s" for name in _COLUMNS if name != "lead_place")},
lead_place = CASE WHEN is_split THEN %s ELSE %s END,
revision = CASE WHEN state IN {_BY_BUILD} AND state <> %s THEN %s ELSE revision END,
state = CASE WHEN state IN {_BY_BUILD} THEN %s ELSE state END
WHERE id = %s
"""
_LEAD = _COLUMNS.index("lead_place")
_SETTLED = _COLUMNS.index("settled")


def facts_write(hold: Hold, facts: Facts) -> int:
    """Write what changed of the items of a set; return how many items that was.

    A state is written only where no decision put the item: pending, or settled by a digest.
    """
    number, changed = hold.review_set.pk, 0
    for first in range(1, facts.last_place + 1, ITEMS_AT_ONCE):
        last = min(first + ITEMS_AT_ONCE - 1, facts.last_place)
        with connection.cursor() as cursor:
            cursor.execute(_READ_SQL, [item_number(number, first), item_number(number, last)])
            before = cursor.fetchall()
        rows = [(row[0], new) for row in before if (new := _facts_of(facts, row)) != row[1:]]
        if not rows:
            continue
        changed += len(rows)
        with hold.step() as review_set, connection.cursor() as cursor:
            ReviewSet.objects.filter(pk=number).update(revision=F("revision") + 1)
            revision = review_set.revision + 1
            cursor.executemany(_WRITE_SQL, [_written(*row, revision) for row in rows])
    return changed


def _written(item_id: int, new: tuple[Any, ...], revision: int) -> tuple[Any, ...]:
    state = int(ItemState.SETTLED if new[_SETTLED] else ItemState.PENDING)
    others = (*new[:_LEAD], *new[_LEAD + 1 :])
    return (*others, place_of(item_id), new[_LEAD], state, revision, state, item_id)


def _facts_of(facts: Facts, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what an item's columns are to hold."""
    place, columns = place_of(row[0]), facts.columns
    is_present = bool(columns["present"][place])
    stacked = (columns["lead"][place], columns["stack"][place], columns["rank"][place], is_present)
    if not is_present:
        return (*row[1 : _OF_PACKAGES + 1], *stacked)
    day = columns["taken_day"][place]
    return (
        columns["content_id"][place],
        columns["kind"][place],
        columns["verdict"][place],
        columns["settled"][place],
        columns["occurrences"][place],
        columns["size"][place],
        columns["pixels"][place],
        columns["duration"][place] or None,
        None if day == NO_DAY else day,
        columns["camera"][place],
        columns["folder"][place] or None,
        bool(columns["tile"][place]),
        columns["likeness"][place],
        columns["first_generation"][place],
        columns["burst"][place],
        *stacked,
    )
