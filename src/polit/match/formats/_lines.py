"""Lines of a stream, in blocks: their places counted, their length bounded."""

from collections.abc import Iterator
from dataclasses import dataclass

from polit.base.errors import HashSetUnreadable
from polit.match.formats._source import Source
from polit.match.reading import MAX_BATCH, MAX_LINE_BYTES, ReadStart, Rejected

_BLOCK_BYTES = 1 << 19
_BLOCK_LINES = MAX_BATCH - 1000
"""Fewer than a batch holds: what waited for the end of its quote joins the next block."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between two lines.

    Args:
        offset: Bytes of the stream before it.
        line: Lines before it.
    """

    offset: int = 0
    line: int = 0

    @property
    def text(self) -> str:
        """The form that a position keeps."""
        return f"{self.offset}:{self.line}"


def mark_of(start: ReadStart) -> Mark:
    """Return the place that a position names.

    Raises:
        HashSetUnreadable: It is no position of a reader of lines.
    """
    if not start.position:
        return Mark()
    offset, _, line = start.position.partition(":")
    if not (offset.isdecimal() and line.isdecimal() and len(start.position) < 40):
        raise HashSetUnreadable("the import stands at a place that this format does not know")
    return Mark(int(offset), int(line))


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, one after the other.

    Args:
        data: Their bytes with their ends; empty for a line beyond the limit.
        first: Where they begin.
        after: Where the next begin.
    """

    data: bytes
    first: Mark
    after: Mark

    @property
    def is_overlong(self) -> bool:
        """Whether it stands for one line beyond the limit, whose bytes were left out."""
        return not self.data

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line's number, from 1, and its bytes without the end."""
        for number, line in enumerate(self.data.split(b"\n"), self.first.line + 1):
            if number <= self.after.line:
                yield number, line.removesuffix(b"\r")

    def marked_lines(self) -> Iterator[tuple[Mark, bytes]]:
        """Yield where each line begins, and its bytes without the line feed."""
        offset = self.first.offset
        for number, line in enumerate(self.data.split(b"\n"), self.first.line):
            if number < self.after.line:
                yield Mark(offset, number), line
            offset += len(line) + 1


def overlong(block: Block) -> Rejected:
    """Return the refusal of a line beyond the limit."""
    return Rejected(f"line {block.after.line}", f"longer than {MAX_LINE_BYTES} bytes")


def blocks_of(source: Source, start: Mark) -> Iterator[Block]:
    """Yield the lines of a stream that stands at a place, in blocks of at most ``MAX_BATCH``."""
    mark = start
    held = b""
    while more := source.read(_BLOCK_BYTES):
        held += more
        cut = held.rfind(b"\n") + 1
        if cut:
            for block in _in_batches(held[:cut], mark):
                yield block
                mark = block.after
            held = held[cut:]
        if len(held) > MAX_LINE_BYTES:
            block, held = _skip_line(source, held, mark)
            yield block
            mark = block.after
    if held:
        yield Block(held, mark, Mark(mark.offset + len(held), mark.line + 1))


def _in_batches(data: bytes, mark: Mark) -> Iterator[Block]:
    count = data.count(b"\n")
    if count <= _BLOCK_LINES and len(data) <= MAX_LINE_BYTES:
        yield Block(data, mark, Mark(mark.offset + len(data), mark.line + count))
        return
    lines = data.splitlines(keepends=True) if b"\r" not in data else _cut(data)
    for begin in range(0, len(lines), _BLOCK_LINES):
        part = b"".join(lines[begin : begin + _BLOCK_LINES])
        count = part.count(b"\n")
        after = Mark(mark.offset + len(part), mark.line + count)
        yield Block(part, mark, after)
        mark = after


def _cut(data: bytes) -> list[bytes]:
    """Cut at line feeds alone, as every place is counted."""
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


def _skip_line(source: Source, held: bytes, mark: Mark) -> tuple[Block, bytes]:
    """Pass over a line beyond the limit; return its block and what follows it."""
    passed = len(held)
    while more := source.read(_BLOCK_BYTES):
        end = more.find(b"\n") + 1
        if end:
            after = Mark(mark.offset + passed + end, mark.line + 1)
            return Block(b"", mark, after), more[end:]
        passed += len(more)
    return Block(b"", mark, Mark(mark.offset + passed, mark.line + 1)), b""
