"""Which frames of a video are decoded, and what is said where some are missing."""

from dataclasses import replace

import numpy as np
import pytest
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from made_videos import KINDS, decoded, held, index_first, made, no_fingerprint

from polit.decode import _video_frames, video
from polit.decode._video_source import open_video
from polit.decode.refusal import Refused

MP4 = KINDS[0]
SHORT_GROUPS = replace(MP4, options={"g": "10", "sc_threshold": "0"})
SIZE_PIXELS = 128 * 96


@pytest.fixture
def only_key_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "ALL_FRAMES_PIXELS", 0)


@pytest.mark.usefixtures("only_key_frames")
def test_of_a_long_video_key_frames_are_decoded_one_a_second() -> None:
    long = decoded(made(SHORT_GROUPS, frames=250))
    assert long.flaws == ("key_frames_only",)
    assert [made.frame for made in long.hashes] == [0, 30, 50, 80, 100, 130, 150, 180, 200, 230]
    assert [made.frame_ms for made in long.hashes] == [
        0, 1200, 2000, 3200, 4000, 5200, 6000, 7200, 8000, 9200
    ]  # fmt: skip
    assert [still.frame for still in long.story] == [made.frame for made in long.hashes]
    assert (long.frames, long.duration_ms) == (250, 10_000)


@pytest.mark.usefixtures("only_key_frames")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_key_frames(kind: video.Video) -> None:
    content = made(kind, frames=60)  # type: ignore[arg-type] # parametrized by kinds
    long = decoded(content, kind.mime)  # type: ignore[attr-defined] # as above
    assert "key_frames_only" in long.flaws
    assert long.story[0].at_ms == 0
    assert long.hashes[0].frame == 0
    picture = np.asarray(long.story[0].picture)
    assert picture.max() > 200  # the bright square is there


def test_where_the_budget_ends_on_the_way_key_frames_follow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(video, "ALL_FRAMES_PIXELS", 100 * SIZE_PIXELS)
    kind = replace(next(k for k in KINDS if k.name == "mpegts-libx264"), options={"g": "10"})
    claims_nothing = made(kind, frames=250)
    monkeypatch.setattr(_video_frames.Walk, "_expected_pixels", lambda _: 0)
    long = decoded(claims_nothing, kind.mime)
    assert long.flaws == ("key_frames_only",)
    assert [made.frame for made in long.hashes][:5] == [0, 25, 50, 75, 100]
    assert len(long.hashes) == 10
    assert long.story[-1].at_ms >= 9_000


def test_more_fingerprints_than_fit_are_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_HASHES", 8)
    thinned = decoded(made(frames=25 * 20))
    assert [made.frame for made in thinned.hashes] == [0, 100, 200, 300, 400]
    assert ("video:fingerprint_every_s", "4") in [(t.name, t.value) for t in thinned.tags]


def test_a_film_that_goes_on_beyond_all_bounds_is_left() -> None:
    opened = open_video(held(made(frames=250)), "video/mp4", memory_bytes=1 << 30)
    walk = _video_frames.Walk(opened, all_frames_pixels=0)
    walk.pixels = 4 * _video_frames.KEY_FRAMES_PIXELS + 1
    assert list(walk.shots(lambda _: True)) == []
    assert walk.is_cut_off


def test_more_packets_than_any_video_has_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_video_frames, "_MAX_PACKETS", 30)
    short = decoded(made(frames=60))
    assert "beyond_limit" in short.flaws
    assert short.story[-1].frame < 30


