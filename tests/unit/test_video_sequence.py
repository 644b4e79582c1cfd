"""Sequences of frames and stretches of sound, decoded outside of the sandbox: places and ends."""

from collections.abc import Sequence as Several

import made_videos
import numpy as np
import pytest

from polit.decode import sound, video_sequence
from polit.decode.refusal import Refused
from polit.decode.sound import Sound, decode_sound
from polit.decode.video import frame_at
from polit.decode.video_sequence import Sequence, frames_from

MEMORY = 1 << 30
FAMILIES = [made_videos.KINDS[number] for number in (0, 5, 10, 11, 15, 17, 19)]
"""With an index and without, that can seek, seek roughly, and not at all."""


def places(content: bytes, mime: str, wanted: Sequence) -> Several[int]:
    frames = frames_from(made_videos.held(content), mime, wanted, memory_bytes=MEMORY)
    return [frame.at_ms for frame in frames]


@pytest.mark.parametrize("kind", FAMILIES, ids=lambda kind: kind.name)
def test_a_sequence_has_the_frames_that_single_asks_have(kind: made_videos.Kind) -> None:
    content = made_videos.made(kind, frames=50)
    held = made_videos.held(content)
    wanted = Sequence(800, 200, 3, 999)
    frames = list(frames_from(held, kind.mime, wanted, memory_bytes=MEMORY))
    assert len(frames) == 3
    for number, frame in enumerate(frames):
        alone = frame_at(held, kind.mime, 800 + 200 * number, memory_bytes=MEMORY)
        assert frame.at_ms == alone.at_ms
        assert np.array_equal(np.asarray(frame.picture), np.asarray(alone.picture))


def test_a_larger_frame_is_scaled_down_and_keeps_its_shape() -> None:
    held = made_videos.held(made_videos.made(frames=9))
    wanted = Sequence(0, 0, 2, 64)
    first, _ = frames_from(held, "video/mp4", wanted, memory_bytes=MEMORY)
    assert (first.picture.size, first.of_width_px, first.of_height_px) == ((64, 48), 128, 96)
    whole = frame_at(held, "video/mp4", 0, memory_bytes=MEMORY).picture.resize((64, 48))
    assert abs(np.asarray(first.picture, int) - np.asarray(whole, int)).mean() < 3


def test_a_sequence_ends_where_the_video_does() -> None:
    content = made_videos.made(frames=20)
    assert places(content, "video/mp4", Sequence(0, 0, 64, 999)) == list(range(0, 800, 40))
    assert places(content, "video/mp4", Sequence(90, 100, 64, 999))[:3] == [120, 200, 320]
    assert places(content, "video/mp4", Sequence(9_000, 100, 4, 999)) == [760]
    with pytest.raises(Refused):
        places(content[:200], "video/mp4", Sequence(0, 0, 4, 999))


def heard(content: bytes, *, from_ms: int = 0, length_ms: int = 1000) -> tuple[Sound, int]:
    found = decode_sound(
        made_videos.held(content), "video/mp4", from_ms=from_ms, length_ms=length_ms
    )
    samples = np.frombuffer(found.samples, "<i2").astype(float)
    tone = np.argmax(abs(np.fft.rfft(samples))) * found.rate / len(samples)
    return found, round(tone)


@pytest.mark.parametrize("coding", ["aac", "alac", "libmp3lame"])
def test_a_tone_is_heard_as_high_as_it_is(coding: str) -> None:
    content = made_videos.made(frames=50, sound=(coding, 1000))
    for from_ms in (0, 700):
        made, tone = heard(content, from_ms=from_ms)
        assert (made.rate, len(made.samples)) == (22_050, 44_100)
        assert tone == pytest.approx(1000, abs=3)
    assert 100 < len(heard(content, from_ms=1900)[0].samples) // 44 < 200


def test_without_sound_nothing_is_heard() -> None:
    silent = made_videos.made(frames=5)
    with pytest.raises(Refused) as refused:
        heard(silent)
    assert refused.value.code == "no_sound"
    with pytest.raises(Refused) as refused:
        heard(made_videos.made(frames=5, sound=("aac", 440)), from_ms=50_000)
    assert refused.value.code == "no_sound"


def test_small_frames_and_sound_that_does_not_fit_cost_something_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = made_videos.made(frames=20)
    monkeypatch.setattr(video_sequence, "MOST_PIXELS", 128 * 96 * 20)
    assert len(places(content, "video/mp4", Sequence(0, 0, 20, 64))) < 10
    # No place is too far to be asked for, whatever times a container counts in.
    assert len(places(content, "video/mp4", Sequence(1 << 48, 0, 20, 64))) == 1
    asked: list[object] = []
    monkeypatch.setattr(sound._Stretch, "_is_fit", lambda _self, frame: asked.append(frame))
    monkeypatch.setattr(sound, "_MOST_SAMPLES", 3000)
    with pytest.raises(Refused, match="no sound there"):
        heard(made_videos.made(frames=50, sound=("aac", 440)))
    assert len(asked) == 3  # of 1024 samples each
