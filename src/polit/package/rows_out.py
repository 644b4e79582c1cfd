"""Streams the rows of a verified package into another database: fast, numbered, repeatable."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import PackageDamaged
from polit.base.text import visible
from polit.package.database import read_schema, sealed_schema
from polit.package.row_streams import RowStream

_CACHE_KIB = 48 * 1024
_PLACES_SQL = """
CREATE TEMP TABLE entry_places AS
SELECT entry_id, place FROM
  (SELECT entry_id, row_number() OVER (ORDER BY locator) AS place FROM entries)
WHERE entry_id IN (
  SELECT parent_id FROM entries WHERE within_id IS NOT NULL
  UNION SELECT entry_id FROM folders WHERE entry_id IS NOT NULL
  UNION SELECT entry_id FROM unopened
  UNION SELECT entry_id FROM problems WHERE entry_id IS NOT NULL)
"""
_CONTENTS_SQL = """
INSERT INTO temp.contents
SELECT sha256, row_number() OVER (ORDER BY sha256), md5, sha1, bytes_read, kind, mime, many FROM
  (SELECT sha256, min(entry_id), md5, sha1, bytes_read, kind, mime, count(*) AS many
   FROM results WHERE sha256 IS NOT NULL GROUP BY sha256)
"""
_FOLDERS_SQL = """
SELECT f.folder_id, row_number() OVER (ORDER BY f.volume_id, f.path, f.folder_id),
       v.place, e.parent_id
FROM folders f LEFT JOIN entries e USING (entry_id)
JOIN (SELECT volume_id, row_number() OVER (ORDER BY volume_id) AS place FROM volumes) v
  ON v.volume_id = f.volume_id
