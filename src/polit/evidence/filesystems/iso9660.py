"""ISO 9660 with Rock Ridge and Joliet, several sessions, El Torito. Runs in the walker only.

A disc may hold several trees of folders that need not agree, and older sessions. The tree that
tells most is listed by its names; what only the others hold comes with the orphans, live where
it is of the newest session, else deleted. The Sleuth Kit chooses one tree and its orphans have
no names; it is the tests' second tool.
"""

import itertools
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.filesystems import _iso_layout as layout
from polit.evidence.filesystems import _iso_records as records
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._iso_layout import IsoTree
from polit.evidence.filesystems._iso_records import IsoRecord
from polit.evidence.filesystems._listing import ListedFileSystem, Slot
from polit.evidence.filesystems._mapped import MappedContent, Piece
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

ORDER = 70
NAME = "iso9660"

_ADDRESS = struct.Struct("<2sBBQ")
MARK = b"is"
"""What its addresses begin with."""
_FOLDER, _FILE, _OTHER_ENDIAN, _BOOT = 0, 1, 2, 3
_PARTS_AT_MOST = 4096
_PIECES_AT_MOST = 1 << 20
_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}
_STEPS = (("accessed", 1), ("changed", 1), ("created", 1), ("modified", 1))


class _Slot(NamedTuple):
    tree: int
    parts: tuple[IsoRecord, ...]
    state: EntryState = EntryState.LIVE


class _BootImage(NamedTuple):
    number: int
    block: int
    size_bytes: int


