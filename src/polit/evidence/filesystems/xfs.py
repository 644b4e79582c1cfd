"""XFS, versions 4 and 5, read without native code. Runs in the walker only.

libfsxfs gives no name to a file whose name is not UTF-8, and XFS takes any bytes; it is the
tests' second tool. XFS wipes what a deleted inode led to: deleted files are not listed.
"""

import struct
from collections.abc import Callable, Iterator

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.filesystems import _xfs_layout as layout
from polit.evidence.filesystems import _xfs_names as names
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._listing import ListedFileSystem
from polit.evidence.filesystems._mapped import HeldContent, MappedContent
from polit.evidence.filesystems._xfs_layout import XfsInode
from polit.evidence.filesystems._xfs_names import XfsName
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

ORDER = 50
NAME = "xfs"

_ADDRESS = struct.Struct("<2sQ")
_MARK = b"xi"
_NAMES_END_BYTES = 1 << 35
"""A folder's blocks from here on are indexes of its names."""
_LINK_BYTES_AT_MOST = 1024
_LINK_MAGIC, _LINK_HEADER_BYTES = b"XSLM", 56
_STATED_TYPES = {
    1: EntryType.FILE,
    2: EntryType.FOLDER,
    3: EntryType.SPECIAL,
    4: EntryType.SPECIAL,
    5: EntryType.SPECIAL,
    6: EntryType.SPECIAL,
    7: EntryType.LINK,
}
_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume begins with a superblock of XFS."""
    return untrusted_head.startswith(layout.MAGIC)


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open an XFS volume.

    Raises:
        SourceUnreadable: Its superblock is damaged.
    """
    return XfsFileSystem(VolumeImage(source, volume, on_read))


class XfsFileSystem(ListedFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the superblock."""
        super().__init__(image)
        self.layout = layout.XfsLayout(image)

    def _find_facts(self) -> FileSystemFacts:
        kept = ["accessed", "changed", "modified"]
        if self.layout.version == 5:
            kept.append("created")
        figures = self.layout
        free = figures.free_blocks if figures.free_blocks <= figures.block_count else None
        return FileSystemFacts(
            kind="xfs",
            block_size_bytes=figures.block_bytes,
            time_facts=TimeFacts(TimeBasis.UTC, tuple((name, 1) for name in sorted(kept)), "inode"),
            unallocated_bytes=None if free is None else free * figures.block_bytes,
        )

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _packed(self.layout.root_inode)

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        yield from self.walk(self._names(_number(folder)), start_index, journal)

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        inode = self.layout.inode(_number(address))
        if inode.entry_type is not EntryType.FILE:
            raise SourceUnreadable(f"record {inode.number} is no file")
        return self._content(inode)

    def _content(self, inode: XfsInode) -> Content:
        if inode.realtime:
            raise SourceUnreadable("the content lies on the real-time device, which is not here")
        if inode.form == layout.LOCAL:
            return HeldContent(inode.fork[: inode.size_bytes])
        self.check_size(inode.size_bytes)
        return MappedContent(self.image, self.layout.pieces(inode), size_bytes=inode.size_bytes)

    # Names

    def _names(self, number: int) -> Iterator[XfsName]:
        inode = self.layout.inode(number)
        if inode.entry_type is not EntryType.FOLDER:
            raise SourceUnreadable(f"record {number} is no folder")
        with_types = self.layout.has_types
        if inode.form == layout.LOCAL:
            yield from names.names_in_record(inode.fork, with_types=with_types)
            return
        lost = 0
        for block in self._blocks(inode):
            if not names.is_data_block(block):
                lost += 1
                continue
            yield from names.names_in_block(block, with_types=with_types)
        if lost:
            raise SourceUnreadable(f"{lost} blocks of the folder are damaged")

    def _blocks(self, inode: XfsInode) -> Iterator[bytes]:
        size = self.layout.folder_block_bytes
        pieces = [
            piece
            for piece in self.layout.pieces(inode)
            if piece.start + piece.length <= _NAMES_END_BYTES
        ]
        if sum(piece.length for piece in pieces) > self.image.size_bytes:
            raise SourceUnreadable("the folder is larger than its volume")
        end = max((piece.start + piece.length for piece in pieces), default=0)
        content = MappedContent(self.image, pieces, size_bytes=end)
        for piece in pieces:
            # A block of a folder may lie in several extents: it is read where it begins.
            first = -(-piece.start // size) * size
            for at in range(first, piece.start + piece.length, size):
                yield content.read_at(at, size)

    def _orphans(self) -> Iterator[XfsName]:
        return iter(())

    # Entries

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if not isinstance(slot, XfsName):
            raise TypeError("a slot of another driver")
        try:
            inode = self.layout.inode(slot.inode)
        except SourceUnreadable:
            inode = None
        kind = inode.entry_type if inode is not None else None
        if inode is None or kind is None:
            kind = _STATED_TYPES.get(slot.file_type, EntryType.FILE)
            yield FoundEntry(
                raw_name=slot.raw_name,
                entry_type=kind,
                state=EntryState.LIVE,
                content=_CONTENT[kind],
                address=_packed(slot.inode),
                record=str(slot.inode),
            )
            return
        yield FoundEntry(
            raw_name=slot.raw_name,
            entry_type=kind,
            state=EntryState.LIVE,
            content=_CONTENT[kind],
            address=_packed(slot.inode),
            record=str(slot.inode),
            size_bytes=inode.size_bytes if kind is EntryType.FILE else 0,
            link_target=self._link(inode) if kind is EntryType.LINK else b"",
            times=inode.times,
        )

    def _link(self, inode: XfsInode) -> bytes:
        size = inode.size_bytes
        if inode.form == layout.LOCAL:
            return inode.fork[:size]
        if size > _LINK_BYTES_AT_MOST:
            return b""
        try:
            pieces = self.layout.pieces(inode)
            stored = MappedContent(self.image, pieces, size_bytes=size + _LINK_HEADER_BYTES)
            head = stored.read_at(0, size + _LINK_HEADER_BYTES)
        except SourceUnreadable:
            return b""
        return head[_LINK_HEADER_BYTES:] if head.startswith(_LINK_MAGIC) else head[:size]


def _packed(number: int) -> Address:
    return Address(_ADDRESS.pack(_MARK, number))


def _number(address: Address) -> int:
    if len(address) != _ADDRESS.size or not address.startswith(_MARK):
        raise SourceUnreadable("the address is not of this file system")
    number: int = _ADDRESS.unpack(address)[1]
    return number
