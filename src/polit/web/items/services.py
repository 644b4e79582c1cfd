"""Writes where grading put items."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import F

from polit.web.core.acting import check_in_act
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import ItemState, item_number


def items_mark(
    review_set: ReviewSet,
    places: Sequence[int],
    *,
    state: ItemState,
    grade: int,
    flags: int,
    graded_by: UUID | None,
) -> int:
    """Put items of a set where a decision puts them, in the act of the decision.

    Returns:
        The set's new revision, which the items bear.
    """
    check_in_act()
    rows = ReviewSet.objects.filter(pk=review_set.pk)
    rows.update(revision=F("revision") + 1)
    revision = int(rows.values_list("revision", flat=True).get())
    numbers = [item_number(review_set.pk, place) for place in places]
    Item.objects.filter(pk__in=numbers).update(
        state=state.value, grade=grade, flags=flags, graded_by=graded_by, revision=revision
    )
    return revision
