"""Hash databases of the Sleuth Kit (kdb): SQLite with a table of hashes."""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.match.formats._database import MAGIC
from polit.match.formats._database_records import RecordTable, byte_cell, database_batches
from polit.match.reading import ReadBatch, ReadStart

ORDER = 25
NAME = "kdb"
TITLE = "Sleuth Kit hash database (kdb)"

_SCHEMA = re.compile(rb"CREATE\s+TABLE\s+[\"'\[`]?hashes[\"'\]`]?\s*\(", re.IGNORECASE)
_HASHES = RecordTable("hashes", ("md5", "sha1", "sha2_256"), (), byte_cell)


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether it is a database that has the table in its schema."""
    return head.startswith(MAGIC) and _SCHEMA.search(head) is not None


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the database from a position on.

    Raises:
        HashSetUnreadable: It is no such database, or is damaged.
    """
    return database_batches(path, _HASHES, start)
