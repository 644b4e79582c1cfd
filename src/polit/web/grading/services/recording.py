"""Records decisions: the rows, what stands after them, the items, an audit row for each content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Max
from django.utils.crypto import salted_hmac

from polit.base.canonical import canonical_json
from polit.web.audit.services import Deed, act_on_each
from polit.web.core.access import CaseAccess, CaseLike
from polit.web.core.acting import Actor
from polit.web.grading.category_schemes import grade_number
from polit.web.grading.models import Batch, Decision, Standing
from polit.web.grading.queries.histories import batch_contents, change_read, scheme_of
from polit.web.grading.rules import (
    BLIND_KINDS,
    DRAWS,
    Change,
    DecisionKind,
    Rung,
    Values,
    state_of,
)
from polit.web.grading.services.held import Held, officer_id
from polit.web.grading.services.proposing import proposals_follow, proposed_here
from polit.web.grading.signals import first_generation_confirmed
from polit.web.items.marks import items_marks
from polit.web.items.models import Item, ItemPlace
from polit.web.items.rules import Flag, place_of
from polit.web.items.services import items_mark
from polit.web.media.models import Package
from polit.web.media.rules import package_of
from polit.web.safeguarding.services import first_generation_raise

if TYPE_CHECKING:
    from polit.base.canonical import JsonValue
    from polit.web.items.rules import ItemState

_STANDING_FIELDS = [
    "version", "code", "flags", "tags", "unsure", "votes", "voters", "is_disputed", "is_settled",
    "graded_by", "draw",
]  # fmt: skip
_FIRST_GENERATION = "An officer flagged it as first generation in the review"
_REASON = "Review of the case's pictures and videos"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who decides, in what session, and as what.

    Args:
        actor: The officer.
        access: Their access to the case.
        kind: What kind of decision it is.
        session_id: The review session, where there is one.
        compensates: The batch that is taken back or brought back.
        reason: Why, for the audit.
        key: What the batch is called by whoever asked for it.
    """

    actor: Actor
    access: CaseAccess
    kind: DecisionKind
    session_id: UUID | None = None
    compensates: UUID | None = None
    reason: str = _REASON
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided on one item.

    Args:
        item: The item.
        before: What stood.
        after: What stands from now on.
        change: What was asked for.
        rung: What the officer had seen of it.
        note: What they wrote.
        kind: What kind of decision it is, where it is not that of the whole batch.
        is_blind: Whether the officer is told nothing of what others said of it.
    """

    item: Item
    before: Standing | None
    after: Values
    change: Change
    rung: Rung
    note: str = ""
    kind: DecisionKind | None = None
    is_blind: bool = False

    @property
    def sha256(self) -> bytes:
        """The content."""
        return bytes(self.item.sha256)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded.

    Args:
        revision: The review set's revision after it.
        batch: The batch; ``None`` where nothing was decided.
        items: Of each item its place, state, grade and marks.
    """

    revision: int
    batch: UUID | None
    items: tuple[tuple[int, int, int, int], ...]


def rulings_record(hand: Hand, held: Held, rulings: Sequence[Ruling]) -> Recorded:
    """Record one batch of decisions, with an audit row for each content that is decided.

    Args:
        hand: Who decides.
        held: The sets that are held, as ``review_set_hold`` returns them.
        rulings: What is decided, each item once.
    """
    access = hand.access
    with act_on_each(
        hand.actor, f"grading.{hand.kind.value}", reason=hand.reason, case=access.case,
        purpose=access.purpose.value,
    ) as deeds:  # fmt: skip
        batch = _batch(hand, len(rulings))
        batch.save()
        decisions = [_decision(hand, batch, ruling) for ruling in rulings]
        Decision.objects.bulk_create(decisions)
        _standings_write(hand, rulings)
        deeds.extend(_deeds(batch, rulings))
        proposed = proposed_here(access.case, rulings)
        marked = _mark(held, rulings, proposed)
        proposals_follow(held, rulings)
        _tell_first_generation(hand, rulings, decisions)
    return Recorded(marked[0], batch.pk, marked[1])


def batch_tell(case: CaseLike, batch: Batch, *, is_blind: bool) -> Recorded:
    """Tell again of a batch that was recorded: what its items have come to.

    Args:
        case: Its case.
        batch: The batch.
        is_blind: Whether the officer is told nothing of what others said.
    """
    scheme = scheme_of(case)
    rows = {bytes(each.sha256): each for each in Decision.objects.filter(batch=batch)}
    was = batch_contents(batch.compensates_id) if batch.compensates_id else {}
    items = Item.objects.filter(review_set__case_id=case.id, sha256__in=list(rows))
    told, revision = [], 0
    for item in items.select_related("review_set").order_by("pk"):
        content, revision = bytes(item.sha256), item.review_set.revision
        state, number, flags = item.state, item.grade, item.flags
        if is_blind or (content in was and was[content].kind in BLIND_KINDS):
            own = _told_blind(change_read(rows[content].change))
            state = int(state_of(own, is_settled=False, is_proposed=False))
            number, flags = grade_number(scheme, own.code), own.flags
        told.append((place_of(item.pk), state, number, items_marks([(item, flags)])[0]))
    return Recorded(revision, batch.pk, tuple(told))


def _batch(hand: Hand, count: int) -> Batch:
    rows = Batch.objects.filter(case_id=hand.access.case.id)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    return Batch(
        case_id=hand.access.case.id, number=last + 1, kind=hand.kind.value, decisions=count,
        by_id=hand.actor.actor_id, by_name=hand.actor.name, session_id=hand.session_id,
        compensates_id=hand.compensates, key=hand.key,
    )  # fmt: skip


