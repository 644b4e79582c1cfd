"""Rows of a foreign database as records: digests as hex or as bytes, and fields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from polit.match.formats._database import Cell, Rows, Table, table_rows
from polit.match.formats._hashes import SIZES, Fields, unhexed
from polit.match.reading import ReadBatch, ReadStart, Rejected, SourceRecord

_DIGESTS = ("md5", "sha1", "sha256")


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A table whose rows are records.

    Args:
        name: The table.
        digests: Its columns of MD5, SHA-1 and SHA-256, in this order.
        kept: Further columns, kept as fields under their names.
        decoded: Makes bytes of a digest's cell, nothing of what is none.
    """

    name: str
    digests: tuple[str, str, str]
    kept: tuple[str, ...]
    decoded: Callable[[bytes], bytes]


def hex_cell(cell: bytes) -> bytes:
    """Return the digest that a cell has in hex."""
    return unhexed(cell)


def byte_cell(cell: bytes) -> bytes:
    """Return the digest that a cell has as bytes."""
    return cell


def database_batches(path: Path, table: RecordTable, start: ReadStart) -> Iterator[ReadBatch]:
    """Read a table's records from a position on.

    Raises:
        HashSetUnreadable: It is no such database, or is damaged.
    """
    asked = Table(table.name, (*table.digests, *table.kept), frozenset(table.digests))
    for rows in table_rows(path, asked, start):
        even = _even(rows.cells, table)
        yield ReadBatch(even, position=rows.position) if even else _row_by_row(rows, table)


def _even(cells: list[tuple[Cell, ...]], table: RecordTable) -> list[SourceRecord] | None:
    """Read rows whose columns are whole: a digest everywhere or nowhere; else ``None``."""
    columns = list(zip(*cells, strict=True))
    keys = [
        _key_column(kind, column, table.decoded)
        for kind, column in zip(_DIGESTS, columns[:3], strict=True)
    ]
    if None in keys or not any(keys):
        return None
    fields = _field_columns(columns[3:], table.kept, len(cells))
    if fields is None:
        return None
    filled = [key or repeat(b"", len(cells)) for key in keys]
    return [
        SourceRecord(md5, sha1, sha256, fields=kept)
        for md5, sha1, sha256, kept in zip(*filled, fields, strict=True)
    ]


def _key_column(
    kind: str, cells: tuple[Cell, ...], decoded: Callable[[bytes], bytes]
) -> list[bytes] | None:
    if set(map(type, cells)) == {type(None)}:
        return []
    if set(map(type, cells)) != {bytes}:
        return None
    size = SIZES[kind]
    width = 2 * size if decoded is hex_cell else size
    raw = [cell for cell in cells if isinstance(cell, bytes)]
    if set(map(len, raw)) != {width}:
        return None
    values = decoded(b"".join(raw))
    if len(values) != size * len(raw):
        return None
    return [values[at : at + size] for at in range(0, len(values), size)]


def _field_columns(
    columns: list[tuple[Cell, ...]], names: tuple[str, ...], count: int
) -> Iterator[Fields] | None:
    pairs = []
    for name, column in zip(names, columns, strict=True):
        kinds = set(map(type, column))
        if kinds == {bytes}:
            pairs.append([(name, _text(cell)) for cell in column])
        elif kinds == {int}:
            pairs.append([(name, str(cell)) for cell in column])
        elif kinds != {type(None)}:
            return None
    return zip(*pairs, strict=True) if pairs else repeat((), count)


def _row_by_row(rows: Rows, table: RecordTable) -> ReadBatch:
    records: list[SourceRecord] = []
    rejected: list[Rejected] = []
    for number, row in enumerate(rows.cells, rows.first):
        keys = [_key(kind, cell, table) for kind, cell in zip(_DIGESTS, row[:3], strict=True)]
        if None in keys or not any(keys):
            rejected.append(Rejected(f"row {number}", "a digest is malformed, or there is none"))
            continue
        fields = tuple(
            [
                (name, _text(cell))
                for name, cell in zip(table.kept, row[3:], strict=True)
                if cell is not None
            ]
        )
        md5, sha1, sha256 = (key or b"" for key in keys)
        records.append(SourceRecord(md5, sha1, sha256, fields=fields))
    return ReadBatch(records, rejected, rows.position)


def _key(kind: str, cell: Cell, table: RecordTable) -> bytes | None:
    """Return a digest, nothing where none is stated, ``None`` where it is malformed."""
    if cell is None or cell == b"":
        return b""
    value = table.decoded(cell) if isinstance(cell, bytes) else b""
    return value if len(value) == SIZES[kind] else None


def _text(cell: Cell) -> str:
    return cell.decode("utf-8", "backslashreplace") if isinstance(cell, bytes) else str(cell)
