"""Decides: one change on some places of a case; taken back and brought back by further ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.errors import DecisionRefused
from polit.web.core.access import CaseAccess, CaseLike
from polit.web.core.acting import Actor
from polit.web.core.models import fresh_id
from polit.web.grading.category_schemes import grade_number
from polit.web.grading.models import Standing
from polit.web.grading.queries.figures import sample_among
from polit.web.grading.queries.histories import (
    Was,
    batch_by_key,
    batch_contents,
    batches_of,
    histories_of,
    standings_of,
    values_read,
)
from polit.web.grading.queries.seconds import seconds_among
from polit.web.grading.rules import (
    BLIND_KINDS,
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
from polit.web.grading.services.held import (
    Held,
    items_at,
    review_set_hold,
    rungs_of,
    with_stacks,
)
from polit.web.grading.services.recording import (
    Hand,
    Recorded,
    Ruling,
    batch_tell,
    rulings_record,
)
from polit.web.items.models import Item
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import Queue, place_of


@dataclass(frozen=True, slots=True)
class Asking:
    """In what an officer asks for a batch.

    Args:
        session_id: The review session, where there is one.
        key: What the batch is called by whoever asks: asked for again under the same key it is
            not done again, but answered again.
    """

    session_id: UUID | None = None
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer decides. What they saw of it is known from the record of exposures.

    Args:
        change: What is to change.
        note: What they write beside it.
        whole_stacks: Whether all of a stack is decided with its lead.
        was_shown: Whether a large batch was shown before.
        blind: The blind queue they decide in. It counts as blind where the item waits there for
            them; elsewhere it is a decision like any other.
        asking: In what session, and under which key.
    """

    change: Change
    note: str = ""
    whole_stacks: bool = False
    was_shown: bool = False
    blind: Queue | None = None
    asking: Asking = Asking()


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

    def work() -> Recorded:
        items = items_at(access.case, places)
        if wish.whole_stacks:
            items = with_stacks(items)
            check_places(len(items), was_shown=wish.was_shown)
        contents = [bytes(each.sha256) for each in items]
        spreads = wish.change.code is not None or wish.change.unsure
        held = review_set_hold(access.case, contents if spreads else ())
        _check_code(held.scheme, wish.change.code)
        rulings = _rulings(actor, access.case, items, wish, frozenset(places))
        hand = Hand(actor, access, wish.change.kind, wish.asking.session_id, key=wish.asking.key)
        return rulings_record(hand, held, rulings)

    return _once(actor, access, wish.asking.key, work, is_blind=wish.blind is not None)


def batch_undo(actor: Actor, *, access: CaseAccess, asking: Asking = Asking()) -> Recorded:
    """Take back an officer's own last batch in a case, by a further one.

    What another officer decided on the same items since then stands.

    Raises:
        DecisionRefused: There is nothing to take back, or the case is frozen.
    """
    return _compensate(actor, access, DecisionKind.UNDO, asking)


def batch_redo(actor: Actor, *, access: CaseAccess, asking: Asking = Asking()) -> Recorded:
    """Bring back the batch that an officer took back last, unless they decided since.

    Raises:
        DecisionRefused: There is nothing to bring back, or the case is frozen.
    """
    return _compensate(actor, access, DecisionKind.REDO, asking)


def _once(
    actor: Actor, access: CaseAccess, key: UUID | None, work: Callable[[], Recorded], *,
    is_blind: bool = False,
) -> Recorded:  # fmt: skip
    """Do a batch unless it was done under its key: then answer what it came to.

    Of two that ask at one moment the database lets one through.
    """
    done = batch_by_key(actor, access.case, key) if key is not None else None
    if done is None:
        try:
            with transaction.atomic():
                return work()
        except IntegrityError:
            done = batch_by_key(actor, access.case, key) if key is not None else None
            if done is None:
                raise
    return batch_tell(access.case, done, is_blind=is_blind)


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


def _rulings(
    actor: Actor, case: CaseLike, items: Sequence[Item], wish: Wish, named: frozenset[int]
) -> list[Ruling]:  # fmt: skip
    standings = standings_of(case, [bytes(each.sha256) for each in items])
    seen = rungs_of(actor, case, items)
    due = _due(actor, case, items, wish, standings)
    rulings = []
    for item in items:
        content = bytes(item.sha256)
        kind, before = wish.change.kind, standings.get(content)
        if kind is DecisionKind.GRADE and content in due:
            kind = DecisionKind(str(wish.blind))
        after = values_after(
            _values(before), Step(fresh_id(), kind, actor.actor_id, wish.change)
        )  # fmt: skip
        unseen = Rung.TILE if place_of(item.pk) in named else Rung.STACK
        rulings.append(Ruling(
            item, before, after, wish.change, seen.get(content, unseen), wish.note, kind,
            wish.blind is not None,
        ))  # fmt: skip
    return rulings


def _due(
    actor: Actor, case: CaseLike, items: Sequence[Item], wish: Wish,
    standings: Mapping[bytes, Standing],
) -> frozenset[bytes]:  # fmt: skip
    """Return the contents that wait for the officer in the blind queue they say they are in."""
    if wish.blind is Queue.SECOND:
        return seconds_among(case, actor.actor_id, standings)
    if wish.blind is Queue.SAMPLE:
        return sample_among(case, [bytes(each.sha256) for each in items], standings)
    return frozenset()


def _values(standing: Standing | None) -> Values:
    return values_read(standing) if standing is not None else Values()


def _check_code(scheme: str, code: str | None) -> None:
    if code and not grade_number(scheme, code):
        raise DecisionRefused("bad_code", f"the scheme {scheme} has no such category")


def _compensate(
    actor: Actor, access: CaseAccess, kind: DecisionKind, asking: Asking
) -> Recorded:  # fmt: skip
    find = batch_to_undo if kind is DecisionKind.UNDO else batch_to_redo

    def work() -> Recorded:
        # Read before the sets are held, and once more under the hold: only the officer adds to it.
        wanted = find(batches_of(actor, access.case))
        decided = batch_contents(wanted) if wanted else {}
        held = review_set_hold(access.case, list(decided))
        if wanted is None or find(batches_of(actor, access.case)) != wanted:
            raise DecisionRefused("nothing", f"there is nothing of yours to {kind.value}")
        hand = Hand(actor, access, kind, asking.session_id, wanted, key=asking.key)
        return rulings_record(hand, held, _compensating(hand, held, wanted, decided))

    return _once(actor, access, asking.key, work)


def _compensating(hand: Hand, held: Held, wanted: UUID, decided: dict[bytes, Was]) -> list[Ruling]:
    case, contents = hand.access.case, list(decided)
    histories = histories_of(case, contents)
    standings = standings_of(case, contents)
    items = Item.objects.filter(item_shown(), review_set=held.review_set, sha256__in=contents)
    step = Step(fresh_id(), hand.kind, hand.actor.actor_id, Change(), wanted)
    rulings = []
    for item in items.order_by("pk"):
        content = bytes(item.sha256)
        after = values_of([*histories[content], step])
        was = decided[content]
        rulings.append(Ruling(
            item, standings.get(content), after, Change(), was.rung,
            is_blind=was.kind in BLIND_KINDS,
        ))  # fmt: skip
    return rulings
