"""Decides: one change on some places of a case; taken back and brought back by further ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from polit.base.errors import DecisionRefused
from polit.web.core.access import CaseAccess, CaseLike
from polit.web.core.acting import Actor
from polit.web.core.models import fresh_id
from polit.web.grading.category_schemes import grade_number
from polit.web.grading.models import Standing
from polit.web.grading.queries.histories import (
    Was,
    batch_contents,
    batches_of,
    histories_of,
    standings_of,
    values_read,
)
from polit.web.grading.queries.seconds import is_due_for_second
from polit.web.grading.rules import (
    Change,
    DecisionKind,
    Rung,
    Step,
    Values,
    batch_to_redo,
    batch_to_undo,
    check_change,
    check_places,
    values_after,
    values_of,
)
from polit.web.grading.services.held import Held, items_at, review_set_hold, with_stacks
from polit.web.grading.services.recording import Hand, Recorded, Ruling, rulings_record
from polit.web.items.models import Item


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer decides, and on what they saw of it.

    Args:
        change: What is to change.
        rung: What they had seen.
        note: What they write beside it.
        whole_stacks: Whether all of a stack is decided with its lead.
        was_shown: Whether a large batch was shown before.
        is_second: Whether they decide blind, from the queue of second reviews.
        session_id: The review session, where there is one.
    """

    change: Change
    rung: Rung = Rung.TILE
    note: str = ""
    whole_stacks: bool = False
    was_shown: bool = False
    is_second: bool = False
    session_id: UUID | None = None


def decide(actor: Actor, *, access: CaseAccess, places: Sequence[int], wish: Wish) -> Recorded:
    """Decide on places of a case: on every exact copy there, and on nothing that is only alike.

    Args:
        actor: The officer.
        access: Their access to the case.
        places: Where; a stack's lead decides for itself alone unless the whole stack is wished.
        wish: What.

    Returns:
        What the items came to.

    Raises:
        DecisionRefused: Nothing is decided, or what may not be; the code says why.
    """
    check_places(len(places), was_shown=wish.was_shown)
    check_change(wish.change, wish.note)
    with transaction.atomic():
        items = items_at(access.case, places, wish.rung)
        if wish.whole_stacks:
            items = with_stacks(items)
            check_places(len(items), was_shown=wish.was_shown)
        contents = [bytes(each.sha256) for each in items]
        spreads = wish.change.code is not None or wish.change.unsure
        held = review_set_hold(access.case, contents if spreads else ())
        _check_code(held.scheme, wish.change.code)
        standings = standings_of(access.case, contents)
        rulings = [
            _ruling(actor, wish, standings.get(bytes(item.sha256)), item, rung)
            for item, rung in items.items()
        ]
        hand = Hand(actor, access, wish.change.kind, wish.session_id)
        return rulings_record(hand, held, rulings)


def batch_undo(actor: Actor, *, access: CaseAccess, session_id: UUID | None = None) -> Recorded:
    """Take back an officer's own last batch in a case, by a further one.

    What another officer decided on the same items since then stands.

    Raises:
        DecisionRefused: There is nothing to take back, or the case is frozen.
    """
    return _compensate(actor, access, DecisionKind.UNDO, session_id)


def batch_redo(actor: Actor, *, access: CaseAccess, session_id: UUID | None = None) -> Recorded:
    """Bring back the batch that an officer took back last, unless they decided since.

    Raises:
        DecisionRefused: There is nothing to bring back, or the case is frozen.
    """
    return _compensate(actor, access, DecisionKind.REDO, session_id)


def rulings_of(
    actor: Actor, case: CaseLike, items: Iterable[tuple[Item, Change]], *,
    kind: DecisionKind, rung: Rung,
) -> list[Ruling]:  # fmt: skip
    """Return what one change for each item comes to, on what stands; the set must be held."""
    wanted = list(items)
    standings = standings_of(case, [bytes(item.sha256) for item, _ in wanted])
    found = []
    for item, change in wanted:
        before = standings.get(bytes(item.sha256))
        values = values_after(_values(before), Step(fresh_id(), kind, actor.actor_id, change))
        found.append(Ruling(item, before, values, change, rung))
    return found


def _ruling(actor: Actor, wish: Wish, before: Standing | None, item: Item, rung: Rung) -> Ruling:
    kind = wish.change.kind
    is_second = wish.is_second and before is not None and is_due_for_second(before, actor.actor_id)
    if kind is DecisionKind.GRADE and is_second:
        kind = DecisionKind.SECOND
    step = Step(fresh_id(), kind, actor.actor_id, wish.change)
    after = values_after(_values(before), step)
    return Ruling(item, before, after, wish.change, rung, wish.note, kind, wish.is_second)


def _values(standing: Standing | None) -> Values:
    return values_read(standing) if standing is not None else Values()


def _check_code(scheme: str, code: str | None) -> None:
    if code and not grade_number(scheme, code):
        raise DecisionRefused("bad_code", f"the scheme {scheme} has no such category")


def _compensate(
    actor: Actor, access: CaseAccess, kind: DecisionKind, session_id: UUID | None
) -> Recorded:
    find = batch_to_undo if kind is DecisionKind.UNDO else batch_to_redo
    with transaction.atomic():
        # Read before the sets are held, and once more under the hold: only the officer adds to it.
        wanted = find(batches_of(actor, access.case))
        decided = batch_contents(wanted) if wanted else {}
        held = review_set_hold(access.case, list(decided))
        if wanted is None or find(batches_of(actor, access.case)) != wanted:
            raise DecisionRefused("nothing", f"there is nothing of yours to {kind.value}")
        hand = Hand(actor, access, kind, session_id, wanted)
        return rulings_record(hand, held, _compensating(hand, held, wanted, decided))


def _compensating(hand: Hand, held: Held, wanted: UUID, decided: dict[bytes, Was]) -> list[Ruling]:
    case, contents = hand.access.case, list(decided)
    histories = histories_of(case, contents)
    standings = standings_of(case, contents)
    items = Item.objects.filter(review_set=held.review_set, sha256__in=contents).order_by("pk")
    step = Step(fresh_id(), hand.kind, hand.actor.actor_id, Change(), wanted)
    rulings = []
    for item in items:
        content = bytes(item.sha256)
        after = values_of([*histories[content], step])
        was = decided[content]
        rulings.append(Ruling(
            item, standings.get(content), after, Change(), was.rung,
            is_blind=was.kind is DecisionKind.SECOND,
        ))  # fmt: skip
    return rulings
