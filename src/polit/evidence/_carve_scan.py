"""The scan for beginnings: every byte of the free space, at the speed of memory.

Imported by ``evidence.carve`` alone. ``bytes.find`` looks for one signature at 4 to 5 GB/s: one
pass for each is faster than a regular expression (0.3 GB/s) or one compiled loop for all of them
(1.1 GB/s), and needs no compiler.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from polit.evidence.carving import FreeSpace

WINDOW_BYTES = 4 << 20
"""How much is read at once: large enough for the medium, small enough for the processor's cache."""

_MARGIN_BYTES = 16


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A signature met: where the file would begin, and the carver that knows it."""

    start_bytes: int
    order: int
    carver: str


def find_hits(
    space: FreeSpace,
    signatures: Sequence[tuple[str, bytes, int]],
    start_bytes: int,
    on_progress: Callable[[int], None],
) -> Iterator[Hit]:
    """Yield each place at which a file may begin, in order.

    Args:
        space: The free bytes.
        signatures: A carver's name, the bytes it knows, and how far behind the beginning they
            stand; together at most 16 bytes.
        start_bytes: The first place that may be a beginning.
        on_progress: Told how far it has come, before each read.
    """
    for window in range(start_bytes, space.size_bytes, WINDOW_BYTES):
        on_progress(window)
        data = space.read_at(window, WINDOW_BYTES + _MARGIN_BYTES)
        hits = sorted(
            Hit(window + at, order, name)
            for order, (name, mark, behind) in enumerate(signatures)
            for at in _places(data, mark, behind)
        )
        for hit in hits:
            on_progress(hit.start_bytes)
            yield hit
    on_progress(space.size_bytes)


def _places(data: bytes, mark: bytes, behind: int) -> Iterator[int]:
    stop = WINDOW_BYTES + behind + len(mark) - 1
    at = data.find(mark, behind, stop)
    while at >= 0:
        yield at - behind
        at = data.find(mark, at + 1, stop)
