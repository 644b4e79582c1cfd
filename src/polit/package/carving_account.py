"""The account of carving: what was searched and for what, and what was not."""

import sqlite3
from collections.abc import Iterator

from polit.model.outcome import NotExamined, reason_name
from polit.package.halves import whole

SOUGHT = "AVI, GIF, HEIC, JPEG, MP4/MOV, PNG and WebP"
"""What is looked for; everything else in these bytes is not."""
_AREAS = {"unallocated": "unallocated space", "slack": "slack behind the ends of files"}
_UNPLANNED_SQL = """
SELECT count(*), sum(unallocated_bytes >> 31), sum(unallocated_bytes & 2147483647)
FROM volumes WHERE unallocated_bytes > 0 AND scheme <> 'shadow'
  AND volume_id NOT IN (SELECT volume_id FROM carving WHERE area = 'unallocated')
"""
_UNKNOWN_SQL = """
SELECT count(*) FROM volumes WHERE filesystem IS NOT NULL AND unallocated_bytes IS NULL
  AND scheme <> 'folder' AND scheme <> 'shadow' AND description <> 'logical image'
  AND volume_id NOT IN (SELECT volume_id FROM carving WHERE area = 'unallocated')
"""
_SHADOWS_SQL = """
SELECT count(*), sum(unallocated_bytes >> 31), sum(unallocated_bytes & 2147483647)
FROM volumes WHERE scheme = 'shadow' AND filesystem IS NOT NULL
"""
_REASONS = {
    "encrypted": "encrypted, and no key is known",
    "unknown": "the driver of its file system cannot tell what is free",
    "unreadable": "its allocation map could not be read",
    "walker_crash": "the search was lost too often",
}


def uncarved_reason(code: str) -> str:
    """Return why an area was not searched, in words."""
    return _REASONS.get(code, reason_name(code))


def count_uncarved(connection: sqlite3.Connection) -> Iterator[NotExamined]:
    """Yield what was not searched, what was searched for pictures alone, and what came of it."""
    count, high, low = connection.execute(_UNPLANNED_SQL).fetchone()
    if count:
        why = "not carved: left out by the plan"
        yield NotExamined("unallocated space", why, count, whole(high, low))
    count = connection.execute(_UNKNOWN_SQL).fetchone()[0]
    if count:
        why = "its allocation map could not be read"
        yield NotExamined("unallocated space of unknown size", why, count, 0)
    count, high, low = connection.execute(_SHADOWS_SQL).fetchone()
    if count:
        what = "unallocated space of shadow copies"
        yield NotExamined(what, "not carved in this version", count, whole(high, low))
    for area, reason, count, high, low in connection.execute(
        "SELECT area, reason, count(*), sum((max(size_bytes, searched_bytes) - searched_bytes)"
        " >> 31), sum((max(size_bytes, searched_bytes) - searched_bytes) & 2147483647)"
        " FROM carving WHERE state = 'not_searched' AND area <> 'whole'"
        " GROUP BY 1, 2 ORDER BY 1 DESC, 2"
    ):
        why = "not carved: " + uncarved_reason(reason)
        yield NotExamined(_AREAS[area], why, count, whole(high, low))
    for area, count, high, low in connection.execute(
        "SELECT area, count(*), sum(searched_bytes >> 31), sum(searched_bytes & 2147483647)"
        " FROM carving WHERE searched_bytes > 0 AND area <> 'whole' GROUP BY 1 ORDER BY 1 DESC"
    ):
        what = f"other things in {_AREAS[area]}"
        yield NotExamined(what, f"searched for {SOUGHT} alone", count, whole(high, low))
    yield from _count_candidates(connection)


def _count_candidates(connection: sqlite3.Connection) -> Iterator[NotExamined]:
    count = connection.execute("SELECT sum(passed_over) FROM carving").fetchone()[0]
    if count:
        what = "beginnings of pictures or videos that were not followed"
        yield NotExamined(what, "among so many others that it would cost too much", count, 0)
    count, high, low = connection.execute(
        "SELECT sum(undecoded), sum(undecoded_bytes >> 31), sum(undecoded_bytes & 2147483647)"
        " FROM carving"
    ).fetchone()
    if count:
        what, why = "carving candidates that did not decode", "no decoder shows anything of them"
        yield NotExamined(what, why, count, whole(high, low))
    count = connection.execute(
        "SELECT count(*) FROM entries WHERE state = 'carved' AND record LIKE 'joined:%'"
    ).fetchone()[0]
    if count:
        what = "carved entries that were put together of pieces"
        yield NotExamined(
            what, "nothing on the device says that the pieces belong together", count, 0
        )
