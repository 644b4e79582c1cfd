"""Rows of separated text (RFC 4180), each with its line; a bad row costs itself alone.

A block of rows that are one line each is parsed in one go. Anything else (a quoted line end, a
stray quote, a NUL, text that is no UTF-8) is parsed row by row, and gives the same where both can.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from polit.match.formats._lines import Block, Mark, blocks_of, overlong
from polit.match.formats._source import Source
from polit.match.reading import Rejected

_MAX_ROW_LINES = 100
_HASH = re.compile(r"[\s\"]*(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})[\s\"]*")
_OPEN = "unexpected end of data"
"""What the csv module says of a quote that is not closed."""

csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Rows that follow one another.

    Args:
        rows: Their cells; a blank line is a row without cells.
        lines: The line in which each begins, from 1.
        rejected: Lines that are no rows.
        after: Where the next rows begin.
    """

    rows: list[list[str]]
    lines: range | list[int]
    after: Mark
    rejected: list[Rejected] = field(default_factory=list)


def rows_of(source: Source, start: Mark, separator: str) -> Iterator[RowBlock]:
    """Yield the rows of a stream that stands at a place, in blocks of at most ``MAX_BATCH``."""
    carried = Block(b"", start, start)
    for block in blocks_of(source, start):
        if block.is_overlong:
            if carried.data:
                yield _row_by_row(carried, separator, is_last=True)[0]
            yield RowBlock([], [], block.after, [overlong(block)])
            carried = Block(b"", block.after, block.after)
            continue
        joined = Block(carried.data + block.data, carried.first, block.after)
        quick = _in_one_go(joined, separator)
        if quick is not None:
            yield quick
            carried = Block(b"", block.after, block.after)
        else:
            slow, carried = _row_by_row(joined, separator, is_last=False)
            yield slow
    if carried.data:
        yield _row_by_row(carried, separator, is_last=True)[0]


def _in_one_go(block: Block, separator: str) -> RowBlock | None:
    if b"\0" in block.data:
        return None
    try:
        lines = block.data.decode().split("\n")
        if not lines[-1]:
            lines.pop()
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(rows) != len(lines):
        return None
    return RowBlock(rows, range(block.first.line + 1, block.after.line + 1), block.after)


def _row_by_row(block: Block, separator: str, *, is_last: bool) -> tuple[RowBlock, Block]:
    """Parse a block's rows one by one; return them and what must wait for the next block."""
    raw = [line + b"\n" for line in block.data.split(b"\n")]
    if block.data.endswith(b"\n"):
        raw.pop()
    else:
        raw[-1] = raw[-1][:-1]
    lines = [_decoded(line) for line in raw]
    rows: list[list[str]] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    at = 0
    while at < len(lines):
        taken, row, reason = _next_row(lines[at : at + _MAX_ROW_LINES], separator)
        place = block.first.line + at + 1
        if reason == _OPEN and not is_last and len(lines) - at < _MAX_ROW_LINES:
            break
        if row is None:
            rejected.append(Rejected(f"line {place}", _said(reason)))
        else:
            rows.append(row)
            places.append(place)
        at += taken
    offset = block.first.offset + sum(map(len, raw[:at]))
    after = Mark(offset, block.first.line + at)
    return RowBlock(rows, places, after, rejected), Block(b"".join(raw[at:]), after, block.after)


def _next_row(lines: list[str | None], separator: str) -> tuple[int, list[str] | None, str]:
    """Return how many lines the first row takes, its cells, and why it has none."""
    usable = lines[: lines.index(None)] if None in lines else lines
    if not usable:
        return 1, None, "neither UTF-8 nor Windows-1252, or with a NUL"
    given = [line for line in usable if line is not None]
    reader = csv.reader(given, delimiter=separator, strict=True)
    try:
        row = next(reader)
    except csv.Error as error:
        if _OPEN in str(error):
            return 1, None, _OPEN if len(usable) == len(lines) else "a quote is not closed"
        return 1, *_leniently(given[0], separator)
    if any(_has_hash(line, separator) for line in given[1 : reader.line_num]):
        # A stray quote swallows the rows up to the next one: their hashes must not go under in it.
        return 1, *_leniently(given[0], separator)
    return reader.line_num, row, ""


def _has_hash(line: str, separator: str) -> bool:
    """Tell whether a line that a quote runs over has a whole cell that is a hash."""
    return any(_HASH.fullmatch(cell) for cell in line.split(separator))


def _leniently(line: str, separator: str) -> tuple[list[str] | None, str]:
    """Parse a line whose quotes are not doubled, as names in older lists are not."""
    try:
        return next(csv.reader([line], delimiter=separator)), ""
    except csv.Error:
        return None, "no row of separated text"


def _said(reason: str) -> str:
    return f"a quote is not closed within {_MAX_ROW_LINES} lines" if reason == _OPEN else reason


def _decoded(line: bytes) -> str | None:
    if b"\0" in line:
        return None
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
