"""What an EWF file states besides the chunks: geometry, digests, read errors, free text.

Every section here carries its own Adler-32 (or is a zlib stream, which does); a part whose
checksum fails gives a problem and no value.

Source: Expert Witness Compression Format specification, volume to digest sections.
"""

import re
import struct
import zlib
from dataclasses import dataclass

from polit.evidence.acquisition import SectorRange, StoredDigest
from polit.evidence.containers._ewf_sections import Section
from polit.evidence.segments import Segment, read_segment

_VOLUME_BYTES = 1052
_SMART_VOLUME_BYTES = 94
_MAXIMUM_CHUNK_BYTES = 128 << 20
"""32,768 sectors of 4,096 bytes: the largest that imaging tools offer."""
_MAXIMUM_TEXT_BYTES = 1 << 20
_MAXIMUM_ERRORS = 1 << 20
_TEXT_KEYS = {
    "a": "description",
    "c": "case_number",
    "n": "evidence_number",
    "e": "examiner",
    "t": "notes",
    "md": "model",
    "sn": "serial_number",
    "l": "label",
    "av": "software_version",
    "ov": "platform",
    "m": "acquired_at",
    "u": "system_at",
    "pid": "process_id",
    "ext": "extents",
    "r": "compression",
}
_UNSAID_KEYS = frozenset({"p", "dc"})
"""The password hash guards nothing and would only be taken for something that does."""
_XML_DIGEST = re.compile(rb"<(md5|sha1|sha256)>([0-9A-Fa-f]{32,64})</\1>")
_HEX_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64}


@dataclass(frozen=True, slots=True)
class Geometry:
    """The shape of the imaged device.

    Args:
        chunks: How many chunks all segments hold together.
        sectors_per_chunk: At least 1.
        sector_size_bytes: At least 1.
        sectors: How many sectors the device has.
        set_identifier: 16 bytes that all segments share, zeros where not stated.
    """

    chunks: int
    sectors_per_chunk: int
    sector_size_bytes: int
    sectors: int
    set_identifier: bytes

    @property
    def chunk_size_bytes(self) -> int:
        """Decoded size of a chunk, the last one excepted."""
        return self.sectors_per_chunk * self.sector_size_bytes


class DamagedPart(Exception):
    """A checksum or a size inside a section does not hold; never leaves the container."""


def read_geometry(segment: Segment, section: Section) -> Geometry:
    """Read a volume, disk or data section.

    Raises:
        DamagedPart: Its checksum fails, or its sizes are beyond all sense.
    """
    raw = read_segment(segment, section.data_offset_bytes, _VOLUME_BYTES)
    raw = raw[: section.data_size_bytes]
    length = _VOLUME_BYTES if len(raw) == _VOLUME_BYTES else _SMART_VOLUME_BYTES
    if len(raw) < length:
        raise DamagedPart("the geometry is cut short")
    _check_sum(raw[:length], "the geometry")
    chunks, per_chunk, sector_bytes = struct.unpack_from("<III", raw, 4)
    if length == _VOLUME_BYTES:
        (sectors,) = struct.unpack_from("<Q", raw, 16)
        identifier = raw[64:80]
    else:
        (sectors,) = struct.unpack_from("<I", raw, 16)
        identifier = bytes(16)
    if not 1 <= per_chunk * sector_bytes <= _MAXIMUM_CHUNK_BYTES:
        raise DamagedPart(f"chunks of {per_chunk} sectors of {sector_bytes} bytes")
    return Geometry(chunks, per_chunk, sector_bytes, sectors, identifier)


def has_no_checksum(segment: Segment, section: Section) -> bool:
    """Tell whether a data section was written without a checksum, as Logicube firmware did."""
    return read_segment(segment, section.data_offset_bytes + _VOLUME_BYTES - 4, 4) == bytes(4)


def read_hash(segment: Segment, section: Section) -> tuple[StoredDigest, ...]:
    """Read a hash section: MD5 (16), unknown (16), Adler-32.

    Raises:
        DamagedPart: It is cut short or its checksum fails.
    """
    raw = _fixed(segment, section, 36, "the stored digest")
    return _stated(("md5", raw[:16], "hash"))


def read_digest(segment: Segment, section: Section) -> tuple[StoredDigest, ...]:
    """Read a digest section: MD5 (16), SHA-1 (20), padding (40), Adler-32.

    Raises:
        DamagedPart: It is cut short or its checksum fails.
    """
    raw = _fixed(segment, section, 80, "the stored digests")
    return _stated(("md5", raw[:16], "digest"), ("sha1", raw[16:36], "digest"))


