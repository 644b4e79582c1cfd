"""A shadow copy of an NTFS volume as what differs from the volume as it was later.

An entry is *the same* where four things hold: its record in the file table is byte for byte that
of the newer state, extension records included; the name is one that the record itself states;
no block that the shadow copy keeps for itself lies under its content, or what lies there is equal
byte by byte; and the names of its folder are unchanged wherever the name is all that there is.

The record carries names, times, sizes, the sequence number and the place of the content; every
change through Windows writes a new log sequence number into it. It does not carry the content: a
program that writes to clusters directly, or another system that keeps no log, changes bytes and
leaves the record as it was. That is why the blocks are asked too: the copy keeps every block
that was overwritten since, whoever wrote it through the running system. What was changed while
Windows did not run (by another system, or by writing to the disk itself) left no block behind;
the shadow copy then shows the changed bytes as well, and nothing on the device tells the older.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import EvidenceChanged, SourceError
from polit.evidence.filesystem import Content, Journal
from polit.evidence.filesystems._ntfs_lost import STRAY
from polit.evidence.filesystems._ntfs_names import fixed_up
from polit.evidence.filesystems._tsk import Reference, runs_of
from polit.evidence.filesystems.ntfs import NtfsFileSystem
from polit.evidence.source import ByteSource
from polit.model.evidence import (
    Address,
    ContentState,
    EntryType,
    FileSystemFacts,
    FoundEntry,
)

SAME = "same_in_newer"
BLOCK_BYTES = 1 << 14
"""What a shadow copy keeps at once."""

_ATTRIBUTES_END = 0xFFFFFFFF
_ATTRIBUTE_LIST = 0x20
_INDEX_ALLOCATION = 0xA0
_EXTENSIONS_AT_MOST = 1024
_KEPT = 4096
_COMPARED_AT_MOST = 1 << 30
_STORAGE_NAME_ENDS = b"{3808876b-c176-4e48-b7ae-04046e6cc752}"
"""The files that shadow copies are kept in; a shadow copy keeps nothing of them."""
_NAMES_ONLY = frozenset((ContentState.GONE, ContentState.REALLOCATED))


class ShadowFileSystem:
    """See ``FileSystem``; what is the same is no entry but counted, as ``CountsDropped`` has it."""

    def __init__(
        self,
        older: NtfsFileSystem,
        newer: NtfsFileSystem,
        sources: tuple[ByteSource, ByteSource],
        changed: NDArray[np.int64],
    ) -> None:
        """Compare two states of one volume.

        Args:
            older: The shadow copy.
            newer: The next newer one, or the volume itself.
            sources: The bytes of the older and of the newer state, from the volume's first on.
            changed: The numbers of the blocks that the shadow copy keeps, in order, without
                repeats.
        """
        self._older, self._newer = older, newer
        self._sources, self._changed = sources, changed
        self._known: OrderedDict[int, bool] = OrderedDict()
        self.dropped: Counter[str] = Counter()

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of the shadow copy's file system; its free space is the volume's own."""
        return replace(self._older.facts, unallocated_bytes=0)

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return self._older.root

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        inode = Reference.unpack(folder).inode
        listing = self._older.list_folder(folder, start_index=start_index, journal=journal)
        yield from self._differing(listing, lambda: self._has_same_names(inode))

    def list_orphans(
        self, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield records that no name leads to: their names stand in the records themselves."""
        listing = self._older.list_orphans(start_index=start_index, journal=journal)
        yield from self._differing(listing, lambda: True)

    def _differing(
        self, listing: Iterator[tuple[int, FoundEntry]], have_same_names: Callable[[], bool]
    ) -> Iterator[tuple[int, FoundEntry]]:
        self.dropped.clear()
        names_hold: bool | None = None
        for index, entry in listing:
            if entry.content in _NAMES_ONLY and names_hold is None:
                names_hold = have_same_names()
            if entry.raw_name.lower().endswith(_STORAGE_NAME_ENDS):
                yield index, replace(entry, content=ContentState.LEFT_OUT)
            elif self._is_same(entry, names_hold=bool(names_hold)):
                self.dropped[SAME] += 1
            else:
                yield index, entry
        self.dropped.update(self._older.dropped)

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        return self._older.open_content(address)

    def _is_same(self, entry: FoundEntry, *, names_hold: bool) -> bool:
        if entry.entry_type is EntryType.FOLDER:
            return False  # a folder is always gone into, whatever its record says
        if entry.content in _NAMES_ONLY and not names_hold:
            return False
        try:
            reference = Reference.unpack(entry.address)
            if reference.attribute_type == STRAY or not self._has_same_record(reference.inode):
                return False  # what lies outside the table is found by place, and places change
            if entry.content is not ContentState.READABLE:
                return True
            return self._holds_same(self._older.open_content(entry.address).places())
        except EvidenceChanged:
            raise
        except SourceError:
            return False

    # Records

    def _has_same_record(self, inode: int) -> bool:
        known = self._known.get(inode)
        if known is None:
            known = self._known[inode] = self._compare_records(inode)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known

    def _compare_records(self, inode: int) -> bool:
        first = self._raw(self._older, inode)
        if not first or first != self._raw(self._newer, inode):
            return False
        extensions = _extensions_of(first, inode)
        if extensions is None:
            return False
        return all(
            (raw := self._raw(self._older, number)) and raw == self._raw(self._newer, number)
            for number in extensions
        )

    @staticmethod
    def _raw(system: NtfsFileSystem, inode: int) -> bytes:
        size = system.layout.record_bytes
        raw = system.table.read_at(inode * size, size)
        return raw if len(raw) == size else b""

    def _has_same_names(self, folder: int) -> bool:
        try:
            return self._has_same_record(folder) and self._holds_same(self._index_places(folder))
        except EvidenceChanged:
            raise
        except SourceError:
            return False

    def _index_places(self, folder: int) -> tuple[tuple[int, int], ...]:
        """Return where the names of a folder lie, besides its own record."""
        block_bytes = self._older.info.block_size
        return tuple(
            (run.first_block * block_bytes, run.length * block_bytes)
            for attribute in self._older.record(folder)
            if int(attribute.info.type) == _INDEX_ALLOCATION
            for run in runs_of(attribute)
        )

    # Contents

    def _holds_same(self, places: tuple[tuple[int, int], ...]) -> bool:
        """Tell whether both states hold the same bytes at places of the volume."""
        compared = 0
        for offset, length in places:
            first, last = offset // BLOCK_BYTES, (offset + length - 1) // BLOCK_BYTES
            start, stop = np.searchsorted(self._changed, (first, last + 1))
            for block in self._changed[start:stop].tolist():
                begin = max(block * BLOCK_BYTES, offset)
                end = min((block + 1) * BLOCK_BYTES, offset + length)
                compared += end - begin
                if compared > _COMPARED_AT_MOST or not self._equal(begin, end - begin):
                    return False
        return True

    def _equal(self, offset_bytes: int, length_bytes: int) -> bool:
        older, newer = self._sources
        return older.read_at(offset_bytes, length_bytes) == newer.read_at(
            offset_bytes, length_bytes
        )


def _extensions_of(untrusted_record: bytes, inode: int) -> set[int] | None:
    """Return the other records that a record's attributes lie in.

    Returns:
        ``None`` where that cannot be told: the record is torn, or the list lies outside it.
    """
    record = fixed_up(untrusted_record, b"FILE")
    if not record:
        return None
    at = int.from_bytes(record[20:22], "little")
    while at + 24 <= len(record):
        kind = int.from_bytes(record[at : at + 4], "little")
        length = int.from_bytes(record[at + 4 : at + 8], "little")
        if kind == _ATTRIBUTES_END or length < 24 or at + length > len(record):
            return set()
        if kind == _ATTRIBUTE_LIST:
            if record[at + 8]:
                return None
            size = int.from_bytes(record[at + 16 : at + 20], "little")
            offset = int.from_bytes(record[at + 20 : at + 22], "little")
            return _listed(record[at + offset : at + min(offset + size, length)], inode)
        at += length
    return set()


def _listed(untrusted_list: bytes, inode: int) -> set[int] | None:
    found: set[int] = set()
    at = 0
    while at + 26 <= len(untrusted_list):
        length = int.from_bytes(untrusted_list[at + 4 : at + 6], "little")
        if length < 26:
            return None
        found.add(int.from_bytes(untrusted_list[at + 16 : at + 22], "little"))
        at += length
    return found - {inode} if len(found) <= _EXTENSIONS_AT_MOST else None
