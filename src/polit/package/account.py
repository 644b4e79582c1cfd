"""The account of a package, counted from its rows: tally, kinds, problems, not examined."""

import json
import sqlite3
from collections.abc import Iterator

from polit.model.manifest import Integrity
from polit.model.matching import MatchCounts
from polit.model.media import MediaKind
from polit.model.outcome import (
    TIME_LIMITED,
    NotExamined,
    ProblemCount,
    Tally,
    reason_name,
)
from polit.package.carving_account import count_uncarved
from polit.package.halves import whole as _whole
from polit.package.match_rows import COUNTS_OF_ENTRIES_SQL, read_counts

_KINDS_INSIDE = {
    "archive": (
        "contents of archives",
        "no reader for their kind in this version, or left out by the plan",
    ),
    "document": (
        "pictures inside documents",
        "no reader for their kind in this version, or left out by the plan",
    ),
    "database": ("records inside databases", "no reader for their kind in this version"),
    "audio": ("audio", "audio is never decoded"),
}
_UNOPENED = {
    "damaged": "its bytes are damaged",
    "cannot_decrypt": "encrypted in a way that polit cannot decrypt",
    "encrypted": "encrypted, and no key is known",
    "expands_too_much": "it would expand to more than the limits allow",
    "nested_archive": "an archive inside a document or a mail: not opened in this version",
    "memory": "it needs more memory than the limits allow",
    "missing_volume": "one of several files of an archive: they are not joined in this version",
    "too_deep": "too many holders inside each other",
    "too_large": "larger than the limits allow",
    "too_many": "more than the limits allow",
    "truncated": "its end is missing",
    "undecodable": "its bytes do not form what they claim to be",
    "unsupported": "of a form that is not read in this version",
    "walker_crash": "its reader crashed on it",
    "walker_timeout": "its reader hung on it",
    "unsupported_filter": "stored in a way that is not read in this version",
}
_FLAWS = {
    "beyond_limit": ("parts of videos and animations", "more than the limits allow"),
    "damaged": ("parts of pictures and videos", "their bytes are damaged"),
    "key_frames_only": ("frames of videos between key frames", "more than the limit of frames"),
    "truncated": ("ends of pictures and videos", "their end is missing"),
}


_DROPPED = {"same_in_newer": "entries of shadow copies"}


def count_tally(connection: sqlite3.Connection) -> Tally:
    """Count entries and their outcomes; entries without one make the tally unbalanced."""
    entries = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    counts = dict(connection.execute("SELECT outcome, count(*) FROM results GROUP BY outcome"))
    return Tally(entries, counts.get("done", 0), counts.get("skipped", 0), counts.get("failed", 0))


def count_kinds(connection: sqlite3.Connection) -> dict[str, int]:
    """Count entries that are done by kind; every kind is named, also with 0."""
    counts = dict(
        connection.execute(
            "SELECT kind, count(*) FROM results WHERE outcome = 'done' GROUP BY kind"
        )
    )
    return {kind.value: counts.get(kind.value, 0) for kind in MediaKind}


def count_problems(connection: sqlite3.Connection) -> tuple[ProblemCount, ...]:
    """Count problems by code: failed entries by reason, mismatches, source and volumes."""
    counts: dict[str, int] = {}
    for sql in (
        "SELECT reason, count(*) FROM results WHERE outcome = 'failed' GROUP BY reason",
        "SELECT 'extension_mismatch', count(*) FROM results WHERE extension_agrees = 0",
        "SELECT code, count(*) FROM problems WHERE entry_id IS NULL GROUP BY code",
        "SELECT code, count(*) FROM bad_ranges GROUP BY code",
    ):
        for code, count in connection.execute(sql):
            if count:
                counts[code] = counts.get(code, 0) + count
    return tuple(ProblemCount(code, reason_name(code), counts[code]) for code in sorted(counts))


def count_not_examined(connection: sqlite3.Connection) -> tuple[NotExamined, ...]:
    """Count what was met but not looked into, in a fixed order; nothing is left unnamed."""
    found: list[NotExamined] = []
    for description, reason, count, high, low in connection.execute(_VOLUMES_SQL):
        found.append(NotExamined(description, reason, count, _whole(high, low)))
    found.extend(count_uncarved(connection))
    for sql, what, why in _QUERIES:
        count, high, low = connection.execute(sql).fetchone()
        if count:
            found.append(NotExamined(what, why, count, _whole(high, low)))
    for kind, (what, why) in _KINDS_INSIDE.items():
        count, high, low = connection.execute(
            "SELECT count(*), sum(bytes_read >> 31), sum(bytes_read & 2147483647)"
            " FROM results LEFT JOIN holders USING (entry_id)"
            " WHERE outcome = 'done' AND kind = ? AND mime NOT LIKE 'text/%'"
            " AND holders.entry_id IS NULL",
            (kind,),
        ).fetchone()
        if count:
            found.append(NotExamined(what, why, count, _whole(high, low)))
    return (
        *found,
        *_count_dropped(connection),
        *_count_unopened(connection),
        *_count_flaws(connection),
    )


def _count_unopened(connection: sqlite3.Connection) -> Iterator[NotExamined]:
    for code, count in connection.execute(
        "SELECT code, count(*) FROM unopened GROUP BY code ORDER BY code"
    ):
        yield NotExamined("things inside others", _UNOPENED.get(code, reason_name(code)), count, 0)


