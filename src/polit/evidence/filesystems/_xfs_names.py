"""Names in folders of XFS, in their stored order.

Source: XFS Algorithms & Data Structures, 3rd edition (Directories).
"""

from collections.abc import Iterator
from typing import NamedTuple

BLOCK_MAGICS = (b"XD2B", b"XDB3")
_DATA_MAGICS = (b"XD2D", b"XDD3")
_FREE = 0xFFFF
_DOTS = (b".", b"..")


class XfsName(NamedTuple):
    """A name, the inode that it leads to, and the type that the folder states (0: none)."""

    raw_name: bytes
    inode: int
    file_type: int


def names_in_record(untrusted_fork: bytes, *, with_types: bool) -> Iterator[XfsName]:
    """Yield the names of a folder that its inode holds itself."""
    if len(untrusted_fork) < 6:
        return
    count, wide = untrusted_fork[0], untrusted_fork[1]
    number_bytes = 8 if wide else 4
    at = 2 + number_bytes
    for _ in range(wide or count):
        if at >= len(untrusted_fork):
            return
        start = at + 3
        end = start + untrusted_fork[at]
        kind = untrusted_fork[end] if with_types and end < len(untrusted_fork) else 0
        number_at = end + with_types
        at = number_at + number_bytes
        name = untrusted_fork[start:end]
        if at > len(untrusted_fork):
            return
        if name and name not in _DOTS:
            yield XfsName(name, int.from_bytes(untrusted_fork[number_at:at]), kind)


def is_data_block(untrusted_block: bytes) -> bool:
    """Tell whether a folder's block holds names."""
    return untrusted_block[:4] in BLOCK_MAGICS or untrusted_block[:4] in _DATA_MAGICS


def names_in_block(untrusted_block: bytes, *, with_types: bool) -> Iterator[XfsName]:
    """Yield the names of one block; reading ends where an entry's length cannot be."""
    magic, end = untrusted_block[:4], len(untrusted_block)
    at = 64 if magic in (b"XDB3", b"XDD3") else 16
    if magic in BLOCK_MAGICS:
        leaves = int.from_bytes(untrusted_block[-8:-4])
        end = max(end - 8 - 8 * leaves, 0)
    while at + 16 <= end:
        if int.from_bytes(untrusted_block[at : at + 2]) == _FREE:
            length = int.from_bytes(untrusted_block[at + 2 : at + 4])
            if length < 8 or length % 8:
                return
            at += length
            continue
        size = untrusted_block[at + 8]
        name = untrusted_block[at + 9 : at + 9 + size]
        length = -(-(8 + 1 + size + with_types + 2) // 8) * 8
        if not size or at + length > end:
            return
        kind = untrusted_block[at + 9 + size] if with_types else 0
        if name not in _DOTS:
            yield XfsName(name, int.from_bytes(untrusted_block[at : at + 8]), kind)
        at += length
