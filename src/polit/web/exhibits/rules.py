"""What an exhibit is made of, what its reference may be, where it can go. No Django here."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import UsageError
from polit.package.layout import SUFFIX, package_name
from polit.web.core.rules import Role
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone

REFERENCE_LENGTH = 100
TEXT_LENGTH = 4000
_LAST_NUMBER = re.compile(r"^(?P<head>.*\D)?(?P<number>[0-9]{1,9})$", re.DOTALL)
_IMEI_DIGITS = 15


class DeviceKind(StrEnum):
    """What figures count an exhibit as; the finer kind comes from a data file."""

    COMPUTER = "computer"
    PHONE = "phone"
    STORAGE = "storage"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.capitalize()


class Power(StrEnum):
    """Whether a device ran when it was seized."""

    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The state in words."""
        return {"on": "Switched on", "off": "Switched off", "unknown": "Not known"}[self.value]


class State(StrEnum):
    """Where an exhibit is. Whether it is sealed is told beside it, by its seal's number."""

    HELD = "held"
    IN_STORE = "in_store"
    AT_LABORATORY = "at_laboratory"
    IN_EXAMINATION = "in_examination"
    IN_LABORATORY_EXAMINATION = "in_laboratory_examination"
    FORFEITED = "forfeited"
    RETURNED = "returned"
    DISPOSED = "disposed"

    @property
    def label(self) -> str:
        """The state in words."""
        return _STATE_LABELS[self]

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return _STATE_TONES.get(self, Tone.BLUE)


_STATE_LABELS = {
    State.HELD: "With an officer",
    State.IN_STORE: "In store",
    State.AT_LABORATORY: "At a laboratory",
    State.IN_EXAMINATION: "Being examined",
    State.IN_LABORATORY_EXAMINATION: "Being examined at a laboratory",
    State.FORFEITED: "Forfeited",
    State.RETURNED: "Returned",
    State.DISPOSED: "Disposed of",
}
_STATE_TONES = {
    State.HELD: Tone.YELLOW,
    State.IN_STORE: Tone.GREEN,
    State.RETURNED: Tone.GREY,
    State.DISPOSED: Tone.GREY,
}


