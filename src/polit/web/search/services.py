"""How the index is kept: what a record says goes in, what it said before goes out.

The index is derived from the records, so it has no act of its own: it is written in the
transaction of the act that wrote the record, or made anew by ``polit reindex``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.core.searching import Entry, Searchable, searchables
from polit.web.search.folding import folded
from polit.web.search.models import SearchEntry
from polit.web.search.rules import readers_mask

_AT_ONCE = 500
_COLUMNS = ("title", "text", "url", "folded")


def entries_keep(searchable: Searchable, record_ids: Iterable[UUID]) -> None:
    """Bring the index of some records to what they say now, in the current transaction."""
    for ids in _chunks(sorted(set(record_ids))):
        wanted = {_key(entry): entry for entry in searchable.entries(_held(searchable, ids))}
        kept = SearchEntry.objects.filter(kind=searchable.kind, record_id__in=ids)
        gone, changed = [], []
        for row in kept:
            entry = wanted.pop((row.record_id, row.case_id, row.readers), None)
            if entry is None:
                gone.append(row.pk)
            elif _fill(row, entry):
                changed.append(row)
        if gone:
            SearchEntry.objects.filter(pk__in=gone).delete()
        if changed:
            SearchEntry.objects.bulk_update(changed, _COLUMNS)
        if wanted:
            SearchEntry.objects.bulk_create(_row(searchable, each) for each in wanted.values())


def search_consult(
    actor: Actor, *, length: int, kind: str, found: int, shown: Sequence[str] = ()
) -> None:
    """Record that somebody searched, and whose records the page shows; not for whom.

    What people search by are names, of children too, and the audit is read by people who may not
    read children and is never erased. A hit shows a name and a place of the text, so that its
    record was read, whether or not it is opened then.

    Args:
        actor: Who searched.
        length: How many characters they typed.
        kind: The kind that they narrowed it to; empty for all.
        found: How many hits were listed.
        shown: The records on this page, each by its kind and identifier.
    """
    with act(actor, "search.ask", reason="Search", nature=Nature.CONSULTATION) as deed:
        deed.about("search", kind or "all", characters=length, found=found, shown=list(shown))


def index_rebuild(told: Callable[[str, int], None] = lambda _label, _count: None) -> int:
    """Make the index anew from the records, while others search and write; return its entries.

    Each some hundred records are a transaction of their own. What is right already stays as it is.

    Args:
        told: Told each kind's words and how many of its records are done.
    """
    kinds = searchables()
    known = [each.kind for each in kinds]
    SearchEntry.objects.exclude(kind__in=known).delete()
    for searchable in kinds:
        _rebuild(searchable, told)
    return SearchEntry.objects.count()


def index_begin() -> int:
    """Index the kinds of record that the index holds nothing of; return how many those are.

    So a database from before the search, or from before a kind could be found, is searched at
    once. Running it again changes nothing.
    """
    lacking = [
        each
        for each in searchables()
        if not SearchEntry.objects.filter(kind=each.kind).exists()
        and each.model._default_manager.exists()  # noqa: SLF001 - Django documents it
    ]
    for searchable in lacking:
        _rebuild(searchable)
    return len(lacking)


def _rebuild(
    searchable: Searchable, told: Callable[[str, int], None] = lambda _label, _count: None
) -> None:
    done = 0
    for ids in _chunks(_ids_in_order(searchable)):
        with transaction.atomic():
            entries_keep(searchable, ids)
        done += len(ids)
        told(searchable.label, done)
    _drop_orphans(searchable)


def _key(entry: Entry) -> tuple[UUID, UUID | None, int]:
    return entry.record_id, entry.case_id, readers_mask(entry.readers)


def _held(searchable: Searchable, ids: Sequence[UUID]) -> list[models.Model]:
    """Return records, held until the transaction ends: nobody indexes an older state meanwhile."""
    rows: Any = searchable.model._default_manager.filter(pk__in=ids).order_by("pk")  # noqa: SLF001 - Django documents it
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(no_key=True)
    return list(rows)


def _fill(row: SearchEntry, entry: Entry) -> bool:
    """Write an entry into its row; tell whether that changes anything."""
    title, text = _storable(entry.title), _storable(entry.text)
    values = (title, text, entry.url, folded(title, text))
    if values == tuple(getattr(row, name) for name in _COLUMNS):
        return False
    for name, value in zip(_COLUMNS, values, strict=True):
        setattr(row, name, value)
    return True


def _row(searchable: Searchable, entry: Entry) -> SearchEntry:
    row = SearchEntry(
        kind=searchable.kind,
        record_id=entry.record_id,
        case_id=entry.case_id,
        readers=readers_mask(entry.readers),
    )
    _fill(row, entry)
    return row


def _storable(text: str) -> str:
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()


def _ids_in_order(searchable: Searchable) -> list[UUID]:
    """Return all records, the oldest first, so that the newest are found first."""
    manager = searchable.model._default_manager  # noqa: SLF001 - Django documents it
    names = {each.name for each in searchable.model._meta.get_fields()}  # noqa: SLF001 - as above
    order = ("recorded_at", "pk") if "recorded_at" in names else ("pk",)
    return list(manager.order_by(*order).values_list("pk", flat=True))


def _drop_orphans(searchable: Searchable) -> None:
    there = searchable.model._default_manager.filter(pk=models.OuterRef("record_id"))  # noqa: SLF001 - as above
    orphans = SearchEntry.objects.filter(~models.Exists(there), kind=searchable.kind)
    orphans.delete()


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]


class Marked:
    """Which records an act wrote, so that each is indexed once when the act ends."""

    def __init__(self) -> None:
        """Begin with none."""
        self._ids: defaultdict[str, set[UUID]] = defaultdict(set)

    def add(self, kind: str, ids: Iterable[UUID]) -> None:
        """Mark records of a kind."""
        self._ids[kind].update(ids)

    def keep(self) -> None:
        """Index what is marked."""
        marked, self._ids = self._ids, defaultdict(set)
        for searchable in searchables():
            if marked.get(searchable.kind):
                entries_keep(searchable, marked[searchable.kind])

    def forget(self) -> None:
        """Mark nothing."""
        self._ids.clear()
