"""The master file table read from end to end: which unused records call which folder theirs."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from polit.evidence.filesystem import Content
from polit.evidence.filesystems._ntfs_names import ChildRecord, NtfsName, children_in_record

_READ_RECORDS = 1024
_IN_USE = 0x01
_RECORDS_AT_MOST = 1 << 32


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


def _unused_records(table: Content, record_bytes: int) -> Iterator[ChildRecord]:
    step = _READ_RECORDS * record_bytes
    for offset in range(0, min(table.size_bytes, _RECORDS_AT_MOST * record_bytes), step):
        part = table.read_at(offset, step)
        whole = len(part) // record_bytes
        if not whole:
            return
        rows = np.frombuffer(part, np.uint8)[: whole * record_bytes].reshape(whole, -1)
        unused = (rows[:, 22] & _IN_USE == 0) & (rows[:, 0] == ord("F"))
        for row in np.flatnonzero(unused).tolist():
            start = row * record_bytes
            number = offset // record_bytes + row
            yield from children_in_record(part[start : start + record_bytes], number)
