"""Rights of polit's parts in PostgreSQL, as ``deploy/postgresql/roles.sql`` gives them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from postgres_server import start_postgres

ROLES = Path(__file__).resolve().parents[2] / "deploy" / "postgresql" / "roles.sql"
NAMES = ("polit-owner", "polit-web", "polit-worker", "polit-broker", "polit-signer")
PARTS = ("polit-web", "polit-worker", "polit-broker", "polit-signer")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    server = start_postgres()
    where = f"host={server.folder} user=polit dbname=polit"
    try:
        with psycopg.connect(where, autocommit=True) as connection:
            for name in NAMES:
                connection.execute(f'CREATE ROLE "{name}" LOGIN'.encode())
            data = tmp_path_factory.mktemp("roles")
            subprocess.run(
                [sys.executable, "-m", "polit", "migrate"],
                env={**os.environ, "POLIT_DATA": str(data), "POLIT_DATABASE": server.url},
                check=True,
            )
            connection.execute(ROLES.read_bytes())
            yield connection
    finally:
        server.stop()


def may(database: psycopg.Connection, role: str, table: str) -> str:
    """Return the first letters of what a role may do to a table."""
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    question = "SELECT has_table_privilege(%s, %s, %s)"
    answers = [database.execute(question, (role, table, right)).fetchone() for right in rights]
    return "".join(
        right[0]
        for right, answer in zip(rights, answers, strict=True)
        if answer is not None and answer[0]
    )


@pytest.mark.parametrize(
    ("table", "web", "worker", "broker", "signer"),
    [
        ("audit_event", "SI", "SI", "S", "S"),
        ("audit_pending", "SI", "SI", "", "SID"),
        ("audit_leaf", "S", "S", "", "SI"),
        ("audit_checkpoint", "S", "S", "", "SI"),
        ("cases_case", "SIUD", "SIUD", "", ""),
        ("tasks_lease", "SIUD", "SIUD", "", ""),
        ("django_migrations", "S", "S", "", ""),
    ],
)
def test_each_part_may_do_what_its_work_needs(
    database: psycopg.Connection, table: str, web: str, worker: str, broker: str, signer: str
) -> None:
    found = tuple(may(database, role, table) for role in PARTS)
    assert found == (web, worker, broker, signer)


def test_no_part_may_change_an_append_only_table(database: psycopg.Connection) -> None:
    guarded = database.execute(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
        " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'polit_append_only'"
    ).fetchall()
    assert len(guarded) >= 2
    changed = {
        (role, table)
        for (table,) in guarded
        for role in PARTS
        if set(may(database, role, table)) & set("UDT")
    }
    assert changed == set()


def test_nobody_else_may_read_anything(database: psycopg.Connection) -> None:
    database.execute(b"CREATE ROLE stranger")
    tables = database.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    assert [table for (table,) in tables if may(database, "stranger", table)] == []
