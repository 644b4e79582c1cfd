"""Lists of PDQ fingerprints: one a line, with or without a quality, or a table with a header.

``hash``, ``hash,quality`` and ``hash,quality,name`` are lines without a header. Source of the
forms: the lists that the reference programs of PDQ write.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._balance import Balance, balance_of
from polit.match.formats._hashes import SIZES
from polit.match.formats._lines import Mark
from polit.match.formats._source import head_of
from polit.match.formats._table import Header, header_of
from polit.match.formats._table_rows import TableReader, table_batches
from polit.match.reading import ReadBatch, ReadStart

ORDER = 70
NAME = "pdq"
TITLE = "PDQ list"

_LINE = re.compile(rb"\s*([0-9A-Fa-f]{64})\s*(?:,([^\n]*))?")
_COLUMNS = ("hash", "quality", "name", "more", "still more")


def detect(head: bytes, name: str) -> bool:
    """Tell whether it is a table of hashes with a quality, or a list of what are surely PDQs."""
    header = header_of(head)
    if header is not None:
        is_hash = "hash" in header.places and not set(SIZES) & set(header.places)
        return is_hash and (
            "quality" in header.places or balance_of(head, name) in (Balance.PDQ, Balance.UNSURE)
        )
    first = _first_line(head)
    if first is None or first[1].group(2) is None:
        return balance_of(head, name) in (Balance.PDQ, Balance.UNSURE)
    return True


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the list from a position on.

    Raises:
        HashSetUnreadable: The first line is no PDQ and no header, or the file is damaged.
    """
    head = head_of(path)
    header = header_of(head) or _headerless(head)
    if header is None:
        raise HashSetUnreadable("line 1 is no PDQ of 64 digits in hex, and no header of a table")
    return table_batches(path, start, header, TableReader(header, hash_kind="pdq"))


def _first_line(head: bytes) -> tuple[Mark, re.Match[bytes]] | None:
    """Return where the first line with content begins, and that line, if it begins with a PDQ."""
    offset = 0
    for number, line in enumerate(head.split(b"\n")):
        if line.strip() and not line.startswith(b"#"):
            found = _LINE.fullmatch(line)
            return (Mark(offset, number), found) if found else None
        offset += len(line) + 1
    return None


def _headerless(head: bytes) -> Header | None:
    first = _first_line(head)
    if first is None:
        return None
    more = (first[1].group(2) or b"").count(b",") + 1 if first[1].group(2) is not None else 0
    names = _COLUMNS[: 1 + more]
    places = {"hash": 0} | ({"quality": 1} if more else {})
    return Header(names, places, ",", first[0]) if len(names) == 1 + more else None
