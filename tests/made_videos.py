"""Benign videos for the decoders' tests: a bright square that wanders over a gradient."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from polit.decode.held import HeldBytes
from polit.decode.video import Video, decode_video
from polit.model.media import PerceptualHash


@dataclass(frozen=True, slots=True)
class Kind:
    """One container with one coding that FFmpeg can write."""

    container: str
    codec: str
    mime: str
    options: dict[str, str] = field(default_factory=dict)
    pixels: str = "yuv420p"
    size: tuple[int, int] = (128, 96)

    @property
    def name(self) -> str:
        """What a test is called by."""
        return f"{self.container}-{self.codec}"


KINDS = (
    Kind("mp4", "libx264", "video/mp4", {"g": "10"}),
    Kind("mp4", "libx265", "video/mp4", {"x265-params": "pools=none:frame-threads=1:log-level=0"}),
    Kind("mp4", "mpeg4", "video/mp4"),
    Kind("mp4", "libsvtav1", "video/mp4", {"preset": "12", "svtav1-params": "lp=1"}),
    Kind("mov", "prores", "video/quicktime", pixels="yuv422p10le"),
    Kind("mov", "mjpeg", "video/quicktime", pixels="yuvj420p"),
    Kind("mov", "dvvideo", "video/quicktime", pixels="yuv420p", size=(720, 576)),
    Kind("3gp", "h263", "video/3gpp", size=(176, 144)),
    Kind("matroska", "libvpx-vp9", "video/x-matroska", {"deadline": "realtime"}),
    Kind("matroska", "libx264", "video/x-matroska"),
    Kind("webm", "libvpx", "video/webm", {"deadline": "realtime"}),
    Kind("avi", "mpeg4", "video/x-msvideo"),
    Kind("avi", "msmpeg4v2", "video/x-msvideo"),
    Kind("avi", "msmpeg4", "video/x-msvideo"),
    Kind("avi", "mjpeg", "video/x-msvideo", pixels="yuvj420p"),
    Kind("mpegts", "libx264", "video/mp2t"),
    Kind("mpegts", "mpeg2video", "video/mp2t"),
    Kind("mpeg", "mpeg1video", "video/mpeg"),
    Kind("vob", "mpeg2video", "video/mpeg"),
    Kind("mpeg1video", "mpeg1video", "video/mpeg"),
    Kind("asf", "wmv1", "video/x-ms-asf"),
    Kind("asf", "wmv2", "video/x-ms-asf"),
    Kind("flv", "flv", "video/x-flv"),
    Kind("flv", "libx264", "video/x-flv"),
)
RATE = 25
os.environ.setdefault("SVT_LOG", "0")  # its greeting has no other switch


@contextmanager
def _as_scheduled() -> Iterator[None]:
    """Keep the process's scheduling.

    As root, SVT-AV1 makes its caller a real-time process and leaves it one: every process that
    is started afterwards would be one too, and hold the machine.
    """
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def picture(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return frame ``number``: the square stands further right in each one."""
    width, height = size
    across = np.linspace(0, 160, width, dtype=np.uint8)
    down = np.linspace(0, 90, height, dtype=np.uint8)
    made = np.zeros((height, width, 3), np.uint8)
    made[..., 0], made[..., 1], made[..., 2] = across[None, :], down[:, None], 60
    side = height // 4
    left = number * 3 % (width - side)
    made[side : 2 * side, left : left + side] = 240
    return made


def made(
    kind: Kind = KINDS[0],
    *,
    frames: int = 60,
    metadata: dict[str, str] | None = None,
    turned: tuple[int, ...] | None = None,
    sound: str | tuple[str, int] = "",
    dark: int = 0,
) -> bytes:
    """Return a video.

    Args:
        kind: Its container and coding.
        frames: How many, 25 a second.
        metadata: What its container says.
        turned: Its display matrix.
        sound: The coding of a moment of silence beside it; or of a tone as long as the video, and
            how many hertz it has.
        dark: How many of the first frames are black.
    """
    coding, tone_hz = sound if isinstance(sound, tuple) else (sound, 0)
    stream = io.BytesIO()
    flags = (
        {"movflags": "use_metadata_tags"} if metadata and kind.container in ("mp4", "mov") else {}
    )
    with _as_scheduled(), av.open(stream, "w", format=kind.container, options=flags) as output:
        output.metadata.update(metadata or {})
        video = output.add_stream(kind.codec, rate=RATE, options=dict(kind.options))
        assert isinstance(video, VideoStream)
        video.width, video.height = kind.size
        video.pix_fmt = kind.pixels
        video.codec_context.thread_count = 1
        if turned:
            video.set_display_matrix(turned)
        audio = output.add_stream(coding, rate=44_100, layout="mono") if coding else None
        if isinstance(audio, AudioStream):
            for sounding in _sound(tone_hz, frames / RATE if tone_hz else 0):
                output.mux(audio.encode(sounding))
            output.mux(audio.encode(None))
        for number in range(frames):
            pixels = picture(number, kind.size) * (number >= dark)
            frame = VideoFrame.from_ndarray(pixels.astype(np.uint8), format="rgb24")
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return stream.getvalue()


def index_first(content: bytes) -> bytes:
    """Return an MP4 of one stream with its index moved before its samples."""
    samples_at = content.index(b"mdat") - 4
    index_at = content.index(b"moov") - 4
    index = bytearray(content[index_at:])
    chunks_at = index.index(b"stco") + 8
    for number in range(int.from_bytes(index[chunks_at : chunks_at + 4], "big")):
        at = chunks_at + 4 + 4 * number
        moved = int.from_bytes(index[at : at + 4], "big") + len(index)
        index[at : at + 4] = moved.to_bytes(4, "big")
    return content[:samples_at] + bytes(index) + content[samples_at:index_at]


def _sound(tone_hz: int, seconds: float) -> Iterator[av.AudioFrame]:
    """Yield frames of a tone, at least one."""
    for start in range(0, max(1, int(seconds * 44_100)), 1024):
        at = np.arange(start, start + 1024) / 44_100
        tone = (0.5 * np.sin(2 * np.pi * tone_hz * at)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44_100, start
        yield frame


def held(content: bytes, *, head_bytes: int | None = None, tail_bytes: int = 0) -> HeldBytes:
    """Hold a content, or its first and last bytes; the descriptor lives as long as the test."""
    descriptor = os.memfd_create("video", os.MFD_CLOEXEC)
    first = len(content) if head_bytes is None else head_bytes
    os.write(descriptor, content[:first] + content[len(content) - tail_bytes :])
    return HeldBytes(descriptor, len(content), head_bytes=first, tail_bytes=tail_bytes)


def no_fingerprint(pixels: NDArray[np.uint8], frame: int, frame_ms: int) -> PerceptualHash:
    """Stand in for PDQ where a test is about something else: the mean colour, and the size."""
    mean = pixels.reshape(-1, 3).mean(axis=0).astype(np.uint8).tobytes()
    return PerceptualHash("pdq", "frame", mean.ljust(32, b"\0"), 100, frame, frame_ms)


def decoded(content: bytes, mime: str = "video/mp4", *, memory_bytes: int = 1 << 30) -> Video:
    """Decode a video that is held whole."""
    return decode_video(held(content), mime, memory_bytes=memory_bytes, fingerprint=no_fingerprint)
