"""The reference data set of the National Software Reference Library, versions 2 and 3.

Of version 3 the table ``FILE`` is read, in the database or in the text that makes it; the view of
distinct hashes takes hours on a whole set and is not used.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._database import MAGIC
from polit.match.formats._database_records import RecordTable, database_batches, hex_cell
from polit.match.formats._nsrl_csv import is_rds2, read_rds2
from polit.match.formats._nsrl_sql import is_rds3_text, read_rds3_text
from polit.match.formats._source import head_of
from polit.match.reading import ReadBatch, ReadStart

ORDER = 20
NAME = "nsrl"
TITLE = "NSRL reference data set (SQLite and SQL of version 3, CSV of version 2)"

_SCHEMA = re.compile(rb"CREATE\s+TABLE\s+[\"'\[`]?FILE[\"'\]`]?\s*\(", re.IGNORECASE)
_FILE = RecordTable(
    "FILE", ("md5", "sha1", "sha256"), ("file_name", "file_size", "package_id"), hex_cell
)


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether it is one of the set's forms."""
    if head.startswith(MAGIC):
        return _SCHEMA.search(head) is not None
    return is_rds2(head) or is_rds3_text(head)


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the set from a position on.

    Raises:
        HashSetUnreadable: It is none of the set's forms, or is damaged.
    """
    head = head_of(path)
    if head.startswith(MAGIC):
        return database_batches(path, _FILE, start)
    if is_rds2(head):
        return read_rds2(path, start)
    if is_rds3_text(head):
        return read_rds3_text(path, start)
    raise HashSetUnreadable("its beginning is none of the reference data set's forms")
