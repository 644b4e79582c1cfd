"""Opens a video: which demuxers and decoders may touch it, and what its header may ask for.

The demuxer is forced by what the content was identified as, never probed, so that no playlist,
script or device is ever one. Nothing but the held bytes can be read: no protocol is allowed,
a demuxer that asks for a second file is refused, and references to other files are off.
"""

from dataclasses import dataclass
from fractions import Fraction

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.format import VideoFormat
from av.video.stream import VideoStream

from polit.decode.held import HeldBytes
from polit.decode.refusal import Refused

MAX_PIXELS = 200_000_000
MAX_SIDE_PX = 65_535
_MAX_STREAMS = 64
_PROBE_BYTES = 8 << 20
_PROBE_US = 10_000_000
_BUFFER_BYTES = 256 << 10
_SLACK_BYTES = 96 << 20

_DEMUXERS = {
    "video/3gpp": "mov",
    "video/3gpp2": "mov",
    "video/mp2t": "mpegts",
    "video/mp4": "mov",
    "video/mpeg": "mpeg",
    "video/ogg": "ogg",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-flv": "flv",
    "video/x-m4v": "mov",
    "video/x-matroska": "matroska",
    "video/x-ms-asf": "asf",
    "video/x-msvideo": "avi",
}
DEMUXERS = frozenset({*_DEMUXERS.values(), "mpegvideo"})
"""Every demuxer that may run. ``mpegvideo`` is MPEG-1 or 2 video without a container."""

DECODERS = frozenset({
    "dvvideo", "flv", "h263", "h264", "hevc", "libdav1d", "mjpeg", "mpeg1video", "mpeg2video",
    "mpeg4", "msmpeg4", "msmpeg4v1", "msmpeg4v2", "prores", "theora", "vc1", "vp6", "vp6f", "vp8",
    "vp9", "wmv1", "wmv2", "wmv3",
})  # fmt: skip
"""Every decoder that may run: what phones, cameras, messengers and players of the last twenty-five
years write. Screen codecs, still-picture codecs and rarities stay out: each is attack surface."""

_CODEC_OPTIONS = {
    "codec_whitelist": ",".join(sorted(DECODERS)),
    "max_pixels": str(MAX_PIXELS),
    "threads": "1",
}
_CONTAINER_OPTIONS = {
    # The full names that FFmpeg compares: a demuxer of several names counts by any of them.
    "format_whitelist": ",".join(sorted(DEMUXERS)),
    "protocol_whitelist": "none",
    "max_streams": str(_MAX_STREAMS),
    "probesize": str(_PROBE_BYTES),
    "analyzeduration": str(_PROBE_US),
}
_MOV_OPTIONS = {"enable_drefs": "0", "use_absolute_path": "0"}


@dataclass(frozen=True, slots=True)
class Opened:
    """An open video: its container, the stream that is decoded, and what its header says."""

    container: InputContainer
    stream: VideoStream
    codec: VideoCodecContext
    demuxer: str

    @property
    def pixels(self) -> int:
        """How many pixels a frame has."""
        return self.codec.width * self.codec.height

    @property
    def rate(self) -> Fraction:
        """Frames in a second as the header says; 0 where it says nothing credible."""
        rate = self.stream.average_rate or self.stream.base_rate
        return rate if rate and 0 < rate <= 1000 else Fraction(0)


def demuxer_of(held: HeldBytes, mime: str) -> str:
    """Return the one demuxer that a content may be read with.

    Raises:
        Refused: There is none.
    """
    name = _DEMUXERS.get(mime)
    if name is None:
        raise Refused("undecodable", f"no decoder for {mime}")
    if name == "mpeg" and held.read_at(0, 4) in (b"\0\0\1\xb3", b"\0\0\1\xb5"):
        return "mpegvideo"
    return name


def open_video(held: HeldBytes, mime: str, *, memory_bytes: int) -> Opened:
    """Open a video and check its header; nothing of it is decoded but to find its format.

    Raises:
        Refused: It cannot be read, has no video that may be decoded, or breaks the limits.
        MemoryError: It cannot be held.
    """
    demuxer = demuxer_of(held, mime)
    held.seek(0)
    container = open_container(held, demuxer, decoders=DECODERS)
    try:
        stream = _choose(container, held, demuxer)
        codec = stream.codec_context
        _check_header(codec, memory_bytes)
        for other in container.streams:
            if other is not stream:
                other.discard = Discard.all
        _prepare(codec)
    except BaseException:
        container.close()
        raise
    return Opened(container, stream, codec, demuxer)


