"""Walks through a video's frames: all of them, or the key frames of a long one, damage included.

What is decoded is decided by counts (frames and pixels), never by a clock: the same video gives
the same frames on every machine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from av.codec.context import Flags
from av.error import FFmpegError
from av.video.frame import VideoFrame

from polit.decode._video_source import MAX_SIDE_PX, Opened
from polit.decode.refusal import Refused

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

ALL_FRAMES_PIXELS = 60_000_000_000
"""How many pixels are decoded before only key frames are: 16 minutes of 1080p at 30 frames a
second. All frames of it take about a minute of one core (16 times real time, PERFORMANCE.md), a
fifth of what an item may take."""

KEY_FRAMES_PIXELS = 10_000_000_000
"""How many pixels of key frames are: 4,800 of 1080p, 1,200 of 4K, each hashed at full size."""

_MAX_PACKETS = 4_000_000
_MAX_ERRORS = 10_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One decoded frame.

    Args:
        number: From 0 in the order of showing; of a lone key frame, in the order of storing.
        at_ms: Since the start of the stream.
    """

    frame: VideoFrame
    number: int
    at_ms: int


class Walk:
    """One pass through a video; afterwards it tells what was met."""

    def __init__(
        self, opened: Opened, *, all_frames_pixels: int, tail_at: int | None = None
    ) -> None:
        """Walk an open video from where it stands.

        Args:
            opened: The video.
            all_frames_pixels: How many pixels are decoded before only key frames are.
            tail_at: Where its end begins, if what is before that is not held.
        """
        self._tail_at = tail_at
        self._opened = opened
        self._all_frames_pixels = all_frames_pixels
        self._start = opened.stream.start_time or 0
        self._base = opened.stream.time_base or Fraction(1, 1000)
        self.packets = 0
        self.frames = 0
        self.errors = 0
        self.hidden = 0
        self.skipped = 0
        self.pixels = 0
        self.is_cut_off = False
        self.key_frames_only = False

    def shots(self, wants_key: Callable[[int], bool]) -> Iterator[Shot]:
        """Yield all frames, or from where that is too much the key frames that are wanted.

        Args:
            wants_key: Told the place of a key frame in milliseconds, whether it is decoded.

        Raises:
            MemoryError: A frame cannot be held.
            Refused: It is encrypted.
        """
        self.key_frames_only = self._expected_pixels() > self._all_frames_pixels
        yield from self._onward(wants_key)
        if self._tail_at is not None and not self.is_cut_off and self._jump(self._tail_at):
            yield from self._onward(wants_key)

    def _onward(self, wants_key: Callable[[int], bool]) -> Iterator[Shot]:
        for packet in self._packets():
            if self.pixels > self._all_frames_pixels + 4 * KEY_FRAMES_PIXELS:
                self.is_cut_off = True
                return
            if not self.key_frames_only and self.pixels > self._all_frames_pixels:
                yield from self._decoded(None)
                self.key_frames_only = True
            if not self.key_frames_only:
                yield from self._decoded(packet)
            elif packet.is_keyframe and wants_key(self._ms(packet.pts, self.packets)):
                yield from self._key_frame(packet)
        if not self.key_frames_only:
            yield from self._decoded(None)

    def seek(self, at_ms: int) -> None:
        """Go to the last key frame that is not after a place, as far as the container can.

        Where it cannot, the walk goes on from where it stands.
        """
        place = self._start + int(at_ms / (self._base * 1000))
        try:
            self._opened.container.seek(place, stream=self._opened.stream)
        except MemoryError:
            raise
        except (FFmpegError, OverflowError):  # times that no stream has
            return

    def _jump(self, tail_at: int) -> bool:
        """Go on with the first key frame that is stored in the end; False without an index."""
        entries, found = self._opened.stream.index_entries, None
        for number in range(len(entries) - 1, -1, -1):
            entry = entries[number]
            if entry.pos < tail_at:
                break
            if entry.is_keyframe:
                found = entry.timestamp
        if found is None:
            return False
        try:
            self._opened.container.seek(found, stream=self._opened.stream)
        except MemoryError:
            raise
        except FFmpegError:
            return False
        # How many frames lie in between follows from the rate: nobody could count them.
        place = int((found - self._start) * self._base * self._opened.rate)
        self.skipped = max(0, place - self.frames)
        return True

    def _expected_pixels(self) -> int:
        opened = self._opened
        frames = opened.stream.frames
        if not frames and opened.container.duration:
            frames = int(opened.container.duration * opened.rate / 1_000_000)
        return frames * opened.pixels

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        """Yield what is stored of the stream; goes on behind damage for as long as that helps."""
        before = -1
        while before < self.packets < _MAX_PACKETS and self.errors <= _MAX_ERRORS:
            before = self.packets
            try:
                yield from self._stored()
            except FFmpegError as error:
                self._count_error()
                if isinstance(error, MemoryError):  # a length that is damaged, as a rule
                    if not self.frames:
                        raise
                    return
            else:
                return

    def _stored(self) -> "Iterator[Packet[VideoStream]]":
        for packet in self._opened.container.demux(self._opened.stream):
            if packet.size == 0:  # a frame to be shown again, or the end: nothing to decode
                continue
            if packet.is_corrupt and self._tail_at is not None:  # cut by where the held part ends
                continue
            if self.packets == 0 and packet.has_sidedata("encryption_info"):
                raise Refused("encrypted", "its samples are encrypted")
            self.hidden += packet.is_discard
            yield packet
            self.packets += 1
            if self.packets >= _MAX_PACKETS:
                self.is_cut_off = True
                return

    def _decoded(self, packet: "Packet[VideoStream] | None") -> Iterator[Shot]:
        for frame in self._decode(packet):
            number = self.frames + self.skipped
            self._count(frame)
            yield Shot(frame, number, self._ms(frame.pts, number))

    def _key_frame(self, packet: "Packet[VideoStream]") -> Iterator[Shot]:
        """Decode one key frame by itself."""
        codec = self._opened.codec
        # A key frame that is no starting point by the letter would be kept back.
        codec.flags |= Flags.output_corrupt
        frames = [*self._decode(packet), *self._decode(None)]
        codec.flush_buffers()
        for frame in frames[:1]:
            self._count(frame)
            pts = packet.pts if frame.pts is None else frame.pts
            number = self.packets + self.skipped
            yield Shot(frame, number, self._ms(pts, number))

    def _decode(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        try:
            frames = self._opened.codec.decode(packet)
        except MemoryError:
            raise
        except EOFError:
            return []
        except FFmpegError:
            self._count_error()
            return []
        fit = [frame for frame in frames if max(frame.width, frame.height) <= MAX_SIDE_PX]
        self.errors += len(frames) - len(fit)
        return fit

    def _count(self, frame: VideoFrame) -> None:
        self.frames += 1
        self.pixels += frame.width * frame.height
        if frame.is_corrupt and not self.key_frames_only:
            self._count_error()

    def _count_error(self) -> None:
        self.errors += 1

    def _ms(self, pts: int | None, number: int) -> int:
        """Return the place of a frame, by its number where it has no time of its own."""
        if pts is not None and self._opened.demuxer != "mpegvideo":
            return max(0, int((pts - self._start) * self._base * 1000))
        rate = self._opened.rate
        return int(number * 1000 / rate) if rate else number
