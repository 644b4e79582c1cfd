"""What makes rows canonical at the end: locators that are unique, bad ranges that are merged."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from polit.package.layout import LOCATOR_INDEX

_TELL_APART_SQL = """
UPDATE entries SET locator = entries.locator || ';place:' || twin.place
FROM (
  SELECT e.entry_id AS entry_id,
         row_number() OVER (
           PARTITION BY e.locator ORDER BY f.address, w.address, e.entry_id) AS place
  FROM entries e JOIN entries w ON w.entry_id = coalesce(e.within_id, e.entry_id)
  LEFT JOIN folders f ON f.entry_id = w.parent_id
  WHERE e.locator IN (SELECT locator FROM entries GROUP BY locator HAVING count(*) > 1)
) AS twin
WHERE twin.entry_id = entries.entry_id AND twin.place > 1
"""
# A run that was killed while it was sealed has the index already.
_INDEX_SQL = LOCATOR_INDEX.replace("INDEX ", "INDEX IF NOT EXISTS ", 1)


def index_locators(
    connection: sqlite3.Connection, together: Callable[[], AbstractContextManager[None]]
) -> None:
    """Build the index by locator; it proves that no locator stands twice.

    Two folders of one path (a live one and a deleted one, say) may each hold the same name of
    the same record. Their locators get a step ``place:N`` from 2 on, in the order of the
    folders' addresses, whatever the order in which they were met; so do the locators of what
    lies inside them. Within one holder the order is that of the holder.

    Args:
        connection: The ledger's database.
        together: Makes a block one fenced transaction.
    """
    try:
        with together():
            connection.execute(_INDEX_SQL)
    except sqlite3.IntegrityError:
        with together():
            connection.execute(_TELL_APART_SQL)
            connection.execute(_INDEX_SQL)


def merge_ranges(ranges: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Join ranges ``(offset, length, code)`` of one code that touch or overlap, in order."""
    merged: list[tuple[int, int, str]] = []
    for offset, length, code in sorted(ranges, key=lambda r: (r[2], r[0], r[1])):
        if merged and merged[-1][2] == code and offset <= merged[-1][0] + merged[-1][1]:
            first, so_far, _ = merged[-1]
            merged[-1] = (first, max(so_far, offset + length - first), code)
        else:
            merged.append((offset, length, code))
    return merged
