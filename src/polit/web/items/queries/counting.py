"""How many of the wanted items share a value, and when they were made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.items.columns import Array, Columns
from polit.web.items.models import ReviewSet
from polit.web.items.queries.orders import chosen, held_by
from polit.web.items.queries.sets import columns_get
from polit.web.items.rules import NO_DAY, Flag, ItemState, ItemWanted, Size
from polit.web.matching.rules import Verdict
from polit.web.media.models import Package, Word
from polit.web.media.rules import PackageState

MOST_VALUES = 100
_EPOCH = date(1970, 1, 1)
_LATEST_DAY = (date.max - _EPOCH).days


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a filter.

    Args:
        value: As the filter takes it.
        label: In words.
        items: How many of the wanted items have it, each member of a stack by itself.
    """

    value: str
    label: str
    items: int


def facets_get(
    access: CaseAccess,
    review_set: ReviewSet,
    wanted: ItemWanted,
    *,
    among: frozenset[int] | None = None,
) -> dict[str, list[FacetValue]]:
    """Return for each filter the values that wanted items have, the commonest first.

    A queue that is blind has none that tell of decisions, a sample none of hash sets.
    """
    columns = columns_get(review_set)
    mask = chosen(access, columns, wanted, among=among)
    found = {
        "kind": _named(columns["kind"][mask], {1: ("picture", "Picture"), 2: ("video", "Video")}),
        "camera": _words(columns["camera"][mask]),
        "size": _sizes(columns["size"][mask]),
        "exhibit": _exhibits(access, columns, mask),
    }
    if not wanted.queue.is_blind_to_sets:
        found["verdict"] = _named(columns["verdict"][mask], _VERDICTS)
    if not wanted.queue.is_blind:
        found |= {
            "state": _named(columns["state"][mask], _STATES),
            "grade": _counted(columns["grade"][mask], lambda value: (str(value), str(value))),
            "flag": _flags(columns["flags"][mask]),
            "graded_by": _graders(columns, mask),
        }
    return found


_VERDICTS = {0: ("unknown", "Unknown")} | {int(each): (each.slug, each.label) for each in Verdict}
_STATES = {int(each): (each.name.lower(), each.label) for each in ItemState}


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the wanted items were made.

    Args:
        counts: First days of months, or days, in their order, each with how many items.
        unknown: How many say nothing of it.
    """

    counts: tuple[tuple[date, int], ...]
    unknown: int


def timeline_get(
    access: CaseAccess,
    review_set: ReviewSet,
    wanted: ItemWanted,
    *,
    by_day: bool = False,
    among: frozenset[int] | None = None,
) -> Timeline:
    """Return how many wanted items were made in each month, or on each day.

    An item counts once, however many copies of it there are: by when it says it was taken, else by
    the earliest time at which one of its copies was modified.
    """
    columns = columns_get(review_set)
    days = columns["day"][chosen(access, columns, wanted, among=among)]
    known = days[(days != NO_DAY) & (days >= -_EPOCH.toordinal() + 1) & (days <= _LATEST_DAY)]
    values, counts = np.unique(known, return_counts=True)
    found: dict[date, int] = {}
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        on = _EPOCH + timedelta(days=value)
        begin = on if by_day else on.replace(day=1)
        found[begin] = found.get(begin, 0) + count
    return Timeline(tuple(found.items()), len(days) - len(known))


def _counted(values: Array, name: Callable[[int], tuple[str, str] | None]) -> list[FacetValue]:
    found, counts = np.unique(values, return_counts=True)
    ordered = sorted(zip(counts.tolist(), found.tolist(), strict=True), key=lambda each: -each[0])
    named = ((count, name(value)) for count, value in ordered)
    return [FacetValue(*each, count) for count, each in named if each is not None][:MOST_VALUES]


def _named(values: Array, names: dict[int, tuple[str, str]]) -> list[FacetValue]:
    return _counted(values, names.get)


def _words(values: Array) -> list[FacetValue]:
    found, counts = np.unique(values[values > 0], return_counts=True)
    common = found[np.argsort(-counts, kind="stable")][:MOST_VALUES].tolist()
    words = dict(Word.objects.filter(pk__in=common).values_list("pk", "word"))
    return _named(values, {number: (str(number), word) for number, word in words.items()})


def _sizes(values: Array) -> list[FacetValue]:
    ends = np.array([each.bounds[1] for each in Size])
    sizes = list(Size)
    classes = np.searchsorted(ends, values, side="right")
    return _counted(classes, lambda place: (sizes[place].value, sizes[place].label))


def _flags(values: Array) -> list[FacetValue]:
    counted = [(int(((values & int(flag)) != 0).sum()), flag) for flag in Flag]
    return [
        FacetValue(str(flag.name).lower(), str(flag.name).replace("_", " ").capitalize(), count)
        for count, flag in counted
        if count
    ]


def _graders(columns: Columns, mask: Array) -> list[FacetValue]:
    of_somebody = np.flatnonzero(mask & (columns["grader_low"] != 0))
    pairs = np.stack((columns["grader_high"][of_somebody], columns["grader_low"][of_somebody]), 1)
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    officers = [UUID(int=(int(high) << 64) | int(low)) for high, low in found.tolist()]
    names = dict(User.objects.filter(pk__in=officers).values_list("pk", "username"))
    return [
        FacetValue(str(officer), names.get(officer, "somebody"), count)
        for officer, count in zip(officers, counts.tolist(), strict=True)
    ]


def _exhibits(access: CaseAccess, columns: Columns, mask: Array) -> list[FacetValue]:
    rows = Package.objects.filter(case_id=access.case.id, state=PackageState.IMPORTED.value)
    named = rows.order_by("exhibit__reference", "number")[:MOST_VALUES]
    return [
        FacetValue(str(number), reference, int((held_by(columns, number) & mask).sum()))
        for number, reference in named.values_list("number", "exhibit__reference")
    ]
