"""Our own small reader of FAT, for builders to prove what they planted. Not for evidence.

It trusts the image (mkfs.fat and mtools made it a moment ago) and reads only what proofs
need: cluster chains, free clusters, and names in directories, deleted ones too. Source:
Microsoft FAT32 File System Specification 1.03.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LONG_NAME = 0x0F
_FOLDER = 0x10
_LABEL = 0x08


@dataclass(frozen=True, slots=True)
class Slot:
    """One name in a directory."""

    path: str
    deleted: bool
    folder: bool
    first_cluster: int
    size_bytes: int


class FatImage:
    """A FAT12, FAT16 or FAT32 volume read whole into memory."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        (self._sector, per_cluster, reserved, tables) = struct.unpack_from("<HBHB", self._data, 11)
        root_slots, small_total, _, table16 = struct.unpack_from("<HHBH", self._data, 17)
        big_total, table32 = struct.unpack_from("<II", self._data, 32)
        table_sectors = table16 or table32
        self.cluster_bytes = int(self._sector * per_cluster)
        self._table_at = reserved * self._sector
        self._root_at = self._table_at + tables * table_sectors * self._sector
        self._root_bytes = root_slots * 32
        self._first_data = self._root_at + self._root_bytes
        total = (small_total or big_total) * self._sector
        self.clusters = (total - self._first_data) // self.cluster_bytes
        self.bits = 32 if root_slots == 0 else (12 if self.clusters < 4085 else 16)
        self._root_cluster = struct.unpack_from("<I", self._data, 44)[0] if self.bits == 32 else 0

    def link(self, cluster: int) -> int:
        """Return what the table says of a cluster: 0 free, else the next one or an end mark."""
        if self.bits == 12:
            pair = struct.unpack_from("<H", self._data, self._table_at + cluster * 3 // 2)[0]
            return int(pair >> 4 if cluster & 1 else pair & 0xFFF)
        if self.bits == 16:
            return int(struct.unpack_from("<H", self._data, self._table_at + cluster * 2)[0])
        entry = int(struct.unpack_from("<I", self._data, self._table_at + cluster * 4)[0])
        return entry & 0x0FFFFFFF

    def free_bytes(self) -> int:
        """Return how many bytes lie in free clusters."""
        free = sum(1 for cluster in range(2, self.clusters + 2) if self.link(cluster) == 0)
        return free * self.cluster_bytes

    def chain(self, first: int) -> tuple[int, ...]:
        """Return the clusters of a chain, in order."""
        found: list[int] = []
        cluster = first
        while 2 <= cluster < self.clusters + 2 and len(found) <= self.clusters:
            found.append(cluster)
            cluster = self.link(cluster)
        return tuple(found)

    def chain_of(self, path: str) -> tuple[int, ...]:
        """Return the clusters of a live file.

        Raises:
            KeyError: There is no such live name.
        """
        for slot in self.slots():
            if slot.path == path and not slot.deleted:
                return self.chain(slot.first_cluster)
        raise KeyError(path)

    def live_folders(self) -> set[str]:
        """Return the paths of the live folders."""
        return {slot.path for slot in self.slots() if slot.folder and not slot.deleted}

    def has_deleted(self, path: str) -> bool:
        """Whether a deleted slot with that long name remains."""
        return any(slot.path == path and slot.deleted for slot in self.slots())

    def slots(self) -> list[Slot]:
        """Return every name that live folders hold, deleted ones too, parents first."""
        found: list[Slot] = []
        waiting = [("", self._root())]
        while waiting:
            folder, data = waiting.pop()
            for slot in _names(data, folder):
                found.append(slot)
                if slot.folder and not slot.deleted:
                    waiting.append(
                        (f"{slot.path}/", self._bytes_of(self.chain(slot.first_cluster)))
                    )
        return found

    def _root(self) -> bytes:
        if self.bits == 32:
            return self._bytes_of(self.chain(self._root_cluster))
        return self._data[self._root_at : self._root_at + self._root_bytes]

    def _bytes_of(self, clusters: tuple[int, ...]) -> bytes:
        starts = (self._first_data + (cluster - 2) * self.cluster_bytes for cluster in clusters)
        return b"".join(self._data[at : at + self.cluster_bytes] for at in starts)


def _names(data: bytes, folder: str) -> Iterator[Slot]:
    long_parts: list[bytes] = []
    for at in range(0, len(data), 32):
        raw = data[at : at + 32]
        if raw[0] == 0:
            return
        if raw[11] == _LONG_NAME:
            long_parts.insert(0, raw[1:11] + raw[14:26] + raw[28:32])
            continue
        name = _long(long_parts) or _short(raw)
        long_parts = []
        if raw[11] & _LABEL or name in {".", ".."}:
            continue
        high, low = struct.unpack_from("<H", raw, 20)[0], struct.unpack_from("<H", raw, 26)[0]
        size = struct.unpack_from("<I", raw, 28)[0]
        is_folder = bool(raw[11] & _FOLDER)
        yield Slot(folder + name, raw[0] == 0xE5, is_folder, high << 16 | low, size)


def _long(parts: list[bytes]) -> str:
    text = b"".join(parts).decode("utf-16-le", errors="replace")
    return text.split("\0")[0].rstrip("\uffff")


def _short(raw: bytes) -> str:
    first = b"_" if raw[0] == 0xE5 else raw[:1]
    name = (first + raw[1:8]).decode("cp437").rstrip()
    extension = raw[8:11].decode("cp437").rstrip()
    lower = raw[12]
    name = name.lower() if lower & 0x08 else name
    extension = extension.lower() if lower & 0x10 else extension
    return f"{name}.{extension}" if extension else name
