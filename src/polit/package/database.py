"""Open the findings database: for the one writer of a run, or for readers."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from polit.base.clock import monotonic_s, sleep_s
from polit.base.errors import PackageDamaged, SourceMissing, StorageFull
from polit.package.layout import FORMAT, LOCATOR_INDEX, MANIFEST, SCHEMA, findings_path

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged database raises: SQLite's message may quote bytes that are no text."""

_CACHE_KIB = 96 * 1024
_FOLD_LIMIT_S, _FOLD_TURN_S = 30.0, 0.02
_EARLIER = (
    "{} is of a format before "
    f"{FORMAT}, which this version does not read: use the version of polit that made it, "
    "or examine the exhibit again"
)


def open_writer(package: Path) -> sqlite3.Connection:
    """Open the findings of a running examination for its one writer.

    WAL with ``synchronous=FULL``: a commit that returned survives a power cut.

    Raises:
        PackageDamaged: An earlier version began it, in another format.
    """
    connection = sqlite3.connect(findings_path(package), isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    connection.execute("PRAGMA wal_autocheckpoint=4000")
    tables = _tables(connection)
    if "meta" not in tables:
        with transaction(connection):
            for statement in filter(str.strip, SCHEMA.split(";")):
                connection.execute(statement)
    elif "matches" not in tables:
        connection.close()
        raise PackageDamaged(_EARLIER.format(package))
    return connection


def open_reader(package: Path) -> sqlite3.Connection:
    """Open the findings of a package read-only.

    Of a sealed package the one file alone is read: a WAL beside it is not part of what was
    sealed, and must not change what is seen.

    Raises:
        SourceMissing: There is no package, or no findings in it.
        PackageDamaged: The file is no database of this layout.
    """
    path = findings_path(package)
    if not path.exists():
        raise SourceMissing(f"{package} holds no findings: give the folder of a package")
    if not stat.S_ISREG(path.lstat().st_mode):
        raise PackageDamaged(f"{path} is no regular file: compare with another copy")
    is_sealed = (package / MANIFEST).exists()
    is_quiet = is_sealed or not path.with_name(path.name + "-wal").exists()
    connection = sqlite3.connect(
        f"file:{_quoted(path)}?mode=ro{'&immutable=1' if is_quiet else ''}",
        uri=True,
        isolation_level=None,
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        tables = _tables(connection)
    except UNREADABLE as error:
        connection.close()
        raise PackageDamaged(f"{path} cannot be read as findings: {error}") from error
    if "meta" not in tables:
        connection.close()
        raise PackageDamaged(f"{path} cannot be read as findings: it has no table 'meta'")
    if "carving" not in tables:
        connection.close()
        raise PackageDamaged(_EARLIER.format(package))
    return connection


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return frozenset(row[0] for row in rows)


def read_schema(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str, str | None]]:
    """Return type, name, table and SQL of all that a database's schema holds."""
    return frozenset(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"))


@cache
def sealed_schema() -> frozenset[tuple[str, str, str, str | None]]:
    """Return what ``read_schema`` gives for a sealed package of this format."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA + LOCATOR_INDEX)
        return read_schema(connection)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one IMMEDIATE transaction: all of it is committed, or nothing.

    Raises:
        StorageFull: The disk is full; nothing of the block was kept.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
            raise StorageFull(f"no room for the findings: {error}") from error
        raise


def fold_writer(connection: sqlite3.Connection) -> None:
    """Fold the WAL into the one file and leave it as a plain database.

    Whoever reads the findings of a running examination holds the file for a moment: SQLite would
    refuse at once, and sealing must not fail for that.
    """
    until_s = monotonic_s() + _FOLD_LIMIT_S
    while True:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            if monotonic_s() > until_s:
                raise
        else:
            return
        sleep_s(_FOLD_TURN_S)


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
