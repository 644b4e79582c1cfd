"""The two nouns that everything in ``evidence/`` stands on: bytes of a source, and segments.

A *byte source* is a device as a row of bytes: a raw image, a split one, the decoded inside of
an E01. Containers make them; volumes and file systems read them. Nothing here can write.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BadRange:
    """Bytes of a source that could not be read as they were acquired.

    Args:
        offset_bytes: Where the range begins in the decoded source.
        length_bytes: How long it is, at least 1.
        code: ``chunk_checksum``, ``chunk_inflate``, ``chunk_missing``, ``table_checksum``,
            ``read_error``.
    """

    offset_bytes: int
    length_bytes: int
    code: str


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """Something wrong with a source as a whole: ``code`` is stable, ``detail`` is for people."""

    code: str
    detail: str


class ByteSource(Protocol):
    """A device as a row of bytes, read-only."""

    @property
    def size_bytes(self) -> int:
        """How many bytes the source has, 0 or more."""

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range.

        Shorter than asked only at the end of the source. Bytes of a bad range are given as
        zeros and the range is added to ``bad_ranges``.

        Raises:
            SourceUnreadable: The operating system refused the read.
        """

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far, in order, without overlap."""

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with the source as a whole, as known so far."""
