"""Descriptors of UDF, unpacked: tags, file entries, names, times.

Source: ECMA-167, 3rd edition, 3/7.2 (Descriptor Tag), 4/14 (File Structure); OSTA UDF 2.60.
"""

import calendar
import struct
from collections.abc import Generator, Iterator
from typing import NamedTuple

from polit.evidence.filesystems._utf16 import utf8_of
from polit.model.evidence import EntryTimes, EntryType

TAG_ANCHOR, TAG_PARTITION, TAG_LOGICAL_VOLUME, TAG_TERMINATING = 2, 5, 6, 8
TAG_INTEGRITY, TAG_FILE_SET, TAG_NAME, TAG_MORE_EXTENTS = 9, 256, 257, 258
TAG_FILE, TAG_SPACE_BITMAP, TAG_EXTENDED_FILE = 261, 264, 266
SHORT, LONG, EXTENDED, EMBEDDED = 0, 1, 2, 3
"""How a file entry keeps its extents; ``EMBEDDED``: it holds the content itself."""
RECORDED, ALLOCATED, HOLE, CONTINUED = 0, 1, 2, 3
"""What an extent is, by the upper bits of its length."""

CHARACTER_FOLDER, CHARACTER_DELETED, CHARACTER_PARENT = 0x02, 0x04, 0x08
_NAME_HEAD = struct.Struct("<HBB")
_MICROSECOND = 1_000
_TYPES = {4: EntryType.FOLDER, 12: EntryType.LINK, 13: EntryType.FOLDER}
_SPECIAL_TYPES = frozenset((6, 7, 9, 10))
_FILE_TYPES = frozenset((0, 5, 248, 249, 250, 251, 252))
_EXTENT_BYTES = {SHORT: 8, LONG: 16, EXTENDED: 20}


class BlockAddress(NamedTuple):
    """A block by its number within a partition, and the partition by its map's number."""

    block: int
    partition: int


class UdfExtent(NamedTuple):
    """One allocation descriptor."""

    kind: int
    size_bytes: int
    at: BlockAddress


class UdfName(NamedTuple):
    """A file identifier: characteristics, where its file entry is, its name in UTF-8."""

    characteristics: int
    icb: BlockAddress
    raw_name: bytes


class UdfEntry(NamedTuple):
    """What a file entry states.

    Args:
        at: Where it stands itself.
        entry_type: What it is, ``None`` where its type is not known.
        size_bytes: The logical size.
        link_count: How many names lead to it.
        form: ``SHORT``, ``LONG``, ``EXTENDED`` or ``EMBEDDED``.
        body: Its allocation descriptors, or its content.
        streams: Where its folder of named streams is, if it has one.
        times: In UTC; a time without a zone is taken as UTC.
    """

    at: BlockAddress
    entry_type: EntryType | None
    size_bytes: int
    link_count: int
    form: int
    body: bytes
    streams: BlockAddress | None
    times: EntryTimes


def tag_of(untrusted: bytes) -> int:
    """Return a descriptor's tag, 0 where its checksum does not hold."""
    if len(untrusted) < 16:
        return 0
    total = sum(untrusted[:4]) + sum(untrusted[5:16])
    return int.from_bytes(untrusted[:2], "little") if total & 0xFF == untrusted[4] else 0


def long_address(untrusted: bytes) -> tuple[int, BlockAddress]:
    """Return length in bytes and place of a long allocation descriptor."""
    length, block, partition = struct.unpack_from("<IIH", untrusted)
    return length & 0x3FFFFFFF, BlockAddress(block, partition)


def read_entry(untrusted: bytes, at: BlockAddress) -> UdfEntry | None:
    """Unpack a file entry; ``None`` where none stands."""
    tag = tag_of(untrusted)
    head = {TAG_FILE: 176, TAG_EXTENDED_FILE: 216}.get(tag)
    if head is None or len(untrusted) < head:
        return None
    attributes, descriptors = struct.unpack_from("<II", untrusted, head - 8)
    start = head + attributes
    if start + descriptors > len(untrusted):
        return None
    streams: BlockAddress | None = None
    if tag == TAG_EXTENDED_FILE:
        length, place = long_address(untrusted[152:168])
        streams = place if length else None
    file_type = untrusted[27]
    kind = _TYPES.get(file_type)
    if file_type in _SPECIAL_TYPES:
        kind = EntryType.SPECIAL
    elif file_type in _FILE_TYPES:
        kind = EntryType.FILE
    return UdfEntry(
        at=at,
        entry_type=kind,
        size_bytes=int.from_bytes(untrusted[56:64], "little"),
        link_count=int.from_bytes(untrusted[48:50], "little"),
        form=untrusted[34] & 7,
        body=untrusted[start : start + descriptors],
        streams=streams,
        times=_times(untrusted, extended=tag == TAG_EXTENDED_FILE),
    )


