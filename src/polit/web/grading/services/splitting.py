"""Takes an item out of its stack, for everybody on the case."""

from polit.base.errors import DecisionRefused
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.grading.services.held import items_at, review_set_hold
from polit.web.grading.services.recording import Recorded
from polit.web.items.marks import items_marks
from polit.web.items.models import Item
from polit.web.items.rules import place_of
from polit.web.items.services import item_split

_REASON = "It is another picture than those it was stacked with"


def stack_split(actor: Actor, *, access: CaseAccess, place: int) -> Recorded:
    """Have an item stand by itself: alike is not the same, and this one is not.

    Raises:
        DecisionRefused: It stands by itself already, or the case is frozen.
    """
    with act(actor, "grading.split", reason=_REASON, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        held = review_set_hold(access.case)
        (item,) = items_at(access.case, [place])
        if item.lead_place == place and item.stack_items == 1:
            raise DecisionRefused("nothing", "this item stands by itself already")
        deed.about("content", bytes(item.sha256).hex(), lead=item.lead_place, place=place)
        revision = item_split(held.review_set, place)
        rows = Item.objects.filter(review_set=held.review_set, revision=revision)
        items = list(rows.order_by("pk"))
        marks = items_marks([(each, each.flags) for each in items])
        told = tuple(
            (place_of(each.pk), each.state, each.grade, mark)
            for each, mark in zip(items, marks, strict=True)
        )
    return Recorded(revision, None, told)
