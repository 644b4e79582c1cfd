"""The items of an AD1 image as a file tree: listed folder by folder, as their links lead.

An item is 48 bytes, its name, and its folder's address; it links to the next item of its
folder, to its first child, to its metadata and to its chunks. Links are claims: a chain ends
where it comes back to itself, and a folder that is met twice is listed once (by who walks).

Source: "AccessData Format (AD1)" (Bjelland, 2018); "Adventures in AD1" (al3ks1s, 2023).
"""

import re
import struct
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import StoredDigest
from polit.evidence.containers._ad1_payload import Payload
from polit.evidence.filesystem import Content, Journal
from polit.evidence.logical import MAXIMUM_ENTRIES, LogicalContent, check_reach, fitting_name
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

KIND = "ad1"

_ITEM = struct.Struct("<5QII")
_METADATA = struct.Struct("<QIII")
_CHUNK_COUNT = struct.Struct("<Q")
_REFERENCE = struct.Struct("<3sQ")
_MARK = b"ad1"
_ROOT = 0
_FOLDER = 5
_MAXIMUM_NAME_BYTES = 65_535
_MAXIMUM_METADATA = 256
_MAXIMUM_VALUE_BYTES = 256
_MAXIMUM_STRAYS = 1_000_000
"""Items that call another folder theirs: so many owners are kept, no more."""
_CHUNKS_KEPT = 16
_STEP_NS = 1_000
_HASHES, _CLASS, _TIMES = 1, 2, 5
_DIGESTS = {0x5001: ("md5", 32), 0x5002: ("sha1", 40)}
_ACCESSED, _CREATED, _MODIFIED = 7, 8, 9
_CLASS_KEY = 2
_OF_THE_FILE_SYSTEM = b"4"
_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FACTS = FileSystemFacts(
    kind=KIND,
    block_size_bytes=0,
    time_facts=TimeFacts(
        TimeBasis.UTC,
        tuple((name, _STEP_NS) for name in ("created", "modified", "accessed")),
        "item metadata",
    ),
    unallocated_bytes=None,
)


@dataclass(frozen=True, slots=True)
class _Item:
    address: int
    next: int
    first_child: int
    metadata: int
    chunks: int
    size_bytes: int
    kind: int
    name: bytes
    parent: int


