"""Marks items as decisions leave them, within the act of whoever decides."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Value, When

from polit.web.core.acting import check_in_act
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import ItemState, check_places, item_number
from polit.web.matching.rules import Settled

MOST_MARKED = 100_000
_AT_ONCE = 2_000
_REVISION_SQL = "UPDATE items_set SET revision = revision + 1 WHERE id = %s RETURNING revision"


def items_mark(
    review_set: ReviewSet,
    places: Iterable[int],
    *,
    state: ItemState,
    grade: int,
    flags: int,
    graded_by: UUID | None,
) -> int:
    """Put items where a decision leaves them; must be called within its act.

    Two decisions on one case follow each other here: the second waits for the first to be
    committed, so that revisions become visible in their order. What a digest settled goes back to
    settled, never to pending: it never enters the queue.

    Args:
        review_set: Of which case.
        places: Which items, at most ``MOST_MARKED``.
        state: Where they stand now.
        grade: The place of the category in the case's scheme, from 1; 0 for none.
        flags: ``Flag`` bits.
        graded_by: Who decided; ``None`` where nobody did.

    Returns:
        The set's new revision, which the items bear now.

    Raises:
        NoAct: There is no act.
        UsageError: There are no items, or too many.
    """
    check_in_act()
    numbers = [item_number(review_set.pk, each) for each in check_places(places, most=MOST_MARKED)]
    revision = _next_revision(review_set)
    wanted: object = int(state)
    if state is ItemState.PENDING:
        settled = When(settled__gt=int(Settled.NOT), then=Value(int(ItemState.SETTLED)))
        wanted = Case(settled, default=Value(int(ItemState.PENDING)))
    for first in range(0, len(numbers), _AT_ONCE):
        Item.objects.filter(pk__in=numbers[first : first + _AT_ONCE]).update(
            state=wanted, grade=grade, flags=flags, graded_by=graded_by, revision=revision
        )
    return revision


def item_split(review_set: ReviewSet, place: int) -> int:
    """Take an item out of its stack for everybody; must be called within the act that records it.

    The next build gives the stack a new lead where it was the lead; the order shows the item by
    itself at once.

    Returns:
        The set's new revision.

    Raises:
        NoAct: There is no act.
        UsageError: The place is none.
    """
    check_in_act()
    (place,) = check_places((place,), most=1)
    revision = _next_revision(review_set)
    items = Item.objects.filter(review_set=review_set)
    item = items.get(pk=item_number(review_set.pk, place))
    if item.lead_place == place:
        others = items.filter(lead_place=place, is_present=True).exclude(pk=item.pk)
        heir = others.order_by("rank").first()
        if heir is not None:
            count = others.count()
            others.update(lead_place=heir.pk & 0xFFFFFFFF, stack_items=1, revision=revision)
            items.filter(pk=heir.pk).update(stack_items=count)
    else:
        lead = items.filter(pk=item_number(review_set.pk, item.lead_place))
        lead.update(stack_items=F("stack_items") - 1, revision=revision)
    items.filter(pk=item.pk).update(
        lead_place=place, stack_items=1, is_split=True, revision=revision
    )
    return revision


def _next_revision(review_set: ReviewSet) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_REVISION_SQL, [review_set.pk])
        return int(cursor.fetchone()[0])
