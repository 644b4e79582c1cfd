"""UDF 1.02 to 2.60, and discs that are ISO 9660 as well. Runs in the walker only.

Neither the Sleuth Kit nor another kept-up library reads UDF. Of a disc that is both, UDF is
listed; what only the trees of ISO 9660 hold comes with the orphans, as ``iso9660`` tells it.
A deleted name keeps its file entry until that is written over.
"""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.filesystems import _udf_entries as entries
from polit.evidence.filesystems import iso9660
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._listing import ListedFileSystem, Slot
from polit.evidence.filesystems._mapped import HeldContent, MappedContent
from polit.evidence.filesystems._udf_entries import BlockAddress, UdfEntry, UdfName
from polit.evidence.filesystems._udf_layout import UdfLayout
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

ORDER = 60
NAME = "udf"

_ADDRESS = struct.Struct("<2sIHB")
_MARK = b"ud"
_FIRST_DESCRIPTOR = 0x8000
_DESCRIPTORS = 16
_FOLDER_BYTES_AT_MOST = 256 << 20
_LINK_BYTES_AT_MOST = 1 << 16
_STREAMS_AT_MOST = 1000
_CONTENT = {
    EntryType.FILE: ContentState.READABLE,
    EntryType.FOLDER: ContentState.NONE,
    EntryType.LINK: ContentState.NONE,
    EntryType.SPECIAL: ContentState.SPECIAL,
}
_STEPS = tuple((name, 1000) for name in ("accessed", "changed", "created", "modified"))


