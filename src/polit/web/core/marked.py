"""That a record is synthetic: made up to try polit on, and never to be taken for a real one.

The mark is a row that nothing removes. A file beside the web's keys tells every process of it
without a query; each start makes the file again where the row stands. Everybody may import this.
"""

from pathlib import Path

from polit.base import settings

MARK = "Synthetic: everybody and everything in this record is made up"


def mark_file() -> Path:
    """Return the file that tells processes of the mark."""
    return settings.data_folder() / "web" / "synthetic"


def mark_text() -> str:
    """Return what every page and paper of a synthetic record says, empty for a real one."""
    return MARK if mark_file().exists() else ""
