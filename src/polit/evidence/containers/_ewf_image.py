"""Put the segments of an EWF image together: order, geometry, chunks, statements, problems."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.containers import _ewf_facts as facts
from polit.evidence.containers._ewf_index import ChunkLine, LineBuilder, place_items
from polit.evidence.containers._ewf_recovery import Recovery
from polit.evidence.containers._ewf_sections import Section, SectionChain, walk_sections
from polit.evidence.segments import Segment, ewf_number
from polit.evidence.source import SourceProblem

if TYPE_CHECKING:
    from polit.evidence.acquisition import SectorRange

_GEOMETRY_KINDS = ("volume", "disk", "data")
_LEAST_CEILING_BYTES = 64 << 30
_CEILING_RATIO = 4096
"""Deflate reaches 1,032:1; an image that states more than four times that lies."""
_MAXIMUM_TEXTS = 256
_MAXIMUM_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class EwfImage:
    """Everything that opening learns of an image."""

    segments: tuple[Segment, ...]
    chunk_size_bytes: int
    size_bytes: int
    line: ChunkLine
    problems: tuple[SourceProblem, ...]
    digests: tuple[StoredDigest, ...]
    facts: AcquisitionFacts


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment with its sections and its number in the set."""

    segment: Segment
    chain: SectionChain
    number: int


@dataclass(slots=True)
class _Notes:
    problems: list[SourceProblem] = field(default_factory=list)

    def add(self, code: str, detail: str) -> None:
        self.problems.append(SourceProblem(code, detail))

    def told(self) -> tuple[SourceProblem, ...]:
        """Return the problems, or so many that a person can read, and how many follow."""
        more = len(self.problems) - _MAXIMUM_PROBLEMS
        if more <= 0:
            return tuple(self.problems)
        rest = SourceProblem("more_problems", f"{more} more of the same kind")
        return (*self.problems[:_MAXIMUM_PROBLEMS], rest)


def read_image(segments: Sequence[Segment]) -> EwfImage:
    """Read all sections of all segments.

    Raises:
        SourceUnreadable: No segment holds an intact geometry, or a read was refused.
        EvidenceChanged: A segment is shorter than it was when it was opened.
    """
    notes = _Notes()
    parts = _in_order(segments, notes)
    for part in parts:
        notes.problems += part.chain.problems
    geometry = _geometry(parts, notes)
    parts = _own_parts(parts, geometry, notes)
    builder = LineBuilder(Recovery(geometry.chunk_size_bytes, geometry.chunks))
    _build_line(parts, builder, notes)
    notes.problems += builder.problems
    line, unplaced = place_items(builder.items, geometry.chunks)
    if unplaced:
        notes.add("segment_unplaced", f"{unplaced} chunk tables lie between two losses")
    size = _size(geometry, line, notes, parts, has_losses=builder.has_losses)
    statements = _Statements(notes)
    for part in parts:
        statements.read(part.segment, part.chain)
    digests = tuple(dict.fromkeys(statements.digests))
    if len({(one.algorithm, one.value_hex) for one in digests}) > len(
        {one.algorithm for one in digests}
    ):
        notes.add("digests_disagree", "the image states two digests of one algorithm")
    return EwfImage(
        segments=tuple(part.segment for part in parts),
        chunk_size_bytes=geometry.chunk_size_bytes,
        size_bytes=size,
        line=line,
        problems=notes.told(),
        digests=digests,
        facts=AcquisitionFacts(
            geometry.sector_size_bytes,
            tuple(dict.fromkeys(statements.errors)),
            tuple(dict.fromkeys(statements.texts))[:_MAXIMUM_TEXTS],
        ),
    )


def _in_order(segments: Sequence[Segment], notes: _Notes) -> list[_Part]:
    """Walk the segments and put them in the order of their numbers.

    A number in a file header has no checksum, so the names win, unless the headers hold
    exactly the names' numbers in another order: no single fault does that.
    """
    chains = [walk_sections(segment) for segment in segments]
    stated = [chain.stated_number for chain in chains]
    named = _named_numbers(segments)
    numbers = stated
    if named is not None and sorted(named) != sorted(stated):
        numbers = named
    for segment, number, claimed in zip(segments, numbers, stated, strict=True):
        if number != claimed:
            notes.add("file_header", f"{segment.name}, byte 0: the header says number {claimed}")
    if named is not None and numbers is stated and named != stated:
        notes.add("segment_order", "the files' names are not in the order of their contents")
    parts = [
        _Part(segment, chain, number)
        for segment, chain, number in zip(segments, chains, numbers, strict=True)
    ]
    return sorted(parts, key=lambda part: part.number)


def _named_numbers(segments: Sequence[Segment]) -> list[int] | None:
    for series in "ESL":
        numbers = [ewf_number(segment.name, series) for segment in segments]
        known = [number for number in numbers if number is not None]
        if len(known) == len(segments) == len(set(known)):
            return known
    return None


def _geometry(parts: Sequence[_Part], notes: _Notes) -> facts.Geometry:
    """Return the first geometry whose checksum holds; name the ones whose does not."""
    found: facts.Geometry | None = None
    for part in parts:
        for section in _sections_of(part, _GEOMETRY_KINDS):
            geometry = _try_geometry(part.segment, section, notes)
            found = found or geometry
    if found is None:
        names = parts[0].segment.name if parts else "the image"
        raise SourceUnreadable(
            f"{names} holds no intact volume or data section: without it the chunks cannot be "
            "placed; bring the first segment, or acquire again"
        )
    return found


