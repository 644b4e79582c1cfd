"""Memory files through which one content at a time passes from the walker to a decoder."""

import os

from polit.sandbox.client import read_only_copy


class Slots:
    """A fixed number of memory files; each holds one content, or nothing."""

    def __init__(self, count: int, size_bytes: int) -> None:
        """Make ``count`` sparse memory files of ``size_bytes`` each."""
        self.size_bytes = size_bytes
        self.descriptors = tuple(
            os.memfd_create(f"polit-slot-{number}", os.MFD_CLOEXEC) for number in range(count)
        )
        for descriptor in self.descriptors:
            os.ftruncate(descriptor, size_bytes)
        self._read_only = tuple(read_only_copy(descriptor) for descriptor in self.descriptors)
        self._held: set[int] = set()

    def hold(self, slot: int) -> bool:
        """Take a slot that the walker says it filled; False when that cannot be."""
        if not 0 <= slot < len(self.descriptors) or slot in self._held:
            return False
        self._held.add(slot)
        return True

    def reader(self, slot: int, size_bytes: int) -> int:
        """Return the descriptor for the decoder: read-only, and not a byte beyond the content.

        What an item before it left behind the content's end is cut off.
        """
        os.ftruncate(self.descriptors[slot], size_bytes)
        return self._read_only[slot]

    def release(self, slot: int) -> None:
        """Give a slot's memory back to the system."""
        os.ftruncate(self.descriptors[slot], 0)
        os.ftruncate(self.descriptors[slot], self.size_bytes)
        self._held.discard(slot)

    def free(self) -> list[int]:
        """Return the slots that nobody holds, for a walker that begins anew."""
        return [slot for slot in range(len(self.descriptors)) if slot not in self._held]

    def close(self) -> None:
        """Close every descriptor."""
        for descriptor in (*self.descriptors, *self._read_only):
            os.close(descriptor)
