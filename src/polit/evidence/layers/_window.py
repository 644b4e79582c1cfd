"""A range of a source as something of its own: for our readers, and as a file for native code."""

import os
from collections.abc import Callable

from polit.base.errors import PolitError, SourceUnreadable
from polit.evidence.ranges import Derived, bad_within
from polit.evidence.source import BadRange, ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts


class Window:
    """The bytes of one volume, and nothing beyond them. See ``ByteSource`` for its duties."""

    def __init__(
        self,
        source: ByteSource,
        volume: VolumeFacts,
        on_read: Callable[[], None] | None = None,
    ) -> None:
        """Make a window on ``volume``; ``on_read`` is called before every read."""
        self._source, self._start, self._on_read = source, volume.offset_bytes, on_read
        self.size_bytes = max(min(volume.size_bytes, source.size_bytes - self._start), 0)
        self._bad = Derived(lambda bad: bad_within(bad, self._start, self.size_bytes, at=0))

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a range, shorter only at the end; nothing outside."""
        if self._on_read is not None:
            self._on_read()
        wanted = min(length_bytes, self.size_bytes - offset_bytes)
        if offset_bytes < 0 or wanted <= 0:
            return b""
        return self._source.read_at(self._start + offset_bytes, wanted)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges of the source that lie in the window, as the window counts."""
        return self._bad.ranges(self._source.bad_ranges())

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return none: they are told of the source that the volume lies in."""
        return ()


class NativeFile:
    """A source as the libraries of the libyal family want a file: they seek, read and ask where.

    They turn whatever is raised here into an error of their own; the first one is kept in
    ``failure``, for ``raise_failure`` once native code returned.
    """

    def __init__(self, source: ByteSource, *, reads_at_most: int | None = None) -> None:
        """Stand at the beginning of a source.

        Args:
            source: What is read.
            reads_at_most: So many reads may follow, then all fail: the libraries follow
                chains that a hostile image makes endless. ``None`` for any number.
        """
        self._source, self._at = source, 0
        self._reads_left = reads_at_most
        self.failure: PolitError | None = None
        self.damage = ""
        """The code of a bad range that was read; who asks sets it back."""

    def allow(self, reads_at_most: int) -> None:
        """Allow so many reads from here on."""
        self._reads_left = reads_at_most

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go somewhere; the names of the arguments are those of a file."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._source.size_bytes}
        self._at = max(base[whence] + offset, 0)
        return self._at

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Read from where it stands."""
        length = size if size >= 0 else max(self._source.size_bytes - self._at, 0)
        try:
            self._count()
            data = self._source.read_at(self._at, length) if length else b""
        except PolitError as error:
            self.failure = self.failure or error
            raise
        for bad in bad_within(self._source.bad_ranges(), self._at, len(data), at=0):
            self.damage = bad.code
        self._at += len(data)
        return data

    def _count(self) -> None:
        if self._reads_left is None:
            return
        self._reads_left -= 1
        if self._reads_left < 0:
            raise SourceUnreadable("its structures lead in a circle: given up")

    def get_size(self) -> int:
        """Return the size in bytes."""
        return self._source.size_bytes

    def close(self) -> None:
        """Do nothing: the source belongs to who opened it."""

    def raise_failure(self) -> None:
        """Raise what the source raised under native code since the last call, if anything."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


NATIVE_ERRORS = (OSError, RuntimeError, SystemError, MemoryError, ValueError, OverflowError)
"""What the libraries raise for damaged input; anything else is a bug of ours."""


def native_trouble(what: str, error: BaseException) -> SourceUnreadable:
    """Return what an error of native code means: its first sentence, without its own call path."""
    parts = [part.strip() for part in str(error).split(". ") if part.strip()]
    reason = parts[0].partition(": ")[2] or parts[0] if parts else type(error).__name__
    cause = parts[1].partition(": ")[2] or parts[1] if len(parts) > 1 else ""
    return SourceUnreadable(f"{what}: {reason}" + (f" ({cause})" if cause else ""))
