"""What a VHDX says of itself: size, writer, parent, and whether its log waits. Bounded.

Source: [MS-VHDX] Virtual Hard Disk v2 (VHDX) File Format, 2.2 to 2.6.
"""

import struct
import uuid
from dataclasses import dataclass

from polit.evidence.companions import Companion
from polit.evidence.containers._vhd_facts import parent_companion
from polit.evidence.segments import Segment, read_segment

SIGNATURE = b"vhdxfile"

_HEADERS_AT = (64 << 10, 128 << 10)
_REGIONS_AT = (192 << 10, 256 << 10)
_TABLE_BYTES = 64 << 10
_MAXIMUM_ENTRIES = 2047
_MAXIMUM_ITEM_BYTES = 64 << 10
_METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
_PARAMETERS = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
_DISK_SIZE = uuid.UUID("2fa54224-cd1b-4876-b211-5dbed83bf4b8").bytes_le
_PARENT = uuid.UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c").bytes_le
_PATH_KEYS = ("relative_path", "volume_path", "absolute_win32_path")


@dataclass(frozen=True, slots=True)
class VhdxFacts:
    """What the header and the metadata say.

    Args:
        size_bytes: Of the virtual disk, 0 where it is not stated.
        untrusted_creator: The program that made it.
        is_log_pending: Whether changes stand in the log that were not written to their place.
        has_parent: Whether it is a differencing disk.
        parent: Key and value pairs of the parent locator.
    """

    size_bytes: int
    untrusted_creator: str
    is_log_pending: bool
    has_parent: bool
    parent: dict[str, str]

    @property
    def parent_paths(self) -> tuple[str, ...]:
        """Where the parent was, as stated, the relative path first."""
        return tuple(self.parent[key] for key in _PATH_KEYS if key in self.parent)


def read_vhdx(segment: Segment) -> VhdxFacts | None:
    """Read what a VHDX says of itself; ``None`` where the file is none."""
    untrusted_head = read_segment(segment, 0, 520)
    if not untrusted_head.startswith(SIGNATURE):
        return None
    items = _items(segment)
    parameters = items.get(_PARAMETERS, b"").ljust(8, b"\0")
    has_parent = bool(int.from_bytes(parameters[4:8], "little") & 2)
    return VhdxFacts(
        int.from_bytes(items.get(_DISK_SIZE, b"")[:8], "little"),
        untrusted_head[8:].decode("utf-16-le", "replace").split("\0", 1)[0],
        _is_log_pending(segment),
        has_parent,
        _locator(items.get(_PARENT, b"")) if has_parent else {},
    )


def _is_log_pending(segment: Segment) -> bool:
    headers = [read_segment(segment, place, 80) for place in _HEADERS_AT]
    valid = [raw for raw in headers if len(raw) == 80 and raw.startswith(b"head")]
    current = max(valid, key=lambda raw: int.from_bytes(raw[8:16], "little"), default=b"")
    return any(current[48:64])


def _items(segment: Segment) -> dict[bytes, bytes]:
    """Return the metadata items under their identifiers, each cut to 64 KiB."""
    for place in _REGIONS_AT:
        regions = read_segment(segment, place, _TABLE_BYTES)
        if not regions.startswith(b"regi"):
            continue
        for entry in _entries(regions, 8, 16):
            if entry[:16] == _METADATA:
                return _metadata(segment, int.from_bytes(entry[16:24], "little"))
    return {}


def _metadata(segment: Segment, offset: int) -> dict[bytes, bytes]:
    table = read_segment(segment, offset, _TABLE_BYTES)
    found: dict[bytes, bytes] = {}
    if table.startswith(b"metadata"):
        wanted = (_PARAMETERS, _DISK_SIZE, _PARENT)
        for entry in _entries(table, 10, 32, count_bytes=2):
            place, length = struct.unpack_from("<II", entry, 16)
            if entry[:16] in wanted:
                length = min(length, _MAXIMUM_ITEM_BYTES)
                found[entry[:16]] = read_segment(segment, offset + place, length)
    return found


def _entries(table: bytes, count_at: int, first: int, *, count_bytes: int = 4) -> list[bytes]:
    count = int.from_bytes(table[count_at : count_at + count_bytes], "little")
    places = range(first, first + 32 * min(count, _MAXIMUM_ENTRIES), 32)
    return [table[place : place + 32] for place in places if place + 32 <= len(table)]


def _locator(raw: bytes) -> dict[str, str]:
    pairs: dict[str, str] = {}
    count = int.from_bytes(raw[18:20], "little")
    for place in range(20, 20 + 12 * min(count, 64), 12):
        if place + 12 > len(raw):
            break
        key_at, value_at, key_bytes, value_bytes = struct.unpack_from("<IIHH", raw, place)
        key = raw[key_at : key_at + key_bytes].decode("utf-16-le", "replace").lower()
        pairs[key] = raw[value_at : value_at + value_bytes].decode("utf-16-le", "replace")
    return pairs


def companions_of(segment: Segment) -> tuple[Companion, ...]:
    """Return the parent that a differencing VHDX asks for.

    Raises:
        SourceUnreadable: No name of it can be one.
    """
    facts = read_vhdx(segment)
    if facts is None or not facts.has_parent:
        return ()
    return (parent_companion(segment, facts.parent_paths),)
