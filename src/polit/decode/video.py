"""Decode a video: what it says of itself, a storyboard, and a fingerprint for each second.

One pass through the frames, by FFmpeg (PyAV), on one thread. Sound, subtitles and data are never
decoded. Damage is passed over: what decodes is kept, and that something is missing is said.
Fingerprints follow the reference program of vPDQ: frame 0 and each one that lies a whole number of
seconds (whole frames of the average rate, cut off) behind it, all pixels, as stored, converted to
RGB with the arithmetic that reproduces its published values.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from polit.decode._video_ends import is_truncated
from polit.decode._video_facts import container_facts, orientation_of
from polit.decode._video_frames import ALL_FRAMES_PIXELS, KEY_FRAMES_PIXELS, Shot, Walk
from polit.decode._video_samples import open_every_decoder, samples
from polit.decode._video_sampling import Samples, spread
from polit.decode._video_source import Opened, open_video
from polit.decode.derive import derive
from polit.decode.held import HeldBytes
from polit.decode.refusal import Refused
from polit.model.media import MediaTag, PerceptualHash, Position, TakenTime

LIBRARY = "ffmpeg"
"""The key of the decoder's version among those that ``warm`` tells."""

MAX_HASHES = 4_200
STORY_FRAMES = 12

Flaw = Literal["beyond_limit", "damaged", "key_frames_only", "truncated"]

Fingerprint = Callable[[NDArray[np.uint8], int, int], PerceptualHash]
"""Makes the fingerprint of one frame: ``(pixels, frame, frame_ms)``."""

_CANDIDATES = 4 * STORY_FRAMES
_CANDIDATES_EVERY_MS = 125
_SECOND_MS = 1000
_CREDIBLE_RATE = 240
_MAX_FRAMES = 1 << 32
_MAX_MS = 1 << 48

# The reference converts by area averaging; with exact rounding the values are the published ones,
# and the same on every processor.
_CONVERSION = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.BITEXACT


@dataclass(frozen=True, slots=True)
class StoryStill:
    """One picture of the storyboard: upright RGB, at most 256 px on the longer side."""

    at_ms: int
    frame: int
    picture: Image.Image


@dataclass(frozen=True, slots=True)
class Video:
    """What a video gave; see ``polit.model.media.MediaFacts`` for the facts.

    Args:
        story: At most 12 pictures, evenly spread, in order; at least one.
        cover: The first of them that is not of one colour.
    """

    width_px: int
    height_px: int
    orientation: int
    frames: int
    duration_ms: int | None
    flaws: tuple[Flaw, ...]
    make: str
    model: str
    taken: TakenTime | None
    position: Position | None
    tags: tuple[MediaTag, ...]
    hashes: tuple[PerceptualHash, ...]
    story: tuple[StoryStill, ...]
    cover: StoryStill


def warm() -> dict[str, str]:
    """Run every path once, and open every decoder: nothing can be loaded after the lockdown.

    Returns:
        The versions of the libraries.
    """
    av.logging.set_level(None)
    open_every_decoder()
    for sample, mime in samples():
        descriptor = os.memfd_create("polit-sample", os.MFD_CLOEXEC)
        os.write(descriptor, sample)
        held = HeldBytes(descriptor, len(sample), head_bytes=len(sample))
        decode_video(held, mime, memory_bytes=1 << 30, fingerprint=_no_fingerprint)
        frame_at(held, mime, 0, memory_bytes=1 << 30)
        os.close(descriptor)
    return {"pyav": av.__version__, LIBRARY: av.ffmpeg_version_info}


def _no_fingerprint(pixels: NDArray[np.uint8], frame: int, frame_ms: int) -> PerceptualHash:
    del pixels
    return PerceptualHash("pdq", "frame", bytes(32), 0, frame, frame_ms)


def decode_video(
    untrusted: HeldBytes, mime: str, *, memory_bytes: int, fingerprint: Fingerprint
) -> Video:
    """Decode a video.

    Args:
        untrusted: What is held of it.
        mime: What it was identified as: it decides which demuxer may run.
        memory_bytes: What may be mapped for it.
        fingerprint: Makes the fingerprint of a frame.

    Raises:
        Refused: Its header breaks the limits, nothing of it decodes, or it needs more memory.
        MemoryError: A frame cannot be held.
    """
    opened = open_video(untrusted, mime, memory_bytes=memory_bytes)
    try:
        tail_at = None if untrusted.is_whole else untrusted.tail_at
        pass_ = _Pass(opened, fingerprint, tail_at=tail_at)
        pass_.run()
        return pass_.result(untrusted)
    finally:
        opened.container.close()


