"""FAT12, FAT16 and FAT32 through the Sleuth Kit. Runs in the walker only.

A deleted file keeps its first cluster and its size; where its other clusters lay is a guess,
and the Sleuth Kit's is used: the next free clusters. It is exact for a file in one piece.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import pytsk3

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content, FileSystem
from polit.evidence.filesystems import _fat_names as names
from polit.evidence.filesystems._allocation import AllocationMap
from polit.evidence.filesystems._contents import RunContent
from polit.evidence.filesystems._fat_layout import FatLayout
from polit.evidence.filesystems._fat_names import FatName
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._lost import (
    FOLDERS_AT_MOST,
    LOST_PLACE,
    LOST_REPEATED,
    Listed,
    tops,
)
from polit.evidence.filesystems._orphans import FreeSpace, reach_all
from polit.evidence.filesystems._tsk import Reference, Run, TskFileSystem, runs_of
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

ORDER = 30
NAME = "fat"

_KINDS = {
    int(pytsk3.TSK_FS_TYPE_FAT12): "fat12",
    int(pytsk3.TSK_FS_TYPE_FAT16): "fat16",
    int(pytsk3.TSK_FS_TYPE_FAT32): "fat32",
}
_FIRST_INODE = 3
_FURTHER_CLUSTERS = 4096
"""A folder holds at most 2 MiB of names, in clusters of 512 bytes or more."""
_TIME_FACTS = TimeFacts(
    TimeBasis.LOCAL_UNKNOWN,
    (("accessed", 86_400_000_000_000), ("created", 10_000_000), ("modified", 2_000_000_000)),
    "folder entry",
)


class _Slot(NamedTuple):
    name: FatName
    inode: int
    deleted: bool
    parent_cluster: int


def detect(untrusted_head: bytes) -> bool:
    """Tell whether a volume's first sector is a FAT boot sector."""
    return FatLayout.looks_like(untrusted_head)


def open_filesystem(
    source: ByteSource, volume: VolumeFacts, *, on_read: Callable[[], None] | None = None
) -> FileSystem:
    """Open a FAT volume.

    Raises:
        SourceUnreadable: Its boot sector is damaged.
    """
    return FatFileSystem(VolumeImage(source, volume, on_read))


