"""The chain of sections in one EWF segment file, walked in bounded time, past damage.

A section descriptor is 76 bytes: type (16), offset of the next (u64), size (u64), padding
(40), Adler-32 of the 72 bytes before it. A descriptor whose checksum fails is used for finding
the next one only where a sound descriptor stands there; else the file is searched for one.
What a section holds is judged by the checksums inside it.

Source: Expert Witness Compression Format specification, section descriptors.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import SourceProblem

SIGNATURE = b"EVF\x09\x0d\x0a\xff\x00"
LOGICAL_SIGNATURE = b"LVF\x09\x0d\x0a\xff\x00"
FILE_HEADER_BYTES = 13
DESCRIPTOR_BYTES = 76
_MAXIMUM_SECTIONS = 200_000
"""Per segment; a writer makes three for every 512 MiB."""
_MAXIMUM_PROBLEMS = 1_000
"""Per segment; more would say nothing new."""
_MAXIMUM_SEARCHES = 100
_MAXIMUM_CANDIDATES = 200_000
"""Per segment: what a hostile file may cost, about a second."""
_WINDOW_BYTES = 1 << 20
_TERMINAL = frozenset({"next", "done"})
_KINDS = frozenset(
    {
        *("header", "header2", "xheader", "volume", "disk", "data", "sectors"),
        *("table", "table2", "hash", "xhash", "digest", "error2", "session"),
        *("ltypes", "ltree", "map", "incomplete", "next", "done"),
    }
)
_PATTERNS = tuple(kind.encode().ljust(16, b"\0") for kind in sorted(_KINDS))


@dataclass(frozen=True, slots=True)
class Section:
    """One section as its descriptor tells it, clipped to its file.

    Args:
        kind: The type, one of the known names or free text where the checksum vouches for it.
        offset_bytes: Where the descriptor begins in the segment file.
        end_bytes: Where the next section begins, or the file ends.
    """

    kind: str
    offset_bytes: int
    end_bytes: int

    @property
    def data_offset_bytes(self) -> int:
        """Where the section's own bytes begin in the segment file."""
        return self.offset_bytes + DESCRIPTOR_BYTES

    @property
    def data_size_bytes(self) -> int:
        """How many bytes of its own the section has in the file, 0 or more."""
        return max(self.end_bytes - self.data_offset_bytes, 0)


@dataclass(slots=True)
class SectionChain:
    """The sections of one segment file.

    Args:
        stated_number: The segment number in the file header, 0 where that is damaged.
        ending: ``done``, ``next``, or ``broken`` where the chain ends before either.
        gaps: Indexes in ``sections`` before which a section may be lost.
        searches: How often the file was searched for a descriptor.
        candidates: How many places were tried in all searches.
        is_gap_next: While walking: a section may be lost after the one being taken in.
    """

    stated_number: int = 0
    sections: list[Section] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)
    ending: str = "broken"
    gaps: list[int] = field(default_factory=list)
    searches: int = 0
    candidates: int = 0
    is_gap_next: bool = False


@dataclass(frozen=True, slots=True)
class _Descriptor:
    kind: str
    next_bytes: int
    size_bytes: int
    is_intact: bool


def walk_sections(segment: Segment) -> SectionChain:
    """Walk the sections of a segment file.

    Returns:
        What was found, damage included; every descriptor's checksum was compared.

    Raises:
        SourceUnreadable: The operating system refused a read.
        EvidenceChanged: The file is shorter than it was when it was opened.
    """
    chain = SectionChain()
    _read_file_header(segment, chain)
    offset: int | None = FILE_HEADER_BYTES
    while offset is not None:
        if len(chain.sections) >= _MAXIMUM_SECTIONS:
            _note(chain, "section_chain", segment, offset, "too many sections follow")
            break
        offset = _step(segment, chain, offset)
        if chain.is_gap_next:
            chain.gaps.append(len(chain.sections))
            chain.is_gap_next = False
    if chain.ending == "broken":
        _note(chain, "segment_truncated", segment, segment.size_bytes, "no next or done section")
    return chain


def _read_file_header(segment: Segment, chain: SectionChain) -> None:
    raw = read_segment(segment, 0, FILE_HEADER_BYTES)
    if len(raw) < FILE_HEADER_BYTES:
        return
    fields_start, number, fields_end = struct.unpack_from("<BHH", raw, 8)
    chain.stated_number = number
    is_known = raw[:8] in (SIGNATURE, LOGICAL_SIGNATURE)
    if not is_known or fields_start != 1 or fields_end != 0 or number == 0:
        _note(chain, "file_header", segment, 0, "the file header is damaged")