def _sections_of(part: _Part, kinds: Sequence[str]) -> Iterator[Section]:
    return (section for section in part.chain.sections if section.kind in kinds)


def _try_geometry(segment: Segment, section: Section, notes: _Notes) -> facts.Geometry | None:
    try:
        return facts.read_geometry(segment, section)
    except facts.DamagedPart as damage:
        if section.kind != "data" or not facts.has_no_checksum(segment, section):
            notes.add("section_checksum", _where(segment, section, damage))
    return None


def _own_parts(parts: Sequence[_Part], geometry: facts.Geometry, notes: _Notes) -> list[_Part]:
    """Leave out segments that belong to another image, and second copies of a number."""
    own: list[_Part] = []
    for part in parts:
        if own and own[-1].number == part.number:
            notes.add("segment_foreign", f"{part.segment.name}: a second segment of its number")
        elif _is_foreign(part, geometry):
            notes.add("segment_foreign", f"{part.segment.name} belongs to another image")
        else:
            own.append(part)
    return own


def _is_foreign(part: _Part, geometry: facts.Geometry) -> bool:
    silent = _Notes()
    stated = [
        _try_geometry(part.segment, section, silent)
        for section in _sections_of(part, _GEOMETRY_KINDS)
    ]
    return any(other is not None and _contradicts(other, geometry) for other in stated)


def _contradicts(other: facts.Geometry, geometry: facts.Geometry) -> bool:
    """Tell whether two geometries cannot be of one set; counts may grow while imaging."""
    identifiers = {other.set_identifier, geometry.set_identifier} - {bytes(16)}
    return len(identifiers) > 1 or other.chunk_size_bytes != geometry.chunk_size_bytes


def _build_line(parts: Sequence[_Part], builder: LineBuilder, notes: _Notes) -> None:
    number = 1
    for part in parts:
        _note_missing(number, part.number, builder, notes)
        builder.add_segment(part.segment, part.chain)
        number = part.number + 1
    if parts and parts[-1].chain.ending == "next":
        notes.add("segment_missing", f"segment {number} and perhaps more after it")
        builder.add_loss()


def _note_missing(first: int, end: int, builder: LineBuilder, notes: _Notes) -> None:
    if end > first:
        which = f"segment {first}" if end == first + 1 else f"segments {first} to {end - 1}"
        notes.add("segment_missing", which)
        builder.add_loss()


def _size(
    geometry: facts.Geometry,
    line: ChunkLine,
    notes: _Notes,
    parts: Sequence[_Part],
    *,
    has_losses: bool,
) -> int:
    """Return the size of the device, as far as what is there can bear the claim."""
    chunk = geometry.chunk_size_bytes
    stated = geometry.sectors * geometry.sector_size_bytes
    held = line.end * chunk
    size = stated or held
    if -(-stated // chunk) != geometry.chunks:
        notes.add("geometry_disagrees", f"{stated} bytes are not {geometry.chunks} chunks")
    if not has_losses and held != -(-size // chunk) * chunk:
        notes.add("geometry_disagrees", f"{stated} bytes stated, tables hold {held}")
        size = min(size, held)
    ceiling = _CEILING_RATIO * sum(part.segment.size_bytes for part in parts)
    ceiling = max(ceiling, _LEAST_CEILING_BYTES)
    if size > ceiling:
        notes.add("size_clamped", f"{size} bytes stated, more than the files can hold")
        size = ceiling - ceiling % chunk
    return size


def _where(segment: Segment, section: Section, damage: facts.DamagedPart) -> str:
    return f"{segment.name}, byte {section.offset_bytes}, {section.kind}: {damage}"


class _Statements:
    """Collects what the sections state, and a problem for each that is damaged."""

    def __init__(self, notes: _Notes) -> None:
        self.digests: list[StoredDigest] = []
        self.errors: list[SectorRange] = []
        self.texts: list[tuple[str, str]] = []
        self._notes = notes
        self._readers: dict[str, Callable[[Segment, Section], None]] = {
            "hash": lambda *where: self.digests.extend(facts.read_hash(*where)),
            "digest": lambda *where: self.digests.extend(facts.read_digest(*where)),
            "xhash": lambda *where: self.digests.extend(facts.read_xhash(*where)),
            "error2": lambda *where: self.errors.extend(facts.read_errors(*where)),
            "session": facts.check_session,
            "header": lambda *where: self.texts.extend(facts.read_text(*where)),
            "header2": lambda *where: self.texts.extend(facts.read_text(*where)),
            "xheader": facts.check_xheader,
        }

    def read(self, segment: Segment, chain: SectionChain) -> None:
        """Read all statements of one segment."""
        for section in chain.sections:
            reader = self._readers.get(section.kind)
            if reader is not None:
                self._read_one(reader, segment, section)
            elif section.kind == "incomplete":
                self._notes.add("acquisition_incomplete", f"{segment.name} says so itself")

    def _read_one(
        self, reader: Callable[[Segment, Section], None], segment: Segment, section: Section
    ) -> None:
        try:
            reader(segment, section)
        except facts.DamagedPart as damage:
            self._notes.add("section_checksum", _where(segment, section, damage))
