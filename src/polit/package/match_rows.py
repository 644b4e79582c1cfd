"""Rows of hash sets and matches: their tables, alike in a package and in a supplement."""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from polit.base.canonical import canonical_json
from polit.base.errors import PackageDamaged
from polit.model.matching import HashSetFacts, Match, MatchCounts, SetStatus

MATCH_SCHEMA = """
CREATE TABLE hash_sets (
  set_sha256 BLOB PRIMARY KEY CHECK (length(set_sha256) = 32),
  name TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status = 'known-good' OR status = 'alert' OR status = 'categorised'),
  scheme TEXT NOT NULL,
  provider TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  version TEXT NOT NULL,
  format TEXT NOT NULL,
  file_sha256 TEXT NOT NULL,
  records INTEGER NOT NULL,
  keys TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE matches (
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  set_sha256 BLOB NOT NULL REFERENCES hash_sets,
  record INTEGER NOT NULL CHECK (record >= 0),
  algorithm TEXT NOT NULL,
  variant TEXT NOT NULL,
  distance_bits INTEGER NOT NULL CHECK (distance_bits BETWEEN 0 AND threshold_bits),
  threshold_bits INTEGER NOT NULL CHECK (threshold_bits BETWEEN 0 AND 31),
  asserted TEXT NOT NULL,
  alerts INTEGER NOT NULL CHECK (alerts BETWEEN 0 AND 1),
  settles INTEGER NOT NULL CHECK (settles BETWEEN 0 AND 1),
  contradicted INTEGER NOT NULL CHECK (contradicted BETWEEN 0 AND 1),
  others INTEGER NOT NULL CHECK (others >= 0),
  covered_here_percent INTEGER,
  covered_known_percent INTEGER,
  PRIMARY KEY (sha256, set_sha256, record, algorithm, variant),
  CHECK (settles = 0 OR (threshold_bits = 0 AND contradicted = 0))
) STRICT, WITHOUT ROWID;
"""

_SET_SQL = "INSERT INTO hash_sets VALUES (" + "?, " * 10 + "?)"
_MATCH_SQL = "INSERT INTO matches VALUES (" + "?, " * 13 + "?) ON CONFLICT DO NOTHING"
_QUALIFIED_ORDER = (
    "matches.sha256, matches.set_sha256, matches.record, matches.algorithm, matches.variant"
)


def add_hash_sets(connection: sqlite3.Connection, facts: Iterable[HashSetFacts]) -> None:
    """Write hash sets, in the transaction of the caller."""
    connection.executemany(
        _SET_SQL,
        [
            (bytes.fromhex(f.sha256), f.name, f.status.value, f.scheme, f.provider,
             f.jurisdiction, f.version, f.format, f.file_sha256, f.records,
             canonical_json(dict(f.keys)).decode())
            for f in facts
        ],
    )  # fmt: skip


def add_matches(connection: sqlite3.Connection, matches: Iterable[Match]) -> None:
    """Write matches, in the transaction of the caller; their sets are there already.

    A match that stands there already stays: a content is looked up again when a run goes on.
    """
    connection.executemany(
        _MATCH_SQL,
        [
            (m.content_sha256, bytes.fromhex(m.hash_set_sha256), m.record, m.algorithm, m.variant,
             m.distance_bits, m.threshold_bits, m.asserted, int(m.alerts), int(m.settles),
             int(m.contradicted), m.others, m.covered_here_percent, m.covered_known_percent)
            for m in matches
        ],
    )  # fmt: skip


def read_hash_sets(connection: sqlite3.Connection) -> list[HashSetFacts]:
    """Return the hash sets of a package or supplement, by their digests.

    Raises:
        PackageDamaged: A row is none that polit writes.
    """
    rows = connection.execute(
        "SELECT lower(hex(set_sha256)), name, status, scheme, provider, jurisdiction, version,"
        " format, file_sha256, records, keys FROM hash_sets ORDER BY set_sha256"
    )
    try:
        return [
            HashSetFacts(
                sha256=row[0], name=row[1], status=SetStatus(row[2]), scheme=row[3],
                provider=row[4], jurisdiction=row[5], version=row[6], format=row[7],
                file_sha256=row[8], records=row[9],
                keys=msgspec.json.decode(row[10], type=dict[str, int]),
            )
            for row in rows
        ]  # fmt: skip
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise PackageDamaged(f"a hash set in the rows cannot be read: {error}") from error


