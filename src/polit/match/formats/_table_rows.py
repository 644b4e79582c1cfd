"""Rows of a table as records: by whole columns where every row is even, else row by row."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import Path

from polit.match.formats._hashes import DIGITS, SIZES, UNSTATED, Fields, unhexed
from polit.match.formats._lines import mark_of
from polit.match.formats._rows import RowBlock, rows_of
from polit.match.formats._source import open_source
from polit.match.formats._table import PHOTODNA, Header, plain_name
from polit.match.reading import UNKNOWN_QUALITY, ReadBatch, ReadStart, Rejected, SourceRecord

MAX_CATEGORY_DIGITS = 18


class _BadCell(ValueError):
    """A cell is not what its column says; its text is the reason."""


class TableReader:
    """Turns rows into records.

    Args:
        header: What the columns mean.
        hash_kind: What a column called hash holds; told by its digits when empty.
        left_out: Plain names of columns whose values are not kept.
    """

    def __init__(self, header: Header, hash_kind: str = "", left_out: tuple[str, ...] = ()) -> None:
        taken = set(header.places.values())
        self._width = len(header.names)
        self._keys = [(kind, header.places[kind]) for kind in SIZES if kind in header.places]
        self._hash = header.places.get("hash", -1)
        if self._hash >= 0 and hash_kind and hash_kind not in header.places:
            self._keys.append((hash_kind, self._hash))
            self._hash = -1
        self._quality = header.places.get("quality", -1)
        self._category = header.places.get("category", -1)
        self._free = [
            (name, place)
            for place, name in enumerate(header.names)
            if place not in taken and plain_name(name) not in (PHOTODNA, *left_out)
        ]

    def batch(self, block: RowBlock, told: tuple[tuple[str, str], ...]) -> ReadBatch:
        """Return the records of a block of rows, with what the file says of itself."""
        even = None if block.rejected else self._even(block.rows)
        if even is not None:
            return ReadBatch(even, position=block.after.text, header=told)
        records: list[SourceRecord] = []
        rejected = list(block.rejected)
        for row, line in zip(block.rows, block.lines, strict=True):
            if not row:
                continue
            try:
                records.append(self._record(row))
            except _BadCell as error:
                rejected.append(Rejected(f"line {line}", str(error)))
        rejected.sort(key=lambda each: int(each.place.removeprefix("line ")))
        return ReadBatch(records, rejected, block.after.text, header=told)

    def _even(self, rows: list[list[str]]) -> list[SourceRecord] | None:
        """Read rows whose columns are whole: a key everywhere or nowhere; else ``None``."""
        if self._hash >= 0 or not rows or set(map(len, rows)) != {self._width}:
            return None
        columns = list(zip(*rows, strict=True))
        keys = {kind: _key_column(kind, columns[place]) for kind, place in self._keys}
        if None in keys.values() or not any(keys.values()):
            return None
        try:
            qualities = [quality_of(cell) for cell in self._column(columns, self._quality)]
        except _BadCell:
            return None
        categories = [category_of(cell) for cell in self._column(columns, self._category)]
        made = map(
            SourceRecord,
            *[keys.get(kind) or repeat(b"", len(rows)) for kind in SIZES],
            qualities or repeat(UNKNOWN_QUALITY),
            repeat(()),
            [number for number, _ in categories] or repeat(None),
            [words for _, words in categories] or repeat(""),
            self._fields(rows, columns),
        )
        return list(made)

    @staticmethod
    def _column(columns: list[tuple[str, ...]], place: int) -> tuple[str, ...]:
        return columns[place] if place >= 0 else ()

    def _fields(self, rows: list[list[str]], columns: list[tuple[str, ...]]) -> Iterable[Fields]:
        """Return what is kept beside keys and categories, row by row; empty cells are not."""
        used = [(name, columns[place]) for name, place in self._free if any(columns[place])]
        if all(map(all, (column for _, column in used))):
            pairs = [_named(name, column) for name, column in used]
            return zip(*pairs, strict=True) if pairs else repeat((), len(rows))
        return map(self._free_cells, rows)

    def _free_cells(self, row: list[str]) -> Fields:
        return tuple([(name, row[place]) for name, place in self._free if row[place]])

    def _record(self, row: list[str]) -> SourceRecord:
        if len(row) != self._width:
            raise _BadCell(f"{len(row)} columns where the header has {self._width}")
        keys = {kind: _key(kind, row[place]) for kind, place in self._keys if row[place]}
        if self._hash >= 0 and (cell := row[self._hash].strip()).casefold() not in UNSTATED:
            kind = DIGITS.get(len(cell), "md5")
            keys[kind] = _key(kind, cell)
        if not any(keys.values()):
            raise _BadCell("no hash")
        number, category = category_of(row[self._category]) if self._category >= 0 else (None, "")
        return SourceRecord(
            keys.get("md5", b""),
            keys.get("sha1", b""),
            keys.get("sha256", b""),
            keys.get("pdq", b""),
            quality_of(row[self._quality]) if self._quality >= 0 else UNKNOWN_QUALITY,
            (),
            number,
            category,
            self._free_cells(row),
        )


def _named(name: str, column: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return a column's cells with their name; equal cells share one pair where they are many."""
    distinct = set(column)
    if len(distinct) * 2 > len(column):
        return [(name, cell) for cell in column]
    pairs = {cell: (name, cell) for cell in distinct}
    return [pairs[cell] for cell in column]


def _key_column(kind: str, cells: Sequence[str]) -> list[bytes] | None:
    """Return the keys of a column, nothing for an empty one, ``None`` when it is neither."""
    size = SIZES[kind]
    widths = set(map(len, cells))
    if widths == {0}:
        return []
    if widths != {2 * size}:
        return None
    values = unhexed("".join(cells))
    if len(values) != size * len(cells):
        return None
    return [values[at : at + size] for at in range(0, len(values), size)]


def _key(kind: str, cell: str) -> bytes:
    value = unhexed(cell)
    if len(value) == SIZES[kind]:
        return value
    stripped = cell.strip()
    if stripped.casefold() in UNSTATED:
        return b""
    value = unhexed(stripped)
    if len(value) != SIZES[kind]:
        raise _BadCell(f"{kind} is not {2 * SIZES[kind]} digits in hex")
    return value


def quality_of(cell: str) -> int:
    """Return a stated quality, ``UNKNOWN_QUALITY`` when none is stated.

    Raises:
        ValueError: It is no whole number from 0 to 100.
    """
    text = cell.strip()
    if not text:
        return UNKNOWN_QUALITY
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= 100):
        raise _BadCell("the quality is no number from 0 to 100")
    return int(text)


def category_of(cell: str) -> tuple[int | None, str]:
    """Return a category as a number, or as words when it is none."""
    text = cell.strip()
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) <= MAX_CATEGORY_DIGITS:
        return int(text), ""
    return None, text


def table_batches(
    path: Path, start: ReadStart, header: Header, reader: TableReader
) -> Iterator[ReadBatch]:
    """Read a table's records from a position on.

    Raises:
        HashSetUnreadable: The file cannot be unpacked.
    """
    told = (("columns", header.separator.join(header.names)),)
    mark = mark_of(start) if start.position else header.after
    with open_source(path) as source:
        source.skip(mark.offset)
        for block in rows_of(source, mark, header.separator):
            yield reader.batch(block, told)
