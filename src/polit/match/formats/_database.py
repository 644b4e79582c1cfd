"""A foreign SQLite database, read as hostile: one table by its own order, and nothing else of it.

The file is opened read-only and unchanging; where a log of changes lies beside it, both are copied
aside first, because reading without the log would silently miss rows. Its schema is not trusted: no
view, trigger, virtual table or generated column takes part. Source: SQLite's "Defense Against The
Dark Arts".
"""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._source import head_of
from polit.match.reading import MAX_RECORD_BYTES, ReadStart

MAGIC = b"SQLite format 3\0"
_LOGS = ("-wal", "-journal")
_BATCH_ROWS = 10_000
_STEP_OPERATIONS = 1_000_000
_MAX_STEPS = 200
"""A batch takes a few hundred thousand operations; a thousand times as many is an attack."""
_POSITION = re.compile(r"(-?[0-9]{1,19}):([0-9]{1,18})")
_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, MAX_RECORD_BYTES),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
    (sqlite3.SQLITE_LIMIT_COLUMN, 100),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 20),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
)

Cell = bytes | int | float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that follow one another.

    Args:
        cells: A row each, its columns as asked for; text is bytes.
        first: The first row's number, from 1.
        position: Where a read goes on behind them.
    """

    cells: list[tuple[Cell, ...]]
    first: int
    position: str


@dataclass(frozen=True, slots=True)
class Table:
    """What to read.

    Args:
        name: The table.
        wanted: Columns, in the order in which cells come; those it lacks are ``None``.
        needed: Of these at least one must be there.
    """

    name: str
    wanted: tuple[str, ...]
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Mark:
    """The last rowid that was given, and how many rows."""

    rowid: int = -(1 << 63) - 1
    rows: int = 0

    @property
    def text(self) -> str:
        return f"{self.rowid}:{self.rows}"


class _Watch:
    """Stops a statement that takes far more operations than rows can need."""

    def __init__(self) -> None:
        self.steps = 0

    def __call__(self) -> int:
        self.steps += 1
        return int(self.steps > _MAX_STEPS)


def table_rows(path: Path, table: Table, start: ReadStart) -> Iterator[Rows]:
    """Read a table from a position on, by its rowid, or by its key where it has none.

    Raises:
        HashSetUnreadable: It is no such database, or is damaged.
    """
    mark = _mark_of(start)
    with _opened(path) as (connection, watch):
        query, by_rowid = _query(connection, table, mark)
        cursor = connection.execute(query)
        while rows := cursor.fetchmany(_BATCH_ROWS):
            watch.steps = 0
            last = _checked_order(rows, mark.rowid) if by_rowid else 0
            first = mark.rows + 1
            mark = _Mark(last, mark.rows + len(rows))
            yield Rows([row[1:] for row in rows], first, mark.text)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, _Watch]]:
    with ExitStack() as stack:
        place = _without_log(path, stack)
        immutable = "&immutable=1" if place is path else ""
        watch = _Watch()
        try:
            connection = sqlite3.connect(
                f"{place.absolute().as_uri()}?mode=ro{immutable}", uri=True, isolation_level=None
            )
            stack.callback(connection.close)
            connection.text_factory = bytes
            for limit, value in _LIMITS:
                connection.setlimit(limit, value)
            for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0",
                           "query_only=ON", "temp_store=MEMORY"):  # fmt: skip
                connection.execute(f"PRAGMA {pragma}")
            connection.set_progress_handler(watch, _STEP_OPERATIONS)
            yield connection, watch
        except (sqlite3.Error, OverflowError, UnicodeError) as error:
            raise HashSetUnreadable(f"the database is damaged or refuses: {error}") from error


def _without_log(path: Path, stack: ExitStack) -> Path:
    """Return the database, or a copy with its log beside it where it has one."""
    if head_of(path)[: len(MAGIC)] != MAGIC:
        raise HashSetUnreadable("byte 0: no SQLite database; a packed one must be unpacked first")
    try:
        logs = [
            log
            for log in (path.with_name(path.name + each) for each in _LOGS)
            if log.is_file() and log.stat().st_size
        ]
        if not logs:
            return path
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="polit-")))
        for each in (path, *logs):
            shutil.copyfile(each, folder / ("copy" + each.name.removeprefix(path.name)))
    except OSError as error:
        raise HashSetUnreadable(f"{path.name!r} cannot be read: {error.strerror}") from error
    return folder / "copy"


def _query(connection: sqlite3.Connection, table: Table, start: _Mark) -> tuple[str, bool]:
    """Return the statement that reads a table from a place on, and whether by its rowid."""
    columns = _columns(connection, table)
    chosen = [f'"{each}"' if each in columns else "NULL" for each in table.wanted]
    rowid = next((each for each in ("rowid", "_rowid_", "oid") if each not in columns), "")
    keys = [quoted for place, quoted in sorted(columns.values()) if place]
    if _has_rowid(connection, table) and rowid:
        behind = f"WHERE {rowid} > {start.rowid}" if start.rows else ""
        chosen, order, by_rowid = [rowid, *chosen], f"{behind} ORDER BY {rowid}", True
    elif keys and not _has_rowid(connection, table):
        order = f"ORDER BY {', '.join(keys)} LIMIT -1 OFFSET {start.rows}"
        chosen, by_rowid = ["0", *chosen], False
    else:
        raise HashSetUnreadable(f"the table {table.name} has no order that can be followed")
    return f"SELECT {', '.join(chosen)} FROM main.{table.name} {order}", by_rowid  # noqa: S608


def _has_rowid(connection: sqlite3.Connection, table: Table) -> bool:
    """Tell whether a table has rowids; refuse a view, a virtual table, or none."""
    listed = [
        (kind, rowless)
        for _, name, kind, _, rowless, *_ in connection.execute("PRAGMA main.table_list")
        if name.lower() == table.name.lower().encode()
    ]
    if [kind for kind, _ in listed] != [b"table"]:
        raise HashSetUnreadable(f"the database has no table {table.name}")
    return not listed[0][1]


def _columns(connection: sqlite3.Connection, table: Table) -> dict[str, tuple[int, str]]:
    """Return a table's stored columns in lower case: place in the key, 0 outside, and quoted."""
    found = {}
    for _, raw, _, _, _, key, hidden in connection.execute(
        f'PRAGMA main.table_xinfo("{table.name}")'
    ):
        name = raw.decode("utf-8", "replace")
        if not hidden:
            found[name.lower()] = (key, '"' + name.replace('"', '""') + '"')
    if not table.needed & set(found):
        raise HashSetUnreadable(
            f"there is no table {table.name} with a column {' or '.join(sorted(table.needed))}"
        )
    return found


def _checked_order(rows: Sequence[tuple[Cell, ...]], after: int) -> int:
    """Return the last rowid; a damaged index may repeat itself for ever."""
    numbers = [row[0] for row in rows]
    for number in numbers:
        if not isinstance(number, int) or number <= after:
            raise HashSetUnreadable(f"the database is damaged behind rowid {after}")
        after = number
    return after


def _mark_of(start: ReadStart) -> _Mark:
    if not start.position:
        return _Mark()
    found = _POSITION.fullmatch(start.position)
    if not found:
        raise HashSetUnreadable("the import stands at a place that this format does not know")
    return _Mark(int(found[1]), int(found[2]))
