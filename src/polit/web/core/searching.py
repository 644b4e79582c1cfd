"""What can be searched: registers say which records, the search keeps and asks the index.

A register says in its ``AppConfig.ready()`` which of its records can be found. Everybody may
import it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models

from polit.web.core.rules import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of one record in one case.

    Args:
        record_id: The record's identifier.
        case_id: The case whose access it needs; ``None`` where the roles alone decide.
        title: What a hit shows, in words that every one of the readers may see.
        text: What is searched beside the title.
        url: Where it leads.
        readers: The roles that may find it.
    """

    record_id: UUID
    case_id: UUID | None
    title: str
    text: str
    url: str
    readers: frozenset[Role]


EntriesOf = Callable[[Sequence[models.Model]], Iterable[Entry]]
"""Return the entries of records: none for what is not to be found, several for a record that
stands in several cases."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """One kind of record that can be found.

    Args:
        kind: Its code, such as ``warrant``.
        label: What people read: "Warrant".
        model: Its table; each record that is saved is indexed in the same transaction.
        entries: What the index keeps of records.
        parents: Further tables: what a saved row of each leads to are records of ``model`` by
            their primary keys, so that a child's new place is found too.
    """

    kind: str
    label: str
    model: type[models.Model]
    entries: EntriesOf
    parents: tuple[tuple[type[models.Model], Callable[[models.Model], Iterable[UUID]]], ...] = ()


def corrected(row: models.Model) -> Iterable[UUID]:
    """Return the row that a saved one corrects or withdraws, which is not to be found any more."""
    before = getattr(row, "corrects_id", None)
    return () if before is None else (before,)


_kinds: dict[str, Searchable] = {}


def register_searchable(searchable: Searchable) -> None:
    """Add a kind of record; the same kind again replaces what it was."""
    _kinds[searchable.kind] = searchable


_written: list[Callable[[type[models.Model], Iterable[models.Model]], None]] = []


def register_written(told: Callable[[type[models.Model], Iterable[models.Model]], None]) -> None:
    """Say who is told of rows that were written many at once, which no signal tells of."""
    if told not in _written:
        _written.append(told)


def is_searched(model: type[models.Model]) -> bool:
    """Tell whether what can be found hangs on a table."""
    return any(
        model is each.model or any(model is parent for parent, _leads in each.parents)
        for each in _kinds.values()
    )


def rows_written(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Tell of rows that were written many at once."""
    for told in _written:
        told(model, rows)


def searchables() -> tuple[Searchable, ...]:
    """Return the kinds of record that can be found, by their words."""
    return tuple(sorted(_kinds.values(), key=lambda each: each.label))
