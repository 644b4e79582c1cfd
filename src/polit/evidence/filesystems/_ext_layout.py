"""Where an ext file system keeps its bitmaps and inodes: superblock and group descriptors.

Source: Linux kernel documentation, "ext4 Data Structures and Algorithms" (Super Block, Block
Group Descriptors, Bitmaps).
"""

import struct
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems._image import VolumeImage

SUPERBLOCK_OFFSET = 1024
MAGIC = 0xEF53
_INCOMPAT_META_BG, _INCOMPAT_64BIT = 0x10, 0x80
_RO_SPARSE_SUPER, _RO_GDT_CSUM, _RO_BIGALLOC, _RO_METADATA_CSUM = 0x1, 0x10, 0x200, 0x400
_COMPAT_SPARSE_SUPER2 = 0x200
_GROUP_INODE_UNINIT, _GROUP_BLOCK_UNINIT = 0x1, 0x2
_GROUPS_AT_MOST = 1 << 21
_TABLE_READ_BYTES = 1 << 20
_MODE_FOLDER, _MODE_FILE = 0x4, 0x8
_PAGE_BLOCKS = 1 << 15
_Bytes = np.ndarray[tuple[int, int], np.dtype[np.uint8]]
_Bits = np.ndarray[tuple[int], np.dtype[np.uint8]]
_PAGE_BYTES = 1 << 14
_PAGES_KEPT = 1024
"""16 MiB of inode tables: names of one folder lie in any order, its inodes close together."""


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "little")


def _u32(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 4], "little")


@dataclass(frozen=True, slots=True)
class Group:
    """One block group: where its bitmap and its inode table begin, in blocks."""

    block_bitmap: int
    inode_bitmap: int
    inode_table: int
    block_uninit: bool
    inode_uninit: bool


