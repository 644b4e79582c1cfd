"""Images that hold files instead of a disk: what their containers give in place of volumes.

A logical image has no partitions, no file system and no unallocated space: an examiner chose
files, and the image holds them. Its container opens as a ``LogicalSource``, whose ``filesystem``
stands where a disk's volumes would. The bytes of the source are those that carry the files.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from polit.base.digests import Digests
from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, ContainerSource, StoredDigest
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.source import BadRange, SourceProblem
from polit.evidence.source_digests import differing
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryTimes,
    EntryType,
    FileSystemFacts,
    FoundEntry,
    VolumeFacts,
)

DESCRIPTION = "logical image"
"""How its one volume is described; what is not examined goes by it."""
MAXIMUM_ENTRIES = 2_000_000
"""Of a tree that is kept in memory, at about half a kilobyte each."""

_REACH = 1_032
_LEAST_REACH_BYTES = 64 << 30
_REFERENCE = struct.Struct("<4sI")
_MARK = b"file"
_ROOT = 0


class RangeReader(Protocol):
    """Bytes that can be read by range."""

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end."""


class LogicalSource:
    """The bytes that carry a logical image, and the files in them."""

    def __init__(
        self,
        carrier: ContainerSource,
        filesystem: FileSystem,
        *,
        problems: Sequence[SourceProblem] = (),
        facts: AcquisitionFacts | None = None,
    ) -> None:
        """Put files and their carrier together.

        Args:
            carrier: What is measured: the container's own bytes, or its decoded data.
            filesystem: The files.
            problems: What is wrong beyond what the carrier tells.
            facts: What the image states of its making, where the carrier does not tell it.
        """
        self._carrier, self.filesystem = carrier, filesystem
        self._problems, self._facts = tuple(problems), facts

    @property
    def size_bytes(self) -> int:
        """The size of the carrier."""
        return self._carrier.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return bytes of the carrier; see ``ByteSource.read_at``."""
        return self._carrier.read_at(offset_bytes, length_bytes)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the carrier's bad ranges."""
        return self._carrier.bad_ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return the carrier's problems, then the image's."""
        return (*self._carrier.problems(), *self._problems)

    def stored_digests(self) -> tuple[StoredDigest, ...]:
        """Return the digests that are stated of the carrier; those of files stand with them."""
        return self._carrier.stored_digests()

    def acquisition(self) -> AcquisitionFacts:
        """Return what the image states of its making."""
        return self._facts or self._carrier.acquisition()

    def close(self) -> None:
        """Stop what runs beside; see ``ContainerSource.close``."""
        self._carrier.close()


class LogicalContent:
    """The bytes of one file of a logical image, and the digests that the image states for it."""

    def __init__(
        self,
        reader: RangeReader,
        *,
        size_bytes: int,
        places: tuple[tuple[int, int], ...] = (),
        digests: tuple[StoredDigest, ...] = (),
    ) -> None:
        """Take a reader of the file's bytes.

        Args:
            reader: Gives the bytes.
            size_bytes: The logical size.
            places: Where in the carrier they lie, as in ``Content.places``.
            digests: What the image states, to be compared with what is read.
        """
        self._reader, self._size_bytes = reader, size_bytes
        self._places, self.digests = places, digests

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        wanted = min(length_bytes, self._size_bytes - offset_bytes)
        if offset_bytes < 0 or wanted <= 0:
            return b""
        return self._reader.read_at(offset_bytes, wanted)

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in the carrier the content lies."""
        return self._places

    def mismatch(self, found: Digests) -> str:
        """Name what the image states of the file and does not hold, empty where all holds."""
        wrong = differing(found, self.digests)
        return "; ".join(f"the image states {one.algorithm} {one.value_hex}" for one in wrong)

    def close(self) -> None:
        """Do nothing: the carrier belongs to who opened it."""


