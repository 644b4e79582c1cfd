"""The outermost boxes of an ISO base media file or a JPEG 2000 file, and a missing end.

What is missing is made up for by zeros: decoders then give what comes before it. Source:
ISO/IEC 14496-12, 4.2; ISO/IEC 15444-1, annex I.4.
"""

from collections.abc import Iterator
from dataclasses import replace

from polit.decode.picture import Item, Untrusted, check_size

_FIRST = (b"ftyp", b"jP  ")
_MAX_BOXES = 4096
_MAX_MISSING_BYTES, _MAX_MISSING_TIMES = 64 << 20, 16


def top_boxes(untrusted: Untrusted) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start of the content and claimed end of each outermost box."""
    at, size = 0, len(untrusted)
    for _ in range(_MAX_BOXES):
        if at + 8 > size:
            return
        length = int.from_bytes(untrusted[at : at + 4], "big")
        head = 8
        if length == 1:
            length = int.from_bytes(untrusted[at + 8 : at + 16], "big")
            head = 16
        end = size if length == 0 else at + length
        if end < at + head:
            return
        yield bytes(untrusted[at + 4 : at + 8]), at + head, end
        at = end


def claimed_bytes(untrusted: Untrusted) -> int:
    """Return how long the file is by its boxes, 0 where it does not begin as one of boxes."""
    if untrusted[4:8] not in _FIRST:
        return 0
    return max((end for _, _, end in top_boxes(untrusted)), default=0)


def filled_up(item: Item, length_bytes: int, tail: bytes = b"") -> Item:
    """Return the item with zeros up to a length, no longer than is reasonable, and a tail.

    Raises:
        Refused: That needs more memory than it may have.
    """
    size = len(item.untrusted)
    missing = max(0, min(length_bytes - size, _MAX_MISSING_BYTES, _MAX_MISSING_TIMES * size))
    check_size((1, 1), item, bytes_per_pixel=1, more_bytes=2 * (size + missing))
    return replace(item, untrusted=bytes(item.untrusted) + bytes(missing) + tail)
