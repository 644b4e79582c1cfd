"""Families of benign videos: drawn landscapes that a camera pans over, and what editors do.

A video is some scenes of a few seconds. Each is a window that wanders over a larger landscape,
with a disc that crosses it. Variants are made frame by frame before they are encoded.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from evidence.contents import landscape
from made_videos import held
from numpy.typing import NDArray
from PIL import Image

from polit.decode import pdq
from polit.decode.video import decode_video
from polit.model.media import PerceptualHash

PHOTOGRAPHS = Path("/usr/share/backgrounds")
WIDTH_PX, HEIGHT_PX = 320, 240
RATE = 25
SECONDS = 24
_SCENE_S = (3, 5, 2, 6, 4, 4)

Picture = NDArray[np.uint8]
Edit = Callable[[Picture], Picture]


@dataclass(frozen=True, slots=True)
class Footage:
    """Frames of one video by their times, of which variants are cut.

    Args:
        seed: What it shows.
        pan_percent: How much of its width the camera pans in a second.
        seconds: How long it is.
    """

    seed: int
    pan_percent: int = 1
    seconds: float = SECONDS

    def at(self, second: float) -> Picture:
        """Return ``(240, 320, 3) uint8 RGB``, what is seen at an instant."""
        begins, number = 0.0, 0
        while second >= begins + _SCENE_S[number % len(_SCENE_S)]:
            begins += _SCENE_S[number % len(_SCENE_S)]
            number += 1
        share = (second - begins) / _SCENE_S[number % len(_SCENE_S)]
        wide = _scene(self.seed * 1000 + number)
        left = round((second - begins) * WIDTH_PX * self.pan_percent / 100)
        top = HEIGHT_PX // 4
        seen = wide[top : top + HEIGHT_PX, left : left + WIDTH_PX].copy()
        _subject(seen, across=share, down=(self.seed * 7 + number) % 10 / 10)
        return seen


@lru_cache(maxsize=16)
def _scene(seed: int) -> Picture:
    """Return a part of a photograph, or a drawn landscape, half as large again as a frame."""
    width, height = WIDTH_PX * 3 // 2, HEIGHT_PX * 3 // 2
    found = sorted(PHOTOGRAPHS.glob("*.jpg"))
    if not found:
        return np.asarray(landscape(seed, width, height))
    rng = np.random.default_rng(seed)
    with Image.open(found[seed % len(found)]) as opened:
        whole = opened.convert("RGB")
    side = int(min(whole.width / 3, whole.height / 2) * rng.uniform(0.8, 1))
    left = int(rng.integers(0, whole.width - 3 * side + 1))
    top = int(rng.integers(0, whole.height - 2 * side + 1))
    box = (left, top, left + 3 * side, top + 2 * side)
    return np.asarray(whole.crop(box).resize((width, height), Image.Resampling.BICUBIC))


def _subject(seen: Picture, *, across: float, down: float) -> None:
    """Move a darker patch across the picture, a tenth of it high."""
    side = HEIGHT_PX // 10
    left = round(across * (WIDTH_PX - side))
    top = round(down * (HEIGHT_PX - side))
    box = seen[top : top + side, left : left + side]
    box[:] = box // 3


@dataclass(frozen=True, slots=True)
class Cut:
    """What is taken of a video, and how it is encoded.

    Args:
        edit: Changes a picture.
        first_s: Where it begins.
        last_s: Where it ends, ``None`` for the end.
        rate: Frames a second.
        speed: How much faster it plays.
        crf: How strongly it is compressed: 18 hardly, 40 very much.
    """

    edit: Edit = lambda seen: seen
    first_s: float = 0
    last_s: float | None = None
    rate: int = RATE
    speed: float = 1
    crf: int = 23

    def frames(self, footage: Footage) -> Iterator[Picture]:
        """Yield the frames of a variant."""
        ends = footage.seconds if self.last_s is None else self.last_s
        count = round((ends - self.first_s) / self.speed * self.rate)
        for number in range(count):
            yield self.edit(footage.at(self.first_s + number * self.speed / self.rate))


def encoded(frames: Iterator[Picture], *, rate: int = RATE, crf: int = 23) -> bytes:
    """Return frames as MP4 with H.264."""
    stream = io.BytesIO()
    first = next(frames)
    with av.open(stream, "w", format="mp4") as output:
        video = output.add_stream("libx264", rate=rate, options={
            "crf": str(crf), "preset": "superfast", "g": "50"})  # fmt: skip
        assert isinstance(video, VideoStream)
        video.height, video.width = (side & ~1 for side in first.shape[:2])
        video.pix_fmt = "yuv420p"
        video.codec_context.thread_count = 1
        output.mux(video.encode(_frame(first)))
        for pixels in frames:
            output.mux(video.encode(_frame(pixels)))
        output.mux(video.encode(None))
    return stream.getvalue()


def _frame(pixels: Picture) -> VideoFrame:
    height, width = (side & ~1 for side in pixels.shape[:2])
    return VideoFrame.from_ndarray(np.ascontiguousarray(pixels[:height, :width]), format="rgb24")


def fingerprints(content: bytes) -> tuple[PerceptualHash, ...]:
    """Return the fingerprints that polit keeps of a video, one a second."""
    return decode_video(
        held(content), "video/mp4", memory_bytes=1 << 30,
        fingerprint=lambda pixels, frame, ms: pdq.hash_frame(pixels, frame=frame, frame_ms=ms),
    ).hashes  # fmt: skip


def hashed(footage: Footage, cut: Cut) -> tuple[PerceptualHash, ...]:
    """Encode a variant, decode it as polit does, and return its fingerprints."""
    return fingerprints(encoded(cut.frames(footage), rate=cut.rate, crf=cut.crf))


def every_frame(footage: Footage) -> tuple[PerceptualHash, ...]:
    """Return the fingerprint of each frame as published lists hold them, made from the pixels."""
    return tuple(
        pdq.hash_frame(pixels, frame=number, frame_ms=number * 1000 // RATE)
        for number, pixels in enumerate(Cut().frames(footage))
    )


def joined(parts: Sequence[tuple[Footage, Cut]]) -> tuple[PerceptualHash, ...]:
    """Return the fingerprints of several variants, one after the other in one video."""

    def frames() -> Iterator[Picture]:
        for footage, cut in parts:
            yield from cut.frames(footage)

    return fingerprints(encoded(frames()))


def barred(*, across: float = 0, down: float = 0) -> Edit:
    """Return an edit that shrinks the picture between black bars, of that share on each side."""

    def edit(seen: Picture) -> Picture:
        height, width = seen.shape[:2]
        left, top = round(across * width), round(down * height)
        made = np.zeros_like(seen)
        made[top : height - top, left : width - left] = resized(
            seen, width - 2 * left, height - 2 * top
        )
        return made

    return edit


def covered(*, across: float = 0, down: float = 0) -> Edit:
    """Return an edit that paints black bars over the edges, as cinema formats are made."""

    def edit(seen: Picture) -> Picture:
        height, width = seen.shape[:2]
        left, top = round(across * width), round(down * height)
        made = np.zeros_like(seen)
        made[top : height - top, left : width - left] = seen[
            top : height - top, left : width - left
        ]
        return made

    return edit


def marked(*, share: float) -> Edit:
    """Return an edit that draws a logo into the lower right, of that share of each side."""

    def edit(seen: Picture) -> Picture:
        made = seen.copy()
        height, width = round(share * seen.shape[0]), round(share * seen.shape[1])
        box = made[-height - 8 : -8, -width - 8 : -8]
        box[:] = (250, 250, 250)
        box[height // 4 : height // 2, width // 6 : -width // 6] = (200, 20, 30)
        return made

    return edit


def captioned(share: float) -> Edit:
    """Return an edit that covers the lower part with a bar of text-like marks."""

    def edit(seen: Picture) -> Picture:
        made = seen.copy()
        height = round(share * seen.shape[0])
        made[-height:] = 20
        made[-height * 2 // 3 : -height // 3, 20:-20][:, ::6] = 230
        return made

    return edit


def cropped(share: float) -> Edit:
    """Return an edit that takes away so much of each side."""

    def edit(seen: Picture) -> Picture:
        top, left = round(share * seen.shape[0]), round(share * seen.shape[1])
        return seen[top:-top, left:-left]

    return edit


def scaled(share: float) -> Edit:
    """Return an edit that resizes."""

    def edit(seen: Picture) -> Picture:
        return resized(seen, round(seen.shape[1] * share), round(seen.shape[0] * share))

    return edit


def mirrored(seen: Picture) -> Picture:
    """Flip left and right."""
    return seen[:, ::-1]


def greyed(seen: Picture) -> Picture:
    """Take the colours away."""
    grey = np.asarray(Image.fromarray(seen).convert("L"))
    return np.repeat(grey[:, :, None], 3, axis=2)


def brightened(seen: Picture) -> Picture:
    """Make it brighter."""
    return np.minimum(seen.astype(np.int32) * 5 // 4 + 10, 255).astype(np.uint8)


def resized(seen: Picture, width_px: int, height_px: int) -> Picture:
    """Return a picture in another size."""
    return np.asarray(Image.fromarray(seen).resize((width_px, height_px), Image.Resampling.BICUBIC))
