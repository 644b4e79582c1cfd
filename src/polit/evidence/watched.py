"""A byte source that gives a sign of life with every read, and tells which contents are damaged."""

from collections.abc import Callable, Sequence

from polit.evidence.source import BadRange, ByteSource, SourceProblem


class WatchedSource:
    """Passes reads on; see ``ByteSource`` for its duties."""

    def __init__(self, source: ByteSource, on_read: Callable[[], None]) -> None:
        """Watch a source; ``on_read`` is called before every read."""
        self._source, self._on_read = source, on_read

    @property
    def size_bytes(self) -> int:
        """How many bytes the source has."""
        return self._source.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Read a range."""
        self._on_read()
        return self._source.read_at(offset_bytes, length_bytes)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far."""
        return self._source.bad_ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with the source as a whole."""
        return self._source.problems()


def damage_code(
    places: Sequence[tuple[int, int]], bad_ranges: Sequence[BadRange], *, size_bytes: int
) -> str:
    """Return the code of the first bad range that a content lies on, empty where there is none.

    Args:
        places: Where the content lies in the source, ``(offset_bytes, length_bytes)``. Which
            reads a content caused would not do: drivers cache blocks, and read beyond.
        bad_ranges: The bad ranges of the source, in order, without overlap.
        size_bytes: The content's size: what lies behind it in its last cluster is not its own.
    """
    left = size_bytes
    for offset, length in places:
        end = offset + min(length, left)
        left -= min(length, left)
        for bad in bad_ranges:
            if offset < bad.offset_bytes + bad.length_bytes and bad.offset_bytes < end:
                return bad.code
    return ""
