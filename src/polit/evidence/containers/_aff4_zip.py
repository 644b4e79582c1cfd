"""The zip volume of AFF4: its central directory and its members, read in bounded memory.

Source: APPNOTE.TXT 6.3 (PKWARE), sections 4.3 to 4.5, Zip64 included.
"""

import struct
import zlib
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.segments import Segment, read_segment

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ENTRY_SIGNATURE = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ZIP64_FIELD = 1
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_COMMENT_BYTES = 65_535
_WINDOW_BYTES = 1 << 20
_MAXIMUM_MEMBERS = 2_000_000
_ENCRYPTED = 1
_DEFLATE_RATIO = 1_032
"""What deflate can reach at most (RFC 1951: 258 bytes for two bits)."""
STORED, DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the central directory states it."""

    header_bytes: int
    packed_bytes: int
    size_bytes: int
    crc32: int
    method: int
    is_encrypted: bool


class ZipVolume:
    """One zip file of an image."""

    def __init__(self, segment: Segment) -> None:
        """Read the central directory.

        Raises:
            SourceUnreadable: It is lost, cut short or lies outside the file.
            EvidenceChanged: The file is shorter than it was when it was opened.
        """
        self.segment = segment
        self.members: dict[str, Member] = {}
        self.comment = b""
        self.duplicates = 0
        self._read_directory()

    def member(self, name: str) -> Member:
        """Return a member.

        Raises:
            SourceUnreadable: There is none of this name, or it is encrypted.
        """
        found = self.members.get(name)
        if found is None:
            raise SourceUnreadable(f"{self.segment.name} has no member {name[:200]}")
        if found.is_encrypted:
            raise SourceUnreadable(f"{self.segment.name}: {name[:200]} is encrypted by zip")
        return found

    def place(self, member: Member) -> int:
        """Return where a member's packed bytes begin in the file.

        Raises:
            SourceUnreadable: Its local header is damaged, or it ends behind the file.
        """
        raw = read_segment(self.segment, member.header_bytes, _LOCAL.size)
        if len(raw) < _LOCAL.size or raw[:4] != _LOCAL_SIGNATURE:
            raise SourceUnreadable(f"{self.segment.name}: no member at {member.header_bytes}")
        name_bytes, extra_bytes = _LOCAL.unpack(raw)[-2:]
        begin: int = member.header_bytes + _LOCAL.size + name_bytes + extra_bytes
        if begin + member.packed_bytes > self.segment.size_bytes:
            raise SourceUnreadable(f"{self.segment.name} ends within the member at {begin}")
        return begin

    def read_member(self, name: str, limit_bytes: int) -> bytes:
        """Return a whole member, its checksum compared.

        Raises:
            SourceUnreadable: It is absent, damaged, or larger than ``limit_bytes``.
        """
        member = self.member(name)
        if member.size_bytes > limit_bytes or member.packed_bytes > limit_bytes:
            raise SourceUnreadable(
                f"{self.segment.name}: {name[:200]} has {member.size_bytes} bytes, more than "
                f"the {limit_bytes} that are read of its kind"
            )
        return MemberReader(self, member).read_at(0, member.size_bytes)

    def _read_directory(self) -> None:
        offset, size_bytes, count = self._find_directory()
        if offset + size_bytes > self.segment.size_bytes:
            raise SourceUnreadable(
                f"{self.segment.name}: its zip directory lies outside the file; is it whole?"
            )
        if count > _MAXIMUM_MEMBERS:
            raise SourceUnreadable(
                f"{self.segment.name} states {count} members, more than {_MAXIMUM_MEMBERS}"
            )
        buffer, at, end, taken = b"", offset, offset + size_bytes, 0
        while at < end and taken < count:
            more = read_segment(self.segment, at, min(_WINDOW_BYTES, end - at))
            at += len(more)
            buffer += more
            used, entries = self._take_entries(buffer, count - taken)
            buffer, taken = buffer[used:], taken + entries
        if taken < count:
            raise SourceUnreadable(
                f"{self.segment.name}: its zip directory is damaged after {taken} of {count} "
                "members; bring an undamaged copy"
            )

    def _take_entries(self, buffer: bytes, count: int) -> tuple[int, int]:
        """Take whole entries off a buffer; return how many bytes and how many entries."""
        at, taken = 0, 0
        while taken < count and at + _ENTRY.size <= len(buffer):
            fields = _ENTRY.unpack_from(buffer, at)
            if fields[0] != _ENTRY_SIGNATURE:
                break
            name_end = at + _ENTRY.size + fields[10]
            extra_end = name_end + fields[11]
            if extra_end + fields[12] > len(buffer):
                break
            name = _name(buffer[at + _ENTRY.size : name_end])
            member = _member(fields, buffer[name_end:extra_end])
            if self.members.setdefault(name, member) is not member:
                self.duplicates += 1
            at, taken = extra_end + fields[12], taken + 1
        return at, taken

    def _find_directory(self) -> tuple[int, int, int]:
        """Return offset, size and number of entries of the central directory."""
        begin = max(self.segment.size_bytes - _COMMENT_BYTES - _END.size, 0)
        tail = read_segment(self.segment, begin, self.segment.size_bytes - begin)
        at = tail.rfind(_END_SIGNATURE)
        if at < 0 or at + _END.size > len(tail):
            raise SourceUnreadable(
                f"{self.segment.name} has no zip directory at its end: it is cut short, or the "
                "imaging was never finished"
            )
        fields = _END.unpack_from(tail, at)
        self.comment = tail[at + _END.size :][: fields[7]]
        count, size_bytes, offset = fields[4], fields[5], fields[6]
        if count == _FULL16 or _FULL32 in (size_bytes, offset):
            return self._find_directory64(begin + at) or (offset, size_bytes, count)
        return offset, size_bytes, count

    def _find_directory64(self, end_bytes: int) -> tuple[int, int, int] | None:
        raw = read_segment(self.segment, max(end_bytes - _LOCATOR.size, 0), _LOCATOR.size)
        if len(raw) < _LOCATOR.size or raw[:4] != b"PK\x06\x07":
            return None
        raw = read_segment(self.segment, _LOCATOR.unpack(raw)[2], _END64.size)
        if len(raw) < _END64.size or raw[:4] != b"PK\x06\x06":
            return None
        fields = _END64.unpack(raw)
        return fields[9], fields[8], fields[7]


def _name(raw: bytes) -> str:
    # AFF4 writes UTF-8 whether or not the flag says so; what is not UTF-8 keeps its bytes.
    return raw.decode("utf-8", "surrogateescape").lstrip("/")


def _member(fields: tuple[int, ...], extra: bytes) -> Member:
    packed, size, header = fields[8], fields[9], fields[16]
    wide = _zip64(extra)
    values = iter(wide)
    if size == _FULL32:
        size = next(values, size)
    if packed == _FULL32:
        packed = next(values, packed)
    if header == _FULL32:
        header = next(values, header)
    is_encrypted = bool(fields[3] & _ENCRYPTED)
    return Member(header, packed, size, fields[7], fields[4], is_encrypted)


def _zip64(extra: bytes) -> tuple[int, ...]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64_FIELD:
            field = extra[at + 4 : at + 4 + length]
            return tuple(value for (value,) in struct.iter_unpack("<Q", field[: length & ~7]))
        at += 4 + length
    return ()


class MemberReader:
    """The bytes of one member by range; packed ones are inflated in order and as far as asked.

    Going back in a packed member begins it anew: contents are read from end to end.
    """

    def __init__(self, volume: ZipVolume, member: Member) -> None:
        """Find the member's bytes.

        Raises:
            SourceUnreadable: Its header is damaged, or it states what its method cannot give.
        """
        self._volume, self._member = volume, member
        self.begin_bytes = volume.place(member)
        if member.method not in (STORED, DEFLATED):
            raise SourceUnreadable(f"a member is packed by zip's method {member.method}")
        if member.method == STORED and member.size_bytes != member.packed_bytes:
            raise SourceUnreadable("a stored member states two sizes")
        if member.size_bytes > member.packed_bytes * _DEFLATE_RATIO + 64:
            raise SourceUnreadable(
                f"a member states {member.size_bytes} bytes in {member.packed_bytes}: more than "
                "deflate can hold"
            )
        self._restart()

    def _restart(self) -> None:
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._fed = self._at = self._sum = 0

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range, shorter only at the end of the member.

        Raises:
            SourceUnreadable: It does not inflate, or its checksum does not hold.
        """
        wanted = min(length_bytes, self._member.size_bytes - offset_bytes)
        if wanted <= 0:
            return b""
        if self._member.method == STORED:
            return self._read_stored(offset_bytes, wanted)
        if offset_bytes < self._at:
            self._restart()
        while self._at < offset_bytes:
            self._inflate(min(offset_bytes - self._at, _WINDOW_BYTES))
        parts = []
        while wanted > 0:
            part = self._inflate(min(wanted, _WINDOW_BYTES))
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def _read_stored(self, offset_bytes: int, wanted: int) -> bytes:
        data = read_segment(self._volume.segment, self.begin_bytes + offset_bytes, wanted)
        if offset_bytes in (0, self._at):
            # Read in order, as contents are, the checksum can be compared on the way.
            self._sum = zlib.crc32(data, self._sum if offset_bytes else 0)
            self._at = offset_bytes + len(data)
            self._check_sum()
        return data

    def _inflate(self, wanted: int) -> bytes:
        member = self._member
        data = b""
        while not data:
            feed = self._stream.unconsumed_tail
            if not feed and self._fed < member.packed_bytes:
                length = min(_WINDOW_BYTES, member.packed_bytes - self._fed)
                feed = read_segment(self._volume.segment, self.begin_bytes + self._fed, length)
                self._fed += len(feed)
            try:
                data = self._stream.decompress(feed, wanted)
            except zlib.error as error:
                raise SourceUnreadable(f"a member does not inflate: {error}") from error
            if not data and (self._stream.eof or not feed):
                raise SourceUnreadable(f"a member ends after {self._at} bytes")
        self._at += len(data)
        self._sum = zlib.crc32(data, self._sum)
        self._check_sum()
        return data

    def _check_sum(self) -> None:
        if self._at == self._member.size_bytes and self._sum != self._member.crc32:
            raise SourceUnreadable("a member's checksum (CRC-32) does not hold")
