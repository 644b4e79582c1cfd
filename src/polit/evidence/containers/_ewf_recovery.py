"""Find chunks whose table is lost by reading them one after the other.

Writers lay chunks back to back: a plain one is followed by its Adler-32, a compressed one ends
where its stream does. The scan stops at the first place where neither holds, and it is bounded
in decoded bytes over the whole image, so that a hostile file cannot make it endless.
"""

import zlib
from array import array

from polit.evidence.containers._ewf_sections import Section
from polit.evidence.segments import Segment, read_segment

_COMPRESSED = 1 << 63
_MAXIMUM_DECODED_BYTES = 16 << 30


class Recovery:
    """Scans sectors sections that have no table, within one budget for the image."""

    def __init__(self, chunk_size_bytes: int, chunks: int) -> None:
        """Set the size of a chunk, and how many an image has at most (0: not known)."""
        self._chunk_size_bytes = chunk_size_bytes
        self._left = _MAXIMUM_DECODED_BYTES // chunk_size_bytes
        if chunks:
            self._left = min(self._left, chunks)

    def scan(self, segment: Segment, section: Section) -> "tuple[array[int], bool]":
        """Scan a sectors section.

        Returns:
            The offsets of the chunks in the segment file, the top bit of 64 set where one is
            compressed, and whether they fill the section to its end.

        Raises:
            SourceUnreadable: The operating system refused a read.
        """
        offsets = array("Q")
        position = section.data_offset_bytes
        while position < section.end_bytes and self._left > 0:
            room = min(section.end_bytes - position, 2 * self._chunk_size_bytes + 1024)
            raw = read_segment(segment, position, room)
            stored, is_compressed = self._stored_size(raw)
            if stored == 0:
                break
            offsets.append(position | (_COMPRESSED if is_compressed else 0))
            self._left -= 1
            position += stored
        return offsets, position >= section.end_bytes

    def _stored_size(self, raw: bytes) -> tuple[int, bool]:
        """Return the size of the chunk at the head of ``raw`` (0: none), and its kind."""
        size = self._chunk_size_bytes
        if len(raw) >= size + 4 and zlib.adler32(raw[:size]) == _u32(raw, size):
            return size + 4, False
        stream = zlib.decompressobj()
        try:
            decoded = stream.decompress(raw, size + 1)
        except zlib.error:
            decoded = b""
        if stream.eof and 0 < len(decoded) <= size:
            return len(raw) - len(stream.unused_data), True
        # The last chunk of a device may be short, and then fills the section to its end.
        if 4 < len(raw) < size + 4 and zlib.adler32(raw[:-4]) == _u32(raw, len(raw) - 4):
            return len(raw), False
        return 0, False


def _u32(raw: bytes, offset: int) -> int:
    return int.from_bytes(raw[offset : offset + 4], "little")
