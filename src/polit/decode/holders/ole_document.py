"""Documents that are OLE compound files: Word, Excel and PowerPoint before 2007, Outlook messages.

Steps: ``stream:<path>`` and, where a stream is a series of pictures, ``picture:<number>``; for a
message ``attachment:<name>``. Sources: MS-CFB, MS-DOC, MS-XLS, MS-PPT, MS-OLEDS, MS-OXMSG.
"""

import mmap
import re
import struct
from collections.abc import Iterator

from polit.decode.found import Found, Part, Steps, Unopened, judge
from polit.decode.holders import _compound
from polit.decode.holders._blips import blips_of, drawing_group, is_locked
from polit.decode.holders._compound import Compound, Path, open_compound, path_bytes
from polit.decode.holders._inflate import inflate
from polit.decode.holders._outlook import attachments_of, is_message
from polit.decode.identify import HEAD_BYTES
from polit.decode.refusal import Refused

ORDER = 40
NAME = "ole"
MIMES = frozenset({
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-outlook",
    "application/vnd.ms-powerpoint",
    "application/vnd.visio",
    "application/x-ole-storage",
})  # fmt: skip

_DRAWN = frozenset({"Data", "WordDocument", "0Table", "1Table", "Pictures"})
_WORKBOOKS = frozenset({"Workbook", "Book"})
_SLIDES = "PowerPoint Document"
_NATIVE = "\x01Ole10Native"
_PACKAGE_FLAGS = b"\2\0"
_ENCRYPTED = frozenset({("EncryptedPackage",), ("EncryptedSummary",)})
_WORD_ENCRYPTED = 0x0100
# Records of embedded objects (ExOleObjStg): compressed, and not.
_EMPTY_ZLIB = bytes.fromhex("789c030000000001")
_OBJECT = re.compile(rb"(\x10\x00|\x00\x00)\x11\x10")


def takes(untrusted: mmap.mmap) -> bool:
    """Tell whether it is a compound file."""
    return untrusted[:8] == _compound.MAGIC


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give pictures, embedded files and attachments."""
    compound = open_compound(untrusted)
    _check_key(compound)
    if compound.is_cut:
        yield Unopened("too_many", "streams")
    if is_message(compound):
        yield from attachments_of(compound)
        return
    for path in compound.paths:
        stream = compound.read(path)
        if stream is None:
            yield Unopened("damaged")
            continue
        yield from _stream(path, stream.data)
        if not stream.is_whole:
            yield Unopened("truncated")


def samples() -> Iterator[bytes]:
    """A document with one picture of each kind, and a message with an attachment."""
    blips = b""
    for version, kind in ((0x46A, 0xF01D), (0x6E1, 0xF01E), (0x7A8, 0xF01F), (0x3D4, 0xF01A)):
        body = bytes(50) + _EMPTY_ZLIB if kind == 0xF01A else bytes(100)
        blips += struct.pack("<HHI", version << 4, kind, len(body)) + body
    slides = struct.pack("<HHII", 0x10, 0x1011, 12, 8) + _EMPTY_ZLIB
    package = struct.pack("<IH", 40, 2) + b"a\0b\0" + bytes(4) + struct.pack("<I", 2) + b"b\0"
    package += struct.pack("<I", 8) + b"contents"
    workbook = struct.pack("<HH", 0xEB, len(blips)) + blips
    streams = {
        "Data": blips, _SLIDES: slides, _NATIVE: package, "Workbook": workbook, "Other": b"GIF89a"
    }  # fmt: skip
    yield _compound.sample(
        {name: data.ljust(4096, b"\0") for name, data in list(streams.items())[:3]}
    )
    yield _compound.sample(
        {name: data.ljust(4096, b"\0") for name, data in list(streams.items())[3:]}
    )
    yield _compound.sample({"__substg1.0_0037001F": bytes(4096)})


def _check_key(compound: Compound) -> None:
    if not _ENCRYPTED.isdisjoint(compound.paths):
        raise Refused("encrypted", "by Office")
    document = compound.content(("WordDocument",))
    if len(document) >= 12 and int.from_bytes(document[10:12], "little") & _WORD_ENCRYPTED:
        raise Refused("encrypted", "by Word")
    if any(is_locked(compound.content((name,))) for name in sorted(_WORKBOOKS)):
        raise Refused("encrypted", "by Excel")


def _stream(path: Path, untrusted: bytes) -> Iterator[Part]:
    steps: Steps = (("stream", path_bytes(path)),)
    name = path[-1]
    if name in _DRAWN:
        yield from _pictures(steps, untrusted)
    elif name in _WORKBOOKS:
        yield from _pictures(steps, drawing_group(untrusted))
    elif name == _SLIDES:
        yield from _objects(steps, untrusted)
    elif name == _NATIVE:
        yield from _native(steps, untrusted)
    else:
        judged = judge(untrusted[:HEAD_BYTES], len(untrusted))
        if judged == "archive":
            yield Unopened("nested_archive")
        elif judged:
            yield Found(steps, untrusted)


def _pictures(steps: Steps, untrusted: bytes) -> Iterator[Part]:
    for number, blip in enumerate(blips_of(untrusted), start=1):
        if blip.data:
            name = b"%d.%s" % (number, blip.extension)
            yield Found((*steps, ("picture", b"%d" % number)), blip.data, name, blip.mime)
        if blip.flaw:
            yield Unopened(blip.flaw)


def _objects(steps: Steps, untrusted: bytes) -> Iterator[Part]:
    number = end = 0
    for match in _OBJECT.finditer(untrusted):
        if match.start() < end:
            continue
        length = int.from_bytes(untrusted[match.end() : match.end() + 4], "little")
        start = match.end() + 4
        is_packed = match[1] != b"\0\0"
        begin = untrusted[start : start + min(length, len(_compound.MAGIC))]
        if begin != _compound.MAGIC and not (is_packed and begin[4:5] == b"\x78"):
            continue
        body = untrusted[start : start + length]
        inflated = inflate(body[4:]) if is_packed else None
        data = inflated.data if inflated else body
        number, end = number + 1, start + length
        if data:
            yield Found((*steps, ("object", b"%d" % number)), data)
        # Some writers leave the end of the stream away: the length that is told decides.
        if inflated and inflated.flaw and len(data) < int.from_bytes(body[:4], "little"):
            yield Unopened(inflated.flaw)


def _native(steps: Steps, untrusted: bytes) -> Iterator[Part]:
    """What a program of the time before OLE 2 keeps: a file that was dropped in, or its own data.

    Source: MS-OLEDS 2.3.6; the layout of a dropped file is undocumented, and its flags are 2.
    """
    body = untrusted[4:]
    if body[:2] != _PACKAGE_FLAGS:
        if judge(body[:HEAD_BYTES], len(body)) == "sought":  # a drawing of Paint is a bitmap
            yield Found(steps, body)
        return
    label, path, rest = (*body[2:].split(b"\0", 2), b"", b"")[:3]
    data_at = 8 + int.from_bytes(rest[4:8], "little")
    length = int.from_bytes(rest[data_at : data_at + 4], "little")
    data = rest[data_at + 4 : data_at + 4 + length]
    name = label or path.replace(b"\\", b"/").rpartition(b"/")[2]
    if data:
        yield Found((*steps, ("file", name)), data, name, is_attached=True)
    if len(data) < length or not data:
        yield Unopened("truncated")
