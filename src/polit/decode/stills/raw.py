"""Camera RAW by the preview that the camera embedded: its largest JPEG.

The preview is looked for by its own marks, not through the maker's directories: that finds it
in every format alike (CR2, CR3, NEF, ARW, DNG, RAF, ORF, RW2, PEF), in memory-safe code. The
sensor's data are not developed: no two programs agree on how.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import PIL

from polit.decode.picture import Item, Still, Untrusted
from polit.decode.refusal import Refused
from polit.decode.stills import _tiff_tags, jpeg
from polit.decode.stills._jpeg_marks import read_header
from polit.decode.stills._tiff_tags import Directory, Tags

ORDER = 120
TYPES = (
    "image/x-canon-cr2",
    "image/x-canon-cr3",
    "image/x-fuji-raf",
    "image/x-olympus-orf",
    "image/x-panasonic-rw2",
)

_START = b"\xff\xd8\xff"
_MAX_STARTS = 4096
_HEAD_BYTES = 1 << 20
_SIDES = range(1, 65_536)


@dataclass(frozen=True, slots=True)
class Preview:
    """Where an embedded JPEG begins, and its size in pixels."""

    at: int
    size: tuple[int, int]


def warm() -> dict[str, str]:
    """Tell the version; the decoder is that of JPEG."""
    return {"pillow": PIL.__version__}


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield what is laid out as cameras lay it out, around a tiny JPEG."""
    picture = _sample_jpeg()
    tiff = struct.pack("<4sIHHHI4sI", b"II*\0", 8, 1, 271, 2, 4, b"One\0", 0)
    yield tiff + picture, "image/x-canon-cr2"
    yield b"FUJIFILMCCD-RAW " + bytes(84) + picture, "image/x-fuji-raf"
    boxes = b"".join(struct.pack(">I4s", 34, kind) + tiff for kind in (b"CMT1", b"CMT2", b"CMT4"))
    yield struct.pack(">I8s", 16, b"ftypcrx ") + bytes(4) + boxes + picture, "image/x-canon-cr3"


@cache
def _sample_jpeg() -> bytes:
    return next(jpeg.samples())[0]


def decode(item: Item) -> Still:
    """Decode the largest preview.

    Raises:
        Refused: There is none, or as ``decode_still`` says.
    """
    found = find_preview(item.untrusted)
    if found is None:
        raise Refused("undecodable", "a RAW file without a preview")
    return decode_preview(item, found)


def decode_preview(item: Item, preview: Preview) -> Still:
    """Decode a preview that was found, with what the RAW file itself says.

    Raises:
        Refused: As ``decode_still`` says.
    """
    outer_bytes = len(item.untrusted)
    inside = bytes(item.untrusted[preview.at :])
    try:
        still = jpeg.decode(Item(inside, "image/jpeg", item.memory_bytes - outer_bytes))
    except Refused as refusal:
        if refusal.code != "needs_memory":
            raise
        needed = refusal.needed_bytes + outer_bytes
        raise Refused(refusal.code, refusal.detail, needed_bytes=needed) from None
    size = "x".join(str(side) for side in still.picture.size)
    return replace(
        still,
        exif=_exif(item.untrusted) or still.exif,
        xmp=_xmp(item.untrusted) or still.xmp,
        tags=(("raw:preview", size),),
    )


def find_preview(untrusted: Untrusted) -> Preview | None:
    """Return the largest embedded JPEG that is no sensor data (that is lossless or deep)."""
    best: Preview | None = None
    at, starts = -1, 0
    while (at := untrusted.find(_START, at + 1)) >= 0 and starts < _MAX_STARTS:
        starts += 1
        size = _size_of_picture(untrusted, at)
        if size and (best is None or size[0] * size[1] > best.size[0] * best.size[1]):
            best = Preview(at, size)
    return best


def _size_of_picture(untrusted: Untrusted, at: int) -> tuple[int, int] | None:
    """Return the size of an ordinary JPEG that begins here."""
    try:
        header = read_header(bytes(untrusted[at : at + _HEAD_BYTES]))
    except Refused:
        return None
    ordinary = header.precision_bits == 8 and not header.is_lossless
    sane = header.size[0] in _SIDES and header.size[1] in _SIDES
    return header.size if ordinary and sane else None


def _exif(untrusted: Untrusted) -> bytes:
    try:
        return _tiff_tags.exif_of(Tags(untrusted))
    except ValueError:
        return _boxed_exif(untrusted)


def _xmp(untrusted: Untrusted) -> bytes:
    try:
        return _tiff_tags.xmp_of(Tags(untrusted))
    except ValueError:
        return b""


def _boxed_exif(untrusted: Untrusted) -> bytes:
    """Return what Canon's CR3 keeps in boxes: a TIFF each for main directory, EXIF and GPS."""
    parts = []
    order = "<"
    for kind in (b"CMT1", b"CMT2", b"CMT4"):
        at = untrusted.find(kind, 0, _HEAD_BYTES)
        length = int.from_bytes(untrusted[at - 4 : at], "big") if at >= 4 else 0
        try:
            tags = Tags(bytes(untrusted[at + 4 : at - 4 + length]))
        except ValueError:
            parts.append(Directory({}, 0))
        else:
            parts.append(tags.main())
            order = tags.order
    return _tiff_tags.written(order, *parts)
