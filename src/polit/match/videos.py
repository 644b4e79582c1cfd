"""Which known videos a video shares pictures with: vPDQ, both coverages stated.

A video is a heap of fingerprints, one a second. Of two videos it is counted how many frames of
each are within the threshold of some frame of the other. The order of frames does not count: a
clip, a montage and a video that was cut are found alike. Source: vPDQ as Meta publishes it.
Imported by ``polit.match`` and the rooms above it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polit.match.known_frames import KnownFrames, Whole
from polit.match.near_hits import VALUE_BYTES, Fingerprints, NearHits
from polit.match.turned import TURNS, turned_values
from polit.model.matching import MatchTerms
from polit.model.media import PerceptualHash

FRAME = "frame"
"""The variant of the fingerprints that count here."""

_QUERIES_AT_ONCE = 256
_STILL_BITS = 20
"""Frames of one still lie closer when they are encoded at H.264's crf 35 or better; at crf 42 some
lie a little farther apart (docs/proof/video_families.json)."""
_MIN_PICTURES = 2

_NONE: Whole = np.empty(0, dtype=np.int64)


class SearchesNear(Protocol):
    """An index over fingerprints, on the disk or in memory."""

    @property
    def values(self) -> Fingerprints:
        """The fingerprints ``(n, 32) uint8``, in their places."""
        ...

    def search(self, queries: Fingerprints, *, threshold_bits: int) -> NearHits:
        """Return every pair within the threshold."""
        ...


@dataclass(frozen=True, slots=True)
class VideoHit:
    """That a video shares pictures with a known one. Only frames of enough quality count.

    Args:
        record: The known video.
        turn: How the video had to be turned, one of ``TURNS``; empty for straight.
        matched_here: How many frames of the video match some frame of the known one.
        frames_here: How many frames it has.
        matched_known: How many seconds of the known video have a frame that matches some frame
            of this one; frames, where nobody says their times.
        frames_known: How many seconds, or frames, of it are known.
        median_distance_bits: The lower median over the frames here that match.
    """

    record: int
    turn: str
    matched_here: int
    frames_here: int
    matched_known: int
    frames_known: int
    median_distance_bits: int

    @property
    def covered_here_percent(self) -> int:
        """How much of the video is in the known one, cut to whole percent."""
        return 100 * self.matched_here // self.frames_here

    @property
    def covered_known_percent(self) -> int:
        """How much of the known video is in this one, cut to whole percent."""
        return 100 * self.matched_known // self.frames_known

    def relation(self, coverage_percent: int) -> str:
        """Tell how the two lie.

        Returns:
            ``whole`` where each covers the other, ``clip`` where this one is part of the known
            one, ``contains`` where the known one is part of this.
        """
        is_part = self.covered_here_percent >= coverage_percent
        holds = self.covered_known_percent >= coverage_percent
        if is_part and holds:
            return "whole"
        return "clip" if is_part else "contains"


@dataclass(frozen=True, slots=True, eq=False)
class _Matched:
    """What of two videos matches: the different fingerprints here, the places of the others."""

    queries: Whole
    places: Whole


class KnownVideos:
    """Videos that others are compared with."""

    def __init__(
        self,
        index: SearchesNear,
        *,
        records: NDArray[np.uint32],
        qualities: NDArray[np.uint8],
        terms: MatchTerms,
        at_ms: NDArray[np.uint32] | None = None,
    ) -> None:
        """Make ready.

        Args:
            index: Over the frames of all known videos.
            records: ``(n,) uint32``, which video each place of the index belongs to.
            qualities: ``(n,) uint8``, PDQ qualities, 255 where nobody says.
            terms: Under what terms frames and videos match.
            at_ms: ``(n,) uint32``, where each frame stands in its video, where that is known.
        """
        self._index, self._terms = index, terms
        self._frames = KnownFrames(records, qualities, at_ms, min_quality=terms.min_quality)

    def match_video(self, frames: Sequence[PerceptualHash]) -> list[VideoHit]:
        """Return the known videos that share enough with a video.

        One coverage must reach the threshold. Where the frames that match show but one picture,
        on either side, this video may show nothing else, and must be covered: a title that two
        videos have in common says nothing of the rest of them, but what a camera that stands
        still saw for some seconds is a clip of what it saw for longer.

        Args:
            frames: The video's fingerprints, in any order; those of other variants are left out.

        Returns:
            The hits, the greatest coverage first, then the least distance, then record and turn;
            a known video stands there once for each turn by which it matches.
        """
        asked = _clear_values(frames, self._terms.min_quality)
        if not len(asked):
            return []
        found = list(self._hits(asked, ""))
        if self._terms.dihedral:
            for turn, values in zip(TURNS, turned_values(asked), strict=True):
                found += self._hits(values, turn)
        return sorted(found, key=_order)

    def _hits(self, asked: Fingerprints, turn: str) -> Iterator[VideoHit]:
        values, times = np.unique(asked, axis=0, return_counts=True)
        (record, query, distance), places = self._pairs(values)
        known = self._frames.records_of(places)
        order = np.argsort(known, kind="stable")
        places, known = places[order], known[order]
        for one in np.unique(record).tolist():
            of_it = slice(*np.searchsorted(record, [one, one + 1]))
            matched = _Matched(query[of_it], places[slice(*np.searchsorted(known, [one, one + 1]))])
            hit = VideoHit(
                record=one,
                turn=turn,
                matched_here=int(times[matched.queries].sum()),
                frames_here=len(asked),
                matched_known=self._frames.seconds_of(one, matched.places),
                frames_known=self._frames.seconds(one),
                median_distance_bits=_median(distance[of_it], times[matched.queries]),
            )
            if self._counts(hit, values, matched):
                yield hit

    def _pairs(self, values: Fingerprints) -> tuple[tuple[Whole, Whole, Whole], Whole]:
        """Return each pair of record and query with its least distance, and the places found.

        Pairs are ordered by record, then query. They are reduced part by part: a still that
        fills many known videos would else give hits without number.
        """
        parts: list[Whole] = [np.empty((3, 0), dtype=np.int64)]
        places = _NONE
        for first in range(0, len(values), _QUERIES_AT_ONCE):
            asked = values[first : first + _QUERIES_AT_ONCE]
            hits = self._index.search(asked, threshold_bits=self._terms.near_threshold_bits)
            is_clear = self._frames.is_clear(hits.place)
            place = hits.place[is_clear]
            record = self._frames.records_of(place)
            query = hits.query[is_clear] + first
            parts.append(_least(record, query, hits.distance_bits[is_clear].astype(np.int64)))
            places = np.union1d(places, place)
        joined = np.concatenate(parts, axis=1)
        joined = joined[:, np.lexsort((joined[1], joined[0]))]
        return (joined[0], joined[1], joined[2]), places

    def _counts(self, hit: VideoHit, asked: Fingerprints, matched: _Matched) -> bool:
        """Tell whether enough is covered, and more than one picture, or all that is shown here."""
        covered = max(hit.covered_here_percent, hit.covered_known_percent)
        if covered < self._terms.video_coverage_percent:
            return False
        here, known = asked[matched.queries], self._index.values[matched.places]
        if _shows_more(here) and _shows_more(known):
            return True
        is_all = hit.covered_here_percent >= self._terms.video_coverage_percent
        return is_all and not _shows_more(asked)


def shows_one_picture(frames: Sequence[PerceptualHash], min_quality: int) -> bool:
    """Tell whether all frames that count are of one picture, but for the noise of encoding."""
    return not _shows_more(_clear_values(frames, min_quality))


def _clear_values(frames: Sequence[PerceptualHash], min_quality: int) -> Fingerprints:
    packed = b"".join(
        frame.value for frame in frames if frame.variant == FRAME and frame.quality >= min_quality
    )
    return np.frombuffer(packed, dtype=np.uint8).reshape(-1, VALUE_BYTES)


def _least(record: Whole, query: Whole, distance: Whole) -> Whole:
    order = np.lexsort((distance, query, record))
    rows: Whole = np.stack((record[order], query[order], distance[order]))
    if not rows.shape[1]:
        return rows
    is_first = np.concatenate(([True], np.any(rows[:2, 1:] != rows[:2, :-1], axis=0)))
    return rows[:, is_first]


def _median(distances: Whole, times: Whole) -> int:
    """Return the lower median of distances that stand for several frames each."""
    order = np.argsort(distances, kind="stable")
    upto = np.cumsum(times[order])
    return int(distances[order][np.searchsorted(upto, (upto[-1] + 1) // 2)])


def _shows_more(values: Fingerprints) -> bool:
    """Tell whether frames show more than one picture: some lie apart by more than noise."""
    kept: list[Fingerprints] = []
    for value in np.unique(values, axis=0):
        if all(int(np.bitwise_count(value ^ other).sum()) > _STILL_BITS for other in kept):
            kept.append(value)
            if len(kept) == _MIN_PICTURES:
                return True
    return False


def _order(hit: VideoHit) -> tuple[int, int, int, str]:
    covered = max(hit.covered_here_percent, hit.covered_known_percent)
    return -covered, hit.median_distance_bits, hit.record, hit.turn
