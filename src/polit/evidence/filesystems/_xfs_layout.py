"""Superblock and inodes of XFS, unpacked; every figure is checked before it is used.

Source: XFS Algorithms & Data Structures, 3rd edition (Superblocks; On-disk Inode; Data Extents;
Timestamps).
"""

import struct
from typing import NamedTuple

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems._image import VolumeImage
from polit.evidence.filesystems._mapped import Piece
from polit.model.evidence import EntryTimes, EntryType

MAGIC = b"XFSB"
LOCAL, EXTENTS, BTREE = 1, 2, 3
"""How a fork is kept: within the inode, as a list of extents in it, as a tree."""

_SECOND = 1_000_000_000
_SUPERBLOCK_BYTES = 264
_V4_HAS_TYPES = 0x200
_INCOMPAT_TYPES = 0x1
_REALTIME = 0x1
_BIGTIME, _NREXT64 = 0x8, 0x10
_BIGTIME_EPOCH_NS = (1 << 31) * _SECOND
_CORE_BYTES = {1: 100, 2: 100, 3: 176}
_EXTENTS_AT_MOST = 1_000_000
_NODES_AT_MOST = 20_000
_TYPES = {
    0x1: EntryType.SPECIAL,
    0x2: EntryType.SPECIAL,
    0x4: EntryType.FOLDER,
    0x6: EntryType.SPECIAL,
    0x8: EntryType.FILE,
    0xA: EntryType.LINK,
    0xC: EntryType.SPECIAL,
}


class XfsInode(NamedTuple):
    """What an inode states.

    Args:
        number: Its own number.
        entry_type: What it is, ``None`` where its mode says nothing (free or wiped).
        size_bytes: The logical size.
        times: In UTC.
        form: ``LOCAL``, ``EXTENTS``, ``BTREE`` or another.
        extent_count: How many extents its data fork has, as stated.
        fork: The bytes of its data fork.
        realtime: Its data lie on another device.
    """

    number: int
    entry_type: EntryType | None
    size_bytes: int
    times: EntryTimes
    form: int
    extent_count: int
    fork: bytes
    realtime: bool


