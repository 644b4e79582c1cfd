"""How rows are written in bulk: what SQLite is told meanwhile, and that it is taken back."""

import pytest
from django.db import connection, transaction

from polit.web.intake.loading import bound_memory, written_lightly


def told(name: str) -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {name}").fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_bulk_does_not_wait_for_the_disk_and_what_follows_does() -> None:
    if connection.vendor != "sqlite":
        with written_lightly():
            bound_memory()
        return
    before = (told("synchronous"), told("wal_autocheckpoint"))
    mapped = told("mmap_size")

    with written_lightly():
        assert told("synchronous") == 1
        assert told("wal_autocheckpoint") > before[1]
        bound_memory()
        assert told("mmap_size") == 0

    assert (told("synchronous"), told("wal_autocheckpoint")) == before
    assert before[0] == 2
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA mmap_size={mapped}")


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_changed() -> None:
    with transaction.atomic(), written_lightly(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor == "sqlite":
        assert told("synchronous") == 2
