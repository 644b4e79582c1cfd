"""Kinds of arrest, steps in custody, outcomes and what may follow them. No Django here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Access, Role, Scope
from polit.web.core.tones import Tone
from polit.web.risk.rules import SuicideRiskAnswers

WRITERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who records arrests. They read children, so that no text is written by who may not read it."""
READING = Access(Scope.CASE, read=CASE_ROLES)
WRITING = Access(Scope.CASE, read=WRITERS, write=WRITERS)
LISTING = Access(Scope.ROLE, read=CHILD_READERS | {Role.OFFENDER_MANAGER})


class ArrestKind(StrEnum):
    """How a suspect was brought to answer; only the first is an arrest."""

    ARREST = "arrest"
    VOLUNTARY_ATTENDANCE = "voluntary_attendance"
    POSTAL_REQUISITION = "postal_requisition"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.replace("_", " ").capitalize()


class CustodyKind(StrEnum):
    """A step of somebody's detention."""

    ARRIVAL = "arrival"
    AUTHORISED = "authorised"
    REVIEW = "review"
    SUPERINTENDENT = "superintendent"
    WARRANT = "warrant"
    WARRANT_EXTENDED = "warrant_extended"
    RELEASE = "release"

    @property
    def label(self) -> str:
        """The step in words."""
        return _CUSTODY_LABELS[self.value]


_CUSTODY_LABELS = {
    "arrival": "Arrived at the station",
    "authorised": "Detention authorised",
    "review": "Detention reviewed",
    "superintendent": "Detention extended by a superintendent",
    "warrant": "Warrant of further detention",
    "warrant_extended": "Warrant of further detention extended",
    "release": "Left custody",
}
EXTENSIONS = frozenset(
    {CustodyKind.SUPERINTENDENT, CustodyKind.WARRANT, CustodyKind.WARRANT_EXTENDED}
)
"""The steps that say until when somebody may be detained."""


class OutcomeKind(StrEnum):
    """What became of an arrest, or of an attendance."""

    CHARGE = "charge"
    BAIL = "bail"
    RELEASED_UNDER_INVESTIGATION = "released_under_investigation"
    CAUTION = "caution"
    NO_FURTHER_ACTION = "no_further_action"

    @property
    def label(self) -> str:
        """The outcome in words."""
        words = {"charge": "Charged", "bail": "Bailed", "caution": "Cautioned"}
        return words.get(self.value, self.value.replace("_", " ").capitalize())

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        if self in RUNNING:
            return Tone.ORANGE
        return Tone.PURPLE if self is OutcomeKind.CHARGE else Tone.GREY


RUNNING = frozenset({OutcomeKind.BAIL, OutcomeKind.RELEASED_UNDER_INVESTIGATION})
"""The outcomes after which an investigation goes on: they follow an arrest alone, and a day is
set on which it is looked at again."""
DECISIONS = frozenset({OutcomeKind.CHARGE, OutcomeKind.CAUTION, OutcomeKind.NO_FURTHER_ACTION})
"""The outcomes that decide whether somebody is charged."""
FINAL = frozenset({OutcomeKind.CHARGE, OutcomeKind.CAUTION})
"""After these nobody is bailed or released under investigation any more. After no further action
somebody may be: new evidence turns up."""


@dataclass(frozen=True, slots=True)
class GivenArrest:
    """An arrest as it was given.

    Args:
        place_id: The suspect's place in the case.
        kind: Arrest, voluntary attendance or postal requisition.
        occurred_at: When.
        where: Where, in words.
        grounds: The grounds, in words.
        officer: Who arrested, or who saw the suspect.
        necessity: Codes of the criteria that made it necessary; for an arrest at least one.
        rights_given_at: When the suspect was told of their rights.
        execution_id: The execution of a warrant that it happened at.
        answers: What the suspect was asked about suicide on this occasion; ``None`` where not.
    """

    place_id: UUID
    kind: ArrestKind
    occurred_at: datetime
    where: str
    grounds: str
    officer: str
    necessity: tuple[str, ...] = ()
    rights_given_at: datetime | None = None
    execution_id: UUID | None = None
    answers: SuicideRiskAnswers | None = None


