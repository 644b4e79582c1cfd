"""JPEG: markers, tables and every code of the picture, so that its end is known and not guessed.

Baseline, extended sequential and progressive frames of 8 or 12 bits with Huffman codes. Lossless
and arithmetic frames are no candidates. A file that came apart is put together from up to 16
fragments where the entropy decoder can tell how it goes on.

Source: ITU-T T.81 | ISO/IEC 10918-1.
"""

from polit.evidence.carvers import _jpeg_entropy as entropy
from polit.evidence.carvers import _jpeg_kernel as kernel
from polit.evidence.carvers._content import Content
from polit.evidence.carvers._jpeg_mend import MOST_FRAGMENTS, mend
from polit.evidence.carvers._jpeg_walk import COMPLETE, Walk
from polit.evidence.carving import Carved, CarvingTally, FreeSpace

ORDER = 10
NAME = "jpeg"
SIGNATURES = ((b"\xff\xd8\xff", 0),)

_MIME = "image/jpeg"
_MOST_BYTES = 64 << 20
_LEAST_SHARE = 1 / 32
_LEAST_ENTROPY_BYTES = 1024
"""Less of a broken picture shows nothing: text behind a header passes for some 100 bytes."""


def warm() -> None:
    """Compile the entropy decoder."""
    entropy.warm()


def carve(space: FreeSpace, start_bytes: int, tally: CarvingTally) -> Carved | None:
    """Measure the JPEG that begins at a place; see ``CarverPlugin.carve``."""
    walk = Walk(Content(space, start_bytes, most_bytes=_MOST_BYTES))
    reason = walk.run()
    tally.search_left -= walk.cost()
    while reason != COMPLETE and walk.segment[1] > 2 and walk.content.fragments < MOST_FRAGMENTS:
        if not tally.may_search():
            tally.searches_cut += 1
            break
        mended = mend(walk, tally)
        if mended is None:
            break
        walk, reason = mended.walk, mended.reason
    if reason == COMPLETE:
        return Carved(NAME, _MIME, walk.content.extents(walk.place), True, True)
    return _part(walk, reason, tally)


def _part(walk: Walk, reason: str, tally: CarvingTally) -> Carved | None:
    """Return what is still to be seen of a broken picture, or nothing."""
    if walk.content.is_cut and walk.place + kernel.MARGIN_BYTES > walk.content.end_bytes:
        tally.too_large += 1
    followed = walk.place - walk.first_entropy if walk.first_entropy else 0
    if walk.first_scan_share < _LEAST_SHARE or followed < _LEAST_ENTROPY_BYTES:
        return None
    step = walk.content.space.block_bytes
    border = walk.content.border_from(walk.place) - step
    is_behind = walk.content.is_last(border) and border - walk.first_entropy > 0
    end = border if is_behind and walk.place < walk.content.end_bytes else walk.place
    return Carved(NAME, _MIME, walk.content.extents(end), False, True, reason)
