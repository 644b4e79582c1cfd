"""The members of a ZIP, from the central directory or, where that is missing, from their headers.

Not the standard library's reader: that loads a whole directory at once, trusts its counts, and
gives nothing of a file whose end is missing. Source: PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5.
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from polit.decode.holders._inflate import RAW, Inflated, inflate_parts, limit_of

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_END_MOST_BYTES = 65_535 + 22
_IN_EXTRA = 0xFFFFFFFF
_ZIP64 = 1
_READ_BYTES = 1 << 18
_ENCRYPTED = 0x2041  # encrypted, strongly encrypted, or its header masked
STORED, DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A member as its header describes it; nothing of that is checked."""

    name: bytes
    flags: int
    method: int
    compressed_bytes: int
    offset: int

    @property
    def is_encrypted(self) -> bool:
        """Whether a key is needed."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def can_be_read(self) -> bool:
        """Whether it is stored in one of the two ways that documents use."""
        return self.method in (STORED, DEFLATED)


def members_of(untrusted: mmap.mmap) -> Iterator[ZipMember]:
    """Give the members in the order of the directory, then those that it does not lead to."""
    known: dict[int, int] = {}
    for member in _by_directory(untrusted):
        if member.offset not in known:
            known[member.offset] = member.compressed_bytes
            yield member
    at = -1
    while (at := untrusted.find(b"PK\3\4", at + 1)) >= 0 and at + _LOCAL.size <= len(untrusted):
        member = _local(untrusted, at)
        if at not in known:
            yield member
        # What lies inside a member is not a member: a document may hold another one.
        skipped = known.get(at, member.compressed_bytes)
        at += _LOCAL.size + (skipped if skipped < len(untrusted) - at else 0)


def read_member(untrusted: mmap.mmap, member: ZipMember, most_bytes: int | None = None) -> Inflated:
    """Read a member, or its first ``most_bytes``."""
    start = _data_start(untrusted, member)
    if start < 0:
        return Inflated(b"", "damaged")
    # Without a stated length, as of a writer that could not go back, the stream ends itself.
    left = len(untrusted) - start
    length = member.compressed_bytes if 0 < member.compressed_bytes <= left else left
    if member.method == STORED:
        if member.compressed_bytes > left:
            return Inflated(untrusted[start:][:most_bytes], "truncated")
        return Inflated(untrusted[start : start + member.compressed_bytes][:most_bytes])
    if most_bytes is not None:
        parts = iter((untrusted[start : start + min(length, most_bytes)],))
        return Inflated(inflate_parts(parts, 1 << 24, window_bits=RAW).data[:most_bytes])
    read = range(start, start + length, _READ_BYTES)
    parts = (untrusted[at : min(at + _READ_BYTES, start + length)] for at in read)
    return inflate_parts(parts, limit_of(length), window_bits=RAW)


def _local(untrusted: mmap.mmap, at: int) -> ZipMember:
    fields = _LOCAL.unpack_from(untrusted, at)
    start = at + _LOCAL.size
    return ZipMember(untrusted[start : start + fields[9]], fields[2], fields[3], fields[7], at)


def _data_start(untrusted: mmap.mmap, member: ZipMember) -> int:
    at = member.offset
    if at + _LOCAL.size > len(untrusted) or untrusted[at : at + 4] != b"PK\3\4":
        return -1
    name_bytes, extra_bytes = struct.unpack_from("<2H", untrusted, at + 26)
    return at + _LOCAL.size + int(name_bytes) + int(extra_bytes)


def _by_directory(untrusted: mmap.mmap) -> Iterator[ZipMember]:
    end = untrusted.rfind(b"PK\5\6", max(0, len(untrusted) - _END_MOST_BYTES))
    if end < 0 or end + _END.size > len(untrusted):
        return
    _, _, _, _, _, directory_bytes, offset, _ = _END.unpack_from(untrusted, end)
    if _IN_EXTRA in (offset, directory_bytes):
        end, directory_bytes, offset = _end64(untrusted, end)
    # Where something stands before the first member, every offset is short by as much.
    at = end - directory_bytes
    if at < 0 or untrusted[at : at + 4] != b"PK\1\2":
        at = offset
    shift = at - offset
    while at + _CENTRAL.size <= len(untrusted) and untrusted[at : at + 4] == b"PK\1\2":
        member, length = _central(untrusted, at, shift)
        yield member
        at += length


def _end64(untrusted: mmap.mmap, end: int) -> tuple[int, int, int]:
    at = untrusted.rfind(b"PK\6\6", 0, end)
    if at < 0 or at + _END64.size > len(untrusted):
        return end, 0, 0
    *_, directory_bytes, offset = _END64.unpack_from(untrusted, at)
    return at, directory_bytes, offset


def _central(untrusted: mmap.mmap, at: int, shift: int) -> tuple[ZipMember, int]:
    fields = _CENTRAL.unpack_from(untrusted, at)
    flags, method, packed, size = fields[3], fields[4], fields[8], fields[9]
    name_bytes, extra_bytes, comment_bytes, offset = (*fields[10:13], fields[16])
    start = at + _CENTRAL.size
    name = untrusted[start : start + name_bytes]
    extra = untrusted[start + name_bytes : start + name_bytes + extra_bytes]
    wide = _wide_fields(extra, size, packed, offset)
    member = ZipMember(name, flags, method, wide[0], wide[1] + shift)
    return member, _CENTRAL.size + name_bytes + extra_bytes + comment_bytes


def _wide_fields(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int]:
    """Return compressed length and offset, from the ZIP64 field where the short ones are full."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == _ZIP64:
            words = iter(
                struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4)
            )
            values = [
                next(words, 0) if field == _IN_EXTRA else field for field in (size, packed, offset)
            ]
            return values[1], values[2]
        at += 4 + length
    return packed, offset
