"""The rows of a supplement: their file, their digest, and what they count to."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from polit.base.canonical import row_writer
from polit.base.errors import PackageDamaged
from polit.model.supplement import MatchTally
from polit.package.database import UNREADABLE, read_schema
from polit.package.match_rows import HASH_SETS_SQL, MATCH_SCHEMA, MATCHES_SQL, read_counts
from polit.package.sealed_text import open_regular

SCHEMA = f"""
CREATE TABLE meta (
  key TEXT PRIMARY KEY, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
{MATCH_SCHEMA}"""

_CACHE_KIB = 16 * 1024
_MATCHED_SQL = "SELECT count(DISTINCT sha256), count(*) FROM matches"
_ASKED_SQL = """
SELECT count(*), coalesce(sum(is_media AND sha256 NOT IN (SELECT sha256 FROM perceptual_hashes)), 0)
FROM (SELECT sha256, max(coalesce(kind, '') IN ('still', 'video')) AS is_media
      FROM results WHERE sha256 IS NOT NULL GROUP BY sha256)
"""
_ALERTED_SQL = """
SELECT sha256, max(algorithm IN ('md5', 'sha1', 'sha256')) FROM matches
WHERE alerts = 1 GROUP BY sha256
"""


def create_rows(path: Path) -> sqlite3.Connection:
    """Make the file of a new supplement's rows and open it for its one writer.

    Without a journal: the file counts only when it is whole, and is made anew after a crash.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE",
                   f"cache_size=-{_CACHE_KIB}"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(SCHEMA)
    return connection


@contextmanager
def open_rows(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a supplement's rows read-only, with bounded memory.

    Raises:
        PackageDamaged: They are no regular file, no database, or not of this schema.
        OSError: They are missing.
    """
    # SQLite would wait for a FIFO, and follow a link.
    os.close(open_regular(path))
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    with closing(
        sqlite3.connect(f"file:{quoted}?mode=ro&immutable=1", uri=True, isolation_level=None)
    ) as connection:
        try:
            for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "temp_store=FILE",
                           f"cache_size=-{_CACHE_KIB}"):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}")
            if read_schema(connection) != _schema():
                # Nothing is asked of tables that are not ours: they may be views that lie.
                raise PackageDamaged(f"{path} has not the schema of this format")
            yield connection
        except UNREADABLE as error:
            raise PackageDamaged(f"{path} cannot be read: {error}") from error


def check_sound(connection: sqlite3.Connection) -> None:
    """Check the file as SQLite does: its pages, its order, types and checks of every row.

    Raises:
        PackageDamaged: Something is wrong with it.
    """
    told = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if told != "ok":
        raise PackageDamaged(f"the rows are not sound: {told}")


def rows_sha256(connection: sqlite3.Connection) -> str:
    """Return SHA-256 over the canonical rows of sets and matches, lower-case hex.

    Alike for a supplement and for a package, so that the two can be compared.
    """
    digest = hashlib.sha256()
    for sql in (HASH_SETS_SQL, MATCHES_SQL):
        cursor = connection.execute(sql)
        for line in map(row_writer([column[0] for column in cursor.description]), cursor):
            digest.update(line)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what a package holds: its contents, and which of them digests alone can find.

    Args:
        contents: Contents with a digest.
        without_fingerprints: Pictures and videos among them that have no fingerprint.
    """

    contents: int
    without_fingerprints: int


def count_asked(findings: sqlite3.Connection) -> Asked:
    """Count what of a package is looked up."""
    return Asked(*findings.execute(_ASKED_SQL).fetchone())


def count_tally(connection: sqlite3.Connection, asked: Asked) -> MatchTally:
    """Count what the rows of a package or supplement come to."""
    matched, rows = connection.execute(_MATCHED_SQL).fetchone()
    counts = read_counts(connection)
    return MatchTally(asked.contents, matched, counts, rows, asked.without_fingerprints)


class Alerted:
    """Which contents have alerted so far: by a digest, or by a fingerprint alone."""

    def __init__(self) -> None:
        """Begin with none; what does not fit into memory goes to a file that has no name."""
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute(
            "CREATE TABLE alerted (sha256 BLOB PRIMARY KEY, by_digest INTEGER NOT NULL)"
            " WITHOUT ROWID"
        )

    def close(self) -> None:
        """Let go of them."""
        self._connection.close()

    def take_up(self, rows: sqlite3.Connection) -> int:
        """Take up the alerts of a package or supplement; return how many of them are news.

        It is news that a content alerts by a digest and did not before, or that it alerts by a
        fingerprint and did not alert at all before.
        """
        before = self._connection.total_changes
        self._connection.executemany(
            "INSERT INTO alerted VALUES (?, ?) ON CONFLICT DO UPDATE SET"
            " by_digest = 1 WHERE excluded.by_digest > by_digest",
            rows.execute(_ALERTED_SQL),
        )
        return self._connection.total_changes - before


@cache
def _schema() -> frozenset[tuple[str, str, str, str | None]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return read_schema(connection)