def _step(segment: Segment, chain: SectionChain, offset: int) -> int | None:
    """Take in the section at ``offset`` and return where the next one begins."""
    found = _read_descriptor(segment, offset)
    if found is None:
        return None
    if not found.is_intact:
        _note(chain, "section_checksum", segment, offset, "the section descriptor is damaged")
        return _step_damaged(segment, chain, offset, found)
    following = _following(segment, chain, offset, found)
    _append(segment, chain, found.kind, offset, following)
    return following


def _following(
    segment: Segment, chain: SectionChain, offset: int, found: _Descriptor
) -> int | None:
    """Return where an intact descriptor's next section begins."""
    if found.kind in _TERMINAL:
        chain.ending = found.kind
        after = offset + DESCRIPTOR_BYTES
        if found.next_bytes not in (offset, after):
            _note(chain, "section_chain", segment, offset, "the last section names a next one")
        return None
    if found.size_bytes and found.next_bytes != offset + found.size_bytes:
        _note(chain, "section_chain", segment, offset, "size and next offset disagree")
    if found.next_bytes < offset + DESCRIPTOR_BYTES:
        _note(chain, "section_chain", segment, offset, "the next section lies before its end")
        return _search(segment, chain, offset + DESCRIPTOR_BYTES)
    return found.next_bytes if found.next_bytes < segment.size_bytes else None


def _step_damaged(
    segment: Segment, chain: SectionChain, offset: int, found: _Descriptor
) -> int | None:
    if found.kind in _TERMINAL and offset + DESCRIPTOR_BYTES == segment.size_bytes:
        chain.ending = found.kind
        _append(segment, chain, found.kind, offset, None)
        return None
    after = offset + DESCRIPTOR_BYTES
    for candidate in (found.next_bytes, offset + found.size_bytes):
        if candidate >= after and _is_descriptor(segment, candidate):
            following: int | None = candidate
            break
    else:
        following = _search(segment, chain, after)
    if found.kind in _KINDS:
        _append(segment, chain, found.kind, offset, following)
    else:
        chain.is_gap_next = True
    if following is None and after == segment.size_bytes:
        chain.ending = "done"
    return following


def _append(
    segment: Segment, chain: SectionChain, kind: str, offset: int, following: int | None
) -> None:
    end = segment.size_bytes if following is None else following
    chain.sections.append(Section(kind, offset, end))


def _read_descriptor(segment: Segment, offset: int) -> _Descriptor | None:
    raw = read_segment(segment, offset, DESCRIPTOR_BYTES)
    if len(raw) < DESCRIPTOR_BYTES:
        return None
    untrusted_kind, next_bytes, size_bytes = struct.unpack_from("<16sQQ", raw)
    (stored,) = struct.unpack_from("<I", raw, 72)
    kind = untrusted_kind.partition(b"\0")[0].decode("ascii", "backslashreplace")
    return _Descriptor(kind, next_bytes, size_bytes, zlib.adler32(raw[:72]) == stored)


def _is_descriptor(segment: Segment, offset: int) -> bool:
    """Tell whether a sound descriptor stands at ``offset``, and its successor is in line.

    The successor matters: an E01 inside the imaged device, stored without compression, has
    sound descriptors too, but their offsets count from its own beginning.
    """
    found = _read_descriptor(segment, offset)
    if found is None or not found.is_intact or found.kind not in _KINDS:
        return False
    if found.kind in _TERMINAL:
        return found.next_bytes in (offset, offset + DESCRIPTOR_BYTES)
    return found.size_bytes == 0 or found.next_bytes == offset + found.size_bytes


def _search(segment: Segment, chain: SectionChain, offset: int) -> int | None:
    """Look for the next sound descriptor in the rest of the file."""
    chain.is_gap_next = True
    chain.searches += 1
    if chain.searches > _MAXIMUM_SEARCHES:
        return None
    for candidate in _candidates(segment, offset):
        chain.candidates += 1
        if chain.candidates > _MAXIMUM_CANDIDATES:
            return None
        if _is_descriptor(segment, candidate):
            return candidate
    return None


def _candidates(segment: Segment, offset: int) -> Iterator[int]:
    while offset + DESCRIPTOR_BYTES <= segment.size_bytes:
        window = read_segment(segment, offset, _WINDOW_BYTES + 15)
        places = {
            place for pattern in _PATTERNS for place in _places(window, pattern, _WINDOW_BYTES)
        }
        for place in sorted(places):
            yield offset + place
        offset += _WINDOW_BYTES


def _places(window: bytes, pattern: bytes, limit: int) -> Iterator[int]:
    place = window.find(pattern)
    while 0 <= place < limit:
        yield place
        place = window.find(pattern, place + 1)


def _note(chain: SectionChain, code: str, segment: Segment, offset: int, text: str) -> None:
    if len(chain.problems) < _MAXIMUM_PROBLEMS:
        chain.problems.append(SourceProblem(code, f"{segment.name}, byte {offset}: {text}"))