def extents_in(body: bytes, form: int, partition: int) -> Iterator[UdfExtent]:
    """Yield the allocation descriptors of a file entry, up to the one that ends them.

    Args:
        body: Their bytes.
        form: ``SHORT``, ``LONG`` or ``EXTENDED``.
        partition: The one that short descriptors mean.
    """
    size = _EXTENT_BYTES.get(form)
    if size is None:
        return
    for at in range(0, len(body) - size + 1, size):
        length = int.from_bytes(body[at : at + 4], "little")
        if not length & 0x3FFFFFFF:
            return
        if form == SHORT:
            place = BlockAddress(int.from_bytes(body[at + 4 : at + 8], "little"), partition)
        else:
            skip = 0 if form == LONG else 8
            block, named = struct.unpack_from("<IH", body, at + 4 + skip)
            place = BlockAddress(block, named)
        yield UdfExtent(length >> 30, length & 0x3FFFFFFF, place)


def names_in(untrusted: bytes) -> Generator[UdfName, None, int]:
    """Yield the names of a folder's content, in their order.

    Returns:
        How many bytes were read: fewer than there are where no name stands.
    """
    at = 0
    while at + 38 <= len(untrusted):
        if tag_of(untrusted[at : at + 16]) != TAG_NAME:
            return at
        _, characteristics, name_bytes = _NAME_HEAD.unpack_from(untrusted, at + 16)
        _, icb = long_address(untrusted[at + 20 : at + 36])
        use_bytes = int.from_bytes(untrusted[at + 36 : at + 38], "little")
        start = at + 38 + use_bytes
        yield UdfName(characteristics, icb, text_of(untrusted[start : start + name_bytes]))
        at += -(-(38 + use_bytes + name_bytes) // 4) * 4
    return at


def text_of(stored: bytes) -> bytes:
    """Return a compressed name (OSTA CS0) in UTF-8."""
    if not stored:
        return b""
    if stored[0] in (16, 255):
        return utf8_of(stored[1:])
    if stored[0] in (8, 254):
        return stored[1:].decode("latin-1").encode()
    return stored


def link_of(untrusted: bytes) -> bytes:
    """Return the target of a symbolic link from its path components."""
    parts: list[bytes] = []
    at = 0
    while at + 4 <= len(untrusted):
        kind, length = untrusted[at], untrusted[at + 1]
        text = text_of(untrusted[at + 4 : at + 4 + length])
        parts.append({1: b"", 2: b"", 3: b"..", 4: b"."}.get(kind, text))
        at += 4 + length
    return b"/".join(parts) or b"/"


def _times(raw: bytes, *, extended: bool) -> EntryTimes:
    accessed, modified, changed = (80, 92, 116) if extended else (72, 84, 96)
    return EntryTimes(
        created_ns=_instant(raw[104:116]) if extended else None,
        modified_ns=_instant(raw[modified : modified + 12]),
        accessed_ns=_instant(raw[accessed : accessed + 12]),
        changed_ns=_instant(raw[changed : changed + 12]),
    )


def _instant(raw: bytes) -> int | None:
    zone, year, month, day, hour, minute, second, *parts = struct.unpack("<Hh8B", raw)
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
        return None
    if year < 1:
        return None
    offset = zone & 0xFFF
    offset -= (offset & 0x800) << 1
    if not -1440 <= offset <= 1440:
        offset = 0
    seconds: int = calendar.timegm((year, month, day, hour, minute, second)) - offset * 60
    hundredths, hundreds, single = parts
    micros: int = hundredths * 10_000 + hundreds * 100 + single
    return seconds * 1_000_000_000 + micros * _MICROSECOND