def test_a_film_cut_off_in_its_samples_is_told() -> None:
    content = index_first(made(MP4, frames=100))
    cut = decoded(content[: len(content) * 2 // 3])
    assert "truncated" in cut.flaws
    assert cut.frames == 100
    assert 0 < cut.story[-1].frame < 90
    assert "video:frames_outside_edit" not in {tag.name for tag in cut.tags}
    assert decoded(content).flaws == ()


@pytest.mark.parametrize("name", ["avi-mpeg4", "matroska-libx264", "flv-libx264", "asf-wmv2"])
def test_a_missing_end_is_told_where_the_container_claims_one(name: str) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    content = made(kind, frames=400)
    assert decoded(content, kind.mime).flaws == ()
    assert "truncated" in decoded(content[: len(content) * 2 // 3], kind.mime).flaws


def test_damage_in_the_middle_is_told_and_passed_over() -> None:
    content = bytearray(made(SHORT_GROUPS, frames=100))
    at = content.index(b"mdat") + 2000
    content[at : at + 1500] = bytes(1500)
    damaged = decoded(bytes(content))
    assert damaged.flaws == ("damaged",)
    assert damaged.story[-1].at_ms > 3_800


def test_a_film_of_nothing_but_damage_is_refused() -> None:
    content = bytearray(made(frames=20))
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[start:end] = bytes(end - start)
    with pytest.raises(Refused) as refused:
        decoded(bytes(content))
    assert refused.value.code == "undecodable"
    assert "h264" in refused.value.detail


def test_first_and_last_bytes_of_a_large_video_give_its_beginning() -> None:
    kind = next(kind for kind in KINDS if kind.codec == "dvvideo")
    content = made(kind, frames=60)
    index_at = content.index(b"moov") - 4
    partly = held(content, head_bytes=index_at // 2, tail_bytes=len(content) - index_at)
    large = video.decode_video(partly, kind.mime, memory_bytes=1 << 30, fingerprint=no_fingerprint)
    assert "beyond_limit" in large.flaws
    assert "truncated" not in large.flaws
    assert (large.frames, large.duration_ms) == (60, 2_400)
    assert 20 < large.story[-1].frame < 40


def test_the_cover_is_the_first_picture_that_shows_something() -> None:
    dark = made(replace(MP4), frames=50, dark=20)
    shown = decoded(dark)
    assert shown.story[0].frame == 0
    assert shown.cover.frame >= 20
    assert decoded(made(frames=50)).cover.frame == 0
    assert decoded(made(frames=10, dark=10)).cover.frame == 0


def test_frames_that_an_edit_list_hides_are_counted() -> None:
    content = bytearray(made(next(k for k in KINDS if k.name == "mov-mjpeg"), frames=50))
    at = content.index(b"elst") + 16
    scale = content.index(b"mdhd") + 16
    ticks = int.from_bytes(content[scale : scale + 4], "big")
    content[at : at + 4] = (ticks * 10 // 25).to_bytes(4, "big")
    edited = decoded(bytes(content), "video/quicktime")
    assert ("video:frames_outside_edit", "10") in [(t.name, t.value) for t in edited.tags]


def test_a_frame_is_found_by_its_time_upright_or_not() -> None:
    content = made(SHORT_GROUPS, frames=100)
    for at_ms, expected in ((0, 0), (1000, 1000), (1001, 1040), (3960, 3960), (9_999, 3960)):
        found = video.frame_at(held(content), "video/mp4", at_ms, memory_bytes=1 << 30)
        assert found.at_ms == expected
        assert found.picture.size == (128, 96)


def test_a_frame_of_a_film_without_frames_is_refused() -> None:
    content = bytearray(made(frames=20))
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[start:end] = bytes(end - start)
    with pytest.raises(Refused) as refused:
        video.frame_at(held(bytes(content)), "video/mp4", 500, memory_bytes=1 << 30)
    assert refused.value.code == "undecodable"


def test_memory_that_is_missing_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr(video, "rgb_pixels", fail)
    with pytest.raises(MemoryError):
        decoded(made(frames=3))


def test_a_frame_that_cannot_be_converted_is_counted_as_damage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, calls = video.rgb_pixels, []

    def fail_once(frame: VideoFrame, converter: VideoReformatter) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise FFmpegError(22, "not convertible")
        return real(frame, converter)

    monkeypatch.setattr(video, "rgb_pixels", fail_once)
    assert decoded(made(frames=10)).flaws == ("damaged",)


def test_warming_up_tells_the_versions() -> None:
    assert video.warm().keys() == {"pyav", "ffmpeg"}
