"""exFAT, read by its own bytes. Runs in the walker only.

The Sleuth Kit opens exFAT too and serves the tests as a second opinion. It is not used here,
because it reads what lies behind a file's valid length (another file's remains) as content,
and skips reused clusters of a deleted file whose place is known to be in one piece.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from struct import Struct, error
from typing import NamedTuple, Self

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem, Journal
from polit.evidence.filesystems import _exfat_names as names
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._contents import RunContent
from polit.evidence.filesystems._exfat_layout import OEM_NAME, ExfatLayout
from polit.evidence.filesystems._exfat_names import ExfatName
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._listing import ListedFileSystem
from polit.evidence.filesystems._lost import (
    FOLDERS_AT_MOST,
    LOST_PLACE,
    LOST_REPEATED,
    Listed,
    tops,
)
from polit.evidence.filesystems._orphans import FreeSpace, reach_all
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

ORDER = 20
NAME = "exfat"

_PLACE = Struct("<IQQBB")
_PAGE_CLUSTERS = 1 << 18
_FIRST_INODE = 3
_FOLDER_BYTES_AT_MOST = 256 << 20
"""The specification's limit of a folder."""
_TIME_FACTS = TimeFacts(
    TimeBasis.LOCAL_UNKNOWN,
    (("accessed", 2_000_000_000), ("created", 10_000_000), ("modified", 10_000_000)),
    "file entry",
)


class _Place(NamedTuple):
    """An address of this driver, unpacked: everything that a set states of its content."""

    start_cluster: int
    size_bytes: int
    valid_bytes: int
    in_one_piece: bool
    deleted: bool

    def pack(self) -> Address:
        return Address(_PLACE.pack(*self))

    @classmethod
    def unpack(cls, address: Address) -> Self:
        try:
            start, size, valid, one_piece, deleted = _PLACE.unpack(address)
        except error as cause:
            raise SourceUnreadable("the address is not of this file system") from cause
        return cls(start, size, valid, bool(one_piece), bool(deleted))


class _Slot(NamedTuple):
    name: ExfatName
    inode: int
    deleted: bool


def _place(slot: _Slot) -> _Place:
    name = slot.name
    return _Place(
        name.start_cluster, name.size_bytes, name.valid_bytes, name.in_one_piece, slot.deleted
    )


