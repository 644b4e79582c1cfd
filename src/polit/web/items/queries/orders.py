"""The order of a review: which items are shown, each stack once, sorted by what was asked for."""

from dataclasses import dataclass

import numpy as np
from django.db import connection

from polit.web.core.access import CaseAccess
from polit.web.items.columns import Array, Columns, grader_halves
from polit.web.items.marks import marks_of
from polit.web.items.models import Item, ItemPlace, ReviewSet
from polit.web.items.queries.folders import places_below
from polit.web.items.queries.sets import columns_get
from polit.web.items.rules import (
    NO_DAY,
    ItemState,
    ItemWanted,
    Queue,
    Sort,
)
from polit.web.media.models import Package
from polit.web.media.quarantine import contents_blocked
from polit.web.media.rules import PackageState, rows_of

_HELD_SQL = "SELECT item_id FROM items_place WHERE id BETWEEN %s AND %s"
_QUEUE_STATES = {
    Queue.PENDING: ItemState.PENDING,
    Queue.UNSURE: ItemState.UNSURE,
    Queue.PROPOSALS: ItemState.PROPOSED,
    Queue.GRADED: ItemState.GRADED,
}


@dataclass(frozen=True, slots=True)
class Order:
    """Items in an order.

    Args:
        revision: Of the set, up to which decisions are in it.
        places: uint32.
        stacks: uint32: how many items of the same stack are wanted, the one shown included.
        states: uint8.
        grades: uint8.
        marks: uint8, ``ItemMark`` bits.
    """

    revision: int
    places: Array
    stacks: Array
    states: Array
    grades: Array
    marks: Array


def order_get(
    access: CaseAccess,
    review_set: ReviewSet,
    wanted: ItemWanted,
    *,
    among: frozenset[int] | None = None,
) -> Order:
    """Return which items are wanted and in which order.

    Where a stack is shown once, it stands where its first wanted item stands, and counts what is
    wanted of it alone: what is left of a stack whose lead is graded is still seen.

    Args:
        access: To the case.
        review_set: The case's.
        wanted: Which items, and how they are sorted.
        among: Places to choose from, as another register knows them; ``None`` for all. Queues
            that hang on more than states have nothing without.
    """
    columns = columns_get(review_set)
    revision = columns.revision
    found = np.flatnonzero(chosen(access, columns, wanted, among=among))
    found = found[np.argsort(columns["rank"][found], kind="stable")]
    counts = np.ones(len(found), np.int64)
    if wanted.is_stacked and not wanted.lead:
        found, counts = _stacked(columns, found)
    keys = _sort_keys(columns, found, wanted.sort)
    if keys:
        order = np.lexsort(tuple(reversed(keys)))
        found, counts = found[order], counts[order]
    return Order(
        revision,
        found.astype("<u4"),
        counts.astype("<u4"),
        columns["state"][found],
        columns["grade"][found],
        marks_of(columns, found, counts > 1),
    )


def chosen(
    access: CaseAccess,
    columns: Columns,
    wanted: ItemWanted,
    *,
    among: frozenset[int] | None = None,
) -> Array:
    """Return which items are wanted, as a mask by place."""
    mask = _present(access, columns)
    if wanted.lead:
        last = columns.last_place
        lead = columns["lead"][wanted.lead] if 0 < wanted.lead <= last else 0
        mask &= columns["lead"] == lead if lead else np.zeros_like(mask)
    for narrowed in (_by_queue, _by_facts, _by_decision):
        mask = narrowed(columns, mask, wanted)
    if wanted.exhibit is not None:
        is_there = _is_visible(access, wanted.exhibit)
        mask &= held_by(columns, wanted.exhibit) if is_there else np.zeros_like(mask)
    if wanted.folder is not None:
        mask &= _as_mask(columns, places_below(access, wanted.folder))
    if not wanted.lead and (among is not None or wanted.queue.is_blind):
        some = among or frozenset()
        mask &= _as_mask(columns, np.fromiter(some, np.int64, len(some)))
    return mask


def _present(access: CaseAccess, columns: Columns) -> Array:
    """Return which items a package holds that is not withdrawn, as a mask by place.

    What is quarantined for legal privilege is not among them. A withdrawal is heard at once, though it is a build that writes it down: until then the
    columns still have what it held.
    """
    mask = columns["present"].astype(bool)
    packages = Package.objects.filter(case_id=access.case.id)
    states = dict(packages.values_list("number", "state"))
    there = {number for number, state in states.items() if state == PackageState.IMPORTED.value}
    gone = states.keys() - there
    if any(ItemPlace.objects.filter(id__range=rows_of(number)).exists() for number in gone):
        held = [held_by(columns, number) for number in sorted(there)]
        mask &= np.logical_or.reduce(held) if held else np.zeros_like(mask)
    return mask & ~_quarantined(access, columns)


