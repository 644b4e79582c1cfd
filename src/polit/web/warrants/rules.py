"""States of a warrant, what it allows, how it was executed. No Django here."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Access, Role, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.tones import Tone
from polit.web.risk.rules import SuicideRiskAnswers

APPLICANTS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.OFFENDER_MANAGER})
"""Who applies for warrants and executes them."""
READERS = CASE_ROLES
"""Who on a case sees its warrants: exhibits rest on them."""
NOTE_READERS = CHILD_READERS | APPLICANTS
"""Who reads who was present and the notes: officers write there of whoever they met."""

IN_CASE = Access(Scope.CASE, read=READERS)
WRITING = Access(Scope.CASE, read=APPLICANTS, write=APPLICANTS)
ACROSS = Access(Scope.ROLE, read=READERS)


class WarrantState(StrEnum):
    """Where a warrant stands."""

    APPLIED = "applied"
    GRANTED = "granted"
    REFUSED = "refused"
    EXECUTED = "executed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in words."""
        return "Applied for" if self is WarrantState.APPLIED else self.value.capitalize()

    @property
    def tone(self) -> Tone:
        """How it is tinted."""
        return _TONES[self]


_TONES = {
    WarrantState.APPLIED: Tone.YELLOW,
    WarrantState.GRANTED: Tone.BLUE,
    WarrantState.REFUSED: Tone.GREY,
    WarrantState.EXECUTED: Tone.GREEN,
    WarrantState.WITHDRAWN: Tone.GREY,
}
EXPIRED_LABEL = "Expired unexecuted"
"""No state that is stored: a granted warrant is this once its last day is over."""

WARRANT_STATES = StateTable(
    "warrant",
    WarrantState.APPLIED,
    (
        Transition("grant", ("applied",), "granted", APPLICANTS),
        Transition("refuse", ("applied",), "refused", APPLICANTS),
        Transition("execute", ("granted", "executed"), "executed", APPLICANTS),
        Transition("undo_execution", ("executed",), "granted", APPLICANTS),
        Transition("withdraw", ("applied", "granted"), "withdrawn", APPLICANTS),
    ),
)


class WarrantKind(StrEnum):
    """Which premises a warrant names."""

    SPECIFIC = "specific"
    ALL_PREMISES = "all_premises"

    @property
    def label(self) -> str:
        """The kind in words."""
        return {
            "specific": "Specific premises",
            "all_premises": "All premises that a person occupies or controls",
        }[self.value]


class Entries(StrEnum):
    """How often a warrant lets officers enter."""

    SINGLE = "single"
    MULTIPLE = "multiple"

    @property
    def label(self) -> str:
        """The answer in words."""
        return {"single": "One entry", "multiple": "Multiple entries"}[self.value]


@dataclass(frozen=True, slots=True)
class GivenPremises:
    """Premises of a warrant.

    Args:
        address: As it stands on the warrant.
        place_id: Whose home it is: a place in the case; ``None`` where that is not known.
    """

    address: str
    place_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GivenGrant:
    """That a court granted a warrant.

    Args:
        granted_at: When it was issued.
        reference: The court's number; empty where it stays as it was given.
        expires_on: The last day on which it may be executed; ``None`` to have it computed.
        expiry_reason: Why it differs from what the law in the data says.
    """

    granted_at: datetime
    reference: str = ""
    expires_on: date | None = None
    expiry_reason: str = ""


@dataclass(frozen=True, slots=True)
class GivenWarrant:
    """A warrant as it was applied for.

    Args:
        reference: The court's number, or the application's.
        power_code: A code of the powers in use.
        court: Which.
        applicant: The officer, as they write their name.
        applied_at: When.
        kind: Which premises it names.
        entries: How often officers may enter.
        premises: Where; one or more, in order.
        grant: The grant, where a warrant that was granted is put right.
    """

    reference: str
    power_code: str
    court: str
    applicant: str
    applied_at: datetime
    kind: WarrantKind = WarrantKind.SPECIFIC
    entries: Entries = Entries.SINGLE
    premises: tuple[GivenPremises, ...] = ()
    grant: GivenGrant | None = None


@dataclass(frozen=True, slots=True)
class GivenExecution:
    """How a warrant was executed, or that it could not be.

    Args:
        occurred_at: When officers came.
        outcome: A code of the data in use; it says whether this counts as an execution.
        officer: Who was in charge.
        premises_id: Which of the warrant's premises; ``None`` for others.
        place: Where, in words; empty to take over the address of the premises.
        present_ids: Places in the case of those who were there.
        others_present: Who else was there.
        authority: An inspector's authority, where the law asks for one.
        notes: What else.
    """

    occurred_at: datetime
    outcome: str
    officer: str
    premises_id: UUID | None = None
    place: str = ""
    present_ids: tuple[UUID, ...] = ()
    others_present: str = ""
    authority: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Prompted:
    """That a suspect was asked about suicide while a warrant was executed.

    Args:
        place_id: The suspect's place in the case.
        answers: What it came to.
    """

    place_id: UUID
    answers: SuicideRiskAnswers


def check_applies(roles: frozenset[Role]) -> None:
    """Refuse whoever may not record warrants.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & APPLICANTS:
        raise AuthorityError("your roles do not allow to record a warrant: ask an investigator")


def check_warrant(given: GivenWarrant, now: datetime) -> None:
    """Refuse a warrant that does not say what an application says.

    Raises:
        UsageError: A part is missing, it lies in the future, or it names no premises though its
            kind does.
    """
    parts = {"reference": given.reference, "court": given.court, "applicant": given.applicant}
    for name, text in parts.items():
        if not text.strip():
            raise UsageError(f"{name}: it is empty: say it as the application does")
    if given.applied_at > now:
        raise UsageError("applied: this lies in the future: give when it was applied for")
    addresses = [each.address.strip() for each in given.premises]
    if not all(addresses):
        raise UsageError("premises: an address is empty: say where")
    if not addresses and given.kind is WarrantKind.SPECIFIC:
        raise UsageError("premises: a warrant for specific premises names at least one address")


def check_granted(granted_at: datetime, applied_at: datetime, now: datetime) -> None:
    """Refuse a grant before the application or in the future.

    Raises:
        UsageError: It is.
    """
    if granted_at > now:
        raise UsageError("granted: this lies in the future: give when it was granted")
    if granted_at < applied_at:
        raise UsageError("granted: this lies before the application: correct one of the two")


def check_execution(given: GivenExecution, granted_at: datetime, now: datetime) -> None:
    """Refuse an execution that cannot have been, or says too little.

    One after the last day is kept all the same: what happened is recorded, and shown as late.

    Raises:
        UsageError: It lies in the future or before the grant, or does not say who was in charge.
    """
    if given.occurred_at > now:
        raise UsageError("executed: this lies in the future: give when officers came")
    if given.occurred_at < granted_at:
        raise UsageError("executed: this lies before the warrant was granted: correct one of both")
    if not given.officer.strip():
        raise UsageError("officer in charge: say who it was")


def is_expired(expires_on: date | None, state: WarrantState, today: date) -> bool:
    """Tell whether a warrant ran out before anybody executed it; its last day still counts."""
    return state is WarrantState.GRANTED and expires_on is not None and expires_on < today
