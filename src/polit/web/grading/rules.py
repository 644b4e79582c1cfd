"""What a decision may be, and what a row of decisions comes to. No Django here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from polit.base.errors import DecisionRefused
from polit.base.text import says_something
from polit.web.cases.rules import CaseStatus
from polit.web.core.rules import Role
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone
from polit.web.examinations.rules import TILE_READERS
from polit.web.items.rules import ItemState

DECIDERS = TILE_READERS
"""Who decides: whoever may see safe tiles."""
AGREERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who writes down what was agreed of a review, and settles what is disputed."""
KEEPERS = frozenset({Role.SUPERVISOR})
"""Who has the force's decisions made into a hash set."""
_WORKER: frozenset[Role] = frozenset()

MOST_PLACES = 2_000
"""Places that one batch decides."""
SHOWN_FROM = 50
"""A larger batch is shown, its count and nine tiles, before it is decided."""
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 2_000, 40, 20
DRAWS = 10_000
"""A draw is a number below this: hundredths of a percent."""
VOTES_TO_AGREE = 3
"""Officers whose undisputed votes make a grade locally agreed. Source: REVIEW.md, rule 7."""
FROZEN = frozenset({CaseStatus.IN_COURT, CaseStatus.CLOSED})
"""Where a served schedule stands, and no decision changes it."""


class DecisionKind(StrEnum):
    """What made a decision; the first three follow from what it says."""

    GRADE = "grade"
    FLAG = "flag"
    NOTE = "note"
    UNDO = "undo"
    REDO = "redo"
    SECOND = "second"
    SAMPLE = "sample"
    SETTLE = "settle"
    ACCEPT = "accept"

    @property
    def label(self) -> str:
        """The kind in words."""
        return _KIND_LABELS[self]

    @property
    def compensates(self) -> bool:
        """Whether it takes back, or brings back, an earlier batch."""
        return self in {DecisionKind.UNDO, DecisionKind.REDO}


BLIND_KINDS = frozenset({DecisionKind.SECOND, DecisionKind.SAMPLE})
"""Decided without being told what stood before."""
_KIND_LABELS = {
    DecisionKind.GRADE: "Graded",
    DecisionKind.FLAG: "Flagged",
    DecisionKind.NOTE: "Noted",
    DecisionKind.UNDO: "Undone",
    DecisionKind.REDO: "Redone",
    DecisionKind.SECOND: "Second review",
    DecisionKind.SAMPLE: "Blind sample",
    DecisionKind.SETTLE: "Dispute settled",
    DecisionKind.ACCEPT: "Proposal accepted",
}


class Rung(StrEnum):
    """What the officer had seen of the content when they decided."""

    TILE = "tile"
    GREY_160 = "grey160"
    COLOUR_160 = "colour160"
    FULL_GREY = "full_grey"
    FULL = "full"
    STACK = "stack"
    """Not it, but the lead of its stack."""
    COPY = "copy"
    """Not here: it was decided where an exact copy lies."""

    @property
    def label(self) -> str:
        """The rung in words."""
        return _RUNG_LABELS[self]


