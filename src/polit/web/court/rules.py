"""What was charged, pleaded, heard and decided, as it is given. No Django here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Access, Role, Scope
from polit.web.core.tones import Tone
from polit.web.risk.rules import SuicideRiskAnswers

WRITERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who records what courts do. They read children: particulars of a charge may name one."""
ORDERERS = frozenset({Role.OFFENDER_MANAGER, Role.SUPERVISOR})
"""Who is led from a conviction to the order that follows it: those who record orders."""
DISCLOSERS = frozenset({Role.EXAMINER, Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who is led from a defendant to what is disclosed: those who may read that."""
READING = Access(Scope.CASE, read=CASE_ROLES)
WRITING = Access(Scope.CASE, read=WRITERS, write=WRITERS)
LISTING = Access(Scope.ROLE, read=CHILD_READERS | {Role.OFFENDER_MANAGER})


class Held(StrEnum):
    """What became of a hearing."""

    HELD = "held"
    ADJOURNED = "adjourned"
    VACATED = "vacated"

    @property
    def label(self) -> str:
        """The outcome in words."""
        return self.value.capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return {"held": Tone.GREEN, "adjourned": Tone.YELLOW, "vacated": Tone.GREY}[self.value]


class AppealStage(StrEnum):
    """How far an appeal is."""

    LODGED = "lodged"
    LEAVE_REFUSED = "leave_refused"
    ALLOWED = "allowed"
    DISMISSED = "dismissed"
    ABANDONED = "abandoned"

    @property
    def label(self) -> str:
        """The stage in words."""
        return self.value.replace("_", " ").capitalize()


class AppealAgainst(StrEnum):
    """What an appeal attacks."""

    CONVICTION = "conviction"
    SENTENCE = "sentence"
    BOTH = "both"

    @property
    def label(self) -> str:
        """What it attacks, in words."""
        return "Conviction and sentence" if self is AppealAgainst.BOTH else self.value.capitalize()


@dataclass(frozen=True, slots=True)
class GivenCharge:
    """A charge as it was given.

    Args:
        place_id: The suspect's place in the case.
        charged_at: When they were charged, or the requisition was issued.
        count_number: The number of the count.
        particulars: What is alleged, in words.
        from_on: The first day of the offence.
        to_on: The last, where it is a period.
        offence: A code of the kinds of offence in use; empty for one that it does not know.
        statute: The offence and its statute in words, where there is no code.
        arrest_id: The first row of the arrest that led to it.
        answers: What the suspect was asked about suicide on this occasion; ``None`` where not.
    """

    place_id: UUID
    charged_at: datetime
    count_number: int
    particulars: str
    from_on: date
    to_on: date | None = None
    offence: str = ""
    statute: str = ""
    arrest_id: UUID | None = None
    answers: SuicideRiskAnswers | None = None


@dataclass(frozen=True, slots=True)
class GivenPlea:
    """A plea as it was given: a code of the list in use, when, and what else was said."""

    plea: str
    occurred_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenHearing:
    """A hearing as it is listed; it may lie ahead.

    Args:
        place_id: The defendant's place in the case.
        starts_at: When.
        court: Which court.
        kind: A code of the list in use.
    """

    place_id: UUID
    starts_at: datetime
    court: str
    kind: str


@dataclass(frozen=True, slots=True)
class GivenHeard:
    """What became of a hearing.

    Args:
        held: Whether it was held, adjourned or vacated.
        outcome: What it came to, in words.
        following: The next hearing, where one was set.
    """

    held: Held
    outcome: str
    following: GivenHearing | None = None


@dataclass(frozen=True, slots=True)
class GivenSentence:
    """One part of a sentence.

    Args:
        kind: A code of the list in use.
        amount: How much, in the unit of its kind; ``None`` for a kind without one.
        text: What else, such as "concurrent".
    """

    kind: str
    amount: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class GivenResult:
    """What a court decided on a charge.

    Args:
        verdict: A code of the list in use.
        occurred_at: When.
        court: Which court.
        note: What else.
        sentence: Its parts; none while the sentence is still to come, or without a conviction.
    """

    verdict: str
    occurred_at: datetime
    court: str
    note: str = ""
    sentence: tuple[GivenSentence, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenAppeal:
    """One step of an appeal against a result."""

    against: AppealAgainst
    stage: AppealStage
    occurred_at: datetime
    note: str = ""


def check_writes_court(roles: frozenset[Role]) -> None:
    """Refuse whoever may not record what courts do.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & WRITERS:
        raise AuthorityError("your roles do not allow to record charges: ask an investigator")


def may_read_texts(roles: frozenset[Role]) -> bool:
    """Tell whether somebody may read what was written in words: it may tell who a child is."""
    return bool(roles & CHILD_READERS)


def check_charge(given: GivenCharge, today: date) -> None:
    """Refuse facts of a charge that do not go together.

    Raises:
        UsageError: It names no offence, or two; its days are not in order, or lie ahead.
    """
    if bool(given.offence) == bool(given.statute.strip()):
        raise UsageError("choose the offence, or write the statute where the list has none")
    if given.count_number < 1:
        raise UsageError("counts are numbered from 1")
    if given.to_on is not None and given.to_on < given.from_on:
        raise UsageError("the last day of the offence lies before the first: check the two days")
    if (given.to_on or given.from_on) > today:
        raise UsageError("no offence lies in the future: check the days")
