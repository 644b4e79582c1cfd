"""What travels about pictures and sound; a part of ``polit.broker.protocol``.

Many pictures are one part of an answer, one behind the other: the body states their lengths.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec

MOST_ITEMS = 100
"""Pictures of one page."""
MOST_FRAMES = 64
"""Frames of one sequence."""
MOST_FRAME_SIDE_PX = 1280
MOST_SOUND_MS = 60_000


class Rung(StrEnum):
    """How much of a picture is shown."""

    GREY_160 = "grey160"
    COLOUR_160 = "colour160"
    FULL_GREY = "full_grey"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class RenderedPicture:
    """A picture for the eyes of one person: watermarked, encoded anew, without metadata.

    Args:
        media_type: How it is encoded.
        data: The encoded picture.
        width_px: Its width.
        height_px: Its height, a footer included.
        of_width_px: The width of the whole that it was taken from, upright.
        of_height_px: The height of that.
        at_ms: Of a video, where the frame stands.
    """

    media_type: str
    data: bytes
    width_px: int
    height_px: int
    of_width_px: int = 0
    of_height_px: int = 0
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """One of many pictures, or why there is none.

    Args:
        media_type: How it is encoded.
        data: The encoded picture, empty where there is none.
        width_px: Its width, 0 where there is none.
        height_px: Its height, a footer included.
        at_ms: Of a video, where the frame stands.
        code: Empty, or why there is no picture: see ``polit.broker.protocol.CODES``.
        of_width_px: The width of what it was taken from, upright: of a frame that of the video,
            of a picture of a page or story that of its thumbnail.
        of_height_px: The height of that.
    """

    media_type: str
    data: bytes
    width_px: int
    height_px: int
    at_ms: int | None = None
    code: str = ""
    of_width_px: int = 0
    of_height_px: int = 0


@dataclass(frozen=True, slots=True)
class RenderedSound:
    """Sound for the ears of one person: a WAV file of 16 bits, mono.

    Args:
        media_type: How it is encoded.
        data: The encoded sound.
        length_ms: How long it plays; less than was asked for where the sound ends before.
    """

    media_type: str
    data: bytes
    length_ms: int


class RenderQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The audit event that pixels or sound are given for."""

    event_id: Annotated[str, msgspec.Meta(max_length=64)]


class PictureAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a picture everything but its bytes: those are the answer's parts."""

    media_type: str
    width_px: int
    height_px: int
    of_width_px: int = 0
    of_height_px: int = 0
    at_ms: int | None = None


class PartFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one of many pictures everything but its bytes."""

    size_bytes: Annotated[int, msgspec.Meta(ge=0)]
    width_px: int
    height_px: int
    of_width_px: int
    of_height_px: int
    at_ms: int | None
    code: str


class PicturesAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of many pictures everything but their bytes: those are one part, in the same order."""

    media_type: str
    pictures: Annotated[tuple[PartFacts, ...], msgspec.Meta(max_length=MOST_ITEMS)]


class SoundAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a sound everything but its bytes."""

    media_type: str
    length_ms: int
