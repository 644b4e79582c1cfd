"""Which videos are near copies of a better one: each covers the other.

A clip is no copy of the video that it was cut from, nor a montage of its parts: one would hide
what only the other shows. So both coverages count here, and matches with known videos need one.
What stands behind another must be covered almost wholly, frames that are too flat or dark to
compare included: nobody knows what these show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from polit.match.near import NearIndex
from polit.match.near_hits import VALUE_BYTES
from polit.match.stack_columns import MIN_QUALITY, Stackable
from polit.match.videos import FRAME, KnownVideos, shows_one_picture
from polit.model.matching import MatchTerms

COVERAGE_PERCENT = MatchTerms().video_coverage_percent
MEMBER_PERCENT = 95
"""Of all frames kept of a video so many must have their like in the leader. A choice: one in
twenty leaves room for a frame between two scenes, and for a black one at the start.
Behind a leader that shows one picture nothing else may stand.
"""


@dataclass(frozen=True, slots=True)
class Led:
    """The leader of a video.

    Args:
        leader: Its place among the videos.
        distance_bits: The median over the frames of the leader that match; 0 for a leader.
    """

    leader: int
    distance_bits: int


def video_leaders(videos: Sequence[Stackable], *, threshold_bits: int) -> list[Led]:
    """Return for each video the leader that it stands with; a leader stands with itself.

    The first that no leader before it covers becomes a leader; each of the others joins the one
    with which it shares most, then the nearest, then the one of the lower SHA-256.

    Args:
        videos: Each once, best copy first.
        threshold_bits: How far frames that match may lie apart, 0 to 31.
    """
    known = _known(videos, threshold_bits)
    frames = [sum(one.variant == FRAME for one in video.hashes) for video in videos]
    best: dict[int, tuple[int, int, bytes, int]] = {}
    leaders = []
    for place, video in enumerate(videos):
        if place in best:
            continue
        leaders.append(place)
        if video.is_cut_off:
            continue
        least = 100 if shows_one_picture(video.hashes, MIN_QUALITY) else MEMBER_PERCENT
        for hit in known.match_video(video.hashes):
            shared = min(hit.covered_here_percent, hit.covered_known_percent)
            is_shown = 100 * hit.matched_known >= least * frames[hit.record]
            if shared >= COVERAGE_PERCENT and is_shown and hit.record != place:
                joined = -shared, hit.median_distance_bits, video.sha256, place
                best[hit.record] = min(joined, best.get(hit.record, joined))
    led = set(best) - set(leaders)
    return [
        Led(best[place][3], best[place][1]) if place in led else Led(place, 0)
        for place in range(len(videos))
    ]


def _known(videos: Sequence[Stackable], threshold_bits: int) -> KnownVideos:
    """Return the videos as such that others are compared with.

    The times of frames are left out: frames count on both sides alike, and who leads whom does
    not depend on which of two is asked for.
    """
    frames = [
        (place, frame)
        for place, video in enumerate(videos)
        for frame in video.hashes
        if frame.variant == FRAME and not video.is_cut_off
    ]
    packed = b"".join(frame.value for _, frame in frames)
    return KnownVideos(
        NearIndex.over(np.frombuffer(packed, dtype=np.uint8).reshape(-1, VALUE_BYTES)),
        records=np.array([place for place, _ in frames], dtype=np.uint32),
        qualities=np.array([frame.quality for _, frame in frames], dtype=np.uint8),
        terms=MatchTerms(
            near_threshold_bits=threshold_bits,
            min_quality=MIN_QUALITY,
            video_coverage_percent=COVERAGE_PERCENT,
        ),
    )
