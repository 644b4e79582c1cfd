"""What happened to a person, in order, whichever register knows it.

A register says in its ``AppConfig.ready()`` what it knows of a person. Everybody may import it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from polit.web.core.due import Waiting


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened.

    Args:
        at: When it happened, not when it was written down.
        title: What, in words: "Arrested".
        reference: The case's or the referral's reference.
        url: Where it is recorded.
        text: More of it, in words; empty for nothing.
        by: Who recorded it.
    """

    at: datetime
    title: str
    reference: str
    url: str
    text: str = ""
    by: str = ""


HappeningsOf = Callable[[Waiting, frozenset[UUID]], Iterable[Happening]]
"""Return what a register knows of a person that this reader may see: only of cases that the reader
has access to, and only what their roles may read. The identifiers are those of all records that
are this one person (people are merged); the caller has made sure that the person may be read."""

_sources: dict[str, HappeningsOf] = {}


def register_happenings(register: str, source: HappeningsOf) -> None:
    """Add what a register knows of people; the same register again replaces what it was."""
    _sources[register] = source


def tellers() -> frozenset[str]:
    """Return the registers that tell what happened to people."""
    return frozenset(_sources)


def happenings_of(user: Waiting, person_ids: frozenset[UUID]) -> tuple[Happening, ...]:
    """Return everything that a reader may see of a person, the first first."""
    found = [each for name in sorted(_sources) for each in _sources[name](user, person_ids)]
    return tuple(sorted(found, key=lambda each: (each.at, each.title)))
