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
from polit.web.search.asking import Question, Term, for_postgresql, for_sqlite, question_of
from polit.web.search.models import SearchEntry
from polit.web.search.rules import HITS_MOST, PAGE_HITS, readers_mask
from polit.web.search.snippets import Piece, snippet

_SQLITE = """
SELECT entry.id, entry.kind, entry.record_id, entry.case_id
FROM search_words CROSS JOIN search_entry AS entry ON entry.id = search_words.rowid
WHERE search_words MATCH %s AND {allowed}
ORDER BY search_words.rowid DESC LIMIT %s
"""
# Not left to the planner: it would walk all entries backwards for the limit's sake.
_POSTGRESQL = """
WITH matched AS MATERIALIZED (
  SELECT id, kind, record_id, case_id, readers FROM search_entry WHERE words @@ %s::tsquery
)
SELECT entry.id, entry.kind, entry.record_id, entry.case_id FROM matched AS entry
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
        rows: One page of it, the newest first.
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
    """Return a page of what somebody may see and a text asks for. Three queries.

    A case that they are not in adds nothing: to no hit, no count and no order.

    Args:
        user: Who searches.
        text: What they typed.
        kind: The code of one kind; empty for all.
        after: How many rows were seen; what is no number is none.
    """
    question = question_of(text)
    if not question.parts:
        return Hits((), 0, False, "", question.problem)
    found = _found(user, question, kind)
    once: dict[tuple[str, UUID, UUID | None], int] = {}
    for entry_id, of_kind, record_id, case_id in found:
        # Who holds several roles may find two entries of one record.
        once.setdefault((of_kind, record_id, case_id), entry_id)
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


def _found(user: User, question: Question, kind: str) -> list[tuple[int, str, UUID, UUID | None]]:
    """Return matching entries that somebody may see, the newest first, one more than is told."""
    cases, case_values = cases_for(user).order_by().values("pk").query.sql_with_params()
    allowed = f"(entry.case_id IS NULL OR entry.case_id IN ({cases}))"
    values: list[Any] = [*case_values, readers_mask(user.roles)]
    allowed += " AND (entry.readers & %s) <> 0"
    if kind:
        allowed += " AND entry.kind = %s"
        values.append(kind)
    is_postgresql = connection.vendor == "postgresql"
    asked = for_postgresql(question) if is_postgresql else for_sqlite(question)
    sql = (_POSTGRESQL if is_postgresql else _SQLITE).format(allowed=allowed)
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked, *values, HITS_MOST + 1])
        return [(row[0], row[1], _uuid(row[2]), row[3] and _uuid(row[3])) for row in cursor]


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