_RUNG_LABELS = {
    Rung.TILE: "safe tile",
    Rung.GREY_160: "160 px grey",
    Rung.COLOUR_160: "160 px colour",
    Rung.FULL_GREY: "full size, grey",
    Rung.FULL: "full size",
    Rung.STACK: "through the lead of its stack",
    Rung.COPY: "through an exact copy",
}


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in words."""
        return self.value.capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"open": Tone.BLUE, "accepted": Tone.GREEN}.get(self.value, Tone.GREY)


PROPOSAL_STATES = StateTable(
    "proposal",
    ProposalState.OPEN,
    (
        Transition("accept", ("open",), "accepted", DECIDERS),
        Transition("decline", ("open",), "declined", DECIDERS),
        Transition("withdraw", ("open",), "withdrawn", _WORKER),
        Transition("offer_again", ("accepted", "declined", "withdrawn"), "open", _WORKER),
    ),
)

GRADING_STATES = StateTable(
    "review item",
    ItemState.PENDING.name.lower(),
    (
        Transition("settle_by_digest", ("pending",), "settled", _WORKER),
        Transition("propose", ("pending",), "proposed", _WORKER),
        Transition("withdraw", ("proposed",), "pending", _WORKER),
        Transition(
            "grade", ("pending", "settled", "proposed", "unsure", "graded"), "graded", DECIDERS
        ),
        Transition(
            "doubt", ("pending", "settled", "proposed", "graded", "disputed"), "unsure", DECIDERS
        ),
        Transition("grade_otherwise", ("pending", "graded", "unsure"), "disputed", DECIDERS),
        Transition("agree", ("disputed",), "graded", DECIDERS),
        Transition("settle", ("disputed", "unsure"), "graded", AGREERS),
        Transition("clear", ("graded", "unsure", "disputed"), "pending", DECIDERS),
    ),
)
"""Where decisions take an item; ``state_of`` computes it. What was settled or proposed before is
so again once nothing that was decided stands; undo and redo go back to what stood."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision asks for; what it does not name stays.

    Args:
        code: A category as ``CategoryRef.text`` has it, empty to clear it, ``None`` to leave it.
        flags_set: ``Flag`` bits to set.
        flags_clear: ``Flag`` bits to clear.
        tags: Words to add; one that begins with ``-`` is taken off.
        unsure: Whether the officer leaves it to a second one.
    """

    code: str | None = None
    flags_set: int = 0
    flags_clear: int = 0
    tags: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return self == Change()

    @property
    def kind(self) -> DecisionKind:
        """What kind of decision asks for it by itself."""
        if self.code is not None or self.unsure:
            return DecisionKind.GRADE
        return DecisionKind.FLAG if self.flags_set or self.flags_clear else DecisionKind.NOTE


@dataclass(frozen=True, slots=True)
class Values:
    """What the decisions on one content of a case come to.

    Args:
        code: The category that shows, as ``CategoryRef.text`` has it; empty for none.
        flags: ``Flag`` bits.
        tags: Sorted, each once.
        unsure: Whether the last word was that somebody is unsure.
        votes: Each officer's own last word, by their identifier: a category, or empty where they
            were unsure.
        settled: Whether a dispute was settled and nobody has voted since.
        graded_by: Whose word shows; empty for nobody's.
    """

    code: str = ""
    flags: int = 0
    tags: tuple[str, ...] = ()
    unsure: bool = False
    votes: Mapping[str, str] = field(default_factory=dict)
    settled: bool = False
    graded_by: str = ""

    @property
    def is_disputed(self) -> bool:
        """Whether officers' words differ, and nobody settled it."""
        return not self.settled and len({code for code in self.votes.values() if code}) > 1


@dataclass(frozen=True, slots=True)
class Step:
    """One decision of a content's history, as far as its standing follows from it.

    Args:
        batch: The batch it is part of.
        kind: What made it.
        by: The officer's identifier.
        change: What it asked for.
        compensates: The batch that it takes back or brings back.
    """

    batch: UUID
    kind: DecisionKind
    by: str
    change: Change
    compensates: UUID | None = None


def values_after(values: Values, step: Step) -> Values:
    """Return what a standing is after one more decision, which compensates nothing."""
    change = step.change
    flags = (values.flags & ~change.flags_clear) | change.flags_set
    found = replace(values, flags=flags, tags=_tagged(values.tags, change.tags))
    if change.code is None and not change.unsure:
        return found
    votes = {by: code for by, code in values.votes.items() if by != step.by}
    if step.kind is DecisionKind.SETTLE:
        return replace(found, code=change.code or "", unsure=False, settled=True,
                       graded_by=step.by if change.code else "")  # fmt: skip
    if change.unsure:
        # Whoever is unsure has seen it: the second officer is another one.
        votes[step.by] = change.code or ""
    elif change.code:
        votes[step.by] = change.code
    found = replace(found, votes=votes, unsure=change.unsure, settled=False)
    if change.code is None:
        return found
    return replace(found, code=change.code, graded_by=step.by if change.code else "")


