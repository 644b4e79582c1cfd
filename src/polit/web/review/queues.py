"""Queues that other registers draw: which places are in them, and what a blind one may not tell."""

from dataclasses import replace

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.grading.queries import sample_queue, second_queue
from polit.web.items.queries.orders import Order
from polit.web.items.rules import ItemMark, ItemState, ItemWanted, Queue, Sort

_NEUTRAL = {Sort.MATTERS: Sort.DATE, Sort.LIKENESS: Sort.DATE}
"""What a sample is ordered by instead of what hash sets say."""


def among_of(granted: CaseAccess, user: User, wanted: ItemWanted) -> frozenset[int] | None:
    """Return the places of a queue that grading draws, ``None`` where it draws none.

    A stack that is opened is shown whole, whatever the queue drew of it.
    """
    if wanted.lead:
        return None
    if wanted.queue is Queue.SECOND:
        return frozenset(second_queue(granted, user))
    if wanted.queue is Queue.SAMPLE:
        return frozenset(sample_queue(granted))
    return None


def blinded(wanted: ItemWanted) -> ItemWanted:
    """Return what is wanted without what would tell a blind officer of others' decisions.

    Who filters by a grade and sees what is left has seen the grade.
    """
    if not wanted.queue.is_blind:
        return wanted
    told = replace(wanted, state=None, grade=None, flag=None, graded_by=None, is_disputed=False)
    if not wanted.queue.is_blind_to_sets:
        return told
    return replace(told, verdicts=None, sort=_NEUTRAL.get(told.sort, told.sort))


def order_blinded(found: Order, queue: Queue) -> Order:
    """Return an order as a queue may tell it: a blind one says nothing of decisions."""
    if not queue.is_blind:
        return found
    kept = ItemMark.VIDEO | ItemMark.STACK | ItemMark.NO_TILE | ItemMark.FIRST_GENERATION
    if not queue.is_blind_to_sets:
        kept |= ItemMark.ALERT | ItemMark.NEAR
    return replace(
        found, states=found.states * 0 + int(ItemState.PENDING), grades=found.grades * 0,
        marks=found.marks & int(kept),
    )  # fmt: skip
