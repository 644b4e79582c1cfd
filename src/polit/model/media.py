"""What content is: its type, its kind, and what decoding it gave."""

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """The kinds that summaries count."""

    STILL = "still"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    DATABASE = "database"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identification:
    """The type of a content, decided by its bytes alone.

    Args:
        mime: Lower-case media type, such as ``image/jpeg``; ``application/octet-stream``
            where nothing is known, ``application/x-empty`` for no bytes.
        kind: What summaries count it as.
        basis: ``signature``, ``text``, ``libmagic`` or ``empty``.
    """

    mime: str
    kind: MediaKind
    basis: str


@dataclass(frozen=True, slots=True)
class PixelBlock:
    """Raw pixels that crossed the border: ``height_px x width_px x channels`` bytes, row by row.

    Args:
        channels: 1 for grey, 3 for RGB.
    """

    width_px: int
    height_px: int
    channels: int
    data: bytes


@dataclass(frozen=True, slots=True)
class DecodedStill:
    """What the sandbox gives for a picture; every number was checked on arrival.

    Args:
        width_px: Width as stored, before orientation.
        height_px: Height as stored.
        tile: The safe tile: grey, at most 24 px on its longer side.
        thumbnail: RGB, at most 256 px on its longer side, never enlarged.
        decoder: Name and version of what decoded it, such as ``simplejpeg 1.9.0``.
    """

    width_px: int
    height_px: int
    tile: PixelBlock
    thumbnail: PixelBlock
    decoder: str
