"""Separated text with a header that names columns md5, sha1, sha256 or pdq, and free columns.

The separator is a comma, a semicolon, a tab or a bar, as the header tells. A column ``category``
holds a number or words of the set's scheme. A column ``hash`` holds digests told by their length.
"""

from collections.abc import Iterator
from pathlib import Path

from polit.match.formats import icse, nsrl, pdq
from polit.match.formats._balance import Balance, balance_of
from polit.match.formats._table import header_of, table_header
from polit.match.formats._table_rows import TableReader, table_batches
from polit.match.reading import ReadBatch, ReadStart

ORDER = 60
NAME = "csv"
TITLE = "CSV with a header that names its hashes"


def detect(head: bytes, name: str) -> bool:
    """Tell whether the first line names a column of hashes, and is no format of its own."""
    header = header_of(head)
    if header is None or any(each.detect(head, name) for each in (icse, nsrl)):
        return False
    is_pdq = "quality" in header.places or balance_of(head, name) == Balance.PDQ
    return not (is_pdq and pdq.detect(head, name))


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the table from a position on.

    Raises:
        HashSetUnreadable: No column is one of hashes, two are the same, or the file is damaged.
    """
    header = table_header(path)
    return table_batches(path, start, header, TableReader(header))
