"""An empty record at the present version, made once for a run of the tests and copied.

Migrating takes five seconds of processor time. What is about the first start itself migrates anew.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

_NAME = "polit.sqlite3"


def copy_migrated(target: Path) -> None:
    """Put a copy of the empty record at a path where there is none yet; its folder exists."""
    with closing(sqlite3.connect(_migrated())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    target.chmod(0o600)


def _migrated() -> Path:
    """Return the record that is copied; the processes of xdist make it once for all of them."""
    folder = Path(os.environ["POLIT_TEST_SCRATCH"]) / "migrated"
    folder.mkdir(exist_ok=True)
    made = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            kept = {name: value for name, value in os.environ.items() if name[:6] != "POLIT_"}
            stated = kept | {"POLIT_DATA": str(folder / "data")}
            subprocess.run(
                [sys.executable, "-m", "polit", "migrate"],
                env=stated,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            made.touch()
    return folder / "data" / _NAME