def _decision(hand: Hand, batch: Batch, ruling: Ruling) -> Decision:
    after = ruling.after
    return Decision(
        batch=batch, case_id=batch.case_id, sha256=ruling.sha256, number=batch.number,
        kind=(ruling.kind or hand.kind).value, code=after.code,
        before=ruling.before.code if ruling.before else "", flags=after.flags,
        tags=_text(list(after.tags)), unsure=after.unsure,
        change=msgspec.json.encode(ruling.change, order="sorted").decode(),
        note=ruling.note, rung=ruling.rung.value, by_id=batch.by_id, by_name=batch.by_name,
    )  # fmt: skip


def _standings_write(hand: Hand, rulings: Sequence[Ruling]) -> None:
    case_id = hand.access.case.id
    rows = []
    for ruling in rulings:
        kept, after = ruling.before, ruling.after
        row = Standing(
            case_id=case_id, sha256=ruling.sha256, version=kept.version + 1 if kept else 1,
            code=after.code, flags=after.flags, tags=_text(list(after.tags)), unsure=after.unsure,
            votes=_text(dict(after.votes)), voters=len(after.votes),
            is_disputed=after.is_disputed, is_settled=after.settled, graded_by=after.graded_by,
            draw=kept.draw if kept else draw_of(str(case_id), ruling.sha256),
        )  # fmt: skip
        rows.append(row)
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["sha256", "case"],
        update_fields=_STANDING_FIELDS,
    )  # fmt: skip


def draw_of(case_id: str, sha256: bytes) -> int:
    """Return a number below ``DRAWS`` that nobody chooses: keyed with the installation's secret."""
    keyed = salted_hmac(
        "polit.grading.draw", case_id + sha256.hex(), secret=settings.SECRET_KEY, algorithm="sha256"
    )
    return int.from_bytes(keyed.digest()[:8], "big") % DRAWS


def _deeds(batch: Batch, rulings: Sequence[Ruling]) -> list[Deed]:
    exhibits = _exhibits([ruling.item for ruling in rulings])
    deeds = []
    for ruling in rulings:
        deed = Deed()
        labels: list[JsonValue] = list(exhibits[ruling.item.pk])
        deed.about("content", ruling.sha256.hex())
        deed.details = {
            "batch": str(batch.pk), "code": ruling.after.code,
            "before": ruling.before.code if ruling.before else "", "flags": ruling.after.flags,
            "unsure": ruling.after.unsure, "rung": ruling.rung.value,
            "copies": ruling.item.occurrences, "exhibits": labels,
        }  # fmt: skip
        deeds.append(deed)
    return deeds


def _exhibits(items: Sequence[Item]) -> dict[int, list[str]]:
    """Return on which exhibits each item lies, by their references."""
    numbers = [item.pk for item in items]
    places = list(ItemPlace.objects.filter(item_id__in=numbers).values_list("item_id", "id"))
    wanted = {package_of(row) for _, row in places}
    rows = Package.objects.filter(number__in=wanted)
    names = dict(rows.values_list("number", "exhibit__reference"))
    found: dict[int, set[str]] = {number: set() for number in numbers}
    for item_id, row in places:
        found[item_id].add(names[package_of(row)])
    return {item_id: sorted(each) for item_id, each in found.items()}


def _mark(
    held: Held, rulings: Sequence[Ruling], proposed: frozenset[bytes]
) -> tuple[int, tuple[tuple[int, int, int, int], ...]]:
    groups: dict[tuple[ItemState, int, int, str], list[int]] = {}
    rows: list[tuple[int, int, int]] = []
    flagged: list[tuple[Item, int]] = []
    for ruling in rulings:
        after, item = ruling.after, ruling.item
        state = state_of(
            after, is_settled=bool(item.settled), is_proposed=ruling.sha256 in proposed
        )
        grade = grade_number(held.scheme, after.code)
        place = place_of(item.pk)
        groups.setdefault((state, grade, after.flags, after.graded_by), []).append(place)
        told = _told_blind(ruling.change) if ruling.is_blind else after
        shown = state if told is after else state_of(told, is_settled=False, is_proposed=False)
        rows.append((place, int(shown), grade_number(held.scheme, told.code)))
        flagged.append((item, told.flags))
    revision = 0
    for (state, grade, flags, by), places in groups.items():
        revision = items_mark(
            held.review_set, places, state=state, grade=grade, flags=flags, graded_by=officer_id(by)
        )
    marks = items_marks(flagged)
    return revision, tuple((*row, mark) for row, mark in zip(rows, marks, strict=True))


def _told_blind(change: Change) -> Values:
    """Return what a blind officer is told: their own word, whatever others said."""
    return Values(change.code or "", change.flags_set, unsure=change.unsure)


def _tell_first_generation(
    hand: Hand, rulings: Sequence[Ruling], decisions: Sequence[Decision]
) -> None:
    """Raise a safeguarding task for each content that is confirmed as first generation."""
    confirmed = []
    for ruling, decision in zip(rulings, decisions, strict=True):
        had = ruling.before.flags if ruling.before else 0
        if ruling.after.flags & ~had & Flag.FIRST_GENERATION:
            confirmed.append(ruling.sha256.hex())
            first_generation_confirmed.send(
                sender=Decision, decision=decision, access=hand.access, actor=hand.actor
            )
    if confirmed:
        first_generation_raise(
            hand.actor, reason=_FIRST_GENERATION, case=hand.access.case, contents=confirmed
        )


def _text(value: Mapping[str, str] | list[str]) -> str:
    return canonical_json(value).decode()
