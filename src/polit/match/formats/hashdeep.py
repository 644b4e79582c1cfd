"""Output of hashdeep: a header that names its columns, the file's name last."""

from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._hashes import SIZES, unhexed
from polit.match.formats._line_records import (
    PASSED_OVER,
    LineParser,
    line_batches,
    shown_name,
)
from polit.match.formats._source import head_of
from polit.match.reading import ReadBatch, ReadStart, SourceRecord

ORDER = 30
NAME = "hashdeep"
TITLE = "Output of hashdeep"

_MAGIC = b"%%%% HASHDEEP-"
_HEAD = b"%%%%"
_DIGESTS = ("md5", "sha1", "sha256")
_HEADER_LINES = 10


def detect(head: bytes, name: str) -> bool:  # noqa: ARG001 - the name decides nothing here
    """Tell whether it begins with the program's mark."""
    return head.startswith(_MAGIC)


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the output from a position on.

    Raises:
        HashSetUnreadable: There is no header, it names no digest that polit knows, or another
            header with other columns follows.
    """
    head = head_of(path)
    if not detect(head, path.name):
        raise HashSetUnreadable("line 1 is not the mark of hashdeep")
    columns = _columns(head)
    told = (("version", shown_name(head.split(b"\n", 1)[0][len(_HEAD) :].strip())),)
    return line_batches(path, start, _parser(columns), (*told, ("columns", ",".join(columns))))


def _columns(head: bytes) -> tuple[str, ...]:
    for line in head.split(b"\n")[1:_HEADER_LINES]:
        if line.startswith(_HEAD):
            columns = tuple(shown_name(line[len(_HEAD) :].strip()).lower().split(","))
            if set(columns) & set(_DIGESTS) and len(set(columns)) == len(columns) > 1:
                return columns
            break
    raise HashSetUnreadable("line 2 names no columns with an MD5, SHA-1 or SHA-256")


def _parser(columns: tuple[str, ...]) -> LineParser:
    header = ",".join(columns)
    places = [(kind, columns.index(kind)) for kind in _DIGESTS if kind in columns]
    named = [("size", "size"), ("filename", "name")]
    kept = [(shown, columns.index(column)) for column, shown in named if column in columns]
    last = len(columns) - 1

    def parsed(line: bytes) -> SourceRecord | str:
        if not line or line.startswith(b"##"):
            return PASSED_OVER
        if line.startswith(_HEAD):
            return _header_again(line, header)
        cells = line.split(b",", last)
        if len(cells) <= last or b"\0" in line:
            return f"not {last + 1} columns, or a NUL"
        keys = {kind: unhexed(cells[place]) for kind, place in places}
        for kind, value in keys.items():
            if len(value) != SIZES[kind]:
                return f"{kind} is not {2 * SIZES[kind]} digits in hex"
        fields = tuple([(shown, shown_name(cells[place])) for shown, place in kept])
        return SourceRecord(
            keys.get("md5", b""), keys.get("sha1", b""), keys.get("sha256", b""), fields=fields
        )

    return parsed


def _header_again(line: bytes, header: str) -> str:
    told = shown_name(line[len(_HEAD) :].strip()).lower()
    if line.startswith(_MAGIC) or told == header:
        return PASSED_OVER
    raise HashSetUnreadable(f"a second header names other columns than {header}: cut the file")
