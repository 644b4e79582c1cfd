"""Videos through a real decoder: nothing is refused by the lockdown, and limits hold."""

import os
import select

import pytest
from made_videos import KINDS, Kind, made
from sandbox_pictures import encoded, run

from polit.base.clock import monotonic_s
from polit.model.media import DecodedMedia
from polit.sandbox.client import DecodeFailure, DecodeJob, Decoder

MEMORY_BYTES = 1536 << 20
GOOD = encoded("RGB", (64, 48), "PNG")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_video_decodes_locked_down(decoder: Decoder, kind: Kind) -> None:
    for _ in range(2):
        result = run(decoder, made(kind, frames=60), kind.mime, memory_bytes=MEMORY_BYTES)
        assert isinstance(result, DecodedMedia), result
        assert (result.facts.width_px, result.facts.height_px) == kind.size
        assert (result.facts.frames, result.facts.flaws) == (60, ())
        assert [made.frame for made in result.hashes] == [0, 25, 50]
        assert {(made.algorithm, made.variant) for made in result.hashes} == {("pdq", "frame")}
        assert len(result.story) == 12
        assert max(result.story[3].thumbnail.data) > 200
        assert result.decoder.startswith("ffmpeg ")
    assert decoder.processes_started == 1


def test_time_place_and_camera_cross_the_border(decoder: Decoder) -> None:
    content = made(
        frames=5,
        sound="aac",
        turned=(0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30),
        metadata={
            "com.apple.quicktime.make": "Applepie",
            "com.apple.quicktime.creationdate": "2023-05-01T12:00:07+0200",
            "com.apple.quicktime.location.ISO6709": "+46.9480+007.4474+540.000/",
        },
    )
    result = run(decoder, content, "video/mp4", memory_bytes=MEMORY_BYTES)
    assert isinstance(result, DecodedMedia), result
    facts = result.facts
    assert (facts.orientation, facts.make) == (6, "Applepie")
    assert facts.taken is not None
    assert facts.taken.offset_min == 120
    assert facts.position is not None
    assert facts.position.longitude_e7 == 74_474_000
    assert (result.thumbnail.width_px, result.thumbnail.height_px) == (96, 128)


@pytest.mark.parametrize(
    ("content", "mime", "code"),
    [
        (b"\0" * 100, "video/mp4", "truncated"),
        (b"#EXTM3U\n#EXTINF:9,\n/etc/passwd\n", "video/mp4", "truncated"),
        (b"RIFF____AVI ", "video/x-msvideo", "undecodable"),
        (b"G" + bytes(187), "video/mp2t", "undecodable"),
    ],
)
def test_what_is_no_video_costs_one_item(
    decoder: Decoder, content: bytes, mime: str, code: str
) -> None:
    result = run(decoder, content, mime, memory_bytes=MEMORY_BYTES)
    assert isinstance(result, DecodeFailure)
    assert result.code == code
    assert isinstance(run(decoder, GOOD, memory_bytes=MEMORY_BYTES), DecodedMedia)
    assert decoder.processes_started == 1


def test_a_large_frame_asks_for_memory_and_then_decodes(decoder: Decoder) -> None:
    content = made(Kind("mp4", "mpeg4", "video/mp4", size=(7680, 4320)), frames=1)
    first = run(decoder, content, "video/mp4", memory_bytes=256 << 20)
    assert isinstance(first, DecodeFailure)
    assert first.code == "needs_memory"
    decoder.close()
    result = run(decoder, content, "video/mp4", memory_bytes=first.needed_bytes)
    assert isinstance(result, DecodedMedia), result
    assert result.facts.width_px == 7680


def test_the_beginning_and_the_end_of_a_large_video_are_read_where_they_stand(
    decoder: Decoder,
) -> None:
    kind = next(kind for kind in KINDS if kind.codec == "dvvideo")
    content = made(kind, frames=60)
    tail = len(content) - (content.index(b"moov") - 4)
    head = (len(content) - tail) // 2
    descriptor = os.memfd_create("partly")
    os.write(descriptor, content[:head] + content[-tail:])
    job = DecodeJob(1, descriptor, len(content), kind.mime, None, tail_bytes=tail,
                    held_bytes=head + tail)  # fmt: skip
    decoder.start(job, now_s=monotonic_s(), memory_bytes=MEMORY_BYTES)
    os.close(descriptor)
    result = None
    while result is None:
        select.select([decoder], [], [], 0.02)
        result = decoder.poll(monotonic_s())
    assert isinstance(result, DecodedMedia), result
    assert "beyond_limit" in result.facts.flaws
    assert 20 < result.story[-1].frame < 40
