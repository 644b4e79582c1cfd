"""HFS+ and HFSX, read without native code. Runs in the walker only.

The Sleuth Kit replaces bytes of names, and libfshfs gives other letters for some and no name at
all where one is not well-formed; both load a folder whole. They are the tests' second tools.
Deleted files are not listed: the catalogue closes its gaps.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.filesystems import _hfs_compressed as compressed
from polit.evidence.filesystems import _hfs_layout as layout
from polit.evidence.filesystems import _hfs_records as records
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._hfs_records import Attribute, CatalogueRecord
from polit.evidence.filesystems._hfs_tree import TreeRecord
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._listing import ListedFileSystem
from polit.evidence.filesystems._mapped import HeldContent
from polit.evidence.source import ByteSource
from polit.model.evidence import (
    Address,
    ContentState,
    EntryState,
    EntryType,
    FileSystemFacts,
    FoundEntry,
    TimeBasis,
    TimeFacts,
    VolumeFacts,
)

ORDER = 55
NAME = "hfs+"

_ADDRESS = struct.Struct("<2sBIIH")
_MARK = b"hp"
_FOLDER, _DATA, _RESOURCE, _ATTRIBUTE = 0, 1, 2, 3
RESOURCE_FORK = b"com.apple.ResourceFork"
"""The name by which a Mac lets programs read a resource fork."""
_LINK_BYTES_AT_MOST = 1 << 16
_ATTRIBUTE_BYTES_AT_MOST = 1 << 20
_PAGE_BYTES = 4096
_BITS_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""HFS+ counts the bits of its map from the most significant one, ours from the least."""
_STEPS = tuple((name, 1_000_000_000) for name in ("accessed", "changed", "created", "modified"))
_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}


class _Reference(NamedTuple):
    """An address, unpacked: which content, of which CNID, described by which record."""

    role: int
    identifier: int
    node: int = 0
    position: int = 0

    def pack(self) -> Address:
        return Address(_ADDRESS.pack(_MARK, *self))

    @classmethod
    def unpack(cls, address: Address) -> "_Reference":
        if len(address) != _ADDRESS.size or not address.startswith(_MARK):
            raise SourceUnreadable("the address is not of this file system")
        return cls(*_ADDRESS.unpack(address)[1:])


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume has a header of HFS+, or a wrapper of old HFS around one."""
    header = untrusted_head[layout.HEADER_OFFSET : layout.HEADER_OFFSET + 512]
    return header[:2] in layout.SIGNATURES or layout.wrapped_at(header) > 0


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open an HFS+ volume.

    Raises:
        SourceUnreadable: Its header or its catalogue is damaged.
    """
    return HfsFileSystem(VolumeImage(source, volume, on_read))


