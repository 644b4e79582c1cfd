"""Names in the folders of FAT12, FAT16 and FAT32, with their long names and their times.

The Sleuth Kit replaces bytes of a short name that it cannot print; here they stay as stored.

Source: Microsoft, "FAT32 File System Specification", 1.03 (FAT Directory Structure, Long
Directory Entries).
"""

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from polit.evidence.filesystems._lost import LOST_NAME, LOST_PLACE, LOST_TIME
from polit.model.evidence import EntryTimes

ENTRY_BYTES = 32
ATTRIBUTE_LABEL, ATTRIBUTE_FOLDER = 0x08, 0x10
_ATTRIBUTE_LONG = 0x0F
_ATTRIBUTES_ALL = 0x3F
_DELETED, _END, _IS_E5 = 0xE5, 0x00, 0x05
_LOWER_BASE, _LOWER_EXTENSION = 0x08, 0x10
_LAST_LONG = 0x40
_LONG_ENTRIES_AT_MOST = 20
_ENTRY = struct.Struct("<11sBBBHHHHHHHI")
_BAD_IN_NAME = frozenset(b'"*+,./:;<=>?[\\]|')


class FatName(NamedTuple):
    """One name: its bytes and what its slot states.

    Args:
        raw_name: The long name as UTF-8, else the short one as stored; the byte that deletion
            overwrote is ``_`` where no long name's checksum tells it.
        position: Which slot of the folder holds the short entry, from 0.
        attributes: The attribute byte.
        start_cluster: The first cluster stated, 0 for none.
        size_bytes: The size stated, 0 for a folder.
        deleted: The slot is marked deleted, or lies behind the folder's end.
        times: In wall-clock readings.
    """

    raw_name: bytes
    position: int
    attributes: int
    start_cluster: int
    size_bytes: int
    deleted: bool
    times: EntryTimes


class FatBounds(NamedTuple):
    """What a name can state on its volume.

    Args:
        wide_clusters: FAT32: the first cluster has 32 bits.
        cluster_count: How many clusters there are.
        data_bytes: What they hold together: no file is larger.
    """

    wide_clusters: bool
    cluster_count: int
    data_bytes: int


class _Raw(NamedTuple):
    name: bytes
    attributes: int
    case: int
    created_tenths: int
    created_time: int
    created_date: int
    accessed_date: int
    cluster_high: int
    modified_time: int
    modified_date: int
    cluster_low: int
    size_bytes: int


class _LongName:
    """Parts of a long name, collected until the short entry that they belong to."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._checksum = -1
        self._deleted = False
        self._begun = False

    def add(self, raw: bytes) -> None:
        deleted = raw[0] == _DELETED
        first = bool(raw[0] & _LAST_LONG) and not deleted
        self._begun = self._begun or first
        if first or raw[13] != self._checksum or deleted != self._deleted:
            self.clear()
            self._begun = first
        self._checksum, self._deleted = raw[13], deleted
        self._parts.append(raw[1:11] + raw[14:26] + raw[28:32])
        if len(self._parts) > _LONG_ENTRIES_AT_MOST:
            self.clear()

    def clear(self) -> None:
        self._parts, self._checksum, self._begun = [], -1, False

    def take(self, short: bytes) -> tuple[bytes, int]:
        """Return the long name for a short one, and the short one's true first byte."""
        parts, checksum, deleted = self._parts, self._checksum, self._deleted
        # Without its last part, which stands first, the rest of a name in use is no name.
        is_cut = not deleted and not self._begun
        self.clear()
        if is_cut:
            return b"", short[0]
        if not parts or deleted != (short[0] == _DELETED):
            return b"", short[0]
        first = _first_byte(short, checksum)
        if not deleted and first != short[0]:
            return b"", short[0]
        if deleted and ((first <= 0x20 and first != _IS_E5) or first in _BAD_IN_NAME):
            return b"", short[0]
        units = b"".join(reversed(parts))
        for at in range(0, len(units), 2):
            if units[at : at + 2] == b"\0\0":
                units = units[:at]
                break
        return units.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass"), first


def names_in(
    untrusted_folder: Iterator[bytes],
    *,
    bounds: FatBounds,
    drop: Callable[[str], None],
    lost: bool = False,
) -> Iterator[FatName]:
    """Yield the names of a folder in stored order, ``.`` and ``..`` left out.

    Args:
        untrusted_folder: The folder's bytes in pieces of whole slots.
        bounds: What a name of this volume can state; a deleted slot beyond it is none.
        drop: Told the code of each slot that is none.
        lost: No name leads to the folder: every slot is judged as a deleted one is.
    """
    long_name, ended, position = _LongName(), False, -1
    for piece in untrusted_folder:
        for at in range(0, len(piece) - ENTRY_BYTES + 1, ENTRY_BYTES):
            slot = piece[at : at + ENTRY_BYTES]
            position += 1
            if slot[0] == _END:
                ended = True
                long_name.clear()
            elif slot[11] & _ATTRIBUTES_ALL == _ATTRIBUTE_LONG:
                long_name.add(slot)
            else:
                raw = _Raw._make(_ENTRY.unpack(slot))
                unused = ended or raw.name[0] == _DELETED
                cluster = _cluster(raw, wide=bounds.wide_clusters)
                stored, first = long_name.take(raw.name)
                if raw.name[:2] in (b". ", b"..") and raw.attributes & ATTRIBUTE_FOLDER:
                    continue
                fault = _fault(raw, cluster, bounds) if unused or lost else ""
                if fault:
                    # What lies behind a folder's end is mostly no name at all.
                    if not ended:
                        drop(fault)
                    continue
                yield _name(raw, stored, first, cluster, position, deleted=unused)


