"""vPDQ in full: every published per-frame fingerprint, against every frame of the sample videos.

The published lists have a fingerprint for each frame. Each frame is decoded and hashed as the
product does it, and the product's own choice (one a second) must be among them. The second lists,
of frames that were reduced to 128 x 128 px first, are another program's choice and only compared.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from av.video.reformatter import VideoReformatter

from polit.decode import pdq
from polit.decode._video_frames import Walk
from polit.decode._video_source import open_video
from polit.decode.held import HeldBytes
from polit.decode.video import decode_video, rgb_pixels
from polit.model.media import PerceptualHash

NAME = "vpdq"
FULL_COUNT = 738

_CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
_SET = _CORPORA / "facebook+ThreatExchange"
_MEMORY_BYTES = 1536 << 20
_MOST_BITS = 10
_GOOD_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Published:
    """One line of a published list: frame, quality, fingerprint, seconds."""

    frame: int
    quality: int
    value: bytes
    at_ms: int


def published(path: Path) -> list[Published]:
    """Return a published list."""
    lines = [line.split(",") for line in path.read_text().split()]
    return [
        Published(int(frame), int(quality), bytes.fromhex(value), round(float(seconds) * 1000))
        for frame, quality, value, seconds in lines
    ]


def videos() -> Iterator[tuple[Path, Path]]:
    """Yield each sample video that has a published list, and the list."""
    for listed in sorted((_SET / "vpdq" / "sample-hashes").glob("*.txt")):
        video = _SET / "tmk" / "sample-videos" / f"{listed.stem}.mp4"
        if video.exists():
            yield video, listed


def every_frame(video: Path) -> Iterator[PerceptualHash]:
    """Yield the fingerprint of every frame."""
    opened = open_video(_held(video), "video/mp4", memory_bytes=_MEMORY_BYTES)
    converter = VideoReformatter()
    for shot in Walk(opened, all_frames_pixels=1 << 62).shots(lambda _: True):
        pixels = rgb_pixels(shot.frame, converter)
        yield pdq.hash_frame(pixels, frame=shot.number, frame_ms=shot.at_ms)


def _held(video: Path) -> HeldBytes:
    size = video.stat().st_size
    return HeldBytes(os.open(video, os.O_RDONLY), size, head_bytes=size)


def bits_apart(one: bytes, other: bytes) -> int:
    """Return the Hamming distance."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def compare(video: Path, listed: Path) -> dict[str, object]:
    """Compare every frame of a video with its list; raise where one is too far off."""
    wanted, got = published(listed), list(every_frame(video))
    assert [line.frame for line in wanted] == [made.frame for made in got]
    bits = [bits_apart(line.value, made.value) for line, made in zip(wanted, got, strict=True)]
    good = [
        count for count, line in zip(bits, wanted, strict=True) if line.quality >= _GOOD_QUALITY
    ]
    assert max(good) <= _MOST_BITS, f"{video.name}: {max(good)} bits apart"
    seconds = decode_video(
        _held(video), "video/mp4", memory_bytes=_MEMORY_BYTES,
        fingerprint=lambda pixels, frame, ms: pdq.hash_frame(pixels, frame=frame, frame_ms=ms),
    ).hashes  # fmt: skip
    by_frame = {made.frame: made.value for made in got}
    assert all(by_frame[made.frame] == made.value for made in seconds)
    late = [abs(line.at_ms - (made.frame_ms or 0)) for line, made in zip(wanted, got, strict=True)]
    return {
        "frames": len(got),
        "identical": bits.count(0),
        "most_bits_apart": max(bits),
        "quality_identical": sum(
            line.quality == made.quality for line, made in zip(wanted, got, strict=True)
        ),
        "most_ms_apart": max(late),
        "fingerprints_kept": len(seconds),
    }


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Compare with every published list."""
    del count, scratch
    figures = {video.stem: compare(video, listed) for video, listed in videos()}
    frames = sum(int(str(figure["frames"])) for figure in figures.values())
    assert frames == FULL_COUNT, f"{frames} published fingerprints"
    return dict(figures)
