"""Partitions of an Apple partition map, as old Macs, DMGs and discs have. Walker only.

Source: Inside Macintosh: Devices, "SCSI Manager" (Driver Descriptor and Partition Map).
"""

import codecs

from polit.evidence.opening import recognise
from polit.evidence.source import ByteSource, SourceProblem
from polit.evidence.volumes._cover import FoundVolumes, Stated, cover

ORDER = 30
NAME = "apm"

# Looked up with this module: the sandbox can load no codec any more.
_DECODE = codecs.getdecoder("mac-roman")
_HEAD_BYTES = 0x10100
_BLOCK_SIZES = (512, 1024, 2048, 4096)
_ENTRIES_AT_MOST = 1024
_NO_VOLUMES = (b"Apple_partition_map", b"Apple_Free", b"Apple_Void")
_DISCS = ("iso9660", "udf")


def find_volumes(source: ByteSource) -> FoundVolumes | None:
    """Return the volumes of an Apple partition map, or ``None`` where there is none."""
    head = source.read_at(0, _HEAD_BYTES)
    sizes = [size for size in _BLOCK_SIZES if head[size : size + 2] == b"PM"]
    if not head.startswith(b"ER") or not sizes:
        return None
    stated_bytes = int.from_bytes(head[2:4])
    block_bytes = stated_bytes if stated_bytes in sizes else sizes[0]
    problems: list[SourceProblem] = []
    stated = _stated(source, block_bytes, problems)
    behind = recognise(head)
    if behind in _DISCS:
        # A disc for both worlds: its other half covers the whole source.
        stated.append(Stated(0, source.size_bytes, f"disc ({behind})"))
    return cover(NAME, stated, source.size_bytes, problems)


def _stated(source: ByteSource, block_bytes: int, problems: list[SourceProblem]) -> list[Stated]:
    stated: list[Stated] = []
    number, count = 1, 1
    while number <= count:
        entry = source.read_at(number * block_bytes, 512)
        if entry[:2] != b"PM":
            detail = f"entry {number} of {count} of the partition map is damaged"
            problems.append(SourceProblem("apm_damaged", detail))
            break
        if number == 1:
            count = int.from_bytes(entry[4:8])
            if count > _ENTRIES_AT_MOST:
                detail = f"the partition map states {count} entries"
                problems.append(SourceProblem("apm_damaged", detail))
                count = _ENTRIES_AT_MOST
        start, length = (int.from_bytes(entry[at : at + 4]) for at in (8, 12))
        kind = entry[48:80].partition(b"\0")[0]
        if length and kind not in _NO_VOLUMES:
            described = _text(kind), _text(entry[16:48].partition(b"\0")[0])
            name = ": ".join(part for part in described if part)
            stated.append(Stated(start * block_bytes, length * block_bytes, name))
        number += 1
    return stated


def _text(raw: bytes) -> str:
    text = _DECODE(raw)[0]
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
