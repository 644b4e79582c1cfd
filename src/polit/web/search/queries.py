"""What is asked of the index: only what the searcher may see is ever looked at, or counted."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.core.searching import searchables
from polit.web.search.asking import (
    Alternative,
    Question,
    Term,
    begun_for_sqlite,
    for_postgresql,
    for_sqlite,
    question_of,
    reference_of,
)
from polit.web.search.folding import words_of
from polit.web.search.models import SearchEntry
from polit.web.search.rules import HITS_MOST, PAGE_HITS, readers_mask
from polit.web.search.snippets import Piece, snippet

_SQLITE = """
SELECT entry.id, entry.kind, entry.record_id, entry.case_id, {title}
FROM search_words CROSS JOIN search_entry AS entry ON entry.id = search_words.rowid
WHERE search_words MATCH %s AND {allowed}
ORDER BY search_words.rowid DESC LIMIT %s
"""
# Not left to the planner: it would walk all entries backwards for the limit's sake.
_POSTGRESQL = """
WITH matched AS MATERIALIZED (
  SELECT id, kind, record_id, case_id, readers, title FROM search_entry
  WHERE words @@ %s::tsquery {begun}
)
SELECT entry.id, entry.kind, entry.record_id, entry.case_id, {title} FROM matched AS entry
WHERE {allowed} ORDER BY entry.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found.

    Args:
        kind_label: What it is, in words.
        title: What it is called by all of its readers.
        url: Where it leads.
        reference: The reference of its case; empty where it has none.
        pieces: The place in its text.
        record: Its kind and identifier, for the audit.
    """

    kind_label: str
    title: str
    url: str
    reference: str
    pieces: tuple[Piece, ...]
    record: str


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found.

    Args:
        rows: One page of it: what bears the reference asked for, then the newest first.
        count: How much, at most 200.
        is_more: Whether there is more than is counted.
        after: How many rows to go on after, as text; empty on the last page.
        problem: Why nothing was asked, in words; empty where it was.
    """

    rows: tuple[Hit, ...]
    count: int
    is_more: bool
    after: str
    problem: str = ""


def search_hits(user: User, text: str, *, kind: str = "", after: str = "") -> Hits:
    """Return a page of what somebody may see and a text asks for. Four queries at most.

    A case that they are not in adds nothing: to no hit, no count and no order. So nothing is
    weighed by how rare a word is; what bears the reference asked for comes first, by its own title.

    Args:
        user: Who searches.
        text: What they typed.
        kind: The code of one kind; empty for all.
        after: How many rows were seen; what is no number is none.
    """
    question = question_of(text)
    if not question.parts:
        return Hits((), 0, False, "", question.problem)
    reach = _reach(user, kind)
    found = _found(reach, question)
    once: dict[tuple[str, UUID, UUID | None], int] = {}
    for each in (*_bearing(reach, reference_of(text)), *found):
        # Who holds several roles may find two entries of one record.
        once.setdefault((each.kind, each.record_id, each.case_id), each.entry_id)
    ids = list(once.values())[:HITS_MOST]
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 4 else 0
    page = ids[first : first + PAGE_HITS]
    return Hits(
        _hits(page, question.terms),
        len(ids),
        len(found) > HITS_MOST,
        str(first + PAGE_HITS) if len(ids) > first + PAGE_HITS else "",
    )


def kind_choices() -> tuple[tuple[str, str], ...]:
    """Return the kinds of record that can be found, as choices."""
    return tuple((each.kind, each.label) for each in searchables())


@dataclass(frozen=True, slots=True)
class _Reach:
    """What of the index somebody may see, as a condition with its values."""

    allowed: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    entry_id: int
    kind: str
    record_id: UUID
    case_id: UUID | None
    title: str


def _reach(user: User, kind: str) -> _Reach:
    cases, case_values = cases_for(user).order_by().values("pk").query.sql_with_params()
    allowed = f"(entry.case_id IS NULL OR entry.case_id IN ({cases}))"
    values: list[Any] = [*case_values, readers_mask(user.roles)]
    allowed += " AND (entry.readers & %s) <> 0"
    if kind:
        allowed += " AND entry.kind = %s"
        values.append(kind)
    return _Reach(allowed, tuple(values))


def _found(reach: _Reach, question: Question) -> list[_Found]:
    """Return matching entries within reach, the newest first, one more than is told."""
    if connection.vendor == "postgresql":
        sql = _POSTGRESQL.format(allowed=reach.allowed, title="''", begun="")
        return _asked(sql, [for_postgresql(question), *reach.values])
    return _asked(_SQLITE.format(allowed=reach.allowed, title="''"),
                  [for_sqlite(question), *reach.values])  # fmt: skip


def _bearing(reach: _Reach, words: tuple[str, ...]) -> list[_Found]:
    """Return entries whose title begins with a reference, whole ones before longer ones.

    A title may have the word for its kind before: "Referral R2026-00159".
    """
    if not words:
        return []
    kinds = {tuple(words_of(each.label)) for each in searchables()}
    beginnings = [words, *sorted((*kind, *words) for kind in kinds)]
    if connection.vendor == "postgresql":
        sql = _POSTGRESQL.format(
            allowed=reach.allowed, title="entry.title", begun="AND folded LIKE ANY(%s)"
        )
        begun = [" ".join(each) + " %" for each in beginnings]
        asked = for_postgresql(Question((Alternative(((Term(words),),)),)))
        found = _asked(sql, [asked, begun, *reach.values])
    else:
        sql = _SQLITE.format(allowed=reach.allowed, title="entry.title")
        found = _asked(sql, [begun_for_sqlite(beginnings), *reach.values])
    wholes = frozenset(beginnings)
    return sorted(
        found, key=lambda each: tuple(words_of(each.title.partition(": ")[0])) not in wholes
    )


def _asked(sql: str, values: list[Any]) -> list[_Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, HITS_MOST + 1])
        return [
            _Found(row[0], row[1], _uuid(row[2]), row[3] and _uuid(row[3]), row[4])
            for row in cursor
        ]


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _hits(ids: list[int], terms: tuple[Term, ...]) -> tuple[Hit, ...]:
    labels = {each.kind: each.label for each in searchables()}
    entries = {each.pk: each for each in SearchEntry.objects.filter(pk__in=ids)}
    cases = {each.case_id for each in entries.values()}
    named = Case.objects.filter(Q(pk__in=[each for each in cases if each]))
    references = dict(named.values_list("pk", "reference"))
    rows = [entries[each] for each in ids if each in entries]
    return tuple(
        Hit(
            labels.get(each.kind, each.kind),
            each.title,
            each.url,
            references.get(each.case_id, "") if each.case_id else "",
            snippet(each.text, terms),
            f"{each.kind} {each.record_id}",
        )
        for each in rows
    )
