"""Which way an exchange goes, who keeps the log, what may be given. No Django here."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.core.rules import CASE_ROLES, Access, Role, Scope
from polit.web.core.tones import Tone

WRITERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.EXAMINER})
READING = Access(Scope.CASE, read=CASE_ROLES)
WRITING = Access(Scope.CASE, read=WRITERS, write=WRITERS)
ALL_READING = Access(Scope.ROLE, read=CASE_ROLES)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
MOST_BYTES = 2**62


class Direction(StrEnum):
    """Whether something was given or received."""

    OUT = "out"
    IN = "in"

    @property
    def label(self) -> str:
        """The direction in words."""
        return "Given" if self is Direction.OUT else "Received"

    @property
    def tone(self) -> str:
        """The colour of its tag."""
        return Tone.BLUE if self is Direction.OUT else Tone.PURPLE


class ReplyKind(StrEnum):
    """What came back."""

    CONFIRMATION = "confirmation"
    ANSWER = "answer"

    @property
    def label(self) -> str:
        """The kind in words."""
        return "Receipt confirmed" if self is ReplyKind.CONFIRMATION else "Answer"


@dataclass(frozen=True, slots=True)
class GivenExchange:
    """What is recorded of an exchange.

    Args:
        direction: Given or received.
        agency: Who asked, or who gave: the agency.
        country: Its country.
        contact: The person there; empty where nobody is named.
        their_reference: Theirs; empty for none.
        authority: A code of the authorities.
        purpose: What it is for.
        description: What was sent or received, in words that name no child.
        exhibits: Exhibits of the case that it holds or comes of.
        children: Places of children in the case that it is about.
        sha256: Digest of the package in hex; empty for none.
        size_bytes: Its size; ``None`` where nobody knows.
        means: A code of the means.
        handling: A code of the handling codes.
        conditions: The conditions in words.
        occurred_at: When it was sent or received.
        handled_by: Who sent or received it.
        answer_due_at: By when an answer is expected; ``None`` for no answer.
    """

    direction: Direction
    agency: str
    country: str
    authority: str
    purpose: str
    description: str
    means: str
    handling: str
    occurred_at: datetime
    handled_by: str
    contact: str = ""
    their_reference: str = ""
    exhibits: tuple[UUID, ...] = ()
    children: tuple[UUID, ...] = ()
    sha256: str = ""
    size_bytes: int | None = None
    conditions: str = ""
    answer_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenReply:
    """What came back on an exchange.

    Args:
        kind: A confirmation or an answer.
        occurred_at: When.
        result: A code of the results, of an answer.
        text: What it says, in words that name no child.
    """

    kind: ReplyKind
    occurred_at: datetime
    result: str = ""
    text: str = ""


def check_sha256(text: str) -> str:
    """Return a digest as it is kept: 64 hex digits in small letters; empty stays empty.

    Raises:
        UsageError: It is none.
    """
    found = "".join(text.split()).lower()
    if found and not _SHA256.fullmatch(found):
        raise UsageError("a SHA-256 has 64 digits from 0 to 9 and a to f")
    return found


def check_given(given: GivenExchange, now: datetime, *, needs_conditions: bool) -> None:
    """Refuse an exchange that contradicts itself.

    Raises:
        UsageError: It happened in the future, its answer is due before it, its size cannot be, or
            its conditions are missing.
    """
    if given.occurred_at > now:
        raise UsageError("an exchange that is recorded has happened: give when it did")
    if given.answer_due_at is not None and given.answer_due_at <= given.occurred_at:
        raise UsageError("an answer is due after what it answers")
    if given.size_bytes is not None and not 0 <= given.size_bytes <= MOST_BYTES:
        raise UsageError("a size in bytes is a number from 0")
    if needs_conditions and not given.conditions.strip():
        raise UsageError("this handling code needs its conditions in words")
    if not all(text.strip() for text in (given.agency, given.country, given.purpose,
                                         given.description, given.handled_by)):  # fmt: skip
        raise UsageError("say who, which country, what for, what and by whom")