class _Place(NamedTuple):
    """An address, unpacked: what it is of, the tree's number, and a place or an extent."""

    role: int
    tree: int
    value: int

    def pack(self) -> Address:
        return Address(_ADDRESS.pack(MARK, self.role, self.tree, self.value))


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume's first 64 KiB hold a descriptor of ISO 9660."""
    return untrusted_head.startswith(layout.MAGIC, layout.FIRST_DESCRIPTOR + 1)


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open an ISO 9660 volume.

    Raises:
        SourceUnreadable: It has no primary descriptor.
    """
    return IsoFileSystem(VolumeImage(source, volume, on_read))


class IsoFileSystem(ListedFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the descriptors of all sessions."""
        super().__init__(image)
        self._sessions = layout.find_sessions(image)
        newest = self._sessions[-1]
        self._block_bytes = newest.block_bytes
        self._boot_images = newest.boot_images
        self._trees = list(newest.trees)
        self._newest_count = len(self._trees)
        for session in reversed(self._sessions[:-1]):
            self._trees += session.trees
        self._trees = self._trees[:256]

    def _find_facts(self) -> FileSystemFacts:
        return FileSystemFacts(
            kind=NAME,
            block_size_bytes=self._block_bytes,
            time_facts=TimeFacts(TimeBasis.UTC, _STEPS, "directory record"),
            unallocated_bytes=None,
        )

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return self._root_of(0)

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        yield from self.walk(self._slots(self._place(folder)), start_index, journal)

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        place = self._place(address)
        if place.role == _BOOT:
            block, size = divmod(place.value, 1 << 32)
            return self._content([Piece(0, size, block * layout.SECTOR_BYTES)], size)
        if place.role not in (_FILE, _OTHER_ENDIAN):
            raise SourceUnreadable("a folder has no content")
        tree = self._trees[place.tree]
        found = self._records(tree, place.value, self.image.size_bytes)
        parts = next(_joined(found, place.tree), None)
        if parts is None:
            raise SourceUnreadable(f"there is no record at {place.value}")
        if parts.parts[0].packed:
            raise SourceUnreadable("the content is compressed by zisofs, which is not read")
        self.check_size(_size(parts.parts))  # before a list of pieces is made for a lie
        pieces = self._pieces(parts.parts, other_endian=place.role == _OTHER_ENDIAN)
        return self._content(pieces, _size(parts.parts))

    def _content(self, pieces: list[Piece], size_bytes: int) -> Content:
        self.check_size(size_bytes)
        return MappedContent(self.image, pieces, size_bytes=size_bytes)

    def _pieces(self, parts: tuple[IsoRecord, ...], *, other_endian: bool) -> list[Piece]:
        pieces: list[Piece] = []
        start = 0
        for part in parts:
            block = part.other_block if other_endian else part.block
            place = (block + part.attribute_blocks) * self._block_bytes
            left, unit = part.size_bytes, part.unit_blocks * self._block_bytes or part.size_bytes
            while left > 0:
                if len(pieces) >= _PIECES_AT_MOST:
                    raise SourceUnreadable("the content lies in too many pieces")
                taken = min(left, unit)
                pieces.append(Piece(start, taken, place))
                start, left = start + taken, left - taken
                place += unit + part.gap_blocks * self._block_bytes
        return pieces

    # Names

    def _root_of(self, number: int) -> Address:
        tree = self._trees[number]
        return _folder_at(number, tree.block, tree.size_bytes)

    def _place(self, address: Address) -> _Place:
        if len(address) != _ADDRESS.size or not address.startswith(MARK):
            raise SourceUnreadable("the address is not of this file system")
        place = _Place(*_ADDRESS.unpack(address)[1:])
        if place.tree >= len(self._trees) or place.role > _BOOT:
            raise SourceUnreadable("the address is not of this file system")
        return place

    def _slots(self, folder: _Place) -> Iterator[_Slot | _BootImage]:
        if folder.role != _FOLDER:
            raise SourceUnreadable("it is no folder")
        block, size = divmod(folder.value, 1 << 32)
        start = block * self._block_bytes
        if start >= self.image.size_bytes:
            raise SourceUnreadable(f"the folder is stated at {start}, beyond the volume's end")
        found = self._records(self._trees[folder.tree], start, start + size)
        yield from _joined(_of_one_folder(found), folder.tree)
        if folder.pack() == self.root:
            for number, (at, length) in enumerate(self._boot_images, 1):
                yield _BootImage(number, at, length)
        if start + size > self.image.size_bytes:
            raise SourceUnreadable("the volume ends within the folder")

    def _records(self, tree: IsoTree, start: int, end: int) -> Iterator[IsoRecord]:
        return records.records_in(
            self.image.read_at, start, end, kind=tree.kind, skip_bytes=tree.skip_bytes
        )

    def _orphans(self) -> Iterator[Slot]:
        """Yield what only the other trees and the older sessions hold."""
        if len(self._trees) == 1:
            return
        known = {self._extent(slot) for slot in self._files_of(0)}
        yield from self.files_beyond(known)

    def files_beyond(self, known: set[tuple[int, int]]) -> Iterator[Slot]:
        """Yield the files of all trees whose extent is not known.

        Args:
            known: Where extents begin in the volume, in bytes, and their sizes; grows.
        """
        for number in range(len(self._trees)):
            state = EntryState.LIVE if number < self._newest_count else EntryState.DELETED
            for slot in self._files_of(number):
                extent = self._extent(slot)
                if extent not in known and _size(slot.parts):
                    known.add(extent)
                    yield slot._replace(state=state)

    def _extent(self, slot: _Slot) -> tuple[int, int]:
        return slot.parts[0].block * self._block_bytes, _size(slot.parts)

    def _files_of(self, number: int) -> Iterator[_Slot]:
        waiting = [self._root_of(number)]
        seen = set(waiting)
        while waiting:
            try:
                for slot in self._slots(self._place(waiting.pop())):
                    if not isinstance(slot, _Slot):
                        continue
                    if slot.parts[0].entry_type is EntryType.FOLDER:
                        folder = self._folder_address(slot)
                        if folder not in seen:
                            seen.add(folder)
                            waiting.append(folder)
                    elif slot.parts[0].entry_type is EntryType.FILE:
                        yield slot
            except SourceUnreadable:
                continue

    def _folder_address(self, slot: _Slot) -> Address:
        record = slot.parts[0]
        block, size = record.block + record.attribute_blocks, record.size_bytes
        if record.child_block:
            block = record.child_block
            size = int.from_bytes(self.image.read_at(block * self._block_bytes + 10, 4), "little")
        return _folder_at(slot.tree, block, size)

    # Entries

    def entries_of(self, slot: Slot) -> Iterator[FoundEntry]:
        """Return the entries of a slot that ``files_beyond`` gave."""
        return self._entries(slot)

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if isinstance(slot, _BootImage):
            yield FoundEntry(
                raw_name=b"$Boot-%d" % slot.number,
                entry_type=EntryType.METADATA,
                state=EntryState.LIVE,
                content=ContentState.READABLE,
                address=_Place(_BOOT, 0, slot.block << 32 | slot.size_bytes).pack(),
                record="",
                size_bytes=slot.size_bytes,
            )
            return
        if not isinstance(slot, _Slot):
            raise TypeError("a slot of another driver")
        record = slot.parts[0]
        if record.entry_type is EntryType.FOLDER:
            yield self._entry(slot, self._folder_address(slot))
            return
        yield self._entry(slot, _Place(_FILE, slot.tree, record.place).pack())
        inside = record.other_block * self._block_bytes < self.image.size_bytes
        differs = record.other_block != record.block and record.other_block and inside
        if record.entry_type is EntryType.FILE and differs and record.size_bytes:
            address = _Place(_OTHER_ENDIAN, slot.tree, record.place).pack()
            yield self._stream(slot, address, b"big-endian extent")

    def _entry(self, slot: _Slot, address: Address) -> FoundEntry:
        record = slot.parts[0]
        if record.flags & records.FLAG_ASSOCIATED and record.entry_type is EntryType.FILE:
            return self._stream(slot, address, b"associated file")
        kind = record.entry_type
        return FoundEntry(
            raw_name=record.raw_name,
            entry_type=kind,
            state=slot.state,
            content=_CONTENT[kind],
            address=address,
            record=str(record.place),
            size_bytes=_size(slot.parts) if kind is EntryType.FILE else 0,
            link_target=record.link_target if kind is EntryType.LINK else b"",
            times=record.times,
        )

    def _stream(self, slot: _Slot, address: Address, name: bytes) -> FoundEntry:
        return FoundEntry(
            raw_name=name,
            owner_name=slot.parts[0].raw_name,
            entry_type=EntryType.STREAM,
            state=slot.state,
            content=ContentState.READABLE,
            address=address,
            record=str(slot.parts[0].place),
            size_bytes=_size(slot.parts),
            times=slot.parts[0].times,
        )