class _Slot(NamedTuple):
    name: UdfName
    deleted: bool


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume's first 64 KiB announce UDF (NSR02 or NSR03)."""
    places = range(_FIRST_DESCRIPTOR + 1, _FIRST_DESCRIPTOR + 2048 * _DESCRIPTORS, 2048)
    return any(untrusted_head[at : at + 5] in (b"NSR02", b"NSR03") for at in places)


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open a UDF volume, or its ISO 9660 half where only that is whole.

    Raises:
        SourceUnreadable: Its first structures are damaged.
    """
    image = VolumeImage(source, volume, on_read)
    bridge = iso9660.detect(image.read_at(0, _FIRST_DESCRIPTOR + 2048))
    try:
        return UdfFileSystem(image, _iso_half(image) if bridge else None)
    except SourceUnreadable:
        if bridge:
            return iso9660.IsoFileSystem(image)
        raise


def _iso_half(image: VolumeImage) -> iso9660.IsoFileSystem | None:
    try:
        return iso9660.IsoFileSystem(image)
    except SourceUnreadable:
        return None


class UdfFileSystem(ListedFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage, iso: iso9660.IsoFileSystem | None = None) -> None:
        """Read the volume's description; ``iso`` is the same disc's other half."""
        super().__init__(image)
        self._iso = iso
        self.layout = UdfLayout(image)
        self.layout.entry(self.layout.root)

    def _find_facts(self) -> FileSystemFacts:
        return FileSystemFacts(
            kind=NAME,
            block_size_bytes=self.layout.block_bytes,
            time_facts=TimeFacts(TimeBasis.UTC, _STEPS, "file entry"),
            unallocated_bytes=self.layout.free_bytes,
        )

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _packed(self.layout.root)

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        at, deleted = _unpacked(folder)
        yield from self.walk(self._slots(at, deleted=deleted), start_index, journal)

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        if self._iso is not None and address.startswith(iso9660.MARK):
            return self._iso.open_content(address)
        at, _ = _unpacked(address)
        entry = self.layout.entry(at)
        if entry.entry_type is not EntryType.FILE:
            raise SourceUnreadable(f"the entry at block {at.block} is no file")
        return self._content(entry)

    def _content(self, entry: UdfEntry) -> Content:
        if entry.form == entries.EMBEDDED:
            return HeldContent(entry.body[: entry.size_bytes])
        self.check_size(entry.size_bytes)
        pieces = self.layout.pieces(entry)
        return MappedContent(self.image, pieces, size_bytes=entry.size_bytes)

    # Names

    def _slots(self, at: BlockAddress, *, deleted: bool) -> Iterator[_Slot]:
        for name in self._names(self.layout.entry(at)):
            if name.raw_name and not name.characteristics & entries.CHARACTER_PARENT:
                gone = bool(name.characteristics & entries.CHARACTER_DELETED)
                yield _Slot(name, deleted or gone)

    def _names(self, folder: UdfEntry) -> Iterator[UdfName]:
        if folder.entry_type is not EntryType.FOLDER:
            raise SourceUnreadable(f"the entry at block {folder.at.block} is no folder")
        if folder.size_bytes > min(_FOLDER_BYTES_AT_MOST, self.image.size_bytes):
            raise SourceUnreadable(f"the folder states {folder.size_bytes} bytes")
        content = self._content(folder)
        stored = content.read_at(0, content.size_bytes)
        read = yield from entries.names_in(stored)
        if read < content.size_bytes:
            raise SourceUnreadable(f"the folder is damaged {read} bytes behind its beginning")

    def _orphans(self) -> Iterator[Slot]:
        """Yield what only the ISO 9660 half of the disc holds."""
        if self._iso is not None:
            known = {(0, 0), *self._known()}
            yield from self._iso.files_beyond(known)

    def _known(self) -> Iterator[tuple[int, int]]:
        """Yield where each file begins in the volume, and its size."""
        waiting, seen = [self.layout.root], {self.layout.root}
        while waiting:
            try:
                for slot in self._slots(waiting.pop(), deleted=False):
                    entry = self._entry_of(slot)
                    if entry is None or entry.at in seen:
                        continue
                    if entry.entry_type is EntryType.FOLDER:
                        seen.add(entry.at)
                        waiting.append(entry.at)
                    elif entry.entry_type is EntryType.FILE and entry.size_bytes:
                        for piece in self._pieces(entry)[:1]:
                            yield piece, entry.size_bytes
            except SourceUnreadable:
                continue

    def _pieces(self, entry: UdfEntry) -> list[int]:
        try:
            return [piece.place or 0 for piece in self.layout.pieces(entry)]
        except SourceUnreadable:
            return []

    def _entry_of(self, slot: _Slot) -> UdfEntry | None:
        try:
            return self.layout.entry(slot.name.icb)
        except SourceUnreadable:
            return None

    # Entries

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if self._iso is not None and not isinstance(slot, _Slot):
            yield from self._iso.entries_of(slot)
            return
        if not isinstance(slot, _Slot):
            raise TypeError("a slot of another driver")
        entry = self._entry_of(slot)
        found = self._found(slot, entry)
        yield found
        if entry is not None and entry.streams is not None:
            yield from self._streams(found, entry.streams)

    def _found(self, slot: _Slot, entry: UdfEntry | None) -> FoundEntry:
        name = slot.name
        folder = bool(name.characteristics & entries.CHARACTER_FOLDER)
        kind = entry.entry_type if entry is not None else None
        stated = EntryType.FOLDER if folder else EntryType.FILE
        state = EntryState.DELETED if slot.deleted else EntryState.LIVE
        reused = slot.deleted and (stated is EntryType.FOLDER) != (kind is EntryType.FOLDER)
        if entry is None or kind is None or reused:
            content = ContentState.GONE if slot.deleted else _CONTENT[stated]
            return FoundEntry(
                raw_name=name.raw_name,
                entry_type=stated,
                state=state,
                content=content,
                address=_packed(name.icb, deleted=slot.deleted),
                record=str(name.icb.block),
            )
        return FoundEntry(
            raw_name=name.raw_name,
            entry_type=kind,
            state=state,
            content=_CONTENT[kind],
            address=_packed(name.icb, deleted=slot.deleted),
            record=str(name.icb.block),
            size_bytes=entry.size_bytes if kind is EntryType.FILE else 0,
            link_target=self._link(entry) if kind is EntryType.LINK else b"",
            times=entry.times,
        )

    def _link(self, entry: UdfEntry) -> bytes:
        if entry.size_bytes > _LINK_BYTES_AT_MOST:
            return b""
        try:
            return entries.link_of(self._content(entry).read_at(0, entry.size_bytes))
        except SourceUnreadable:
            return b""

    def _streams(self, owner: FoundEntry, at: BlockAddress) -> Iterator[FoundEntry]:
        try:
            for number, slot in enumerate(self._slots(at, deleted=False)):
                entry = self._entry_of(slot)
                if number >= _STREAMS_AT_MOST or entry is None:
                    return
                yield FoundEntry(
                    raw_name=slot.name.raw_name,
                    owner_name=owner.raw_name,
                    entry_type=EntryType.STREAM,
                    state=owner.state,
                    content=ContentState.READABLE,
                    address=_packed(slot.name.icb, deleted=slot.deleted),
                    record=str(slot.name.icb.block),
                    size_bytes=entry.size_bytes,
                    times=entry.times,
                )
        except SourceUnreadable:
            return


def _packed(at: BlockAddress, *, deleted: bool = False) -> Address:
    return Address(_ADDRESS.pack(_MARK, at.block, at.partition, deleted))


def _unpacked(address: Address) -> tuple[BlockAddress, bool]:
    if len(address) != _ADDRESS.size or not address.startswith(_MARK):
        raise SourceUnreadable("the address is not of this file system")
    _, block, partition, deleted = _ADDRESS.unpack(address)
    return BlockAddress(block, partition), bool(deleted)
