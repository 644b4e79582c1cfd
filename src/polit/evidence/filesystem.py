"""What every file-system driver offers: facts, listings by name, content by address.

One module per format lives in ``evidence/filesystems/``; each has ``detect`` and ``open`` and
is reached through the registry of its folder.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from polit.model.evidence import Address, FileSystemFacts, FoundEntry

Journal = Callable[[int], None]
"""Called with the index of the entry *before* the native call that loads it."""


class Content(Protocol):
    """The bytes of one entry."""

    @property
    def size_bytes(self) -> int:
        """The logical size."""

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end of what can be read.

        Raises:
            SourceUnreadable: The bytes cannot be read; the message says why.
            EvidenceChanged: A host file is not what it was when it was listed.
        """

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in its source the content lies: offset and length in bytes each.

        Empty where it lies within a record (a resident or inline content) or in a host file.
        Native code keeps a cache and reads more than it is asked for: what a content stands
        on is told by this, and not by which reads reached the source.
        """

    def close(self) -> None:
        """Release what the content holds open; calling it twice is harmless."""


class FileSystem(Protocol):
    """An opened file system. Not safe for threads."""

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of it."""

    @property
    def root(self) -> Address:
        """The address of the root folder."""

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield ``(index, entry)`` for the names in a folder, in stored order.

        ``.`` and ``..`` and the driver's virtual entries are left out. A file's streams
        follow it under the same index. The index counts stored slots, so that a walk that
        died at index i goes on with ``start_index = i + 1``.

        Raises:
            SourceUnreadable: The folder cannot be listed; names yielded before it stand.
        """

    def list_orphans(
        self, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield deleted records that no name leads to, as ``list_folder`` does."""

    def open_content(self, address: Address) -> Content:
        """Open an entry's content.

        Raises:
            SourceUnreadable: There is none, or it cannot be opened.
        """


@runtime_checkable
class TellsFreeSpace(Protocol):
    """What a file-system driver offers beside, where it knows which bytes nothing owns."""

    def unallocated(self) -> Iterator[tuple[int, int]]:
        """Yield ``(offset_bytes, length_bytes)`` in the source of bytes that no file owns.

        In order, without overlap: free blocks, blocks marked as bad, and what lies behind the
        last block of the file system to the end of its volume.

        Raises:
            SourceUnreadable: The allocation map cannot be read.
        """


@runtime_checkable
class CountsDropped(Protocol):
    """A driver that drops lost names which make no sense, and counts them."""

    dropped: Counter[str]
    """How many the last listing dropped, by code (``lost_name`` and others)."""


def dropped_by(system: FileSystem) -> dict[str, int]:
    """Return how many names the last listing of a driver dropped, by code."""
    return dict(system.dropped) if isinstance(system, CountsDropped) else {}
