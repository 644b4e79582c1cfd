"""The NSRL's reference data set, version 2: ``NSRLFile.txt``."""

from collections.abc import Iterator
from pathlib import Path

from polit.match.formats._table import header_of, table_header
from polit.match.formats._table_rows import TableReader, table_batches
from polit.match.reading import ReadBatch, ReadStart

_NEEDED = frozenset({"sha1", "md5", "crc32", "filename", "filesize", "productcode"})
_LEFT_OUT = ("crc32",)


def is_rds2(head: bytes) -> bool:
    """Tell whether the first line is the header of version 2."""
    header = header_of(head)
    return header is not None and header.plain >= _NEEDED


def read_rds2(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the table from a position on."""
    header = table_header(path)
    return table_batches(path, start, header, TableReader(header, left_out=_LEFT_OUT))
