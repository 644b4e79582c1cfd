"""Pillow, with one named format at a time: whole, or what there is of a broken picture."""

import io
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, cast

from PIL import Image, ImageFile

from polit.decode.picture import (
    STORY_FRAMES,
    Item,
    StillFrame,
    Untrusted,
    check_size,
)
from polit.decode.refusal import Refused

UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    IndexError,
    EOFError,
    TypeError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
    AssertionError,
    struct.error,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)
"""What the decoders raise on hostile bytes: Pillow's plugins do not check all they index."""

MAX_STORY_PIXELS = 300_000_000
"""What is decoded of an animation to reach the frames of its story: some seconds."""

_KEPT_PIXELS, _KEPT_SIDE_PX = 1_000_000, 1024
_STRIP_PX = 128
_EXIF_MARK = b"Exif\0\0"
_RAW_PROFILE = re.compile(rb"\s*exif\s+\d+\s+([0-9a-fA-F\s]+)")


class Reader:
    """An item as Pillow reads it: without a copy, a descriptor or anything to flush."""

    def __init__(self, untrusted: Untrusted) -> None:
        """Read from the start."""
        self._untrusted = untrusted
        self._at = 0

    def __repr__(self) -> str:
        """Return what Pillow's messages name: no address, it differs from run to run."""
        return "the item"

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, fewer at the end."""
        end = len(self._untrusted) if size < 0 else self._at + size
        data = self._untrusted[self._at : end]
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place; past the end is allowed.

        Raises:
            OSError: It lies before the start.
        """
        at = (0, self._at, len(self._untrusted))[whence] + offset
        if at < 0:
            raise OSError("a place before the start")
        self._at = at
        return at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def readline(self, size: int = -1) -> bytes:
        """Return the bytes up to the next line feed, that included."""
        found = self._untrusted.find(b"\n", self._at)
        length = (found + 1 if found >= 0 else len(self._untrusted)) - self._at
        return self.read(length if size < 0 else min(size, length))


def open_by(untrusted: Untrusted, name: str) -> ImageFile.ImageFile:
    """Read the header of a picture, as one format and no other."""
    return Image.open(cast("IO[bytes]", Reader(untrusted)), formats=(name,))


def load_whole(
    item: Item,
    name: str,
    *,
    check: Callable[[ImageFile.ImageFile], None],
    is_cut: Callable[[], bool] = lambda: False,
) -> tuple[ImageFile.ImageFile, tuple[str, ...]]:
    """Decode a picture, or what there is of it.

    Args:
        item: The picture.
        name: The one format it is taken for.
        check: Refuses what the opened header says.
        is_cut: Tells, for a picture that cannot be decoded whole, whether its end is missing;
            asked where the library does not say so itself.

    Returns:
        The picture and its flaws.

    Raises:
        Refused: The check refused it, or nothing could be decoded.
    """
    try:
        return _loaded(item.untrusted, name, check), ()
    except UNREADABLE as error:
        told = refusal_of(error)
    if told.code == "undecodable" and is_cut():
        told = Refused("truncated", told.detail)
    return _what_there_is(item.untrusted, name, check, told)


def _loaded(
    untrusted: Untrusted, name: str, check: Callable[[ImageFile.ImageFile], None]
) -> ImageFile.ImageFile:
    opened = open_by(untrusted, name)
    check(opened)
    opened.load()
    return opened


def _what_there_is(
    untrusted: Untrusted,
    name: str,
    check: Callable[[ImageFile.ImageFile], None],
    told: Refused,
) -> tuple[ImageFile.ImageFile, tuple[str, ...]]:
    if told.code not in ("truncated", "undecodable"):
        raise told
    try:
        with tolerance():
            opened = open_by(untrusted, name)
            check(opened)
            load_partly(opened)
    except UNREADABLE:
        raise told from None
    refuse_blank(opened, told)
    return opened, ("truncated" if told.code == "truncated" else "damaged",)


def load_partly(opened: ImageFile.ImageFile) -> None:
    """Decode until the first error; what was decoded before it stays.

    Raises:
        OSError: Not even room for the pixels was made.
    """
    try:
        opened.load()
    except UNREADABLE:
        opened.tile = []
        opened.load()


def refuse_blank(picture: Image.Image, told: Refused) -> None:
    """Refuse what is left of a broken picture when that is one colour: nothing was decoded.

    Raises:
        Refused: ``told``.
    """
    if one_colour(picture) is not None:
        raise told


