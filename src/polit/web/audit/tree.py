"""The Merkle tree over all events (RFC 9162, section 2.1), SHA-256. Pure: no Django, no files.

A log grows by leaves alone. A *frontier* is what must be kept to go on: the roots of the perfect
subtrees that the present size is made of, at most one for each bit of it.
"""

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf. Source: RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node. Source: RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree as far as it must be known to append to it and to tell its root."""

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Go on from a size and its peaks, the largest subtree first; begin empty without them.

        Raises:
            ValueError: A tree of this size has another number of peaks.
        """
        self._size, self._peaks = size, list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks")

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the perfect subtrees, the largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        self._size += 1
        merged, rest = leaf, self._size
        while rest % 2 == 0:
            merged = node_hash(self._peaks.pop(), merged)
            rest //= 2
        self._peaks.append(merged)

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def prove_inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path from a leaf to the root, its sibling first. Source: RFC 9162, 2.1.3.1.

    Args:
        leaves: Hashes of all leaves of the tree.
        index: The leaf's place, from 0.

    Raises:
        ValueError: There is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves has no leaf {index}")
    start, end = 0, len(leaves)
    path = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[start:middle]))
            start = middle
    return path[::-1]


def holds_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path proves that a leaf stands in a tree. Source: RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            here, last = _above_right_edge(here, last)
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def prove_consistency(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that a tree only grew since an older size. Source: RFC 9162, 2.1.4.1.

    Args:
        leaves: Hashes of all leaves of the newer tree.
        old_size: The number of leaves of the older one, at least 1.

    Raises:
        ValueError: The older tree is empty or larger.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"no proof leads from {old_size} to {len(leaves)} leaves")
    start, end, is_whole = 0, len(leaves), True
    path = []
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(root_of(leaves[middle:end]))
            end = middle
        else:
            path.append(root_of(leaves[start:middle]))
            start, is_whole = middle, False
    if not is_whole:
        path.append(root_of(leaves[start:end]))
    return path[::-1]


def holds_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Tell whether a path proves that one tree continues another. Source: RFC 9162, 2.1.4.2.

    Args:
        old: Size and root of the older tree, size at least 1.
        new: Size and root of the newer one.
        path: What ``prove_consistency`` returned.
    """
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size == new_size:
        return not path and old_root == new_root and old_size > 0
    whole = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    if not 0 < old_size < new_size or not path:
        return False
    here, last = old_size - 1, new_size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    return _climb(here, last, whole) == (old_root, new_root)


def _climb(here: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return both roots that a consistency path leads to; ``None`` where it does not end there."""
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            here, last = _above_right_edge(here, last)
        else:
            new = node_hash(new, sibling)
        here, last = here >> 1, last >> 1
    return (old, new) if last == 0 else None


def _above_right_edge(here: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a node at the right edge has no sibling."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