class XfsLayout:
    """Where the inodes and blocks of a volume lie."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the superblock.

        Raises:
            SourceUnreadable: It states what cannot be.
        """
        self._image = image
        raw = image.read_at(0, _SUPERBLOCK_BYTES)
        if len(raw) < _SUPERBLOCK_BYTES:
            raise SourceUnreadable("the volume ends within its superblock")
        self.block_bytes, self.block_count = struct.unpack_from(">IQ", raw, 4)
        self.root_inode = int.from_bytes(raw[56:64])
        self.group_blocks, self.group_count = struct.unpack_from(">II", raw, 84)
        self.version = int.from_bytes(raw[100:102]) & 0xF
        self.inode_bytes, self.inodes_per_block = struct.unpack_from(">HH", raw, 104)
        self.block_log, _, _, self._inode_log, self._group_log = raw[120:125]
        self.free_blocks = int.from_bytes(raw[144:152])
        self.folder_block_bytes = self.block_bytes << raw[192]
        features2, incompat = (int.from_bytes(raw[at : at + 4]) for at in (200, 216))
        self.has_types = bool(
            incompat & _INCOMPAT_TYPES if self.version == 5 else features2 & _V4_HAS_TYPES
        )
        self.node_header_bytes = 72 if self.version == 5 else 24
        self._check(raw[192])

    def _check(self, folder_block_log: int) -> None:
        sound = (
            self.version in (4, 5)
            and 9 <= self.block_log <= 16
            and self.block_bytes == 1 << self.block_log
            and self.inode_bytes in (256, 512, 1024, 2048)
            and self.inodes_per_block == self.block_bytes // self.inode_bytes > 0
            and self.inodes_per_block == 1 << self._inode_log
            and 0 < self.group_blocks <= 1 << self._group_log <= 1 << 31
            and self.group_count > 0
            and self.block_log + folder_block_log <= 16
        )
        if not sound:
            raise SourceUnreadable("the superblock of XFS states figures that cannot be")

    def block_place(self, number: int) -> int | None:
        """Return where a block lies in the volume, ``None`` where there is no such block."""
        group, block = number >> self._group_log, number & ((1 << self._group_log) - 1)
        if group >= self.group_count or block >= self.group_blocks:
            return None
        place: int = (group * self.group_blocks + block) * self.block_bytes
        return place

    def inode(self, number: int) -> XfsInode:
        """Read an inode.

        Raises:
            SourceUnreadable: There is none of this number.
        """
        within = number & (self.inodes_per_block - 1)
        place = self.block_place(number >> self._inode_log)
        raw = b""
        if place is not None:
            raw = self._image.read_at(place + within * self.inode_bytes, self.inode_bytes)
        if len(raw) < self.inode_bytes or raw[:2] != b"IN" or raw[4] not in _CORE_BYTES:
            raise SourceUnreadable(f"there is no record {number}")
        return _unpacked(number, raw)

    def pieces(self, inode: XfsInode) -> list[Piece]:
        """Return the pieces of an inode's content, in their order.

        Raises:
            SourceUnreadable: What leads to them is damaged.
        """
        if inode.form == EXTENTS:
            records = inode.fork[: min(inode.extent_count, len(inode.fork) // 16) * 16]
            found = self._extents(records)
        elif inode.form == BTREE:
            found = self._tree(inode)
        else:
            raise SourceUnreadable(f"record {inode.number} keeps its content in an unknown way")
        return sorted(found)

    def _extents(self, records: bytes) -> list[Piece]:
        pieces = []
        for high, low in struct.iter_unpack(">QQ", records):
            first = high >> 9 & (1 << 54) - 1
            block = (high & 0x1FF) << 43 | low >> 21
            count = low & (1 << 21) - 1
            place = self.block_place(block)
            if place is None:
                raise SourceUnreadable("an extent leads out of the volume")
            unwritten = bool(high >> 63)
            pieces.append(
                Piece(
                    first << self.block_log,
                    count << self.block_log,
                    None if unwritten else place,
                )
            )
        return pieces

    def _tree(self, inode: XfsInode) -> list[Piece]:
        level, count = struct.unpack_from(">HH", inode.fork)
        most = (len(inode.fork) - 4) // 16
        if not 0 < count <= most:
            raise SourceUnreadable(f"the extent tree of record {inode.number} is damaged")
        at = 4 + most * 8
        waiting = [
            (level - 1, block)
            for (block,) in struct.iter_unpack(">Q", inode.fork[at : at + count * 8])
        ]
        pieces: list[Piece] = []
        seen: set[int] = set()
        while waiting:
            level, block = waiting.pop()
            if block in seen or len(seen) >= _NODES_AT_MOST or len(pieces) > _EXTENTS_AT_MOST:
                raise SourceUnreadable(f"the extent tree of record {inode.number} does not end")
            seen.add(block)
            found, below = self._node(block, level)
            pieces += found
            waiting += [(level - 1, child) for child in below]
        return pieces

    def _node(self, block: int, level: int) -> tuple[list[Piece], list[int]]:
        """Read one node of an extent tree: its extents, or the nodes below it."""
        place = self.block_place(block)
        raw = b"" if place is None else self._image.read_at(place, self.block_bytes)
        magic = b"BMA3" if self.version == 5 else b"BMAP"
        if len(raw) < self.block_bytes or raw[:4] != magic:
            raise SourceUnreadable(f"block {block} is no node of an extent tree")
        stated_level, count = struct.unpack_from(">HH", raw, 4)
        head = self.node_header_bytes
        most = (self.block_bytes - head) // 16
        if stated_level != level or count > most:
            raise SourceUnreadable(f"block {block} is no such node of an extent tree")
        if level == 0:
            return self._extents(raw[head : head + count * 16]), []
        at = head + most * 8
        return [], [child for (child,) in struct.iter_unpack(">Q", raw[at : at + count * 8])]


def _unpacked(number: int, raw: bytes) -> XfsInode:
    mode, version, form = struct.unpack_from(">HBB", raw, 2)
    core = _CORE_BYTES[version]
    size = int.from_bytes(raw[56:64])
    flags2 = int.from_bytes(raw[120:128]) if version == 3 else 0
    extents = int.from_bytes(raw[24:32] if flags2 & _NREXT64 else raw[76:80])
    fork_end = core + raw[82] * 8 if raw[82] else len(raw)
    return XfsInode(
        number=number,
        entry_type=_TYPES.get(mode >> 12),
        size_bytes=size,
        times=_times(raw, version, bigtime=bool(flags2 & _BIGTIME)),
        form=form,
        extent_count=extents,
        fork=raw[core : min(fork_end, len(raw))],
        realtime=bool(int.from_bytes(raw[90:92]) & _REALTIME),
    )


def _times(raw: bytes, version: int, *, bigtime: bool) -> EntryTimes:
    def instant(at: int) -> int | None:
        whole = int.from_bytes(raw[at : at + 8])
        if bigtime:
            return whole - _BIGTIME_EPOCH_NS
        seconds, nanoseconds = struct.unpack_from(">iI", raw, at)
        return int(seconds) * _SECOND + int(nanoseconds) if whole else None

    return EntryTimes(
        created_ns=instant(144) if version == 3 else None,
        modified_ns=instant(40),
        accessed_ns=instant(32),
        changed_ns=instant(48),
    )