class FatFileSystem(TskFileSystem):
    """See ``FileSystem``."""

    def __init__(self, image: VolumeImage) -> None:
        """Open the file system."""
        super().__init__(image, int(pytsk3.TSK_FS_TYPE_FAT_DETECT))
        kind = _KINDS.get(int(self.info.ftype))
        if kind is None:
            raise SourceUnreadable("the FAT type cannot be told")
        self.kind = kind
        self.layout = FatLayout(image, entry_bits=int(kind[3:]))
        self.bounds = names.FatBounds(
            wide_clusters=kind == "fat32",
            cluster_count=self.layout.cluster_count,
            data_bytes=self.layout.cluster_count * self.layout.cluster_bytes,
        )
        self.allocation = AllocationMap(
            block_count=self.layout.cluster_count,
            page_bits=self.layout.page_clusters,
            read_page=self.layout.used_page,
        )

    def _find_facts(self) -> FileSystemFacts:
        size = self.layout.cluster_bytes
        return FileSystemFacts(self.kind, size, _TIME_FACTS, self.allocation.free_blocks() * size)

    def unallocated(self) -> Iterator[tuple[int, int]]:
        """Yield the bytes that no file owns; see ``TellsFreeSpace``."""
        layout = self.layout
        unowned = AllocationMap(
            block_count=layout.cluster_count,
            page_bits=layout.page_clusters,
            read_page=layout.owned_page,
        )
        yield from self.free_ranges(
            unowned, first_bytes=layout.cluster_offset(2), block_bytes=layout.cluster_bytes
        )

    def _slots(self, folder: Reference) -> Iterator[_Slot]:
        runs = self._folder_runs(folder)
        if not runs:
            raise SourceUnreadable("the folder's first cluster is not one of this volume")
        parent = 0
        if folder.inode != self.info.root_inum and runs:
            parent = self.layout.cluster_of_sector(runs[0].first_block)
        if folder.deleted:
            runs = runs + self._further(runs[-1])
        for slot in self._names(runs, parent):
            yield slot._replace(deleted=True) if folder.deleted else slot

    def _further(self, last: Run) -> list[Run]:
        """Return the free clusters behind a lost folder's last one, as far as it can go on.

        Deletion cleared its chain: as with files, the next free clusters are its, while what
        stands there is nothing but names.
        """
        layout, found = self.layout, list[Run]()
        size = layout.cluster_bytes
        before = layout.cluster_of_sector(last.first_block + last.length - 1)
        held = self.image.read_at(layout.cluster_offset(before), size)
        end = min(before + 1 + _FURTHER_CLUSTERS, layout.cluster_count + 2)
        for cluster in range(before + 1, end):
            if not names.is_full(held):
                break
            if self.allocation.any_used(cluster - 2, 1):
                continue
            held = self.image.read_at(layout.cluster_offset(cluster), size)
            own, _ = names.dots(held, wide_clusters=self.bounds.wide_clusters)
            if own == cluster or not names.can_go_on(held, self.bounds):
                break
            found.append(self._run(cluster))
        return found

    def _run(self, cluster: int) -> Run:
        first = self.layout.cluster_offset(cluster) // self.layout.sector_bytes
        return Run(0, first, self.layout.cluster_bytes // self.layout.sector_bytes)

    def _names(self, runs: list[Run], parent: int, *, lost: bool = False) -> Iterator[_Slot]:
        per_sector = self.layout.sector_bytes // names.ENTRY_BYTES
        sectors = _SectorWalk(self.image, runs, self.layout.sector_bytes)
        for name in names.names_in(sectors.read(), bounds=self.bounds, drop=self._drop, lost=lost):
            sector, index = divmod(name.position, per_sector)
            place = sectors.numbers[sector] - self.layout.first_root_sector
            inode = place * per_sector + index + _FIRST_INODE
            yield _Slot(name, inode, name.deleted or lost, parent)

    def _drop(self, code: str) -> None:
        self.dropped[code] += 1

    def _orphans(self) -> Iterator[_Slot]:
        listed = Listed()
        reached = {
            self._first_cluster(Reference(number >> 1, deleted=bool(number & 1)))
            for number in reach_all(
                self.info.root_inum << 1, lambda number: self._folders_in(number, listed)
            )
        }
        self.dropped.clear()
        lost = list(islice(self._lost_folders(reached), FOLDERS_AT_MOST))
        for cluster in tops(lost, self._led_from):
            for slot in self._lost_names(cluster):
                if listed.add(_told(slot)):
                    yield slot
                else:
                    self._drop(LOST_REPEATED)

    def _lost_folders(self, reached: set[int]) -> Iterator[int]:
        layout = self.layout
        free = FreeSpace(
            self.image,
            layout.cluster_count,
            layout.cluster_bytes,
            layout.cluster_offset,
            layout.used_page,
        )
        for cluster, head in free.heads(2 * names.ENTRY_BYTES):
            if cluster in reached or len(head) < 2 * names.ENTRY_BYTES:
                continue
            own, above = names.dots(head, wide_clusters=self.bounds.wide_clusters)
            if own == cluster and above <= layout.cluster_count + 1:
                yield cluster
            elif own >= 0:
                self._drop(LOST_PLACE)
            elif names.can_begin(head):
                held = self.image.read_at(layout.cluster_offset(cluster), layout.cluster_bytes)
                if names.can_go_on(held, self.bounds):
                    yield cluster

    def _lost_names(self, cluster: int) -> Iterator[_Slot]:
        run = self._run(cluster)
        yield from self._names([run, *self._further(run)], cluster, lost=True)

    def _led_from(self, cluster: int) -> list[int]:
        counted = self.dropped.copy()
        found = [slot.name.start_cluster for slot in self._lost_names(cluster) if self._leads(slot)]
        self.dropped = counted
        further = self._further(self._run(cluster))
        return found + [self.layout.cluster_of_sector(run.first_block) for run in further]

    def _leads(self, slot: _Slot) -> bool:
        attributes = slot.name.attributes
        folder = attributes & names.ATTRIBUTE_FOLDER and not attributes & names.ATTRIBUTE_LABEL
        return bool(folder) and self._folder_state(slot) is ContentState.NONE

    def _folders_in(self, number: int, listed: Listed) -> Iterator[int]:
        for slot in self._slots(Reference(number >> 1, deleted=bool(number & 1))):
            listed.add(_told(slot))
            if self._leads(slot):
                yield slot.inode << 1 | slot.deleted

    def _first_cluster(self, folder: Reference) -> int:
        runs = self._folder_runs(folder)
        if folder.inode == self.info.root_inum or not runs:
            return 0
        return self.layout.cluster_of_sector(runs[0].first_block)

    def _folder_runs(self, folder: Reference) -> list[Run]:
        native = self.record(folder.inode)
        return [run for attribute in native for run in runs_of(attribute)]

    def _entries(self, slot: object) -> Iterator[FoundEntry]:
        if not isinstance(slot, _Slot):
            raise TypeError("a slot of another driver")
        name = slot.name
        kind = EntryType.FILE
        if name.attributes & names.ATTRIBUTE_LABEL:
            kind = EntryType.METADATA
        elif name.attributes & names.ATTRIBUTE_FOLDER:
            kind = EntryType.FOLDER
        content = self._content_state(slot, kind)
        yield FoundEntry(
            raw_name=name.raw_name,
            entry_type=kind,
            state=EntryState.DELETED if slot.deleted else EntryState.LIVE,
            content=content,
            address=Reference(slot.inode, name.size_bytes, deleted=slot.deleted).pack(),
            record=str(slot.inode),
            size_bytes=name.size_bytes,
            overwritten=slot.deleted and content is ContentState.READABLE and self._reused(name),
            times=name.times,
        )

    def _content_state(self, slot: _Slot, kind: EntryType) -> ContentState:
        name = slot.name
        if kind is EntryType.FOLDER:
            return self._folder_state(slot)
        if kind is EntryType.METADATA and not (name.size_bytes and name.start_cluster):
            return ContentState.NONE
        has_cluster = 2 <= name.start_cluster <= self.layout.cluster_count + 1
        if slot.deleted and not (name.size_bytes and has_cluster):
            return ContentState.GONE
        return ContentState.READABLE

    def _folder_state(self, slot: _Slot) -> ContentState:
        if not slot.deleted:
            return ContentState.NONE
        cluster = slot.name.start_cluster
        if not 2 <= cluster <= self.layout.cluster_count + 1:
            return ContentState.GONE
        if self.allocation.any_used(cluster - 2, 1):
            return ContentState.REALLOCATED
        head = self.image.read_at(self.layout.cluster_offset(cluster), 2 * names.ENTRY_BYTES)
        own, above = names.dots(head, wide_clusters=self.bounds.wide_clusters)
        same = own == cluster and above == slot.parent_cluster
        return ContentState.NONE if same else ContentState.GONE

    def _reused(self, name: FatName) -> bool:
        """Tell whether one of the clusters that a file in one piece had is in use again."""
        clusters = -(-name.size_bytes // self.layout.cluster_bytes)
        return self.allocation.any_used(name.start_cluster - 2, clusters)

    def _open(self, reference: Reference) -> Content:
        size = reference.sequence
        if size == 0:
            return RunContent(self.image, (), size_bytes=0)
        self.check_size(size)
        native = self.record(reference.inode)
        if not reference.deleted:
            return self.content(reference, native, size)
        runs = [run for attribute in native for run in runs_of(attribute)]
        sector_bytes = self.layout.sector_bytes
        if not runs:
            raise SourceUnreadable("the deleted entry leads to no cluster")
        covered = sum(run.length for run in runs) * sector_bytes
        if covered < size:
            # Its first cluster is in use, or the volume ends: what stands there now, in a row.
            runs = [Run(0, runs[0].first_block, -(-size // sector_bytes))]
        placed = [(run.first_block * sector_bytes, run.length * sector_bytes) for run in runs]
        return RunContent(self.image, placed, size_bytes=size)


def _told(slot: _Slot) -> tuple[object, ...]:
    """Return all that tells a name from others: a copy of it elsewhere has the same."""
    name = slot.name
    return name.raw_name, name.start_cluster, name.size_bytes, name.times.modified_ns


class _SectorWalk:
    """Reads a folder run by run, and remembers which sector each piece came from."""

    def __init__(self, image: VolumeImage, runs: list[Run], sector_bytes: int) -> None:
        self._image, self._runs, self._sector_bytes = image, runs, sector_bytes
        self.numbers: list[int] = []

    def read(self) -> Iterator[bytes]:
        for run in self._runs:
            for number in range(run.first_block, run.first_block + run.length):
                self.numbers.append(number)
                yield self._image.read_at(number * self._sector_bytes, self._sector_bytes)
