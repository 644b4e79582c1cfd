"""States of a case, duties in it, references, break-glass. No Django here."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.cases.event_titles import TITLES
from polit.web.core.rules import CASE_ROLES, Access, Purpose, Role, Scope
from polit.web.core.states import StateTable, Transition
from polit.web.core.titles import title_of

REFERENCE_LENGTH = 100
REASON_LENGTH_MIN = 20
"""Characters of a reason for break-glass: enough that it must be a sentence."""
HOURS_MAX = 8
"""One shift: what needs longer is a membership."""
HOURS_DEFAULT = 2

OPENERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
"""Who may open a case, change its details, and speak of its status."""
_SUPERVISORS = frozenset({Role.SUPERVISOR})

ANY_CASE_ROLE = Access(Scope.ROLE, read=CASE_ROLES, write=CASE_ROLES)
OPENING = Access(Scope.ROLE, read=OPENERS, write=OPENERS)
TEAMS = Access(Scope.ROLE, read=_SUPERVISORS, write=_SUPERVISORS)
IN_CASE = Access(Scope.CASE, read=CASE_ROLES, write=CASE_ROLES)
CHANGING = Access(Scope.CASE, read=OPENERS, write=OPENERS)


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    IN_COURT = "in_court"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """The status in words."""
        return self.value.replace("_", " ").capitalize()


STATES = StateTable(
    "case",
    CaseStatus.OPEN,
    (
        Transition("take_to_court", (CaseStatus.OPEN, CaseStatus.REOPENED), "in_court", OPENERS),
        Transition(
            "close",
            (CaseStatus.OPEN, CaseStatus.REOPENED, CaseStatus.IN_COURT),
            CaseStatus.CLOSED,
            _SUPERVISORS,
        ),
        Transition("reopen", (CaseStatus.CLOSED,), CaseStatus.REOPENED, _SUPERVISORS),
    ),
)
"""Nobody closes their own work alone: it takes a supervisor, as does going back on it."""


class Duty(StrEnum):
    """What somebody does in one case; the lead answers for it and makes up its team."""

    LEAD = "lead"
    DEPUTY = "deputy"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """The duty in words."""
        return self.value.capitalize()


def event_title(action: str) -> str:
    """Return an action of the audit in words."""
    return TITLES.get(action) or title_of(action)


class UnitKind(StrEnum):
    """What a unit of the force is."""

    AREA = "area"
    TEAM = "team"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.capitalize()


UNIT_NAME_LENGTH = 100


def check_keeps_units(roles: frozenset[Role]) -> None:
    """Refuse whoever may not say which areas and teams the force has.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & _SUPERVISORS:
        raise AuthorityError("only a supervisor adds or ends areas and teams")


