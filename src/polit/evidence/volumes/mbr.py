"""Partitions of a master boot record, extended ones included. Runs in the walker only.

The Sleuth Kit's reader is not used: it takes a FAT boot sector for a table, gives no volumes
at all when one entry is wrong, and does not say what was wrong. It is the tests' second tool.
"""

from polit.evidence.opening import recognise
from polit.evidence.source import ByteSource, SourceProblem
from polit.evidence.volumes._cover import FoundVolumes, Stated, cover
from polit.evidence.volumes._table import (
    EXTENDED,
    PROTECTIVE,
    TableEntry,
    entries_of,
)

ORDER = 20
NAME = "mbr"

_SECTOR_SIZES = (512, 4096)
_HEAD_BYTES = 0x10100
_LOGICAL_AT_MOST = 256
_TYPES = {
    0x01: "FAT12",
    0x04: "FAT16",
    0x06: "FAT16",
    0x07: "NTFS, exFAT or HPFS",
    0x0B: "FAT32",
    0x0C: "FAT32",
    0x0E: "FAT16",
    0x27: "Windows recovery",
    0x82: "Linux swap",
    0x83: "Linux",
    0x8E: "Linux LVM",
    0xA5: "FreeBSD",
    0xAF: "Apple HFS",
    0xEE: "GPT protective",
    0xEF: "EFI system",
    0xFD: "Linux RAID",
}


def find_volumes(source: ByteSource) -> FoundVolumes | None:
    """Return the volumes of a master boot record, or ``None`` where there is none."""
    sector = source.read_at(0, 512)
    entries = [entry for entry in entries_of(sector) if entry.kind != PROTECTIVE]
    if not entries or any(entry.flag not in (0x00, 0x80) for entry in entries):
        return None
    sector_bytes = max(_SECTOR_SIZES, key=lambda size: (_known(source, entries, size), -size))
    if recognise(sector) and not _known(source, entries, sector_bytes):
        return None
    if all(entry.start * sector_bytes >= source.size_bytes for entry in entries):
        return None
    problems: list[SourceProblem] = []
    stated = _stated(source, entries, sector_bytes, problems)
    behind = recognise(source.read_at(0, _HEAD_BYTES))
    if behind:
        detail = f"behind the partition table stands the beginning of an older {behind} volume"
        problems.append(SourceProblem("stale_file_system", detail))
    return cover("mbr", stated, source.size_bytes, problems)


def _known(source: ByteSource, entries: list[TableEntry], sector_bytes: int) -> int:
    """Count the partitions whose beginning is known, for one size of sector."""
    heads = (
        source.read_at(entry.start * sector_bytes, _HEAD_BYTES)
        for entry in entries
        if entry.start and entry.start * sector_bytes < source.size_bytes
    )
    return sum(bool(recognise(head) or entries_of(head[:512])) for head in heads)


def _stated(
    source: ByteSource,
    entries: list[TableEntry],
    sector_bytes: int,
    problems: list[SourceProblem],
) -> list[Stated]:
    stated = []
    for entry in entries:
        if entry.kind in EXTENDED:
            stated += _logical(source, entry.start, sector_bytes, problems)
        else:
            stated.append(_part(entry, 0, sector_bytes))
    return stated


def _logical(
    source: ByteSource, base: int, sector_bytes: int, problems: list[SourceProblem]
) -> list[Stated]:
    """Follow the chain of an extended partition, as far as it goes without meeting itself."""
    stated: list[Stated] = []
    seen: set[int] = set()
    at: int | None = base
    while at is not None:
        if at in seen or len(seen) >= _LOGICAL_AT_MOST:
            detail = f"the chain of logical partitions from sector {base} does not end"
            problems.append(SourceProblem("extended_chain_loops", detail))
            break
        seen.add(at)
        sector = source.read_at(at * sector_bytes, 512)
        if sector[510:512] != b"\x55\xaa":
            detail = f"the chain of logical partitions breaks at sector {at}"
            problems.append(SourceProblem("extended_chain_broken", detail))
            break
        entries = entries_of(sector)
        stated += [_part(each, at, sector_bytes) for each in entries if each.kind not in EXTENDED]
        at = next((base + each.start for each in entries if each.kind in EXTENDED), None)
    return stated


def _part(entry: TableEntry, base: int, sector_bytes: int) -> Stated:
    name = _TYPES.get(entry.kind, "unknown type")
    return Stated(
        (base + entry.start) * sector_bytes,
        entry.length * sector_bytes,
        f"{name} (0x{entry.kind:02x})",
    )
