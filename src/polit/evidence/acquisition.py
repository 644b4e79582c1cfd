"""What a container states of its own making, and the source that carries it.

Stated values are claims of the file: digests to verify against, read errors met while
imaging, and free text that nothing depends on.
"""

from dataclasses import dataclass, field
from typing import Protocol

from polit.evidence.source import ByteSource


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest that the container states for its decoded bytes.

    Args:
        algorithm: ``md5``, ``sha1`` or ``sha256``.
        value_hex: Lower-case hex.
        place: The section that states it, such as ``hash`` or ``digest``.
    """

    algorithm: str
    value_hex: str
    place: str


@dataclass(frozen=True, slots=True)
class SectorRange:
    """Sectors that could not be read when the device was imaged.

    Args:
        first_sector: Counted from 0.
        sectors: How many, at least 1.
    """

    first_sector: int
    sectors: int


@dataclass(frozen=True, slots=True)
class AcquisitionFacts:
    """What is stated about the imaging.

    Args:
        sector_size_bytes: The unit of ``acquisition_errors``; 512 where nothing is stated.
        acquisition_errors: Sectors the imaging tool could not read, in stored order; the
            image holds filler there, and no checksum can tell.
        untrusted_texts: ``(key, text)`` pairs in stored order, without repeats: keys such as
            ``case_number``, ``examiner``, ``acquired_at``; unknown ones keep their stored
            key.
    """

    sector_size_bytes: int = 512
    acquisition_errors: tuple[SectorRange, ...] = ()
    untrusted_texts: tuple[tuple[str, str], ...] = field(default=())


class ContainerSource(ByteSource, Protocol):
    """The bytes of a device out of its container. Not safe for threads."""

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return the digests that the container states, in stored order, without repeats."""

    def acquisition(self) -> AcquisitionFacts:
        """Return what the container states about its making."""

    def close(self) -> None:
        """Stop what runs beside; the descriptors stay open. Calling it twice is harmless."""
