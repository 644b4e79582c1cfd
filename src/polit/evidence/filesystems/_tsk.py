"""What all drivers over the Sleuth Kit share: addresses, native records, contents, errors.

The drivers read folders themselves, out of the folder's content as the Sleuth Kit gives it,
and ask it for one record at a time. Its own folder listing is not used, for four reasons: it
loads a folder whole and compares every name with every other (24 s for 100,000 names), it
drops the whole folder at one damaged block, it cannot go on after a record that crashed it,
and it replaces the bytes of names that it cannot print.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple, Self

import pytsk3

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, Journal
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._listing import ListedFileSystem, Slot
from polit.model.evidence import Address, FoundEntry

NATIVE_ERRORS = (OSError, RuntimeError, SystemError, MemoryError, ValueError)
"""What the library raises for damaged input; anything else is a bug of ours."""

META_ALLOCATED = 1
TYPE_FILE, TYPE_FOLDER, TYPE_LINK = 1, 2, 6
TYPES_SPECIAL = frozenset((3, 4, 5, 7, 8, 9))
RUN_WITHOUT_BLOCKS = 3
"""Flags of a run that names no block of the volume: filler or sparse."""

_REFERENCE = struct.Struct("<QIIHB")
_READ_AT_MOST = 1 << 24
_RUNS_LOOKED_AT = 100_000
_PLACE_IN_LIBRARY = re.compile(r"^\w+: \(tsk3\.cpp:\d+\) ")


class Reference(NamedTuple):
    """An address of these drivers, unpacked.

    Args:
        inode: The record's number as the Sleuth Kit counts it.
        sequence: NTFS: the sequence number by which the name calls its record; else 0.
        attribute_type: Which attribute holds the content; 0 for the default one.
        attribute_id: The attribute's number within its record.
        deleted: The name was deleted: what it leads to is deleted too.
    """

    inode: int
    sequence: int = 0
    attribute_type: int = 0
    attribute_id: int = 0
    deleted: bool = False

    def pack(self) -> Address:
        """Return the address that ``unpack`` takes."""
        return Address(_REFERENCE.pack(*self))

    @classmethod
    def unpack(cls, address: Address) -> Self:
        """Return an address's parts.

        Raises:
            SourceUnreadable: It is no address of these drivers.
        """
        try:
            inode, sequence, kind, number, deleted = _REFERENCE.unpack(address)
        except struct.error as error:
            raise SourceUnreadable("the address is not of this file system") from error
        return cls(inode, sequence, kind, number, bool(deleted))


class Run(NamedTuple):
    """Consecutive blocks of a content, in the Sleuth Kit's units."""

    offset: int
    first_block: int
    length: int


class TskContent:
    """A content read through the Sleuth Kit."""

    def __init__(
        self,
        image: VolumeImage,
        native: pytsk3.File,
        *,
        block_bytes: int,
        size_bytes: int,
        attribute: tuple[int, int],
    ) -> None:
        """Take an opened record.

        Args:
            image: The volume it lies in.
            native: The record.
            block_bytes: The unit that the library counts its runs in.
            size_bytes: Its logical size.
            attribute: Type and number of the attribute; ``(0, 0)`` for the default one.
        """
        self._image, self._native = image, native
        self._size_bytes, self._block_bytes = size_bytes, block_bytes
        self._attribute = attribute

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        parts = []
        end = min(offset_bytes + length_bytes, self._size_bytes)
        while offset_bytes < end:
            part = self._read(offset_bytes, min(end - offset_bytes, _READ_AT_MOST))
            if not part:
                break
            parts.append(part)
            offset_bytes += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read(self, offset_bytes: int, length_bytes: int) -> bytes:
        kind, number = self._attribute
        try:
            if kind:
                data = self._native.read_random(offset_bytes, length_bytes, kind, number)
            else:
                data = self._native.read_random(offset_bytes, length_bytes)
        except NATIVE_ERRORS as error:
            self._image.raise_failure()
            raise SourceUnreadable(f"content at {offset_bytes}: {plain(error)}") from error
        self._image.raise_failure()
        return data

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in its source the content lies."""
        found = []
        for attribute in self._native:
            facts = attribute.info
            if self._attribute in ((0, 0), (int(facts.type), facts.id)):
                found += [
                    (
                        self._image.offset_bytes + run.first_block * self._block_bytes,
                        run.length * self._block_bytes,
                    )
                    for run in runs_of(attribute)
                ]
        return tuple(found)

    def close(self) -> None:
        """Do nothing: the library frees a record with its last reference."""


class TskFileSystem(ListedFileSystem):
    """A file system over the Sleuth Kit; the drivers add how names are stored."""

    def __init__(self, image: VolumeImage, native_type: int) -> None:
        """Open the file system at the beginning of a volume.

        Raises:
            SourceUnreadable: Its first structures are damaged.
        """
        super().__init__(image)
        try:
            self.native = pytsk3.FS_Info(image, 0, native_type)
        except NATIVE_ERRORS as error:
            image.raise_failure()
            raise SourceUnreadable(f"the file system cannot be opened: {plain(error)}") from error
        image.raise_failure()
        self.info = self.native.info

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return Reference(self.info.root_inum).pack()

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        reference = Reference.unpack(folder)
        yield from self.walk(self._slots(reference), start_index, journal)

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        return self._open(Reference.unpack(address))

    def record(self, inode: int) -> pytsk3.File:
        """Load one native record.

        Raises:
            SourceUnreadable: There is no such record, or it is damaged.
        """
        try:
            native = self.native.open_meta(inode)
        except NATIVE_ERRORS as error:
            self.image.raise_failure()
            raise SourceUnreadable(f"record {inode}: {plain(error)}") from error
        self.image.raise_failure()
        return native

    def content(self, reference: Reference, native: pytsk3.File, size_bytes: int) -> TskContent:
        """Return the content of a loaded record, of at most the volume's size."""
        self.check_size(size_bytes)
        attribute = (reference.attribute_type, reference.attribute_id)
        return TskContent(
            self.image,
            native,
            block_bytes=self.info.block_size,
            size_bytes=size_bytes,
            attribute=attribute,
        )

    def _slots(self, folder: Reference) -> Iterator[Slot]:
        raise NotImplementedError

    def _open(self, reference: Reference) -> Content:
        raise NotImplementedError


def runs_of(attribute: pytsk3.Attribute) -> Iterator[Run]:
    """Yield the runs of an attribute that name blocks, at most 100,000."""
    for position, run in enumerate(attribute):
        if position >= _RUNS_LOOKED_AT:
            return
        if not int(run.flags) & RUN_WITHOUT_BLOCKS and run.len > 0:
            yield Run(run.offset, run.addr, run.len)


def overwritten(allocation: AllocationMap, runs: list[Run]) -> bool:
    """Tell whether a block of a deleted content is in use again."""
    return any(allocation.any_used(run.first_block, run.length) for run in runs)


def instant_ns(seconds: int, nanoseconds: int) -> int | None:
    """Return a time of the Sleuth Kit in nanoseconds; its zero means that none is kept."""
    return seconds * 1_000_000_000 + nanoseconds if seconds or nanoseconds else None


def plain(error: BaseException) -> str:
    """Return what the library says without the place in its own source."""
    said = " ".join(_PLACE_IN_LIBRARY.sub("", str(error)).split())
    return said or type(error).__name__
