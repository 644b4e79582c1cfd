"""Continuity: each event goes on from where the last one left the exhibit. No Django here."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import Role
from polit.web.exhibits.rules import CUSTODY, CUSTODY_ROLES, EventKind, Person, State

LATE_AFTER = timedelta(hours=24)


class SealFound(StrEnum):
    """How the seal was found by who looked at it."""

    NOT_LOOKED = ""
    INTACT = "intact"
    DAMAGED = "damaged"

    @property
    def label(self) -> str:
        """The finding in words."""
        return {"": "Not looked at", "intact": "Intact", "damaged": "Damaged or tampered with"}[
            self.value
        ]


class Part(StrEnum):
    """What an event of some kind must say beside when, where and why."""

    TAKER = "taker"
    SIGNATURES = "signatures"
    OLD_SEAL = "old_seal"
    NEW_SEAL = "new_seal"
    SEAL_FOUND = "seal_found"
    DOCUMENT = "document"
    COPY = "copy"


PARTS: dict[EventKind, frozenset[Part]] = {
    EventKind.SEAL: frozenset({Part.NEW_SEAL}),
    EventKind.CHANGE_SEAL: frozenset({Part.OLD_SEAL, Part.NEW_SEAL, Part.SEAL_FOUND}),
    EventKind.OPEN_SEAL: frozenset({Part.OLD_SEAL, Part.SEAL_FOUND}),
    EventKind.HAND_OVER: frozenset({Part.TAKER, Part.SIGNATURES}),
    EventKind.STORE: frozenset({Part.TAKER}),
    EventKind.TAKE_OUT: frozenset({Part.TAKER}),
    EventKind.SEND_TO_LABORATORY: frozenset({Part.TAKER, Part.SIGNATURES}),
    EventKind.BEGIN_EXAMINATION: frozenset(),
    EventKind.END_EXAMINATION: frozenset(),
    EventKind.COPY: frozenset({Part.COPY}),
    EventKind.WIPE: frozenset({Part.DOCUMENT}),
    EventKind.RETURN: frozenset({Part.TAKER, Part.DOCUMENT}),
    EventKind.FORFEIT: frozenset({Part.DOCUMENT}),
    EventKind.DISPOSE: frozenset({Part.DOCUMENT}),
}
"""The kinds that a form offers. A split comes with its sub-exhibit, a correction on its own."""

DOCUMENTS = {
    EventKind.WIPE: "Wipe certificate",
    EventKind.RETURN: "Receipt",
    EventKind.FORFEIT: "Authority for the forfeiture",
    EventKind.DISPOSE: "Authority for the disposal",
}
UNSEALED_KINDS = frozenset(
    {EventKind.BEGIN_EXAMINATION, EventKind.COPY, EventKind.WIPE, EventKind.SPLIT_OFF}
)
"""What cannot be done to something inside a sealed bag."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the last event left an exhibit.

    Args:
        number: That event's number, from 1.
        occurred_at: When it happened.
        state: Where the exhibit is.
        holder: Who has it, as ``Person.text``.
        seal: The number of its seal; empty while it is not sealed.
    """

    number: int
    occurred_at: datetime
    state: State
    holder: str
    seal: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """The names that both sides of a handover typed to sign it."""

    given: str = ""
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A digital copy that was made.

    Args:
        what: Such as "Full image, E01".
        digest: With its algorithm: ``sha256:…``.
        place: Where it is kept.
    """

    what: str = ""
    digest: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """What somebody says happened to an exhibit.

    Args:
        kind: One of ``PARTS``.
        occurred_at: When.
        place: Where.
        taker: Who has it from then on; ``None`` where it stays where it is.
        old_seal: The number read on the seal that was there.
        new_seal: The number of the seal that was put on.
        seal_found: How the old seal was found.
        note: Whatever else there is to say, such as how a seal was damaged.
        condition: The exhibit's condition.
        document: A receipt, an authority or a certificate, by its number.
    """

    kind: EventKind
    occurred_at: datetime
    place: str
    taker: Person | None = None
    old_seal: str = ""
    new_seal: str = ""
    seal_found: SealFound = SealFound.NOT_LOOKED
    signatures: Signatures = Signatures()
    note: str = ""
    condition: str = ""
    document: str = ""
    copy: Copy = Copy()


def is_late(occurred_at: datetime, recorded_at: datetime) -> bool:
    """Tell whether an event was entered so late that a report must say so."""
    return recorded_at - occurred_at > LATE_AFTER


def check_custody_role(roles: frozenset[Role]) -> None:
    """Refuse who has no exhibits in their hands.

    Raises:
        AuthorityError: None of the roles may.
    """
    if not roles & CUSTODY_ROLES:
        raise AuthorityError("exhibit: your roles do not allow this: ask a supervisor")


def check_not_overtaken(standing: Standing, after_number: int) -> None:
    """Refuse what was written while somebody else recorded an event.

    Raises:
        UsageError: The last event is another one than was shown; the message says the new state.
    """
    if standing.number == after_number:
        return
    seal = f"sealed {standing.seal}" if standing.seal else "not sealed"
    raise UsageError(
        f"somebody recorded event {standing.number} meanwhile: the exhibit is now "
        f"{standing.state.label.lower()} ({standing.holder}), {seal}. "
        "Nothing of yours was recorded: check it and record it again"
    )


