"""Digest a whole source once, in order: the imaging pass, and what the container stated.

The digests are those of the decoded device as it can be read now: lost and damaged ranges
count as zeros and are named beside them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from polit.base.digests import DigestMeter, Digests
from polit.evidence.acquisition import StoredDigest
from polit.evidence.source import BadRange, ByteSource

PIECE_BYTES = 1 << 20
"""One read: large enough that calls cost nothing, small enough to stay in a core's cache."""


@dataclass(frozen=True, slots=True)
class SourceDigests:
    """The digests of a source and the ranges that were zeros in place of its bytes."""

    digests: Digests
    bad_ranges: tuple[BadRange, ...]


def digest_source(source: ByteSource, *, progress: Callable[[int], None]) -> SourceDigests:
    """Read a source from its first byte to its last.

    Args:
        source: What to read; every checksum it has is compared on the way.
        progress: Called after each piece with how many bytes were read so far.

    Returns:
        MD5, SHA-1 and SHA-256 of all bytes, and all bad ranges, in order, without overlap.

    Raises:
        SourceUnreadable: The operating system refused a read.
        EvidenceChanged: The evidence is not what it was when it was opened.
    """
    meter = DigestMeter()
    while meter.size_bytes < source.size_bytes:
        piece = source.read_at(meter.size_bytes, PIECE_BYTES)
        meter.update(piece)
        progress(meter.size_bytes)
    return SourceDigests(meter.digests(), source.bad_ranges())


def differing(digests: Digests, stored: tuple[StoredDigest, ...]) -> tuple[StoredDigest, ...]:
    """Return the stored digests that differ from the computed ones, in stored order."""
    computed = {
        "md5": digests.md5.hex(),
        "sha1": digests.sha1.hex(),
        "sha256": digests.sha256.hex(),
    }
    return tuple(one for one in stored if computed.get(one.algorithm) != one.value_hex)