class EventKind(StrEnum):
    """What happens to an exhibit. The first two begin a chain, the others go on with it."""

    SEIZURE = "seizure"
    SPLIT = "split"
    SEAL = "seal"
    CHANGE_SEAL = "change_seal"
    OPEN_SEAL = "open_seal"
    HAND_OVER = "hand_over"
    STORE = "store"
    TAKE_OUT = "take_out"
    SEND_TO_LABORATORY = "send_to_laboratory"
    BEGIN_EXAMINATION = "begin_examination"
    END_EXAMINATION = "end_examination"
    COPY = "copy"
    SPLIT_OFF = "split_off"
    WIPE = "wipe"
    RETURN = "return"
    FORFEIT = "forfeit"
    DISPOSE = "dispose"
    CORRECT = "correct"

    @property
    def label(self) -> str:
        """The event in words, as a timeline tells it."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    EventKind.SEIZURE: "Seized",
    EventKind.SPLIT: "Split off its parent exhibit",
    EventKind.SEAL: "Sealed",
    EventKind.CHANGE_SEAL: "Seal changed",
    EventKind.OPEN_SEAL: "Seal opened",
    EventKind.HAND_OVER: "Handed over",
    EventKind.STORE: "Put into store",
    EventKind.TAKE_OUT: "Taken out of store",
    EventKind.SEND_TO_LABORATORY: "Handed in at a laboratory",
    EventKind.BEGIN_EXAMINATION: "Examination begun",
    EventKind.END_EXAMINATION: "Examination ended",
    EventKind.COPY: "Digital copy made",
    EventKind.SPLIT_OFF: "Sub-exhibit split off",
    EventKind.WIPE: "Wiped",
    EventKind.RETURN: "Returned",
    EventKind.FORFEIT: "Forfeited",
    EventKind.DISPOSE: "Disposed of",
    EventKind.CORRECT: "Correction",
}

FIRST_KINDS = frozenset({EventKind.SEIZURE, EventKind.SPLIT})
CUSTODY_ROLES = frozenset(
    {Role.EXAMINER, Role.INVESTIGATOR, Role.SUPERVISOR, Role.OFFENDER_MANAGER}
)
"""Who has exhibits in their hands."""
FINAL_ROLES = frozenset({Role.SUPERVISOR})
"""Who lets an exhibit go for good other than back to its owner."""


def _staying(kind: EventKind, *states: State) -> tuple[Transition, ...]:
    return tuple(
        Transition(kind.value, (each.value,), each.value, CUSTODY_ROLES) for each in states
    )


def _moving(
    kind: EventKind, to: State, *states: State, who: frozenset[Role] = CUSTODY_ROLES
) -> Transition:
    return Transition(kind.value, tuple(each.value for each in states), to.value, who)


_OPEN = (State.HELD, State.AT_LABORATORY, State.IN_EXAMINATION, State.IN_LABORATORY_EXAMINATION)
_KEPT = (State.HELD, State.IN_STORE, State.AT_LABORATORY)

CUSTODY = StateTable(
    "exhibit",
    State.HELD.value,
    (
        _moving(EventKind.HAND_OVER, State.HELD, State.HELD, State.AT_LABORATORY),
        _moving(EventKind.STORE, State.IN_STORE, State.HELD, State.AT_LABORATORY),
        _moving(EventKind.TAKE_OUT, State.HELD, State.IN_STORE),
        *_staying(EventKind.SEAL, *_OPEN),
        *_staying(EventKind.CHANGE_SEAL, *_OPEN, State.IN_STORE),
        *_staying(EventKind.OPEN_SEAL, *_OPEN),
        _moving(EventKind.SEND_TO_LABORATORY, State.AT_LABORATORY, State.HELD, State.IN_STORE),
        _moving(EventKind.BEGIN_EXAMINATION, State.IN_EXAMINATION, State.HELD),
        _moving(EventKind.BEGIN_EXAMINATION, State.IN_LABORATORY_EXAMINATION, State.AT_LABORATORY),
        _moving(EventKind.END_EXAMINATION, State.HELD, State.IN_EXAMINATION),
        _moving(EventKind.END_EXAMINATION, State.AT_LABORATORY, State.IN_LABORATORY_EXAMINATION),
        *_staying(EventKind.COPY, *_OPEN),
        *_staying(EventKind.SPLIT_OFF, *_OPEN),
        *_staying(EventKind.WIPE, State.HELD, State.AT_LABORATORY, State.FORFEITED),
        _moving(EventKind.RETURN, State.RETURNED, *_KEPT),
        _moving(EventKind.FORFEIT, State.FORFEITED, *_KEPT, who=FINAL_ROLES),
        _moving(EventKind.DISPOSE, State.DISPOSED, *_KEPT, State.FORFEITED, who=FINAL_ROLES),
    ),
)
"""Every way of an exhibit. A correction leads nowhere and is possible in every state."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a label names them: everybody who holds or hands over an exhibit.

    Args:
        name: Surname and initials, or a store or laboratory.
        number: Collar or staff number, empty where there is none.
    """

    name: str
    number: str = ""

    @property
    def text(self) -> str:
        """One line that names the person; what continuity compares."""
        return f"{self.name} ({self.number})" if self.number else self.name


@dataclass(frozen=True, slots=True)
class Seizure:
    """How things came into the hands of the police; the same for several things in a row.

    Args:
        seized_at: When.
        place: Where.
        producer: Who seized them, whose initials the reference bears.
        power_code: A code of the seizure powers' data file.
        power_reference: The warrant's number or whatever else names the authority used.
        agreement: Who agreed, when and how; where the power rests on an agreement.
        scope: What may be examined; where the power rests on an agreement.
        execution_id: The execution of a warrant during which they were; ``None`` for none.
    """

    seized_at: datetime
    place: str
    producer: Person
    power_code: str
    power_reference: str = ""
    agreement: str = ""
    scope: str = ""
    execution_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a thing is and which marks tell it from others.

    Args:
        kind: What figures count it as.
        finer_kind: A code of the device kinds' data file, or empty.
        imei: Fifteen digits with a right check digit, or empty.
        is_imei_unreadable: Whether there is one that cannot be read.
        capacity: As printed on it.
        identifiers: Any others, one a line.
    """

    kind: DeviceKind
    finer_kind: str = ""
    make: str = ""
    model: str = ""
    marks: str = ""
    capacity: str = ""
    serial: str = ""
    imei: str = ""
    is_imei_unreadable: bool = False
    identifiers: str = ""


