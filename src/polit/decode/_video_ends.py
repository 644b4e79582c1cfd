"""Whether the end of a video is missing, by what its container claims.

Sources: ISO/IEC 14496-12 (sample tables), Microsoft's RIFF and ASF (file properties object),
RFC 8794 (EBML element sizes).
"""

from polit.decode._video_source import Opened
from polit.decode.held import HeldBytes

_LAST_SAMPLES = 64
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_MATROSKA_SEGMENT = 0x18538067
# Their durations are read off the last time stamp that is there: it claims nothing.
_WITHOUT_CLAIM = frozenset({"mpegts", "mpeg", "mpegvideo", "ogg"})
_TOLERANCE_MS = 2_000


def is_truncated(opened: Opened, held: HeldBytes, *, last_ms: int) -> bool:
    """Tell whether the container says more than there is.

    Args:
        opened: The video.
        held: What is held of it.
        last_ms: Where the last frame that was decoded stands.
    """
    if _claimed_bytes(opened, held) > held.size_bytes:
        return True
    duration = _video_ms(opened)
    if opened.demuxer in _WITHOUT_CLAIM or duration is None or not held.is_whole:
        return False
    return last_ms < duration * 9 // 10 - _TOLERANCE_MS


def _claimed_bytes(opened: Opened, held: HeldBytes) -> int:
    if opened.demuxer == "mov":
        entries = opened.stream.index_entries
        last = entries[max(0, len(entries) - _LAST_SAMPLES) :]
        return max((entry.pos + entry.size for entry in last), default=0)
    head = held.read_at(0, 4096)
    if opened.demuxer == "avi":
        # Some recorders leave the size at 0 or at its highest value: no claim.
        size = int.from_bytes(head[4:8], "little")
        return 0 if size == 0xFFFFFFFF else size + 8
    if opened.demuxer == "asf":
        at = head.find(_ASF_FILE_PROPERTIES)
        return int.from_bytes(head[at + 40 : at + 48], "little") if at >= 0 else 0
    return _segment_end(head) if opened.demuxer == "matroska" else 0


def _segment_end(head: bytes) -> int:
    """Return where a Matroska segment ends by its own size, 0 where it tells none."""
    at, size = _element(head, 4)
    at, identifier = at + size + 4, int.from_bytes(head[at + size : at + size + 4], "big")
    if identifier != _MATROSKA_SEGMENT:
        return 0
    at, size = _element(head, at)
    return at + size if size else 0


def _element(head: bytes, at: int) -> tuple[int, int]:
    """Return where an element's data begins, and its size; size 0 where it is unknown."""
    first = head[at] if at < len(head) else 0
    if not first:
        return at, 0
    length = 9 - first.bit_length()
    size = int.from_bytes(head[at : at + length], "big") & ((1 << 7 * length) - 1)
    return at + length, 0 if size == (1 << 7 * length) - 1 else size


def _video_ms(opened: Opened) -> int | None:
    """Return how long the video (not its sound) claims to play."""
    stream = opened.stream
    if stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * 1000)
    if len(opened.container.streams) == 1 and opened.container.duration:
        return opened.container.duration // 1000
    return None
