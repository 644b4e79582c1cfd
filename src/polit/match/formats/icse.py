"""Lists in the columns of the international database, with semicolons.

``MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;…``: the columns' order does not
matter. PhotoDNA is passed over.
"""

from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._source import head_of
from polit.match.formats._table import header_of, table_header
from polit.match.formats._table_rows import TableReader, table_batches
from polit.match.reading import ReadBatch, ReadStart

ORDER = 50
NAME = "icse"
TITLE = "ICSE-style CSV"

_NEEDED = frozenset({"md5", "victimidentified", "seriesname", "isdistributed"})


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether the first line names the columns that only these lists have together."""
    header = header_of(head)
    return header is not None and header.plain >= _NEEDED


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the table from a position on.

    Raises:
        HashSetUnreadable: The columns are not those of such a list, or the file is damaged.
    """
    if not detect(head_of(path), path.name):
        raise HashSetUnreadable(f"line 1 names none of the columns {', '.join(sorted(_NEEDED))}")
    header = table_header(path)
    return table_batches(path, start, header, TableReader(header))
