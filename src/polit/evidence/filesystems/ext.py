"""ext2, ext3 and ext4 through the Sleuth Kit. Runs in the walker only.

A kernel's ``rm`` wipes size and runs of the inode: such an entry is listed with its content
gone. What debugfs or an ext2 driver deleted keeps them and is read.
"""

from collections.abc import Callable, Iterator

import pytsk3

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem
from polit.evidence.filesystems import _ext_layout as layout
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._ext_names import ExtName, names_in_block
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._tsk import (
    META_ALLOCATED,
    TYPE_FILE,
    TYPE_FOLDER,
    TYPE_LINK,
    TYPES_SPECIAL,
    Reference,
    Run,
    TskFileSystem,
    instant_ns,
    overwritten,
    runs_of,
)
from polit.evidence.source import ByteSource
from polit.model.evidence import (
    ContentState,
    EntryState,
    EntryTimes,
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
_INLINE_DATA_FLAG = 0x10000000
_ENCRYPT_FLAG = 0x800
_FOLDER_READ_BYTES = 1 << 20
_STATED_TYPES = {1: TYPE_FILE, 2: TYPE_FOLDER, 3: 4, 4: 5, 5: 3, 6: 8, 7: TYPE_LINK}
"""The file types of folder entries, as the Sleuth Kit numbers types of records."""
_ENTRY_TYPES = {
    TYPE_FILE: EntryType.FILE,
    TYPE_FOLDER: EntryType.FOLDER,
    TYPE_LINK: EntryType.LINK,
    **dict.fromkeys(TYPES_SPECIAL, EntryType.SPECIAL),
}


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

    def _slots(self, folder: Reference) -> Iterator[ExtName]:
        native = self.record(folder.inode)
        meta = native.info.meta
        if meta is None or int(meta.type) != TYPE_FOLDER:
            raise SourceUnreadable(f"record {folder.inode} is no folder")
        self._check_folder(folder, meta)
        content = self.content(folder, native, meta.size)
        # A folder that grew keeps copies of live names in its gaps: those were not deleted.
        ghosts = dict.fromkeys(
            (name.inode, name.raw_name, name.file_type)
            for name in self._names(folder, content)
            if name.deleted
        )
        for name in self._names(folder, content):
            if not name.deleted:
                ghosts.pop((name.inode, name.raw_name, name.file_type), None)
                yield name._replace(deleted=folder.deleted)
        for inode, raw_name, file_type in ghosts:
            yield ExtName(raw_name, inode, file_type, deleted=True)

    def _names(self, folder: Reference, content: Content) -> Iterator[ExtName]:
        figures = self.layout
        inline = bool(self._inode_flags(folder.inode) & _INLINE_DATA_FLAG)
        size = content.size_bytes
        block_bytes = max(size, 1) if inline else figures.block_size_bytes
        for offset in range(0, size, max(_FOLDER_READ_BYTES, block_bytes)):
            part = content.read_at(offset, max(_FOLDER_READ_BYTES, block_bytes))
            for at in range(0, len(part), block_bytes):
                yield from names_in_block(
                    part[at : at + block_bytes],
                    inode_count=figures.inode_count,
                    with_types=bool(figures.incompat & _INCOMPAT_FILETYPE),
                    first_entry=4 if inline else 0,
                )

    def _check_folder(self, folder: Reference, meta: pytsk3.TSK_FS_META) -> None:
        if folder.deleted and int(meta.flags) & META_ALLOCATED:
            raise SourceUnreadable(f"record {folder.inode} belongs to a live folder now")

    def _orphans(self) -> Iterator[ExtName]:
        return iter(())

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if not isinstance(slot, ExtName):
            raise TypeError("a slot of another driver")
        yield self._deleted_entry(slot) if slot.deleted else self._live_entry(slot)

    def _live_entry(self, name: ExtName) -> FoundEntry:
        reference = Reference(name.inode)
        try:
            meta = self.record(name.inode).info.meta
        except SourceUnreadable:
            meta = None
        if meta is None:
            kind = _ENTRY_TYPES.get(_STATED_TYPES.get(name.file_type, TYPE_FILE), EntryType.FILE)
            return _bare_entry(name, kind, ContentState.READABLE, reference)
        kind = _ENTRY_TYPES.get(int(meta.type), EntryType.FILE)
        return FoundEntry(
            raw_name=name.raw_name,
            entry_type=kind,
            state=EntryState.LIVE,
            content=_content_state(kind),
            address=reference.pack(),
            record=str(name.inode),
            size_bytes=0 if kind is EntryType.FOLDER else max(meta.size, 0),
            link_target=(meta.link or b"") if kind is EntryType.LINK else b"",
            times=self._times(meta),
        )

    def _deleted_entry(self, name: ExtName) -> FoundEntry:
        stated = _STATED_TYPES.get(name.file_type, 0)
        kind = _ENTRY_TYPES.get(stated, EntryType.FILE)
        reference = Reference(name.inode, deleted=True)
        native = self._record_if_any(name.inode)
        meta = native.info.meta if native is not None else None
        if native is None or meta is None:
            return _bare_entry(name, kind, ContentState.GONE, reference)
        found = int(meta.type)
        if int(meta.flags) & META_ALLOCATED or (stated and found and stated != found):
            return _bare_entry(name, kind, ContentState.REALLOCATED, reference)
        kind = _ENTRY_TYPES.get(found, kind)
        runs = [run for attribute in native for run in runs_of(attribute)]
        state = _content_state(kind)
        if meta.size <= 0 or (not runs and kind is not EntryType.LINK and not self._inline(name)):
            state = ContentState.GONE
        return FoundEntry(
            raw_name=name.raw_name,
            entry_type=kind,
            state=EntryState.DELETED,
            content=state,
            address=reference.pack(),
            record=str(name.inode),
            size_bytes=0 if kind is EntryType.FOLDER else max(meta.size, 0),
            overwritten=self._overwritten(runs),
            link_target=(meta.link or b"") if kind is EntryType.LINK else b"",
            times=self._times(meta, deleted_ns=self._deleted_at(name.inode)),
        )

    def _record_if_any(self, inode: int) -> pytsk3.File | None:
        if inode == 0:
            return None
        try:
            return self.record(inode)
        except SourceUnreadable:
            return None

    def _overwritten(self, runs: list[Run]) -> bool:
        ratio, first = self.layout.cluster_blocks, self.layout.first_data_block
        scaled = [
            Run(
                0,
                start // ratio,
                (run.first_block - first + run.length - 1) // ratio - start // ratio + 1,
            )
            for run in runs
            for start in (run.first_block - first,)
        ]
        return overwritten(self.allocation, scaled)

    def _inode_flags(self, inode: int) -> int:
        return int.from_bytes(self.layout.inode_bytes(inode)[32:36], "little")

    def _inline(self, name: ExtName) -> bool:
        return bool(self._inode_flags(name.inode) & _INLINE_DATA_FLAG)

    def _deleted_at(self, inode: int) -> int | None:
        """The Sleuth Kit knows the time of deletion and its wheel does not tell it."""
        seconds = int.from_bytes(self.layout.inode_bytes(inode)[20:24], "little")
        return instant_ns(seconds, 0)

    def _times(self, meta: pytsk3.TSK_FS_META, deleted_ns: int | None = None) -> EntryTimes:
        return EntryTimes(
            created_ns=instant_ns(meta.crtime, meta.crtime_nano),
            modified_ns=instant_ns(meta.mtime, meta.mtime_nano),
            accessed_ns=instant_ns(meta.atime, meta.atime_nano),
            changed_ns=instant_ns(meta.ctime, meta.ctime_nano),
            deleted_ns=deleted_ns,
        )

    def _open(self, reference: Reference) -> Content:
        native = self.record(reference.inode)
        meta = native.info.meta
        if meta is None:
            raise SourceUnreadable(f"record {reference.inode} holds nothing")
        if reference.deleted and int(meta.flags) & META_ALLOCATED:
            raise SourceUnreadable(f"record {reference.inode} belongs to a live file now")
        if self._inode_flags(reference.inode) & _ENCRYPT_FLAG:
            raise SourceUnreadable("the content is encrypted by the file system (fscrypt)")
        return self.content(reference, native, meta.size)


def _content_state(kind: EntryType) -> ContentState:
    if kind in (EntryType.FOLDER, EntryType.LINK):
        return ContentState.NONE
    return ContentState.SPECIAL if kind is EntryType.SPECIAL else ContentState.READABLE


def _bare_entry(
    name: ExtName, kind: EntryType, content: ContentState, reference: Reference
) -> FoundEntry:
    return FoundEntry(
        raw_name=name.raw_name,
        entry_type=kind,
        state=EntryState.DELETED if name.deleted else EntryState.LIVE,
        content=content if kind is EntryType.FILE or name.deleted else _content_state(kind),
        address=reference.pack(),
        record=str(name.inode),
    )
