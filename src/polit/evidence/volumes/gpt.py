"""Partitions of a GUID partition table, both copies checked. Runs in the walker only.

Source: UEFI Specification 2.10, 5.3 (GUID Partition Table Disk Layout).
"""

import struct
import zlib
from dataclasses import dataclass
from uuid import UUID

from polit.evidence.source import ByteSource, SourceProblem
from polit.evidence.volumes._cover import FoundVolumes, Stated, cover
from polit.evidence.volumes._table import entries_of, is_protective

ORDER = 10
NAME = "gpt"

_MAGIC = b"EFI PART"
_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_SECTOR_SIZES = (512, 4096)
_TABLE_BYTES_AT_MOST = 16 << 20
_TYPES = {
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b": "EFI system",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae": "Microsoft reserved",
    "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7": "basic data",
    "de94bba4-06d1-4d40-a16a-bfd50179d6ac": "Windows recovery",
    "0fc63daf-8483-4772-8e79-3d69d8477de4": "Linux",
    "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f": "Linux swap",
    "e6d6d379-f507-44c2-a23c-238f2a3df928": "Linux LVM",
    "a19d880f-05fc-4d3b-a006-743f0f84911e": "Linux RAID",
    "ca7d7ccb-63ed-4c53-861c-1742536059cc": "LUKS",
    "48465300-0000-11aa-aa11-00306543ecac": "Apple HFS+",
    "7c3457ef-0000-11aa-aa11-00306543ecac": "Apple APFS",
    "21686148-6449-6e6f-744e-656564454649": "BIOS boot",
}


@dataclass(frozen=True, slots=True)
class _Copy:
    """One copy of the table: what it states, and what is wrong with it (empty: nothing)."""

    table: bytes
    entry_bytes: int
    first_usable: int
    other_copy: int
    wrong: str


def find_volumes(source: ByteSource) -> FoundVolumes | None:
    """Return the volumes of a GUID partition table, or ``None`` where there is none."""
    boot = source.read_at(0, 512)
    protective = is_protective(boot)
    if entries_of(boot) and not protective:
        return None
    for sector_bytes in _SECTOR_SIZES:
        found = _find(source, sector_bytes)
        if found is not None:
            stated, problems = found
            if not protective:
                detail = "no protective boot record stands before the partition table"
                problems.append(SourceProblem("gpt_not_protected", detail))
            return cover("gpt", stated, source.size_bytes, problems)
    return None


def _find(source: ByteSource, sector_bytes: int) -> tuple[list[Stated], list[SourceProblem]] | None:
    last = source.size_bytes // sector_bytes - 1
    primary = _read_copy(source, 1, sector_bytes)
    backup = _read_copy(source, last, sector_bytes) if last > 1 else None
    if backup is None and primary is not None and primary.other_copy != last:
        backup = _read_copy(source, primary.other_copy, sector_bytes)
    problems = _compared(primary, backup)
    best = _best(primary, backup)
    if best is None:
        return None
    return _stated(best, sector_bytes), problems


def _best(primary: _Copy | None, backup: _Copy | None) -> _Copy | None:
    copies = [copy for copy in (primary, backup) if copy is not None]
    return next((copy for copy in copies if not copy.wrong), copies[0] if copies else None)


def _compared(primary: _Copy | None, backup: _Copy | None) -> list[SourceProblem]:
    problems = []
    for name, copy in (("primary", primary), ("backup", backup)):
        if copy is None:
            detail = f"the {name} copy of the partition table is missing"
            problems.append(SourceProblem(f"gpt_{name}_missing", detail))
        elif copy.wrong:
            detail = f"the {name} copy of the partition table is damaged: {copy.wrong}"
            problems.append(SourceProblem(f"gpt_{name}_damaged", detail))
    if primary and backup and not problems and primary.table != backup.table:
        problems.append(
            SourceProblem("gpt_copies_differ", "the two copies state different partitions")
        )
    return problems


def _read_copy(source: ByteSource, sector: int, sector_bytes: int) -> _Copy | None:
    """Read a copy; ``None`` where no header stands."""
    raw = _read(source, sector * sector_bytes, sector_bytes)
    if len(raw) < _HEADER.size or not raw.startswith(_MAGIC):
        return None
    parts = _HEADER.unpack_from(raw)
    header_bytes, stated_crc, own, other, first_usable = (*parts[2:4], *parts[5:8])
    table_sector, count, entry_bytes, table_crc = parts[10:14]
    wrong = ""
    if not _HEADER.size <= header_bytes <= sector_bytes:
        wrong = "its header's length cannot be"
    elif zlib.crc32(raw[:16] + bytes(4) + raw[20:header_bytes]) != stated_crc:
        wrong = "its header's checksum does not hold"
    elif own != sector:
        wrong = "its header states another place"
    length = count * entry_bytes
    if not 128 <= entry_bytes <= 4096 or entry_bytes % 8 or length > _TABLE_BYTES_AT_MOST:
        return _Copy(b"", 128, first_usable, other, wrong or "its entries cannot be so many")
    table = _read(source, table_sector * sector_bytes, length)
    if not wrong and zlib.crc32(table) != table_crc:
        wrong = "its entries' checksum does not hold"
    return _Copy(table, entry_bytes, first_usable, other, wrong)


def _read(source: ByteSource, offset_bytes: int, length_bytes: int) -> bytes:
    """Read what a header points to: a hostile one points anywhere."""
    if not 0 <= offset_bytes < source.size_bytes:
        return b""
    return source.read_at(offset_bytes, length_bytes)


def _stated(copy: _Copy, sector_bytes: int) -> list[Stated]:
    stated = []
    for at in range(0, len(copy.table) - copy.entry_bytes + 1, copy.entry_bytes):
        entry = copy.table[at : at + copy.entry_bytes]
        first, last = struct.unpack_from("<QQ", entry, 32)
        if any(entry[:16]) and first <= last:
            offset, size = first * sector_bytes, (last - first + 1) * sector_bytes
            stated.append(Stated(offset, size, _description(entry)))
    return stated


def _description(entry: bytes) -> str:
    guid = str(UUID(bytes_le=entry[:16]))
    kind = _TYPES.get(guid, guid)
    label = entry[56:128].decode("utf-16-le", "replace").partition("\0")[0]
    printable = "".join(letter if letter.isprintable() else "\ufffd" for letter in label)
    return f"{kind}: {printable}" if printable else kind
