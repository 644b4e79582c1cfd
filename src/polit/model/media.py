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
class PerceptualHash:
    """A fingerprint of one picture or of one frame of a video.

    Args:
        algorithm: ``pdq``.
        variant: Which pixels were hashed: ``full`` (all of them), ``nearest512`` (both sides
            reduced to 512 px by nearest neighbour), ``frame`` (a frame of a video or animation).
        value: 32 bytes, most significant bit first: the published 64 hex digits.
        quality: 0 to 100; below 50 a match by it means nothing.
        frame: The frame's number from 0; 0 for a still.
        frame_ms: Where the frame stands in a video, ``None`` for a still.
        dihedral: The hashes of the picture rotated by 90, 180, 270 degrees, flipped left-right,
            top-bottom, along the diagonal and the other diagonal: 7 x 32 bytes, or empty.
    """

    algorithm: str
    variant: str
    value: bytes
    quality: int
    frame: int = 0
    frame_ms: int | None = None
    dihedral: bytes = b""


@dataclass(frozen=True, slots=True)
class TakenTime:
    """When a picture says that it was taken.

    Args:
        wall_clock: The clock's reading, ``2019-05-04T12:33:10`` with up to 9 decimals.
        basis: ``utc``, ``offset_known`` or ``zone_unknown``.
        offset_min: Minutes east of UTC, for ``offset_known``.
        source: Which field says so, such as ``exif:DateTimeOriginal``.
    """

    wall_clock: str
    basis: str
    offset_min: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where a picture says that it was taken: WGS 84, in units of 10^-7 degree.

    Args:
        latitude_e7: North positive, at most 90 degrees.
        longitude_e7: East positive, at most 180 degrees.
        altitude_mm: Above sea level, ``None`` where not told.
        source: Which field says so, such as ``exif:GPS``.
    """

    latitude_e7: int
    longitude_e7: int
    altitude_mm: int | None
    source: str


@dataclass(frozen=True, slots=True)
class MediaTag:
    """One thing that a file says of itself, as text: ``exif:Software`` and its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a picture or video says of itself; all of it untrusted, all of it checked in form.

    Args:
        width_px: Width as stored, before orientation. HEIF and TIFF are set upright by what
            decodes them: their sizes are upright, and their orientation is 1.
        height_px: Height, in the same sense.
        orientation: EXIF orientation, 1 to 8; derivatives stand upright by it.
        frames: How many frames, 0 where not known.
        duration_ms: How long it plays, ``None`` for what does not play.
        flaws: Codes of ``polit.model.outcome`` for what was not seen: ``truncated`` (its end is
            missing, the rest was decoded), ``damaged``, ``key_frames_only``, ``beyond_limit``.
        make: The maker of the camera.
        model: Its model.
        serial: Its serial number.
        taken: When it was taken.
        position: Where it was taken.
        tags: What else it says, by name; a name may stand more than once.
    """

    width_px: int
    height_px: int
    orientation: int = 1
    frames: int = 1
    duration_ms: int | None = None
    flaws: tuple[str, ...] = ()
    make: str = ""
    model: str = ""
    serial: str = ""
    taken: TakenTime | None = None
    position: Position | None = None
    tags: tuple[MediaTag, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryFrame:
    """One picture of a storyboard, upright.

    Args:
        at_ms: When it is first shown; 0 for the page of a document.
        frame: Its number from 0, where known, else 0.
    """

    at_ms: int
    frame: int
    tile: PixelBlock
    thumbnail: PixelBlock


@dataclass(frozen=True, slots=True)
class DecodedMedia:
    """What the sandbox gives for a picture or video; every number was checked on arrival.

    Args:
        facts: What it says of itself.
        tile: The safe tile: grey, at most 24 px on its longer side, upright.
        thumbnail: RGB, at most 256 px on its longer side, never enlarged, upright.
        hashes: Its fingerprints, by variant and frame.
        story: At most 12 frames of a video or animation, in order; empty for a still.
        decoder: Name and version of what decoded it, such as ``simplejpeg 1.9.0``.
        has_pictures_inside: It carries pictures that differ from it (an EXIF thumbnail).
    """

    facts: MediaFacts
    tile: PixelBlock
    thumbnail: PixelBlock
    decoder: str
    hashes: tuple[PerceptualHash, ...] = ()
    story: tuple[StoryFrame, ...] = ()
    has_pictures_inside: bool = False