def open_container(held: HeldBytes, demuxer: str, *, decoders: frozenset[str]) -> InputContainer:
    """Open a container with the one demuxer that may read it.

    Args:
        held: What is held of it.
        demuxer: The demuxer, as ``demuxer_of`` gives it.
        decoders: Every decoder that may run while its streams are looked at.

    Raises:
        Refused: It cannot be read.
        MemoryError: It cannot be held.
    """
    allowed = {"codec_whitelist": ",".join(sorted(decoders))}
    options = _CONTAINER_OPTIONS | allowed | (_MOV_OPTIONS if demuxer == "mov" else {})
    try:
        return av.open(
            held,
            "r",
            format=demuxer,
            options=_CODEC_OPTIONS | allowed,
            container_options=options,
            metadata_errors="replace",
            buffer_size=_BUFFER_BYTES,
            io_open=_refuse_second_file,
        )
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as error:
        raise _unreadable(held, demuxer, error) from error


def _refuse_second_file(*_: object) -> object:
    raise PermissionError("a video may not open another file")


def _unreadable(held: HeldBytes, demuxer: str, error: Exception) -> Refused:
    if demuxer == "mov" and not _has_index(held):
        return _unfinished()
    return Refused("undecodable", f"{demuxer}: {getattr(error, 'strerror', '') or error}")


def _unfinished() -> Refused:
    return Refused("truncated", "no index (moov): never finished, or its end is missing")


def _has_index(held: HeldBytes) -> bool:
    """Tell whether a box of kind ``moov`` lies at the top level, whole."""
    at = 0
    for _ in range(4096):
        head = held.read_at(at, 16)
        if len(head) < 8:
            return False
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if head[4:8] == b"moov":
            return size == 0 or at + size <= held.size_bytes
        if size < 8:
            return False
        at += size
    return False


def is_cover(stream: Stream) -> bool:
    """Tell whether a stream is a picture that was attached, no video."""
    return bool(stream.disposition & stream.disposition.attached_pic)


def _choose(container: InputContainer, held: HeldBytes, demuxer: str) -> VideoStream:
    """Return the first video that may be decoded.

    Raises:
        Refused: There is none.
    """
    videos = [stream for stream in container.streams.video if not is_cover(stream)]
    for stream in videos:
        if stream.codec_context is not None and stream.codec_context.codec.name in DECODERS:
            return stream
    if videos:
        raise Refused("undecodable", f"no decoder allowed for {codec_name(videos[0])}")
    if demuxer == "mov" and not _has_index(held):
        raise _unfinished()
    raise Refused("undecodable", "no video in it")


def codec_name(stream: Stream) -> str:
    """Return the name of a stream's coding, ``unknown`` where FFmpeg has none."""
    codec = stream.codec_context
    return codec.codec.canonical_name if codec is not None else "unknown"


def _check_header(codec: VideoCodecContext, memory_bytes: int) -> None:
    width, height = codec.width, codec.height
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise Refused("too_large", f"{width} x {height} px")
    if width <= 0 or height <= 0:
        raise Refused("undecodable", "a video without pixels")
    needed = needed_bytes(codec)
    if needed > memory_bytes:
        raise Refused("needs_memory", f"{width} x {height} px", needed_bytes=needed)


# The largest picture buffer of H.264 and H.265 (level 6.2) is some 180 MP, at most 16 frames;
# beside it the one that is decoded, those on the way out, and the copies of one in RGB.
_BUFFER_PIXELS = 180_000_000
_FRAMES_ON_THE_WAY = 4
_RGB_BYTES = 10


def needed_bytes(codec: VideoCodecContext) -> int:
    """Return what decoding frames of this size can take."""
    pixels = codec.width * codec.height
    frames = _FRAMES_ON_THE_WAY + min(16, -(-_BUFFER_PIXELS // pixels))
    return pixels * _RGB_BYTES + frames * _frame_bytes(codec.format, pixels) + _SLACK_BYTES


def _frame_bytes(form: VideoFormat | None, pixels: int) -> int:
    if form is None:
        return pixels * 3 // 2
    deep = 2 if any(part.bits > 8 for part in form.components) else 1
    full = sum(1 for part in form.components if not (part.is_chroma and form.is_planar))
    chroma = pixels
    if form.width and form.height:
        chroma = -(-form.chroma_width(form.width) * form.chroma_height(form.height) * pixels
                   // (form.width * form.height))  # fmt: skip
    return deep * (full * pixels + (len(form.components) - full) * chroma)


def _prepare(codec: VideoCodecContext) -> None:
    """One thread, no hardware, and arithmetic that is the same on every processor."""
    codec.thread_count = 1
    codec.thread_type = "NONE"
    codec.options = {name: _CODEC_OPTIONS[name] for name in ("codec_whitelist", "max_pixels")}
    codec.flags |= av.codec.context.Flags.bitexact
