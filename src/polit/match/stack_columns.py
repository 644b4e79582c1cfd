"""What stacks know of contents, and that side by side: little of each, for a million of them.

Imported by ``polit.match`` and by what reads packages.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.match.near_hits import VALUE_BYTES, Fingerprints
from polit.model.media import PerceptualHash

MIN_QUALITY = 50
"""Pictures of a lower PDQ quality stack by their bytes alone. Source: Meta's PDQ paper."""

FULL, NEAREST = "full", "nearest512"

Whole = NDArray[np.int64]

_SHA256_BYTES = 32


@dataclass(frozen=True, slots=True)
class Stackable:
    """A picture or video that may stand in a stack.

    Args:
        sha256: The content, 32 bytes.
        size_bytes: How long it is.
        width_px: Its width, 0 where nobody knows.
        height_px: Its height, likewise.
        hashes: Its fingerprints; empty for what was not decoded, which stands alone.
        occurrences: How often it stands on the exhibits: its exact copies, itself included.
        frames: How many frames or pages it has. More than one stands alone: a fingerprint tells
            of the first, and what the others show must not hide behind a copy of that.
        is_video: Whether it is a video; these stack by the frames that they share.
        is_decoded: Whether anything of it was seen.
        is_cut_off: Whether parts of a video were not looked at. It stands alone: they must not
            hide behind a copy of the rest.
    """

    sha256: bytes
    size_bytes: int
    width_px: int
    height_px: int
    hashes: tuple[PerceptualHash, ...] = ()
    occurrences: int = 1
    frames: int = 1
    is_video: bool = False
    is_decoded: bool = True
    is_cut_off: bool = False

    @property
    def fingerprints(self) -> tuple[PerceptualHash | None, PerceptualHash | None]:
        """Those that it stacks by: of all pixels, and of the picture reduced to 512 px.

        A picture that is not over 512 px has one, which is both. Flat ones do not count.
        """
        if self.is_video or self.frames > 1:
            return None, None
        by_variant = {one.variant: one for one in self.hashes if one.quality >= MIN_QUALITY}
        full = by_variant.get(FULL)
        return full, by_variant.get(NEAREST, None if self._is_reduced else full)

    @property
    def _is_reduced(self) -> bool:
        return any(one.variant == NEAREST for one in self.hashes)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Contents side by side, each once, best copy first: about 120 bytes each.

    Args:
        sha256: ``(n, 32) uint8``.
        occurrences: ``(n,) int64``.
        values: ``(2, n, 32) uint8``, of all pixels and of the picture reduced to 512 px.
        is_clear: ``(2, n) bool``, whether a content stacks by that fingerprint.
    """

    sha256: Fingerprints
    occurrences: Whole
    values: Fingerprints
    is_clear: NDArray[np.bool_]

    @classmethod
    def of(cls, contents: Iterable[Stackable]) -> "Columns":
        """Read contents one after the other, and order them.

        The best copy has the most pixels, then the better PDQ quality, then the most bytes, then
        the lower SHA-256.
        """
        gathered = _Gathered()
        for one in contents:
            gathered.add(one)
        return gathered.columns()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.sha256)

    def digest(self, place: int) -> bytes:
        """Return the SHA-256 of one."""
        return bytes(self.sha256[place])

    def digest_ranks(self) -> Whole:
        """Return for each content its place in the order of SHA-256."""
        order = np.lexsort(tuple(_words(self.sha256).T[::-1]))
        ranks = np.empty(self.count, dtype=np.int64)
        ranks[order] = np.arange(self.count)
        return ranks


class _Gathered:
    """Contents as they come."""

    def __init__(self) -> None:
        self._digests = bytearray()
        self._values = (bytearray(), bytearray())
        self._is_clear = (bytearray(), bytearray())
        self._ranks = tuple(array("q") for _ in range(3))
        self._times = array("q")

    def add(self, one: Stackable) -> None:
        """Note one."""
        self._digests += one.sha256
        self._times.append(one.occurrences)
        quality = max((found.quality for found in one.hashes), default=0)
        for column, value in zip(
            self._ranks, (one.width_px * one.height_px, quality, one.size_bytes), strict=True
        ):
            column.append(-value)
        for number, found in enumerate(one.fingerprints):
            self._values[number].extend(bytes(VALUE_BYTES) if found is None else found.value)
            self._is_clear[number].append(found is not None)

    def columns(self) -> Columns:
        """Return them ordered; of a content that came several times the best row counts."""
        digests = np.frombuffer(self._digests, dtype=np.uint8).reshape(-1, _SHA256_BYTES)
        words = _words(digests)
        ranks = [np.frombuffer(column, dtype=np.int64) for column in self._ranks]
        values = np.stack([
            np.frombuffer(column, dtype=np.uint8).reshape(-1, VALUE_BYTES)
            for column in self._values
        ])  # fmt: skip
        is_clear = np.stack([np.frombuffer(c, dtype=np.bool_) for c in self._is_clear])
        facts = (*np.ascontiguousarray(values).view("<u8").reshape(2, -1, 4).transpose(0, 2, 1)
                 .reshape(8, -1), *is_clear)  # fmt: skip
        by_digest = np.lexsort((*facts, *ranks[::-1], *words.T[::-1]))
        is_new = np.ones(len(by_digest), dtype=np.bool_)
        is_new[1:] = np.any(words[by_digest[1:]] != words[by_digest[:-1]], axis=1)
        starts = np.flatnonzero(is_new)
        kept = by_digest[starts]
        times = np.frombuffer(self._times, dtype=np.int64)[by_digest]
        summed = np.add.reduceat(times, starts) if len(starts) else times
        order = np.lexsort((*words[kept].T[::-1], *(rank[kept] for rank in ranks[::-1])))
        place = kept[order]
        return Columns(digests[place], summed[order], values[:, place], is_clear[:, place])


def _words(digests: Fingerprints) -> NDArray[np.uint64]:
    """Return digests as four numbers each, in whose order they stand as bytes do."""
    return np.ascontiguousarray(digests).view(">u8").astype(np.uint64).reshape(-1, 4)
