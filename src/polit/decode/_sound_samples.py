"""Tiny videos with sound, made on the spot, to run every path once."""

import io
from collections.abc import Iterator

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.error import FFmpegError

from polit.decode.sound_decoders import DECODERS

_FAMILIES = (
    ("mp4", "aac", "fltp", "video/mp4", 44_100),
    ("matroska", "pcm_s16le", "s16", "video/x-matroska", 16_000),
    ("avi", "pcm_u8", "u8", "video/x-msvideo", 11_025),
)
_FRAMES, _FRAME_SAMPLES = 12, 1024


def samples() -> Iterator[tuple[bytes, str]]:
    """Yield each sample and its media type."""
    for container, codec, form, mime, rate in _FAMILIES:
        stream = io.BytesIO()
        with av.open(stream, "w", format=container) as output:
            sound = output.add_stream(codec, rate=rate)
            if not isinstance(sound, AudioStream):
                raise TypeError(f"{codec} makes no sound")
            sound.codec_context.layout = "mono"
            sound.codec_context.format = form
            sound.codec_context.thread_count = 1
            kind = {"fltp": np.float32, "s16": np.int16, "u8": np.uint8}[form]
            for number in range(_FRAMES):
                frame = AudioFrame.from_ndarray(
                    np.ones((1, _FRAME_SAMPLES), kind), format=form, layout="mono"
                )
                frame.sample_rate, frame.pts = rate, number * _FRAME_SAMPLES
                output.mux(sound.encode(frame))
            output.mux(sound.encode(None))
        yield stream.getvalue(), mime


def open_every_decoder() -> None:
    """Open every decoder that may run, so that its tables are made."""
    for name in sorted(DECODERS):
        codec = av.CodecContext.create(name, "r")
        codec.thread_count = 1
        try:
            codec.open()
        except (FFmpegError, ValueError):
            continue  # it wants a header first