class ExtLayout:
    """The figures of a superblock, checked so far that reading by them ends."""

    def __init__(self, image: VolumeImage) -> None:
        """Read the superblock.

        Raises:
            SourceUnreadable: It is no superblock, or its figures cannot be.
        """
        self._image = image
        block = image.read_at(SUPERBLOCK_OFFSET, 1024)
        if len(block) < 1024 or _u16(block, 56) != MAGIC or _u32(block, 24) > 6:
            raise SourceUnreadable("there is no ext superblock")
        self.block_size_bytes = 1024 << _u32(block, 24)
        self.compat, self.incompat, self.ro_compat = struct.unpack_from("<III", block, 92)
        self.blocks_per_group, self.inodes_per_group = _u32(block, 32), _u32(block, 40)
        self.first_data_block = _u32(block, 20)
        self.inode_count = _u32(block, 0)
        self.inode_size_bytes = _u16(block, 88) if _u32(block, 76) else 128
        # An inode takes room, so that a lie of their number costs no memory.
        self.inode_count = min(self.inode_count, image.size_bytes // 128)
        self.first_inode = _u32(block, 84) if _u32(block, 76) else 11
        # The files of its own that lie beyond the reserved numbers: quotas and the orphan file.
        self.own_inodes = frozenset(_u32(block, at) for at in (576, 580, 620, 640))
        self.cluster_blocks = 1
        if self.ro_compat & _RO_BIGALLOC:
            self.cluster_blocks = 1 << max(min(_u32(block, 28) - _u32(block, 24), 20), 0)
        self._wide = bool(self.incompat & _INCOMPAT_64BIT)
        self.block_count = _u32(block, 4) | (_u32(block, 336) << 32 if self._wide else 0)
        self._descriptor_bytes = max(_u16(block, 254), 32) if self._wide else 32
        self._first_meta_group = _u32(block, 260)
        self._reserved_gdt = _u16(block, 206)
        self._backup_groups = struct.unpack_from("<II", block, 588)
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._check()

    def _check(self) -> None:
        usable = (
            self.blocks_per_group > 0
            and self.blocks_per_group % 8 == 0
            and self.inodes_per_group > 0
            and 128 <= self.inode_size_bytes <= self.block_size_bytes
            and self.block_count > self.first_data_block
            and self.group_count <= _GROUPS_AT_MOST
        )
        if not usable:
            raise SourceUnreadable("the ext superblock states impossible figures")

    @property
    def group_count(self) -> int:
        """How many block groups there are."""
        return -(-(self.block_count - self.first_data_block) // self.blocks_per_group)

    @property
    def page_bits(self) -> int:
        """How many bits of a group's bitmap are used: one a cluster, one a block without."""
        return self.blocks_per_group // self.cluster_blocks

    @cached_property
    def groups(self) -> list[Group]:
        """The group descriptors, as many as there are groups."""
        table = b"".join(self._descriptor_blocks())
        size = self._descriptor_bytes
        return [
            self._group(table[at : at + size]) for at in range(0, self.group_count * size, size)
        ]

    def bitmap_page(self, number: int) -> bytes:
        """Return a group's block bitmap; made up from its structures where it is not kept."""
        group = self.groups[number]
        if group.block_uninit and self.ro_compat & (_RO_GDT_CSUM | _RO_METADATA_CSUM):
            return self._bitmap_of_structures(number)
        return self._image.read_at(
            group.block_bitmap * self.block_size_bytes, -(-self.page_bits // 8)
        )

    def inode_bytes(self, number: int) -> bytes:
        """Return an inode as stored; empty where there is no such inode."""
        group, slot = divmod(number - 1, self.inodes_per_group)
        if not 0 <= group < self.group_count:
            return b""
        size = self.inode_size_bytes
        start = self.groups[group].inode_table * self.block_size_bytes + slot * size
        page, at = divmod(start, _PAGE_BYTES)
        if at + size > _PAGE_BYTES:
            return self._image.read_at(start, size)
        return self._page(page)[at : at + size]

    def unused_files(self) -> Iterator[int]:
        """Yield the numbers of inodes that are not in use and state a file with a size."""
        for first, rows, used in self._inode_rows():
            files = (rows[:, 1] >> 4 == _MODE_FILE) & rows[:, 4:8].any(axis=1)
            for row in np.flatnonzero(files & (used == 0)).tolist():
                yield first + row

    def used_without_name(self, named: bytearray) -> Iterator[int]:
        """Yield the numbers of files and folders in use that no name leads to.

        Args:
            named: A bit for each inode that a name leads to, least significant first.
        """
        for first, rows, used in self._inode_rows():
            kind = rows[:, 1] >> 4
            wanted = ((kind == _MODE_FILE) | (kind == _MODE_FOLDER)) & (used != 0)
            for row in np.flatnonzero(wanted).tolist():
                number = first + row
                known = named[number >> 3] >> (number & 7) & 1
                if number >= self.first_inode and number not in self.own_inodes and not known:
                    yield number

    def _inode_rows(self) -> Iterator[tuple[int, _Bytes, _Bits]]:
        """Yield the first number, the inodes and their bits in use, part by part."""
        size, count = self.inode_size_bytes, self.inodes_per_group
        for number, group in enumerate(self.groups):
            if group.inode_uninit and self.ro_compat & (_RO_GDT_CSUM | _RO_METADATA_CSUM):
                continue
            block = self.block_size_bytes
            held = self._image.read_at(group.inode_bitmap * block, -(-count // 8))
            used = np.unpackbits(np.frombuffer(held, np.uint8), bitorder="little")
            step = max(_TABLE_READ_BYTES // size, 1)
            for first in range(0, min(count, len(used)), step):
                taken = min(step, count - first, len(used) - first)
                part = self._image.read_at(group.inode_table * block + first * size, taken * size)
                rows = np.frombuffer(part, np.uint8)[: len(part) // size * size]
                rows = rows.reshape(-1, size)
                rows = rows[: max(self.inode_count - number * count - first, 0)]
                yield number * count + first + 1, rows, used[first : first + len(rows)]

    def used_blocks_page(self, page: int) -> bytes:
        """Return which of 32,768 blocks from ``first_data_block`` on are in use."""
        first, bits = page * _PAGE_BLOCKS, list[_Bits]()
        taken = 0
        while taken < _PAGE_BLOCKS:
            group, at = divmod(first + taken, self.blocks_per_group)
            if group >= self.group_count:
                break
            held = np.frombuffer(self.bitmap_page(group), np.uint8)
            of_group = np.unpackbits(held, bitorder="little").repeat(self.cluster_blocks)
            part = of_group[at : min(self.blocks_per_group, at + _PAGE_BLOCKS - taken)]
            if not len(part):
                break
            bits.append(part)
            taken += len(part)
        joined = np.concatenate(bits) if bits else np.zeros(0, np.uint8)
        padded = np.concatenate([joined, np.ones(_PAGE_BLOCKS - len(joined), np.uint8)])
        return np.packbits(padded, bitorder="little").tobytes()

    def inode_in_use(self, number: int) -> bool:
        """Tell whether the inode bitmap holds an inode as used."""
        group, slot = divmod(number - 1, self.inodes_per_group)
        if not 0 <= group < self.group_count:
            return False
        start = self.groups[group].inode_bitmap * self.block_size_bytes
        page, at = divmod(start + slot // 8, _PAGE_BYTES)
        held = self._page(page)[at : at + 1]
        return bool(held) and bool(held[0] >> (slot % 8) & 1)

    def _page(self, number: int) -> bytes:
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = self._image.read_at(number * _PAGE_BYTES, _PAGE_BYTES)
            if len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return page

    def _group(self, raw: bytes) -> Group:
        high = (
            [_u32(raw, at) << 32 for at in (32, 36, 40)]
            if self._wide and len(raw) >= 64
            else [0, 0, 0]
        )
        return Group(
            _u32(raw, 0) | high[0],
            _u32(raw, 4) | high[1],
            _u32(raw, 8) | high[2],
            bool(_u16(raw, 18) & _GROUP_BLOCK_UNINIT),
            bool(_u16(raw, 18) & _GROUP_INODE_UNINIT),
        )

    def _descriptor_blocks(self) -> list[bytes]:
        size = self.block_size_bytes
        per_block = size // self._descriptor_bytes
        count = -(-self.group_count // per_block)
        plain = min(count, self._first_meta_group) if self._has_meta_groups else count
        found = [self._image.read_at((self.first_data_block + 1) * size, plain * size)]
        for number in range(plain, count):
            first = number * per_block
            place = self.first_data_block + first * self.blocks_per_group
            found.append(self._image.read_at((place + self._has_super(first)) * size, size))
        return found

    @property
    def _has_meta_groups(self) -> bool:
        return bool(self.incompat & _INCOMPAT_META_BG)

    def _has_super(self, group: int) -> bool:
        if self.compat & _COMPAT_SPARSE_SUPER2:
            return group == 0 or group in self._backup_groups
        if group <= 1 or not self.ro_compat & _RO_SPARSE_SUPER:
            return True
        return any(_is_power(group, base) for base in (3, 5, 7))

    def _bitmap_of_structures(self, number: int) -> bytes:
        first = self.first_data_block + number * self.blocks_per_group
        end = first + self.blocks_per_group
        table_blocks = -(-self.inodes_per_group * self.inode_size_bytes // self.block_size_bytes)
        bits = self._leading_bits(number)
        for group in self._groups_near(number):
            for start, length in (
                (group.block_bitmap, 1),
                (group.inode_bitmap, 1),
                (group.inode_table, table_blocks),
            ):
                low, high = max(start, first), min(start + length, end)
                for cluster in _clusters(low - first, high - first, self.cluster_blocks):
                    bits |= 1 << cluster
        return bits.to_bytes(-(-self.page_bits // 8), "little")

    def _groups_near(self, number: int) -> list[Group]:
        """Groups whose structures may lie in this one: those of its flexible group at most."""
        return self.groups[max(number - 4096, 0) : number + 4096]

    def _leading_bits(self, number: int) -> int:
        """Superblock, descriptors and the room kept for more, at the head of a group."""
        blocks = 0
        per_block = self.block_size_bytes // self._descriptor_bytes
        if self._has_super(number):
            blocks = 1
        if self._has_meta_groups and number // per_block >= self._first_meta_group:
            blocks += number % per_block in (0, 1, per_block - 1)
        elif self._has_super(number):
            blocks += -(-self.group_count // per_block) + self._reserved_gdt
        return (1 << -(-blocks // self.cluster_blocks)) - 1


def _clusters(low: int, high: int, cluster_blocks: int) -> range:
    if high <= low:
        return range(0)
    return range(low // cluster_blocks, (high - 1) // cluster_blocks + 1)


def _is_power(number: int, base: int) -> bool:
    while number % base == 0:
        number //= base
    return number == 1
