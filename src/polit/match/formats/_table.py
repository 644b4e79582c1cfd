"""Tables of hashes: what their columns mean, and their rows as records."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._hashes import SIZES
from polit.match.formats._lines import Mark
from polit.match.formats._source import head_of

SEPARATORS = (",", ";", "\t", "|")
PHOTODNA = "photodna"
"""A hash that is nobody's to publish and that nothing here compares: that a column or a key is
there is told, its values are passed over."""

_LEADING_LINES = 50
_NAMES = {
    "md5": ("md5", "md5hash", "hashmd5"),
    "sha1": ("sha1", "sha1hash", "hashsha1"),
    "sha256": ("sha256", "sha256hash", "hashsha256"),
    "pdq": ("pdq", "pdqhash", "hashpdq"),
    "hash": ("hash", "hashvalue"),
    "quality": ("quality", "pdqquality"),
    "category": ("category", "cat", "categorynumber", "categorycode"),
}
_MEANINGS = {name: meaning for meaning, names in _NAMES.items() for name in names}
_KEYS = frozenset(SIZES) | {"hash"}
_ODD = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Header:
    """A table's first row.

    Args:
        names: Its columns as written.
        places: Where the columns with a meaning are.
        separator: What stands between cells.
        after: Where the rows begin.
    """

    names: tuple[str, ...]
    places: Mapping[str, int]
    separator: str
    after: Mark

    @property
    def plain(self) -> frozenset[str]:
        """The columns' names in lower case, letters and digits alone."""
        return frozenset(map(plain_name, self.names))


def plain_name(name: str) -> str:
    """Return a column's name in lower case, letters and digits alone."""
    return _ODD.sub("", name.lower())


def header_of(head: bytes) -> Header | None:
    """Return a table's header, ``None`` when the first lines name no column of hashes.

    Raises:
        HashSetUnreadable: Two columns have the same meaning.
    """
    offset = 0
    for number, raw in enumerate(head.split(b"\n")[:_LEADING_LINES], 1):
        offset += len(raw) + 1
        line = raw.decode("utf-8", "replace").strip()
        if not line or line.startswith("#") or line.lower().startswith("sep="):
            continue
        best = max((_split(line, separator) for separator in SEPARATORS), key=_width_of_table)
        if not _width_of_table(best):
            return None
        return Header(best[0], _places(best[0]), best[1], Mark(min(offset, len(head)), number))
    return None


def _split(line: str, separator: str) -> tuple[tuple[str, ...], str]:
    try:
        cells = next(csv.reader([line], delimiter=separator))
    except csv.Error:
        cells = []
    return tuple(cell.strip() for cell in cells), separator


def _width_of_table(found: tuple[tuple[str, ...], str]) -> int:
    return (
        len(found[0]) if any(_MEANINGS.get(plain_name(each)) in _KEYS for each in found[0]) else 0
    )


def _places(names: tuple[str, ...]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        meaning = _MEANINGS.get(plain_name(name))
        if meaning in places:
            raise HashSetUnreadable(
                f"line 1: columns {places[meaning] + 1} and {place + 1} are both {meaning}"
            )
        if meaning:
            places[meaning] = place
    return places


def table_header(path: Path) -> Header:
    """Return a file's header.

    Raises:
        HashSetUnreadable: The first lines name no column of hashes.
    """
    header = header_of(head_of(path))
    if header is None:
        raise HashSetUnreadable("line 1 is no header that names a column md5, sha1, sha256 or pdq")
    return header
