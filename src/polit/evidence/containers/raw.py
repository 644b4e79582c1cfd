"""Raw images (dd), whole or split: the bytes of the segments, one after the other.

Takes whatever no other container claims. A sector that the medium under the image cannot read
becomes zeros and a bad range; everything around it is still read.
"""

import bisect
import errno
from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import Segment, read_segment
from polit.evidence.source import BadRange, SourceProblem

ORDER = 1000
NAME = "raw"

_RETRY_BYTES = 4096
"""Granularity in which a range is retried after EIO: one page, eight sectors of 512."""


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim everything: a raw image has no signature."""
    del untrusted_head, names, untrusted_tail
    return True


def open_source(segments: Sequence[Segment]) -> "RawSource":
    """Open a raw image; see ``ContainerPlugin.open_source``."""
    return RawSource(segments)


class RawSource:
    """The concatenation of raw segments."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = tuple(segments)
        self._starts: list[int] = []
        self._bad = BadRanges()
        self._size_bytes = 0
        for segment in self._segments:
            self._starts.append(self._size_bytes)
            self._size_bytes += segment.size_bytes

    @property
    def size_bytes(self) -> int:
        """The sum of the segments' sizes."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``.

        Raises:
            SourceUnreadable: The operating system refused the read, other than for a fault
                of the medium.
            EvidenceChanged: A segment is shorter than it was when it was opened.
        """
        end = min(offset_bytes + length_bytes, self._size_bytes)
        parts: list[bytes] = []
        index = max(bisect.bisect_right(self._starts, offset_bytes) - 1, 0)
        while offset_bytes < end:
            start, segment = self._starts[index], self._segments[index]
            take = min(end, start + segment.size_bytes) - offset_bytes
            if take > 0:
                parts.append(self._read_within(index, offset_bytes - start, take))
                offset_bytes += take
            index += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read_within(self, index: int, offset_bytes: int, length_bytes: int) -> bytes:
        try:
            return read_segment(self._segments[index], offset_bytes, length_bytes)
        except SourceUnreadable as error:
            if error.errno != errno.EIO:
                raise
        return self._read_in_steps(index, offset_bytes, length_bytes)

    def _read_in_steps(self, index: int, offset_bytes: int, length_bytes: int) -> bytes:
        end = offset_bytes + length_bytes
        parts = []
        while offset_bytes < end:
            step = min(end, (offset_bytes // _RETRY_BYTES + 1) * _RETRY_BYTES) - offset_bytes
            parts.append(self._read_step(index, offset_bytes, step))
            offset_bytes += step
        return b"".join(parts)

    def _read_step(self, index: int, offset_bytes: int, length_bytes: int) -> bytes:
        try:
            return read_segment(self._segments[index], offset_bytes, length_bytes)
        except SourceUnreadable as error:
            if error.errno != errno.EIO:
                raise
        self._bad.add(self._starts[index] + offset_bytes, length_bytes, "read_error")
        return bytes(length_bytes)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far; see ``ByteSource.bad_ranges``."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return nothing: a raw image cannot tell what is wrong with it."""
        return ()

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return nothing: a raw image states no digest."""
        return ()

    def acquisition(self) -> AcquisitionFacts:
        """Return empty facts: a raw image states nothing."""
        return AcquisitionFacts()

    def close(self) -> None:
        """Do nothing; see ``ContainerSource.close``."""
