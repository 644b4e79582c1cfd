"""What an audit event says, and the canonical text that the log commits to. No Django here."""

import hashlib
from dataclasses import asdict, dataclass
from enum import StrEnum

from polit.base.canonical import canonical_json


class Nature(StrEnum):
    """Kinds of processing that the law wants logged (Data Protection Act 2018, section 62)."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SECURITY = "security"
    """Beside the law's six: signing in and out, roles, break-glass, refusals."""


@dataclass(frozen=True, slots=True)
class EventBody:
    """All that an event says; its canonical text, with the salt, is what the log commits to."""

    event_id: str
    recorded_at: str
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    nature: str
    reason: str
    purpose: str
    case_id: str
    case_reference: str
    subject_kind: str
    subject_id: str
    subject_label: str
    details: str


def commitment(body: EventBody, salt: bytes) -> bytes:
    """Return the leaf's data: SHA-256 over the salt and the canonical text of the event."""
    return hashlib.sha256(salt + canonical_json(asdict(body))).digest()
