"""Queues that other registers draw: which places are in them, and what a blind one may not tell."""

from dataclasses import replace

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.grading.queries import sample_queue, second_queue
from polit.web.items.rules import ItemMark, ItemWanted, Queue, Sort

_NEUTRAL = {Sort.MATTERS: Sort.DATE, Sort.LIKENESS: Sort.DATE}


def among_of(granted: CaseAccess, user: User, wanted: ItemWanted) -> frozenset[int] | None:
    """Return the places of a queue that grading draws, ``None`` where it draws none."""
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
    wanted = replace(
        wanted, state=None, grade=None, flag=None, graded_by=None, is_disputed=False
    )  # fmt: skip
    if wanted.queue is Queue.SAMPLE:
        # What hash sets say is what the sample is to judge: it may not tell, nor sort by it.
        return replace(wanted, verdicts=None, sort=_NEUTRAL.get(wanted.sort, wanted.sort))
    return wanted


def hidden_marks(queue: Queue) -> ItemMark:
    """Return which marks a queue may not show: decisions, and in a sample what hash sets say."""
    if queue is Queue.SAMPLE:
        return ItemMark.FLAGGED | ItemMark.ALERT | ItemMark.NEAR
    return ItemMark.FLAGGED if queue.is_blind else ItemMark(0)