class Ad1Files:
    """The tree of an AD1 image, read as it is walked."""

    def __init__(self, payload: Payload) -> None:
        """Stand on the payload; nothing is read yet."""
        self._payload = payload
        self._strays: dict[int, int] = {}

    @property
    def facts(self) -> FileSystemFacts:
        """What is known of it."""
        return _FACTS

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _pack(_ROOT)

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        owner = _unpack(folder)
        at = self._payload.header.first_item if owner == _ROOT else self._item(owner).first_child
        seen: set[int] = set()
        index = 0
        while at:
            if at in seen or index >= MAXIMUM_ENTRIES:
                raise SourceUnreadable(f"the items come back to the one at {at}, or do not end")
            seen.add(at)
            if index >= start_index:
                journal(index)
            item = self._item(at)
            self._check_owner(item, owner)
            if index >= start_index:
                for entry in self._entries(item):
                    yield index, entry
            at, index = item.next, index + 1

    def list_orphans(
        self, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield nothing: a logical image has no records besides its files."""
        del start_index, journal
        return iter(())

    def open_content(self, address: Address) -> Content:
        """Open a file's content; see ``FileSystem.open_content``."""
        item = self._item(_unpack(address))
        if item.kind == _FOLDER:
            raise SourceUnreadable("a folder has no content")
        _, _, digests = self._metadata(item)
        if not item.size_bytes:
            return LogicalContent(_NoBytes(), size_bytes=0, digests=digests)
        check_reach(item.size_bytes, self._payload.end)
        chunks = _Chunks(self._payload, item)
        return LogicalContent(
            chunks, size_bytes=item.size_bytes, places=chunks.places(), digests=digests
        )

    def _item(self, address: int) -> _Item:
        if not 0 < address < self._payload.end:
            raise SourceUnreadable(f"no item can stand at byte {address} of the image")
        values = _ITEM.unpack(self._payload.read_near(address, _ITEM.size))
        following, child, metadata, chunks, size_bytes, kind, length = values
        if length > _MAXIMUM_NAME_BYTES:
            raise SourceUnreadable(f"the item at {address} states a name of {length} bytes")
        name = self._payload.read_near(address + _ITEM.size, length) if length else b""
        raw_parent = self._payload.read_near(address + _ITEM.size + length, 8)
        parent = int.from_bytes(raw_parent, "little")
        return _Item(address, following, child, metadata, chunks, size_bytes, kind, name, parent)

    def _check_owner(self, item: _Item, owner: int) -> None:
        """Refuse an item that a second folder lists: folders that share items multiply them."""
        if item.parent == owner:
            return
        known = self._strays.setdefault(item.address, owner)
        if known != owner or len(self._strays) > _MAXIMUM_STRAYS:
            raise SourceUnreadable(f"the item at {item.address} lies in two folders: a loop")

    def _entries(self, item: _Item) -> Iterator[FoundEntry]:
        """Yield what an item stands for: a file that has children is a file and a folder."""
        times, file_class, _ = self._metadata(item)
        if item.kind == _FOLDER:
            yield _entry(item, EntryType.FOLDER, times, ContentState.NONE)
            return
        kind = EntryType.METADATA if file_class == _OF_THE_FILE_SYSTEM else EntryType.FILE
        is_held = bool(item.chunks) or not item.size_bytes
        yield _entry(item, kind, times, ContentState.READABLE if is_held else ContentState.GONE)
        if item.first_child:
            yield _entry(item, EntryType.FOLDER, times, ContentState.NONE)

    def _metadata(self, item: _Item) -> tuple[EntryTimes, bytes, tuple[StoredDigest, ...]]:
        """Return times, class and digests; a damaged chain gives what stands before."""
        stamps: dict[int, int | None] = {}
        file_class, digests = b"", []
        for category, key, value in self._values(item.metadata):
            if category == _TIMES:
                stamps[key] = _instant_ns(value)
            elif category == _CLASS and key == _CLASS_KEY:
                file_class = value
            elif category == _HASHES and key in _DIGESTS:
                algorithm, length = _DIGESTS[key]
                text = value.decode("latin-1").lower()
                if len(text) == length and not set(text) - set("0123456789abcdef"):
                    digests.append(StoredDigest(algorithm, text, "item metadata"))
        times = EntryTimes(
            created_ns=stamps.get(_CREATED),
            modified_ns=stamps.get(_MODIFIED),
            accessed_ns=stamps.get(_ACCESSED),
        )
        return times, file_class, tuple(digests)

    def _values(self, at: int) -> Iterator[tuple[int, int, bytes]]:
        for _ in range(_MAXIMUM_METADATA):
            if not 0 < at < self._payload.end:
                return
            try:
                raw = self._payload.read_near(at, _METADATA.size)
                following, category, key, length = _METADATA.unpack(raw)
                wanted = min(length, _MAXIMUM_VALUE_BYTES)
                value = self._payload.read_near(at + _METADATA.size, wanted) if wanted else b""
            except SourceUnreadable as error:
                if error.errno is not None:
                    raise
                return
            yield category, key, value
            at = following


class _NoBytes:
    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        del offset_bytes, length_bytes
        return b""


class _Chunks:
    """The chunks of one file: zlib streams between the addresses of a table."""

    def __init__(self, payload: Payload, item: _Item) -> None:
        self._payload, self._size_bytes, self._table = payload, item.size_bytes, item.chunks
        self._chunk_bytes = payload.header.chunk_bytes
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        (count,) = _CHUNK_COUNT.unpack(payload.read_near(item.chunks, _CHUNK_COUNT.size))
        if count != -(-item.size_bytes // self._chunk_bytes) or count * 8 > payload.end:
            raise SourceUnreadable(
                f"the item at {item.address} states {item.size_bytes} bytes in {count} chunks"
            )
        self._count = count

    def places(self) -> tuple[tuple[int, int], ...]:
        begin, end = self._address(0), self._address(self._count)
        return self._payload.places(begin, end - begin) if begin < end else ()

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        end = min(offset_bytes + length_bytes, self._size_bytes)
        first, begin = divmod(offset_bytes, self._chunk_bytes)
        last = (end - 1) // self._chunk_bytes
        data = b"".join(self._chunk(number) for number in range(first, last + 1))
        return data[begin : begin + end - offset_bytes]

    def _address(self, number: int) -> int:
        raw = self._payload.read_near(self._table + 8 + 8 * number, 8)
        return int.from_bytes(raw, "little")

    def _chunk(self, number: int) -> bytes:
        if number not in self._kept:
            self._kept[number] = self._decoded(number)
            if len(self._kept) > _CHUNKS_KEPT:
                self._kept.popitem(last=False)
        return self._kept[number]

    def _decoded(self, number: int) -> bytes:
        wanted = min(self._chunk_bytes, self._size_bytes - number * self._chunk_bytes)
        begin, end = self._address(number), self._address(number + 1)
        if not 0 < end - begin <= self._chunk_bytes + (self._chunk_bytes >> 3) + 1024:
            raise SourceUnreadable(f"chunk {number} would lie from byte {begin} to {end}")
        stream = zlib.decompressobj()
        try:
            data = stream.decompress(self._payload.read(begin, end - begin), wanted + 1)
        except zlib.error as error:
            raise SourceUnreadable(f"chunk {number} at byte {begin}: {error}") from error
        if len(data) != wanted:
            raise SourceUnreadable(f"chunk {number} at byte {begin} has {len(data)} bytes")
        return data


def _entry(item: _Item, kind: EntryType, times: EntryTimes, content: ContentState) -> FoundEntry:
    return FoundEntry(
        raw_name=fitting_name(item.name),
        entry_type=kind,
        state=EntryState.LIVE,
        content=content,
        address=_pack(item.address),
        record=str(item.address),
        size_bytes=item.size_bytes if kind is not EntryType.FOLDER else 0,
        times=times,
    )


def _pack(address: int) -> Address:
    return Address(_REFERENCE.pack(_MARK, address))


def _unpack(address: Address) -> int:
    try:
        mark, place = _REFERENCE.unpack(address)
    except struct.error as error:
        raise SourceUnreadable("the address is not of this image") from error
    if mark != _MARK:
        raise SourceUnreadable("the address is not of this image")
    return int(place)


def _instant_ns(value: bytes) -> int | None:
    """Return a time such as ``20180502T074659.164650``, which is in UTC."""
    found = _TIME.fullmatch(value.strip(b"\0 "))
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    micros = int((found[7] or b"0").ljust(6, b"0"))
    try:
        # Not strptime: it imports a module at its first use, and the sandbox opens no file.
        instant = datetime(year, month, day, hour, minute, second, micros, UTC)
    except ValueError:
        return None
    return (instant - _EPOCH) // timedelta(microseconds=1) * 1000
