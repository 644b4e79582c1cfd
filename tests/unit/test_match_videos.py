"""Videos by their frames: both coverages, and what does not count."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from plain_index import PlainIndex

from polit.match.turned import TURNS, turned_values
from polit.match.videos import KnownVideos, VideoHit
from polit.model.matching import MatchTerms
from polit.model.media import PerceptualHash

SEED = 20_261_126


def flipped(value: bytes, bits: int, draw: random.Random) -> bytes:
    """Return a fingerprint that differs in so many bits."""
    whole = int.from_bytes(value, "big")
    for place in draw.sample(range(256), bits):
        whole ^= 1 << place
    return whole.to_bytes(32, "big")


def frames(values: Sequence[bytes], *, quality: int = 90) -> list[PerceptualHash]:
    """Return the fingerprints of a video, one a second."""
    return [PerceptualHash("pdq", "frame", v, quality, n, 1000 * n) for n, v in enumerate(values)]


def known(
    videos: Sequence[Sequence[bytes]], *, qualities: Sequence[int] = (), **terms: int
) -> KnownVideos:
    """Return known videos, record by record."""
    values = b"".join(value for video in videos for value in video)
    records = [record for record, video in enumerate(videos) for _ in video]
    return KnownVideos(
        PlainIndex(np.frombuffer(values, dtype=np.uint8).reshape(-1, 32)),
        records=np.array(records, dtype=np.uint32),
        qualities=np.array(qualities or [90] * len(records), dtype=np.uint8),
        terms=MatchTerms(**terms),  # type: ignore[arg-type]
    )


@pytest.fixture
def draw() -> random.Random:
    return random.Random(SEED)


def a_video(draw: random.Random, seconds: int = 20) -> list[bytes]:
    """Return frames that share nothing."""
    return [draw.randbytes(32) for _ in range(seconds)]


def covered(hit: VideoHit) -> tuple[int, int]:
    """Return both coverages."""
    return hit.covered_here_percent, hit.covered_known_percent


def test_the_same_video_is_covered_both_ways(draw: random.Random) -> None:
    video = a_video(draw)
    changed = [flipped(value, n, draw) for n, value in enumerate(video)]

    (hit,) = known([a_video(draw), video]).match_video(frames(changed))

    assert (hit.record, covered(hit), hit.relation(80)) == (1, (100, 100), "whole")
    assert hit.median_distance_bits == 9


def test_a_clip_is_covered_though_the_known_video_is_not(draw: random.Random) -> None:
    video = a_video(draw)

    (hit,) = known([video]).match_video(frames(video[8:12]))

    assert (covered(hit), hit.relation(80)) == ((100, 20), "clip")
    assert (hit.matched_here, hit.frames_here, hit.matched_known, hit.frames_known) == (4, 4, 4, 20)


def test_a_known_video_inside_a_longer_one_is_found(draw: random.Random) -> None:
    video = a_video(draw, 5)

    (hit,) = known([video]).match_video(frames([*a_video(draw), *video, *a_video(draw)]))

    assert (covered(hit), hit.relation(80)) == ((11, 100), "contains")


def test_less_than_the_threshold_is_no_match(draw: random.Random) -> None:
    video, other = a_video(draw, 10), a_video(draw, 10)

    assert known([video]).match_video(frames([*video[:7], *other[:3]])) == []
    assert known([video]).match_video(frames([*video[:8], *other[:2]]))
    assert known([video], video_coverage_percent=70).match_video(frames([*video[:7], *other[:3]]))


def test_the_threshold_of_frames_is_that_of_the_terms(draw: random.Random) -> None:
    video = a_video(draw)
    changed = frames([flipped(value, 12, draw) for value in video])

    assert known([video], near_threshold_bits=12).match_video(changed)
    assert known([video], near_threshold_bits=11).match_video(changed) == []


def test_frames_of_low_quality_count_on_neither_side(draw: random.Random) -> None:
    video, flat = a_video(draw, 8), a_video(draw, 8)
    qualities = [90] * 8 + [49] * 8
    asked = [*frames(video), *frames(a_video(draw, 30), quality=49)]

    (hit,) = known([[*video, *flat]], qualities=qualities).match_video(asked)

    assert (hit.frames_here, hit.frames_known, covered(hit)) == (8, 8, (100, 100))
    assert known([[*video, *flat]], qualities=qualities).match_video(frames(flat)) == []
    assert known([video], qualities=[255] * 8).match_video(frames(video)), "unknown counts"


def test_black_videos_match_nothing(draw: random.Random) -> None:
    black = frames([bytes(32)] * 50, quality=0)

    assert known([[bytes(32)] * 50], qualities=[0] * 50).match_video(black) == []
    assert known([a_video(draw)]).match_video([]) == []


def test_a_title_that_videos_share_makes_no_match(draw: random.Random) -> None:
    title = draw.randbytes(32)

    def titled(of: int) -> list[bytes]:
        return [*(flipped(title, n % 4, draw) for n in range(of)), *a_video(draw, 4)]

    listed = known([titled(40), titled(3), [title] * 5])

    assert [hit.record for hit in listed.match_video(frames(titled(40)))] == []


def test_a_video_of_one_still_is_a_clip_of_whatever_shows_it(draw: random.Random) -> None:
    still = draw.randbytes(32)

    def shown(seconds: int) -> list[bytes]:
        return [flipped(still, n % 4, draw) for n in range(seconds)]

    listed = known([shown(30), [*shown(30), *a_video(draw, 10)], shown(2)])

    assert [hit.record for hit in listed.match_video(frames(shown(9)))] == [0, 1, 2]
    longer = frames([*shown(9), *a_video(draw, 1)])
    assert listed.match_video(longer) == [], "it shows more than the picture that matches"


def test_frames_of_known_videos_may_lie_in_any_order(draw: random.Random) -> None:
    videos = [a_video(draw), a_video(draw), [draw.randbytes(32)] * 9]
    mixed = [(record, value) for record, video in enumerate(videos) for value in video]
    draw.shuffle(mixed)
    listed = KnownVideos(
        PlainIndex(np.frombuffer(b"".join(v for _, v in mixed), dtype=np.uint8).reshape(-1, 32)),
        records=np.array([record for record, _ in mixed], dtype=np.uint32),
        qualities=np.full(len(mixed), 90, dtype=np.uint8),
        terms=MatchTerms(),
    )

    for record, video in enumerate(videos):
        (hit,) = listed.match_video(frames(video))

        assert (hit.record, covered(hit)) == (record, (100, 100))


def test_frames_that_stand_twice_count_twice(draw: random.Random) -> None:
    video = a_video(draw, 4)
    doubled = [value for value in video for _ in range(2)]

    (hit,) = known([doubled]).match_video(frames([*doubled, draw.randbytes(32)]))

    assert (hit.matched_here, hit.frames_here) == (8, 9)
    assert (hit.matched_known, hit.frames_known) == (8, 8)


def test_mirrored_videos_match_when_turned_ones_are_asked_for(draw: random.Random) -> None:
    video = np.frombuffer(b"".join(a_video(draw)), dtype=np.uint8).reshape(-1, 32)
    mirrored = turned_values(video)[TURNS.index("flip_left_right")]
    asked = frames([value.tobytes() for value in mirrored])
    listed = [[value.tobytes() for value in video]]

    assert known(listed).match_video(asked) == []
    (hit,) = known(listed, dihedral=True).match_video(asked)
    assert (hit.turn, covered(hit)) == ("flip_left_right", (100, 100))


def test_turns_undo_themselves(draw: random.Random) -> None:
    values = np.frombuffer(draw.randbytes(32 * 50), dtype=np.uint8).reshape(-1, 32)
    turned = dict(zip(TURNS, turned_values(values), strict=True))
    back = {"rotate90": "rotate270", "rotate270": "rotate90"}

    for name, once in turned.items():
        twice = dict(zip(TURNS, turned_values(once), strict=True))[back.get(name, name)]

        assert np.array_equal(twice, values), name


def test_hits_are_those_of_counting_each_pair(draw: random.Random) -> None:
    pool = a_video(draw, 30)
    videos = [
        [flipped(draw.choice(pool), draw.randrange(36), draw) for _ in range(draw.randrange(1, 20))]
        for _ in range(30)
    ]
    listed = known(videos, video_coverage_percent=50)

    for asked in videos:
        got = {hit.record: hit for hit in listed.match_video(frames(asked))}

        for record, video in enumerate(videos):
            near = [
                [(int.from_bytes(a) ^ int.from_bytes(b)).bit_count() <= 31 for b in video]
                for a in asked
            ]
            here = sum(map(any, near))
            there = sum(map(any, zip(*near, strict=True)))
            reached = (2 * here >= len(asked)) + (2 * there >= len(video))
            if record in got:
                hit = got[record]
                assert (hit.matched_here, hit.matched_known) == (here, there)
                assert (hit.frames_here, hit.frames_known) == (len(asked), len(video))
                assert reached
            else:
                assert reached < 2
    assert listed.match_video(frames(videos[3]))[0].record == 3


def test_seconds_of_known_videos_count_once_however_many_frames_are_listed(
    draw: random.Random,
) -> None:
    seconds = a_video(draw, 10)
    every = [flipped(value, 3 * n, draw) for value in seconds for n in range(25)]
    listed = KnownVideos(
        PlainIndex(np.frombuffer(b"".join(every), dtype=np.uint8).reshape(-1, 32)),
        records=np.zeros(250, dtype=np.uint32),
        qualities=np.full(250, 90, dtype=np.uint8),
        terms=MatchTerms(),
        at_ms=(np.arange(250) * 40 - np.arange(250) % 25 * 25).astype(np.uint32),
    )

    (hit,) = listed.match_video(frames([*seconds[:9], *a_video(draw, 60)]))

    assert (hit.matched_known, hit.frames_known, covered(hit)) == (9, 10, (13, 90))


def test_frames_whose_times_nobody_says_count_each(draw: random.Random) -> None:
    video = a_video(draw, 6)
    listed = KnownVideos(
        PlainIndex(np.frombuffer(b"".join(video), dtype=np.uint8).reshape(-1, 32)),
        records=np.zeros(6, dtype=np.uint32),
        qualities=np.full(6, 90, dtype=np.uint8),
        terms=MatchTerms(),
        at_ms=np.zeros(6, dtype=np.uint32),
    )

    (hit,) = listed.match_video(frames(video))

    assert (hit.matched_known, hit.frames_known) == (6, 6)


def test_the_order_of_frames_changes_nothing(draw: random.Random) -> None:
    video = a_video(draw)
    listed = known([video, video[:5], a_video(draw)])
    asked = frames(video)
    wanted = listed.match_video(asked)
    draw.shuffle(asked)

    assert listed.match_video(asked) == wanted
    assert [hit.record for hit in wanted] == [0, 1]
