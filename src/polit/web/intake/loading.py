"""Writes many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

The rows come as the columns of the table, so no model is made of each: a million of them would
take minutes. They are seen by nobody before their package is imported.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_BULK_PAGES = 16_384
"""What the log of SQLite may hold before it is folded in, 64 MiB: pages of an index that are
written again and again are then folded in once."""


def bound_memory() -> None:
    """Let SQLite not map the file that grows: its pages would count as this process's memory.

    The connection stays so: it is the worker's, which imports again.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")


@contextmanager
def written_lightly() -> Iterator[None]:
    """Let SQLite not wait for the disk at each commit of a block.

    A power cut may lose the last commits, whole ones and in order: rows go with the mark of how
    far they are, and are brought again. What is committed after the block is waited for, and
    all that came before it with it. Within a transaction nothing is changed.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        names = ("synchronous", "wal_autocheckpoint")
        before = [int(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in names]
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA wal_autocheckpoint={_BULK_PAGES}")
        try:
            yield
        finally:
            for name, value in zip(names, before, strict=True):
                cursor.execute(f"PRAGMA {name}={value}")


def load_rows(table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Write rows into a table, in the transaction of the caller.

    Args:
        table: The table's name; ours, like the columns, never from outside.
        columns: Its columns, in the order of the values.
        rows: Numbers, text without NUL, bytes and ``None``.
    """
    connection.ensure_connection()
    raw: Any = connection.connection
    named = ", ".join(f'"{column}"' for column in columns)
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with (
                raw.cursor() as cursor,
                cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join("?" * len(columns))
        raw.executemany(f'INSERT INTO "{table}" ({named}) VALUES ({places})', rows)  # noqa: S608


def count_rows(table: str, first: int, last: int) -> int:
    """Return how many rows of a table have a number from ``first`` to ``last``."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM "{table}" WHERE id BETWEEN %s AND %s',  # noqa: S608 - ours
            [first, last],
        )
        return int(cursor.fetchone()[0])


def drop_rows(table: str, first: int, last: int, *, most: int) -> int:
    """Delete at most ``most`` rows with such numbers; return how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{table}" WHERE id IN'  # noqa: S608 - ours
            f' (SELECT id FROM "{table}" WHERE id BETWEEN %s AND %s ORDER BY id DESC LIMIT %s)',
            [first, last, most],
        )
        return int(cursor.rowcount)
