"""What is due: registers say what waits in them, one list shows all of it.

A register says in its ``AppConfig.ready()`` where its deadlines come from. Everybody may import it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from polit.web.core.rules import Role


class Waiting(Protocol):
    """Who asks, as the core knows them: a user of the accounts."""

    @property
    def pk(self) -> UUID:
        """Their identifier."""

    @property
    def roles(self) -> frozenset[Role]:
        """What they hold."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that somebody has to do by a time.

    Args:
        kind: The code of what is due, such as ``arrests.bail``.
        label: What is to do, in words: "Bail ends".
        subject: What it is about, in words that name no child: "Warrant W/12".
        reference: The case's or the referral's reference.
        url: Where it is done.
        since: Since when it waits.
        due_at: By when.
        owner: The user name of whose it is; empty where it is the team's.
    """

    kind: str
    label: str
    subject: str
    reference: str
    url: str
    since: datetime
    due_at: datetime
    owner: str = ""

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should have been done by an instant."""
        return self.due_at <= now


DueRows = Callable[[Waiting, int], Sequence[Due]]
"""Return at most so many of what is due in what this person may see, the first due first. It asks
for access itself, in a number of queries that does not grow with the rows."""


@dataclass(frozen=True, slots=True)
class DueSource:
    """Where one kind of deadline comes from.

    Args:
        kind: Its code.
        label: What people read, as a choice of a filter: "Bail".
        readers: The roles that see it.
        rows: What waits.
    """

    kind: str
    label: str
    readers: frozenset[Role]
    rows: DueRows


_sources: dict[str, DueSource] = {}


def register_due(source: DueSource) -> None:
    """Add a kind of deadline; the same kind again replaces what it was."""
    _sources[source.kind] = source


def due_sources(roles: frozenset[Role]) -> tuple[DueSource, ...]:
    """Return the kinds of deadline that somebody with these roles may see, by their words."""
    return tuple(
        each
        for each in sorted(_sources.values(), key=lambda each: each.label)
        if each.readers & roles
    )
