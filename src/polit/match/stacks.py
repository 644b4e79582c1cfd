"""Stacks: contents that look alike, gathered around the best copy, without chains.

Star linkage: each stack has a leader, and each member lies within the threshold of the leader
itself, never of another member alone; so pictures that resemble each other by steps do not end up
together. Imported by the rooms above and by ``polit.match``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from polit.match.near_hits import (
    MAX_THRESHOLD_BITS,
    Fingerprints,
    check_threshold,
    search_brute,
)
from polit.match.near_live import LiveIndex
from polit.match.stack_columns import FULL, NEAREST, Columns, Stackable, Whole
from polit.match.video_stacks import video_leaders
from polit.match.videos import FRAME

__all__ = ["Stack", "StackMember", "Stackable", "stacks_of"]

_BATCH = 1024
_NONE: Whole = np.empty(0, dtype=np.int64)
_NO_ROWS: Whole = np.empty((5, 0), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class StackMember:
    """One content of a stack.

    Args:
        sha256: The content, 32 bytes.
        distance_bits: How far it lies from the leader; 0 for the leader. Of a video the median
            over the leader's frames that match.
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
            quality (of a video the most frames), then most bytes, then the lower SHA-256.
    """

    leader: bytes
    members: tuple[StackMember, ...]

    @property
    def occurrences(self) -> int:
        """How many files the stack stands for."""
        return sum(member.occurrences for member in self.members)


def stacks_of(
    contents: Iterable[Stackable], *, threshold_bits: int = MAX_THRESHOLD_BITS
) -> list[Stack]:
    """Stack contents; each stands in exactly one stack, alone where nothing is like it.

    Contents are taken best copy first. One that lies within the threshold of no leader becomes
    a leader; then each of the others joins the nearest leader, the lower SHA-256 where two are
    equally near. Videos stand together where each covers the other. The order in which contents
    are given changes nothing.

    Args:
        contents: Each once or, from several packages, several times: occurrences add up.
        threshold_bits: The greatest distance, 0 to 31.

    Returns:
        The stacks, most files first, then by leader.

    Raises:
        UsageError: The threshold is wrong.
    """
    check_threshold(threshold_bits)
    videos: list[Stackable] = []
    columns = Columns.of(_without_videos(contents, videos))
    is_leader, leaders = _chosen(columns, threshold_bits)
    joined = _joined(columns, is_leader, leaders, threshold_bits)
    found = [*_gathered(columns, joined), *_of_videos(videos, threshold_bits)]
    return sorted(found, key=lambda stack: (-stack.occurrences, stack.leader))


def _without_videos(contents: Iterable[Stackable], videos: list[Stackable]) -> Iterator[Stackable]:
    """Yield the stills as they come, and put the videos aside."""
    for one in contents:
        if one.is_video:
            videos.append(one)
        else:
            yield one


def _of_videos(videos: Iterable[Stackable], threshold_bits: int) -> list[Stack]:
    """Stack videos: best copy first, the most frames before the most bytes."""
    times: dict[bytes, int] = {}
    for one in videos:
        times[one.sha256] = times.get(one.sha256, 0) + one.occurrences
    ordered: list[Stackable] = []
    for one in sorted(videos, key=_rank_of_video):
        if not ordered or ordered[-1].sha256 != one.sha256:
            ordered.append(one)
    members: dict[int, list[StackMember]] = {}
    for place, led in enumerate(video_leaders(ordered, threshold_bits=threshold_bits)):
        digest = ordered[place].sha256
        variant = "" if led.leader == place else FRAME
        member = StackMember(digest, led.distance_bits, variant, times[digest])
        members.setdefault(led.leader, []).append(member)
    return [Stack(ordered[leader].sha256, tuple(found)) for leader, found in members.items()]


def _rank_of_video(one: Stackable) -> tuple[int, int, int, bytes]:
    return -one.width_px * one.height_px, -len(one.hashes), -one.size_bytes, one.sha256


class _Leaders:
    """The leaders by one of the two fingerprints."""

    def __init__(self) -> None:
        self._index = LiveIndex()
        self._places: list[Whole] = []

    def add(self, values: Fingerprints, places: Whole) -> None:
        """Add leaders, with their places among the contents."""
        self._index.add(values)
        self._places.append(places)

    def search(self, queries: Fingerprints, threshold_bits: int) -> tuple[Whole, Whole, Whole]:
        """Return query, place among the contents and distance of each leader near enough."""
        if not self._places or not len(queries):
            return _NONE, _NONE, _NONE
        if len(self._places) > 1:
            self._places = [np.concatenate(self._places)]
        hits = self._index.search(queries, threshold_bits=threshold_bits)
        return hits.query, self._places[0][hits.place], hits.distance_bits.astype(np.int64)


def _chosen(
    columns: Columns, threshold_bits: int
) -> tuple[NDArray[np.bool_], tuple[_Leaders, _Leaders]]:
    """Choose the leaders: best copy first, each farther than the threshold from those before.

    Contents come in batches, of which each is compared with the leaders so far and with itself;
    how large the batches are changes nothing.
    """
    is_led = np.zeros(columns.count, dtype=np.bool_)
    leaders = (_Leaders(), _Leaders())
    for first in range(0, columns.count, _BATCH):
        batch = np.arange(first, min(first + _BATCH, columns.count))
        for number, found in enumerate(leaders):
            asked = batch[columns.is_clear[number, batch]]
            query, _, _ = found.search(columns.values[number, asked], threshold_bits)
            is_led[asked[query]] = True
        new = _chosen_among(columns, batch[~is_led[batch]], threshold_bits)
        is_led[np.setdiff1d(batch, new)] = True
        for number, found in enumerate(leaders):
            clear = new[columns.is_clear[number, new]]
            found.add(columns.values[number, clear], clear)
    return ~is_led, leaders


def _chosen_among(columns: Columns, places: Whole, threshold_bits: int) -> Whole:
    """Return those of some places that lead, where no leader from before is near any of them."""
    near: dict[int, list[int]] = {}
    for number in range(2):
        asked = places[columns.is_clear[number, places]]
        values = columns.values[number, asked]
        hits = search_brute(values, values, threshold_bits=threshold_bits)
        is_later = hits.place > hits.query
        for one, other in zip(
            asked[hits.query[is_later]].tolist(), asked[hits.place[is_later]].tolist(), strict=True
        ):
            near.setdefault(one, []).append(other)
    led: set[int] = set()
    for place in places.tolist():
        if place not in led:
            led.update(near.get(place, ()))
    return places[~np.isin(places, np.array(sorted(led), dtype=np.int64))]


def _joined(
    columns: Columns,
    is_leader: NDArray[np.bool_],
    leaders: tuple[_Leaders, _Leaders],
    threshold_bits: int,
) -> tuple[Whole, Whole, Whole]:
    """Return for each content its leader's place, the distance, and by which fingerprint."""
    leader = np.arange(columns.count)
    bits, variant = np.zeros((2, columns.count), dtype=np.int64)
    rank = columns.digest_ranks()
    others = np.flatnonzero(~is_leader)
    for first in range(0, len(others), _BATCH):
        batch = others[first : first + _BATCH]
        rows = [_NO_ROWS]
        for number, found in enumerate(leaders):
            asked = batch[columns.is_clear[number, batch]]
            query, place, distance = found.search(columns.values[number, asked], threshold_bits)
            rows.append(np.stack((asked[query], distance, rank[place], np.full_like(place, number),
                                  place)))  # fmt: skip
        joined = np.concatenate(rows, axis=1)
        joined = joined[:, np.lexsort(joined[3::-1])]
        member, at = np.unique(joined[0], return_index=True)
        bits[member], variant[member], leader[member] = joined[1, at], joined[3, at], joined[4, at]
    return leader, bits, variant


def _gathered(columns: Columns, joined: tuple[Whole, Whole, Whole]) -> Iterator[Stack]:
    """Yield the stacks one after the other: a million of them are held once, as what is told."""
    order = np.argsort(joined[0], kind="stable")
    for leader, rows in groupby(_rows(columns, joined, order), key=itemgetter(0)):
        digest = columns.digest(leader)
        members = [
            StackMember(digest, bits, "", times)
            if place == leader
            else StackMember(columns.digest(place), bits, (FULL, NEAREST)[number], times)
            for _, place, bits, number, times in rows
        ]
        yield Stack(digest, tuple(members))


def _rows(
    columns: Columns, joined: tuple[Whole, Whole, Whole], order: Whole
) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield leader, place, distance, fingerprint and occurrences of each content, by leader."""
    leader, bits, number = joined
    for first in range(0, len(order), _BATCH):
        some = order[first : first + _BATCH]
        facts = (leader[some], some, bits[some], number[some], columns.occurrences[some])
        yield from zip(*(column.tolist() for column in facts), strict=True)
