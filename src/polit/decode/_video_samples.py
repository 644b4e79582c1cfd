"""Tiny videos of the families that FFmpeg can write, made on the spot, to run every path once."""

import io
from collections.abc import Iterator

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from polit.decode._video_source import DECODERS

_FAMILIES = (
    ("mp4", "libx264", "video/mp4"),
    ("mov", "mjpeg", "video/quicktime"),
    ("webm", "libvpx", "video/webm"),
    ("avi", "mpeg4", "video/x-msvideo"),
    ("mpegts", "mpeg2video", "video/mp2t"),
    ("mpeg", "mpeg1video", "video/mpeg"),
    ("asf", "wmv2", "video/x-ms-asf"),
    ("flv", "flv", "video/x-flv"),
)
_SIDE_PX = 64
_FRAMES = 3


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each sample and its media type."""
    for container, codec, mime in _FAMILIES:
        stream = io.BytesIO()
        with av.open(stream, "w", format=container) as output:
            _encode(output, codec)
        yield stream.getvalue(), mime


def _encode(output: OutputContainer, codec: str) -> None:
    video = output.add_stream(codec, rate=25)
    if not isinstance(video, VideoStream):
        raise TypeError(f"{codec} makes no video")
    video.width = video.height = _SIDE_PX
    video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    # A process that started threads cannot be forked from.
    video.codec_context.thread_count = 1
    for number in range(_FRAMES):
        grey = np.full((_SIDE_PX, _SIDE_PX, 3), 60 * number, np.uint8)
        output.mux(video.encode(VideoFrame.from_ndarray(grey, format="rgb24")))
    output.mux(video.encode(None))


def open_every_decoder() -> None:
    """Open every decoder that may run, so that its tables are made."""
    for name in sorted(DECODERS):
        codec = av.CodecContext.create(name, "r")
        codec.thread_count = 1
        try:
            codec.open()
        except (FFmpegError, ValueError):
            continue  # it wants a header first