@dataclass(frozen=True, slots=True)
class SeizedThing:
    """One thing that was seized.

    Args:
        reference: As its producer wrote it, such as ``AB/1``.
        description: For people who have never seen it.
        device: What it is.
        condition: Its condition at seizure.
        powered: Whether it ran.
        quantity: How many of the same, where they are one exhibit.
        containers: What it was found in or is packed in.
        owner: Whose it is, as stated.
        owner_id: The place in the case of the person whose it is, where they have one.
        seal: The number of the bag or tag it was sealed with at once, or empty.
    """

    reference: str
    description: str
    device: DeviceFacts
    condition: str = ""
    powered: Power = Power.UNKNOWN
    quantity: int = 1
    containers: str = ""
    owner: str = ""
    owner_id: UUID | None = None
    seal: str = ""


def check_reference(reference: str) -> str:
    """Return a reference without the blanks around it.

    Raises:
        UsageError: It is empty, too long, or has characters that no label can show: control
            characters, line breaks, marks that turn the direction of writing.
    """
    kept = reference.strip()
    if not kept:
        raise UsageError("reference: give the one on the label, such as AB/1")
    if len(kept) > REFERENCE_LENGTH:
        raise UsageError(f"reference: at most {REFERENCE_LENGTH} characters")
    if not kept.isprintable():
        raise UsageError("reference: it has characters that cannot be printed: type it again")
    return kept


def check_sub_reference(reference: str, parent: str) -> str:
    """Return the reference of a sub-exhibit, which goes on from its parent's.

    Raises:
        UsageError: It does not begin with the parent's reference and a stroke.
    """
    kept = check_reference(reference)
    if not kept.startswith(f"{parent}/") or kept == f"{parent}/":
        raise UsageError(f"reference: a sub-exhibit of {parent} is called {parent}/1 or the like")
    return kept


def safe_name(reference: str) -> str:
    """Return a reference as a file name: reversible, the one that packages use too."""
    return package_name(reference).removesuffix(SUFFIX)


def next_reference(reference: str) -> str:
    """Suggest the reference that follows: ``AB/2`` after ``AB/1``; empty where none follows."""
    found = _LAST_NUMBER.match(reference)
    if found is None:
        return ""
    number = found["number"]
    return f"{found['head'] or ''}{int(number) + 1:0{len(number)}d}"


def check_imei(imei: str) -> str:
    """Return the digits of an IMEI; empty stays empty.

    Raises:
        UsageError: There are not fifteen, or the last one is not their check digit.

    Source: 3GPP TS 23.003, section 6.2.1 and annex B (Luhn).
    """
    digits = re.sub(r"[\s/.-]", "", imei)
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) == _IMEI_DIGITS):
        raise UsageError("IMEI: give its 15 digits, or say that it cannot be read")
    if _luhn_sum(digits) % 10:
        raise UsageError("IMEI: the last digit does not fit the others: read it again")
    return digits


def _luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[::-1])]
    return sum(value // 10 + value % 10 for value in doubled)


def sort_key(reference: str) -> str:
    """Return what references are ordered by: a parent before its parts, ``AB/2`` before ``AB/10``.

    Hexadecimal, so that every database orders it alike whatever its collation.
    """
    counted = re.sub(r"[0-9]+", lambda found: f"{min(len(found[0]), 9)}{found[0]}", reference)
    return counted.replace("/", "\x01").encode("utf-8", "surrogatepass").hex()


def check_seizure(seizure: Seizure, now: datetime) -> None:
    """Refuse a seizure that has not come yet, or that does not say who and where.

    Raises:
        UsageError: It does not.
    """
    if seizure.seized_at > now:
        raise UsageError("seized: this instant has not come yet")
    if not seizure.producer.name.strip() or not seizure.producer.text.isprintable():
        raise UsageError("seized by: give the name, in characters that can be printed")
    if not seizure.place.strip():
        raise UsageError("where: give the place")


def check_facts(thing: SeizedThing) -> None:
    """Refuse a thing that cannot be as it is described.

    Raises:
        UsageError: It has no description, an IMEI that is none, or a seal nobody can print.
    """
    if not thing.description.strip():
        raise UsageError("description: say what it is")
    if len(thing.description) > TEXT_LENGTH:
        raise UsageError(f"description: at most {TEXT_LENGTH:,} characters")
    if thing.quantity < 1:
        raise UsageError("quantity: at least one")
    if thing.device.imei and thing.device.is_imei_unreadable:
        raise UsageError("IMEI: give it, or say that it cannot be read, not both")
    check_imei(thing.device.imei)
    if not thing.seal.isprintable():
        raise UsageError("seal: it has characters that cannot be printed: type it again")
