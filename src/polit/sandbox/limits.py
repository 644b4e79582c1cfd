"""What a sandboxed process may use, by profile, and what one item may cost.

Imported by both sides of the border. All figures of a profile are enforced by the kernel,
those of an item by the coordinator (processor time, wall time) and by the decoder (pixels).
"""

from dataclasses import dataclass
from enum import StrEnum

MIB = 1 << 20

MAX_PIXELS = 200_000_000
"""A picture of more pixels is refused from its header (SECURITY.md, bad input)."""

MAX_SIDE_PX = 65_535
"""The longest side that is decoded: the limit that JPEG itself has."""

MAX_NEEDED_BYTES = 8 << 30
"""The most memory a decoder may ask for; more is a broken protocol."""


class Profile(StrEnum):
    """Which lockdown a child gets."""

    DECODER = "decoder"
    WALKER_IMAGE = "walker_image"
    WALKER_FOLDER = "walker_folder"


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """What the kernel lets a child use.

    Args:
        memory_bytes: Address space beyond what the warmed zygote maps.
        open_files: The number of descriptors, as ``RLIMIT_NOFILE`` counts.
        threads: Whether it may start threads of its own.
        opens_folder: Whether it may open for reading beneath the folder it was given.
    """

    memory_bytes: int
    open_files: int
    threads: bool
    opens_folder: bool


# 25 MP of progressive JPEG at 4:4:4 hold 150 MB of coefficients and 75 MB of pixels; a PNG of
# that size with transparency 100 MB and its copy. A walker holds the names of one folder
# (TSK loads a folder whole, at most 1 KB an entry, up to 10^6 entries), its caches, and the
# address space, not the memory, that glibc reserves for each thread.
PROFILE_LIMITS: dict[Profile, ProcessLimits] = {
    Profile.DECODER: ProcessLimits(
        memory_bytes=272 * MIB, open_files=16, threads=False, opens_folder=False
    ),
    Profile.WALKER_IMAGE: ProcessLimits(
        memory_bytes=4096 * MIB, open_files=4096, threads=True, opens_folder=False
    ),
    Profile.WALKER_FOLDER: ProcessLimits(
        memory_bytes=4096 * MIB, open_files=256, threads=True, opens_folder=True
    ),
}


@dataclass(frozen=True, slots=True)
class ItemLimits:
    """What decoding one item may cost.

    Args:
        base_s: Processor seconds that every item has.
        per_mib_s: Processor seconds more for each MiB of the item.
        wall_factor: How many times the processor limit may pass by the clock: many, because
            a machine under load must not fail an item.
    """

    base_s: float = 20.0
    per_mib_s: float = 2.0
    wall_factor: float = 15.0

    def cpu_s(self, size_bytes: int) -> float:
        """Return the processor seconds that an item of this size may take."""
        return self.base_s + self.per_mib_s * size_bytes / MIB

    def wall_s(self, size_bytes: int) -> float:
        """Return the seconds by the clock that an item of this size may take."""
        return self.wall_factor * self.cpu_s(size_bytes)
