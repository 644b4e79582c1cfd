"""One volume of an APFS container as a file system, read by libfsapfs. Walker only.

An address is an entry's own number: libfsapfs finds an entry by it without a walk. Deleted
files are not listed: the volume's trees are written anew with each change.
"""

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, Journal
from polit.evidence.layers._window import NATIVE_ERRORS, NativeFile, native_trouble
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryTimes,
    EntryType,
    FileSystemFacts,
    FoundEntry,
    TimeBasis,
    TimeFacts,
)

if TYPE_CHECKING:
    import pyfsapfs

_ADDRESS = struct.Struct("<2sQH")
_MARK = b"af"
_ENTRY = 0xFFFF
"""In place of an attribute's number: the entry itself."""
_ROOT = 2
_ATTRIBUTES_AT_MOST = 1000
_EXTENTS_AT_MOST = 100_000
_READ_BYTES = 1 << 20
_SPARSE = 0x1
_BLOCK_BYTES = 4096
_LEFT_OUT = frozenset(("com.apple.decmpfs", "com.apple.fs.symlink"))
"""They are how a content or a link is kept, and are given as such."""
_TYPES = {0x4: EntryType.FOLDER, 0x8: EntryType.FILE, 0xA: EntryType.LINK}
_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}
_STEPS = tuple((name, 1) for name in ("accessed", "changed", "created", "modified"))


class _Reference(NamedTuple):
    identifier: int
    attribute: int = _ENTRY

    def pack(self) -> Address:
        return Address(_ADDRESS.pack(_MARK, *self))

    @classmethod
    def unpack(cls, address: Address) -> "_Reference":
        if len(address) != _ADDRESS.size or not address.startswith(_MARK):
            raise SourceUnreadable("the address is not of this file system")
        return cls(*_ADDRESS.unpack(address)[1:])


class ApfsFileSystem:
    """See ``FileSystem``."""

    def __init__(self, native: "pyfsapfs.volume", file: NativeFile, *, size_bytes: int) -> None:
        """Take an unlocked volume.

        Args:
            native: The volume.
            file: What the library reads from.
            size_bytes: Of the container: no content is larger.
        """
        self._native, self._file, self._size_bytes = native, file, size_bytes

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of it; libfsapfs does not tell how much is free."""
        times = TimeFacts(TimeBasis.UTC, _STEPS, "inode")
        return FileSystemFacts("apfs", _BLOCK_BYTES, times, None)

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _Reference(_ROOT).pack()

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        reference = _Reference.unpack(folder)
        native = self._entry(reference.identifier)
        try:
            count = int(native.get_number_of_sub_file_entries())
        except NATIVE_ERRORS as error:
            raise self._trouble(f"folder {reference.identifier}", error) from error
        for index in range(start_index, count):
            journal(index)
            try:
                found = list(self._found(native.get_sub_file_entry(index)))
            except NATIVE_ERRORS as error:
                raise self._trouble(f"name {index} of the folder", error) from error
            self._file.raise_failure()
            for entry in found:
                yield index, entry

    def list_orphans(
        self, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield nothing: deleted records are not looked for."""
        del start_index, journal
        return iter(())

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        reference = _Reference.unpack(address)
        native = self._entry(reference.identifier)
        try:
            if reference.attribute != _ENTRY:
                return self._content(native.get_extended_attribute(reference.attribute))
            if _type_of(native) is not EntryType.FILE:
                raise SourceUnreadable(f"record {reference.identifier} is no file")
            return self._content(native)
        except NATIVE_ERRORS as error:
            raise self._trouble(f"record {reference.identifier}", error) from error

    def _content(self, native: "pyfsapfs.file_entry | pyfsapfs.extended_attribute") -> Content:
        size = int(native.get_size())
        if size > self._size_bytes:
            raise SourceUnreadable(f"the content states {size} bytes, more than its container has")
        return _NativeContent(native, self._file, size)

    def _entry(self, identifier: int) -> "pyfsapfs.file_entry":
        try:
            if identifier == _ROOT:
                native = self._native.get_root_directory()
            else:
                native = self._native.get_file_entry_by_identifier(identifier)
        except NATIVE_ERRORS as error:
            raise self._trouble(f"record {identifier}", error) from error
        self._file.raise_failure()
        return native

    def _trouble(self, what: str, error: BaseException) -> SourceUnreadable:
        self._file.raise_failure()
        return native_trouble(what, error)

    # Entries

    def _found(self, native: "pyfsapfs.file_entry") -> Iterator[FoundEntry]:
        identifier = int(native.get_identifier())
        try:
            name = (native.get_name() or "").encode()
        except NATIVE_ERRORS:
            name = b"name unreadable, record %d" % identifier
        kind = _type_of(native)
        link = native.get_symbolic_link_target() if kind is EntryType.LINK else None
        times = EntryTimes(
            created_ns=native.get_creation_time_as_integer(),
            modified_ns=native.get_modification_time_as_integer(),
            accessed_ns=native.get_access_time_as_integer(),
            changed_ns=native.get_inode_change_time_as_integer(),
        )
        yield FoundEntry(
            raw_name=name,
            entry_type=kind,
            state=EntryState.LIVE,
            content=_CONTENT[kind],
            address=_Reference(identifier).pack(),
            record=str(identifier),
            size_bytes=int(native.get_size()) if kind is EntryType.FILE else 0,
            link_target=(link or "").encode(),
            times=times,
        )
        for number in range(min(native.get_number_of_extended_attributes(), _ATTRIBUTES_AT_MOST)):
            attribute = native.get_extended_attribute(number)
            stream = attribute.get_name()
            if stream and stream not in _LEFT_OUT:
                yield FoundEntry(
                    raw_name=stream.encode(),
                    owner_name=name,
                    entry_type=EntryType.STREAM,
                    state=EntryState.LIVE,
                    content=ContentState.READABLE,
                    address=_Reference(identifier, number).pack(),
                    record=str(identifier),
                    size_bytes=int(attribute.get_size()),
                    times=times,
                )


class _NativeContent:
    """A content read through libfsapfs."""

    def __init__(
        self,
        native: "pyfsapfs.file_entry | pyfsapfs.extended_attribute",
        file: NativeFile,
        size_bytes: int,
    ) -> None:
        self._native, self._file, self._size_bytes = native, file, size_bytes

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        parts = []
        end = min(offset_bytes + length_bytes, self._size_bytes)
        while offset_bytes < end:
            wanted = min(end - offset_bytes, _READ_BYTES)
            try:
                part = self._native.read_buffer_at_offset(wanted, offset_bytes)
            except NATIVE_ERRORS as error:
                self._file.raise_failure()
                raise native_trouble(f"content at {offset_bytes}", error) from error
            self._file.raise_failure()
            if not part:
                break
            parts.append(part)
            offset_bytes += len(part)
        return b"".join(parts)

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in its container the content lies."""
        try:
            count = min(int(self._native.get_number_of_extents()), _EXTENTS_AT_MOST)
            extents = [self._native.get_extent(number) for number in range(count)]
        except NATIVE_ERRORS:
            return ()
        return tuple((offset, length) for offset, length, flags in extents if not flags & _SPARSE)

    def close(self) -> None:
        """Do nothing: the library frees an entry with its last reference."""


def _type_of(native: "pyfsapfs.file_entry") -> EntryType:
    mode = native.get_file_mode() or 0
    return _TYPES.get(mode >> 12, EntryType.SPECIAL)
