"""Contents that need no native code: bytes at known places of a volume."""

from bisect import bisect_right
from collections.abc import Sequence

from polit.evidence.filesystems._image import VolumeImage


class RunContent:
    """The bytes of runs in a row, read from the volume itself."""

    def __init__(
        self,
        image: VolumeImage,
        runs: Sequence[tuple[int, int]],
        *,
        size_bytes: int,
        valid_bytes: int | None = None,
    ) -> None:
        """Lay the runs end to end.

        Args:
            image: The volume.
            runs: Offset and length of each run in bytes, in the content's order.
            size_bytes: The logical size; where the runs end earlier, reading ends there.
            valid_bytes: How much of it was ever written; the rest reads as zeros. ``None``
                for all of it.
        """
        self._image, self._runs = image, runs
        self._size_bytes = size_bytes
        self._valid_bytes = size_bytes if valid_bytes is None else valid_bytes
        self._starts: list[int] = []
        start = 0
        for _, length in runs:
            self._starts.append(start)
            start += length

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return self._size_bytes

    @property
    def written_bytes(self) -> int:
        """How much of it was ever written: behind it lies what was there before."""
        return min(self._valid_bytes, self._size_bytes)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        end = min(offset_bytes + length_bytes, self._size_bytes)
        written_end = min(end, max(self._valid_bytes, offset_bytes))
        data = self._read(offset_bytes, written_end)
        if len(data) == written_end - offset_bytes and end > written_end:
            data += bytes(end - written_end)
        return data

    def _read(self, offset_bytes: int, end: int) -> bytes:
        parts = []
        index = bisect_right(self._starts, offset_bytes) - 1
        while offset_bytes < end and 0 <= index < len(self._runs):
            place, length = self._runs[index]
            skipped = offset_bytes - self._starts[index]
            wanted = min(end - offset_bytes, length - skipped)
            part = self._image.read_at(place + skipped, wanted)
            parts.append(part)
            offset_bytes += len(part)
            if len(part) < wanted:
                break
            index += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where in its source the content lies."""
        base = self._image.offset_bytes
        return tuple((base + offset, length) for offset, length in self._runs)

    def close(self) -> None:
        """Do nothing: the volume belongs to who opened it."""


class HeldContent:
    """A small content that a record holds itself."""

    def __init__(self, held: bytes) -> None:
        """Take its bytes."""
        self._held = held

    @property
    def size_bytes(self) -> int:
        """The logical size."""
        return len(self._held)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes of a range; see ``Content.read_at``."""
        return self._held[offset_bytes : offset_bytes + length_bytes]

    def places(self) -> tuple[tuple[int, int], ...]:
        """Return nothing: it lies within a record."""
        return ()

    def close(self) -> None:
        """Do nothing: nothing is open."""
