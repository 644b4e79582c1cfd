"""Corrections: what an event should have said, kept beside what it says. No Django here."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from polit.base.errors import UsageError
from polit.web.exhibits.continuity import PARTS, Part, Standing
from polit.web.exhibits.rules import FIRST_KINDS, EventKind


class Field(StrEnum):
    """What a correction may put right."""

    OCCURRED_AT = "occurred_at"
    PLACE = "place"
    HOLDER = "holder"
    SEAL = "seal"
    SIGNATURE = "signature"
    NOTE = "note"
    CONDITION = "condition"
    DOCUMENT = "document"
    COPY = "copy"
    PRODUCER = "producer"
    AUTHORITY = "authority"

    @property
    def label(self) -> str:
        """The field in words."""
        return _FIELD_LABELS.get(self, self.value.capitalize())


_FIELD_LABELS = {
    Field.OCCURRED_AT: "When it happened",
    Field.HOLDER: "Who had it afterwards",
    Field.SEAL: "Number of the seal",
    Field.PRODUCER: "Who produces it",
    Field.AUTHORITY: "Power or warrant, or its number",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """What an event should have said.

    Args:
        number: The event that is corrected, from 1.
        field: What was wrong.
        text: What is right; for ``OCCURRED_AT`` the instant as the reader sees it.
        occurred_at: What is right, for ``OCCURRED_AT`` alone.
    """

    number: int
    field: Field
    text: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """The event that a correction is about, and what lies around it.

    Args:
        kind: Its kind.
        not_before: When the event before it happened; ``None`` for the first.
        not_after: When the event after it happened; now for the last.
        stands: Whether no later event set the field in question anew.
    """

    kind: EventKind
    not_before: datetime | None
    not_after: datetime
    stands: bool


HOLDER_KINDS = FIRST_KINDS | {kind for kind, parts in PARTS.items() if Part.TAKER in parts}
SEAL_KINDS = FIRST_KINDS | {kind for kind, parts in PARTS.items() if Part.NEW_SEAL in parts}


def _saying(part: Part) -> frozenset[EventKind]:
    return frozenset(kind for kind, parts in PARTS.items() if part in parts)


_SAID_BY: dict[Field, frozenset[EventKind]] = {
    Field.HOLDER: HOLDER_KINDS,
    Field.SEAL: SEAL_KINDS,
    Field.SIGNATURE: _saying(Part.SIGNATURES),
    Field.DOCUMENT: _saying(Part.DOCUMENT),
    Field.COPY: _saying(Part.COPY),
    Field.PRODUCER: FIRST_KINDS,
    Field.AUTHORITY: frozenset({EventKind.SEIZURE}),
}
"""Which kinds say something of a field; every kind says when and where, and may have a note."""


def correctable(kind: EventKind) -> tuple[Field, ...]:
    """Return the fields of an event that a correction may put right."""
    return tuple(each for each in Field if kind in _SAID_BY.get(each, {kind}))


def correct(standing: Standing, corrected: Corrected, correction: Correction) -> Standing:
    """Return where an exhibit stands after an event was corrected.

    What the last event to set it said of holder, seal and time is what the next one goes on from,
    so a correction changes that too. Where a later event set it anew, it is a statement beside.

    Raises:
        UsageError: The right value is missing, cannot be, or is that of a correction.
    """
    if corrected.kind is EventKind.CORRECT:
        raise UsageError("correction: correct the event itself once more, not its correction")
    if not correction.text.strip():
        raise UsageError("correction: say what is right")
    if correction.field not in correctable(corrected.kind):
        raise UsageError(f"correction: {corrected.kind.label.lower()} says nothing of that")
    after = replace(standing, number=standing.number + 1)
    if correction.field is Field.OCCURRED_AT:
        right = _right_instant(corrected, correction.occurred_at)
        return replace(after, occurred_at=right) if corrected.stands else after
    if correction.field not in {Field.HOLDER, Field.SEAL}:
        return after
    return _correct_line(after, corrected, correction)


def _correct_line(after: Standing, corrected: Corrected, correction: Correction) -> Standing:
    right = correction.text.strip()
    if not right.isprintable():
        raise UsageError("correction: it has characters that cannot be printed: type it again")
    if not corrected.stands:
        return after
    if correction.field is Field.HOLDER:
        return replace(after, holder=right)
    if not after.seal:
        raise UsageError("correction: it has no seal; record that it was sealed")
    return replace(after, seal=right)


def _right_instant(corrected: Corrected, right: datetime | None) -> datetime:
    if right is None:
        raise UsageError("correction: give the right date and time")
    if corrected.not_before is not None and right < corrected.not_before:
        raise UsageError("correction: the event before it happened after that")
    if right > corrected.not_after:
        raise UsageError("correction: the event after it happened before that")
    return right
