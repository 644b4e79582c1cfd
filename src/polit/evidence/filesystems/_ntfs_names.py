"""Names in the index of an NTFS folder and in the records of the master file table.

Source: the Linux-NTFS project's documentation ($INDEX_ROOT, $INDEX_ALLOCATION, $FILE_NAME,
FILE record, fixup).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from polit.model.evidence import EntryTimes

_ENTRY = struct.Struct("<QHHI")
_FILE_NAME_HEAD = 66
_IN_USE_ENDS = 0x02
_NAMESPACE_DOS = 2
_SECTOR_BYTES = 512
_FILE_NAME_ATTRIBUTE = 0x30
_ATTRIBUTES_END = 0xFFFFFFFF
_FLAG_FOLDER = 0x10000000
_EPOCH_100NS = 116_444_736_000_000_000
"""The beginning of 1970 in the units of NTFS, which count from 1601."""


class NtfsName(NamedTuple):
    """One name: the record that it calls, by number and sequence.

    Args:
        raw_name: UTF-8 of the stored UTF-16; lone surrogates keep their value.
        inode: The record's number.
        sequence: The sequence number by which the name calls it.
        deleted: It stands in the unused part of an index, or in an unused record.
        parent: The folder's number, 0 where it was not asked for.
        size_bytes: What the name itself states of the size.
        times: What the name itself states, or stated when it was last written.
        is_folder: What the name itself states.
    """

    raw_name: bytes
    inode: int
    sequence: int
    deleted: bool
    parent: int = 0
    size_bytes: int = 0
    times: EntryTimes = EntryTimes()
    is_folder: bool = False


_Stated = tuple[int, int, EntryTimes, bool]


class ChildRecord(NamedTuple):
    """A name that an unused record states for itself."""

    parent_inode: int
    parent_sequence: int
    name: NtfsName


def names_in_attribute(
    kind: int, attribute: bytes, number: int, sequence: int
) -> Iterator[NtfsName]:
    """Yield the name of a ``$FILE_NAME`` attribute, a DOS-only one left out."""
    if kind != _FILE_NAME_ATTRIBUTE or attribute[8]:
        return
    size, offset = struct.unpack_from("<IH", attribute, 16)
    content = attribute[offset : offset + size]
    name = _decode_name(content)
    if name and content[65] != _NAMESPACE_DOS:
        yield NtfsName(name, number, sequence, True, *_stated(content))


def lost_names(untrusted_index: bytes) -> list[NtfsName] | None:
    """Return the names of an index record that no index leads to; ``None`` when it is torn."""
    record = fixed_up(untrusted_index, b"INDX")
    if not record:
        return None
    first = int.from_bytes(record[24:28], "little")
    parent = int.from_bytes(record[24 + first + 16 : 24 + first + 22], "little")
    found = _names_in_node(record, 24, parent)
    return [name._replace(deleted=True) for name in found]


def names_in_root(untrusted_root: bytes, parent: int) -> Iterator[NtfsName]:
    """Yield the names of an ``$INDEX_ROOT`` content, DOS-only names left out."""
    yield from _names_in_node(untrusted_root, 16, parent)


def names_in_allocation(
    untrusted_index: bytes, *, record_bytes: int, parent: int
) -> Iterator[NtfsName]:
    """Yield the names of index records in stored order; a damaged record yields none.

    Args:
        untrusted_index: Whole index records.
        record_bytes: Length of one, a multiple of 512.
        parent: The folder's record number: what stands in unused parts counts as a name only
            when it states this parent.
    """
    for at in range(0, len(untrusted_index), record_bytes):
        record = fixed_up(untrusted_index[at : at + record_bytes], b"INDX")
        if record:
            yield from _names_in_node(record, 24, parent)


def fixed_up(untrusted_record: bytes, magic: bytes) -> bytes:
    """Return a record with the ends of its sectors put back, or nothing when it is torn."""
    if untrusted_record[:4] != magic:
        return b""
    offset, count = struct.unpack_from("<HH", untrusted_record, 4)
    sectors = len(untrusted_record) // _SECTOR_BYTES
    if count != sectors + 1 or offset + 2 * count > len(untrusted_record):
        return b""
    record = bytearray(untrusted_record)
    check = record[offset : offset + 2]
    for number in range(1, count):
        end = number * _SECTOR_BYTES
        if record[end - 2 : end] != check:
            return b""
        record[end - 2 : end] = untrusted_record[offset + 2 * number : offset + 2 * number + 2]
    return bytes(record)


def children_in_record(untrusted_record: bytes, number: int) -> Iterator[ChildRecord]:
    """Yield the names of an unused file record, DOS-only names left out.

    Args:
        untrusted_record: The record as stored.
        number: Its number in the table.
    """
    record = fixed_up(untrusted_record, b"FILE")
    if not record:
        return
    sequence = int.from_bytes(record[16:18], "little")
    base = int.from_bytes(record[32:38], "little")
    called = (sequence - 1) & 0xFFFF
    for content in _file_names(record):
        parent, parent_sequence = _reference(content)
        name = _decode_name(content)
        if name and content[65] != _NAMESPACE_DOS:
            yield ChildRecord(
                parent,
                parent_sequence,
                NtfsName(name, base or number, called, True, *_stated(content)),
            )


def _file_names(record: bytes) -> Iterator[bytes]:
    at = int.from_bytes(record[20:22], "little")
    while at + 24 <= len(record):
        kind, length = struct.unpack_from("<II", record, at)
        if kind == _ATTRIBUTES_END or length < 24 or at + length > len(record):
            return
        if kind == _FILE_NAME_ATTRIBUTE and record[at + 8] == 0:
            size, offset = struct.unpack_from("<IH", record, at + 16)
            content = record[at + offset : at + offset + size]
            if offset + size <= length and len(content) >= _FILE_NAME_HEAD:
                yield content
        at += length


def _names_in_node(node: bytes, header: int, parent: int) -> Iterator[NtfsName]:
    if header + 16 > len(node):
        return
    first, used, allocated = struct.unpack_from("<III", node, header)
    end = min(header + used, len(node))
    at = header + first
    while at + 16 <= end:
        reference, length, content_bytes, flags = _ENTRY.unpack_from(node, at)
        if length < 16 or length % 8 or at + length > end or flags & _IN_USE_ENDS:
            at += 16 if flags & _IN_USE_ENDS else 0
            break
        content = node[at + 16 : at + 16 + content_bytes]
        name = _decode_name(content)
        if name and content[65] != _NAMESPACE_DOS:
            yield NtfsName(
                name, reference & (1 << 48) - 1, reference >> 48, False, *_stated(content)
            )
        at += length
    yield from _names_in_slack(node[max(at, 0) : header + allocated], parent)


def _names_in_slack(untrusted_slack: bytes, parent: int) -> Iterator[NtfsName]:
    """Find whole entries of this folder's names where no entry is in use."""
    mark = parent.to_bytes(6, "little")
    at = untrusted_slack.find(mark)
    while at >= 0:
        start = at - 16
        if start >= 0:
            reference, length, content_bytes, _ = _ENTRY.unpack_from(untrusted_slack, start)
            content = untrusted_slack[at : at + content_bytes]
            name = _decode_name(content)
            whole = length % 8 == 0 and 16 + content_bytes <= length <= content_bytes + 32
            if name and whole and content[65] != _NAMESPACE_DOS and reference:
                yield NtfsName(
                    name, reference & (1 << 48) - 1, reference >> 48, True, *_stated(content)
                )
        at = untrusted_slack.find(mark, at + 1)