def one_colour(picture: Image.Image) -> tuple[float, ...] | None:
    """Return the one value of each band that all pixels have, ``None`` where they differ."""
    width_px, height_px = picture.size
    found: set[tuple[float, ...]] = set()
    for top in range(0, height_px, _STRIP_PX):  # whole, the bands would be copied
        strip = picture.crop((0, top, width_px, min(height_px, top + _STRIP_PX)))
        extrema = strip.getextrema()
        bands = [extrema] if len(strip.getbands()) == 1 else extrema
        pairs = cast("Sequence[tuple[float, float]]", bands)
        if any(low != high for low, high in pairs):
            return None
        found.add(tuple(low for low, _ in pairs))
    return found.pop() if len(found) == 1 else None


@contextmanager
def tolerance() -> Iterator[None]:
    """Let Pillow pass over errors, within."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def size_check(item: Item, bytes_per_pixel: float) -> Callable[[ImageFile.ImageFile], None]:
    """Return a check of the size alone, with what decoding holds for each pixel."""
    return lambda opened: check_size(opened.size, item, bytes_per_pixel=bytes_per_pixel)


def evenly(count: int, most: int = STORY_FRAMES) -> list[int]:
    """Return at most ``most`` numbers below ``count``, evenly spaced, first and last included."""
    if count <= most:
        return list(range(count))
    return [number * (count - 1) // (most - 1) for number in range(most)]


def storyboard(
    item: Item, name: str, starts_ms: Sequence[int]
) -> tuple[tuple[StillFrame, ...], tuple[str, ...]]:
    """Decode an animation from its start and keep some of its frames.

    Args:
        item: The animation.
        name: The one format it is taken for.
        starts_ms: When each of its frames begins.

    Returns:
        The frames, and the flaws: ``beyond_limit`` where the limit came before its last
        frame, ``damaged`` where a frame cannot be decoded.
    """
    opened = open_by(item.untrusted, name)
    width_px, height_px = opened.size
    seen = min(len(starts_ms), max(1, MAX_STORY_PIXELS // (width_px * height_px)))
    flaws = ("beyond_limit",) if seen < len(starts_ms) else ()
    frames: list[StillFrame] = []
    for number in evenly(seen):
        try:
            opened.seek(number)
            opened.load()
        except UNREADABLE:
            return tuple(frames), tuple(sorted({*flaws, "damaged"}))
        frames.append(StillFrame(starts_ms[number], number, kept(opened)))
    return tuple(frames), flaws


def kept(picture: Image.Image) -> Image.Image:
    """Return a copy of a frame, sampled down when it is large: twelve are held at once."""
    width_px, height_px = picture.size
    longer = max(picture.size)
    if width_px * height_px <= _KEPT_PIXELS or longer <= _KEPT_SIDE_PX:
        return picture.copy()
    size = (
        max(1, width_px * _KEPT_SIDE_PX // longer),
        max(1, height_px * _KEPT_SIDE_PX // longer),
    )
    return picture.resize(size, Image.Resampling.NEAREST)


def starts_of(durations_ms: Sequence[int]) -> list[int]:
    """Return when each frame begins, from how long each is shown."""
    starts, now = [], 0
    for duration in durations_ms:
        starts.append(now)
        now += duration
    return starts


def exif_of(picture: Image.Image) -> bytes:
    """Return the TIFF structure of the EXIF block that Pillow found, or nothing."""
    found = picture.info.get("exif")
    if isinstance(found, bytes):
        return found.removeprefix(_EXIF_MARK)
    profile = picture.info.get("Raw profile type exif")
    match = (
        _RAW_PROFILE.match(profile.encode("latin-1", "replace"))
        if isinstance(profile, str)
        else None
    )
    if match is None:
        return b""
    digits = b"".join(match[1].split())
    return bytes.fromhex(digits[: len(digits) & ~1].decode()).removeprefix(_EXIF_MARK)


def xmp_of(picture: Image.Image) -> bytes:
    """Return the XMP packet that Pillow found, or nothing."""
    found = picture.info.get("xmp")
    if isinstance(found, str):
        return found.encode("utf-8", "replace")
    return found if isinstance(found, bytes) else b""


_TRUNCATIONS = ("premature end", "truncated", "unexpected end", "unexpected eof", "eof while",
                "not enough image data")  # fmt: skip


def is_truncation(message: str) -> bool:
    """Tell whether a library's words mean that the end is missing."""
    return any(sign in message.lower() for sign in _TRUNCATIONS)


def refusal_of(error: Exception) -> Refused:
    """Return what an exception of a decoder means."""
    message = str(error)
    detail = f"{type(error).__name__}: {message}"
    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    if isinstance(error, bombs) or "MAX_TEXT" in message:
        return Refused("too_large", detail)
    if isinstance(error, EOFError) or is_truncation(message):
        return Refused("truncated", detail)
    if "emory" in message:
        return Refused("memory", detail)
    return Refused("undecodable", detail)