def _told(slot: _Slot) -> tuple[object, ...]:
    """Return all that tells a name from others: a copy of it elsewhere has the same."""
    name = slot.name
    return name.raw_name, name.start_cluster, name.size_bytes, name.times


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume's first sector is an exFAT boot sector."""
    return untrusted_head[3:11] == OEM_NAME


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open an exFAT volume.

    Raises:
        SourceUnreadable: Its boot sector is damaged.
    """
    return ExfatFileSystem(VolumeImage(source, volume, on_read))


class ExfatFileSystem(ListedFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Open the file system."""
        super().__init__(image)
        self.layout = ExfatLayout(image)
        self.allocation = AllocationMap(
            block_count=self.layout.cluster_count,
            page_bits=_PAGE_CLUSTERS,
            read_page=lambda page: self._bitmap.read_at(
                page * _PAGE_CLUSTERS // 8, _PAGE_CLUSTERS // 8
            ),
        )

    @property
    def root(self) -> Address:
        """The address of the root folder."""
        return _Place(self.layout.root_cluster, 0, 0, in_one_piece=False, deleted=False).pack()

    def list_folder(
        self, folder: Address, *, start_index: int, journal: Journal
    ) -> Iterator[tuple[int, FoundEntry]]:
        """Yield the names of a folder; see ``FileSystem.list_folder``."""
        yield from self.walk(self._slots(_Place.unpack(folder)), start_index, journal)

    def open_content(self, address: Address) -> Content:
        """Open an entry's content; see ``FileSystem.open_content``."""
        place = _Place.unpack(address)
        self.check_size(place.size_bytes)
        runs = self.layout.ranges(self._clusters(place))
        if sum(length for _, length in runs) < place.size_bytes:
            raise SourceUnreadable("the table does not lead to all of the content")
        return RunContent(
            self.image, runs, size_bytes=place.size_bytes, valid_bytes=place.valid_bytes
        )

    def _find_facts(self) -> FileSystemFacts:
        size = self.layout.cluster_bytes
        return FileSystemFacts("exfat", size, _TIME_FACTS, self.allocation.free_blocks() * size)

    def unallocated(self) -> Iterator[tuple[int, int]]:
        """Yield the bytes that no file owns; see ``TellsFreeSpace``."""
        yield from self.free_ranges(
            self.allocation,
            first_bytes=self.layout.offset_of(2),
            block_bytes=self.layout.cluster_bytes,
        )

    @cached_property
    def _bitmap(self) -> RunContent:
        for at, entry in self._root_entries():
            if entry[0] == names.BITMAP and not entry[1] & 1:
                start = int.from_bytes(entry[20:24], "little")
                size = min(int.from_bytes(entry[24:32], "little"), self.image.size_bytes)
                runs = self.layout.ranges(self.layout.by_table(start, size))
                return RunContent(self.image, runs, size_bytes=size)
            if at > _FOLDER_BYTES_AT_MOST:
                break
        raise SourceUnreadable("the volume's allocation bitmap is missing")

    def _root_entries(self) -> Iterator[tuple[int, bytes]]:
        root = self._bytes_of(self._folder_clusters(_Place.unpack(self.root)))
        for at in range(0, len(root), names.ENTRY_BYTES):
            yield at, root[at : at + names.ENTRY_BYTES]

    def _clusters(self, place: _Place) -> list[tuple[int, int]]:
        if place.in_one_piece:
            return self.layout.in_a_row(place.start_cluster, place.size_bytes)
        chain = self.layout.by_table(place.start_cluster, place.size_bytes)
        covered = sum(count for _, count in chain)
        if place.deleted and covered < self.layout.clusters_for(place.size_bytes):
            return self.layout.in_a_row(place.start_cluster, place.size_bytes)
        return chain

    def _folder_clusters(self, place: _Place) -> list[tuple[int, int]]:
        if place.size_bytes == 0:
            return self.layout.by_table(place.start_cluster)
        return self._clusters(place)

    def _bytes_of(self, clusters: list[tuple[int, int]]) -> bytes:
        runs = self.layout.ranges(clusters)
        size = min(sum(length for _, length in runs), _FOLDER_BYTES_AT_MOST)
        return RunContent(self.image, runs, size_bytes=size).read_at(0, size)

    def _slots(self, folder: _Place) -> Iterator[_Slot]:
        clusters = self._folder_clusters(folder)
        if not clusters and folder.start_cluster:
            raise SourceUnreadable("the folder's first cluster is not one of this volume")
        for slot in self._names(clusters):
            yield slot._replace(deleted=True) if folder.deleted else slot

    def _names(self, clusters: list[tuple[int, int]]) -> Iterator[_Slot]:
        layout = self.layout
        sectors = layout.cluster_bytes // layout.sector_bytes
        per_cluster = layout.cluster_bytes // names.ENTRY_BYTES
        numbers = [each for first, count in clusters for each in range(first, first + count)]
        for name in names.names_in(self._bytes_of(clusters)):
            number, index = divmod(name.position, per_cluster)
            sector = (numbers[number] - 2) * sectors
            inode = sector * (layout.sector_bytes // names.ENTRY_BYTES) + index + _FIRST_INODE
            if not name.deleted or self._possible(name):
                yield _Slot(name, inode, name.deleted)

    def _possible(self, name: ExfatName) -> bool:
        """Tell whether an unused set can have been a name of this volume."""
        fits = name.size_bytes <= self.layout.cluster_count * self.layout.cluster_bytes
        return fits and (self.layout.holds(name.start_cluster) or not name.size_bytes)

    def _orphans(self) -> Iterator[_Slot]:
        layout, listed = self.layout, Listed()
        places = {layout.root_cluster: _Place.unpack(self.root)}

        def folders_in(cluster: int) -> Iterator[int]:
            for slot in self._slots(places[cluster]):
                listed.add(_told(slot))
                place = _place(slot)
                if slot.name.is_folder and self._folder_state(place) is ContentState.NONE:
                    places.setdefault(place.start_cluster, place)
                    yield place.start_cluster

        reached = reach_all(layout.root_cluster, folders_in)
        self.dropped.clear()
        free = FreeSpace(
            self.image,
            layout.cluster_count,
            layout.cluster_bytes,
            layout.offset_of,
            lambda page: self._bitmap.read_at(page << 12, 1 << 12),
        )
        held = (
            cluster
            for cluster, head in free.heads(names.ENTRY_BYTES)
            if names.can_hold_names(head) and cluster not in reached
        )
        lost = list(islice(filter(self._holds_names, held), FOLDERS_AT_MOST))
        for cluster in tops(lost, lambda cluster: self._led_from(cluster, lost)):
            for slot in self._named_in(cluster):
                if listed.add(_told(slot)):
                    yield slot
                else:
                    self._drop(LOST_REPEATED)

    def _lost_names(self, cluster: int) -> Iterator[_Slot]:
        layout = self.layout
        wanted = layout.cluster_bytes + names.SET_BYTES_AT_MOST
        held = self.image.read_at(layout.offset_of(cluster), wanted)
        sectors = layout.cluster_bytes // layout.sector_bytes
        first = (cluster - 2) * sectors * (layout.sector_bytes // names.ENTRY_BYTES)
        for name in names.lost_names_in(held, cluster_bytes=layout.cluster_bytes, drop=self._drop):
            if self._possible(name):
                yield _Slot(name, first + name.position + _FIRST_INODE, deleted=True)
            else:
                self._drop(LOST_PLACE)

    def _holds_names(self, cluster: int) -> bool:
        """Tell whether a name begins in a cluster; here what makes no sense is counted."""
        return sum(1 for _ in self._lost_names(cluster)) > 0

    def _named_in(self, cluster: int) -> list[_Slot]:
        counted = self.dropped.copy()
        found = list(self._lost_names(cluster))
        self.dropped = counted
        return found

    def _led_from(self, cluster: int, lost: list[int]) -> Iterator[int]:
        for slot in self._named_in(cluster):
            if slot.name.is_folder and self._folder_state(_place(slot)) is ContentState.NONE:
                for first, count in self._clusters(_place(slot)):
                    yield from lost[bisect_left(lost, first) : bisect_left(lost, first + count)]

    def _drop(self, code: str) -> None:
        self.dropped[code] += 1

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if not isinstance(slot, _Slot):
            raise TypeError("a slot of another driver")
        name = slot.name
        place = _place(slot)
        content = self._folder_state(place) if name.is_folder else self._file_state(place)
        yield FoundEntry(
            raw_name=name.raw_name,
            entry_type=EntryType.FOLDER if name.is_folder else EntryType.FILE,
            state=EntryState.DELETED if slot.deleted else EntryState.LIVE,
            content=content,
            address=place.pack(),
            record=str(slot.inode),
            size_bytes=0 if name.is_folder else name.size_bytes,
            overwritten=slot.deleted
            and content is ContentState.READABLE
            and self._reused(self._clusters(place)),
            times=name.times,
        )

    def _file_state(self, place: _Place) -> ContentState:
        gone = place.deleted and not (place.size_bytes and self.layout.holds(place.start_cluster))
        return ContentState.GONE if gone else ContentState.READABLE

    def _folder_state(self, place: _Place) -> ContentState:
        if not place.deleted:
            return ContentState.NONE
        clusters = self._clusters(place)
        if not clusters:
            return ContentState.GONE
        return ContentState.REALLOCATED if self._reused(clusters) else ContentState.NONE

    def _reused(self, clusters: list[tuple[int, int]]) -> bool:
        return any(self.allocation.any_used(first - 2, count) for first, count in clusters)
