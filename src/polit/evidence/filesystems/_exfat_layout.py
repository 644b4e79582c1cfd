"""Where an exFAT volume keeps its table, its bitmap and its clusters.

Source: Microsoft, "exFAT file system specification" (Main and Backup Boot Sector, File
Allocation Table, Allocation Bitmap).
"""

from collections import OrderedDict
from collections.abc import Iterator

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems._image import VolumeImage

OEM_NAME = b"EXFAT   "
_FIRST_CLUSTER = 2
_PAGE_BYTES = 1 << 16
_PAGES_KEPT = 64


class ExfatLayout:
    """The figures of a boot sector, checked so far that reading by them ends."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the boot sector.

        Raises:
            SourceUnreadable: It is none, or its figures cannot be.
        """
        head = image.read_at(0, 512)
        if len(head) < 512 or head[3:11] != OEM_NAME or head[510:512] != b"\x55\xaa":
            raise SourceUnreadable("there is no exFAT boot sector")
        if not 9 <= head[108] <= 12 or head[109] > 25 - head[108]:
            raise SourceUnreadable("the exFAT boot sector states an impossible cluster size")
        self._image = image
        self.sector_bytes = 1 << head[108]
        self.cluster_bytes = self.sector_bytes << head[109]
        figures = [int.from_bytes(head[at : at + 4], "little") for at in range(80, 100, 4)]
        table, table_sectors, self.heap_sector, stated, self.root_cluster = figures
        self._table_offset = table * self.sector_bytes
        if head[110] == 2 and head[106] & 1:
            self._table_offset += table_sectors * self.sector_bytes
        room = max(image.size_bytes - self.heap_sector * self.sector_bytes, 0)
        self.cluster_count = min(stated, room // self.cluster_bytes)
        self._pages: OrderedDict[int, bytes] = OrderedDict()

    def holds(self, cluster: int) -> bool:
        """Tell whether a cluster number is one of this volume."""
        return _FIRST_CLUSTER <= cluster < self.cluster_count + _FIRST_CLUSTER

    def offset_of(self, cluster: int) -> int:
        """Return where a cluster begins in the volume, in bytes."""
        heap = self.heap_sector * self.sector_bytes
        return heap + (cluster - _FIRST_CLUSTER) * self.cluster_bytes

    def clusters_for(self, size_bytes: int) -> int:
        """Return how many clusters a content of this size takes."""
        return -(-size_bytes // self.cluster_bytes)

    def in_a_row(self, cluster: int, size_bytes: int) -> list[tuple[int, int]]:
        """Return the clusters of a content in one piece as ``(first, count)`` pairs."""
        end = self.cluster_count + _FIRST_CLUSTER
        count = min(self.clusters_for(size_bytes), end - cluster)
        return [(cluster, count)] if count > 0 and self.holds(cluster) else []

    def by_table(self, cluster: int, size_bytes: int | None = None) -> list[tuple[int, int]]:
        """Follow the table and return ``(first, count)`` pairs, as far as the chain is sound.

        A chain ends at a cluster met before, so that a loop adds nothing.

        Args:
            cluster: The first cluster.
            size_bytes: Stop when this is covered; ``None`` to go to the chain's end.
        """
        pairs: list[tuple[int, int]] = []
        wanted = self.cluster_count if size_bytes is None else self.clusters_for(size_bytes)
        seen: set[int] = set()
        for number in self._chain(cluster):
            if number in seen or len(seen) >= wanted:
                break
            seen.add(number)
            if pairs and pairs[-1][0] + pairs[-1][1] == number:
                pairs[-1] = (pairs[-1][0], pairs[-1][1] + 1)
            else:
                pairs.append((number, 1))
        return pairs

    def ranges(self, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return ``(offset, length)`` in bytes of ``(first, count)`` pairs of clusters."""
        return [(self.offset_of(first), count * self.cluster_bytes) for first, count in pairs]

    def _chain(self, cluster: int) -> Iterator[int]:
        while self.holds(cluster):
            yield cluster
            page, at = divmod(cluster * 4, _PAGE_BYTES)
            cluster = int.from_bytes(self._page(page)[at : at + 4], "little")

    def _page(self, number: int) -> bytes:
        page = self._pages.get(number)
        if page is None:
            page = self._image.read_at(self._table_offset + number * _PAGE_BYTES, _PAGE_BYTES)
            self._pages[number] = page
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return page
