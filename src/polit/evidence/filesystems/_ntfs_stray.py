"""File records of NTFS that lie outside the table: in free clusters, or behind its end.

A volume that was made anew keeps records of the former one there. They are unpacked here, from
the record alone: the Sleuth Kit reads records by their number in the present table only.

Source: the Linux-NTFS project's documentation (FILE record, Attributes, Data runs).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from polit.evidence.filesystems._ntfs_names import (
    NtfsName,
    fixed_up,
    names_in_attribute,
    times_at,
)
from polit.model.evidence import EntryTimes

_STANDARD, _DATA, _ATTRIBUTES_END = 0x10, 0x80, 0xFFFFFFFF
_FOLDER = 0x02
_COMPRESSED_OR_ENCRYPTED = 0x40FF
_RUNS_AT_MOST = 100_000


class StrayRecord(NamedTuple):
    """What a record outside the table states.

    Args:
        number: Its number in its own table; ``-1`` where the record does not tell.
        names: Its names, DOS-only ones left out.
        is_folder: It is a folder's.
        times: Of ``$STANDARD_INFORMATION``.
        size_bytes: Of its unnamed content.
        held: The content where it lies in the record itself, else ``None``.
        runs: First cluster and count of each run of the content, in order.
        is_plain: The runs hold the content as it is: not compressed, encrypted or sparse.
    """

    number: int
    names: tuple[NtfsName, ...]
    is_folder: bool
    times: EntryTimes
    size_bytes: int
    held: bytes | None
    runs: tuple[tuple[int, int], ...]
    is_plain: bool


def read_stray(untrusted_record: bytes) -> StrayRecord | None:
    """Unpack a record; ``None`` where its sectors do not belong together."""
    record = fixed_up(untrusted_record, b"FILE")
    if not record:
        return None
    offset = int.from_bytes(record[4:6], "little")
    number = int.from_bytes(record[44:48], "little") if offset >= 48 else -1
    sequence = int.from_bytes(record[16:18], "little")
    names: list[NtfsName] = []
    found = StrayRecord(number, (), bool(record[22] & _FOLDER), EntryTimes(), 0, None, (), True)
    for kind, attribute in _attributes(record):
        content = _resident(attribute)
        if kind == _STANDARD and content is not None and len(content) >= 32:
            found = found._replace(times=times_at(content, 0))
        elif kind == _DATA and not attribute[9]:
            found = _with_data(found, attribute, content)
        else:
            names += names_in_attribute(kind, attribute, number, sequence)
    return found._replace(names=tuple(names))


def _attributes(record: bytes) -> Iterator[tuple[int, bytes]]:
    at = int.from_bytes(record[20:22], "little")
    while at + 24 <= len(record):
        kind, length = struct.unpack_from("<II", record, at)
        if kind == _ATTRIBUTES_END or length < 24 or at + length > len(record):
            return
        yield kind, record[at : at + length]
        at += length


def _resident(attribute: bytes) -> bytes | None:
    if attribute[8]:
        return None
    size, offset = struct.unpack_from("<IH", attribute, 16)
    return attribute[offset : offset + size] if offset + size <= len(attribute) else None


def _with_data(found: StrayRecord, attribute: bytes, content: bytes | None) -> StrayRecord:
    if content is not None:
        return found._replace(held=content, size_bytes=len(content))
    if not attribute[8] or len(attribute) < 64:
        return found
    flags = int.from_bytes(attribute[12:14], "little")
    (size,) = struct.unpack_from("<Q", attribute, 48)
    runs = tuple(_runs(attribute[int.from_bytes(attribute[32:34], "little") :]))
    sparse = any(first < 0 for first, _ in runs)
    plain = not sparse and not flags & _COMPRESSED_OR_ENCRYPTED
    return found._replace(size_bytes=size, runs=runs, is_plain=plain)


def _runs(packed: bytes) -> Iterator[tuple[int, int]]:
    """Yield first cluster and count of each run; the first cluster is -1 for a hole."""
    at, cluster = 0, 0
    for _ in range(_RUNS_AT_MOST):
        if at >= len(packed) or not packed[at]:
            return
        count_bytes, step_bytes = packed[at] & 0xF, packed[at] >> 4
        end = at + 1 + count_bytes + step_bytes
        if end > len(packed) or not count_bytes:
            return
        count = int.from_bytes(packed[at + 1 : at + 1 + count_bytes], "little")
        step = int.from_bytes(packed[end - step_bytes : end], "little", signed=True)
        cluster += step
        yield (cluster if step_bytes else -1), count
        at = end
