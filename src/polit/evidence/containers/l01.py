"""L01 images (logical evidence of EnCase 5 to 7, FTK Imager and others): files in EWF chunks.

The chunks are read by polit's own EWF reader, with all its checksums; the tree of files stands
in one section. Both are polit's own code: libewf gives neither the marks of deleted files nor
a sign of life, and stops at damage. A digest that the image states for all of its data is not
compared (no public source says what it covers): chunks and files have their own.

Source: Expert Witness Compression Format (Metz, 2006-2026).
"""

from collections.abc import Sequence
from dataclasses import replace

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import ContainerSource, StoredDigest
from polit.evidence.containers._ewf_image import read_image
from polit.evidence.containers._ewf_sections import LOGICAL_SIGNATURE, Section, walk_sections
from polit.evidence.containers._l01_tree import (
    HEADER_BYTES,
    MAXIMUM_TREE_BYTES,
    Extents,
    Tree,
    read_tree,
)
from polit.evidence.containers.ewf import EwfSource, decoding_threads
from polit.evidence.logical import LogicalContent, LogicalSource, LogicalTree, check_reach
from polit.evidence.segments import Segment, ewf_number, read_segment
from polit.model.evidence import FileSystemFacts, TimeBasis, TimeFacts

ORDER = 170
NAME = "l01"

_STEP_NS = 1_000_000_000
_LEAST_CEILING_BYTES = 64 << 30
_CEILING_RATIO = 4096
_OTHER_MEANING = frozenset({"geometry_disagrees", "size_clamped"})
"""The sectors that a volume section states are those of a device: here they mean nothing."""
_FACTS = FileSystemFacts(
    kind=NAME,
    block_size_bytes=0,
    time_facts=TimeFacts(
        TimeBasis.UTC,
        tuple(
            (name, _STEP_NS) for name in ("created", "modified", "accessed", "changed", "deleted")
        ),
        "ltree",
    ),
    unallocated_bytes=None,
)


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature, and what has the name: its signature may be damaged."""
    del untrusted_tail
    if untrusted_head.startswith(LOGICAL_SIGNATURE):
        return True
    return names[0].upper().endswith(".L01") and ewf_number(names[0], "L") == 1


def open_source(segments: Sequence[Segment]) -> LogicalSource:
    """Open an L01 image; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: The image has no geometry or no tree.
    """
    image = read_image(segments)
    tree = _find_tree(image.segments)
    held = image.line.end * image.chunk_size_bytes
    ceiling = sum(segment.size_bytes for segment in segments) * _CEILING_RATIO
    is_likely = 0 < tree.data_bytes <= max(ceiling, _LEAST_CEILING_BYTES)
    image = replace(
        image,
        size_bytes=tree.data_bytes if is_likely else held,
        problems=tuple(one for one in image.problems if one.code not in _OTHER_MEANING),
        digests=(),
    )
    carrier = EwfSource(image, decoding_threads())
    files = _Files(carrier, tree)
    return LogicalSource(
        carrier, LogicalTree(_FACTS, tree.files, files.open), problems=tree.problems
    )


def _find_tree(segments: Sequence[Segment]) -> Tree:
    """Read the ltree section, which stands in the last segment that is there."""
    for segment in reversed(segments):
        for section in reversed(walk_sections(segment).sections):
            if section.kind == "ltree":
                return read_tree(_bytes_of(segment, section), on_beat=segment.on_read)
    raise SourceUnreadable(
        f"{segments[0].name} holds no tree of files (ltree): bring its last segment"
    )


def _bytes_of(segment: Segment, section: Section) -> bytes:
    size = section.data_size_bytes
    if size > MAXIMUM_TREE_BYTES or size < HEADER_BYTES:
        raise SourceUnreadable(
            f"{segment.name}: the tree of files has {size} bytes, which is not read "
            f"(at most {MAXIMUM_TREE_BYTES})"
        )
    return read_segment(segment, section.data_offset_bytes, size)


class _Files:
    """Opens the files of a tree."""

    def __init__(self, carrier: ContainerSource, tree: Tree) -> None:
        self._carrier, self._tree = carrier, tree

    def open(self, number: int) -> LogicalContent:
        file, extents = self._tree.files[number - 1], self._tree.extents[number - 1]
        size = file.size_bytes
        check_reach(size, self._carrier.size_bytes)
        ranges = _ranges(extents, size)
        if extents.is_sparse and extents.duplicate_bytes < 0:
            return self._repeated(ranges, size, extents.digests)
        return LogicalContent(
            _Pieces(self._carrier, ranges),
            size_bytes=size,
            places=tuple(ranges),
            digests=extents.digests,
        )

    def _repeated(
        self, ranges: list[tuple[int, int]], size: int, digests: tuple[StoredDigest, ...]
    ) -> LogicalContent:
        """Open a file of which one byte is stored, or all of them."""
        whole = sum(length for _, length in ranges) >= size
        reader = _Pieces(self._carrier, ranges)
        byte = reader.read_at(0, 1)
        repeats = None if whole or len(byte) != 1 else _Repeated(byte)
        return LogicalContent(
            repeats or reader, size_bytes=size, places=tuple(ranges[:1]), digests=digests
        )


def _ranges(extents: Extents, size_bytes: int) -> list[tuple[int, int]]:
    if extents.duplicate_bytes >= 0 and size_bytes:
        return [(extents.duplicate_bytes, size_bytes)]
    return extents.ranges()


class _Pieces:
    """Ranges of the data, end to end."""

    def __init__(self, carrier: ContainerSource, ranges: list[tuple[int, int]]) -> None:
        self._carrier, self._ranges = carrier, ranges

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        parts, begin, left, skip = [], 0, length_bytes, offset_bytes
        for place, length in self._ranges:
            if skip < begin + length and left > 0:
                at = skip - begin
                part = self._carrier.read_at(place + at, min(left, length - at))
                parts.append(part)
                left, skip = left - len(part), skip + len(part)
                if skip < begin + length:
                    break
            begin += length
        return b"".join(parts)


class _Repeated:
    """One byte for ever."""

    def __init__(self, byte: bytes) -> None:
        self._byte = byte

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        del offset_bytes
        return self._byte * length_bytes
