"""What an audit event says, and the canonical text that the log commits to. No Django here."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from polit.base.canonical import JsonValue, canonical_json


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


def storable(text: str) -> str:
    r"""Return text as both databases and the log can keep it: a name is data, whatever it holds.

    What is no character (half of a surrogate pair, as in names that are not UTF-8) stands as
    ``\udcNN``, and NUL, which PostgreSQL keeps in no text, as ``\x00``.
    """
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def storable_value(value: JsonValue) -> JsonValue:
    """Return a value with all its text ``storable``."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_value(part) for part in value]
    if isinstance(value, dict):
        return {key: storable_value(part) for key, part in value.items()}
    return value


def commitment(body: EventBody, salt: bytes) -> bytes:
    """Return the leaf's data: SHA-256 over the salt and the canonical text of the event."""
    return hashlib.sha256(salt + canonical_json(asdict(body))).digest()


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events a list shows; what is empty filters nothing.

    Args:
        who: The user name of who acted, in full.
        action: ``register.verb``, in full.
        case_reference: The case's reference, in full.
        nature: One of ``Nature``.
        from_at: Recorded at this instant or later.
        until_at: Recorded before this instant.
    """

    who: str = ""
    action: str = ""
    case_reference: str = ""
    nature: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


SIGNER_LAG_S = 300
"""How long an event may wait for its checkpoint before pages warn: five times what is normal."""


@dataclass(frozen=True, slots=True)
class LogHealth:
    """How far the log has come.

    Args:
        leaves: Events that the log took in.
        waiting: Events that it has not taken in yet.
        signed_size: How many the last checkpoint covers.
        signed_at: When that was signed.
        lag_s: For how long the oldest uncovered event has waited; 0 where all are covered.
    """

    leaves: int
    waiting: int
    signed_size: int
    signed_at: datetime | None
    lag_s: float

    @property
    def tail(self) -> int:
        """Events that no checkpoint covers."""
        return self.leaves - self.signed_size + self.waiting

    @property
    def is_late(self) -> bool:
        """Whether the signer must be looked at."""
        return self.lag_s > SIGNER_LAG_S
