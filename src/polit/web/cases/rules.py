"""States of a case and kinds of offence. No Django here."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from polit.web.core.rules import Purpose


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """What every page of a case knows of it."""

    id: UUID
    reference: str
    title: str
    status: CaseStatus


@dataclass(frozen=True, slots=True)
class GrantedAccess:
    """Proof that somebody has access to a case: ``CaseAccess`` of the core."""

    case: CaseHeader
    purpose: Purpose
    via: str
