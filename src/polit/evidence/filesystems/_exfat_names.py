"""Names in the folders of exFAT: sets of a file, a stream and name entries.

Source: Microsoft, "exFAT file system specification" (File, Stream Extension and File Name
Directory Entry, Timestamp Fields).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from polit.model.evidence import EntryTimes

ENTRY_BYTES = 32
ATTRIBUTE_FOLDER = 0x10
BITMAP, _END = 0x81, 0x00
_FILE, _STREAM, _NAME = 0x05, 0x40, 0x41
_IN_USE = 0x80
_NO_CHAIN = 0x02
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


def begins_with_name(untrusted_head: bytes) -> bool:
    """Tell whether bytes begin as the set of a name does: file, stream and name entry."""
    kinds = untrusted_head[0 : 3 * ENTRY_BYTES : ENTRY_BYTES]
    in_use = _IN_USE & kinds[0] if kinds else 0
    return kinds == bytes((_FILE | in_use, _STREAM | in_use, _NAME | in_use))


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
