"""HEIC, HEIF, AVIF, MP4, MOV, M4V and 3GP: the boxes of ISO base media.

Boxes are passed one by one. A video is complete if ``moov`` stands before or behind ``mdat`` and
the places of all its samples fall into an ``mdat``; a still is complete if ``meta`` is there and
its items' bytes. The bytes of the samples prove nothing here: the decoder does. A video whose
``mdat`` other files interrupt is given up to where its boxes make sense; that is not mended.

Source: ISO/IEC 14496-12, 4.2, 8.1, 8.2, 8.7, 8.11; ISO/IEC 23008-12; QuickTime File Format.
"""

import numpy as np
from numpy.typing import NDArray

from polit.evidence.carvers._bmff_boxes import BOX_COST_BYTES, Box, children, chunk_places, read_box
from polit.evidence.carving import Carved, CarvingTally, FreeSpace

ORDER = 50
NAME = "bmff"
SIGNATURES = ((b"ftyp", 4),)

_STILLS = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"heis": "image/heic",
    b"hevc": "image/heic-sequence", b"hevx": "image/heic-sequence", b"mif1": "image/heif",
    b"msf1": "image/heif-sequence", b"avif": "image/avif", b"avis": "image/avif",
}  # fmt: skip
_VIDEOS = {b"qt  ": "video/quicktime", b"M4V ": "video/x-m4v", b"M4VH": "video/x-m4v"}
_TOP = frozenset({
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra",
    b"sidx", b"ssix", b"styp", b"pdin", b"udta", b"pnot", b"PICT", b"prft", b"emsg", b"idat",
    b"mpvd", b"sefd", b"edob", b"inst", b"beam", b"junk",
})  # fmt: skip
_MOST_BOXES = 1 << 16
_MOST_MOOV_BYTES = 64 << 20


def warm() -> None:
    """Nothing to compile."""


def carve(space: FreeSpace, start_bytes: int, tally: CarvingTally) -> Carved | None:
    """Measure the file that begins with ``ftyp`` at a place; see ``CarverPlugin.carve``."""
    head = space.read_at(start_bytes, 4096)
    size = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, len(head)), 4))]
    if not 16 <= size <= 4096 or size % 4 or not all(_is_brand(brand) for brand in brands):
        return None
    boxes, end, reason = _boxes(space, start_bytes, tally)
    mime = _mime(brands, boxes)
    if len(boxes) < 2:
        return None
    reason = _missing(space, start_bytes, boxes, end, tally) or reason
    if reason and not any(box.kind in {b"mdat", b"moov", b"meta"} for box in boxes):
        return None
    return Carved(NAME, mime, ((start_bytes, end),), not reason, False, reason)


def _is_brand(untrusted_brand: bytes) -> bool:
    return len(untrusted_brand) == 4 and all(
        0x20 <= value < 0x7F or not value for value in untrusted_brand
    )


def _mime(brands: list[bytes], boxes: list[Box]) -> str:
    if brands[0] in _VIDEOS:
        return _VIDEOS[brands[0]]
    if brands[0].startswith(b"3g"):
        return "video/3gpp"
    has_movie = any(box.kind == b"moov" for box in boxes)
    for brand in brands if not has_movie or brands[0] in _STILLS else ():
        if brand in _STILLS and brand != b"mif1":
            return _STILLS[brand]
    return "image/heif" if b"mif1" in brands and not has_movie else "video/mp4"


def _boxes(space: FreeSpace, start_bytes: int, tally: CarvingTally) -> tuple[list[Box], int, str]:
    """Return the boxes that make sense, where they end, and why no further."""
    boxes: list[Box] = []
    limit, place = space.size_bytes - start_bytes, 0
    seen: set[bytes] = set()
    while len(boxes) < _MOST_BOXES:
        tally.search_left -= BOX_COST_BYTES
        box = read_box(space, start_bytes, place, limit)
        if box is None or box.kind not in _TOP:
            return boxes, place, ""
        if box.kind in seen and box.kind in {b"ftyp", b"moov", b"meta"}:
            return boxes, place, ""
        seen.add(box.kind)
        boxes.append(box)
        if box.end > limit:
            return boxes, limit, "space_ends"
        place = box.end
    tally.too_large += 1
    return boxes, place, "too_many_boxes"


def _missing(
    space: FreeSpace, start_bytes: int, boxes: list[Box], end: int, tally: CarvingTally
) -> str:
    """Return what the boxes say must be there and is not, as a code."""
    data = [box for box in boxes if box.kind == b"mdat"]
    movie = next((box for box in boxes if box.kind == b"moov"), None)
    if movie:
        if movie.end - movie.start > _MOST_MOOV_BYTES or movie.end > end:
            return "index_cut"
        is_parted = any(box.kind == b"moof" for box in boxes)
        return _missing_samples(
            chunk_places(space, start_bytes, movie, tally), data, end, parted=is_parted
        )
    meta = next((box for box in boxes if box.kind == b"meta"), None)
    if meta is None:
        return "no_index"
    names = {box.kind for box in children(space, start_bytes, meta, skip=4)}
    if b"hdlr" not in names or not names & {b"iloc", b"iinf"}:
        return "index_senseless"
    return "" if data or b"idat" in names else "no_samples"


def _missing_samples(
    places: NDArray[np.int64] | None, data: list[Box], end: int, *, parted: bool
) -> str:
    """Return whether a movie's samples lie elsewhere than in its ``mdat``, as a code."""
    if places is None:
        return "index_senseless"
    if parted or not len(places):
        return "no_samples" if parted and not data else ""
    inside = sum(int(((places >= box.body) & (places < min(box.end, end))).sum()) for box in data)
    return "" if inside == len(places) else "samples_elsewhere"