def follow(
    standing: Standing, happening: Happening, *, roles: frozenset[Role], now: datetime
) -> Standing:
    """Return where an exhibit stands after something happened to it.

    Raises:
        UsageError: It could not happen after the last event, or does not say all that it must.
        AuthorityError: None of the roles may.
    """
    kind = happening.kind
    if kind not in PARTS and kind is not EventKind.SPLIT_OFF:
        raise UsageError(f"{kind.label.lower()}: no event that can be recorded by itself")
    step = CUSTODY.check_action(kind.value, standing.state.value, roles)
    _check_time(standing, happening.occurred_at, now)
    _check_said(happening)
    _check_giver(standing, happening)
    _check_seals(standing, happening)
    holder = _holder_after(standing, happening)
    seal = standing.seal
    if kind in {EventKind.SEAL, EventKind.CHANGE_SEAL, EventKind.OPEN_SEAL}:
        seal = happening.new_seal
    return Standing(standing.number + 1, happening.occurred_at, State(step.to), holder, seal)


def follows(last: Standing, event: Standing, before: tuple[str, str, str]) -> bool:
    """Tell whether an event goes on from the last one: number, state, holder and seal.

    Args:
        last: Where the last event left the exhibit.
        event: Where the event left it.
        before: State, holder and seal that the event says it began with.
    """
    left = (last.state.value, last.holder, last.seal)
    return event.number == last.number + 1 and before == left


def offered(standing: Standing, roles: frozenset[Role]) -> tuple[EventKind, ...]:
    """Return what somebody with these roles can record of an exhibit now."""
    kinds = [EventKind(each.action) for each in CUSTODY.offered(standing.state.value, roles)]
    sealed_alone = {EventKind.CHANGE_SEAL, EventKind.OPEN_SEAL}
    unsealed_alone = UNSEALED_KINDS | {EventKind.SEAL}
    left_out = unsealed_alone if standing.seal else sealed_alone
    return tuple(kind for kind in kinds if kind not in left_out)


def split(parent: Standing, occurred_at: datetime, seal: str) -> Standing:
    """Return where a sub-exhibit begins: with who has its parent, at the same place."""
    is_at_laboratory = parent.state in {State.AT_LABORATORY, State.IN_LABORATORY_EXAMINATION}
    state = State.AT_LABORATORY if is_at_laboratory else State.HELD
    return Standing(1, occurred_at, state, parent.holder, seal)


def _check_time(standing: Standing, occurred_at: datetime, now: datetime) -> None:
    if occurred_at > now:
        raise UsageError("when: this instant has not come yet")
    if occurred_at < standing.occurred_at:
        raise UsageError(
            f"when: event {standing.number} happened after that; if its time is wrong, "
            "correct it first"
        )


def _check_said(happening: Happening) -> None:
    """Refuse what is missing, and what does not belong to the kind."""
    parts = PARTS.get(happening.kind, frozenset())
    said = {
        Part.TAKER: happening.taker is not None and bool(happening.taker.name.strip()),
        Part.SIGNATURES: bool(happening.signatures.given and happening.signatures.taken),
        Part.OLD_SEAL: bool(happening.old_seal),
        Part.NEW_SEAL: bool(happening.new_seal),
        Part.DOCUMENT: bool(happening.document),
        Part.COPY: bool(happening.copy.what and happening.copy.digest and happening.copy.place),
        Part.SEAL_FOUND: happening.seal_found is not SealFound.NOT_LOOKED,
    }
    missing = sorted(part.value.replace("_", " ") for part in parts if not said[part])
    if missing:
        raise UsageError(f"{happening.kind.label.lower()}: say also: {', '.join(missing)}")
    free = {Part.SEAL_FOUND}  # anybody may look at a seal whatever they do
    surplus = sorted(
        part.value.replace("_", " ") for part in Part if said[part] and part not in parts | free
    )
    if surplus:
        raise UsageError(f"{happening.kind.label.lower()}: does not go with {', '.join(surplus)}")
    if not happening.place.strip():
        raise UsageError("where: give the place")


def _check_giver(standing: Standing, happening: Happening) -> None:
    """Refuse that somebody hands over what another has, unless the note says how that came."""
    given = happening.signatures.given
    if not given or happening.note.strip():
        return
    name = re.sub(r" \([^()]*\)$", "", standing.holder)
    if _letters(given) not in {_letters(name), _letters(standing.holder)}:
        raise UsageError(
            f"who hands it over: the record has it with {standing.holder}; "
            "if somebody else hands it over, say in the note why"
        )


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _check_seals(standing: Standing, happening: Happening) -> None:
    kind = happening.kind
    if kind is EventKind.SEAL and standing.seal:
        raise UsageError(f"seal: it is sealed with {standing.seal}: change or open that seal")
    if kind in UNSEALED_KINDS and standing.seal:
        raise UsageError(f"seal: open seal {standing.seal} first, and record that")
    if happening.old_seal and happening.old_seal != standing.seal:
        now = f"seal {standing.seal}" if standing.seal else "no seal"
        raise UsageError(f"old seal: the record has {now}: read it again, or correct the record")
    if happening.new_seal and not happening.new_seal.isprintable():
        raise UsageError("new seal: it has characters that cannot be printed: type it again")
    if happening.new_seal and happening.new_seal == standing.seal:
        raise UsageError("new seal: it is the old one")
    if happening.seal_found is SealFound.DAMAGED and not happening.note.strip():
        raise UsageError("note: say how the seal was damaged")


def _holder_after(standing: Standing, happening: Happening) -> str:
    taker = happening.taker
    if taker is None:
        return standing.holder
    if not taker.text.isprintable():
        raise UsageError("to: the name has characters that cannot be printed: type it again")
    if taker.text == standing.holder:
        raise UsageError(f"to: {taker.text} has it already")
    return taker.text
