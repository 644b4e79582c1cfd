"""Which places of a volume no name leads to: what the orphan scan starts from."""

from collections import deque
from collections.abc import Callable, Iterator

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


def free_heads(
    image: VolumeImage,
    *,
    cluster_count: int,
    cluster_bytes: int,
    offset_of: Callable[[int], int],
    used_page: Callable[[int], bytes],
    head_bytes: int,
) -> Iterator[tuple[int, bytes]]:
    """Yield ``(cluster, its first bytes)`` for the free clusters of a volume, in order.

    Args:
        image: The volume.
        cluster_count: How many clusters, numbered from 2.
        cluster_bytes: Size of one.
        offset_of: Where a cluster begins in the volume.
        used_page: Which of 32,768 clusters are in use, least significant bit first.
        head_bytes: How much of each to give.
    """
    for page in range(-(-cluster_count // _PAGE_CLUSTERS)):
        bits = np.unpackbits(np.frombuffer(used_page(page), np.uint8), bitorder="little")
        first = page * _PAGE_CLUSTERS
        free = np.flatnonzero(bits[: min(_PAGE_CLUSTERS, cluster_count - first)] == 0) + first + 2
        for run in np.split(free, np.flatnonzero(np.diff(free) != 1) + 1):
            if not len(run):
                continue
            start, count = int(run[0]), len(run)
            if cluster_bytes > _WHOLE_CLUSTERS_UP_TO:
                for cluster in range(start, start + count):
                    yield cluster, image.read_at(offset_of(cluster), head_bytes)
                continue
            step = _READ_BYTES // cluster_bytes
            for at in range(start, start + count, step):
                taken = min(step, start + count - at)
                part = image.read_at(offset_of(at), taken * cluster_bytes)
                for number in range(len(part) // cluster_bytes):
                    place = number * cluster_bytes
                    yield at + number, part[place : place + head_bytes]
