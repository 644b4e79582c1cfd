"""Streams the rows of a verified package into another database: fast, numbered, repeatable."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import PackageDamaged
from polit.base.text import visible
from polit.package.database import UNREADABLE, read_schema, sealed_schema
from polit.package.row_streams import FOLDER_OF, MATCH_WORDS_SQL, RowStream

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
INSERT INTO temp.contents (sha256, entry_id, occurrences)
SELECT sha256, min(entry_id), count(*) FROM results WHERE sha256 IS NOT NULL GROUP BY sha256
"""
_FOLDERS_SQL = """
INSERT INTO temp.folder_numbers
SELECT row_number() OVER (ORDER BY f.volume_id, f.path, f.folder_id), f.folder_id, f.entry_id,
       f.volume_id, f.first_entry_id, 0, 0, NULL
FROM folders f
"""
_PARENTS_SQL = f"""
SELECT n.place, {FOLDER_OF} FROM temp.folder_numbers n
LEFT JOIN entries x USING (entry_id) ORDER BY n.place
"""  # noqa: S608 - constants only
_DIRECT_SQL = """
SELECT n.place, p.many FROM
  (SELECT parent_id, count(*) AS many FROM entries
   WHERE within_id IS NULL AND parent_id IS NOT NULL GROUP BY parent_id) p
JOIN temp.folder_numbers n ON n.entry_id = p.parent_id
"""
_TOP_AND_INSIDE_SQL = f"""
SELECT {FOLDER_OF}, count(*)
FROM entries e JOIN entries x ON x.entry_id = coalesce(e.within_id, e.entry_id)
WHERE e.within_id IS NOT NULL OR e.parent_id IS NULL GROUP BY 1
"""  # noqa: S608 - constants only
_WORDS_SQL = f"""
SELECT reason FROM results UNION SELECT mime FROM results
UNION SELECT reason FROM media UNION SELECT decoder FROM media
UNION SELECT make FROM media UNION SELECT model FROM media
UNION SELECT name FROM media_tags UNION SELECT algorithm FROM perceptual_hashes
UNION SELECT media_type FROM derivatives UNION SELECT stage FROM problems
UNION SELECT code FROM problems UNION SELECT code FROM bad_ranges UNION SELECT code FROM unopened
UNION {MATCH_WORDS_SQL}
"""  # noqa: S608 - constants only


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


@dataclass(frozen=True, slots=True)
class Numbers:
    """How rows are numbered: ``number * 2**32`` is what their numbers begin after.

    Args:
        rows: The number that the rows come under: of a package, or of a supplement.
        package: The number of the package whose contents they speak of.
    """

    rows: int
    package: int


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


class NumberedRows:
    """Rows of one file, numbered for one receiver; what streams them whatever the file holds."""

    def __init__(self, connection: sqlite3.Connection, numbers: Numbers, words_sql: str) -> None:
        """Take what the rows are read from, how they are numbered, and what asks for words."""
        self._connection, self._numbers, self._words_sql = connection, numbers, words_sql
        connection.create_function("visible_nul", 1, _visible_nul, deterministic=True)
        connection.execute(
            "CREATE TEMP TABLE contents (place INTEGER PRIMARY KEY, sha256 BLOB, entry_id INTEGER,"
            " occurrences INTEGER)"
        )

    @property
    def base(self) -> int:
        """What the numbers of all rows begin after."""
        return self._numbers.rows << 32

    def words(self) -> list[str]:
        """Return all words of open sets that the rows use, in order."""
        found = (row[0] for row in self._connection.execute(self._words_sql))
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
        given = {"base": self.base, "contents": self._numbers.package << 32,
                 "number": self._numbers.package, "after": after}  # fmt: skip
        cursor = self._connection.execute(wanted.sql, given)
        for place, row in enumerate(cursor, start=self.base + after + 1):
            yield (place, *row)

    def _index_contents(self) -> None:
        self._connection.execute("CREATE UNIQUE INDEX temp.content_sha256 ON contents (sha256)")


class MatchesOut(NumberedRows):
    """The hash sets and matches of one supplement, numbered for one receiver."""

    def __init__(
        self, connection: sqlite3.Connection, numbers: Numbers, contents: Iterable[bytes]
    ) -> None:
        """Take the digests of the package's contents, in the order of their numbers there."""
        super().__init__(connection, numbers, MATCH_WORDS_SQL)
        connection.executemany(
            "INSERT INTO temp.contents (place, sha256) VALUES (?, ?)", enumerate(contents, start=1)
        )
        self._index_contents()


class RowsOut(NumberedRows):
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
        super().__init__(connection, Numbers(number, number), _WORDS_SQL)
        connection.create_function("shown_path", 1, _shown_path, deterministic=True)
        connection.execute(_PLACES_SQL)
        connection.execute("CREATE UNIQUE INDEX temp.entry_place ON entry_places (entry_id)")
        # Grouping sorts, so the places follow the digests.
        connection.execute(_CONTENTS_SQL)
        self._index_contents()
        self._number_folders()

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
        execute = self._connection.execute
        execute(
            "CREATE TEMP TABLE folder_numbers (place INTEGER PRIMARY KEY, folder_id INTEGER,"
            " entry_id INTEGER, volume_id INTEGER, first_entry_id INTEGER, entries INTEGER,"
            " below INTEGER, parent INTEGER)"
        )
        execute(_FOLDERS_SQL)
        execute("CREATE INDEX temp.folder_entry ON folder_numbers (entry_id)")
        direct = dict(execute(_DIRECT_SQL))
        for place, many in execute(_TOP_AND_INSIDE_SQL):
            direct[place] = direct.get(place, 0) + many
        parents = dict(execute(_PARENTS_SQL))
        below = {place: direct.get(place, 0) for place in parents}
        for place in sorted(parents, reverse=True):
            parent = parents[place]
            # A parent comes before what is in it; a folder that says otherwise stands for itself.
            if parent is not None and parent < place:
                below[parent] += below[place]
            else:
                parents[place] = None
        self._connection.executemany(
            "UPDATE temp.folder_numbers SET entries = ?, below = ?, parent = ? WHERE place = ?",
            ((direct.get(place, 0), below[place], parent, place)
             for place, parent in parents.items()),
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
        except UNREADABLE as error:
            raise PackageDamaged(f"the findings cannot be read: {error}") from error


def _visible_nul(text: str) -> str:
    return text.replace("\0", visible("\0"))


def _shown_path(path: bytes) -> str:
    return _visible_nul(path.decode("utf-8", errors="backslashreplace"))