def _quarantined(access: CaseAccess, columns: Columns) -> Array:
    contents = contents_blocked(access.case.id).values("sha256")
    rows = Item.objects.filter(review_set__case_id=access.case.id, sha256__in=contents)
    numbers = np.array(list(rows.values_list("pk", flat=True)), np.int64)
    return _as_mask(columns, numbers & 0xFFFFFFFF)


def _by_queue(columns: Columns, mask: Array, wanted: ItemWanted) -> Array:
    state = _QUEUE_STATES.get(wanted.queue)
    if state is not None:
        mask &= columns["state"] == state
    if wanted.state is not None:
        mask &= columns["state"] == wanted.state
    if wanted.is_disputed:
        mask &= columns["state"] == ItemState.DISPUTED
    return mask


def _by_facts(columns: Columns, mask: Array, wanted: ItemWanted) -> Array:
    equal = {"kind": wanted.kind, "camera": wanted.camera}
    for name, value in equal.items():
        if value is not None:
            mask &= columns[name] == value
    if wanted.verdicts is not None:
        mask &= np.isin(columns["verdict"], sorted(wanted.verdicts))
    if wanted.from_day is not None:
        mask &= columns["day"] >= wanted.from_day
    if wanted.to_day is not None:
        mask &= (columns["day"] <= wanted.to_day) & (columns["day"] != NO_DAY)
    if wanted.size is not None:
        least, most = wanted.size.bounds
        mask &= (columns["size"] >= least) & (columns["size"] < most)
    return mask


def _by_decision(columns: Columns, mask: Array, wanted: ItemWanted) -> Array:
    if wanted.grade is not None:
        mask &= columns["grade"] == wanted.grade
    if wanted.flag is not None:
        mask &= (columns["flags"] & int(wanted.flag)) != 0
    if wanted.graded_by is not None:
        high, low = grader_halves(wanted.graded_by.int)
        mask &= columns["grader_high"] == np.uint64(high)
        mask &= columns["grader_low"] == np.uint64(low)
    return mask


def _stacked(columns: Columns, found: Array) -> tuple[Array, Array]:
    """Return one item for each stack, the first of its rank, and how many there are of it."""
    leads = columns["lead"][found]
    size = columns.last_place + 1
    first = np.zeros(size, np.int64)
    first[leads[::-1]] = np.arange(len(found) - 1, -1, -1)
    is_first = first[leads] == np.arange(len(found))
    counts = np.bincount(leads, minlength=size)
    return found[is_first], counts[leads[is_first]]


def _sort_keys(columns: Columns, found: Array, sort: Sort) -> list[Array]:
    """Return the keys of a sort, the first decides; what is equal stays in its order."""
    day = columns["day"][found].astype(np.int64)
    by_day = np.where(day == NO_DAY, np.iinfo(np.int64).max, day)
    if sort is Sort.DATE:
        return [by_day]
    if sort is Sort.FOLDER:
        return [columns["folder"][found], by_day]
    if sort is Sort.SIZE:
        return [-columns["size"][found]]
    if sort is Sort.LIKENESS:
        known = _LIKENESS[np.minimum(columns["verdict"][found], len(_LIKENESS) - 1)]
        return [-columns["likeness"][found].astype(np.int64), known]
    return []


_LIKENESS = np.array([4, 0, 1, 2, 3, 5, 3])
"""Of what is alike, by verdict: alerts, like alerts, like known, categorised or noted, unknown,
known good."""


def _is_visible(access: CaseAccess, package: int) -> bool:
    visible = Package.objects.filter(
        case_id=access.case.id, state=PackageState.IMPORTED.value, number=package
    )
    return visible.exists()


def held_by(columns: Columns, package: int) -> Array:
    """Return which items a package holds, as a mask by place; kept with the columns."""
    if package not in columns.held:
        with connection.cursor() as cursor:
            cursor.execute(_HELD_SQL, list(rows_of(package)))
            numbers = np.fromiter((row[0] for row in cursor), np.int64)
        columns.held[package] = _as_mask(columns, numbers & 0xFFFFFFFF)
    return columns.held[package]


def _as_mask(columns: Columns, places: Array) -> Array:
    mask = np.zeros(columns.last_place + 1, bool)
    mask[places[places <= columns.last_place]] = True
    return mask
