"""A picture that holds others: its EXIF thumbnail, the further pictures of an MPO, a motion video.

Steps: ``exif:thumbnail``; ``mpo:<number>`` counted as the format counts, the first being the
picture itself; ``motion:video``. Whether a thumbnail is worth opening, because it shows something
else than its picture, is decided where the picture is decoded.

Sources: Exif 3.0, 4.5 (IFD1); CIPA DC-007 (multi-picture format); the Motion Photo format 1.0.
"""

import mmap
import re
import struct
from collections.abc import Iterator

from polit.decode.found import Found, Part, Unopened
from polit.decode.metadata import read_metadata
from polit.decode.refusal import Refused
from polit.decode.still import decode_still
from polit.decode.thumbnails import holds_another

ORDER = 70
NAME = "picture"
MIMES = frozenset({
    "image/avif", "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence",
    "image/jpeg", "image/png", "image/tiff", "image/webp", "image/x-canon-cr2",
})  # fmt: skip

# An EXIF block by its mark in JPEG and HEIF, PNG, WebP; a TIFF is one itself.
_EXIF = re.compile(rb"(?:Exif\0\0|eXIf|EXIF....)(?=II\*\0|MM\0\*)", re.DOTALL)
_EXIF_MOST_BYTES = 2 << 20
_MPF = b"MPF\0"
_MPF_WITHIN_BYTES = 1 << 20
_MP_ENTRY_TAG = 0xB002
_MAX_PICTURES = 64
_PADDING_MOST_BYTES = 65_536
_VIDEO_BRANDS = (b"mp4", b"iso", b"avc", b"qt  ", b"3gp")
_DECODED_MOST_BYTES = 400 << 20


def takes(untrusted: mmap.mmap) -> bool:
    """Tell whether there are bytes at all: the type was told from them."""
    return len(untrusted) > 0


def find(untrusted: mmap.mmap) -> Iterator[Part]:
    """Give the thumbnail, then further pictures, then the video.

    It is asked only about pictures that were seen to hold something: what is not found again
    (an EXIF block that is compressed or written as text) is told.
    """
    is_empty = True
    for part in _parts(untrusted):
        is_empty = False
        yield part
    if is_empty:
        yield Unopened("unsupported", "an EXIF block that is not stored as such")


def _parts(untrusted: mmap.mmap) -> Iterator[Part]:
    thumbnail = read_metadata(_exif(untrusted), b"").thumbnail
    if thumbnail and not (holds_others(untrusted) and _is_the_same(untrusted, thumbnail)):
        yield Found((("exif", b"thumbnail"),), thumbnail)
    if untrusted[:2] == b"\xff\xd8":
        yield from _further(untrusted)
        at = _video_at(untrusted)
        if at >= 0:
            yield Found((("motion", b"video"),), untrusted[at:])


def holds_others(untrusted: mmap.mmap) -> bool:
    """Tell whether a JPEG holds further pictures or a video, whatever its thumbnail shows."""
    if untrusted[:2] != b"\xff\xd8":
        return False
    return bool(_entries(untrusted)) or _video_at(untrusted) >= 0


def _is_the_same(untrusted: mmap.mmap, thumbnail: bytes) -> bool:
    """Tell whether a thumbnail shows its picture: asked only of what is open for other reasons."""
    try:
        whole = decode_still(untrusted, "image/jpeg", memory_bytes=_DECODED_MOST_BYTES)
    except Refused:
        return False
    return not holds_another(whole.picture, thumbnail, memory_bytes=_DECODED_MOST_BYTES)


def samples() -> Iterator[bytes]:
    """A JPEG with a thumbnail, a second picture and a video; a TIFF."""
    jpeg = b"\xff\xd8\xff\xd9"
    tiff = b"II*\0" + struct.pack("<IHIH", 8, 0, 14, 2)
    tiff += struct.pack("<HHII", 0x201, 4, 1, 44) + struct.pack("<HHII", 0x202, 4, 1, 4)
    tiff += bytes(4) + jpeg
    index = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, _MP_ENTRY_TAG, 7, 32, 26, 0)
    index += bytes(16) + struct.pack(">III", 0, 4, len(index) + 32) + bytes(4)
    yield b"\xff\xd8Exif\0\0" + tiff + _MPF + index + jpeg + b"\0\0\0\x18ftypmp42"
    yield tiff


def _exif(untrusted: mmap.mmap) -> bytes:
    if untrusted[:4] in (b"II*\0", b"MM\0*"):
        return untrusted[:]
    match = _EXIF.search(untrusted)
    return untrusted[match.end() : match.end() + _EXIF_MOST_BYTES] if match else b""


def _further(untrusted: mmap.mmap) -> Iterator[Part]:
    for number, (offset, length) in enumerate(_entries(untrusted), start=2):
        data = untrusted[offset : offset + length]
        if data.startswith(b"\xff\xd8"):
            yield Found((("mpo", b"%d" % number),), data)
        else:
            yield Unopened("damaged")


def _entries(untrusted: mmap.mmap) -> list[tuple[int, int]]:
    """Return where the pictures after the first one lie, by the index of the format."""
    mark = untrusted.find(_MPF, 0, _MPF_WITHIN_BYTES)
    base = mark + len(_MPF)
    order = {b"MM\0*": ">", b"II*\0": "<"}.get(untrusted[base : base + 4])
    if mark < 0 or order is None or base + 10 > len(untrusted):
        return []
    (at,) = struct.unpack_from(f"{order}I", untrusted, base + 4)
    listed = untrusted[base + at : base + at + 2 + 12 * 16]
    for place in range(2, len(listed) - 11, 12):
        tag, _, size, offset = struct.unpack_from(f"{order}HHII", listed, place)
        if tag == _MP_ENTRY_TAG:
            table = untrusted[base + offset : base + offset + min(size, 16 * _MAX_PICTURES)]
            rows = struct.iter_unpack(f"{order}III4x", table[: len(table) // 16 * 16])
            return [(base + start, length) for _, length, start in rows if start]
    return []


def _video_at(untrusted: mmap.mmap) -> int:
    """Return where the video of a motion picture begins, after the end of the picture."""
    # Not by an expression: this is asked of every photograph, and to find four bytes is quick.
    at = untrusted.find(b"ftyp", 4)
    while at >= 0:
        start = at - 4
        named = untrusted[at + 4 : at + 8].startswith(_VIDEO_BRANDS)
        if named and 16 <= int.from_bytes(untrusted[start:at], "big") <= 64:
            before = untrusted[max(0, start - _PADDING_MOST_BYTES) : start]
            return start if b"\xff\xd9" in before else -1
        at = untrusted.find(b"ftyp", at + 4)
    return -1
