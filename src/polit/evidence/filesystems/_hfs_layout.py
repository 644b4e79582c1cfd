"""Volume header, forks and trees of HFS+.

Source: Apple Technical Note TN1150, "Volume Header", "Fork Data Structure", "HFS Wrapper".
"""

from collections.abc import Iterator

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import Content
from polit.evidence.filesystems import _hfs_records as records
from polit.evidence.filesystems._hfs_records import Attribute, CatalogueRecord, Fork
from polit.evidence.filesystems._hfs_tree import HfsTree, TreeRecord
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._mapped import MappedContent, Piece

HEADER_OFFSET = 1024
SIGNATURES = (b"H+", b"HX")
WRAPPER = b"BD"
ROOT = 2

_HEADER_BYTES = 512
_EXTENTS_AT_MOST = 200_000
_ATTRIBUTES_AT_MOST = 1000
_DATA_FORK, _RESOURCE_FORK = 0x00, 0xFF
ALLOCATION_FILE, _CATALOGUE, _ATTRIBUTES = 6, 4, 8
_FILES_FOLDER = b"\0\0\0\0HFS+ Private Data"
_FOLDERS_FOLDER = b".HFS+ Private Directory Data\r"
_NUMBERED = ((b"iNode", "file"), (b"dir_", "folder"))


class HfsLayout:
    """One volume: its catalogue, its extents, its attributes."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the volume header, inside a wrapper of old HFS too.

        Raises:
            SourceUnreadable: Header or catalogue are damaged.
        """
        self._image = image
        self.base = wrapped_at(image.read_at(HEADER_OFFSET, _HEADER_BYTES))
        raw = image.read_at(self.base + HEADER_OFFSET, _HEADER_BYTES)
        if len(raw) < _HEADER_BYTES or raw[:2] not in SIGNATURES:
            raise SourceUnreadable("no volume header of HFS+ stands here")
        self.kind = "hfs+" if raw.startswith(b"H+") else "hfsx"
        self.block_bytes, self.block_count, self.free_blocks = (
            int.from_bytes(raw[at : at + 4]) for at in (40, 44, 48)
        )
        size = self.block_bytes
        if size < 512 or size > 1 << 24 or size & (size - 1):
            raise SourceUnreadable(f"HFS+ states blocks of {size} bytes")
        self._overflow: HfsTree | None = None
        overflow = records.read_fork(raw[192:272])
        if overflow.size_bytes:
            self._overflow = HfsTree(self.content(overflow, 3), "tree of extents")
        catalogue = self.content(records.read_fork(raw[272:352]), _CATALOGUE)
        self.catalogue = HfsTree(catalogue, "catalogue")
        attributes = records.read_fork(raw[352:432])
        self.attributes: HfsTree | None = None
        if attributes.size_bytes:
            content = self.content(attributes, _ATTRIBUTES)
            self.attributes = HfsTree(content, "tree of attributes")
        self.allocation = records.read_fork(raw[112:192])
        self._linked: dict[tuple[str, int], tuple[int, int]] | None = None

    # Forks

    def content(self, fork: Fork, identifier: int, *, resource: bool = False) -> Content:
        """Return a fork's content.

        Raises:
            SourceUnreadable: Its extents are damaged.
        """
        pieces: list[Piece] = []
        start = blocks = 0
        for first, count in self._extents(fork, identifier, resource=resource):
            if first + count > self.block_count or len(pieces) >= _EXTENTS_AT_MOST:
                raise SourceUnreadable(f"the extents of record {identifier} cannot be")
            length = count * self.block_bytes
            pieces.append(Piece(start, length, self.base + first * self.block_bytes))
            start, blocks = start + length, blocks + count
        if start < fork.size_bytes:
            detail = f"{fork.size_bytes} bytes, the extents of {start} are found"
            raise SourceUnreadable(f"record {identifier} states {detail}")
        return MappedContent(self._image, pieces, size_bytes=fork.size_bytes)

    def _extents(self, fork: Fork, identifier: int, *, resource: bool) -> Iterator[tuple[int, int]]:
        found = 0
        for first, count in fork.extents:
            yield first, count
            found += count
        if found >= fork.block_count or self._overflow is None:
            return
        wanted = (identifier, _RESOURCE_FORK if resource else _DATA_FORK)
        for record in self._overflow.from_first(lambda key: _extent_key(key) < (*wanted, found)):
            if _extent_key(record.key)[:2] != wanted:
                return
            yield from records.read_extents(record.data[:64])

    # The catalogue

    def names_in(self, folder: int) -> Iterator[TreeRecord]:
        """Yield the catalogue's records of the names in a folder, in their stored order.

        Raises:
            SourceUnreadable: There is no such folder, or a node is damaged.
        """
        found = False
        for record in self.catalogue.from_first(lambda key: int.from_bytes(key[:4]) < folder):
            if int.from_bytes(record.key[:4]) != folder:
                break
            found = True
            if int.from_bytes(record.data[:2]) in (records.FOLDER, records.FILE):
                yield record
        if not found:
            raise SourceUnreadable(f"there is no folder {folder}")

    def linked(self, record: CatalogueRecord) -> TreeRecord | None:
        """Return what a hard link leads to, ``None`` where that is not found."""
        if self._linked is None:
            self._linked = dict(self._find_linked())
        place = self._linked.get(("folder" if record.is_folder_link else "file", record.special))
        return self.catalogue.record(*place) if place else None

    def _find_linked(self) -> Iterator[tuple[tuple[str, int], tuple[int, int]]]:
        try:
            for folder in list(self.names_in(ROOT)):
                if records.name_of(folder.key[4:]) in (_FILES_FOLDER, _FOLDERS_FOLDER):
                    for item in self.names_in(int.from_bytes(folder.data[8:12])):
                        name = records.name_of(item.key[4:])
                        for prefix, kind in _NUMBERED:
                            digits = name.removeprefix(prefix)
                            if name.startswith(prefix) and digits.isdigit() and len(digits) < 11:
                                yield (kind, int(digits)), (item.node, item.position)
        except SourceUnreadable:
            return

    # Attributes

    def attributes_of(self, identifier: int) -> list[tuple[TreeRecord, Attribute]]:
        """Return a file's or folder's attributes, at most 1,000.

        Raises:
            SourceUnreadable: They are damaged.
        """
        found: list[tuple[TreeRecord, Attribute]] = []
        if self.attributes is None:
            return found
        for record in self.attributes.from_first(lambda key: int.from_bytes(key[2:6]) < identifier):
            if int.from_bytes(record.key[2:6]) != identifier:
                break
            attribute = records.read_attribute(record.key, record.data)
            if attribute is not None:
                found.append((record, attribute))
            if len(found) >= _ATTRIBUTES_AT_MOST:
                break
        return found


def wrapped_at(untrusted_header: bytes) -> int:
    """Return where HFS+ begins inside a wrapper of old HFS, 0 where there is no wrapper."""
    if untrusted_header[:2] != WRAPPER or untrusted_header[124:126] != b"H+":
        return 0
    block_bytes = int.from_bytes(untrusted_header[20:24])
    first = int.from_bytes(untrusted_header[28:30])
    start = int.from_bytes(untrusted_header[126:128])
    return first * 512 + start * block_bytes


def _extent_key(key: bytes) -> tuple[int, int, int]:
    return int.from_bytes(key[2:6]), key[0] if key else 0, int.from_bytes(key[6:10])
