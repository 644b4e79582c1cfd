"""NTFS through the Sleuth Kit: names, hard links, streams, deleted records. Walker only.

A deleted name is read only while its record still carries the sequence number by which the
name called it, so that no other file's content appears under it.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

import pytsk3

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem
from polit.evidence.filesystems import _ntfs_names as index
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._lost import Listed
from polit.evidence.filesystems._ntfs_layout import OEM_NAME, NtfsLayout
from polit.evidence.filesystems._ntfs_links import Reparse, read_reparse
from polit.evidence.filesystems._ntfs_lost import STRAY, LostRecords, open_stray, unnamed_slot
from polit.evidence.filesystems._ntfs_names import NtfsName
from polit.evidence.filesystems._ntfs_slots import (
    DATA,
    Data,
    Parts,
    Slot,
    bare_entry,
    by_number,
    data_reference,
    is_metadata,
    record_state,
    times_of,
)
from polit.evidence.filesystems._ntfs_table import unnamed_records, unused_children
from polit.evidence.filesystems._orphans import FreeSpace, reach_all
from polit.evidence.filesystems._tsk import (
    TYPE_FOLDER,
    Reference,
    TskFileSystem,
    overwritten,
    runs_of,
)
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

ORDER = 10
NAME = "ntfs"

_INDEX_ROOT = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_IDXROOT)
_INDEX_ALLOCATION = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_IDXALLOC)
_REPARSE = int(pytsk3.TSK_FS_ATTR_TYPE_NTFS_REPARSE)
_NON_RESIDENT = int(pytsk3.TSK_FS_ATTR_NONRES)
_ENCRYPTED = int(pytsk3.TSK_FS_ATTR_ENC)
_FOLDER_INDEX = b"$I30"
_TABLE, _ROOT, _BITMAP, _BAD_CLUSTERS = 0, 5, 6, 8
_PAGE_CLUSTERS = 1 << 18
_INDEX_READ_BYTES = 1 << 18
_INDEX_KEPT_BYTES = 4 << 20
"""The names of an index up to this size are kept while it is listed; a larger one is read twice."""
_REPARSE_BYTES_AT_MOST = 1 << 14
_NO_REPARSE = Reparse(is_link=False, target=b"", reason="")
_TIME_FACTS = TimeFacts(
    TimeBasis.UTC,
    (("accessed", 100), ("changed", 100), ("created", 100), ("modified", 100)),
    "$STANDARD_INFORMATION",
)


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume's first sector is an NTFS boot sector."""
    return untrusted_head[3:11] == OEM_NAME


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open an NTFS volume.

    Raises:
        SourceUnreadable: Its boot sector or its table's own record is damaged.
    """
    return NtfsFileSystem(VolumeImage(source, volume, on_read))


class NtfsFileSystem(TskFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Open the file system."""
        super().__init__(image, int(pytsk3.TSK_FS_TYPE_NTFS))
        self.layout = NtfsLayout(image)
        self.allocation = AllocationMap(
            block_count=self.layout.cluster_count,
            page_bits=_PAGE_CLUSTERS,
            read_page=self._used_page,
        )

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        meta = self.record(_ROOT).info.meta
        return Reference(_ROOT, meta.seq if meta is not None else 0).pack()

    def _find_facts(self) -> FileSystemFacts:
        size = self.layout.cluster_bytes
        return FileSystemFacts("ntfs", size, _TIME_FACTS, self.allocation.free_blocks() * size)

    def unallocated(self) -> Iterator[tuple[int, int]]:
        """Yield the bytes that no file owns; see ``TellsFreeSpace``."""
        size = self.layout.cluster_bytes
        yield from self.free_ranges(self.allocation, first_bytes=0, block_bytes=size)

    @cached_property
    def table(self) -> Content:
        """The content of ``$MFT``: all records."""
        return self._unnamed(_TABLE)

    @cached_property
    def _bitmap(self) -> Content:
        return self._unnamed(_BITMAP)

    def _used_page(self, page: int) -> bytes:
        return self._bitmap.read_at(page * _PAGE_CLUSTERS // 8, _PAGE_CLUSTERS // 8)

    @cached_property
    def _children(self) -> dict[tuple[int, int], list[NtfsName]]:
        return unused_children(self.table, self.layout.record_bytes)

    # Names

    def _slots(self, folder: Reference) -> Iterator[Slot]:
        native = self._checked_record(folder)
        meta = native.info.meta
        if meta is None or int(meta.type) != TYPE_FOLDER:
            raise SourceUnreadable(f"record {folder.inode} is no folder")
        kept: list[NtfsName] | None = None
        if meta.size <= _INDEX_KEPT_BYTES:
            kept = list(self._index_names(native, folder))
        gone = self._children.get((folder.inode, folder.sequence), []) + [
            name for name in kept or self._index_names(native, folder) if name.deleted
        ]
        wanted = {name.inode for name in gone}
        met: set[tuple[int, bytes]] = set()
        for name in kept or self._index_names(native, folder):
            if name.deleted or name.inode == folder.inode:
                continue
            if name.inode in wanted:
                met.add((name.inode, name.raw_name))
            yield Slot(name, folder.inode, folder.deleted)
        # An index that was balanced keeps copies of live names: those were not deleted.
        for name in gone:
            if (name.inode, name.raw_name) not in met and name.inode <= self.info.last_inum:
                met.add((name.inode, name.raw_name))
                yield Slot(name, folder.inode, deleted=True)

    def _index_names(self, native: pytsk3.File, folder: Reference) -> Iterator[NtfsName]:
        for attribute in native:
            facts = attribute.info
            kind = int(facts.type)
            if kind not in (_INDEX_ROOT, _INDEX_ALLOCATION) or facts.name != _FOLDER_INDEX:
                continue
            reference = Reference(folder.inode, 0, kind, facts.id)
            content = self.content(reference, native, facts.size)
            if kind == _INDEX_ROOT:
                yield from index.names_in_root(content.read_at(0, facts.size), folder.inode)
                continue
            for offset in range(0, facts.size, _INDEX_READ_BYTES):
                yield from index.names_in_allocation(
                    content.read_at(offset, _INDEX_READ_BYTES),
                    record_bytes=self.layout.index_record_bytes,
                    parent=folder.inode,
                )

    def _orphans(self) -> Iterator[Slot | FoundEntry]:
        listed, named = Listed(), bytearray(self.info.last_inum // 8 + 2)
        root = Reference.unpack(self.root)
        self._mark_named(root, listed, named)
        self.dropped.clear()
        for (parent, sequence), names in sorted(self._children.items()):
            if not self._leads_to_folder(parent, sequence):
                for name in names:
                    listed.add((name.raw_name, name.times.created_ns))
                    yield Slot(name, parent, deleted=True)
        table = self._unnamed(_TABLE)
        for number in unnamed_records(table, self.layout.record_bytes, named):
            slot = unnamed_slot(table, number, self.layout.record_bytes, self.dropped)
            named_since = named[number >> 3] >> (number & 7) & 1
            if slot is not None and not named_since:
                yield slot
                self._mark_named(Reference(number, slot.name.sequence), listed, named)
        lost = LostRecords(
            self.image, self.layout, self.allocation, table=table, dropped=self.dropped
        )
        yield from lost.entries(self._free_space(), self._table_tail(table.size_bytes), listed)

    def _mark_named(self, folder: Reference, listed: Listed, named: bytearray) -> None:
        """Note every record that names lead to from a folder on, each by a bit."""

        def folders_in(number: int) -> Iterator[int]:
            for slot in self._slots(by_number(number)):
                listed.add((slot.name.raw_name, slot.name.times.created_ns))
                inode = slot.name.inode
                if inode >> 3 < len(named) and not slot.deleted:
                    named[inode >> 3] |= 1 << (inode & 7)
                if slot.name.is_folder:
                    yield inode << 17 | slot.name.sequence << 1 | slot.deleted

        reach_all(folder.inode << 17 | folder.sequence << 1, folders_in)

    def _free_space(self) -> FreeSpace:
        size = self.layout.cluster_bytes
        return FreeSpace(
            self.image,
            self.layout.cluster_count,
            size,
            lambda cluster: (cluster - 2) * size,
            lambda page: self._bitmap.read_at(page << 12, 1 << 12),
        )

    def _table_tail(self, table_bytes: int) -> Iterator[int]:
        """Yield where records can begin in the table's clusters behind its last record."""
        size, step, before = self.layout.cluster_bytes, self.layout.record_bytes, 0
        for data in self._parts(self.record(_TABLE)).data:
            for run in runs_of(data.native) if not data.name else ():
                begin = max(table_bytes - before, 0)
                begin = -(-begin // step) * step
                for at in range(begin, run.length * size, step):
                    yield run.first_block * size + at
                before += run.length * size

    def _leads_to_folder(self, inode: int, sequence: int) -> bool:
        for deleted in (False, True):
            try:
                meta = self._checked_record(Reference(inode, sequence, deleted=deleted)).info.meta
            except SourceUnreadable:
                continue
            if meta is not None and int(meta.type) == TYPE_FOLDER:
                return True
        return False

    # Entries

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if isinstance(slot, FoundEntry):
            yield slot
            return
        if not isinstance(slot, Slot):
            raise TypeError("a slot of another driver")
        name = slot.name
        reference = Reference(name.inode, name.sequence, deleted=slot.deleted)
        try:
            native = self.record(name.inode)
        except SourceUnreadable:
            state = ContentState.GONE if slot.deleted else ContentState.READABLE
            yield bare_entry(slot, reference, state)
            return
        meta = native.info.meta
        state = record_state(meta, reference)
        if meta is None or state is not ContentState.READABLE:
            yield bare_entry(slot, reference, state)
            return
        yield from self._record_entries(slot, reference, native, meta)

    def _record_entries(
        self, slot: Slot, reference: Reference, native: pytsk3.File, meta: pytsk3.TSK_FS_META
    ) -> Iterator[FoundEntry]:
        streams, reparse = self._parts(native)
        is_folder = int(meta.type) == TYPE_FOLDER
        own = next((data for data in streams if not data.name), None)
        kind = EntryType.FOLDER if is_folder else EntryType.FILE
        if reparse.is_link:
            kind = EntryType.LINK
        elif not is_folder and is_metadata(slot):
            kind = EntryType.METADATA
        times = times_of(meta)
        state = EntryState.DELETED if slot.deleted else EntryState.LIVE
        record = f"{slot.name.inode}-{meta.seq}"
        content, again = self._content_state(slot, own)
        if kind in (EntryType.FOLDER, EntryType.LINK):
            content = ContentState.NONE
        yield FoundEntry(
            raw_name=slot.name.raw_name,
            entry_type=kind,
            state=state,
            content=content,
            address=data_reference(reference, own).pack(),
            record=record,
            size_bytes=own.size_bytes if own is not None and not is_folder else 0,
            overwritten=again,
            link_target=reparse.target,
            times=times,
        )
        for data in streams:
            if data.name:
                content, again = self._content_state(slot, data)
                yield FoundEntry(
                    raw_name=data.name,
                    entry_type=EntryType.STREAM,
                    state=state,
                    content=content,
                    address=data_reference(reference, data).pack(),
                    record=record,
                    size_bytes=data.size_bytes,
                    owner_name=slot.name.raw_name,
                    overwritten=again,
                    times=times,
                )

    def _content_state(self, slot: Slot, data: Data | None) -> tuple[ContentState, bool]:
        """Return what can be read of an attribute, and whether its clusters are in use again."""
        if data is None:
            return (ContentState.GONE if slot.deleted else ContentState.NONE), False
        if slot.name.inode == _BAD_CLUSTERS and data.name:
            bad = next(runs_of(data.native), None)
            return (ContentState.READABLE if bad else ContentState.NONE), False
        if not slot.deleted:
            return ContentState.READABLE, False
        if not data.flags & _NON_RESIDENT:
            return (ContentState.READABLE if data.size_bytes else ContentState.GONE), False
        runs = list(runs_of(data.native))
        if not runs:
            return ContentState.GONE, False
        return ContentState.READABLE, overwritten(self.allocation, runs)

    def _parts(self, native: pytsk3.File) -> Parts:
        data, reparse = [], _NO_REPARSE
        for attribute in native:
            facts = attribute.info
            kind = int(facts.type)
            if kind == DATA:
                name, flags = facts.name or b"", int(facts.flags)
                data.append(Data(name, facts.id, facts.size, flags, attribute))
            elif kind == _REPARSE:
                size = min(facts.size, _REPARSE_BYTES_AT_MOST)
                reference = Reference(0, 0, _REPARSE, facts.id)
                reparse = read_reparse(self.content(reference, native, size).read_at(0, size))
        return Parts(data, reparse)

    def _unnamed(self, inode: int) -> Content:
        native = self.record(inode)
        for data in self._parts(native).data:
            if not data.name:
                reference = Reference(inode, 0, DATA, data.number)
                return self.content(reference, native, data.size_bytes)
        raise SourceUnreadable(f"record {inode} has no content")

    # Contents

    def _open(self, reference: Reference) -> Content:
        if reference.attribute_type == STRAY:
            return open_stray(self.image, self.layout, reference.inode)
        native = self._checked_record(reference)
        parts = self._parts(native)
        for data in parts.data:
            if reference.attribute_type == DATA and data.number == reference.attribute_id:
                if data.flags & _ENCRYPTED:
                    raise SourceUnreadable("the content is encrypted by the file system (EFS)")
                if parts.reparse.reason and not data.name:
                    raise SourceUnreadable(f"the content is {parts.reparse.reason}")
                return self.content(reference, native, data.size_bytes)
        raise SourceUnreadable(f"record {reference.inode} has no such content")

    def _checked_record(self, reference: Reference) -> pytsk3.File:
        """Load a record and refuse it when it is not the one that the name called."""
        native = self.record(reference.inode)
        if record_state(native.info.meta, reference) is not ContentState.READABLE:
            raise SourceUnreadable(
                f"record {reference.inode} does not belong to sequence {reference.sequence} now"
            )
        return native
