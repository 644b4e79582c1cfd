"""From the sections of all segments to one line of chunks: which table gives chunk n.

Chunks carry no number: the n-th entry of all tables in order is chunk n. Where tables are lost
(a missing or truncated segment, both copies damaged), what comes before the loss is counted
from the beginning, and what comes after it from the end; between two losses nothing can be
placed.
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from polit.evidence.containers._ewf_recovery import Recovery
from polit.evidence.containers._ewf_sections import Section, SectionChain
from polit.evidence.containers._ewf_tables import ChunkGroup, TableCopy, read_table
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import SourceProblem

_MAXIMUM_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """Chunks of one table at their place in the device."""

    first_chunk: int
    count: int
    segment: Segment
    group: ChunkGroup


@dataclass(frozen=True, slots=True)
class Loss:
    """A place in the line of chunks where an unknown number of them is lost."""


Item = Span | Loss
"""A group in the line; before placing, its ``first_chunk`` is 0."""


@dataclass(slots=True)
class _Pending:
    sectors: Section | None = None
    tables: list[Section] = field(default_factory=list)
    has_gap: bool = False


class LineBuilder:
    """Collects the groups of all segments in order."""

    def __init__(self, recovery: Recovery) -> None:
        self.items: list[Item] = []
        self.problems: list[SourceProblem] = []
        self._recovery = recovery

    @property
    def has_losses(self) -> bool:
        """Whether chunks may be lost anywhere."""
        return any(isinstance(item, Loss) for item in self.items)

    def add_loss(self) -> None:
        """Note that chunks may be lost here."""
        if not self.items or not isinstance(self.items[-1], Loss):
            self.items.append(Loss())

    def add_segment(self, segment: Segment, chain: SectionChain) -> None:
        """Add the groups of one segment; a broken chain ends in a loss."""
        pending = _Pending()
        gaps = set(chain.gaps)
        for index, section in enumerate(chain.sections):
            pending.has_gap = pending.has_gap or index in gaps
            if section.kind == "sectors":
                pending = self._flush(segment, pending)
                pending.sectors = section
            elif section.kind == "table" and pending.tables:
                pending = self._flush(segment, pending)
                pending.tables.append(section)
            elif section.kind in ("table", "table2"):
                pending.tables.append(section)
        pending.has_gap = pending.has_gap or len(chain.sections) in gaps
        self._flush(segment, pending)
        if chain.ending == "broken":
            self.add_loss()

    def _flush(self, segment: Segment, pending: _Pending) -> _Pending:
        if pending.sectors is not None or pending.tables:
            group = self._group(segment, pending)
            if group is not None:
                self.items.append(Span(0, group.count, segment, group))
        if pending.has_gap:
            self.add_loss()
        return _Pending()

    def _group(self, segment: Segment, pending: _Pending) -> ChunkGroup | None:
        copies: list[TableCopy] = []
        limit = pending.sectors.end_bytes if pending.sectors is not None else 0
        for section in pending.tables[:2]:
            copy = read_table(segment, section)
            if copy is None or not copy.is_intact:
                self._note(segment, section, "a copy of the chunk table is damaged")
            if copy is not None:
                copies.append(copy)
                limit = limit or _limit(segment, section, copy)
        copies.sort(key=lambda copy: not copy.is_intact)
        if copies:
            same = tuple(copy for copy in copies if copy.count == copies[0].count)
            return ChunkGroup(same, limit)
        return self._rebuild(segment, pending)

    def _rebuild(self, segment: Segment, pending: _Pending) -> ChunkGroup | None:
        """Find chunks without a table, by reading them one after the other."""
        if pending.sectors is None:
            self.add_loss()
            return None
        section = pending.sectors
        offsets, is_whole = self._recovery.scan(segment, section)
        self._note(segment, section, f"no chunk table; {len(offsets)} chunks found without it")
        pending.has_gap = pending.has_gap or not is_whole
        return ChunkGroup((), section.end_bytes, offsets) if offsets else None

    def _note(self, segment: Segment, section: Section, text: str) -> None:
        if len(self.problems) < _MAXIMUM_PROBLEMS:
            detail = f"{segment.name}, byte {section.offset_bytes}: {text}"
            self.problems.append(SourceProblem("table_checksum", detail))


def _limit(segment: Segment, section: Section, copy: TableCopy) -> int:
    """Return where the chunks of a table without a sectors section must end."""
    raw = read_segment(segment, copy.entries_bytes, 4)
    first = copy.base_bytes + (int.from_bytes(raw, "little") & 0x7FFF_FFFF)
    return section.end_bytes if first >= section.data_offset_bytes else section.offset_bytes


class ChunkLine:
    """The placed spans: which span holds chunk n, and which chunks no span holds."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = tuple(spans)
        self._firsts = [span.first_chunk for span in self._spans]

    @property
    def end(self) -> int:
        """One more than the highest chunk that a span holds."""
        return self._spans[-1].first_chunk + self._spans[-1].count if self._spans else 0

    def span_of(self, chunk: int) -> Span | None:
        """Return the span that holds a chunk, or ``None`` where it is lost."""
        index = bisect.bisect_right(self._firsts, chunk) - 1
        if index < 0:
            return None
        span = self._spans[index]
        return span if chunk < span.first_chunk + span.count else None

    def lost(self, chunks: int) -> tuple[tuple[int, int], ...]:
        """Return ``(first, count)`` of chunks below ``chunks`` that no span holds, in order."""
        lost = []
        position = 0
        for span in self._spans:
            if span.first_chunk > position:
                lost.append((position, span.first_chunk - position))
            position = span.first_chunk + span.count
        if position < chunks:
            lost.append((position, chunks - position))
        return tuple(lost)


def place_items(items: Sequence[Item], chunks: int) -> tuple[ChunkLine, int]:
    """Give every group its place.

    Args:
        items: Groups and losses in order.
        chunks: How many chunks the device has, 0 where that is not known.

    Returns:
        The line, and how many groups lie between two losses and could not be placed.
    """
    losses = [index for index, item in enumerate(items) if isinstance(item, Loss)]
    groups = [item for item in items if isinstance(item, Span)]
    known = sum(group.count for group in groups)
    if not losses or (chunks and known >= chunks):
        return ChunkLine(_count_up(groups, 0)), 0
    head = [item for item in items[: losses[0]] if isinstance(item, Span)]
    tail = [item for item in items[losses[-1] :] if isinstance(item, Span)]
    begin = chunks - sum(group.count for group in tail)
    if begin < sum(group.count for group in head):
        tail = []
    placed = _count_up(head, 0) + _count_up(tail, begin)
    return ChunkLine(placed), len(groups) - len(placed)


def _count_up(groups: Sequence[Span], chunk: int) -> list[Span]:
    placed = []
    for group in groups:
        placed.append(Span(chunk, group.count, group.segment, group.group))
        chunk += group.count
    return placed
