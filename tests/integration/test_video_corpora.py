"""Videos of the public corpora: known frames, published fingerprints, oddities."""

import re
from pathlib import Path

import pytest
from made_videos import held
from prove.prove_vpdq import bits_apart, compare, published, videos

from polit.decode import pdq
from polit.decode.refusal import Refused
from polit.decode.video import Video, decode_video

pytestmark = pytest.mark.corpora
MEMORY_BYTES = 1536 << 20


def decoded(path: Path, mime: str = "video/mp4") -> Video:
    return decode_video(
        held(path.read_bytes()), mime, memory_bytes=MEMORY_BYTES,
        fingerprint=lambda pixels, frame, ms: pdq.hash_frame(pixels, frame=frame, frame_ms=ms),
    )  # fmt: skip


def test_the_counter_has_its_thirty_frames(corpora: Path) -> None:
    folder = corpora / "Breakthrough+PySceneDetect/tests/resources"
    described = (folder / "counter/description.txt").read_text()
    told = re.search(r"contains (\d+) frames", described)
    assert told is not None
    video = decoded(folder / "counter.mp4")
    assert video.frames == int(told[1]) == 30
    assert (video.width_px, video.height_px, video.duration_ms) == (1920, 1080, 3000)
    assert [(made.frame, made.frame_ms) for made in video.hashes] == [
        (0, 0), (10, 1000), (20, 2000)
    ]  # fmt: skip
    assert (video.story[0].at_ms, video.story[-1].at_ms) == (0, 2900)
    assert video.flaws == ()


def test_the_fades_are_whole(corpora: Path) -> None:
    video = decoded(corpora / "Breakthrough+PySceneDetect/tests/resources/fades.mp4")
    assert (video.frames, video.duration_ms, len(video.hashes)) == (250, 10_000, 10)
    assert (len(video.story), video.flaws) == (12, ())


def test_every_published_fingerprint_of_a_frame_is_met(corpora: Path) -> None:
    del corpora
    compared = [compare(video, listed) for video, listed in videos()]
    assert [figures["frames"] for figures in compared] == [120, 206, 206, 206]
    assert all(figures["most_bits_apart"] in (0, 2) for figures in compared)
    assert all(figures["quality_identical"] == figures["frames"] for figures in compared)


def test_one_fingerprint_a_second_is_among_the_published(corpora: Path) -> None:
    del corpora
    for path, listed in videos():
        by_frame = {line.frame: line for line in published(listed)}
        hashes = decoded(path).hashes
        assert [made.frame for made in hashes] == list(range(0, len(by_frame), 30))
        for made in hashes:
            assert bits_apart(made.value, by_frame[made.frame].value) <= 2
            assert made.quality == by_frame[made.frame].quality


def test_rows_that_are_padded_do_not_shift_the_fingerprint(corpora: Path) -> None:
    padded = corpora / "facebook+ThreatExchange/tmk/sample-videos/test-padded-dimensions.mp4"
    video = decoded(padded)
    assert (video.width_px, video.height_px, video.frames) == (1080, 1080, 150)
    assert [made.frame for made in video.hashes] == [0, 30, 60, 90, 120]


@pytest.mark.parametrize(
    ("name", "mime", "outcome"),
    [
        ("corkami+pocs/mini/flv.flv", "video/x-flv", "45 x 7"),
        ("corkami+pocs/mini/webm.webm", "video/webm", "17 x 7"),
        ("corkami+pocs/mini/mp4.mp4", "video/mp4", "no decoder allowed for png"),
        ("corkami+pocs/mini/qt.mov", "video/quicktime", "no decoder allowed for png"),
        ("corkami+pocs/mini/avi.avi", "video/x-msvideo", "no decoder allowed for png"),
        ("corkami+pocs/mini/matroska.mkv", "video/x-matroska", "no decoder allowed for png"),
        ("mathiasbynens+small/webm.webm", "video/webm", "8 x 8"),
        ("mathiasbynens+small/Mpeg4.mp4", "video/mp4", "no video in it"),
        ("mathiasbynens+small/mp4-with-audio.mp4", "video/mp4", "no video in it"),
        ("mathiasbynens+small/FlashVideo.flv", "video/x-flv", "flv: End of file"),
        ("mathiasbynens+small/AudioVideoInterleave.avi", "video/x-msvideo",
         "no frame of mpeg4 decodes"),
        ("mathiasbynens+small/WindowsMediaVideo.wmv", "video/x-ms-asf",
         "no frame of msmpeg4 decodes"),
    ],
)  # fmt: skip
def test_the_smallest_files_end_as_they_should(
    corpora: Path, name: str, mime: str, outcome: str
) -> None:
    try:
        video = decoded(corpora / name, mime)
    except Refused as refusal:
        ended = refusal.detail
    else:
        ended = f"{video.width_px} x {video.height_px}"
    assert ended == outcome
