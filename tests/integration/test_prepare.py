"""What ``polit migrate`` and ``polit serve`` make before anything runs."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from migrated_database import copy_migrated


def polit(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *words],
        env={**os.environ, "POLIT_DATA": str(data), "POLIT_DATABASE": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def tables(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in found}


def test_a_new_database_is_made_for_its_owner_alone_and_not_copied(data: Path) -> None:
    ended = polit(data, "polit", "migrate")
    assert ended.returncode == 0, ended.stderr
    assert "audit_event" in tables(data / "polit.sqlite3")
    assert not (data / "polit.sqlite3").stat().st_mode & 0o077
    assert not (data / "web" / "copies").exists()


def test_a_database_is_copied_before_it_is_migrated(data: Path) -> None:
    with closing(sqlite3.connect(data / "polit.sqlite3")) as connection:
        connection.execute("CREATE TABLE of_an_older_version (id)")
        connection.execute("INSERT INTO of_an_older_version VALUES (7)")
        connection.commit()
    ended = polit(data, "polit", "migrate")
    assert ended.returncode == 0, ended.stderr
    (copy,) = (data / "web" / "copies").iterdir()
    assert f"web/copies/{copy.name}" in ended.stderr
    assert tables(copy) == {"of_an_older_version"}
    assert not copy.stat().st_mode & 0o077


def test_migrating_again_changes_nothing(data: Path) -> None:
    copy_migrated(data / "polit.sqlite3")
    before = (data / "polit.sqlite3").read_bytes()
    ended = polit(data, "polit", "migrate")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (data / "polit.sqlite3").read_bytes() == before
    assert not (data / "web" / "copies").exists()


def test_the_web_alone_serves_no_database_of_another_version(data: Path) -> None:
    ended = polit(data, "polit", "serve", "--only-web", "--port", "1025")
    assert ended.returncode == 2
    assert "run 'polit migrate' first" in ended.stderr
    assert not (data / "keys").exists(), "the web's user makes no key of the broker's"


def test_a_worker_that_runs_once_does_what_is_due_and_ends(data: Path) -> None:
    copy_migrated(data / "polit.sqlite3")
    ended = polit(data, "polit", "worker", "--once")
    assert ended.returncode == 0, ended.stderr
    assert "ran 3 tasks" in ended.stderr, "two daily rounds, and the look for supplements"
    assert "ran 0 tasks" in polit(data, "polit", "worker", "--once").stderr
