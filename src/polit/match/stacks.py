"""Stacks: contents that look alike, gathered around the best copy, without chains.

Star linkage: each stack has a leader, and each member lies within the threshold of the leader
itself, never of another member alone; so pictures that resemble each other by steps do not end up
together. Imported by the rooms above and by ``polit.match``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polit.match.near_hits import VALUE_BYTES, Fingerprints, NearHits, search_brute
from polit.model.media import PerceptualHash

MIN_QUALITY = 50
"""Pictures of a lower PDQ quality stack by their bytes alone. Source: Meta's PDQ paper."""

SHA256_BYTES = 32
FULL, NEAREST = "full", "nearest512"


@dataclass(frozen=True, slots=True)
class Stackable:
    """A still that may stand in a stack.

    Args:
        sha256: The content, 32 bytes.
        size_bytes: How long it is.
        width_px: Its width, 0 where nobody knows.
        height_px: Its height, likewise.
        hashes: Its fingerprints; empty for what was not decoded, which stands alone.
        occurrences: How often it stands on the exhibits: its exact copies, itself included.
    """

    sha256: bytes
    size_bytes: int
    width_px: int
    height_px: int
    hashes: tuple[PerceptualHash, ...] = ()
    occurrences: int = 1


@dataclass(frozen=True, slots=True)
class StackMember:
    """One content of a stack.

    Args:
        sha256: The content, 32 bytes.
        distance_bits: How far it lies from the leader; 0 for the leader.
        variant: Which fingerprints are so far apart, empty for the leader.
        occurrences: How often it stands on the exhibits.
    """

    sha256: bytes
    distance_bits: int
    variant: str
    occurrences: int


@dataclass(frozen=True, slots=True)
class Stack:
    """Contents that look like their leader.

    Args:
        leader: The content from which distances count, 32 bytes.
        members: All of it, the leader too, best copy first: most pixels, then the better PDQ
            quality, then most bytes, then the lower SHA-256.
    """

    leader: bytes
    members: tuple[StackMember, ...]

    @property
    def occurrences(self) -> int:
        """How many files the stack stands for."""
        return sum(member.occurrences for member in self.members)


def stacks_of(contents: Iterable[Stackable], *, threshold_bits: int = 31) -> list[Stack]:
    """Stack contents; each stands in exactly one stack, alone where nothing is like it.

    Contents are taken best copy first. One that lies within the threshold of no leader becomes
    a leader; then each of the others joins the nearest leader, the lower SHA-256 where two are
    equally near. The order in which contents are given changes nothing.

    Args:
        contents: Each once or, from several packages, several times: occurrences add up.
        threshold_bits: The greatest distance, 0 to 31.

    Returns:
        The stacks, most files first, then by leader.
    """
    columns = _Columns.of(contents)
    leaders = _leaders(columns, threshold_bits)
    joined = _joined(columns, leaders, threshold_bits)
    return _gathered(columns, joined)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Contents side by side, best copy first: 120 bytes each, whatever else is known of them.

    Args:
        sha256: One after the other, 32 bytes each.
        occurrences: ``(n,) int64``.
        values: ``(2, n, 32) uint8``, of all pixels and of the picture reduced to 512 px.
        is_clear: ``(2, n) bool``, whether that fingerprint may stack.
    """

    sha256: NDArray[np.uint8]
    occurrences: NDArray[np.int64]
    values: Fingerprints
    is_clear: NDArray[np.bool_]

    @classmethod
    def of(cls, contents: Iterable[Stackable]) -> "_Columns":
        by_digest: dict[bytes, Stackable] = {}
        times: dict[bytes, int] = {}
        for one in contents:
            times[one.sha256] = times.get(one.sha256, 0) + one.occurrences
            known = by_digest.get(one.sha256)
            if known is None or _rank(one) < _rank(known):
                by_digest[one.sha256] = one
        ordered = sorted(by_digest.values(), key=_rank)
        count = len(ordered)
        values = np.zeros((2, count, VALUE_BYTES), dtype=np.uint8)
        is_clear = np.zeros((2, count), dtype=np.bool_)
        for place, one in enumerate(ordered):
            for number, found in enumerate(_fingerprints(one)):
                if found is not None and found.quality >= MIN_QUALITY:
                    values[number, place] = np.frombuffer(found.value, dtype=np.uint8)
                    is_clear[number, place] = True
        digests = np.frombuffer(b"".join(one.sha256 for one in ordered), dtype=np.uint8)
        return cls(
            digests.reshape(count, SHA256_BYTES),
            np.array([times[one.sha256] for one in ordered], dtype=np.int64),
            values,
            is_clear,
        )


def _fingerprints(one: Stackable) -> tuple[PerceptualHash | None, PerceptualHash | None]:
    """Return the two fingerprints. A picture that is not over 512 px has one, which is both."""
    by_variant = {found.variant: found for found in one.hashes}
    full = by_variant.get(FULL)
    return full, by_variant.get(NEAREST, full)


def _rank(one: Stackable) -> tuple[int, int, int, bytes]:
    quality = max((found.quality for found in one.hashes), default=0)
    return -one.width_px * one.height_px, -quality, -one.size_bytes, one.sha256


def _leaders(columns: _Columns, threshold_bits: int) -> NDArray[np.int64]:
    """Return the places of the leaders, best copy first."""
    count = len(columns.sha256)
    is_led = np.zeros(count, dtype=np.bool_)
    leaders = []
    for place in range(count):
        if not is_led[place]:
            leaders.append(place)
            for number in range(2):
                if columns.is_clear[number, place]:
                    hits = _search(columns, number, columns.values[number, place : place + 1],
                                   threshold_bits)  # fmt: skip
                    is_led[hits.place] = True
    return np.array(leaders, dtype=np.int64)


def _search(columns: _Columns, number: int, queries: Fingerprints, threshold_bits: int) -> NearHits:
    hits = search_brute(columns.values[number], queries, threshold_bits=threshold_bits)
    keep = columns.is_clear[number][hits.place]
    return NearHits(hits.query[keep], hits.place[keep], hits.distance_bits[keep])


def _joined(
    columns: _Columns, leaders: NDArray[np.int64], threshold_bits: int
) -> list[tuple[int, int, str]]:
    """Return for each content its leader's place, the distance, and by which fingerprint."""
    best: list[tuple[int, bytes, int, str]] = [(256, b"", -1, "")] * len(columns.sha256)
    for leader in leaders.tolist():
        best[leader] = (-1, b"", leader, "")
    for leader in leaders.tolist():
        digest = columns.sha256[leader].tobytes()
        for number, variant in enumerate((FULL, NEAREST)):
            if not columns.is_clear[number, leader]:
                continue
            query = columns.values[number, leader : leader + 1]
            hits = _search(columns, number, query, threshold_bits)
            for place, bits in zip(hits.place.tolist(), hits.distance_bits.tolist(), strict=True):
                found = (bits, digest, leader, variant)
                best[place] = min(best[place], found, key=lambda one: one[:2])
    return [(leader, max(bits, 0), variant) for bits, _, leader, variant in best]


def _gathered(columns: _Columns, joined: list[tuple[int, int, str]]) -> list[Stack]:
    members: dict[int, list[StackMember]] = {}
    for place, (leader, bits, variant) in enumerate(joined):
        member = StackMember(
            columns.sha256[place].tobytes(), bits, variant, int(columns.occurrences[place])
        )
        members.setdefault(leader, []).append(member)
    stacks = [
        Stack(columns.sha256[leader].tobytes(), tuple(found)) for leader, found in members.items()
    ]
    return sorted(stacks, key=lambda stack: (-stack.occurrences, stack.leader))