class _Pass:
    """One pass through a video, and what it gathers."""

    def __init__(self, opened: Opened, fingerprint: Fingerprint, *, tail_at: int | None) -> None:
        most = min(MAX_HASHES, max(2 * STORY_FRAMES, KEY_FRAMES_PIXELS // opened.pixels))
        self._opened = opened
        self._fingerprint = fingerprint
        self._walk = Walk(opened, all_frames_pixels=ALL_FRAMES_PIXELS, tail_at=tail_at)
        self._converter = VideoReformatter()
        self._hashes: Samples[PerceptualHash] = Samples(every=1, most=most & ~1)
        self._story: Samples[StoryStill] = Samples(every=_CANDIDATES_EVERY_MS, most=_CANDIDATES)
        self._orientation = 1
        self._size = (0, 0)
        self._last_ms = 0
        rate = opened.rate
        self._frames_a_second = max(1, int(rate)) if 0 < rate <= _CREDIBLE_RATE else 0

    def run(self) -> None:
        """Decode, hash and reduce."""
        for shot in self._walk.shots(lambda at_ms: self._hashes.wants(at_ms // _SECOND_MS)):
            if self._walk.frames == 1:
                self._orientation = orientation_of(shot.frame)
                self._size = (shot.frame.width, shot.frame.height)
            self._last_ms = max(self._last_ms, shot.at_ms)
            second = self._second(shot)
            is_hashed = second is not None and self._hashes.wants(second)
            if is_hashed or self._story.wants(shot.at_ms):
                self._keep(shot, second if is_hashed else None)

    def _second(self, shot: Shot) -> int | None:
        """Return the second that a frame stands for, ``None`` where it stands for none."""
        if self._walk.key_frames_only or not self._frames_a_second:
            return shot.at_ms // _SECOND_MS
        second, rest = divmod(shot.number, self._frames_a_second)
        return second if rest == 0 else None

    def _keep(self, shot: Shot, second: int | None) -> None:
        try:
            pixels = rgb_pixels(shot.frame, self._converter)
        except MemoryError:
            raise
        except FFmpegError:
            self._walk.errors += 1
            return
        number, at_ms = min(shot.number, _MAX_FRAMES), min(shot.at_ms, _MAX_MS)
        if second is not None:
            self._hashes.keep(second, self._fingerprint(pixels, number, at_ms))
        if self._story.wants(shot.at_ms):
            picture = Image.fromarray(pixels)
            small = derive(picture, orientation=self._orientation).thumbnail
            self._story.keep(shot.at_ms, StoryStill(at_ms, number, small))

    def result(self, untrusted: HeldBytes) -> Video:
        """Put together what was gathered."""
        opened, walk = self._opened, self._walk
        story = tuple(spread(self._story.kept, STORY_FRAMES))
        flaws = self._flaws(untrusted)
        if not story:
            raise Refused(
                "truncated" if "truncated" in flaws else "undecodable",
                f"no frame of {opened.codec.name} decodes",
            )
        is_counted = not (walk.key_frames_only or walk.is_cut_off or walk.skipped)
        counted = walk.frames if is_counted else 0
        facts = container_facts(opened, self._tags(flaws))
        return Video(
            width_px=self._size[0],
            height_px=self._size[1],
            orientation=self._orientation,
            frames=min(max(opened.stream.frames, 0) or counted, _MAX_FRAMES),
            duration_ms=self._duration_ms(),
            flaws=flaws,
            make=facts.make,
            model=facts.model,
            taken=facts.taken,
            position=facts.position,
            tags=facts.tags,
            hashes=_distinct(self._hashes.kept),
            story=story,
            cover=_cover(story),
        )

    def _duration_ms(self) -> int:
        """Return what the header says, or where the last frame ends if that is later.

        Without a container, or in one without an index, the header's is a guess.
        """
        rate = self._opened.rate
        shown_ms = self._last_ms + (int(1000 / rate) if rate else 0)
        return min(max((self._opened.container.duration or 0) // 1000, shown_ms), _MAX_MS)

    def _flaws(self, untrusted: HeldBytes) -> tuple[Flaw, ...]:
        found: dict[Flaw, bool] = {
            "beyond_limit": not untrusted.is_whole or self._walk.is_cut_off,
            "damaged": self._walk.errors > 0,
            "key_frames_only": self._walk.key_frames_only,
            "truncated": is_truncated(self._opened, untrusted, last_ms=self._last_ms),
        }
        return tuple(flaw for flaw, is_so in found.items() if is_so)

    def _tags(self, flaws: tuple[Flaw, ...]) -> list[tuple[str, str]]:
        apart_s, hidden = self._hashes.every, self._hidden_frames(flaws)
        return [
            ("video:fingerprint_every_s", str(apart_s) if apart_s > 1 else ""),
            # Frames that an edit list hides from every player; they are not decoded.
            ("video:frames_outside_edit", str(hidden) if hidden else ""),
        ]

    def _hidden_frames(self, flaws: tuple[Flaw, ...]) -> int:
        """Return how many frames an edit list hides: those left out, those marked to be dropped."""
        opened, walk = self._opened, self._walk
        if opened.demuxer != "mov" or set(flaws) - {"key_frames_only"}:
            return walk.hidden
        return max(0, opened.stream.frames - walk.packets) + walk.hidden


def _distinct(hashes: list[PerceptualHash]) -> tuple[PerceptualHash, ...]:
    """Return one fingerprint a frame, without those of turned frames: they would be a megabyte."""
    by_frame = {hash_.frame: replace(hash_, dihedral=b"") for hash_ in hashes}
    return tuple(by_frame.values())


def _cover(story: tuple[StoryStill, ...]) -> StoryStill:
    """Return the first picture with something in it: bright and dark parts far enough apart."""
    return next((still for still in story if _contrast(still.picture) >= _CONTRAST), story[0])


_CONTRAST = 24


def _contrast(picture: Image.Image) -> int:
    """Return how far the 5th and the 95th percentile of brightness lie apart, 0 to 255."""
    grey = np.sort(np.asarray(picture.convert("L")), axis=None)
    return int(grey[grey.size * 95 // 100]) - int(grey[grey.size * 5 // 100])


def rgb_pixels(
    frame: VideoFrame, converter: VideoReformatter, *, size: tuple[int, int] | None = None
) -> NDArray[np.uint8]:
    """Return the pixels of a frame as stored: ``(height_px, width_px, 3) uint8 RGB``.

    Args:
        frame: The frame.
        converter: What converts it.
        size: Width and height to scale it to; ``None`` for all of its pixels.
    """
    width, height = size or (frame.width, frame.height)
    converted = converter.reformat(
        frame, width=width, height=height, format="rgb24", interpolation=_CONVERSION, threads=1
    )
    return np.ascontiguousarray(converted.to_ndarray(), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class FullFrame:
    """One frame at full size, as stored, and the EXIF orientation that makes it upright."""

    at_ms: int
    orientation: int
    picture: Image.Image


def frame_at(untrusted: HeldBytes, mime: str, at_ms: int, *, memory_bytes: int) -> FullFrame:
    """Decode one frame at full size.

    Args:
        untrusted: What is held of the video.
        mime: What it was identified as.
        at_ms: Where the frame stands, as a storyboard or a fingerprint says.
        memory_bytes: What may be mapped for it.

    Returns:
        The first frame from there on, else the last one before; not yet upright.

    Raises:
        Refused: See ``decode_video``.
        MemoryError: A frame cannot be held.
    """
    found = _frame_near(untrusted, mime, at_ms, memory_bytes=memory_bytes, seeks=at_ms > 0)
    if found is None or (found.at_ms != at_ms and at_ms > 0):
        # Some containers cannot seek, or land behind the frame: from the start, as far as allowed.
        slow = _frame_near(untrusted, mime, at_ms, memory_bytes=memory_bytes, seeks=False)
        if found is None or (slow and abs(slow.at_ms - at_ms) < abs(found.at_ms - at_ms)):
            found = slow
    if found is None:
        raise Refused("undecodable", f"no frame at {at_ms} ms")
    return found


def _frame_near(
    untrusted: HeldBytes, mime: str, at_ms: int, *, memory_bytes: int, seeks: bool
) -> FullFrame | None:
    opened = open_video(untrusted, mime, memory_bytes=memory_bytes)
    try:
        shot = _shot_at(opened, at_ms, seeks=seeks)
        if shot is None:
            return None
        pixels = rgb_pixels(shot.frame, VideoReformatter())
        return FullFrame(shot.at_ms, orientation_of(shot.frame), Image.fromarray(pixels))
    finally:
        opened.container.close()


def _shot_at(opened: Opened, at_ms: int, *, seeks: bool) -> Shot | None:
    walk = Walk(opened, all_frames_pixels=_UNBOUNDED)
    if seeks and opened.demuxer != "mpegvideo":  # it has no times to seek by
        walk.seek(at_ms)
    last = None
    for shot in walk.shots(lambda _: True):
        last = shot
        if shot.at_ms >= at_ms or walk.pixels > KEY_FRAMES_PIXELS:
            break
    return last


_UNBOUNDED = 1 << 62  # the loop that decodes stops by itself
