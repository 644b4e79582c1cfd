"""What a near search gives, and the plain search that every faster one must equal.

Imported by ``polit.match`` alone. Hamming distance counts the bits in which two fingerprints
differ. Source: Meta's PDQ paper, which calls two pictures alike up to 31 bits of 256.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.base.errors import UsageError

VALUE_BYTES = 32
MAX_THRESHOLD_BITS = 31
_BLOCK = 1 << 14

Fingerprints = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class NearHits:
    """Pairs within a threshold, ordered by query, distance, place; none stands there twice.

    Args:
        query: ``(m,) int64``, the place of the asking fingerprint among the queries.
        place: ``(m,) int64``, the place of the found one among the values of the index.
        distance_bits: ``(m,) uint8``, in how many of 256 bits the two differ.
    """

    query: NDArray[np.int64]
    place: NDArray[np.int64]
    distance_bits: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.query)

    @classmethod
    def ordered(cls, parts: Iterable["NearHits"]) -> "NearHits":
        """Join parts that share no pair, in the order that all hits have."""
        joined = tuple(parts)
        query = np.concatenate([_NONE_WHOLE, *(part.query for part in joined)])
        place = np.concatenate([_NONE_WHOLE, *(part.place for part in joined)])
        distance = np.concatenate([_NONE_BYTES, *(part.distance_bits for part in joined)])
        order = np.lexsort((place, distance, query))
        return cls(query[order], place[order], distance[order])


_NONE_WHOLE = np.empty(0, dtype=np.int64)
_NONE_BYTES = np.empty(0, dtype=np.uint8)


def search_brute(values: Fingerprints, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
    """Compare every query with every value: the oracle, in NumPy alone.

    Args:
        values: ``(n, 32) uint8``.
        queries: ``(q, 32) uint8``.
        threshold_bits: The greatest distance that counts, 0 to 31.

    Returns:
        Every pair within the threshold.

    Raises:
        UsageError: The threshold or a shape is wrong.
    """
    check_threshold(threshold_bits)
    known, asked = words_of(values), words_of(queries)
    parts = []
    for number, words in enumerate(asked):
        for first in range(0, len(known), _BLOCK):
            differing = np.bitwise_count(known[first : first + _BLOCK] ^ words)
            distance = differing.sum(axis=1, dtype=np.uint16)
            found = np.flatnonzero(distance <= threshold_bits)
            if len(found):
                query = np.full(len(found), number, dtype=np.int64)
                bits = distance[found].astype(np.uint8)
                parts.append(NearHits(query, found + np.int64(first), bits))
    return NearHits.ordered(parts)


def check_threshold(threshold_bits: int) -> None:
    """Refuse a threshold that the index is not exact for.

    Raises:
        UsageError: It is none of 0 to 31.
    """
    if not 0 <= threshold_bits <= MAX_THRESHOLD_BITS:
        raise UsageError(f"near threshold {threshold_bits}: give 0 to {MAX_THRESHOLD_BITS} bits")


def words_of(values: Fingerprints) -> NDArray[np.uint64]:
    """Return fingerprints ``(n, 32) uint8`` as ``(n, 4) uint64``, without a copy where it can be.

    Raises:
        UsageError: The shape or the type is another.
    """
    if values.dtype != np.uint8 or values.ndim != 2 or values.shape[1] != VALUE_BYTES:
        raise UsageError(f"fingerprints are (n, 32) uint8, not {values.shape} {values.dtype}")
    return np.ascontiguousarray(values).view("<u8")