def dots(untrusted_head: bytes, *, wide_clusters: bool) -> tuple[int, int]:
    """Return the clusters that ``.`` and ``..`` state at a folder's head, -1 where they miss."""
    found = []
    for at, name in ((0, b".          "), (ENTRY_BYTES, b"..         ")):
        slot = untrusted_head[at : at + ENTRY_BYTES]
        if len(slot) < ENTRY_BYTES or slot[:11] != name:
            return -1, -1
        raw = _Raw._make(_ENTRY.unpack(slot))
        found.append(_cluster(raw, wide=wide_clusters))
    return found[0], found[1]


def can_begin(untrusted_head: bytes) -> bool:
    """Tell quickly whether a cluster can begin with a slot of a folder."""
    return untrusted_head[0] not in (_END, 0x20) and not untrusted_head[11] & ~_ATTRIBUTES_ALL


def can_go_on(untrusted_cluster: bytes, bounds: FatBounds) -> bool:
    """Tell whether a cluster can be a later one of a folder.

    Every slot up to the end can be one, one of them has a short name without small letters,
    and behind the end there is nothing, because a folder's cluster is cleared when it is taken.
    """
    short = 0
    for at in range(0, len(untrusted_cluster) - ENTRY_BYTES + 1, ENTRY_BYTES):
        slot = untrusted_cluster[at : at + ENTRY_BYTES]
        if slot[0] == _END:
            return short > 0 and not any(untrusted_cluster[at:])
        if slot[11] & _ATTRIBUTES_ALL == _ATTRIBUTE_LONG:
            if slot[12] or slot[26] or slot[27] or slot[11] != _ATTRIBUTE_LONG:
                return False
            continue
        raw = _Raw._make(_ENTRY.unpack(slot))
        small = any(0x61 <= byte <= 0x7A for byte in raw.name)
        if small or _fault(raw, _cluster(raw, wide=bounds.wide_clusters), bounds):
            return False
        short += 1
    return short > 0


def is_full(untrusted_cluster: bytes) -> bool:
    """Tell whether the last slot of a cluster is taken: its folder may go on elsewhere."""
    return untrusted_cluster[-ENTRY_BYTES : -ENTRY_BYTES + 1] not in (b"", b"\0")


def _cluster(raw: _Raw, *, wide: bool) -> int:
    return raw.cluster_low | (raw.cluster_high << 16 if wide else 0)


def _name(
    raw: _Raw, stored: bytes, first: int, cluster: int, position: int, *, deleted: bool
) -> FatName:
    label = raw.attributes & ATTRIBUTE_LABEL
    short = raw.name.rstrip(b" ") if label else _short_name(raw, first)
    return FatName(
        raw_name=stored or short,
        position=position,
        attributes=raw.attributes,
        start_cluster=cluster,
        size_bytes=0 if raw.attributes & ATTRIBUTE_FOLDER else raw.size_bytes,
        deleted=deleted,
        times=EntryTimes(
            created_ns=_instant(raw.created_date, raw.created_time, raw.created_tenths),
            modified_ns=_instant(raw.modified_date, raw.modified_time, 0),
            accessed_ns=_instant(raw.accessed_date, 0, 0),
        ),
    )


def _short_name(raw: _Raw, first: int) -> bytes:
    head = b"_" if first == _DELETED else b"\xe5" if first == _IS_E5 else bytes((first,))
    base = (head + raw.name[1:8]).rstrip(b" ")
    extension = raw.name[8:11].rstrip(b" ")
    base = base.lower() if raw.case & _LOWER_BASE else base
    extension = extension.lower() if raw.case & _LOWER_EXTENSION else extension
    return base + b"." + extension if extension else base


def _first_byte(short: bytes, checksum: int) -> int:
    """Return the first byte with which a short name has a checksum: there is exactly one."""
    value = checksum
    for byte in reversed(short[1:11]):
        value = (value - byte) & 0xFF
        value = ((value << 1) | (value >> 7)) & 0xFF
    return value


def _fault(raw: _Raw, cluster: int, bounds: FatBounds) -> str:
    """Return why an unused slot cannot have been a name, and is a remain of other data."""
    rest, first = raw.name[1:11], raw.name[0]
    bad_first = (first <= 0x20 and first != _IS_E5) or first in _BAD_IN_NAME
    if raw.attributes & ~_ATTRIBUTES_ALL or bad_first:
        return LOST_NAME
    if any(byte < 0x20 or byte in _BAD_IN_NAME for byte in rest):
        return LOST_NAME
    dates = (raw.created_date, raw.accessed_date, raw.modified_date)
    dated = all(not date or _instant(date, 0, 0) is not None for date in dates)
    if raw.created_tenths >= 200 or not any(dates) or not dated:
        return LOST_TIME
    folder = raw.attributes & ATTRIBUTE_FOLDER
    if cluster > bounds.cluster_count + 1 or (not folder and raw.size_bytes > bounds.data_bytes):
        return LOST_PLACE
    return ""


def _instant(date: int, time: int, tenths: int) -> int | None:
    """Return a FAT date and time as if it were UTC, in nanoseconds; None for none or nonsense."""
    try:
        moment = datetime(
            1980 + (date >> 9),
            date >> 5 & 0xF,
            date & 0x1F,
            time >> 11,
            time >> 5 & 0x3F,
            (time & 0x1F) * 2,
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return int(moment.timestamp()) * 1_000_000_000 + min(tenths, 199) * 10_000_000