def values_of(history: Sequence[Step]) -> Values:
    """Return the standing of a content from all decisions on it, in their order.

    A batch that was undone counts for nothing until it is redone.
    """
    undone: set[UUID | None] = set()
    for step in history:
        if step.kind is DecisionKind.UNDO:
            undone.add(step.compensates)
        elif step.kind is DecisionKind.REDO:
            undone.discard(step.compensates)
    values = Values()
    for step in history:
        if not step.kind.compensates and step.batch not in undone:
            values = values_after(values, step)
    return values


def state_of(values: Values, *, is_settled: bool, is_proposed: bool) -> ItemState:
    """Return where an item stands.

    Args:
        values: What was decided.
        is_settled: Whether a digest settles it where nobody decided.
        is_proposed: Whether a proposal waits.
    """
    if values.is_disputed:
        return ItemState.DISPUTED
    if values.unsure:
        return ItemState.UNSURE
    if values.code:
        return ItemState.GRADED
    if is_proposed:
        return ItemState.PROPOSED
    return ItemState.SETTLED if is_settled else ItemState.PENDING


@dataclass(frozen=True, slots=True)
class BatchStep:
    """One batch of an officer in a case, as far as undoing needs it."""

    batch: UUID
    kind: DecisionKind
    compensates: UUID | None = None


def batch_to_undo(newest_first: Iterable[BatchStep]) -> UUID | None:
    """Return the officer's last batch that holds, ``None`` where there is none."""
    taken_back = 0
    for step in newest_first:
        if step.kind is DecisionKind.UNDO:
            taken_back += 1
        elif taken_back:
            taken_back -= 1
        else:
            return step.compensates if step.kind is DecisionKind.REDO else step.batch
    return None


def batch_to_redo(newest_first: Iterable[BatchStep]) -> UUID | None:
    """Return the batch that was undone last, ``None`` where a new decision came after."""
    brought_back = 0
    for step in newest_first:
        if not step.kind.compensates:
            return None
        if step.kind is DecisionKind.REDO:
            brought_back += 1
        elif brought_back:
            brought_back -= 1
        else:
            return step.compensates
    return None


def check_change(change: Change, note: str) -> None:
    """Refuse a decision that says nothing, or something that cannot be kept.

    Raises:
        DecisionRefused: It does.
    """
    if change.is_empty and not says_something(note):
        raise DecisionRefused("nothing", "choose a category, a flag, a tag, or write a note")
    if change.flags_set & change.flags_clear:
        raise DecisionRefused("bad_flags", "one flag cannot be set and cleared at once")
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise DecisionRefused("bad_note", f"a note has at most {LONGEST_NOTE} characters")
    if len(change.tags) > MOST_TAGS or not all(map(_is_tag, change.tags)):
        raise DecisionRefused("bad_tag", f"at most {MOST_TAGS} tags of {LONGEST_TAG} characters")


def check_places(count: int, *, was_shown: bool) -> None:
    """Refuse a batch that is empty, too large, or large and was not shown first.

    Raises:
        DecisionRefused: It is.
    """
    if not 1 <= count <= MOST_PLACES:
        raise DecisionRefused("too_many", f"choose from 1 to {MOST_PLACES} items")
    if count > SHOWN_FROM and not was_shown:
        raise DecisionRefused(
            "batch_unseen", f"{count} items: look at the count and the tiles first, then confirm"
        )


def check_not_frozen(status: str) -> None:
    """Refuse to change what was served.

    Raises:
        DecisionRefused: The case is in court, or closed.
    """
    if status in FROZEN:
        raise DecisionRefused(
            "frozen", "the case is in court or closed: its schedule stays as it was served"
        )


def is_agreed(votes: Mapping[str, str]) -> bool:
    """Tell whether the force's officers agree on a content, each with one vote."""
    return len(votes) >= VOTES_TO_AGREE and len(set(votes.values())) == 1


def _is_tag(tag: str) -> bool:
    word = tag.removeprefix("-")
    return word == word.strip() and 1 <= len(word) <= LONGEST_TAG and word.isprintable()


def _tagged(tags: tuple[str, ...], change: tuple[str, ...]) -> tuple[str, ...]:
    off = {tag.removeprefix("-") for tag in change if tag.startswith("-")}
    added = {tag for tag in change if not tag.startswith("-")}
    return tuple(sorted((set(tags) - off) | added))
