"""Roles, purposes and the shape of an access rule. No Django here; everybody may import it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person does in the team. A person may hold several, but for the last three."""

    EXAMINER = "examiner"
    GRADER = "grader"
    INVESTIGATOR = "investigator"
    SUPERVISOR = "supervisor"
    SAFEGUARDING = "safeguarding"
    OFFENDER_MANAGER = "offender_manager"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    COUNSEL = "counsel"

    @property
    def label(self) -> str:
        """The role in words."""
        if self is Role.COUNSEL:
            return "Independent counsel"
        return self.value.replace("_", " ").capitalize()


EXCLUSIVE_ROLES = frozenset({Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR, Role.COUNSEL})
"""Held alone: who watches, who keeps the machine and who decides on legal privilege must not work
on cases beside."""

CASE_ROLES = frozenset(Role) - EXCLUSIVE_ROLES
EVERYBODY = frozenset(Role)

CHILD_READERS = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR, Role.SAFEGUARDING})
"""Who may read what tells who a child is; everybody else on the case sees "Child 1"."""


class Purpose(StrEnum):
    """Why somebody has access to a case; every access is for one of these."""

    INVESTIGATION = "investigation"
    EXAMINATION = "examination"
    GRADING = "grading"
    SAFEGUARDING = "safeguarding"
    OFFENDER_MANAGEMENT = "offender_management"
    SUPERVISION = "supervision"
    DISCLOSURE = "disclosure"
    QUALITY = "quality"
    LEGAL_PRIVILEGE = "legal_privilege"
    """Of independent counsel, and of nobody else."""

    @property
    def label(self) -> str:
        """The purpose in words."""
        return self.value.replace("_", " ").capitalize()


class Scope(StrEnum):
    """What a page hangs on."""

    PUBLIC = "public"
    """Anybody: signing in, and nothing else."""
    SIGNED_IN = "signed_in"
    """Anybody who signed in with a second factor."""
    ROLE = "role"
    """Whoever holds one of the roles; no case content."""
    CASE = "case"
    """Whoever holds one of the roles and has access to the case in the address."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a page.

    Args:
        scope: What it hangs on.
        read: Roles that may GET it (scope role and case).
        write: Roles that may POST to it; empty where nothing is written.
        fresh: Whether the person must have proved who they are within the last minutes.
        consults: Whether what is shown in scope case is a consultation that is recorded. Only
            what is part of a page that was recorded already says no.
    """

    scope: Scope
    read: frozenset[Role] = field(default_factory=frozenset)
    write: frozenset[Role] = field(default_factory=frozenset)
    fresh: bool = False
    consults: bool = True

    def allows(self, roles: frozenset[Role], *, is_write: bool) -> bool:
        """Tell whether one of the roles may read, or write."""
        if self.scope in {Scope.PUBLIC, Scope.SIGNED_IN}:
            return True
        return bool(roles & (self.write if is_write else self.read))


PUBLIC = Access(Scope.PUBLIC)
SIGNED_IN = Access(Scope.SIGNED_IN)