def read_xhash(segment: Segment, section: Section) -> tuple[StoredDigest, ...]:
    """Read an xhash section: digests as compressed XML, taken by pattern and not parsed.

    Raises:
        DamagedPart: It does not inflate to its checksum.
    """
    untrusted_xml = _inflate(segment, section)
    return tuple(
        StoredDigest(name.decode(), value.decode().lower(), "xhash")
        for name, value in _XML_DIGEST.findall(untrusted_xml)
        if len(value) == _HEX_DIGITS[name.decode()] and value.strip(b"0")
    )


def _stated(*values: tuple[str, bytes, str]) -> tuple[StoredDigest, ...]:
    # A digest of zeros means "not set".
    return tuple(StoredDigest(name, raw.hex(), place) for name, raw, place in values if any(raw))


def read_errors(segment: Segment, section: Section) -> tuple[SectorRange, ...]:
    """Read an error2 section: count (4), unknown (512), Adler-32, entries, Adler-32.

    Raises:
        DamagedPart: It is cut short or a checksum fails.
    """
    head = _fixed(segment, section, 520, "the head of the read errors")
    (count,) = struct.unpack_from("<I", head)
    entries = _entries(segment, section, 520, count * 8)
    return tuple(
        SectorRange(first, sectors) for first, sectors in struct.iter_unpack("<II", entries)
    )


def check_session(segment: Segment, section: Section) -> None:
    """Check the checksums of a session section: count (4), unknown (28), Adler-32, entries.

    Raises:
        DamagedPart: It is cut short or a checksum fails.
    """
    head = _fixed(segment, section, 36, "the head of the sessions")
    (count,) = struct.unpack_from("<I", head)
    _entries(segment, section, 36, count * 32)


def _entries(segment: Segment, section: Section, start: int, length: int) -> bytes:
    if length == 0:
        return b""
    if length > min(section.data_size_bytes - start - 4, _MAXIMUM_ERRORS * 8):
        raise DamagedPart("more entries are stated than the section holds")
    raw = read_segment(segment, section.data_offset_bytes + start, length + 4)
    _check_sum(raw, "the entries")
    return raw[:-4]


def _fixed(segment: Segment, section: Section, length: int, what: str) -> bytes:
    if section.data_size_bytes < length:
        raise DamagedPart(f"{what}: cut short")
    raw = read_segment(segment, section.data_offset_bytes, length)
    _check_sum(raw, what)
    return raw


def _check_sum(raw: bytes, what: str) -> None:
    if zlib.adler32(raw[:-4]) != int.from_bytes(raw[-4:], "little"):
        raise DamagedPart(f"{what}: the checksum fails")


def _inflate(segment: Segment, section: Section) -> bytes:
    stored = min(section.data_size_bytes, _MAXIMUM_TEXT_BYTES)
    raw = read_segment(segment, section.data_offset_bytes, stored)
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(raw, _MAXIMUM_TEXT_BYTES)
    except zlib.error as error:
        raise DamagedPart("the text does not inflate to its checksum") from error
    if not stream.eof:
        raise DamagedPart("the text is cut short or too long")
    return text


def check_xheader(segment: Segment, section: Section) -> None:
    """Check the checksum of an xheader section; header and header2 say the same.

    Raises:
        DamagedPart: It does not inflate to its checksum.
    """
    _inflate(segment, section)


def read_text(segment: Segment, section: Section) -> tuple[tuple[str, str], ...]:
    """Read a header or header2 section: tab-separated keys on one line, values on the next.

    Returns:
        ``(key, untrusted_text)`` of the main category, empty values left out.

    Raises:
        DamagedPart: The stream does not inflate to its checksum.
    """
    untrusted_raw = _inflate(segment, section)
    if untrusted_raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = untrusted_raw.decode("utf-16", "replace")
    else:
        text = untrusted_raw.decode("utf-8", "backslashreplace")
    lines = text.replace("\r\n", "\n").split("\n")
    if "main" not in lines[:-2]:
        return ()
    place = lines.index("main")
    pairs = zip(lines[place + 1].split("\t"), lines[place + 2].split("\t"), strict=False)
    return tuple(
        (_TEXT_KEYS.get(key, key), value)
        for key, value in pairs
        if key and value and key not in _UNSAID_KEYS
    )
