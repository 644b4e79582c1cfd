"""A stretch of the first sound of a video, as samples of one channel.

By FFmpeg (PyAV), on one thread, without its filters: those start threads, and mixing and reducing
are three lines of arithmetic. Each frame of sound stands where its time says, so that gaps are
silence and what is heard fits what is seen.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard
from numpy.typing import NDArray

from polit.decode._sound_samples import open_every_decoder, samples
from polit.decode._video_source import codec_name, demuxer_of, open_container
from polit.decode.held import HeldBytes
from polit.decode.refusal import Refused
from polit.decode.sound_decoders import DECODERS

MOST_RATE = 22_050
"""Samples in a second that are given at most: speech lies below 8 kHz."""

_LEAST_RATE, _HIGHEST_RATE = 1_000, 192_000
_MOST_CHANNELS = 16
_MOST_SAMPLES = 400_000_000
"""How many are decoded to reach a place where the container cannot seek: two hours at 48 kHz."""
_MOST_PACKETS = 4_000_000
"""A table of samples may name the same bytes for each: a small file is no small number of them."""
_MOST_ERRORS = 1_000
_SCALES = {"u8": 1 << 7, "s16": 1 << 15, "s32": 1 << 31, "s64": 1 << 63, "flt": 1, "dbl": 1}
_FULL = 32_767

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples of one channel: 16 bits each, little-endian."""

    rate: int
    samples: bytes


def warm() -> None:
    """Run every path once, and open every decoder: nothing can be loaded after the lockdown."""
    open_every_decoder()
    for sample, mime in samples():
        descriptor = os.memfd_create("polit-sample", os.MFD_CLOEXEC)
        os.write(descriptor, sample)
        held = HeldBytes(descriptor, len(sample), head_bytes=len(sample))
        for from_ms in (0, 40):
            decode_sound(held, mime, from_ms=from_ms, length_ms=100)
        os.close(descriptor)


def decode_sound(untrusted: HeldBytes, mime: str, *, from_ms: int, length_ms: int) -> Sound:
    """Decode a stretch of the first sound that may be decoded.

    Args:
        untrusted: What is held of the video.
        mime: What it was identified as.
        from_ms: Where it begins, from the start of the video.
        length_ms: How long it is at most; less comes where the sound ends.

    Raises:
        Refused: There is no sound in it, none there, or it does not decode.
        MemoryError: It cannot be held.
    """
    demuxer = demuxer_of(untrusted, mime)
    untrusted.seek(0)
    container = open_container(untrusted, demuxer, decoders=DECODERS)
    try:
        stream = _choose(container)
        stretch = _Stretch(container, stream, from_ms=from_ms, length_ms=length_ms)
        mono = stretch.decoded()
    finally:
        container.close()
    reduced, rate = _reduced(mono, stretch.rate)
    return Sound(rate, np.rint(reduced * _FULL).astype("<i2").tobytes())


def _choose(container: InputContainer) -> AudioStream:
    """Return the first sound that may be decoded; nothing else is read.

    Raises:
        Refused: There is none.
    """
    sounds = list(container.streams.audio)
    chosen = next(
        (each for each in sounds
         if each.codec_context is not None and each.codec_context.codec.name in DECODERS),
        None,
    )  # fmt: skip
    if chosen is None:
        names = ", ".join(sorted({codec_name(each) for each in sounds}))
        raise Refused("no_sound", f"no decoder allowed for {names}" if names else "no sound in it")
    for other in container.streams:
        if other is not chosen:
            other.discard = Discard.all
    _prepare(chosen.codec_context)
    return chosen


def _prepare(codec: AudioCodecContext) -> None:
    """Check the header; one thread, and arithmetic that is the same on every processor."""
    if not _LEAST_RATE <= codec.sample_rate <= _HIGHEST_RATE:
        raise Refused("undecodable", f"{codec.sample_rate} samples a second")
    codec.thread_count = 1
    codec.thread_type = "NONE"
    codec.options = {"codec_whitelist": ",".join(sorted(DECODERS))}
    codec.flags |= av.codec.context.Flags.bitexact


