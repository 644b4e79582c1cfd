"""Shadow copies of an NTFS volume, written block by block around states that are known.

No free tool makes shadow copies outside Windows: a volume is formatted by ``mkntfs``, filled by
``ntfscp`` and changed between; the blocks in which a state differs from the next become a store,
laid down behind the file system as Windows lays it down inside. libvshadow reads it back, and each
whole state stays at hand as the truth.

Source: the Volume Shadow Snapshot format as described by libvshadow's documentation.
"""

import struct
import uuid
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

BLOCK_BYTES = 0x4000
_IDENTIFIER = bytes.fromhex("6b87083876c1484eb7ae04046e6cc752")
_HEADER_AT = 0x1E00
_FIRST_INSTANT = 130_305_261_097_363_780
"""2013-12-03T06:35:09Z as Windows counts."""
_HOUR = 36_000_000_000
_CATALOG, _DESCRIPTORS, _INFORMATION, _RANGES, _BITMAP = 2, 3, 4, 5, 6
_ROWS_AT_MOST = (BLOCK_BYTES - 128) // 32


def write_shadows(path: Path, states: Sequence[bytes]) -> None:
    """Write a volume as its newest state, with every older one as a shadow copy.

    Args:
        path: The image to make.
        states: Whole volumes of one size, the oldest first; at least two.
    """
    live = bytearray(states[-1])
    size = len(live)
    catalog_at = size
    parts = [b""]
    at = size + BLOCK_BYTES
    entries = []
    for number, (older, newer) in enumerate(pairwise(states), 1):
        store = _store(older, newer, at)
        entries += _entries(number, size, at)
        parts.append(store)
        at += len(store)
    _put_header(live, catalog_at)
    head = _head(_CATALOG, 0, catalog_at)
    parts[0] = (head + b"".join(entries)).ljust(BLOCK_BYTES, b"\0")
    path.write_bytes(bytes(live) + b"".join(parts))


def _put_header(live: bytearray, catalog_at: int) -> None:
    fields = struct.pack("<16sIIQQQQQ", _IDENTIFIER, 1, 1, _HEADER_AT, _HEADER_AT, 0, catalog_at, 0)
    live[_HEADER_AT : _HEADER_AT + len(fields)] = fields


def _entries(number: int, size_bytes: int, at: int) -> list[bytes]:
    identifier = identifier_of(number).bytes_le
    instant = _FIRST_INSTANT + number * _HOUR
    known = struct.pack("<QQ16sQQQ", 2, size_bytes, identifier, number, 0x40, instant)
    placed = struct.pack(
        "<QQ16sQQQQQQ", 3, at + BLOCK_BYTES, identifier, at, at + 2 * BLOCK_BYTES,
        at + 3 * BLOCK_BYTES, 0, 0, 0,
    )  # fmt: skip
    return [known.ljust(128, b"\0"), placed.ljust(128, b"\0")]


def identifier_of(number: int) -> uuid.UUID:
    """Return the identifier of a shadow copy."""
    return uuid.UUID(int=0x600F0B69_5BDF_11E3_9D6C_005056C00000 + number)


def _store(older: bytes, newer: bytes, at: int) -> bytes:
    """Return a store: its information, descriptors, ranges, bitmap, and the blocks themselves."""
    kept = [
        place
        for place in range(0, len(older), BLOCK_BYTES)
        if older[place : place + BLOCK_BYTES] != newer[place : place + BLOCK_BYTES]
    ]
    assert len(kept) <= _ROWS_AT_MOST, "a longer list would need a second block"
    data_at = 4 * BLOCK_BYTES
    rows = b"".join(
        struct.pack(
            "<QQQII", place, data_at + n * BLOCK_BYTES, at + data_at + n * BLOCK_BYTES, 0, 0
        )
        for n, place in enumerate(kept)
    )
    told = struct.pack(
        "<16s16s16sIIII", bytes(16), bytes([1] * 16), bytes([2] * 16), 9, 1, 0x420009, 0
    )
    information = _head(_INFORMATION, 0, at, size=100) + told + struct.pack("<HH", 0, 0)
    ranges = struct.pack("<QQQ", at + data_at, data_at, max(len(kept), 1) * BLOCK_BYTES)
    return b"".join(
        part.ljust(BLOCK_BYTES, b"\0")
        for part in (
            information,
            _head(_DESCRIPTORS, BLOCK_BYTES, at + BLOCK_BYTES) + rows,
            _head(_RANGES, 2 * BLOCK_BYTES, at + 2 * BLOCK_BYTES) + ranges,
            _head(_BITMAP, 3 * BLOCK_BYTES, at + 3 * BLOCK_BYTES),
            *(older[place : place + BLOCK_BYTES] for place in kept),
        )
    )


def _head(kind: int, relative: int, at: int, *, size: int = 0, following: int = 0) -> bytes:
    head = struct.pack("<16sIIQQQQ", _IDENTIFIER, 1, kind, relative, at, following, size)
    return head.ljust(128, b"\0")
