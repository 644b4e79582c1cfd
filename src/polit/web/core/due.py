"""What is due: registers say what waits in them, one list shows all of it.

A register says in its ``AppConfig.ready()`` where its deadlines come from. Everybody may import it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast
from uuid import UUID

from django.db.models import ExpressionWrapper, F, Model, QuerySet, TextField, Value
from django.http import HttpRequest

from polit.web.core.rules import Role

Kept = TypeVar("Kept", bound=Model)
Read = TypeVar("Read")


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


class Asking:
    """What one list asks all its sources.

    Args:
        user: Who asks.
        most: At most so many of each kind.
        read: What was read for the same page already, see ``read_for``.
    """

    def __init__(self, user: Waiting, most: int, read: dict[object, object] | None = None) -> None:
        self.user, self.most = user, most
        self._read = {} if read is None else read

    def once(self, read: Callable[["Asking"], Read]) -> Read:
        """Return what is read for several kinds: the first that needs it reads it for all.

        It asks for the same whatever ``most`` is: parts of a page with another share it.
        """
        if read not in self._read:
            self._read[read] = read(self)
        return cast("Read", self._read[read])


def read_for(request: HttpRequest) -> dict[object, object]:
    """Return what was read for a page: its parts ask for the same, and its reader is one person."""
    read: dict[object, object] = request.__dict__.setdefault("polit_read", {})
    return read


class DueTime(NamedTuple):
    """When something is due, without its words: of thousands that wait a page shows some fifty.

    Args:
        due_at: By when.
        owner: The user name of whose it is; empty where it is the team's.
        key: By what its source finds it again.
    """

    due_at: datetime
    owner: str
    key: object

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should have been done by an instant."""
        return self.due_at <= now


class DueSteps(Protocol):
    """What waits in what somebody may see: it asks for access itself.

    The number of queries does not grow with the rows. The list asks in two steps: for the times of
    all that waits, then for the words of what a page shows.
    """

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return at most so many of what waits, the first due first: what the two steps tell."""

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return the times of the same, in the same order."""

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due by the keys that ``times`` told just now, to the same person.

        What was done in between is left out. A number of queries that does not grow.
        """


@dataclass(frozen=True, slots=True)
class DueRecords(Generic[Kept]):
    """What waits as the rows of one table.

    Args:
        model: The table.
        waiting: Which of them wait for a person who may see them, the first due first.
        related: What of other tables ``due`` reads.
        column: The column of the time, never empty in what waits.
        due: What is due of a row.
        at: The instant of what stands in the column.
        owner: The column of the user name of whose it is; empty where it is the team's.
    """

    model: type[Kept]
    waiting: Callable[[Waiting], QuerySet[Kept]]
    related: tuple[str, ...]
    column: str
    due: Callable[[Kept], Due]
    at: Callable[[Any], datetime] = lambda kept: kept
    owner: str = ""

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return what waits, the first due first. One query."""
        rows = self.waiting(asking.user).select_related(*self.related)
        return [self.due(each) for each in rows[: asking.most]]

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return the times of the same. One query."""
        # No identifier is made of what only tells rows apart: on SQLite it is text, and remains so.
        key = ExpressionWrapper(F("pk"), output_field=TextField())
        owner = self.owner or Value(None, output_field=TextField())
        rows = self.waiting(asking.user).values_list(key, self.column, owner)[: asking.most]
        # Of a day, as many stand in a column, the instant is made once.
        instants = {kept: self.at(kept) for kept in {row[1] for row in rows}}
        return [DueTime(instants[kept], whose or "", one) for one, kept, whose in rows]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due of rows. One query."""
        rows: QuerySet[Kept] = QuerySet(self.model).filter(pk__in=keys)
        found = {each.pk: self.due(each) for each in rows.select_related(*self.related)}
        ids = ((key, UUID(str(key))) for key in keys)
        return {key: found[pk] for key, pk in ids if pk in found}


@dataclass(frozen=True, slots=True)
class DueMerged:
    """What waits in some tables, or of one table for some reasons, as one kind.

    Args:
        parts: Each of them.
    """

    parts: tuple[DueSteps, ...]

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return what waits, the first due first."""
        found = [due for part in self.parts for due in part.rows(asking)]
        return sorted(found, key=lambda each: each.due_at)[: asking.most]

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return the times of the same."""
        found = [
            DueTime(each.due_at, each.owner, (number, each.key))
            for number, part in enumerate(self.parts)
            for each in part.times(asking)
        ]
        return sorted(found, key=lambda each: each.due_at)[: asking.most]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due by the keys of its parts."""
        found: dict[object, Due] = {}
        for number, part in enumerate(self.parts):
            mine = [each[1] for each in keys if isinstance(each, tuple) and each[0] == number]
            shown = part.shown(mine) if mine else {}
            found.update({(number, key): due for key, due in shown.items()})
        return found


@dataclass(frozen=True, slots=True)
class DueAtOnce:
    """What waits where few things ever do: read in words at once.

    Args:
        read: At most so many of what waits, the first due first.
    """

    read: Callable[[Asking], Sequence[Due]]

    def rows(self, asking: Asking) -> Sequence[Due]:
        """Return what waits."""
        return self.read(asking)

    def times(self, asking: Asking) -> Sequence[DueTime]:
        """Return the times of the same."""
        return [DueTime(each.due_at, each.owner, each) for each in self.read(asking)]

    def shown(self, keys: Sequence[object]) -> Mapping[object, Due]:
        """Return what is due, which the times told already. No query."""
        return {each: each for each in keys if isinstance(each, Due)}


@dataclass(frozen=True, slots=True)
class DueSource:
    """Where one kind of deadline comes from.

    Args:
        kind: Its code.
        label: What people read, as a choice of a filter: "Bail".
        readers: The roles that see it.
        steps: What waits.
    """

    kind: str
    label: str
    readers: frozenset[Role]
    steps: DueSteps


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
