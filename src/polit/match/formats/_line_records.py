"""Formats whose every line is a record: the reader around what makes a record of a line."""

from collections.abc import Callable, Iterator
from pathlib import Path

from polit.match.formats._lines import blocks_of, mark_of, overlong
from polit.match.formats._source import open_source
from polit.match.reading import ReadBatch, ReadStart, Rejected, SourceRecord

PASSED_OVER = ""

Told = tuple[tuple[str, str], ...]
LineParser = Callable[[bytes], SourceRecord | str]
"""Makes a record of a line, or says why there is none; ``PASSED_OVER`` is no refusal."""


def line_batches(
    path: Path, start: ReadStart, parse: LineParser, told: Told = ()
) -> Iterator[ReadBatch]:
    """Read a file of one record a line from a position on.

    Raises:
        HashSetUnreadable: The file cannot be unpacked.
    """
    mark = mark_of(start)
    with open_source(path) as source:
        source.skip(mark.offset)
        for block in blocks_of(source, mark):
            if block.is_overlong:
                yield ReadBatch(rejected=[overlong(block)], position=block.after.text, header=told)
                continue
            records: list[SourceRecord] = []
            rejected: list[Rejected] = []
            for number, line in block.lines():
                made = parse(line)
                if isinstance(made, SourceRecord):
                    records.append(made)
                elif made != PASSED_OVER:
                    rejected.append(Rejected(f"line {number}", made))
            yield ReadBatch(records, rejected, block.after.text, header=told)


def share_of_records(head: bytes, parse: LineParser, looked_at: int = 1000) -> float:
    """Return how much of the first lines are records, leaving out those that are passed over."""
    lines = head.split(b"\n")
    if len(lines) > 1 and len(lines[-1]) > 0:
        lines.pop()
    made = [parse(line.removesuffix(b"\r")) for line in lines[:looked_at]]
    told = [each for each in made if each != PASSED_OVER]
    return sum(isinstance(each, SourceRecord) for each in told) / len(told) if told else 0.0


def shown_name(untrusted: bytes) -> str:
    """Return a name as text; bytes that are no UTF-8 are written out, none is lost."""
    return untrusted.decode("utf-8", "backslashreplace")
