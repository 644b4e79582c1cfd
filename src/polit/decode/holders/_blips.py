"""Pictures of Office's drawing layer (OfficeArt BLIP records) in streams of any kind.

The records are looked for by their headers, not by walking the tree above them: what a saved
document no longer shows is found as well. Source: MS-ODRAW 2.2.23 to 2.2.32; [MS-XLS] 2.4.171.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from polit.decode.holders._inflate import inflate

_HEADER = struct.Struct("<HHI")
_TYPE = re.compile(rb"[\x1a-\x1f\x29\x2a]\xf0")
_UID_BYTES = 16
_METAFILE_BYTES = 34
_FILE_HEADER_BYTES = 14

# Type of the record: its instances, media type, extension. An odd instance has a second digest.
_KINDS = {
    0xF01A: ((0x3D4, 0x3D5), "image/emf", b"emf"),
    0xF01B: ((0x216, 0x217), "image/wmf", b"wmf"),
    0xF01C: ((0x542, 0x543), "image/x-pict", b"pict"),
    0xF01D: ((0x46A, 0x46B, 0x6E2, 0x6E3), "image/jpeg", b"jpg"),
    0xF01E: ((0x6E0, 0x6E1), "image/png", b"png"),
    0xF01F: ((0x7A8, 0x7A9), "image/bmp", b"bmp"),
    0xF029: ((0x6E4, 0x6E5), "image/tiff", b"tif"),
    0xF02A: ((0x46A, 0x46B, 0x6E2, 0x6E3), "image/jpeg", b"jpg"),
}
_METAFILES = frozenset({0xF01A, 0xF01B, 0xF01C})
_BITMAP = 0xF01F


@dataclass(frozen=True, slots=True)
class Blip:
    """A picture; ``flaw`` says why it is not whole."""

    data: bytes
    mime: str
    extension: bytes
    flaw: str = ""


def blips_of(untrusted: bytes) -> Iterator[Blip]:
    """Give the pictures of a stream in their order."""
    end = 0
    for match in _TYPE.finditer(untrusted):
        at = match.start() - 2
        if at < end or at + _HEADER.size > len(untrusted):
            continue
        version, kind, length = _HEADER.unpack_from(untrusted, at)
        instances, mime, extension = _KINDS[kind]
        if version & 0xF or version >> 4 not in instances:
            continue
        start = at + _HEADER.size
        body = untrusted[start : start + length]
        data, flaw = _content(kind, body, _UID_BYTES * (1 + (version >> 4 & 1)))
        if data or flaw:
            end = start + length
            yield Blip(data, mime, extension, flaw or ("truncated" if len(body) < length else ""))


def _content(kind: int, body: bytes, uid_bytes: int) -> tuple[bytes, str]:
    if kind in _METAFILES:
        return _metafile(body[uid_bytes:])
    data = body[uid_bytes + 1 :]
    return (_bitmap(data) if kind == _BITMAP else data), ""


def _metafile(untrusted: bytes) -> tuple[bytes, str]:
    if len(untrusted) <= _METAFILE_BYTES:
        return b"", ""
    content = untrusted[_METAFILE_BYTES:]
    if untrusted[_METAFILE_BYTES - 2]:  # 0xFE: not compressed
        return content, ""
    inflated = inflate(content)
    # Some writers leave the end of the stream away: the length that is told decides.
    is_whole = len(inflated.data) >= int.from_bytes(untrusted[:4], "little") > 0
    return inflated.data, "" if is_whole else inflated.flaw


def _bitmap(untrusted: bytes) -> bytes:
    """Put the file header before a device-independent bitmap, which has none."""
    if len(untrusted) < 40:
        return b""
    size, depth, compression, used = struct.unpack_from("<I10xHI12xI", untrusted)
    colours = used or (1 << depth if depth <= 8 else 0)
    masks = 12 if compression == 3 and size == 40 else 0
    at = _FILE_HEADER_BYTES + size + masks + 4 * min(colours, 256)
    return (
        struct.pack("<2sIHHI", b"BM", _FILE_HEADER_BYTES + len(untrusted), 0, 0, at & 0xFFFFFFFF)
        + untrusted
    )


_DRAWING_GROUP, _CONTINUE, _FILE_PASS = 0x00EB, 0x003C, 0x002F


def drawing_group(untrusted_workbook: bytes) -> bytes:
    """Put the drawing layer of an Excel workbook together again, which its records cut."""
    out, at, is_inside = bytearray(), 0, False
    while at + 4 <= len(untrusted_workbook):
        kind, length = struct.unpack_from("<HH", untrusted_workbook, at)
        is_inside = kind == _DRAWING_GROUP or (is_inside and kind == _CONTINUE)
        if is_inside:
            out += untrusted_workbook[at + 4 : at + 4 + length]
        at += 4 + length
    return bytes(out)


def is_locked(untrusted_workbook: bytes) -> bool:
    """Tell whether a workbook is encrypted: that record stands near its beginning."""
    at = 0
    for _ in range(16):
        if at + 4 > len(untrusted_workbook):
            return False
        kind, length = struct.unpack_from("<HH", untrusted_workbook, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False
