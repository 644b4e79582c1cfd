"""An inode of ext, unpacked. The tests hold it against the Sleuth Kit's reading.

Source: Linux kernel documentation, "ext4 Data Structures and Algorithms" (Inode Table, Inode
Timestamps).
"""

import struct
from typing import NamedTuple

from polit.model.evidence import EntryTimes, EntryType

INLINE_DATA, ENCRYPTED, EXTENTS, VALUE_INODE = 0x10000000, 0x800, 0x80000, 0x200000
_EXTENT_MAGIC = 0xF30A
_HEAD = struct.Struct("<H2xIiiiI8xI4x60s8xI")
_EXTRA = struct.Struct("<IIIiI")
_SECOND = 1_000_000_000
_SHORT_LINK_BYTES = 60
_TYPES = {
    0x1: EntryType.SPECIAL,
    0x2: EntryType.SPECIAL,
    0x4: EntryType.FOLDER,
    0x6: EntryType.SPECIAL,
    0x8: EntryType.FILE,
    0xA: EntryType.LINK,
    0xC: EntryType.SPECIAL,
}


class ExtInode(NamedTuple):
    """What an inode states.

    Args:
        entry_type: What it is, ``None`` where its mode says nothing (never used or wiped).
        size_bytes: The logical size.
        flags: ``INLINE_DATA``, ``ENCRYPTED`` and others.
        times: In UTC, without the time of deletion.
        deleted_s: The field for the time of deletion, which holds other things while the
            inode is in use.
        short_link: The target of a link that is kept in the inode itself.
        body: The 60 bytes that lead to the content.
    """

    entry_type: EntryType | None
    size_bytes: int
    flags: int
    times: EntryTimes
    deleted_s: int
    short_link: bytes
    body: bytes

    def leads_within(self, block_count: int) -> bool:
        """Tell whether what the inode holds can lead to blocks of its volume.

        What was never an inode rarely passes: 15 block numbers, or the head of an extent tree.
        """
        if self.flags & EXTENTS:
            magic, count, most, depth = struct.unpack_from("<HHHH", self.body)
            return bool(magic == _EXTENT_MAGIC and count <= most <= 4 and depth <= 5)
        return all(block < block_count for block in struct.unpack("<15I", self.body))


def read_inode(untrusted_inode: bytes) -> ExtInode | None:
    """Unpack an inode; ``None`` where there are not enough bytes."""
    if len(untrusted_inode) < 128:
        return None
    head = _HEAD.unpack_from(untrusted_inode)
    mode, size, accessed, changed, modified, deleted, flags, body, high = head
    kind = _TYPES.get(mode >> 12)
    if kind is EntryType.FILE:
        size |= high << 32
    link = body[:size] if kind is EntryType.LINK and size < _SHORT_LINK_BYTES else b""
    if len(untrusted_inode) >= 160 and untrusted_inode[128] >= 28:
        more = _EXTRA.unpack_from(untrusted_inode, 132)
        changed_more, modified_more, accessed_more, created, created_more = more
        times = EntryTimes(
            _instant(created, created_more),
            _instant(modified, modified_more),
            _instant(accessed, accessed_more),
            _instant(changed, changed_more),
        )
    else:
        times = EntryTimes(None, _instant(modified, 0), _instant(accessed, 0), _instant(changed, 0))
    return ExtInode(kind, size, flags, times, deleted, link, body)


def _instant(seconds: int, extra: int) -> int | None:
    """Two bits of the extra field extend the seconds, the others are nanoseconds."""
    if seconds or extra:
        return (seconds + ((extra & 3) << 32)) * _SECOND + (extra >> 2)
    return None