def _count_dropped(connection: sqlite3.Connection) -> Iterator[NotExamined]:
    for code, count in connection.execute(
        "SELECT code, sum(count) FROM dropped_names JOIN folders USING (folder_id)"
        " GROUP BY code ORDER BY code"
    ):
        what = _DROPPED.get(code, "lost directory entries")
        yield NotExamined(what, reason_name(code), count, 0)


def _count_flaws(connection: sqlite3.Connection) -> Iterator[NotExamined]:
    for flaw, (what, why) in _FLAWS.items():
        count = connection.execute(
            "SELECT count(*) FROM results JOIN media USING (sha256)"
            " WHERE results.outcome = 'done' AND ',' || flaws || ',' LIKE '%,' || ? || ',%'",
            (flaw,),
        ).fetchone()[0]
        if count:
            yield NotExamined(what, why, count, 0)


_VOLUMES_SQL = """
SELECT CASE allocated WHEN 0 THEN 'space outside volumes'
       ELSE 'volume (' || description || ')' END,
       v.reason || CASE WHEN c.state = 'done' THEN '; searched for pictures and videos' ELSE '' END,
       count(*), sum(v.size_bytes >> 31), sum(v.size_bytes & 2147483647)
FROM volumes v LEFT JOIN carving c ON c.volume_id = v.volume_id AND c.area = 'whole'
WHERE v.state = 'not_examined' GROUP BY 1, 2 ORDER BY 1, 2
"""
_QUERIES = (
    (
        "SELECT count(*), 0, 0 FROM volumes WHERE description = 'logical image'",
        "unallocated space",
        "not in the image: a logical image holds chosen files alone",
    ),
    (
        "SELECT count(*), 0, 0 FROM folders WHERE state = 'failed'",
        "names inside folders",
        "the folder could not be listed",
    ),
    (
        (
            "SELECT count(*), sum(size_bytes >> 31), sum(size_bytes & 2147483647)"
            " FROM entries JOIN results USING (entry_id)"
            " WHERE reason = 'left_out_by_plan'"
        ),
        "entries left out",
        "left out by the plan",
    ),
    (
        (
            "SELECT count(*), sum(bytes_read >> 31), sum(bytes_read & 2147483647)"
            " FROM results WHERE reason = 'known_good'"
        ),
        "known-good entries",
        "a known-good hash set names their content: not decoded, not opened",
    ),
    (
        (
            "SELECT count(*), sum(size_bytes >> 31), sum(size_bytes & 2147483647)"
            " FROM entries JOIN results USING (entry_id)"
            " WHERE reason IN ('content_gone', 'record_reallocated')"
        ),
        "content of deleted entries",
        "nothing leads to it any more",
    ),
    (
        (
            "SELECT count(*), sum(bytes_read >> 31), sum(bytes_read & 2147483647)"
            " FROM results r LEFT JOIN media m USING (sha256)"
            " WHERE r.outcome = 'done' AND r.kind = 'still' AND m.sha256 IS NULL"
        ),
        "pictures not decoded",
        "no decoder for their format in this version, or left out by the plan",
    ),
    (
        (
            "SELECT count(*), sum(bytes_read >> 31), sum(bytes_read & 2147483647)"
            " FROM results r LEFT JOIN media m USING (sha256)"
            " WHERE r.outcome = 'done' AND r.kind = 'video' AND m.sha256 IS NULL"
        ),
        "videos not decoded",
        "no decoder for their format in this version, left out by the plan, or isolation not full",
    ),
    (
        (
            "SELECT count(*), 0, 0 FROM results r JOIN media m USING (sha256)"
            " LEFT JOIN holders h USING (entry_id)"
            " WHERE m.pictures_inside = 1 AND h.entry_id IS NULL"
        ),
        "pictures inside pictures",
        "left out by the plan",
    ),
)


def list_time_limited(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the locators of entries that failed on a time limit, in order."""
    rows = connection.execute(
        "SELECT locator FROM entries JOIN results USING (entry_id)"
        " WHERE reason IN (SELECT value FROM json_each(?)) ORDER BY locator",
        (json.dumps(sorted(TIME_LIMITED)),),
    )
    return tuple(row[0] for row in rows)


def count_bytes_read(connection: sqlite3.Connection) -> int:
    """Sum the bytes of all contents that were read."""
    return _whole(
        *connection.execute(
            "SELECT sum(bytes_read >> 31), sum(bytes_read & 2147483647) FROM results"
        ).fetchone()
    )


def count_matches(connection: sqlite3.Connection) -> MatchCounts:
    """Count the contents that an entry has and a hash set knows, by what it says of them."""
    return read_counts(connection, COUNTS_OF_ENTRIES_SQL)


def count_integrity(connection: sqlite3.Connection) -> Integrity:
    """Count what does not hold in the source."""
    ranges, high, low = connection.execute(
        "SELECT count(*), sum(length_bytes >> 31), sum(length_bytes & 2147483647) FROM bad_ranges"
    ).fetchone()
    row = connection.execute(
        "SELECT (SELECT count(*) FROM problems WHERE stage = 'container'),"
        " (SELECT count(*) FROM problems WHERE stage = 'acquisition')"
    ).fetchone()
    return Integrity(ranges, _whole(high, low), *row)
