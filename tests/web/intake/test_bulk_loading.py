"""How rows are written in bulk: what SQLite is told meanwhile, and that it is taken back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from polit.web.intake.loading import bound_memory, written_lightly

Found = TypeVar("Found")


def told(name: str) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {name}").fetchone()[0])


def outside_a_transaction(step: Callable[[], Found]) -> Found:
    """Run a step with a connection of its own: that of a test is within a transaction."""

    def run() -> Found:
        try:
            return step()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def in_bulk() -> list[tuple[int, int, int]]:
    """Return synchronous, size of the log and of the map: before, within and after."""
    names = ("synchronous", "wal_autocheckpoint", "mmap_size")
    found = []
    for step in ("before", "within", "after"):
        if step == "within":
            bound_memory()
            with written_lightly():
                found.append(tuple(map(told, names)))
        else:
            found.append(tuple(map(told, names)))
    return found  # type: ignore[return-value]  # three names, three figures


def test_bulk_does_not_wait_for_the_disk_and_what_follows_does() -> None:
    if connection.vendor != "sqlite":
        with written_lightly():
            bound_memory()
        return

    before, within, after = outside_a_transaction(in_bulk)

    assert (before[0], within[0], after[0]) == (2, 1, 2)
    assert (before[1], after[1]) == (1000, 1000)
    assert within[1] > before[1]
    assert (before[2] > 0, within[2], after[2]) == (True, 0, 0)


def test_within_a_transaction_nothing_is_changed() -> None:
    assert connection.in_atomic_block

    with written_lightly():
        if connection.vendor == "sqlite":
            assert told("synchronous") == 2