class _Stretch:
    """The part of a sound that is wanted, filled frame by frame."""

    def __init__(
        self, container: InputContainer, stream: AudioStream, *, from_ms: int, length_ms: int
    ) -> None:
        self.rate = stream.codec_context.sample_rate
        self._container, self._stream = container, stream
        self._base = stream.time_base or Fraction(1, self.rate)
        self._start = stream.start_time or 0
        self._first = from_ms * self.rate // 1000
        self._mono = np.zeros(max(1, length_ms * self.rate // 1000), np.float64)
        self._filled = 0
        if from_ms > 0:
            self._seek(from_ms)

    def decoded(self) -> Samples:
        """Decode until it is full or the sound ends.

        Raises:
            Refused: Nothing of it decodes.
        """
        at = 0
        for frame in self._frames():
            mono = _mixed(frame)
            if frame.pts is not None:
                at = int((frame.pts - self._start) * self._base * self.rate)
            self._put(mono, at - self._first)
            at += len(mono)
            if at >= self._first + len(self._mono):
                break
        if self._filled == 0:
            raise Refused("no_sound", "no sound there")
        return self._mono[: self._filled]

    def _put(self, mono: Samples, place: int) -> None:
        mono, place = mono[max(0, -place) :], max(0, place)
        end = min(place + len(mono), len(self._mono))
        if end > place:
            self._mono[place:end] = mono[: end - place]
            self._filled = max(self._filled, end)

    def _seek(self, at_ms: int) -> None:
        place = self._start + int(at_ms / (self._base * 1000))
        try:
            self._container.seek(place, stream=self._stream)
        except MemoryError:
            raise
        except (FFmpegError, OverflowError):  # times that no stream has
            return

    def _frames(self) -> Iterator[AudioFrame]:
        """Yield frames of the rate that the header states; goes on behind damage.

        What is decoded counts, fit or not, so that it ends.
        """
        errors = seen = taken = 0
        packets = self._container.demux(self._stream)
        while errors <= _MOST_ERRORS and seen <= _MOST_SAMPLES and taken < _MOST_PACKETS:
            taken += 1
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                frames = self._stream.codec_context.decode(packet if packet.size else None)
            except MemoryError:
                raise
            except EOFError:
                return
            except FFmpegError:
                errors += 1
                continue
            seen += sum(frame.samples for frame in frames)
            yield from filter(self._is_fit, frames)

    def _is_fit(self, frame: AudioFrame) -> bool:
        return frame.sample_rate == self.rate and 0 < frame.layout.nb_channels <= _MOST_CHANNELS


def _mixed(frame: AudioFrame) -> Samples:
    """Return the mean of a frame's channels, -1 to 1."""
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    form = frame.format.name.removesuffix("p")
    mono = values.mean(axis=0, dtype=np.float64)
    if form == "u8":
        mono -= _SCALES[form]
    clipped: Samples = np.clip(np.nan_to_num(mono / _SCALES[form]), -1.0, 1.0)
    return clipped


def _reduced(mono: Samples, rate: int) -> tuple[Samples, int]:
    """Return samples at ``MOST_RATE`` where there are more: each the mean of what it stands for.

    The mean is the low pass too; as little as it damps, nobody takes speech for other speech.
    """
    if rate <= MOST_RATE:
        return mono, rate
    sums = np.concatenate(([0.0], np.cumsum(mono)))
    count = max(1, len(mono) * MOST_RATE // rate)
    edges = np.minimum(np.arange(count + 1) * (rate / MOST_RATE), float(len(mono)))
    means = np.diff(np.interp(edges, np.arange(len(sums), dtype=np.float64), sums))
    return np.clip(means * (MOST_RATE / rate), -1.0, 1.0), MOST_RATE