def read_matches(connection: sqlite3.Connection, *, of_alerts: bool = False) -> Iterator[Match]:
    """Yield the matches of a package or supplement, by content, set, record.

    Args:
        connection: The open rows.
        of_alerts: Only all those of contents that any of their matches alerts on.
    """
    rows = connection.execute(
        "SELECT sha256, lower(hex(set_sha256)), record, algorithm, variant, distance_bits,"
        " threshold_bits, asserted, alerts, settles, contradicted, others, covered_here_percent,"
        " covered_known_percent FROM matches"
        " WHERE ? = 0 OR sha256 IN (SELECT sha256 FROM matches WHERE alerts = 1)"
        " ORDER BY sha256, set_sha256, record, algorithm, variant",
        (int(of_alerts),),
    )
    for row in rows:
        flags = (bool(value) for value in row[8:11])
        yield Match(*row[:8], *flags, *row[11:])


def _counts_sql(which: str) -> str:
    return f"""
SELECT coalesce(sum(alert), 0), coalesce(sum(alert AND category), 0), coalesce(sum(category), 0),
       coalesce(sum(good), 0), coalesce(sum(near > exact), 0), coalesce(sum(near_alert > alert), 0)
FROM (
  SELECT max(variant = '') AS exact,
         max(variant = '' AND alerts) AS alert,
         max(variant = '' AND asserted NOT IN ('known-good', 'alert', 'uncategorised'))
           AS category,
         max(variant = '' AND asserted = 'known-good') AS good,
         max(variant <> '') AS near,
         max(variant <> '' AND alerts) AS near_alert
  FROM matches {which} GROUP BY sha256)
"""  # noqa: S608 - constants only


_STRAYS_SQL = """
SELECT count(*) FROM matches m LEFT JOIN hash_sets s USING (set_sha256)
WHERE (
  s.set_sha256 IS NOT NULL AND length(m.sha256) = 32 AND m.record >= 0 AND m.record < s.records
  AND CASE WHEN m.algorithm IN ('md5', 'sha1', 'sha256')
        THEN m.variant = '' AND m.threshold_bits = 0
      ELSE m.algorithm IN ('pdq', 'vpdq') AND m.settles = 0 AND m.threshold_bits BETWEEN 0 AND ?1
      END
  AND m.distance_bits BETWEEN 0 AND m.threshold_bits AND m.others >= 0
  AND m.alerts BETWEEN 0 AND 1 AND m.settles BETWEEN 0 AND 1 AND m.contradicted BETWEEN 0 AND 1
  AND (m.settles = 0 OR m.contradicted = 0)
  AND NOT (m.settles = 1 AND m.algorithm = 'md5' AND s.status = 'known-good')
  AND coalesce(m.covered_here_percent, 0) BETWEEN 0 AND 100
  AND coalesce(m.covered_known_percent, 0) BETWEEN 0 AND 100
) IS NOT TRUE
"""
"""The rules of the tables, and some that they cannot state. SQLite heeds checks where it writes."""

_OF_ENTRIES = "WHERE sha256 IN (SELECT sha256 FROM results)"
COUNTS_SQL = _counts_sql("")
"""Counts of the contents that matched."""

COUNTS_OF_ENTRIES_SQL = _counts_sql(_OF_ENTRIES)
"""The same in a package: of contents that an entry has."""


def read_counts(connection: sqlite3.Connection, sql: str = COUNTS_SQL) -> MatchCounts:
    """Count contents by what hash sets say of them; ``sql`` is one of the two above."""
    return MatchCounts(*connection.execute(sql).fetchone())


def check_matches(connection: sqlite3.Connection, *, threshold_bits: int) -> None:
    """Check what a forged file may hold though its tables forbid it.

    Args:
        connection: The rows, of the schema of their format.
        threshold_bits: The greatest distance under the terms of the matching.

    Raises:
        PackageDamaged: A match breaks a rule, names no set, or needs other terms.
    """
    strays = connection.execute(_STRAYS_SQL, (threshold_bits,)).fetchone()[0]
    if strays:
        raise PackageDamaged(
            f"{strays} matches break a rule, name no hash set, or need other terms"
        )


HASH_SETS_SQL = """
SELECT 'hash_set' AS row, lower(hex(set_sha256)) AS set_sha256, status, scheme, file_sha256,
       records
FROM hash_sets ORDER BY set_sha256
"""
"""Canonical rows of the hash sets: what they are called and by whom does not count."""


def _matches_sql(which: str) -> str:
    return f"""
SELECT 'match' AS row, lower(hex(sha256)) AS sha256, lower(hex(set_sha256)) AS set_sha256, record,
       algorithm, variant, distance_bits, threshold_bits, asserted, alerts, settles, contradicted,
       others, covered_here_percent, covered_known_percent
FROM matches {which} ORDER BY {_QUALIFIED_ORDER}
"""  # noqa: S608 - constants only


MATCHES_SQL = _matches_sql("")
"""Canonical rows of the matches."""

MATCHES_OF_ENTRIES_SQL = _matches_sql(_OF_ENTRIES)
"""The same in a package: of contents that an entry has, as with all that contents gave."""
