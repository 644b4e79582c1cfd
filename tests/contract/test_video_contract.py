"""What every container and coding of a video must give, whichever it is."""

import pytest
from made_videos import KINDS, Kind, decoded, held, made, picture

from polit.decode.refusal import Refused
from polit.decode.video import frame_at

FRAMES = 60


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    found = request.param
    assert isinstance(found, Kind)
    return found


@pytest.fixture(scope="module")
def content(kind: Kind) -> bytes:
    return made(kind, frames=FRAMES)


def test_its_size_frames_and_duration_are_known(kind: Kind, content: bytes) -> None:
    video = decoded(content, kind.mime)
    assert (video.width_px, video.height_px) == kind.size
    assert video.frames == FRAMES
    assert video.duration_ms is not None
    assert 2_360 <= video.duration_ms <= 2_500
    assert video.flaws == ()


def test_each_second_has_its_fingerprint(kind: Kind, content: bytes) -> None:
    hashes = decoded(content, kind.mime).hashes
    assert [(made.frame, made.frame_ms) for made in hashes] == [(0, 0), (25, 1000), (50, 2000)]


def test_the_storyboard_is_spread_and_shows_the_frames(kind: Kind, content: bytes) -> None:
    story = decoded(content, kind.mime).story
    assert len(story) == 12
    assert [still.frame for still in story] == sorted({still.frame for still in story})
    assert story[0].frame == 0
    assert story[-1].frame >= 55
    for still in story:
        assert max(still.picture.size) <= 256
        left = still.frame * 3 % (kind.size[0] - kind.size[1] // 4)
        scale = still.picture.width / kind.size[0]
        inside = still.picture.getpixel(
            (int((left + kind.size[1] / 8) * scale), int(kind.size[1] * 3 / 8 * scale))
        )
        assert isinstance(inside, tuple)
        assert min(inside) > 200


def test_a_frame_of_the_storyboard_is_found_again(kind: Kind, content: bytes) -> None:
    still = decoded(content, kind.mime).story[7]
    found = frame_at(held(content), kind.mime, still.at_ms, memory_bytes=1 << 30)
    assert found.at_ms == still.at_ms
    assert found.picture.size == kind.size
    wanted = picture(still.frame, kind.size)
    left = still.frame * 3 % (kind.size[0] - kind.size[1] // 4)
    spot = (left + kind.size[1] // 8, kind.size[1] * 3 // 8)
    shown = found.picture.getpixel(spot)
    assert isinstance(shown, tuple)
    assert abs(shown[0] - int(wanted[spot[1], spot[0], 0])) < 40


def test_a_part_gives_what_it_gives(kind: Kind, content: bytes) -> None:
    part = content[: len(content) * 3 // 4]
    if kind.container in ("mp4", "mov", "3gp"):  # the index stands at the end
        with pytest.raises(Refused) as refused:
            decoded(part, kind.mime)
        assert refused.value.code == "truncated"
        return
    video = decoded(part, kind.mime)
    assert video.story
    assert video.hashes


def test_the_same_bytes_give_the_same_values(kind: Kind, content: bytes) -> None:
    first, second = decoded(content, kind.mime), decoded(content, kind.mime)
    assert first.hashes == second.hashes
    assert first.tags == second.tags
    assert [still.picture.tobytes() for still in first.story] == [
        still.picture.tobytes() for still in second.story
    ]