def _folder_at(tree: int, block: int, size_bytes: int) -> Address:
    # A block and what is added to it may exceed 32 bits: both places are beyond any volume's end.
    return _Place(_FOLDER, tree, min(block, 0xFFFFFFFF) << 32 | size_bytes).pack()


def _of_one_folder(found: Iterator[IsoRecord]) -> Iterator[IsoRecord]:
    """Yield the records of a folder: it begins with itself and its parent, as none else does.

    Otherwise a file's bytes would be told as names, and folders could share theirs, which
    multiplies them. One of the two records may be damaged.

    Raises:
        SourceUnreadable: Neither stands there, or another folder begins within this one.
    """
    first = list(itertools.islice(found, 2))
    if first and all(record.raw_name for record in first):
        raise SourceUnreadable("no folder begins where one is stated")
    yield from first
    for record in found:
        if not record.raw_name:
            raise SourceUnreadable("another folder begins within the folder")
        yield record


def _joined(found: Iterator[IsoRecord], tree: int) -> Iterator[_Slot]:
    """Join the records of a file in several extents; ``.``, ``..`` and moved ones are left out."""
    held: list[IsoRecord] = []
    for record in found:
        if not record.raw_name or record.moved:
            continue
        if held and held[0].raw_name != record.raw_name:
            yield _Slot(tree, tuple(held))
            held = []
        held.append(record)
        if not record.flags & records.FLAG_MORE or len(held) >= _PARTS_AT_MOST:
            yield _Slot(tree, tuple(held))
            held = []
    if held:
        yield _Slot(tree, tuple(held))


def _size(parts: tuple[IsoRecord, ...]) -> int:
    return sum(part.size_bytes for part in parts)