@dataclass(frozen=True, slots=True)
class LogicalFile:
    """One file or folder of a tree.

    Args:
        parent: The number of its folder in the tree, 0 for the root.
        raw_name: Its name.
        entry_type: What it is.
        state: Live, or deleted where the image says so.
        content: Whether it can be read.
        size_bytes: The logical size.
        times: What the image states.
        record: The image's own number for it.
    """

    parent: int
    raw_name: bytes
    entry_type: EntryType
    state: EntryState = EntryState.LIVE
    content: ContentState = ContentState.READABLE
    size_bytes: int = 0
    times: EntryTimes = field(default_factory=EntryTimes)
    record: str = ""


class LogicalTree:
    """Files whose names are all known when the image is opened; numbers are addresses."""

    def __init__(
        self,
        facts: FileSystemFacts,
        files: Sequence[LogicalFile],
        open_file: Callable[[int], Content],
    ) -> None:
        """Sort the files into their folders.

        Args:
            facts: What is known of the tree.
            files: File n is number n + 1; a parent comes before what lies in it.
            open_file: Opens the content of a file by its number.
        """
        self._facts, self._files, self._open_file = facts, files, open_file
        self._children: dict[int, list[int]] = {_ROOT: []}
        for number, file in enumerate(files, 1):
            self._children.setdefault(file.parent, []).append(number)

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of it."""
        return self._facts

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _pack(_ROOT)

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        number = self._number(folder)
        if number != _ROOT and self._files[number - 1].entry_type is not EntryType.FOLDER:
            raise SourceUnreadable("the address is not of a folder")
        children = self._children.get(number, [])
        for index in range(start_index, len(children)):
            journal(index)
            yield index, self._entry(children[index])

    def list_orphans(
        self, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield nothing: a logical image has no records besides its files."""
        del start_index, journal
        return iter(())

    def open_content(self, address: Address) -> Content:
        """Open a file's content; see ``FileSystem.open_content``."""
        number = self._number(address)
        if number == _ROOT or self._files[number - 1].content is not ContentState.READABLE:
            raise SourceUnreadable("the entry has no content")
        return self._open_file(number)

    def _entry(self, number: int) -> FoundEntry:
        file = self._files[number - 1]
        return FoundEntry(
            raw_name=file.raw_name,
            entry_type=file.entry_type,
            state=file.state,
            content=file.content,
            address=_pack(number),
            record=file.record,
            size_bytes=file.size_bytes,
            times=file.times,
        )

    def _number(self, address: Address) -> int:
        try:
            mark, number = _REFERENCE.unpack(address)
        except struct.error as error:
            raise SourceUnreadable("the address is not of this image") from error
        if mark != _MARK or not 0 <= number <= len(self._files):
            raise SourceUnreadable("the address is not of this image")
        return int(number)


def _pack(number: int) -> Address:
    return Address(_REFERENCE.pack(_MARK, number))


def check_reach(size_bytes: int, held_bytes: int) -> None:
    """Refuse a file that states more than its image can hold.

    Deflate reaches 1,032:1, and a sparse file may be larger: 64 GiB are let pass in any case.

    Raises:
        SourceUnreadable: It does.
    """
    if size_bytes > max(held_bytes * _REACH, _LEAST_REACH_BYTES):
        raise SourceUnreadable(
            f"the file states {size_bytes} bytes, more than an image of {held_bytes} can hold"
        )


def logical_volumes(container: str, source: ContainerSource) -> tuple[VolumeFacts, ...]:
    """Return the one volume that a logical image is told as, nothing for a disk.

    Its size is 0, as a host folder's: packed files may be larger than what carries them.
    """
    if not isinstance(source, LogicalSource):
        return ()
    return (VolumeFacts(0, container, DESCRIPTION, 0, 0, allocated=True),)


def fitting_name(untrusted_name: bytes) -> bytes:
    """Return a name that is not empty and no dot: an image may state what no file system holds."""
    if untrusted_name in {b"", b".", b".."}:
        return {b"": b"(no name)", b".": b"%2E", b"..": b"%2E%2E"}[untrusted_name]
    return untrusted_name
