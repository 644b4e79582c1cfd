"""An empty record at the present version, made once for a run of the tests and copied.

Migrating takes fifteen seconds of processor time. What is about the first start itself migrates
anew.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

_NAME = "polit.sqlite3"
_TEMPLATE = "migrated"


def copy_migrated(target: Path) -> None:
    """Put a copy of the empty record at a path where there is none yet; its folder exists."""
    with closing(sqlite3.connect(_migrated())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    target.chmod(0o600)


def migrated_template() -> str:
    """Return the name of the empty record in the run's PostgreSQL, to make databases from."""
    url = os.environ["POLIT_DATABASE"]
    with _made_once("migrated-postgresql") as folder:
        if folder is not None:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {_TEMPLATE}")
            parts = urlsplit(url)
            _migrate(folder, POLIT_DATABASE=urlunsplit(parts._replace(path=f"/{_TEMPLATE}")))
    return _TEMPLATE


def _migrated() -> Path:
    """Return the record that is copied."""
    with _made_once("migrated") as folder:
        if folder is not None:
            _migrate(folder)
    return _scratch("migrated") / "data" / _NAME


@contextmanager
def _made_once(name: str) -> Iterator[Path | None]:
    """Give a folder to whichever process of xdist makes something first, to the others ``None``.

    They wait until it was made.
    """
    folder = _scratch(name)
    folder.mkdir(exist_ok=True)
    made = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            yield None
        else:
            yield folder
            made.touch()


def _scratch(name: str) -> Path:
    return Path(os.environ["POLIT_TEST_SCRATCH"]) / name


def _migrate(folder: Path, **stated: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name[:6] != "POLIT_"}
    subprocess.run(
        [sys.executable, "-m", "polit", "migrate"],
        env=kept | {"POLIT_DATA": str(folder / "data")} | stated,
        stderr=subprocess.DEVNULL,
        check=True,
    )
