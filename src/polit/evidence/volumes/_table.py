"""The partition table of a master boot record, and whether a sector is one.

Source: UEFI Specification 2.10, 5.2 (LBA 0 Format).
"""

from typing import NamedTuple

SIGNATURE = b"\x55\xaa"
PROTECTIVE = 0xEE
EXTENDED = frozenset((0x05, 0x0F, 0x85))
_ENTRIES_OFFSET, _ENTRY_BYTES = 446, 16


class TableEntry(NamedTuple):
    """One used entry: boot flag, type, first sector, length in sectors, all as stated."""

    flag: int
    kind: int
    start: int
    length: int


def entries_of(untrusted_sector: bytes) -> list[TableEntry]:
    """Return the used entries of a boot record, none where its signature misses."""
    if untrusted_sector[510:512] != SIGNATURE:
        return []
    found = []
    for at in range(_ENTRIES_OFFSET, _ENTRIES_OFFSET + 4 * _ENTRY_BYTES, _ENTRY_BYTES):
        raw = untrusted_sector[at : at + _ENTRY_BYTES]
        start, count = (int.from_bytes(raw[at : at + 4], "little") for at in (8, 12))
        if raw[4] and count:
            found.append(TableEntry(raw[0], raw[4], start, count))
    return found


def is_protective(untrusted_sector: bytes) -> bool:
    """Tell whether a boot record protects a GPT."""
    return any(entry.kind == PROTECTIVE for entry in entries_of(untrusted_sector))
