"""The master file table read from end to end: which unused records call which folder theirs."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from polit.evidence.filesystem import Content
from polit.evidence.filesystems._ntfs_names import ChildRecord, NtfsName, children_in_record

_READ_RECORDS = 1024
_IN_USE = 0x01
_RECORDS_AT_MOST = 1 << 32
_FIRST_FREE = 24
"""Records below it belong to the file system, named or not."""


def unused_children(table: Content, record_bytes: int) -> dict[tuple[int, int], list[NtfsName]]:
    """Return the names of unused records by their parent's number and sequence.

    Args:
        table: The content of ``$MFT``.
        record_bytes: Length of one record.
    """
    children: dict[tuple[int, int], list[NtfsName]] = defaultdict(list)
    for child in _unused_records(table, record_bytes):
        children[child.parent_inode, child.parent_sequence].append(child.name)
    return dict(children)


def unnamed_records(table: Content, record_bytes: int, named: bytearray) -> Iterator[int]:
    """Yield the numbers of records in use that no name leads to, in order.

    Args:
        table: The content of ``$MFT``.
        record_bytes: Length of one record.
        named: A bit for each record that a name leads to, least significant first.
    """
    bits = np.unpackbits(np.frombuffer(named, np.uint8), bitorder="little")
    for first, rows in _rows(table, record_bytes):
        is_base = ~rows[:, 32:40].any(axis=1)
        used = (rows[:, 22] & _IN_USE != 0) & (rows[:, 0] == ord("F")) & is_base
        known = np.zeros(len(rows), bool)
        told = bits[first : first + len(rows)]
        known[: len(told)] = told != 0
        for row in np.flatnonzero(used & ~known).tolist():
            if first + row >= _FIRST_FREE:
                yield first + row


def _rows(
    table: Content, record_bytes: int
) -> Iterator[tuple[int, np.ndarray[tuple[int, int], np.dtype[np.uint8]]]]:
    step = _READ_RECORDS * record_bytes
    for offset in range(0, min(table.size_bytes, _RECORDS_AT_MOST * record_bytes), step):
        part = table.read_at(offset, step)
        whole = len(part) // record_bytes
        if not whole:
            return
        rows = np.frombuffer(part, np.uint8)[: whole * record_bytes].reshape(whole, record_bytes)
        yield offset // record_bytes, rows


def _unused_records(table: Content, record_bytes: int) -> Iterator[ChildRecord]:
    for first, rows in _rows(table, record_bytes):
        unused = (rows[:, 22] & _IN_USE == 0) & (rows[:, 0] == ord("F"))
        for row in np.flatnonzero(unused).tolist():
            yield from children_in_record(rows[row].tobytes(), first + row)
