"""A byte source that gives signs of life and knows when a read touched bad bytes."""

from collections.abc import Callable

from polit.evidence.source import BadRange, ByteSource, SourceProblem


class WatchedSource:
    """Passes reads on; see ``ByteSource`` for its duties."""

    def __init__(self, source: ByteSource, on_read: Callable[[], None]) -> None:
        """Watch a source; ``on_read`` is called before every read."""
        self._source, self._on_read = source, on_read
        self.touched_code = ""

    @property
    def size_bytes(self) -> int:
        """How many bytes the source has."""
        return self._source.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Read, and note in ``touched_code`` when a bad range lies within the read."""
        self._on_read()
        data = self._source.read_at(offset_bytes, length_bytes)
        for bad in self._source.bad_ranges():
            end = bad.offset_bytes + bad.length_bytes
            if bad.offset_bytes < offset_bytes + length_bytes and offset_bytes < end:
                self.touched_code = bad.code
                break
        return data

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far."""
        return self._source.bad_ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with the source as a whole."""
        return self._source.problems()