@dataclass(frozen=True, slots=True)
class GivenCustody:
    """A step in custody as it was given.

    Args:
        kind: Which step.
        occurred_at: When.
        officer: Who took it: the custody officer, the reviewing officer, the court.
        until_at: Until when detention was extended; for extensions alone.
        note: What else.
    """

    kind: CustodyKind
    occurred_at: datetime
    officer: str
    until_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class GivenInterview:
    """An interview as it was given.

    Args:
        occurred_at: When it began.
        ended_at: When it ended, where that is known.
        where: Where.
        officers: Who held it.
        legal_adviser: The adviser's name, or that the suspect wanted none.
        summary: What it came to.
        answers: What the suspect was asked about suicide on this occasion; ``None`` where not.
    """

    occurred_at: datetime
    where: str
    officers: str
    legal_adviser: str
    ended_at: datetime | None = None
    summary: str = ""
    answers: SuicideRiskAnswers | None = None


@dataclass(frozen=True, slots=True)
class GivenOutcome:
    """An outcome as it was given.

    Args:
        kind: Which.
        occurred_at: When.
        detail: Why, such as the reason for no further action; there it must be said.
        bail_level: Whose authority the bail's period has, a code of the law at the arrest.
        due_at: When the bail ends, or the release is looked at again.
        conditions: The conditions of bail, each in words.
        answers: What the suspect was asked about suicide on this occasion; ``None`` where not.
    """

    kind: OutcomeKind
    occurred_at: datetime
    detail: str = ""
    bail_level: str = ""
    due_at: datetime | None = None
    conditions: tuple[str, ...] = ()
    answers: SuicideRiskAnswers | None = None


@dataclass(frozen=True, slots=True)
class GivenSupport:
    """Support that was offered to the suspect's family, as it was given.

    Args:
        occurred_at: When.
        offered_to: To whom, in words that name no child.
        what: What was offered.
        is_accepted: Whether it was taken up.
    """

    occurred_at: datetime
    offered_to: str
    what: str
    is_accepted: bool


def check_writes_arrests(roles: frozenset[Role]) -> None:
    """Refuse whoever may not record arrests.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & WRITERS:
        raise AuthorityError("your roles do not allow to record arrests: ask an investigator")


def may_read_texts(roles: frozenset[Role]) -> bool:
    """Tell whether somebody may read what was written in words: it may tell who a child is."""
    return bool(roles & CHILD_READERS)


def check_arrest(given: GivenArrest) -> None:
    """Refuse facts of an arrest that do not go together.

    Raises:
        UsageError: An arrest says no necessity, or something else says one.
    """
    is_arrest = given.kind is ArrestKind.ARREST
    if is_arrest and not given.necessity:
        raise UsageError("say why the arrest was necessary: choose at least one criterion")
    if not is_arrest and given.necessity:
        raise UsageError("only an arrest has to be necessary: leave the criteria empty")
    if given.rights_given_at is not None and given.rights_given_at < given.occurred_at:
        raise UsageError("the rights were given after the arrest: check the two times")


def check_outcome(given: GivenOutcome, *, kind: ArrestKind, before: OutcomeKind | None) -> None:
    """Refuse an outcome that cannot be one.

    Args:
        given: The outcome.
        kind: What it is the outcome of.
        before: The outcome that the arrest had when this one happened, ``None`` for none.

    Raises:
        UsageError: It cannot follow, or what it must say is missing.
    """
    is_running = given.kind in RUNNING
    if is_running and kind is not ArrestKind.ARREST:
        raise UsageError(f"only after an arrest can somebody be {given.kind.label.lower()}")
    if is_running and before in FINAL:
        raise UsageError(f"the suspect was {before.label.lower()} already: check the time")
    if is_running and given.due_at is None:
        raise UsageError("say when the bail ends, or when the release is looked at again")
    if not is_running and given.due_at is not None:
        raise UsageError("only bail or a release under investigation has a day that is due")
    if given.due_at is not None and given.due_at <= given.occurred_at:
        raise UsageError("what is due lies after the release: check the two times")
    if given.kind is not OutcomeKind.BAIL and given.conditions:
        raise UsageError("only bail has conditions")
    if given.kind is OutcomeKind.NO_FURTHER_ACTION and not given.detail.strip():
        raise UsageError("say why no further action is taken")
