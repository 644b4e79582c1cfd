"""What every driver over a volume shares: facts counted once, slots journalled and resumed."""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Journal
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._image import VolumeImage
from polit.model.evidence import FileSystemFacts, FoundEntry


class Slot(Protocol):
    """One stored slot of a folder, as its driver reads it."""


class ListedFileSystem:
    """Turns the slots that a driver reads into entries."""

    def __init__(self, image: VolumeImage) -> None:
        """Stand on a volume."""
        self.image = image
        self._known_facts: FileSystemFacts | None = None
        self.dropped: Counter[str] = Counter()

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of the file system; counted at the first call."""
        if self._known_facts is None:
            self._known_facts = self._find_facts()
        return self._known_facts

    def list_orphans(
        self, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield deleted records that no name leads to; see ``FileSystem.list_orphans``."""
        yield from self.walk(self._orphans(), start_index, journal)

    def walk(
        self, slots: Iterator[Slot], start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the entries of slots; each is journalled before its record is loaded."""
        self.dropped.clear()
        for index, slot in enumerate(slots):
            if index < start_index:
                continue
            journal(index)
            for entry in self._entries(slot):
                yield index, entry

    def check_size(self, size_bytes: int) -> None:
        """Refuse a content larger than its volume: sparse, compressed or a lie.

        Raises:
            SourceUnreadable: It is.
        """
        if size_bytes > self.image.size_bytes:
            raise SourceUnreadable(
                f"the content states {size_bytes} bytes, more than its volume holds "
                f"({self.image.size_bytes}): it is sparse, compressed or damaged"
            )

    def free_ranges(
        self, allocation: AllocationMap, *, first_bytes: int, block_bytes: int
    ) -> Iterator[tuple[int, int]]:
        """Yield what a map calls free, and what lies behind its last block, in the source.

        Args:
            allocation: Which blocks are in use.
            first_bytes: Where the map's first block begins in the volume.
            block_bytes: The size of a block.
        """
        base, size = self.image.offset_bytes, self.image.size_bytes
        for first, count in allocation.free_runs():
            start = first_bytes + first * block_bytes
            length = min(count * block_bytes, size - start)
            if length > 0:
                yield base + start, length
        end = first_bytes + allocation.block_count * block_bytes
        if end < size:
            yield base + end, size - end

    def _orphans(self) -> Iterator[Slot]:
        raise NotImplementedError

    def _entries(self, slot: Slot) -> Iterator[FoundEntry]:
        raise NotImplementedError

    def _find_facts(self) -> FileSystemFacts:
        raise NotImplementedError