def check_unit_name(name: str) -> str:
    """Return the name of an area or a team in the one form that is kept: NFC, spaces once.

    Raises:
        UsageError: It is empty, too long, or holds what cannot be seen.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or not text.isprintable():
        raise UsageError("a name of an area or a team holds characters, all of which can be seen")
    if len(text) > UNIT_NAME_LENGTH:
        raise UsageError(f"a name of an area or a team has at most {UNIT_NAME_LENGTH} characters")
    return text


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """What every page of a case knows of it."""

    id: UUID
    reference: str
    title: str
    status: CaseStatus


@dataclass(frozen=True, slots=True)
class GrantedAccess:
    """Proof that somebody has access to a case: ``CaseAccess`` of the core.

    Args:
        case: The case.
        purpose: Why they have access.
        via: ``member`` or ``break_glass``.
        duty: What they do in the case; nothing for break-glass.
        expires_at: When break-glass ends; ``None`` for a member.
    """

    case: CaseHeader
    purpose: Purpose
    via: str
    duty: Duty | None = None
    expires_at: datetime | None = None


def check_reference(reference: str) -> str:
    """Return a reference in the one form that is kept: NFC.

    Raises:
        UsageError: It is empty, too long, begins or ends with a space, or holds what cannot be
            printed or cannot be seen.
    """
    text = unicodedata.normalize("NFC", reference)
    if not text or text != text.strip():
        raise UsageError("a reference is not empty and neither begins nor ends with a space")
    if len(text) > REFERENCE_LENGTH:
        raise UsageError(f"a reference has at most {REFERENCE_LENGTH} characters")
    # isprintable refuses controls, bidirectional and zero-width marks, and spaces but U+0020.
    if not text.isprintable():
        raise UsageError("a reference holds only characters that can be seen")
    return text


def check_manages_members(roles: frozenset[Role], duty: Duty | None) -> None:
    """Refuse whoever may not make up the team of a case.

    Args:
        roles: What they hold.
        duty: What they do in this case, ``None`` where they are not in it.

    Raises:
        AuthorityError: They are neither a supervisor nor the case's lead investigator.
    """
    leads = duty is Duty.LEAD and Role.INVESTIGATOR in roles
    if Role.SUPERVISOR not in roles and not leads:
        raise AuthorityError("only a supervisor or the case's lead investigator changes its team")


def can_manage_members(roles: frozenset[Role], duty: Duty | None) -> bool:
    """Tell whether somebody may make up the team of a case."""
    try:
        check_manages_members(roles, duty)
    except AuthorityError:
        return False
    return True


def check_works_on_cases(roles: frozenset[Role]) -> None:
    """Refuse whoever holds no role that works on cases.

    Raises:
        AuthorityError: They do not.
    """
    if not roles & CASE_ROLES:
        raise AuthorityError("this person holds no role that works on cases")


def check_may_join(
    roles: frozenset[Role], purpose: Purpose, duty: Duty, *, worked: bool, counselled: bool
) -> None:
    """Refuse a membership that mixes independent counsel with those who investigate.

    Args:
        roles: What the person holds.
        purpose: For what they are to have access.
        duty: What they are to do.
        worked: Whether they ever were in this case for anything but legal privilege.
        counselled: Whether they ever were counsel in this case.

    Raises:
        AuthorityError: They hold no role that works on cases, nor are they counsel.
        UsageError: The purpose does not go with the role, or they stood on the other side.
    """
    if Role.COUNSEL in roles:
        if purpose is not Purpose.LEGAL_PRIVILEGE or duty is not Duty.MEMBER:
            raise UsageError("independent counsel is a member for legal privilege and nothing else")
        if worked:
            raise UsageError("this person was on the investigation: choose another counsel")
        return
    check_works_on_cases(roles)
    if purpose is Purpose.LEGAL_PRIVILEGE:
        raise UsageError("only independent counsel has access for legal privilege")
    if counselled:
        raise UsageError("this person was independent counsel in this case")


def check_opens(roles: frozenset[Role]) -> None:
    """Refuse whoever may not open a case or change its details.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & OPENERS:
        raise AuthorityError("only an investigator or a supervisor opens a case or changes it")


@dataclass(frozen=True, slots=True)
class BreakGlassRequest:
    """What somebody asks for who needs a case at once and is not in it.

    Args:
        reference: The case's reference, letter by letter.
        purpose: What they need it for.
        hours: For how long.
        second_id: The supervisor who is told.
    """

    reference: str
    purpose: Purpose
    hours: int
    second_id: UUID


def check_break_glass(reason: str, hours: int) -> None:
    """Refuse break-glass without a sentence as its reason, or for longer than a shift.

    Raises:
        UsageError: The reason is too short, or the hours are out of range.
    """
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise UsageError(f"say why in at least {REASON_LENGTH_MIN} characters")
    if not 1 <= hours <= HOURS_MAX:
        raise UsageError(f"ask for 1 to {HOURS_MAX} hours")


def check_second(user_id: UUID, second_id: UUID, roles: frozenset[Role], *, active: bool) -> None:
    """Refuse a second person who is the first, or who may not watch over break-glass.

    Args:
        user_id: Who asks.
        second_id: The second person.
        roles: What the second person holds.
        active: Whether the second person's account is in use.

    Raises:
        UsageError: It is the same person, or no active supervisor.
    """
    if user_id == second_id:
        raise UsageError("the second person is somebody else than you")
    if not active or Role.SUPERVISOR not in roles:
        raise UsageError("the second person is an active supervisor")


def is_break_glass_open(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Tell whether break-glass gives access at an instant; at its end it no longer does."""
    return revoked_at is None and now < expires_at


def break_glass_end(begin: datetime, hours: int) -> datetime:
    """Return the instant at which break-glass ends."""
    return begin + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """What of a case may be changed; its reference may not.

    Args:
        title: What it is about.
        operation: The operation's name; empty for none.
        offences: Codes of kinds of offence.
        area_id: The area of the force; ``None`` for none.
        team_id: The team; ``None`` for none.
    """

    title: str
    operation: str = ""
    offences: tuple[str, ...] = ()
    area_id: UUID | None = None
    team_id: UUID | None = None
