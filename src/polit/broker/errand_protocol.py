"""What travels about errands; a part of ``polit.broker.protocol``."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from polit.broker.protocol import Uuid


class ErrandState(StrEnum):
    """Where an errand stands."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self in {ErrandState.CANCELLED, ErrandState.DONE, ErrandState.FAILED}


@dataclass(frozen=True, slots=True)
class ErrandStatus:
    """Where an errand stands: counts, never names.

    Args:
        errand_id: Which.
        state: Where it stands.
        phase: What it does at the moment.
        done: How far it is in that phase.
        total: How far it goes, 0 where that is not known.
        message: Why it failed, for the person who asked for it.
        exit_code: That of its command line, ``None`` until it ended.
        result: The JSON object that its command line printed, as text; empty until it ended.
    """

    errand_id: str
    state: ErrandState
    phase: str = ""
    done: int = 0
    total: int = 0
    message: str = ""
    exit_code: int | None = None
    result: str = ""


class ErrandQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An errand that was ordered."""

    errand_id: Uuid
