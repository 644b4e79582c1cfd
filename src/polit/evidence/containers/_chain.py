"""What images of several files have in common: finding one's companions among the segments."""

import errno
from collections.abc import Sequence

from polit.base.errors import SourceMissing, SourceUnreadable
from polit.base.text import name_text
from polit.evidence.companions import Companion, match_name
from polit.evidence.ranges import BadRanges, bad_within
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import ByteSource

MAXIMUM_DISK_BYTES = 1 << 46
"""64 TiB: what VHDX and VMDK allow at most; beyond, reading the zeros alone takes days."""
_STEP_BYTES = 4096


def segment_of(segments: Sequence[Segment], wanted: Companion) -> Segment:
    """Return the segment that is a wanted companion.

    Raises:
        SourceMissing: None of them is.
    """
    # The coordinator hands over names that can be told: see ``examine.source``.
    safe = tuple(name_text(name.encode(errors="surrogateescape")) for name in wanted.names)
    named = {segment.name: segment for segment in reversed(segments)}
    name = match_name(named, Companion(safe, wanted.why, wanted.is_parent))
    if name is None:
        raise SourceMissing(
            f"{safe[0]} is missing: {segments[0].name} needs it as {wanted.why}; bring it into "
            "the same folder"
        )
    return named[name]


def check_all_used(segments: Sequence[Segment], used: Sequence[str]) -> None:
    """Check that no file was handed over that the image does not ask for.

    Raises:
        SourceUnreadable: One was, such as the second part of an image that was cut in pieces.
    """
    strange = [segment.name for segment in segments if segment.name not in used]
    if strange:
        raise SourceUnreadable(
            f"{strange[0]} is no part of {segments[0].name}: where an image was cut in pieces, "
            "join them again in order, and verify the digest"
        )


def check_size(name: str, size_bytes: int) -> None:
    """Check that a virtual disk has a size that one can have.

    Raises:
        SourceUnreadable: It is negative or beyond 64 TiB.
    """
    if not 0 <= size_bytes <= MAXIMUM_DISK_BYTES:
        raise SourceUnreadable(
            f"{name} states a disk of {size_bytes} bytes, more than any has: its header is "
            "damaged or a lie"
        )


def read_whole(
    segment: Segment, offset_bytes: int, length_bytes: int, *, bad: BadRanges, at: int
) -> bytes:
    """Read a range of a file; what its medium cannot give is zeros and a bad range.

    Args:
        segment: The file.
        offset_bytes: Where in it.
        length_bytes: How much, at least 1.
        bad: Where to note what is bad.
        at: Where the range stands on the disk.

    Raises:
        SourceUnreadable: The operating system refused it, other than for a fault of the medium.
        EvidenceChanged: The file is shorter than it was when it was opened.
    """
    try:
        data = read_segment(segment, offset_bytes, length_bytes)
    except SourceUnreadable as error:
        if error.errno != errno.EIO:
            raise
    else:
        if len(data) < length_bytes:
            bad.add(at + len(data), length_bytes - len(data), "chunk_missing")
        return data.ljust(length_bytes, b"\0")
    if length_bytes <= _STEP_BYTES:
        bad.add(at, length_bytes, "read_error")
        return bytes(length_bytes)
    half = max(length_bytes // 2 // _STEP_BYTES, 1) * _STEP_BYTES
    return read_whole(segment, offset_bytes, half, bad=bad, at=at) + read_whole(
        segment, offset_bytes + half, length_bytes - half, bad=bad, at=at + half
    )


def from_parent(
    parent: ByteSource, offset_bytes: int, length_bytes: int, *, bad: BadRanges
) -> bytes:
    """Read a range of the parent, zeros behind its end; what is bad there is bad here."""
    data = parent.read_at(offset_bytes, length_bytes)
    for one in bad_within(parent.bad_ranges(), offset_bytes, length_bytes, at=offset_bytes):
        bad.add(one.offset_bytes, one.length_bytes, one.code)
    return data.ljust(length_bytes, b"\0")
