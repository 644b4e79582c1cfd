"""Where a FAT volume keeps its table and its clusters.

Source: Microsoft, "FAT32 File System Specification", 1.03 (Boot Sector and BPB, FAT Data
Structure).
"""

import numpy as np

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems._image import VolumeImage

_SECTOR_SIZES = (512, 1024, 2048, 4096)
_OTHERS = (b"NTFS    ", b"EXFAT   ", b"-FVE-FS-")
_PAGE_CLUSTERS = 1 << 15


class FatLayout:
    """The figures of a boot sector, checked so far that reading by them ends."""

    page_clusters = _PAGE_CLUSTERS

    @staticmethod
    def looks_like(untrusted_head: bytes) -> bool:
        """Tell whether a first sector can be a FAT boot sector."""
        head = untrusted_head[:512]
        if len(head) < 512 or head[510:512] != b"\x55\xaa" or head[3:11] in _OTHERS:
            return False
        sector = int.from_bytes(head[11:13], "little")
        per_cluster = head[13]
        total = int.from_bytes(head[19:21], "little") or int.from_bytes(head[32:36], "little")
        return (
            sector in _SECTOR_SIZES
            and per_cluster > 0
            and per_cluster & (per_cluster - 1) == 0
            and int.from_bytes(head[14:16], "little") > 0
            and 1 <= head[16] <= 8
            and total > 0
        )

    def __init__(self, image: VolumeImage, *, entry_bits: int) -> None:
        """Read the boot sector.

        Args:
            image: The volume.
            entry_bits: 12, 16 or 32, as the Sleuth Kit found.

        Raises:
            SourceUnreadable: Its figures cannot be.
        """
        head = image.read_at(0, 512)
        if not self.looks_like(head):
            raise SourceUnreadable("there is no FAT boot sector")
        self._image, self._entry_bits = image, entry_bits
        self.sector_bytes = int.from_bytes(head[11:13], "little")
        self.cluster_bytes = self.sector_bytes * head[13]
        self._table_offset = int.from_bytes(head[14:16], "little") * self.sector_bytes
        table_sectors = int.from_bytes(head[22:24], "little")
        table_sectors = table_sectors or int.from_bytes(head[36:40], "little")
        root_entries = int.from_bytes(head[17:19], "little")
        total = int.from_bytes(head[19:21], "little") or int.from_bytes(head[32:36], "little")
        self.first_root_sector = self._table_offset // self.sector_bytes + head[16] * table_sectors
        root_sectors = -(-root_entries * 32 // self.sector_bytes)
        self._first_data_sector = self.first_root_sector + root_sectors
        stated = (total - self._first_data_sector) // head[13]
        in_table = table_sectors * self.sector_bytes * 8 // entry_bits - 2
        self.cluster_count = max(min(stated, in_table), 0)

    def cluster_offset(self, cluster: int) -> int:
        """Return where a cluster begins in the volume, in bytes."""
        data = self._first_data_sector * self.sector_bytes
        return data + (cluster - 2) * self.cluster_bytes

    def cluster_of_sector(self, sector: int) -> int:
        """Return the cluster that holds a sector of the data area."""
        within = (sector - self._first_data_sector) * self.sector_bytes
        return within // self.cluster_bytes + 2

    def used_page(self, page: int) -> bytes:
        """Return which of 32,768 clusters from cluster ``2 + 32,768 * page`` on are in use."""
        used = self._entries(page) != 0
        return np.packbits(used, bitorder="little").tobytes()

    def owned_page(self, page: int) -> bytes:
        """Return what ``used_page`` does, without the clusters that are marked as bad."""
        entries = self._entries(page)
        bad = np.uint32((0x0FFFFFF7) & ((1 << min(self._entry_bits, 28)) - 1))
        return np.packbits((entries != 0) & (entries != bad), bitorder="little").tobytes()

    def _entries(self, page: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        first = 2 + page * _PAGE_CLUSTERS
        begin = first * self._entry_bits // 8
        length = _PAGE_CLUSTERS * self._entry_bits // 8
        raw = self._image.read_at(self._table_offset + begin, length)
        raw = raw.ljust(length, b"\0")
        if self._entry_bits == 32:
            return np.frombuffer(raw, "<u4") & np.uint32(0x0FFFFFFF)
        if self._entry_bits == 16:
            return np.frombuffer(raw, "<u2").astype(np.uint32)
        triples = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.uint32)
        even = triples[:, 0] | (triples[:, 1] & 0x0F) << 8
        odd = triples[:, 1] >> 4 | triples[:, 2] << 4
        return np.stack((even, odd), axis=1).reshape(-1)
