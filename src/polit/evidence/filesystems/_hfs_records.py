"""Records of HFS+, unpacked: forks, folders, files, attributes.

Source: Apple Technical Note TN1150, "Catalog File", "Extents Overflow File", "Attributes File".
"""

import struct
from typing import NamedTuple

from polit.evidence.filesystems._utf16 import utf8_of
from polit.model.evidence import EntryTimes, EntryType

FOLDER, FILE = 1, 2
"""Kinds of catalogue records; those that only lead back to a name are others."""
ATTRIBUTE_INLINE, ATTRIBUTE_FORK = 0x10, 0x20
_EPOCH_S = 2_082_844_800
"""From 1904-01-01 to 1970-01-01."""
_COMPRESSED = 0x20
_TYPES = {
    0x1: EntryType.SPECIAL,
    0x2: EntryType.SPECIAL,
    0x6: EntryType.SPECIAL,
    0xA: EntryType.LINK,
    0xC: EntryType.SPECIAL,
    0xE: EntryType.SPECIAL,
}


class Fork(NamedTuple):
    """A fork: its size, how many blocks it has, and its first extents in blocks."""

    size_bytes: int
    block_count: int
    extents: tuple[tuple[int, int], ...]


class CatalogueRecord(NamedTuple):
    """A folder or a file.

    Args:
        identifier: Its CNID.
        entry_type: What it is.
        compressed: Its content is kept in an attribute or in the resource fork.
        special: The number of the file or folder that a hard link leads to.
        finder_type: Type and creator, 8 bytes.
        times: In UTC.
        data: The data fork; of a folder an empty one.
        resource: The resource fork.
    """

    identifier: int
    entry_type: EntryType
    compressed: bool
    special: int
    finder_type: bytes
    times: EntryTimes
    data: Fork
    resource: Fork

    @property
    def is_file_link(self) -> bool:
        """Whether it stands for a file that has several names."""
        return self.finder_type == b"hlnkhfs+"

    @property
    def is_folder_link(self) -> bool:
        """Whether it stands for a folder that has several names (Time Machine)."""
        return self.finder_type == b"fdrpMACS"


class Attribute(NamedTuple):
    """A named attribute: its bytes, or the fork that has them."""

    raw_name: bytes
    held: bytes
    fork: Fork | None

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self.fork.size_bytes if self.fork else len(self.held)


NO_FORK = Fork(0, 0, ())


def read_fork(untrusted: bytes) -> Fork:
    """Unpack 80 bytes of a fork."""
    if len(untrusted) < 80:
        return NO_FORK
    size, _, blocks = struct.unpack_from(">QII", untrusted)
    return Fork(size, blocks, read_extents(untrusted[16:80]))


def read_extents(untrusted: bytes) -> tuple[tuple[int, int], ...]:
    """Unpack extents: first block and count of each, those without blocks left out."""
    whole = untrusted[: len(untrusted) // 8 * 8]
    return tuple((start, count) for start, count in struct.iter_unpack(">II", whole) if count)


def read_catalogue(untrusted: bytes) -> CatalogueRecord | None:
    """Unpack a catalogue record; ``None`` where it is neither folder nor file."""
    kind = int.from_bytes(untrusted[:2])
    least = {FOLDER: 88, FILE: 248}.get(kind)
    if least is None or len(untrusted) < least:
        return None
    created, modified, changed, accessed = struct.unpack_from(">4I", untrusted, 12)
    mode, special = struct.unpack_from(">HI", untrusted, 42)
    is_file = kind == FILE
    return CatalogueRecord(
        identifier=int.from_bytes(untrusted[8:12]),
        entry_type=_TYPES.get(mode >> 12, EntryType.FILE) if is_file else EntryType.FOLDER,
        compressed=is_file and bool(untrusted[41] & _COMPRESSED),
        special=special,
        finder_type=untrusted[48:56] if is_file else b"",
        times=EntryTimes(
            created_ns=_instant(created),
            modified_ns=_instant(modified),
            accessed_ns=_instant(accessed),
            changed_ns=_instant(changed),
        ),
        data=read_fork(untrusted[88:168]) if is_file else NO_FORK,
        resource=read_fork(untrusted[168:248]) if is_file else NO_FORK,
    )


def read_attribute(key: bytes, untrusted: bytes) -> Attribute | None:
    """Unpack an attribute's record; ``None`` for the extents that continue another."""
    kind = int.from_bytes(untrusted[:4])
    name = name_of(key[10:])
    if kind == ATTRIBUTE_INLINE:
        size = int.from_bytes(untrusted[12:16])
        return Attribute(name, untrusted[16 : 16 + size], None)
    if kind == ATTRIBUTE_FORK:
        return Attribute(name, b"", read_fork(untrusted[8:88]))
    return None


def name_of(untrusted: bytes) -> bytes:
    """Return a stored name in UTF-8, decomposed as it is stored.

    A stored ``/`` becomes ``:``, as every Mac shows it to programs: HFS+ keeps what the user
    typed, where ``:`` cannot be.
    """
    count = int.from_bytes(untrusted[:2])
    return utf8_of(untrusted[2 : 2 + 2 * count]).replace(b"/", b":")


def _instant(seconds: int) -> int | None:
    return (seconds - _EPOCH_S) * 1_000_000_000 if seconds else None
