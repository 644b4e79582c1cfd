"""ext2, ext3 and ext4 through the Sleuth Kit. Runs in the walker only.

A kernel's ``rm`` wipes size and runs of the inode: such an entry is listed with its content
gone. What debugfs or an ext2 driver deleted keeps them and is read.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytsk3

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem
from polit.evidence.filesystems import _ext_layout as layout
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._ext_inode import (
    ENCRYPTED,
    INLINE_DATA,
    VALUE_INODE,
    ExtInode,
    read_inode,
)
from polit.evidence.filesystems._ext_lost import LostFolders
from polit.evidence.filesystems._ext_names import ExtName, names_in_block
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._lost import LOST_OVERWRITTEN, LOST_PLACE, Listed
from polit.evidence.filesystems._orphans import reach_all
from polit.evidence.filesystems._tsk import (
    Reference,
    Run,
    TskFileSystem,
    overwritten,
    runs_of,
)
from polit.evidence.source import ByteSource
from polit.model.evidence import (
    ContentState,
    EntryState,
    EntryType,
    FileSystemFacts,
    FoundEntry,
    TimeBasis,
    TimeFacts,
    VolumeFacts,
)

ORDER = 40
NAME = "ext"

_KINDS = {
    int(pytsk3.TSK_FS_TYPE_EXT2): "ext2",
    int(pytsk3.TSK_FS_TYPE_EXT3): "ext3",
    int(pytsk3.TSK_FS_TYPE_EXT4): "ext4",
}
_INCOMPAT_FILETYPE = 0x2
_FOLDER_READ_BYTES = 1 << 20
_FOLDER_KEPT_BYTES = 4 << 20
"""The names of a folder up to this size are kept while it is listed; a larger one is read twice."""
_LINK_BYTES_AT_MOST = 1 << 16
_FIRST_USER = 11
_STATED_TYPES = {
    1: EntryType.FILE,
    2: EntryType.FOLDER,
    3: EntryType.SPECIAL,
    4: EntryType.SPECIAL,
    5: EntryType.SPECIAL,
    6: EntryType.SPECIAL,
    7: EntryType.LINK,
}
"""The file types that folder entries state."""


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume's first 64 KiB hold an ext superblock."""
    magic = untrusted_head[layout.SUPERBLOCK_OFFSET + 56 : layout.SUPERBLOCK_OFFSET + 58]
    return magic == layout.MAGIC.to_bytes(2, "little")


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open an ext volume.

    Raises:
        SourceUnreadable: Its superblock or group descriptors are damaged.
    """
    return ExtFileSystem(VolumeImage(source, volume, on_read))


class ExtFileSystem(TskFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Open the file system."""
        super().__init__(image, int(pytsk3.TSK_FS_TYPE_EXT_DETECT))
        self.layout = layout.ExtLayout(image)
        self.allocation = AllocationMap(
            block_count=-(
                -(self.layout.block_count - self.layout.first_data_block)
                // self.layout.cluster_blocks
            ),
            page_bits=self.layout.page_bits,
            read_page=self.layout.bitmap_page,
        )

    def _find_facts(self) -> FileSystemFacts:
        figures = self.layout
        step = 1 if figures.inode_size_bytes > 128 else 1_000_000_000
        kept = ["modified", "accessed", "changed"]
        steps = [(name, step) for name in kept]
        if figures.inode_size_bytes > 128:
            steps.append(("created", 1))
        steps.append(("deleted", 1_000_000_000))
        return FileSystemFacts(
            kind=_KINDS.get(int(self.info.ftype), "ext4"),
            block_size_bytes=figures.block_size_bytes,
            time_facts=TimeFacts(TimeBasis.UTC, tuple(sorted(steps)), "inode"),
            unallocated_bytes=self.allocation.free_blocks()
            * figures.cluster_blocks
            * figures.block_size_bytes,
        )

    def unallocated(self) -> Iterator[tuple[int, int]]:
        """Yield the bytes that no file owns; see ``TellsFreeSpace``."""
        layout = self.layout
        yield from self.free_ranges(
            self.allocation,
            first_bytes=layout.first_data_block * layout.block_size_bytes,
            block_bytes=layout.cluster_blocks * layout.block_size_bytes,
        )

    # Names

    def _slots(self, folder: Reference) -> Iterator[ExtName]:
        inode = self._inode(folder)
        if inode.entry_type is not EntryType.FOLDER:
            raise SourceUnreadable(f"record {folder.inode} is no folder")
        native = self._sized_record(folder.inode, inode)
        content = self.content(folder, native, inode.size_bytes)
        inline = bool(inode.flags & INLINE_DATA)
        ghosts: dict[ExtName, None] = {}
        kept: list[ExtName] | None = None
        if content.size_bytes <= _FOLDER_KEPT_BYTES:
            kept = list(self._names(content, inline=inline))
        # A folder that grew keeps copies of live names in its gaps: those were not deleted.
        for name in kept or self._names(content, inline=inline):
            if name.deleted:
                ghosts[name] = None
        for name in kept or self._names(content, inline=inline):
            if not name.deleted:
                if ghosts:
                    ghosts.pop(name._replace(deleted=True), None)
                yield name._replace(deleted=True) if folder.deleted else name
        yield from ghosts

    def _names(self, content: Content, *, inline: bool) -> Iterator[ExtName]:
        size = content.size_bytes
        block_bytes = max(size, 1) if inline else self.layout.block_size_bytes
        step = max(_FOLDER_READ_BYTES, block_bytes)
        for offset in range(0, size, step):
            part = content.read_at(offset, step)
            for at in range(0, len(part), block_bytes):
                yield from names_in_block(
                    part[at : at + block_bytes],
                    inode_count=self.layout.inode_count,
                    with_types=bool(self.layout.incompat & _INCOMPAT_FILETYPE),
                    first_entry=4 if inline else 0,
                )

    def _inode(self, reference: Reference) -> ExtInode:
        """Unpack an inode and refuse one that a deleted name led to and a live one has now.

        Raises:
            SourceUnreadable: There is no such inode, or it is in use again.
        """
        inode = read_inode(self.layout.inode_bytes(reference.inode))
        if inode is None:
            raise SourceUnreadable(f"there is no record {reference.inode}")
        if reference.deleted and self.layout.inode_in_use(reference.inode):
            raise SourceUnreadable(f"record {reference.inode} belongs to a live name now")
        return inode

    def _orphans(self) -> Iterator[ExtName | FoundEntry]:
        listed, named = Listed(), bytearray(self.layout.inode_count // 8 + 1)
        self._mark_named(Reference(self.info.root_inum), listed, named)
        self.dropped.clear()
        yield from self._lost_names(listed, named)
        for number in self.layout.unused_files():
            named_already = named[number >> 3] >> (number & 7) & 1
            if number >= _FIRST_USER and not named_already and self._is_orphan(number):
                yield ExtName(b"OrphanFile-%d" % number, number, 1, deleted=True)
        # Folders first: what they hold has a name.
        for kind in (EntryType.FOLDER, EntryType.FILE):
            for number in self.layout.used_without_name(named):
                inode = read_inode(self.layout.inode_bytes(number))
                if inode is None or inode.entry_type is not kind or inode.flags & VALUE_INODE:
                    continue
                yield self._unnamed(number)
                named[number >> 3] |= 1 << (number & 7)
                if kind is EntryType.FOLDER:
                    self._mark_named(Reference(number), listed, named)

    def _mark_named(self, folder: Reference, listed: Listed, named: bytearray) -> None:
        """Note every inode that names lead to from a folder on, each by a bit."""

        def folders_in(number: int) -> Iterator[int]:
            inode, deleted = number >> 1, bool(number & 1)
            for name in self._slots(Reference(inode, deleted=deleted)):
                listed.add((name.raw_name, name.inode))
                if not 0 < name.inode <= self.layout.inode_count:
                    continue
                # A deleted name does not lead to an inode that is in use.
                if name.deleted and self.layout.inode_in_use(name.inode):
                    continue
                named[name.inode >> 3] |= 1 << (name.inode & 7)
                if self._is_folder(name):
                    yield name.inode << 1 | name.deleted

        reach_all(folder.inode << 1 | folder.deleted, folders_in)

    def _unnamed(self, number: int) -> FoundEntry:
        """Return an inode in use without a name; deleted where no link counts on it.

        Such a file was deleted while it was open, and the computer stopped before it was closed.
        """
        entry = self._live_entry(ExtName(b"OrphanFile-%d" % number, number, 0, deleted=False))
        links = self.layout.inode_bytes(number)[26:28]
        return replace(entry, state=EntryState.LIVE if any(links) else EntryState.DELETED)

    def _lost_names(self, listed: Listed, named: bytearray) -> Iterator[ExtName]:
        """Yield the names in folder blocks that lie in free space, and note their inodes."""
        lost = LostFolders(
            self.image,
            self.layout,
            with_types=bool(self.layout.incompat & _INCOMPAT_FILETYPE),
            blocks_of=self._lost_blocks,
            dropped=self.dropped,
        )
        for name in lost.names(listed):
            named[name.inode >> 3] |= 1 << (name.inode & 7)
            if self._lost_blocks(name):
                self._mark_named(Reference(name.inode, deleted=True), listed, named)
            yield name

    def _lost_blocks(self, name: ExtName) -> list[tuple[int, int]]:
        inode = read_inode(self.layout.inode_bytes(name.inode)) if self._is_folder(name) else None
        if inode is None or self.layout.inode_in_use(name.inode) or not inode.size_bytes:
            return []
        return [(run.first_block, run.length) for run in self._runs(name.inode, inode)]

    def _drop(self, code: str) -> None:
        self.dropped[code] += 1

    def _is_orphan(self, number: int) -> bool:
        """Tell whether an unused inode without a name still leads to something of its own."""
        inode = read_inode(self.layout.inode_bytes(number))
        if inode is None or not inode.leads_within(self.layout.block_count):
            self._drop(LOST_PLACE)
            return False
        runs = self._runs(number, inode)
        if not runs:
            return False
        if self._overwritten([_head(runs)]):
            self._drop(LOST_OVERWRITTEN)
            return False
        return True

    def _is_folder(self, name: ExtName) -> bool:
        if name.file_type not in (0, 2):
            return False
        inode = read_inode(self.layout.inode_bytes(name.inode))
        return inode is not None and inode.entry_type is EntryType.FOLDER

    # Entries

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if isinstance(slot, FoundEntry):
            yield slot
            return
        if not isinstance(slot, ExtName):
            raise TypeError("a slot of another driver")
        yield self._deleted_entry(slot) if slot.deleted else self._live_entry(slot)

    def _live_entry(self, name: ExtName) -> FoundEntry:
        reference = Reference(name.inode)
        inode = read_inode(self.layout.inode_bytes(name.inode))
        kind = inode.entry_type if inode is not None else None
        if inode is None or kind is None:
            stated = _STATED_TYPES.get(name.file_type, EntryType.FILE)
            return _bare_entry(name, stated, _CONTENT[stated], reference)
        return FoundEntry(
            raw_name=name.raw_name,
            entry_type=kind,
            state=EntryState.LIVE,
            content=_CONTENT[kind],
            address=reference.pack(),
            record=str(name.inode),
            size_bytes=0 if kind is EntryType.FOLDER else inode.size_bytes,
            link_target=self._link(reference, inode) if kind is EntryType.LINK else b"",
            times=inode.times,
        )

    def _deleted_entry(self, name: ExtName) -> FoundEntry:
        stated = _STATED_TYPES.get(name.file_type)
        kind = stated or EntryType.FILE
        reference = Reference(name.inode, deleted=True)
        inode = read_inode(self.layout.inode_bytes(name.inode)) if name.inode else None
        if inode is None:
            return _bare_entry(name, kind, ContentState.GONE, reference)
        found = inode.entry_type
        if self.layout.inode_in_use(name.inode) or (stated and found and stated is not found):
            return _bare_entry(name, kind, ContentState.REALLOCATED, reference)
        kind = found or kind
        runs = self._runs(name.inode, inode)
        content = _CONTENT[kind]
        held = runs or inode.short_link or inode.flags & INLINE_DATA
        if not inode.size_bytes or not held:
            content = ContentState.GONE
        return FoundEntry(
            raw_name=name.raw_name,
            entry_type=kind,
            state=EntryState.DELETED,
            content=content,
            address=reference.pack(),
            record=str(name.inode),
            size_bytes=0 if kind is EntryType.FOLDER else inode.size_bytes,
            overwritten=self._overwritten(runs),
            link_target=inode.short_link,
            times=replace(inode.times, deleted_ns=inode.deleted_s * 1_000_000_000 or None),
        )

    def _link(self, reference: Reference, inode: ExtInode) -> bytes:
        if inode.short_link or not 0 < inode.size_bytes <= _LINK_BYTES_AT_MOST:
            return inode.short_link
        try:
            native = self._sized_record(reference.inode, inode)
            return self.content(reference, native, inode.size_bytes).read_at(0, inode.size_bytes)
        except SourceUnreadable:
            return b""

    def _sized_record(self, number: int, inode: ExtInode) -> pytsk3.File:
        """Load a record whose size can be: the library counts block by block up to any size."""
        self.check_size(inode.size_bytes)
        return self.record(number)

    def _runs(self, number: int, inode: ExtInode) -> list[Run]:
        try:
            native = self._sized_record(number, inode)
        except SourceUnreadable:
            return []
        return [run for attribute in native for run in runs_of(attribute)]

    def _overwritten(self, runs: list[Run]) -> bool:
        ratio, first = self.layout.cluster_blocks, self.layout.first_data_block
        scaled = []
        for run in runs:
            start = run.first_block - first
            end = start + run.length - 1
            scaled.append(Run(0, start // ratio, end // ratio - start // ratio + 1))
        return overwritten(self.allocation, scaled)

    # Contents

    def _open(self, reference: Reference) -> Content:
        inode = self._inode(reference)
        if inode.flags & ENCRYPTED:
            raise SourceUnreadable("the content is encrypted by the file system (fscrypt)")
        native = self._sized_record(reference.inode, inode)
        return self.content(reference, native, inode.size_bytes)


_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}


def _head(runs: list[Run]) -> Run:
    first = min(runs, key=lambda run: run.offset)
    return first._replace(length=1)


def _bare_entry(
    name: ExtName, kind: EntryType, content: ContentState, reference: Reference
) -> FoundEntry:
    return FoundEntry(
        raw_name=name.raw_name,
        entry_type=kind,
        state=EntryState.DELETED if name.deleted else EntryState.LIVE,
        content=content,
        address=reference.pack(),
        record=str(name.inode),
    )
