"""Our own small reader and writer of exFAT, for builders to plant and prove. Not for evidence.

It trusts the image (mkfs.exfat made it a moment ago). The writer plants without a mount, for
users who may not set up loop devices; it deletes as cameras and phones do: the in-use bit of
the entries and the bits of the clusters are cleared, the bytes stay. Source: Microsoft exFAT
file system specification, revision 1.00.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILE, _STREAM, _NAME, _BITMAP = 0x85, 0xC0, 0xC1, 0x81
_IN_USE = 0x80
_FOLDER = 0x10
_END = 0xFFFFFFFF
_NO_CHAIN = 0x03
_CHAINED = 0x01
_STAMP = ((2024 - 1980) << 25) | (6 << 21) | (1 << 16) | (12 << 11)


@dataclass(frozen=True, slots=True)
class EntrySet:
    """One name: where its entries lie in the image, and what they say."""

    path: str
    offsets: tuple[int, ...]
    deleted: bool
    folder: bool
    contiguous: bool
    first_cluster: int
    size_bytes: int


class ExfatImage:
    """An exFAT volume in memory; ``save`` writes it back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = bytearray(path.read_bytes())
        table, _, heap, self.clusters, self._root = struct.unpack_from("<5I", self._data, 80)
        sector_shift, cluster_shift = self._data[108], self._data[109]
        self.cluster_bytes = 1 << (sector_shift + cluster_shift)
        self._table_at = table << sector_shift
        self._heap_at = int(heap << sector_shift)
        self._bitmap_at = self._find_bitmap()

    def save(self) -> None:
        """Write the volume back to its file."""
        self._path.write_bytes(self._data)

    def allocated(self, cluster: int) -> bool:
        """Whether the bitmap says that something owns a cluster."""
        at, bit = divmod(cluster - 2, 8)
        return bool(self._data[self._bitmap_at + at] >> bit & 1)

    def free_clusters(self) -> list[int]:
        """Return the free clusters, in order."""
        return [number for number in range(2, self.clusters + 2) if not self.allocated(number)]

    def sets(self) -> list[EntrySet]:
        """Return every name that live folders hold, deleted ones too, parents first."""
        found: list[EntrySet] = []
        waiting = [("", self._chain(self._root))]
        while waiting:
            folder, clusters = waiting.pop()
            for entry_set in self._sets_in(clusters, folder):
                found.append(entry_set)
                if entry_set.folder and not entry_set.deleted:
                    waiting.append((f"{entry_set.path}/", self.clusters_of_set(entry_set)))
        return found

    def find(self, path: str, *, deleted: bool = False) -> EntrySet:
        """Return a name's entries.

        Raises:
            KeyError: There is no such name.
        """
        for entry_set in self.sets():
            if entry_set.path == path and entry_set.deleted == deleted:
                return entry_set
        raise KeyError(path)

    def clusters_of(self, path: str) -> tuple[int, ...]:
        """Return the clusters of a live name, in order."""
        return self.clusters_of_set(self.find(path))

    def clusters_of_set(self, entry_set: EntrySet) -> tuple[int, ...]:
        """Return the clusters that an entry set tells of, in order."""
        if entry_set.first_cluster == 0:
            return ()
        if entry_set.contiguous:
            count = -(-entry_set.size_bytes // self.cluster_bytes)
            return tuple(range(entry_set.first_cluster, entry_set.first_cluster + count))
        return self._chain(entry_set.first_cluster)

    def content(self, entry_set: EntrySet) -> bytes:
        """Return the bytes that an entry set leads to."""
        clusters = self.clusters_of_set(entry_set)
        parts = (self._data[self._at(n) : self._at(n) + self.cluster_bytes] for n in clusters)
        return b"".join(parts)[: entry_set.size_bytes]

    def add_file(self, path: str, data: bytes) -> None:
        """Plant a file; missing folders are made first."""
        clusters = self._take(-(-len(data) // self.cluster_bytes))
        for number, cluster in enumerate(clusters):
            part = data[number * self.cluster_bytes : (number + 1) * self.cluster_bytes]
            self._put(cluster, part)
        self._add_set(path, clusters, len(data), 0x20)

    def delete(self, path: str) -> None:
        """Delete a file or an empty folder: entries out of use, clusters free, bytes kept."""
        entry_set = self.find(path)
        for cluster in self.clusters_of_set(entry_set):
            self._mark(cluster, used=False)
        for at in entry_set.offsets:
            self._data[at] &= 0xFF ^ _IN_USE

    def rename(self, path: str, new_path: str) -> None:
        """Rename within a folder: a new entry set for the same clusters, the old one deleted."""
        old = self.find(path)
        clusters = self.clusters_of_set(old)
        for at in old.offsets:
            self._data[at] &= 0xFF ^ _IN_USE
        self._add_set(new_path, list(clusters), old.size_bytes, 0x20)

    def _add_set(self, path: str, clusters: list[int], size_bytes: int, attributes: int) -> None:
        folder, _, name = path.rpartition("/")
        if folder and not self._is_folder(folder):
            made = self._take(4)
            for cluster in made:
                self._put(cluster, bytes(self.cluster_bytes))
            self._add_set(folder, made, 4 * self.cluster_bytes, _FOLDER)
        raw = _entry_set(name, clusters, size_bytes, attributes)
        self._link(clusters)
        for number, at in enumerate(self._empty_slots(folder, len(raw) // 32)):
            self._data[at : at + 32] = raw[number * 32 : number * 32 + 32]

    def _is_folder(self, path: str) -> bool:
        return any(item.path == path and item.folder and not item.deleted for item in self.sets())

    def _empty_slots(self, folder: str, count: int) -> list[int]:
        clusters = self.clusters_of(folder) if folder else self._chain(self._root)
        empty = [at for at in self._slots(clusters) if self._data[at] == 0]
        if len(empty) < count:
            raise AssertionError(f"no room for another name in {folder!r}")
        return empty[:count]

    def _link(self, clusters: list[int]) -> None:
        for cluster, after in zip(clusters, [*clusters[1:], _END], strict=False):
            struct.pack_into("<I", self._data, self._table_at + cluster * 4, after)

    def _take(self, count: int) -> list[int]:
        taken = self.free_clusters()[:count]
        if len(taken) < count:
            raise AssertionError("the volume is full")
        for cluster in taken:
            self._mark(cluster, used=True)
        return taken

    def _mark(self, cluster: int, *, used: bool) -> None:
        at, bit = divmod(cluster - 2, 8)
        if used:
            self._data[self._bitmap_at + at] |= 1 << bit
        else:
            self._data[self._bitmap_at + at] &= 0xFF ^ (1 << bit)

    def _put(self, cluster: int, data: bytes) -> None:
        at = self._at(cluster)
        self._data[at : at + len(data)] = data

    def _at(self, cluster: int) -> int:
        return self._heap_at + (cluster - 2) * self.cluster_bytes

    def _chain(self, first: int) -> tuple[int, ...]:
        found: list[int] = []
        cluster = first
        while 2 <= cluster < self.clusters + 2 and len(found) <= self.clusters:
            found.append(cluster)
            cluster = struct.unpack_from("<I", self._data, self._table_at + cluster * 4)[0]
        return tuple(found)

    def _slots(self, clusters: tuple[int, ...]) -> Iterator[int]:
        for cluster in clusters:
            at = self._at(cluster)
            yield from range(at, at + self.cluster_bytes, 32)

    def _find_bitmap(self) -> int:
        for at in self._slots(self._chain(self._root)):
            if self._data[at] == _BITMAP:
                return self._at(struct.unpack_from("<I", self._data, at + 20)[0])
        raise AssertionError("the volume has no allocation bitmap")

    def _sets_in(self, clusters: tuple[int, ...], folder: str) -> Iterator[EntrySet]:
        slots = list(self._slots(clusters))
        for number, at in enumerate(slots):
            if self._data[at] | _IN_USE != _FILE or self._data[at] == 0:
                continue
            mine = tuple(slots[number : number + 1 + self._data[at + 1]])
            if len(mine) > 2 and self._data[mine[1]] | _IN_USE == _STREAM:
                yield self._read_set(mine, folder)

    def _read_set(self, offsets: tuple[int, ...], folder: str) -> EntrySet:
        head, stream = offsets[0], offsets[1]
        characters = self._data[stream + 3]
        raw = b"".join(bytes(self._data[at + 2 : at + 32]) for at in offsets[2:])
        name = raw[: characters * 2].decode("utf-16-le", errors="replace")
        first, size = struct.unpack_from("<IQ", self._data, stream + 20)
        is_folder = bool(struct.unpack_from("<H", self._data, head + 4)[0] & _FOLDER)
        deleted = not self._data[head] & _IN_USE
        contiguous = bool(self._data[stream + 1] & 2)
        return EntrySet(folder + name, offsets, deleted, is_folder, contiguous, first, size)


def _entry_set(name: str, clusters: list[int], size_bytes: int, attributes: int) -> bytes:
    raw_name = name.encode("utf-16-le")
    parts = [raw_name[at : at + 30].ljust(30, b"\0") for at in range(0, len(raw_name), 30)]
    head = struct.pack("<BBHHHIII", _FILE, len(parts) + 1, 0, attributes, 0, *[_STAMP] * 3)
    contiguous = bool(clusters) and clusters[-1] - clusters[0] == len(clusters) - 1
    stream = struct.pack(
        "<BBBBHHQIIQ",
        _STREAM,
        _NO_CHAIN if contiguous else _CHAINED,
        0,
        len(raw_name) // 2,
        _name_hash(raw_name),
        0,
        size_bytes,
        0,
        clusters[0] if clusters else 0,
        size_bytes,
    )
    names = b"".join(bytes([_NAME, 0]) + part for part in parts)
    whole = bytearray(head.ljust(32, b"\0") + stream + names)
    struct.pack_into("<H", whole, 2, _checksum(whole))
    return bytes(whole)


def _name_hash(raw_name: bytes) -> int:
    value = 0
    capitals = "".join(
        char.upper() if len(char.upper()) == 1 else char for char in raw_name.decode("utf-16-le")
    )
    for byte in capitals.encode("utf-16-le"):
        value = ((value << 15 | value >> 1) + byte) & 0xFFFF
    return value


def _checksum(entries: bytearray) -> int:
    value = 0
    for at, byte in enumerate(entries):
        if at not in {2, 3}:
            value = ((value << 15 | value >> 1) + byte) & 0xFFFF
    return value
