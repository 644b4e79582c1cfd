"""What a running examination found so far, as a review shows it: an order, changes, packages.

Not from the columns of a build: what runs is small beside a case, and no build knows it yet.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from polit.web.core.access import CaseAccess
from polit.web.examinations.rules import FOLLOWED
from polit.web.items.models import FollowedItem
from polit.web.items.queries.orders import Order
from polit.web.items.queries.sets import review_set_of
from polit.web.items.rules import ItemMark, ItemState, item_number, place_of
from polit.web.media.quarantine import content_shown

if TYPE_CHECKING:
    from django.db.models import QuerySet

_STATES = [state.value for state in FOLLOWED]
_OPEN = (int(ItemState.PENDING), int(ItemState.PROPOSED))
_VIDEO = 2
_FIELDS = (
    "item_id", "item__state", "item__grade", "item__kind", "item__flags", "alerts", "has_tile",
)  # fmt: skip
_ROW = np.dtype([("place", "<u4"), ("state", "u1"), ("grade", "u1"), ("marks", "u1")])


def followed_order(access: CaseAccess, examination_id: UUID, *, is_open: bool) -> Order:
    """Return the items of a running examination: what alerts first, then as they were read.

    Args:
        access: To the case.
        examination_id: Which; of another case it has none.
        is_open: Whether only what nobody decided on is wanted.
    """
    rows = _rows(access, examination_id)
    if is_open:
        rows = rows.filter(item__state__in=_OPEN)
    found = list(rows.order_by("-alerts", "item_id").values_list(*_FIELDS))
    told = np.array([_told(row) for row in found], _ROW)
    review_set = review_set_of(access)
    return Order(
        review_set.revision if review_set is not None else 0,
        told["place"], np.ones(len(told), "<u4"), told["state"], told["grade"], told["marks"],
    )  # fmt: skip


def followed_count(access: CaseAccess, examination_id: UUID) -> int:
    """Return how many items were read of a running examination so far."""
    return _rows(access, examination_id).count()


def followed_changes(
    access: CaseAccess, examination_id: UUID, since: int
) -> tuple[int, tuple[tuple[int, int, int, int], ...]]:
    """Return the latest revision of a running examination's items, and what changed since one.

    Returns:
        The revision to be asked from next, and of each item its place, state, grade and marks.
    """
    rows = _rows(access, examination_id)
    changed = rows.filter(item__revision__gt=since).values_list("item__revision", *_FIELDS)
    found = list(changed)
    latest = max((revision for revision, *_ in found), default=since)
    return latest, tuple(_told(tuple(row)) for _, *row in found)


def followed_digests(
    access: CaseAccess, examination_id: UUID, places: Iterable[int]
) -> dict[int, str]:
    """Return the digests of a running examination's items at places, where they have a tile."""
    rows = _rows(access, examination_id).filter(has_tile=True)
    some = rows.filter(item_id__in=_numbers(rows, places))
    found = some.values_list("item_id", "item__sha256")
    return {place_of(number): bytes(sha256).hex() for number, sha256 in found}


def followed_packages(access: CaseAccess, places: Iterable[int]) -> dict[int, str]:
    """Return where the package of a running examination lies that found items, by their places.

    Below the packages root; of several examinations that of the first one.
    """
    rows = FollowedItem.objects.filter(
        content_shown(case="following__examination__case_id", sha256="item__sha256"),
        following__examination__case_id=access.case.id,
        following__examination__state__in=_STATES,
    )
    some = rows.filter(item_id__in=_numbers(rows, places)).order_by("-pk")
    found = some.values_list("item_id", "following__package")
    return {place_of(number): package for number, package in found}


def _rows(access: CaseAccess, examination_id: UUID) -> "QuerySet[FollowedItem]":
    return FollowedItem.objects.filter(
        content_shown(case="following__examination__case_id", sha256="item__sha256"),
        following_id=examination_id,
        following__examination__case_id=access.case.id,
    )


def _numbers(rows: "QuerySet[FollowedItem]", places: Iterable[int]) -> list[int]:
    number = rows.values_list("following__review_set_id", flat=True).first()
    return [] if number is None else [item_number(number, place) for place in places]


def _told(row: tuple[Any, ...]) -> tuple[int, int, int, int]:
    """Return place, state, grade and marks of a row of ``_FIELDS``."""
    number, state, grade, kind, flags, alerts, has_tile = row
    drawn = {
        ItemMark.VIDEO: kind == _VIDEO,
        ItemMark.ALERT: alerts > 0,
        ItemMark.NEAR: alerts == 1,
        ItemMark.NO_TILE: not has_tile,
        ItemMark.FLAGGED: flags != 0,
        ItemMark.PROVISIONAL: True,
    }
    return place_of(number), state, grade, sum(int(mark) for mark, so in drawn.items() if so)