def _decode_name(content: bytes) -> bytes:
    """Return the name of a ``$FILE_NAME`` content, nothing when it is none."""
    if len(content) < _FILE_NAME_HEAD + 2 or content[65] > 3:
        return b""
    units = content[_FILE_NAME_HEAD : _FILE_NAME_HEAD + 2 * content[64]]
    if not content[64] or len(units) != 2 * content[64]:
        return b""
    return units.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def _stated(content: bytes) -> _Stated:
    """Return the folder's number, size, times and kind that a ``$FILE_NAME`` content states."""
    size, flags = struct.unpack_from("<QI", content, 48)
    folder = bool(flags & _FLAG_FOLDER)
    parent = int.from_bytes(content[:6], "little")
    return parent, 0 if folder else size, times_at(content, 8), folder


def times_at(untrusted: bytes, at: int) -> EntryTimes:
    """Return the four times that stand from a place on."""
    created, modified, changed, accessed = struct.unpack_from("<QQQQ", untrusted, at)
    return EntryTimes(_instant(created), _instant(modified), _instant(accessed), _instant(changed))


def _instant(stamp: int) -> int | None:
    return (stamp - _EPOCH_100NS) * 100 if stamp else None


def _reference(content: bytes) -> tuple[int, int]:
    value = int.from_bytes(content[:8], "little")
    return value & (1 << 48) - 1, value >> 48
