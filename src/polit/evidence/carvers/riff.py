"""WebP and AVI: RIFF chunks whose sizes must add up to the size that the head states.

AVI larger than 1 GB goes on in further ``RIFF AVIX`` lists (OpenDML), which belong to the file.

Source: WebP container specification (RFC 9649, 2); Microsoft AVI RIFF reference; OpenDML 1.02.
"""

from polit.evidence.carving import Carved, CarvingTally, FreeSpace

ORDER = 40
NAME = "riff"
SIGNATURES = ((b"RIFF", 0),)

_WEBP, _AVI, _AVIX = b"WEBP", b"AVI ", b"AVIX"
_MIMES = {_WEBP: "image/webp", _AVI: "video/x-msvideo"}
_FIRST = {_WEBP: (b"VP8 ", b"VP8L", b"VP8X"), _AVI: (b"LIST", b"JUNK")}
_LISTS = frozenset({b"hdrl", b"strl", b"movi", b"rec ", b"INFO", b"odml", b"exif", b"ncdt"})
_MOST_BYTES = 1 << 40
_MOST_CHUNKS = 1 << 20
_MOST_LISTS = 4096
_CHUNK_COST_BYTES = 512
"""What looking at a chunk costs, in bytes that take as long to follow."""

_LEAST_PART_BYTES = 1024


def warm() -> None:
    """Nothing to compile."""


def carve(space: FreeSpace, start_bytes: int, tally: CarvingTally) -> Carved | None:
    """Measure the WebP or AVI that begins at a place; see ``CarverPlugin.carve``."""
    head = space.read_at(start_bytes, 32)
    form = head[8:12]
    if form not in _MIMES or head[12:16] not in _FIRST[form] or len(head) < 32:
        return None
    if form == _WEBP and not _is_webp(head):
        return None
    limit = min(space.size_bytes - start_bytes, _MOST_BYTES)
    end, reason = _follow(space, start_bytes, limit, tally)
    for _ in range(_MOST_LISTS if form == _AVI and not reason else 0):
        more = space.read_at(start_bytes + end, 12)
        if more[:4] != b"RIFF" or more[8:] != _AVIX or reason:
            break
        further, reason = _follow(space, start_bytes + end, limit - end, tally)
        end += further
    if reason and end < _LEAST_PART_BYTES:
        return None
    return Carved(NAME, _MIMES[form], ((start_bytes, end),), not reason, False, reason)


def _is_webp(untrusted_head: bytes) -> bool:
    """Tell whether the first chunk begins as its kind must."""
    kind, body = untrusted_head[12:16], untrusted_head[20:]
    if kind == b"VP8 ":
        return not body[0] & 1 and body[3:6] == b"\x9d\x01\x2a"
    if kind == b"VP8L":
        return body[0] == 0x2F and body[4] >> 5 == 0
    return untrusted_head[16:20] == b"\x0a\0\0\0" and not body[0] & 0xC1 and body[1:4] == b"\0\0\0"


def _follow(space: FreeSpace, start_bytes: int, limit: int, tally: CarvingTally) -> tuple[int, str]:
    """Return how far the chunks of one RIFF list make sense, and why no further."""
    size = int.from_bytes(space.read_at(start_bytes + 4, 4), "little")
    end = 8 + size + (size & 1)
    form = space.read_at(start_bytes + 8, 4)
    place = 12
    tally.search_left -= _CHUNK_COST_BYTES
    for _ in range(_MOST_CHUNKS):
        # A file may leave the last filling byte out.
        if place in {end, 8 + size}:
            return min(place, limit), "" if place <= limit else "space_ends"
        head = space.read_at(start_bytes + place, 12)
        tally.search_left -= _CHUNK_COST_BYTES
        if place + 12 > limit or len(head) < 12:
            return min(place, limit), "space_ends"
        length = int.from_bytes(head[4:8], "little")
        if not _is_name(head[:4]) or place + 8 + length > end:
            return place, "chunk_senseless"
        if head[:4] == b"LIST" and form != _WEBP and head[8:12] in _LISTS:
            place += 12
            continue
        if place + 8 + length > limit:
            return limit, "space_ends"
        place += 8 + length + (length & 1)
    tally.too_large += 1
    return min(place, limit), "too_many_chunks"


def _is_name(untrusted_name: bytes) -> bool:
    return len(untrusted_name) == 4 and all(0x20 <= value < 0x7F for value in untrusted_name)
