"""Asks what is suggested of a case's items: how likely a device of the case made them, and bursts.

Only what names its camera is asked about: most of what travelled does not. Figures order and mark,
they decide nothing (see ``polit.web.items.suggesting``).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection

from polit.web.items.queries.suggested import devices_of
from polit.web.items.rules import place_of
from polit.web.items.services.facts import Facts
from polit.web.items.suggesting import Taken, suggestions
from polit.web.matching.rules import Verdict
from polit.web.media.models import Word
from polit.web.media.rules import rows_of

_ROWS_AT_ONCE = 20_000
_TAKEN_SQL = """
SELECT p.item_id, c.id, m.make_id, m.model_id, m.serial, m.taken_at,
  (SELECT MIN(e.path) FROM media_entry e WHERE e.content_id = c.id)
FROM items_place p JOIN media_content c ON c.id = p.id JOIN media_media m ON m.content_id = c.id
WHERE p.id > %s AND p.id <= %s
  AND (m.make_id IS NOT NULL OR m.model_id IS NOT NULL OR m.serial <> '')
ORDER BY p.id LIMIT %s
"""
_KNOWN = frozenset(int(each) for each in Verdict if each.is_exact)


def suggestions_find(facts: Facts, case_id: UUID, packages: list[int]) -> None:
    """Fill the columns ``first_generation`` and ``burst``."""
    taken: dict[int, Taken] = {}
    words: dict[int, str] = {}
    for number in packages:
        for row in _rows(number):
            # The first package that holds an item speaks for it, as for all of its facts.
            one = _taken(facts, row, words)
            taken.setdefault(one.key, one)
    for place, each in suggestions(list(taken.values()), devices_of(case_id)).items():
        facts["first_generation"][place] = each.score
        facts["burst"][place] = each.burst


def _rows(package_number: int) -> Iterator[tuple[int, int, int, int, str, str, str]]:
    first, last = rows_of(package_number)
    after = first - 1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_TAKEN_SQL, [after, last, _ROWS_AT_ONCE])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        after = rows[-1][1]


def _taken(
    facts: Facts, row: tuple[int, int, int, int, str, str, str], words: dict[int, str]
) -> Taken:
    item, _content, make, model, serial, taken_at, path = row
    place = place_of(item)
    return Taken(
        place, _word(make, words), _word(model, words), serial, _ms(taken_at),
        (path or "").rpartition("/")[2], facts["verdict"][place] in _KNOWN,
    )  # fmt: skip


def _word(number: int | None, words: dict[int, str]) -> str:
    """Return a word that rows share; there are few makes and models."""
    if number is None:
        return ""
    if number not in words:
        words[number] = Word.objects.get(pk=number).word
    return words[number]


@lru_cache(maxsize=65_536)
def _ms(text: str) -> int | None:
    """Return an instant of a camera in ms, by its own clock: only differences count."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(instant.replace(tzinfo=UTC).timestamp() * 1000)
