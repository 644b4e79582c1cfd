"""Plain lists: one hash a line, of MD5, SHA-1 or SHA-256 as its length tells.

Blank lines and lines that begin with ``#`` are passed over. Sixty-four digits may be a PDQ as well;
``--format pdq`` reads them as such.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from polit.base.errors import HashSetUnreadable
from polit.match.formats._balance import Balance, balance_of
from polit.match.formats._hashes import DIGITS, digest_record
from polit.match.formats._lines import Block, blocks_of, mark_of, overlong
from polit.match.formats._source import head_of, open_source
from polit.match.formats._table import header_of
from polit.match.reading import ReadBatch, ReadStart, Rejected, SourceRecord

ORDER = 90
NAME = "plain"
TITLE = "Plain list, one hash a line"

_HASH = re.compile(rb"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})")
_LOOKED_AT = 1000


def detect(head: bytes, name: str) -> bool:
    """Tell whether most of the first lines are a hash and nothing else, and surely no PDQ."""
    is_table = header_of(head) is not None
    return not is_table and _is_list(head) and balance_of(head, name) != Balance.PDQ


def read(path: Path, start: ReadStart) -> Iterator[ReadBatch]:
    """Read the list from a position on.

    Raises:
        HashSetUnreadable: The first lines are no hashes, or the file cannot be unpacked.
    """
    if not _is_list(head_of(path)):
        raise HashSetUnreadable("line 1 and those behind it are no hashes, one a line")
    mark = mark_of(start)
    with open_source(path) as source:
        source.skip(mark.offset)
        for block in blocks_of(source, mark):
            yield _batch(block)


def _is_list(head: bytes) -> bool:
    lines = [line.strip() for line in head.split(b"\n")[:_LOOKED_AT]]
    kept = [line for line in lines if line and not line.startswith(b"#")]
    hashes = sum(1 for line in kept if _HASH.fullmatch(line))
    return 0 < len(kept) <= 2 * hashes


def _batch(block: Block) -> ReadBatch:
    if block.is_overlong:
        return ReadBatch(rejected=[overlong(block)], position=block.after.text)
    records = _even(block)
    if records is not None:
        return ReadBatch(records=records, position=block.after.text)
    records, rejected = [], []
    for number, line in block.lines():
        untrusted = line.strip()
        if not untrusted or untrusted.startswith(b"#"):
            continue
        record = digest_record(untrusted)
        if record is not None:
            records.append(record)
        else:
            rejected.append(Rejected(f"line {number}", "no MD5, SHA-1 or SHA-256 in hex"))
    return ReadBatch(records, rejected, block.after.text)


def _even(block: Block) -> list[SourceRecord] | None:
    """Read a block of nothing but equally long hashes in one go, else return ``None``.

    ``bytes.fromhex`` passes over white space; so a count of digits that agrees proves that there
    was none but the ends of lines.
    """
    data = block.data
    count = block.after.line - block.first.line
    end = b"\r\n" if data.endswith(b"\r\n") else b"\n"
    width, rest = divmod(len(data), count)
    digits = width - len(end)
    kind = DIGITS.get(digits)
    if rest or kind is None or data.count(end) != count or data[digits::width] != end[:1] * count:
        return None
    try:
        values = bytes.fromhex(data.decode("ascii"))
    except ValueError:
        return None
    step = digits // 2
    if len(values) != count * step:
        return None
    cut = range(0, len(values), step)
    if kind == "md5":
        return [SourceRecord(md5=values[at : at + step]) for at in cut]
    if kind == "sha1":
        return [SourceRecord(sha1=values[at : at + step]) for at in cut]
    return [SourceRecord(sha256=values[at : at + step]) for at in cut]
