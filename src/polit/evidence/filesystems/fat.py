"""FAT12, FAT16 and FAT32 through the Sleuth Kit. Runs in the walker only.

A deleted file keeps its first cluster and its size; where its other clusters lay is a guess,
and the Sleuth Kit's is used: the next free clusters. It is exact for a file in one piece.
"""

from collections.abc import Callable, Iterator
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
from polit.evidence.filesystems._orphans import free_heads, reach_all
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
        for slot in self._names(runs, parent):
            yield slot._replace(deleted=True) if folder.deleted else slot

    def _names(self, runs: list[Run], parent_cluster: int) -> Iterator[_Slot]:
        per_sector = self.layout.sector_bytes // names.ENTRY_BYTES
        sectors = _SectorWalk(self.image, runs, self.layout.sector_bytes)
        for name in names.names_in(
            sectors.read(),
            wide_clusters=self.kind == "fat32",
            cluster_count=self.layout.cluster_count,
        ):
            sector, index = divmod(name.position, per_sector)
            place = sectors.numbers[sector] - self.layout.first_root_sector
            inode = place * per_sector + index + _FIRST_INODE
            yield _Slot(name, inode, name.deleted, parent_cluster)

    def _orphans(self) -> Iterator[_Slot]:
        layout = self.layout
        reached = {
            self._first_cluster(Reference(number >> 1, deleted=bool(number & 1)))
            for number in reach_all(self.info.root_inum << 1, self._folders_in)
        }
        heads = free_heads(
            self.image,
            cluster_count=layout.cluster_count,
            cluster_bytes=layout.cluster_bytes,
            offset_of=layout.cluster_offset,
            used_page=layout.used_page,
            head_bytes=2 * names.ENTRY_BYTES,
        )
        for cluster, head in heads:
            own, _ = names.dots(head, wide_clusters=self.kind == "fat32")
            if own == cluster and cluster not in reached:
                first = layout.cluster_offset(cluster) // layout.sector_bytes
                run = Run(0, first, layout.cluster_bytes // layout.sector_bytes)
                for slot in self._names([run], cluster):
                    yield slot._replace(deleted=True)

    def _folders_in(self, number: int) -> Iterator[int]:
        for slot in self._slots(Reference(number >> 1, deleted=bool(number & 1))):
            attributes = slot.name.attributes
            folder = attributes & names.ATTRIBUTE_FOLDER and not attributes & names.ATTRIBUTE_LABEL
            if folder and self._folder_state(slot) is ContentState.NONE:
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
        own, above = names.dots(head, wide_clusters=self.kind == "fat32")
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
