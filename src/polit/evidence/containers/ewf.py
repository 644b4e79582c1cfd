"""EWF images (E01 of EnCase 1 to 7, FTK Imager, linen, libewf; S01 of SMART), read fast.

Opening reads every section and both copies of every table and compares all their checksums;
each chunk's checksum is compared when it is decoded. Damage costs the chunks that it touches:
they read as zeros and are bad ranges, and everything else is still read. All of the file is
hostile: sizes are bounded, loops end, nothing is believed that a checksum does not carry.
"""

import os
from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, StoredDigest
from polit.evidence.containers._ewf_chunks import ChunkReader, Run
from polit.evidence.containers._ewf_image import EwfImage, read_image
from polit.evidence.containers._ewf_sections import SIGNATURE
from polit.evidence.containers._ewf_tables import LOST, BlockReader
from polit.evidence.ranges import BadRanges
from polit.evidence.segments import Segment, ewf_number
from polit.evidence.source import BadRange, SourceProblem

ORDER = 300
NAME = "ewf"

_MAXIMUM_THREADS = 4


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature, and what has the name: its signature may be damaged."""
    del untrusted_tail
    if untrusted_head.startswith(SIGNATURE):
        return True
    return any(1 <= (ewf_number(names[0], series) or 0) <= 99 for series in "ES")


def open_source(segments: Sequence[Segment]) -> "EwfSource":
    """Open an EWF image; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: No segment says what shape the image has.
    """
    return EwfSource(read_image(segments), decoding_threads())


def decoding_threads() -> int:
    """Return how many threads may decode ahead: none on a single core."""
    try:
        cores = len(os.sched_getaffinity(0))
    except OSError:
        cores = 1
    return min(cores, _MAXIMUM_THREADS) if cores > 1 else 0


class EwfSource:
    """The decoded bytes of an EWF image. Not safe for threads."""

    def __init__(self, image: EwfImage, threads: int) -> None:
        self._image = image
        self._bad = BadRanges()
        self._blocks = BlockReader()
        self._chunk_bytes = image.chunk_size_bytes
        self._chunks = -(-image.size_bytes // self._chunk_bytes)
        for first, count in image.line.lost(self._chunks):
            self._add_bad(first, count, "chunk_missing")
        self._reader = ChunkReader(
            self._plan,
            chunks=self._chunks,
            chunk_size_bytes=self._chunk_bytes,
            on_bad=lambda chunk, code: self._add_bad(chunk, 1, code),
            threads=threads,
        )

    @property
    def size_bytes(self) -> int:
        """The size of the imaged device, or of as much of it as the image can hold."""
        return self._image.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``ByteSource.read_at``.

        Raises:
            SourceUnreadable: The operating system refused a read, other than for a fault of
                the medium.
            EvidenceChanged: A segment is shorter than it was when it was opened.
        """
        end = min(offset_bytes + length_bytes, self._image.size_bytes)
        if offset_bytes < 0:
            raise SourceUnreadable(f"an image has no byte {offset_bytes}")
        if offset_bytes >= end:
            return b""
        first, begin = divmod(offset_bytes, self._chunk_bytes)
        last = (end - 1) // self._chunk_bytes
        chunks = self._reader.chunks(first, last)
        if first == last:
            return bytes(memoryview(chunks[0])[begin : begin + end - offset_bytes])
        pieces: list[bytes | bytearray | memoryview] = [*chunks]
        pieces[0] = memoryview(chunks[0])[begin:]
        pieces[-1] = memoryview(chunks[-1])[: end - last * self._chunk_bytes]
        return b"".join(pieces)

    def _plan(self, first: int, count: int) -> Run:
        """Say where the chunks from ``first`` on are stored, up to the end of their table."""
        count = min(count, self._chunks - first)
        span = self._image.line.span_of(first)
        if span is None:
            places = [LOST]
            segment = self._image.segments[0]
        else:
            segment = span.segment
            places = self._blocks.places(segment, span.group, first - span.first_chunk, count)
        end = (first + len(places)) * self._chunk_bytes
        last_size = self._chunk_bytes - max(end - self._image.size_bytes, 0)
        return Run(first, segment, places, self._chunk_bytes, last_size)

    def _add_bad(self, first: int, count: int, code: str) -> None:
        start = first * self._chunk_bytes
        end = min(start + count * self._chunk_bytes, self._image.size_bytes)
        self._bad.add(start, end - start, code)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return what is lost, and the chunks found bad so far; in order, no overlap."""
        return self._bad.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what opening found wrong, in segment order."""
        return self._image.problems

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return the digests of hash, digest and xhash sections whose checksums hold."""
        return self._image.digests

    def acquisition(self) -> AcquisitionFacts:
        """Return the header's texts and the sectors that imaging could not read."""
        return self._image.facts

    def close(self) -> None:
        """Stop the threads; see ``ContainerSource.close``."""
        self._reader.close()
