"""The NSRL's reference data set, version 3, as the SQL text that makes the database."""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.match.formats._hashes import unhexed
from polit.match.formats._line_records import (
    PASSED_OVER,
    line_batches,
    share_of_records,
    shown_name,
)
from polit.match.reading import ReadBatch, ReadStart, SourceRecord

_FILE = re.compile(
    rb"\s*INSERT\s+(?:OR\s+\w+\s+)?INTO\s+[\"`\[]?FILE[\"`\]]?\s+VALUES\s*\("
    rb"\s*'([0-9A-Fa-f]{64})',\s*'([0-9A-Fa-f]{40})',\s*'([0-9A-Fa-f]{32})',\s*'[0-9A-Fa-f]*',"
    rb"\s*'([^']*(?:''[^']*)*)',\s*'?(-?[0-9]{1,18})'?,\s*'?(-?[0-9]{1,18})'?\s*\)\s*;\s*",
    re.IGNORECASE,
)
_INSERT = re.compile(rb"\s*INSERT\s+(?:OR\s+\w+\s+)?INTO\s+[\"`\[]?FILE\b", re.IGNORECASE)
_CHANGE = re.compile(rb"\s*(?:UPDATE|DELETE|REPLACE|DROP)\b", re.IGNORECASE)
_TABLE = re.compile(rb"CREATE\s+TABLE\s+[\"`\[]?FILE\b[^;]*\bsha256\b", re.IGNORECASE)


def is_rds3_text(head: bytes) -> bool:
    """Tell whether it makes the table of files, or fills it."""
    return _TABLE.search(head) is not None or share_of_records(head, _record) > 0


def read_rds3_text(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the rows that the text puts into the table of files, from a position on."""
    return line_batches(path, start, _record)


def _record(line: bytes) -> SourceRecord | str:
    found = _FILE.fullmatch(line)
    if found:
        return SourceRecord(
            unhexed(found[3]),
            unhexed(found[2]),
            unhexed(found[1]),
            fields=(
                ("file_name", shown_name(found[4].replace(b"''", b"'"))),
                ("file_size", found[5].decode()),
                ("package_id", found[6].decode()),
            ),
        )
    if _INSERT.match(line):
        return "not the columns of the table FILE"
    return "a change of earlier rows: use the whole set" if _CHANGE.match(line) else PASSED_OVER
