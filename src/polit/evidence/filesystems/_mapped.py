"""Contents in pieces that need no native code: bytes at known places, holes between them."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from polit.evidence.filesystems._image import VolumeImage


class Piece(NamedTuple):
    """Consecutive bytes of a content.

    Args:
        start: Where they begin in the content, in bytes.
        length: How many bytes.
        place: Where they lie in the volume, in bytes; ``None`` where they were never written
            and read as zeros.
    """

    start: int
    length: int
    place: int | None


class MappedContent:
    """A content that its file system maps piece by piece; what no piece covers is zeros."""

    def __init__(self, image: VolumeImage, pieces: Sequence[Piece], *, size_bytes: int) -> None:
        """Take the pieces in the order of their starts; one that overlaps the last is dropped."""
        self._image, self._size_bytes = image, size_bytes
        self._pieces: list[Piece] = []
        end = 0
        for piece in pieces:
            if piece.start >= end and piece.length > 0:
                self._pieces.append(piece)
                end = piece.start + piece.length
        self._starts = [piece.start for piece in self._pieces]

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self._size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        end = min(offset_bytes + length_bytes, self._size_bytes)
        parts: list[bytes] = []
        while offset_bytes < end:
            place, room = self._place(offset_bytes)
            wanted = min(end - offset_bytes, room) if room else end - offset_bytes
            part = bytes(wanted) if place is None else self._image.read_at(place, wanted)
            parts.append(part)
            offset_bytes += len(part)
            if len(part) < wanted:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _place(self, offset_bytes: int) -> tuple[int | None, int]:
        """Return where a byte lies, and how many follow it there (0: up to the end)."""
        index = bisect_right(self._starts, offset_bytes) - 1
        if index >= 0:
            piece = self._pieces[index]
            skipped = offset_bytes - piece.start
            if skipped < piece.length:
                place = None if piece.place is None else piece.place + skipped
                return place, piece.length - skipped
        following = index + 1
        room = self._starts[following] - offset_bytes if following < len(self._starts) else 0
        return None, room

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in its source the content lies."""
        base = self._image.offset_bytes
        return tuple(
            (base + piece.place, piece.length) for piece in self._pieces if piece.place is not None
        )

    def close(self) -> None:
        """Do nothing: the volume belongs to who opened it."""


class HeldContent:
    """A content that its record holds itself."""

    def __init__(self, data: bytes) -> None:
        """Take the bytes."""
        self._data = data

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return len(self._data)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        return self._data[offset_bytes : offset_bytes + length_bytes]

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return nothing: the content lies within a record."""
        return ()

    def close(self) -> None:
        """Do nothing: nothing is held open."""
