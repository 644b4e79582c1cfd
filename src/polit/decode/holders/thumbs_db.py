"""Thumbs.db: the thumbnails that Windows kept in each folder, in an OLE compound file.

Steps: ``thumbs:<name of the picture>`` by the catalogue of Windows 98 to XP, ``thumbs:<stream>``
where there is none (Vista and later, on network drives). The layout is undocumented; it is as
the forensic literature describes it: a catalogue of numbered names, and for each number a stream
that is called by its digits in reverse.
"""

import io
import mmap
import re
import struct
from collections.abc import Iterator

from PIL import Image, JpegImagePlugin

from polit.decode.found import Found, Part, Unopened, judge
from polit.decode.holders import _compound
from polit.decode.holders._compound import Compound, open_compound
from polit.decode.identify import HEAD_BYTES

ORDER = 20
NAME = "thumbs"
MIMES = frozenset({"application/x-ms-thumbcache", "application/x-ole-storage"})

_CATALOG = "Catalog"
_CATALOG_NAME = (_CATALOG + "\0").encode("utf-16-le")
_HASHED = re.compile(r"\d{1,4}_[0-9a-f]{8,16}")
_HASHED_NAME = re.compile(rb"(?:\d\0){2,4}_\0(?:[0-9a-f]\0){8}")
_NUMBERED = re.compile(r"\d{1,9}")
_CATALOG_HEADER_BYTES, _ITEM_HEADER_BYTES = 16, 16
_HEADER_LENGTHS = (12, 16, 24)
_MARK_WITHIN_BYTES = 64


def takes(untrusted: mmap.mmap) -> bool:
    """Tell whether it is a compound file with a catalogue, or with streams named by hashes."""
    if untrusted[:8] != _compound.MAGIC:
        return False
    return untrusted.find(_CATALOG_NAME) >= 0 or _HASHED_NAME.search(untrusted) is not None


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give the thumbnails in the order of the directory."""
    compound = open_compound(untrusted)
    names = _names(compound)
    if compound.is_cut:
        yield Unopened("too_many", "streams")
    for path in compound.paths:
        stream = path[-1]
        if not _NUMBERED.fullmatch(stream) and not _HASHED.fullmatch(stream):
            continue
        yield _thumbnail(names.get(stream) or stream.encode(), compound.content(path))


def samples() -> Iterator[bytes]:
    """A catalogue of two: a whole JPEG, and one without tables."""
    jpeg = _jpeg()
    bare = b"\xff\xd8" + b"".join(part for mark, part in _segments(jpeg) if mark not in _TABLES)
    item = "a.jpg\0".encode("utf-16-le")
    catalog = struct.pack("<HHIII", 16, 5, 2, 96, 96)
    catalog += struct.pack("<IIQ", 16 + len(item) + 4, 1, 0) + item + bytes(4)
    head = struct.pack("<III", 12, 1, len(jpeg))
    yield _compound.sample({
        _CATALOG: catalog.ljust(4096, b"\0"),
        "1": (head + jpeg).ljust(4096, b"\0"),
        "2": (head + bare).ljust(4096, b"\0"),
    })  # fmt: skip


def _names(compound: Compound) -> dict[str, bytes]:
    """Read the catalogue: the names of streams to those of pictures."""
    untrusted = compound.content((_CATALOG,))
    names: dict[str, bytes] = {}
    at = int.from_bytes(untrusted[:2], "little") or _CATALOG_HEADER_BYTES
    while at + _ITEM_HEADER_BYTES <= len(untrusted):
        length, number = struct.unpack_from("<II", untrusted, at)
        if length <= _ITEM_HEADER_BYTES:
            break
        raw = untrusted[at + _ITEM_HEADER_BYTES : at + length]
        name = raw.decode("utf-16-le", "replace").partition("\0")[0]
        names.setdefault(str(number)[::-1], name.encode())
        at += length
    return names


def _thumbnail(name: bytes, untrusted: bytes) -> Part:
    """Give it without a name of its own: the extension is that of the picture it was made of."""
    header = int.from_bytes(untrusted[:4], "little")
    start = header if header in _HEADER_LENGTHS else 0
    mark = untrusted.find(b"\xff\xd8", 0, _MARK_WITHIN_BYTES)
    if judge(untrusted[start : start + HEAD_BYTES], len(untrusted)) != "sought" and mark >= 0:
        start = mark
    data = _with_tables(untrusted[start:])
    if judge(data[:HEAD_BYTES], len(data)) != "sought":
        return Unopened("unsupported" if data else "damaged")
    return Found((("thumbs", name),), data)


_TABLES = frozenset({0xDB, 0xC4})
_FRAME, _SCAN = 0xC0, 0xDA


def _with_tables(jpeg: bytes) -> bytes:
    """Give a JPEG the tables that the oldest thumbnails leave out.

    They are those of ITU-T T.81, annex K, at the usual quality of 75: every writer has them.
    """
    segments = list(_segments(jpeg))
    marks = {mark for mark, _ in segments}
    if not jpeg.startswith(b"\xff\xd8") or _TABLES & marks or _SCAN not in marks:
        return jpeg
    tables = b"".join(part for mark, part in _segments(_jpeg()) if mark in _TABLES)
    return b"\xff\xd8" + tables + b"".join(part for _, part in segments)


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the segments after the beginning; the last one is the scan with all that follows."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        mark, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if mark == _SCAN:
            yield mark, jpeg[at:]
            return
        yield mark, jpeg[at : at + 2 + length]
        at += 2 + length


def _jpeg() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, JpegImagePlugin.JpegImageFile.format, quality=75)
    return stream.getvalue()
