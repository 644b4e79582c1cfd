"""Names in the blocks of an ext folder, deleted ones in the gaps between them.

Source: Linux kernel documentation, "ext4 Data Structures and Algorithms" (Directory Entries,
Hash Tree Directories).
"""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from polit.evidence.filesystems._lost import LOST_NAME, LOST_PLACE, can_be_named

_HEAD = struct.Struct("<IHBB")
_CHECKSUM_TAIL = 0xDE
_SHORTEST = 12
_DOTS = frozenset((b".", b"..", b""))


class ExtName(NamedTuple):
    """One name: its inode (0: none), the type its folder states (0: not told), deleted or not."""

    raw_name: bytes
    inode: int
    file_type: int
    deleted: bool


def names_in_block(
    untrusted_block: bytes, *, inode_count: int, with_types: bool, first_entry: int = 0
) -> Iterator[ExtName]:
    """Yield the names of one folder block in stored order, ``.`` and ``..`` left out.

    A gap behind a live name is searched for deleted ones; what stands there counts only when
    it is a whole and possible entry, so that remains of other data invent no name.

    Args:
        untrusted_block: The block.
        inode_count: The largest inode number that can be.
        with_types: The folder keeps file types (else the byte belongs to the length).
        first_entry: Where the first entry begins.
    """
    size, at = len(untrusted_block), first_entry
    while at + 8 <= size:
        inode, length, name_bytes, file_type = _entry(untrusted_block, at, with_types=with_types)
        used = (11 + name_bytes) & ~3
        if length % 4 or at + length > size or used > length:
            return
        name = untrusted_block[at + 8 : at + 8 + name_bytes]
        if inode or _possible(name, file_type):
            if name not in _DOTS:
                yield ExtName(name, inode, file_type & 7, deleted=not inode)
        elif file_type == _CHECKSUM_TAIL or length >= size - first_entry:
            return
        if length - used >= _SHORTEST:
            gap = untrusted_block[at + used : at + length]
            yield from _deleted_in_gap(gap, inode_count, with_types=with_types)
        at += length


def lost_names_in_block(
    untrusted_block: bytes, *, inode_count: int, with_types: bool, drop: Callable[[str], None]
) -> Iterator[ExtName]:
    """Yield the names of a folder block that no inode leads to, all of them as deleted.

    Args:
        untrusted_block: A block that ``is_folder_block`` takes for one.
        inode_count: The largest inode number that can be.
        with_types: The folder keeps file types.
        drop: Told the code of each name that makes no sense.
    """
    for name in names_in_block(untrusted_block, inode_count=inode_count, with_types=with_types):
        if not can_be_named(name.raw_name, forbidden=b"/\x7f"):
            drop(LOST_NAME)
        elif name.inode > inode_count:
            drop(LOST_PLACE)
        else:
            yield name._replace(deleted=True)


def can_begin_folder(untrusted_head: bytes, block_bytes: int) -> bool:
    """Tell quickly whether a free block can begin with a folder's entry."""
    length, name_bytes = int.from_bytes(untrusted_head[4:6], "little"), untrusted_head[6:7]
    return 8 <= (length or 65_536) <= block_bytes and length % 4 == 0 and name_bytes != b"\0"


def is_folder_block(untrusted_block: bytes, *, inode_count: int, with_types: bool) -> bool:
    """Tell whether a free block was a folder's: its entries end with it, and one names an inode.

    What else lies in a block rarely passes: the lengths of its entries must meet its end.
    """
    size, at, named = len(untrusted_block), 0, 0
    while at + 8 <= size:
        inode, length, name_bytes, file_type = _entry(untrusted_block, at, with_types=with_types)
        if length < 8 or length % 4 or at + length > size or 8 + name_bytes > length:
            return False
        name = untrusted_block[at + 8 : at + 8 + name_bytes]
        if inode:
            if inode > inode_count or not _possible(name, file_type):
                return False
            named += 1
        at += length
    return named > 0


def _deleted_in_gap(
    untrusted_gap: bytes, inode_count: int, *, with_types: bool
) -> Iterator[ExtName]:
    at, size = 0, len(untrusted_gap)
    while at + _SHORTEST <= size:
        inode, length, name_bytes, file_type = _entry(untrusted_gap, at, with_types=with_types)
        used = (11 + name_bytes) & ~3
        name = untrusted_gap[at + 8 : at + 8 + name_bytes]
        fits = used <= length and at + length <= size and length % 4 == 0
        if fits and name_bytes and 0 < inode <= inode_count and _possible(name, file_type):
            if name not in _DOTS:
                yield ExtName(name, inode, file_type, deleted=True)
            at += used
        else:
            at += 4


def _entry(data: bytes, at: int, *, with_types: bool) -> tuple[int, int, int, int]:
    inode, length, name_bytes, file_type = _HEAD.unpack_from(data, at)
    if with_types:
        return inode, length or 65_536, name_bytes, file_type
    return inode, length or 65_536, name_bytes | file_type << 8, 0


def _possible(name: bytes, file_type: int) -> bool:
    return 0 < len(name) <= 255 and file_type <= 7 and b"\0" not in name and b"/" not in name
