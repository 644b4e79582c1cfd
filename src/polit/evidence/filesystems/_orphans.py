"""Which places of a volume no name leads to: what the orphan scan starts from."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems._image import VolumeImage

_PAGE_CLUSTERS = 1 << 15
_WHOLE_CLUSTERS_UP_TO = 1 << 12
_READ_BYTES = 1 << 20


def reach_all(root: int, folders_in: Callable[[int], Iterator[int]]) -> set[int]:
    """Return every folder that names lead to, each by a number of its driver's choice.

    A folder that cannot be listed leads nowhere.

    Args:
        root: The root folder's number.
        folders_in: Yields the numbers of the folders in a folder.
    """
    reached, waiting = {root}, deque([root])
    while waiting:
        try:
            for number in folders_in(waiting.popleft()):
                if number not in reached:
                    reached.add(number)
                    waiting.append(number)
        except SourceUnreadable:
            continue
    return reached


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """The clusters of a volume that nothing uses.

    Args:
        image: The volume.
        cluster_count: How many clusters, numbered from 2.
        cluster_bytes: Size of one.
        offset_of: Where a cluster begins in the volume.
        used_page: Which of 32,768 clusters are in use, least significant bit first.
    """

    image: VolumeImage
    cluster_count: int
    cluster_bytes: int
    offset_of: Callable[[int], int]
    used_page: Callable[[int], bytes]

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield first cluster and count of what is free, in order, each within one page."""
        for page in range(-(-self.cluster_count // _PAGE_CLUSTERS)):
            held = np.frombuffer(self.used_page(page), np.uint8)
            bits = np.unpackbits(held, bitorder="little")
            first = page * _PAGE_CLUSTERS
            bits = bits[: min(_PAGE_CLUSTERS, self.cluster_count - first)]
            free = np.flatnonzero(bits == 0) + first + 2
            for run in np.split(free, np.flatnonzero(np.diff(free) != 1) + 1):
                if len(run):
                    yield int(run[0]), len(run)

    def heads(self, head_bytes: int) -> Iterator[tuple[int, bytes]]:
        """Yield ``(cluster, its first bytes)`` for each free cluster, in order."""
        size = self.cluster_bytes
        for start, count in self.runs():
            if size > _WHOLE_CLUSTERS_UP_TO:
                for cluster in range(start, start + count):
                    yield cluster, self.image.read_at(self.offset_of(cluster), head_bytes)
                continue
            for first, part in self._parts(start, count):
                for number in range(len(part) // size):
                    yield first + number, part[number * size : number * size + head_bytes]

    def marked(self, marks: tuple[bytes, ...], *, stride_bytes: int) -> Iterator[int]:
        """Yield where in the volume a record with one of these marks begins, in order.

        Args:
            marks: Four bytes each.
            stride_bytes: Records begin at multiples of it in a cluster; it divides a cluster.
        """
        wanted = np.array([int.from_bytes(mark, "little") for mark in marks], np.uint32)
        for start, count in self.runs():
            for first, part in self._parts(start, count):
                whole = len(part) // stride_bytes * stride_bytes
                words = np.frombuffer(part[:whole], "<u4").reshape(-1, stride_bytes // 4)[:, 0]
                for row in np.flatnonzero(np.isin(words, wanted)).tolist():
                    yield self.offset_of(first) + row * stride_bytes

    def _parts(self, start: int, count: int) -> Iterator[tuple[int, bytes]]:
        step = max(_READ_BYTES // self.cluster_bytes, 1)
        for first in range(start, start + count, step):
            taken = min(step, start + count - first)
            yield first, self.image.read_at(self.offset_of(first), taken * self.cluster_bytes)
