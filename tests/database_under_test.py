"""Which database the tests run on, settled before Django reads its settings.

``POLIT_TEST_DATABASE=postgresql`` starts a real PostgreSQL for the run (the processes of xdist
share it; each has its own database in it). Otherwise each process gets an SQLite file with the
settings of production, so that other threads and processes see what a test wrote. The
installation of whoever runs the tests is never touched. ``pyproject.toml`` loads this as a
plugin, since pytest-django reads the settings before any ``conftest.py``.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from postgres_server import PostgresServer, start_postgres

_CHOICE = "POLIT_TEST_DATABASE"
_SCRATCH = "POLIT_TEST_SCRATCH"
_started: list[PostgresServer] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Point Django to the database; the processes of xdist inherit what the first one set."""
    choice = os.environ.get(_CHOICE, "sqlite")
    if choice not in {"sqlite", "postgresql"}:
        raise pytest.UsageError(f"{_CHOICE} is {choice!r}: sqlite or postgresql")
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    scratch = tempfile.mkdtemp(prefix="polit-tests-")
    os.environ[_SCRATCH] = scratch
    os.environ["POLIT_DATA"] = f"{scratch}/data"
    Path(scratch, "data", "web", "static").mkdir(parents=True)  # whitenoise warns where it is not
    if choice == "postgresql":
        _started.append(start_postgres())
        os.environ["POLIT_DATABASE"] = _started[0].url
    else:
        os.environ["POLIT_DATABASE"] = f"{scratch}/polit.sqlite3"


def pytest_configure() -> None:
    """Have Django test in a file where it would test in memory: threads share files alone."""
    from django.db import connections  # noqa: PLC0415 - only now do the settings stand

    database = connections.databases["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(Path(os.environ[_SCRATCH]) / "test.sqlite3")


def pytest_report_header() -> str:
    """Say which database it is."""
    return f"database: {os.environ.get(_CHOICE, 'sqlite')}"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop what was started and remove what was made, in the process that did it."""
    for server in _started:
        server.stop()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ.get(_SCRATCH, ""), ignore_errors=True)