ORDER BY 2
"""
_DIRECT_SQL = """
SELECT CASE WHEN w.entry_id IS NULL THEN e.parent_id ELSE w.parent_id END, count(*)
FROM entries e LEFT JOIN entries w ON w.entry_id = e.within_id GROUP BY 1
"""
_WORDS_SQL = """
SELECT reason FROM results UNION SELECT mime FROM results
UNION SELECT reason FROM media UNION SELECT decoder FROM media
UNION SELECT make FROM media UNION SELECT model FROM media
UNION SELECT name FROM media_tags UNION SELECT algorithm FROM perceptual_hashes
UNION SELECT media_type FROM derivatives UNION SELECT stage FROM problems
UNION SELECT code FROM problems UNION SELECT code FROM bad_ranges UNION SELECT code FROM unopened
"""


@dataclass(frozen=True, slots=True)
class Facet:
    """How many entries share a value.

    Args:
        name: Which value is counted, such as ``kind``.
        value: The value as text, empty where an entry has none.
        count: How many entries.
    """

    name: str
    value: str
    count: int


_FACETS = {
    "entry_type": "SELECT entry_type, count(*) FROM entries GROUP BY 1",
    "state": "SELECT state, count(*) FROM entries GROUP BY 1",
    "overwritten": "SELECT 'yes', count(*) FROM entries WHERE overwritten = 1",
    "outcome": "SELECT outcome, count(*) FROM results GROUP BY 1",
    "kind": "SELECT kind, count(*) FROM results GROUP BY 1",
    "reason": "SELECT reason, count(*) FROM results GROUP BY 1",
    "failed": "SELECT reason, count(*) FROM results WHERE outcome = 'failed' GROUP BY 1",
    "mismatch": "SELECT 'yes', count(*) FROM results WHERE extension_agrees = 0",
    "tiles": "SELECT 'yes', count(*) FROM derivatives d JOIN temp.contents USING (sha256)"
    " WHERE role = 'tile' AND story = 0",
    "modified_month": "SELECT strftime('%Y-%m', modified_ns / 1000000000, 'unixepoch'), count(*)"
    " FROM entries GROUP BY 1",
    "taken_month": "SELECT substr(taken_at, 1, 7), count(*) FROM results r JOIN media m"
    " USING (sha256) GROUP BY 1",
}


class RowsOut:
    """The rows of one findings file, numbered for one receiver."""

    def __init__(self, connection: sqlite3.Connection, number: int) -> None:
        """Number what refers to each other; takes seconds for a million entries.

        Args:
            connection: From ``open_copy``.
            number: The receiver's number of the package; ``number * 2**32`` is the base of all
                numbers of its rows.

        Raises:
            PackageDamaged: The tables are not those of this format.
        """
        if read_schema(connection) != sealed_schema():
            raise PackageDamaged("the findings do not have the schema of this format")
        self._connection, self._number = connection, number
        connection.create_function("visible_nul", 1, _visible_nul, deterministic=True)
        connection.create_function("shown_path", 1, _shown_path, deterministic=True)
        connection.execute(_PLACES_SQL)
        connection.execute("CREATE UNIQUE INDEX temp.entry_place ON entry_places (entry_id)")
        connection.execute(
            "CREATE TEMP TABLE contents (sha256 BLOB PRIMARY KEY, place INTEGER, md5, sha1,"
            " size_bytes, kind, mime, occurrences) WITHOUT ROWID"
        )
        connection.execute(_CONTENTS_SQL)
        self._number_folders()

    @property
    def base(self) -> int:
        """What the numbers of all rows begin after."""
        return self._number << 32

    def words(self) -> list[str]:
        """Return all words of open sets that the rows use, in order."""
        found = (row[0] for row in self._connection.execute(_WORDS_SQL))
        return sorted(word for word in found if word is not None)

    def give_words(self, numbers: Mapping[str, int]) -> None:
        """Take the receiver's numbers of the words, before anything is streamed."""
        self._connection.execute(
            "CREATE TEMP TABLE words (word TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID"
        )
        self._connection.executemany("INSERT INTO temp.words VALUES (?, ?)", numbers.items())

    def stream(self, wanted: RowStream, *, after: int) -> Iterator[tuple[object, ...]]:
        """Yield rows in the order of their numbers, which come first in each.

        Args:
            wanted: Which rows.
            after: How many rows to pass over.
        """
        base = self.base
        cursor = self._connection.execute(
            wanted.sql, {"base": base, "after": after, "number": self._number}
        )
        for place, row in enumerate(cursor, start=base + after + 1):
            yield (place, *row)

    def count(self, table: str) -> int:
        """Return how many rows a table of the findings has."""
        # The name is one of ours; nothing from outside reaches it.
        row = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        return int(row[0])

    def facets(self) -> list[Facet]:
        """Count entries by the values that lists are filtered by; values with none are absent."""
        return [
            Facet(name, "" if value is None else str(value), count)
            for name, sql in _FACETS.items()
            for value, count in self._connection.execute(sql)
            if count
        ]

    def _number_folders(self) -> None:
        direct = dict(self._connection.execute(_DIRECT_SQL))
        rows = self._connection.execute(_FOLDERS_SQL).fetchall()
        places = {folder_id: place for folder_id, place, _, _ in rows}
        below = {folder_id: direct.get(folder_id, 0) for folder_id in places}
        for folder_id, place, _, parent in reversed(rows):
            # A parent comes before what is in it; a folder that says otherwise counts for itself.
            if parent in places and places[parent] < place:
                below[parent] += below[folder_id]
        self._connection.execute(
            "CREATE TEMP TABLE folder_numbers (folder_id INTEGER PRIMARY KEY, place INTEGER,"
            " volume INTEGER, parent INTEGER, entries INTEGER, below INTEGER)"
        )
        base = self.base
        self._connection.executemany(
            "INSERT INTO temp.folder_numbers VALUES (?, ?, ?, ?, ?, ?)",
            (
                (folder_id, place, base + volume,
                 base + places[parent] if parent in places and places[parent] < place else None,
                 direct.get(folder_id, 0), below[folder_id])
                for folder_id, place, volume, parent in rows
            ),
        )  # fmt: skip


@contextmanager
def open_copy(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a private copy of a findings file, read-only, with bounded memory.

    Raises:
        PackageDamaged: It is no database.
    """
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    with closing(
        sqlite3.connect(f"file:{quoted}?mode=ro&immutable=1", uri=True, isolation_level=None)
    ) as connection:
        try:
            for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "temp_store=FILE",
                           f"cache_size=-{_CACHE_KIB}"):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}")
            yield connection
        except sqlite3.DatabaseError as error:
            raise PackageDamaged(f"the findings cannot be read: {error}") from error


def _visible_nul(text: str) -> str:
    return text.replace("\0", visible("\0"))


def _shown_path(path: bytes) -> str:
    return _visible_nul(path.decode("utf-8", errors="backslashreplace"))
