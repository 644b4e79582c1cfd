"""The reference data set of the National Software Reference Library, versions 2 and 3."""

from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._nsrl_csv import is_rds2, read_rds2
from polit.match.formats._source import head_of
from polit.match.reading import ReadBatch, ReadStart

ORDER = 20
NAME = "nsrl"
TITLE = "NSRL reference data set (SQLite and SQL of version 3, CSV of version 2)"


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether it is one of the set's forms."""
    return is_rds2(head)


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the set from a position on.

    Raises:
        HashSetUnreadable: It is none of the set's forms, or is damaged.
    """
    head = head_of(path)
    if is_rds2(head):
        return read_rds2(path, start)
    raise HashSetUnreadable("its beginning is none of the reference data set's forms")
