"""The bytes of one content on their way to a decoder: in a slot, or in a memory of their own."""

import mmap
import os
from dataclasses import dataclass

from polit.sandbox.client import read_only_copy


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Bytes that a decoder can be handed.

    Args:
        slot: The slot that the walker filled, -1 for a memory of their own.
        descriptor: The memory file, readable and writable by this process.
        size_bytes: The size of the content.
        held_bytes: How much of it is there.
        tail_bytes: How much of that is its end.
    """

    slot: int
    descriptor: int
    size_bytes: int
    held_bytes: int
    tail_bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of the content is there."""
        return self.held_bytes == self.size_bytes


def hold_bytes(data: bytes) -> Held:
    """Put bytes into a memory file of their own; ``drop`` closes it."""
    descriptor = os.memfd_create("polit-member", os.MFD_CLOEXEC)
    if data:
        os.ftruncate(descriptor, len(data))
        with mmap.mmap(descriptor, len(data)) as room:
            room[:] = data
    return Held(-1, descriptor, len(data), len(data))


def reader_of(held: Held) -> int:
    """Open bytes of their own for reading alone; the caller closes the descriptor."""
    return read_only_copy(held.descriptor)
