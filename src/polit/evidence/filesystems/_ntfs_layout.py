"""The figures of an NTFS boot sector.

Source: the Linux-NTFS project's documentation ($Boot).
"""

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems._image import VolumeImage

OEM_NAME = b"NTFS    "


class NtfsLayout:
    """Sizes and counts, checked so far that reading by them ends."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the boot sector.

        Raises:
            SourceUnreadable: Its figures cannot be.
        """
        head = image.read_at(0, 512)
        if len(head) < 512 or head[3:11] != OEM_NAME:
            raise SourceUnreadable("there is no NTFS boot sector")
        sector = int.from_bytes(head[11:13], "little")
        per_cluster = head[13] if head[13] <= 0x80 else 1 << (256 - head[13])
        self.cluster_bytes = sector * per_cluster
        if sector not in (256, 512, 1024, 2048, 4096) or not 0 < self.cluster_bytes <= 1 << 21:
            raise SourceUnreadable("the NTFS boot sector states an impossible cluster size")
        sectors = int.from_bytes(head[40:48], "little")
        self.cluster_count = min(sectors * sector, image.size_bytes) // self.cluster_bytes
        self.record_bytes = self._size(head[64])
        self.index_record_bytes = self._size(head[68])

    def _size(self, stated: int) -> int:
        size = 1 << (256 - stated) if stated > 0x7F else stated * self.cluster_bytes
        if not 512 <= size <= 1 << 16 or size % 512:
            raise SourceUnreadable("the NTFS boot sector states an impossible record size")
        return size
