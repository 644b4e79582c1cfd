"""When suspects should have been asked about suicide: registers above say what happened.

A register says in its ``AppConfig.ready()`` where its occasions come from; the case page shows
which of them have no prompt.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from polit.web.risk.rules import Occasion

NEAR = timedelta(hours=24)
"""A prompt within a day of an occasion is the prompt of it: it is often asked some hours later."""


@dataclass(frozen=True, slots=True)
class OccasionSeen:
    """That something happened to a suspect at which they should be asked.

    Args:
        occasion: Which occasion.
        at: When.
        place_id: The suspect's place in the case; ``None`` where it concerns all of them.
    """

    occasion: Occasion
    at: datetime
    place_id: UUID | None = None


OccasionsOf = Callable[[UUID], Iterable[OccasionSeen]]
"""Return what happened in a case, by the case's identifier, in one query."""

_sources: dict[str, OccasionsOf] = {}


def register_occasions(register: str, source: OccasionsOf) -> None:
    """Add where occasions come from; the same register again replaces what it was."""
    _sources[register] = source


def occasions_of(case_id: UUID) -> tuple[OccasionSeen, ...]:
    """Return every occasion of a case, the first first."""
    found = [each for name in sorted(_sources) for each in _sources[name](case_id)]
    return tuple(sorted(found, key=lambda each: (each.at, each.occasion.value)))
