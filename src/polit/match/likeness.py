"""What contents resemble in one hash set: fingerprints within a threshold, nearest first.

Imported by ``polit.match`` alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from polit.match.near_hits import VALUE_BYTES, Fingerprints, NearHits
from polit.match.open_set import NearKeys, OpenSet
from polit.match.turned import TURNS, turned_values
from polit.match.videos import FRAME, KnownVideos
from polit.model.matching import MatchTerms
from polit.model.media import PerceptualHash

if TYPE_CHECKING:
    from polit.match.videos import VideoHit

Hashed = tuple[tuple[PerceptualHash, ...], bool]
"""The fingerprints of one content, and whether it is a video."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """That a content resembles a record.

    Args:
        place: The content's place among those that were asked for.
        record: The record's number.
        algorithm: ``pdq``, or ``vpdq`` where the record is of a video.
        variant: Which fingerprint of the content it was.
        distance_bits: Of the nearest pair of fingerprints.
        others: How many more records of the set resemble it by this algorithm and variant.
        covered_here_percent: Of a video, how much of its frames match; else ``None``.
        covered_known_percent: Of a video, how much of the known video's frames match.
    """

    place: int
    record: int
    algorithm: str
    variant: str
    distance_bits: int
    others: int
    covered_here_percent: int | None = None
    covered_known_percent: int | None = None


class NearSet:
    """The fingerprints of one open hash set, ready to be compared with."""

    def __init__(self, known: OpenSet, terms: MatchTerms) -> None:
        """Make ready; the set stays the caller's to close."""
        self._pdq, self._frames, self._terms = known.pdq, known.frames, terms
        self._videos = None if known.frames is None else _known_videos(known.frames, terms)

    def likenesses(self, contents: Sequence[Hashed], *, most: int) -> Iterator[Likeness]:
        """Yield what contents resemble in the set, the nearest ``most`` of each way of matching.

        Stills and frames of videos are compared with the set's pictures, stills also with the
        frames of its videos, videos as a whole with its videos.
        """
        if self._pdq is not None:
            yield from _single(self._pdq, _Queries(contents, self._terms), "pdq", most)
        if self._frames is not None:
            stills = [((), True) if is_video else (hashes, False) for hashes, is_video in contents]
            yield from _single(self._frames, _Queries(stills, self._terms), "vpdq", most)
        if self._videos is not None:
            for place, (hashes, is_video) in enumerate(contents):
                if is_video:
                    yield from _whole(self._videos, place, hashes, most)


class _Searched:
    """An index seen without what is switched off in its set."""

    def __init__(self, keys: NearKeys) -> None:
        self._keys = keys

    @property
    def values(self) -> Fingerprints:
        return self._keys.index.values

    def search(self, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
        return self._keys.search(queries, threshold_bits=threshold_bits)


def _known_videos(keys: NearKeys, terms: MatchTerms) -> KnownVideos:
    return KnownVideos(
        _Searched(keys),
        records=keys.records,
        qualities=keys.qualities,
        at_ms=keys.at_ms,
        terms=terms,
    )


def _whole(
    videos: KnownVideos, place: int, hashes: Sequence[PerceptualHash], most: int
) -> Iterator[Likeness]:
    """Compare one video as a whole; the hits come with the greatest coverage first."""
    by_turn: dict[str, list[VideoHit]] = {}
    for hit in videos.match_video(hashes):
        by_turn.setdefault(hit.turn, []).append(hit)
    for turn, hits in sorted(by_turn.items()):
        for hit in hits[:most]:
            yield Likeness(
                place=place,
                record=hit.record,
                algorithm="vpdq",
                variant=f"{FRAME}+{turn}" if turn else FRAME,
                distance_bits=hit.median_distance_bits,
                others=max(0, len(hits) - most),
                covered_here_percent=hit.covered_here_percent,
                covered_known_percent=hit.covered_known_percent,
            )


class _Queries:
    """The fingerprints that are asked for, side by side, and whose they are."""

    def __init__(self, contents: Sequence[Hashed], terms: MatchTerms) -> None:
        self.terms = terms
        rows: list[tuple[int, str, bytes]] = []
        for place, (hashes, _) in enumerate(contents):
            for one in hashes:
                if one.quality >= terms.min_quality:
                    rows.append((place, one.variant, one.value))
                    rows += _turned(place, one) if terms.dihedral else []
        self.variants = sorted({variant for _, variant, _ in rows})
        number = {variant: index for index, variant in enumerate(self.variants)}
        self.places = np.array([place for place, _, _ in rows], dtype=np.int64)
        self.kinds = np.array([number[variant] for _, variant, _ in rows], dtype=np.int64)
        packed = b"".join(value for _, _, value in rows)
        self.values = np.frombuffer(packed, dtype=np.uint8).reshape(-1, VALUE_BYTES)


def _turned(place: int, one: PerceptualHash) -> list[tuple[int, str, bytes]]:
    """Return the turned fingerprints; a frame of a video keeps none, so they are worked out."""
    straight = np.frombuffer(one.value, dtype=np.uint8).reshape(1, VALUE_BYTES)
    packed = one.dihedral or turned_values(straight).tobytes()
    return [
        (place, f"{one.variant}+{turn}", packed[at : at + VALUE_BYTES])
        for turn, at in zip(TURNS, range(0, len(packed), VALUE_BYTES), strict=True)
    ]


def _single(keys: NearKeys, asked: _Queries, algorithm: str, most: int) -> Iterator[Likeness]:
    """Compare single fingerprints; of a record that matches several times the nearest counts."""
    if not len(asked.values):
        return
    hits = keys.search(asked.values, threshold_bits=asked.terms.near_threshold_bits)
    is_clear = keys.qualities[hits.place] >= asked.terms.min_quality  # unknown is 255
    query, place = hits.query[is_clear], hits.place[is_clear]
    content, kind = asked.places[query], asked.kinds[query]
    record = np.asarray(keys.records, dtype=np.int64)[place]
    distance = hits.distance_bits[is_clear].astype(np.int64)
    rows = _nearest(np.stack((content, kind, distance, record)))
    counts = _ranked(rows)
    for (content_, kind_, distance_, record_), (rank, size) in zip(
        rows.T.tolist(), counts.T.tolist(), strict=True
    ):
        if rank < most:
            others = max(0, size - most)
            yield Likeness(content_, record_, algorithm, asked.variants[kind_], distance_, others)


def _nearest(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep each record once for a content and variant; order by those, distance, record."""
    content, kind, distance, record = rows
    rows = rows[:, np.lexsort((distance, record, kind, content))]
    same = np.all(rows[[0, 1, 3], 1:] == rows[[0, 1, 3], :-1], axis=0)
    rows = rows[:, np.concatenate((np.ones(min(1, rows.shape[1]), dtype=np.bool_), ~same))]
    content, kind, distance, record = rows
    return rows[:, np.lexsort((record, distance, kind, content))]


def _ranked(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row its rank within its content and variant, and how many these have."""
    if not rows.shape[1]:
        return np.empty((2, 0), dtype=np.int64)
    begins = np.concatenate(([True], np.any(rows[:2, 1:] != rows[:2, :-1], axis=0)))
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, rows.shape[1]))
    ranks = np.arange(rows.shape[1]) - np.repeat(starts, sizes)
    return np.stack((ranks, np.repeat(sizes, sizes)))
