"""What a video's container says of itself: when, where, with what, and its streams.

Sources: Apple's QuickTime File Format (metadata keys), ISO 6709 annex H (positions as text),
ISO/IEC 14496-12 8.2.2 (track matrix), the keys that FFmpeg's demuxers give.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from av.audio.stream import AudioStream
from av.stream import Stream
from av.video.frame import VideoFrame

from polit.decode._video_source import Opened, codec_name, is_cover
from polit.model.media import MediaTag, Position, TakenTime

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideDataContainer

_MAX_NAME_CHARS = 64
_MAX_VALUE_CHARS = 256
_MAX_TAGS = 128
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

_APPLE = "com.apple.quicktime."
_MAKES = (_APPLE + "make", "com.android.manufacturer", "make")
_MODELS = (_APPLE + "model", "com.android.model", "model")
_PLACES = (_APPLE + "location.iso6709", "location", "location-eng")


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """What the container says beside its pictures."""

    make: str
    model: str
    taken: TakenTime | None
    position: Position | None
    tags: tuple[MediaTag, ...]


def container_facts(opened: Opened, extra: Iterable[tuple[str, str]]) -> ContainerFacts:
    """Collect what an open video says of itself.

    Args:
        opened: The video.
        extra: Tags that only decoding tells, put among those of the streams.
    """
    said = {name.lower(): clean(text) for name, text in opened.container.metadata.items()}
    own = {name.lower(): clean(text) for name, text in opened.stream.metadata.items()}
    tags = [*_stream_tags(opened), *extra]
    tags += [("container:" + name, said[name]) for name in sorted(said)]
    tags += [("video:" + name, own[name]) for name in sorted(own)]
    return ContainerFacts(
        make=_first(said, _MAKES),
        model=_first(said, _MODELS),
        taken=taken_time(said) or taken_time(own),
        position=position(said) or position(own),
        tags=tuple(MediaTag(clean(name)[:_MAX_NAME_CHARS], value) for name, value in tags if value)[
            :_MAX_TAGS
        ],
    )


def clean(text: str) -> str:
    """Return a text fit for people: no control characters, not longer than a tag may be."""
    return _UNPRINTABLE.sub(" ", text).strip()[:_MAX_VALUE_CHARS]


def _first(said: Mapping[str, str], names: Iterable[str]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _stream_tags(opened: Opened) -> Iterator[tuple[str, str]]:
    yield "video:container", opened.container.format.name
    yield "video:codec", codec_name(opened.stream)
    yield "video:profile", opened.codec.profile or ""
    rate = opened.rate
    # In thousandths, by integers: a float's digits would say more than the header does.
    thousandths = rate.numerator * 1000 // rate.denominator
    yield "video:fps", f"{thousandths // 1000}.{thousandths % 1000:03d}" if rate else ""
    yield "video:pixels", opened.codec.pix_fmt or ""
    aspect = opened.stream.sample_aspect_ratio
    yield "video:pixel_aspect", f"{aspect}" if aspect and aspect != 1 else ""
    for other in opened.container.streams:
        if other is not opened.stream:
            yield from _other_stream(other)


def _other_stream(stream: Stream) -> Iterator[tuple[str, str]]:
    if isinstance(stream, AudioStream) and stream.codec_context is not None:
        sound = stream.codec_context
        words = [codec_name(stream), f"{sound.sample_rate} Hz", f"{sound.channels} channels"]
        yield "audio:stream", clean(", ".join([*words, stream.language or ""]).rstrip(", "))
    else:
        kind = "cover" if is_cover(stream) else f"{stream.type}"
        words = [codec_name(stream), stream.language or "", stream.metadata.get("filename", "")]
        yield f"other:{kind}", clean(", ".join(word for word in words if word))


_INSTANT = re.compile(
    r"(\d{4})[-:](\d\d)[-:](\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def taken_time(said: Mapping[str, str]) -> TakenTime | None:
    """Return when it was recorded: the clock with an offset before the one in UTC.

    A container's ``creation_time`` is UTC by its standard; many cameras write their local time
    there nevertheless, which nothing in the file betrays.
    """
    for name in (_APPLE + "creationdate", "creation_time", "date"):
        found = _INSTANT.fullmatch(said.get(name, ""))
        if found:
            time = _time(found, name)
            if time is not None:
                return time
    return None


def _time(found: re.Match[str], name: str) -> TakenTime | None:
    figures, fraction, zone = found.groups()[:6], found[7] or "", found[8]
    try:
        clock = datetime(*(int(figure) for figure in figures))  # type: ignore[arg-type] # noqa: DTZ001 - six figures; a wall clock, its zone is kept beside it
    except ValueError:
        return None
    fraction = "" if not fraction.strip(".0") else fraction
    text = clock.isoformat() + fraction
    if zone == "Z":
        return TakenTime(text, "utc", None, f"container:{name}")
    if zone:
        east = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) // timedelta(minutes=1)
        if east < 1440:
            return TakenTime(
                text, "offset_known", -east if zone[0] == "-" else east, f"container:{name}"
            )
    return TakenTime(text, "zone_unknown", None, f"container:{name}")


_ISO6709 = re.compile(
    r"([+-]\d{2,6}(?:\.\d+)?)([+-]\d{3,7}(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?.*", re.ASCII
)


def position(said: Mapping[str, str]) -> Position | None:
    """Return where it was recorded."""
    for name in _PLACES:
        found = _ISO6709.fullmatch(said.get(name, ""))
        if not found:
            continue
        latitude, longitude = _angle_e7(found[1], 2), _angle_e7(found[2], 3)
        if abs(latitude) > 900_000_000 or abs(longitude) > 1_800_000_000:
            continue
        altitude_mm = _scaled(found[3], 3) if found[3] else None
        if altitude_mm is not None and abs(altitude_mm) > 1 << 40:
            altitude_mm = None
        return Position(latitude, longitude, altitude_mm, f"container:{name}")
    return None


def _angle_e7(text: str, degree_digits: int) -> int:
    """Degrees, degrees and minutes, or those and seconds, by the number of digits."""
    whole, _, fraction = text[1:].partition(".")
    parts = [whole[:degree_digits], whole[degree_digits:][:2], whole[degree_digits + 2 :]]
    parts = [part for part in parts if part]
    parts[-1] += "." + fraction
    angle = 0
    for place, part in enumerate(parts):
        angle += _scaled(part, 9) // (1, 60, 3600)[place]
    return (-1 if text[0] == "-" else 1) * ((angle + 50) // 100)


def _scaled(text: str, decimals: int) -> int:
    """Return a decimal as an integer of so many decimals, what is beyond them cut off."""
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("+-").partition(".")
    return sign * int(whole + fraction[:decimals].ljust(decimals, "0"))


# By which axis x and y of the stored picture end on: (along x, along y) and their directions.
_UPRIGHT = {
    (1, 1): 1, (-1, 1): 2, (-1, -1): 3, (1, -1): 4,
}  # fmt: skip
_SIDEWAYS = {
    (1, 1): 5, (1, -1): 6, (-1, -1): 7, (-1, 1): 8,
}  # fmt: skip


def orientation_of(frame: VideoFrame) -> int:
    """Return the EXIF orientation that a frame's display matrix asks for, 1 without one."""
    try:
        matrix = bytes(cast("SideDataContainer", frame.side_data)["DISPLAYMATRIX"])
    except KeyError:
        return 1
    return orientation(struct.unpack("=9i", matrix)) if len(matrix) == 36 else 1


def orientation(matrix: tuple[int, ...]) -> int:
    """Return the EXIF orientation of a display matrix; an odd angle counts as the nearest right.

    Args:
        matrix: Nine figures, row by row: ``x' = a x + c y``, ``y' = b x + d y``, y downwards.
    """
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return _UPRIGHT[-1 if a < 0 else 1, -1 if d < 0 else 1]
    return _SIDEWAYS[-1 if b < 0 else 1, -1 if c < 0 else 1]
