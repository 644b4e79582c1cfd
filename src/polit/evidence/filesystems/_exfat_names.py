"""Names in the folders of exFAT: sets of a file, a stream and name entries.

Source: Microsoft, "exFAT file system specification" (File, Stream Extension and File Name
Directory Entry, Timestamp Fields).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from polit.evidence.filesystems._lost import (
    LOST_CHECKSUM,
    LOST_NAME,
    LOST_TIME,
    can_be_dated,
    can_be_named,
)
from polit.model.evidence import EntryTimes

ENTRY_BYTES = 32
ATTRIBUTE_FOLDER = 0x10
BITMAP, _END = 0x81, 0x00
_FILE, _STREAM, _NAME = 0x05, 0x40, 0x41
_IN_USE = 0x80
_NO_CHAIN = 0x02
_SET_AT_MOST = 19
SET_BYTES_AT_MOST = _SET_AT_MOST * ENTRY_BYTES
_OF_SETS = frozenset(
    bytes((kind | in_use,)) for kind in (_FILE, _STREAM, _NAME) for in_use in (0, _IN_USE)
)
_BAD_IN_NAME = frozenset('"*/:<>?\\|')


class ExfatName(NamedTuple):
    """One name: its bytes and what its set of entries states.

    Args:
        raw_name: UTF-8 of the stored UTF-16; lone surrogates keep their value.
        position: Which slot of the folder holds the file entry, from 0.
        is_folder: The attribute for folders is set.
        in_one_piece: The clusters follow each other and the table is not used.
        start_cluster: The first cluster stated, 0 for none.
        size_bytes: The length stated.
        valid_bytes: How much of it was ever written; the rest reads as zeros.
        deleted: The set is marked unused, or lies behind the folder's end.
        times: Wall-clock readings; the stated UTC offset is not applied.
    """

    raw_name: bytes
    position: int
    is_folder: bool
    in_one_piece: bool
    start_cluster: int
    size_bytes: int
    valid_bytes: int
    deleted: bool
    times: EntryTimes


def names_in(untrusted_folder: bytes) -> Iterator[ExfatName]:
    """Yield the names of a folder in stored order; sets that are not whole yield none."""
    at, ended = 0, False
    while at + ENTRY_BYTES <= len(untrusted_folder):
        kind = untrusted_folder[at]
        ended = ended or kind == _END
        taken = 1
        if kind & ~_IN_USE == _FILE:
            count = untrusted_folder[at + 1] + 1
            name = _name(untrusted_folder[at : at + count * ENTRY_BYTES], at // ENTRY_BYTES)
            if name is not None:
                yield name._replace(deleted=name.deleted or ended)
                taken = count
        at += taken * ENTRY_BYTES


def lost_names_in(
    untrusted_clusters: bytes, *, cluster_bytes: int, drop: Callable[[str], None]
) -> Iterator[ExfatName]:
    """Yield the names whose sets begin in a cluster that no name leads to.

    A set counts only with its checksum, which deletion leaves as it was: it covers the entries
    as they were in use.

    Args:
        untrusted_clusters: The cluster and the beginning of the next, where a set may end.
        cluster_bytes: Size of the cluster.
        drop: Told the code of each set that is none.
    """
    at = 0
    while at + ENTRY_BYTES <= min(cluster_bytes, len(untrusted_clusters)):
        head = untrusted_clusters[at : at + ENTRY_BYTES + 1]
        count = head[1] + 1
        at, start = at + ENTRY_BYTES, at
        stream = _STREAM | head[0] & _IN_USE
        if head[0] & ~_IN_USE != _FILE or head[-1] != stream or not 3 <= count <= _SET_AT_MOST:
            continue
        entries = untrusted_clusters[start : start + count * ENTRY_BYTES]
        name = _name(entries, start // ENTRY_BYTES)
        if name is None or not can_be_named(name.raw_name, forbidden=b""):
            drop(LOST_NAME)
        elif _checksum(entries) != int.from_bytes(entries[2:4], "little"):
            drop(LOST_CHECKSUM)
        elif name.times.modified_ns is None or not can_be_dated(name.times):
            drop(LOST_TIME)
        else:
            yield name
            at = start + count * ENTRY_BYTES


def can_hold_names(untrusted_head: bytes) -> bool:
    """Tell whether a cluster begins with an entry of a set, in use or not."""
    return untrusted_head[:1] in _OF_SETS


def _checksum(untrusted_set: bytes) -> int:
    value = 0
    for at, byte in enumerate(untrusted_set):
        if at not in (2, 3):
            stored = byte | _IN_USE if at % ENTRY_BYTES == 0 else byte
            value = ((value & 1) << 15) + (value >> 1) + stored & 0xFFFF
    return value


def _name(untrusted_set: bytes, position: int) -> ExfatName | None:
    """Return the name of a set, or None where its entries do not belong together."""
    in_use = untrusted_set[0] & _IN_USE
    stream = untrusted_set[ENTRY_BYTES : 2 * ENTRY_BYTES]
    if len(stream) < ENTRY_BYTES or stream[0] != _STREAM | in_use:
        return None
    wanted = -(-stream[3] // 15)
    units = b""
    for number in range(wanted):
        entry = untrusted_set[(2 + number) * ENTRY_BYTES : (3 + number) * ENTRY_BYTES]
        if len(entry) < ENTRY_BYTES or entry[0] != _NAME | in_use:
            return None
        units += entry[2:]
    text = units[: 2 * stream[3]].decode("utf-16-le", "surrogatepass")
    if not text or any(ord(letter) < 0x20 or letter in _BAD_IN_NAME for letter in text):
        return None
    size = int.from_bytes(stream[24:32], "little")
    return ExfatName(
        raw_name=text.encode("utf-8", "surrogatepass"),
        position=position,
        is_folder=bool(untrusted_set[4] & ATTRIBUTE_FOLDER),
        in_one_piece=bool(stream[1] & _NO_CHAIN),
        start_cluster=int.from_bytes(stream[20:24], "little"),
        size_bytes=size,
        valid_bytes=min(int.from_bytes(stream[8:16], "little"), size),
        deleted=not in_use,
        times=EntryTimes(
            created_ns=_instant(untrusted_set[8:12], untrusted_set[20]),
            modified_ns=_instant(untrusted_set[12:16], untrusted_set[21]),
            accessed_ns=_instant(untrusted_set[16:20], 0),
        ),
    )


def _instant(stamp: bytes, tenths: int) -> int | None:
    """Return a time as if it were UTC, in nanoseconds; None for none or nonsense."""
    value = int.from_bytes(stamp, "little")
    try:
        moment = datetime(
            1980 + (value >> 25),
            value >> 21 & 0xF,
            value >> 16 & 0x1F,
            value >> 11 & 0x1F,
            value >> 5 & 0x3F,
            (value & 0x1F) * 2,
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return int(moment.timestamp()) * 1_000_000_000 + min(tenths, 199) * 10_000_000
