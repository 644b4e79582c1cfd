"""Writes many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

The rows come as the columns of the table, so no model is made of each: a million of them would
take minutes. They are seen by nobody before their package is imported.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Let SQLite not map the file that grows: its pages would count as this process's memory."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        mapped = int(cursor.execute("PRAGMA mmap_size").fetchone()[0])
        cursor.execute("PRAGMA mmap_size=0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA mmap_size={mapped}")


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