class HfsFileSystem(ListedFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the volume header."""
        super().__init__(image)
        self.layout = layout.HfsLayout(image)

    def _find_facts(self) -> FileSystemFacts:
        figures = self.layout
        known = figures.free_blocks <= figures.block_count
        return FileSystemFacts(
            kind=figures.kind,
            block_size_bytes=figures.block_bytes,
            time_facts=TimeFacts(TimeBasis.UTC, _STEPS, "catalogue record"),
            unallocated_bytes=figures.free_blocks * figures.block_bytes if known else None,
        )

    def unallocated(self) -> Iterator[tuple[int, int]]:
        """Yield the bytes that no file owns; see ``TellsFreeSpace``."""
        figures = self.layout
        stored = figures.content(figures.allocation, layout.ALLOCATION_FILE)
        allocation = AllocationMap(
            block_count=figures.block_count,
            page_bits=8 * _PAGE_BYTES,
            read_page=lambda page: stored.read_at(page * _PAGE_BYTES, _PAGE_BYTES).translate(
                _BITS_TURNED
            ),
        )
        size = figures.block_bytes
        yield from self.free_ranges(allocation, first_bytes=figures.base, block_bytes=size)

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _Reference(_FOLDER, layout.ROOT).pack()

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        reference = _Reference.unpack(folder)
        if reference.role != _FOLDER:
            raise SourceUnreadable("it is no folder")
        names = self.layout.names_in(reference.identifier)
        yield from self.walk(names, start_index, journal)

    def _orphans(self) -> Iterator[TreeRecord]:
        return iter(())

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        reference = _Reference.unpack(address)
        if reference.role == _ATTRIBUTE:
            return self._attribute(reference)
        if reference.role not in (_DATA, _RESOURCE):
            raise SourceUnreadable("a folder has no content")
        raw = self.layout.catalogue.record(reference.node, reference.position)
        record = records.read_catalogue(raw.data)
        if record is None or record.identifier != reference.identifier:
            raise SourceUnreadable(f"there is no file {reference.identifier}")
        if reference.role == _RESOURCE:
            self.check_size(record.resource.size_bytes)
            return self._resource(record)
        description = self._description(record)
        if description is not None:
            self.check_size(compressed.stated_size(description))
            resource = self._resource(record) if record.resource.size_bytes else None
            return compressed.decompressed(description, resource)
        self.check_size(record.data.size_bytes)
        return self.layout.content(record.data, record.identifier)

    def _resource(self, record: CatalogueRecord) -> Content:
        return self.layout.content(record.resource, record.identifier, resource=True)

    def _attribute(self, reference: _Reference) -> Content:
        if self.layout.attributes is None:
            raise SourceUnreadable("the volume has no attributes")
        raw = self.layout.attributes.record(reference.node, reference.position)
        attribute = records.read_attribute(raw.key, raw.data)
        if attribute is None:
            raise SourceUnreadable("there is no such attribute")
        return self._attribute_content(attribute)

    def _attribute_content(self, attribute: Attribute) -> Content:
        if attribute.fork is None:
            return HeldContent(attribute.held)
        self.check_size(attribute.fork.size_bytes)
        # Its further extents would be records of their own: those are not followed.
        return self.layout.content(attribute.fork, 0)

    def _description(self, record: CatalogueRecord) -> bytes | None:
        """Return the attribute that describes a compressed content."""
        if not record.compressed or record.data.size_bytes:
            return None
        for _, attribute in self.layout.attributes_of(record.identifier):
            if attribute.raw_name == compressed.ATTRIBUTE:
                content = self._attribute_content(attribute)
                return content.read_at(0, _ATTRIBUTE_BYTES_AT_MOST)
        return None

    # Entries

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if not isinstance(slot, TreeRecord):
            raise TypeError("a slot of another driver")
        name = records.name_of(slot.key[4:])
        record = records.read_catalogue(slot.data)
        if not name or name in (b".", b".."):
            return
        if record is None:
            yield _bare_entry(name, slot)
            return
        if record.is_file_link or record.is_folder_link:
            target = self.layout.linked(record)
            found = records.read_catalogue(target.data) if target is not None else None
            if target is not None and found is not None:
                slot, record = target, found
        entry = self._entry(name, slot, record)
        yield entry
        yield from self._streams(entry, slot, record)

    def _entry(self, name: bytes, slot: TreeRecord, record: CatalogueRecord) -> FoundEntry:
        kind = record.entry_type
        reference = _Reference(_DATA, record.identifier, slot.node, slot.position)
        if kind is EntryType.FOLDER:
            reference = _Reference(_FOLDER, record.identifier)
        entry = FoundEntry(
            raw_name=name,
            entry_type=kind,
            state=EntryState.LIVE,
            content=_CONTENT[kind],
            address=reference.pack(),
            record=str(record.identifier),
            times=record.times,
        )
        if kind is EntryType.FILE:
            return replace(entry, size_bytes=self._size(record))
        if kind is EntryType.LINK:
            return replace(entry, link_target=self._link(record))
        return entry

    def _size(self, record: CatalogueRecord) -> int:
        try:
            description = self._description(record)
            if description is not None:
                return compressed.stated_size(description)
        except SourceUnreadable:
            pass
        return record.data.size_bytes

    def _link(self, record: CatalogueRecord) -> bytes:
        if record.data.size_bytes > _LINK_BYTES_AT_MOST:
            return b""
        try:
            content = self.layout.content(record.data, record.identifier)
            return content.read_at(0, content.size_bytes)
        except SourceUnreadable:
            return b""

    def _streams(
        self, owner: FoundEntry, slot: TreeRecord, record: CatalogueRecord
    ) -> Iterator[FoundEntry]:
        def stream(name: bytes, reference: _Reference, size_bytes: int) -> FoundEntry:
            return replace(
                owner,
                raw_name=name,
                owner_name=owner.raw_name,
                entry_type=EntryType.STREAM,
                content=ContentState.READABLE,
                address=reference.pack(),
                size_bytes=size_bytes,
                link_target=b"",
            )

        if record.resource.size_bytes and not record.compressed:
            place = _Reference(_RESOURCE, record.identifier, slot.node, slot.position)
            yield stream(RESOURCE_FORK, place, record.resource.size_bytes)
        try:
            found = self.layout.attributes_of(record.identifier)
        except SourceUnreadable:
            return
        for at, attribute in found:
            if attribute.raw_name and attribute.raw_name != compressed.ATTRIBUTE:
                place = _Reference(_ATTRIBUTE, record.identifier, at.node, at.position)
                yield stream(attribute.raw_name, place, attribute.size_bytes)


def _bare_entry(name: bytes, slot: TreeRecord) -> FoundEntry:
    """Return a name whose record is damaged: that it was there is told, reading it fails."""
    folder = int.from_bytes(slot.data[:2]) == records.FOLDER
    role, kind = (_FOLDER, EntryType.FOLDER) if folder else (_DATA, EntryType.FILE)
    identifier = int.from_bytes(slot.data[8:12])
    return FoundEntry(
        raw_name=name,
        entry_type=kind,
        state=EntryState.LIVE,
        content=_CONTENT[kind],
        address=_Reference(role, identifier, 0 if folder else slot.node).pack(),
        record=str(identifier),
    )
