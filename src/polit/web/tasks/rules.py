"""How often and how soon a task is tried again, and when a part counts as silent. No Django."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

MAX_ATTEMPTS = 5
LEASE = timedelta(seconds=60)
"""How long a worker may be silent before others take up what it ran."""
BEAT_S = 10.0
"""How often a worker says that it lives; a sixth of the lease, so that one lost beat is no end."""
LOOK_S = 60.0
"""How often supplements are looked for beside packages."""
SILENT_AFTER = timedelta(seconds=45)
"""A part that has not been heard of for so long is shown as silent."""
_FIRST_PAUSE_S = 10
_LONGEST_PAUSE_S = 3_600
_DAY_BEGINS = timedelta(hours=3)
KEPT = timedelta(days=14)
"""How long a task that ended is kept, for whoever looks into what went wrong."""


class Part(StrEnum):
    """The processes that the record needs beside the web server."""

    BROKER = "broker"
    WORKER = "worker"
    SIGNER = "signer"


@dataclass(frozen=True, slots=True)
class PartState:
    """Whether a part of the system answers.

    Args:
        part: Which.
        answers: Whether it does.
        detail: A version, an age or a reason, for administrators.
    """

    part: Part
    answers: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Again:
    """What a task returns that is to run again later: the same row, so that none pile up.

    Args:
        after_s: After how many seconds.
    """

    after_s: float


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 10 s, 40 s, 160 s, … up to an hour."""
    return timedelta(seconds=min(_FIRST_PAUSE_S * 4 ** (attempts - 1), _LONGEST_PAUSE_S))


def is_last_attempt(attempts: int) -> bool:
    """Tell whether a task that failed so often is not tried again."""
    return attempts >= MAX_ATTEMPTS


def daily_round_on(local: datetime) -> date:
    """Return the day whose daily tasks are due at a local time: a day begins at three at night."""
    return (local - _DAY_BEGINS).date()
