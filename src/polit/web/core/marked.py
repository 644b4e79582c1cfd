"""That a record is synthetic: made up to try polit on, and never to be taken for a real one.

The mark is a row that nothing removes. A file beside the web's keys tells every process of it
without a query; each start makes the file again where the row stands. The file names the databases
that bear the mark, so that a real record in the same data directory is never taken for made up.
Everybody may import this.
"""

from hashlib import sha256
from pathlib import Path

from django.db import connection

from polit.base import settings

MARK = "Synthetic: everybody and everything in this record is made up"
_NAMED_BY = ("ENGINE", "NAME", "HOST", "PORT")


def mark_file() -> Path:
    """Return the file that tells processes of the mark."""
    return settings.data_folder() / "web" / "synthetic"


def mark_text() -> str:
    """Return what every page and paper of a synthetic record says, empty for a real one."""
    return MARK if _database() in _named() else ""


def mark_write() -> None:
    """Name the present database in the file, beside those that it names already."""
    file, named = mark_file(), _named()
    if _database() in named:
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    with file.open("a", encoding="ascii") as stream:
        stream.write(f"{_database()}\n")


def _named() -> list[str]:
    """Return the databases that the file names, none where there is no file."""
    try:
        return mark_file().read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _database() -> str:
    """Return what tells the present database from others; its address stands nowhere."""
    place = connection.settings_dict
    return sha256("\n".join(str(place[name]) for name in _NAMED_BY).encode()).hexdigest()
