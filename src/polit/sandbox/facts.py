"""What a decoder says at length: facts of a picture or video, and the listing of a holder.

It lies in the decoder's output memory, is copied before it is read, and is untrusted until it
passes these structures: every figure has a range, every text and list a length.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from polit.base.errors import SandboxError
from polit.model.media import (
    DecodedMedia,
    Identification,
    MediaFacts,
    MediaKind,
    MediaTag,
    PerceptualHash,
    PixelBlock,
    Position,
    StoryFrame,
    TakenTime,
)
from polit.sandbox.limits import MAX_SIDE_PX

TILE_SIDE_PX = 24
THUMBNAIL_SIDE_PX = 256
STORY_FRAMES = 12
TILE_BYTES = TILE_SIDE_PX**2
THUMBNAIL_BYTES = 3 * THUMBNAIL_SIDE_PX**2
PICTURE_BYTES = TILE_BYTES + THUMBNAIL_BYTES
PICTURES = 1 + STORY_FRAMES
FACTS_OFFSET = PICTURES * PICTURE_BYTES
FACTS_BYTES = 1 << 20
OUTPUT_BYTES = FACTS_OFFSET + FACTS_BYTES
"""The size of a decoder's output memory: grey tile and RGB thumbnail of the picture, the same of
each story frame, then the facts."""

MAX_HASHES = 4_200
MAX_TAGS = 128
MAX_MEMBERS = 256
_ARENA_MOST = 272 << 20

# \Z, for $ lets a line feed pass; [0-9], for \d is any script's digit.
_CLOCK_PATTERN = r"^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,9})?\Z"
_Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE_PX)]
_TileSide = Annotated[int, msgspec.Meta(ge=1, le=TILE_SIDE_PX)]
_ThumbnailSide = Annotated[int, msgspec.Meta(ge=1, le=THUMBNAIL_SIDE_PX)]
_Ms = Annotated[int, msgspec.Meta(ge=0, le=1 << 48)]
_Frame = Annotated[int, msgspec.Meta(ge=0, le=1 << 32)]
_Short = Annotated[str, msgspec.Meta(max_length=64)]
_Text = Annotated[str, msgspec.Meta(max_length=256)]
_Clock = Annotated[
    str,
    msgspec.Meta(max_length=29, pattern=_CLOCK_PATTERN),
]
_Flaw = Literal["truncated", "damaged", "key_frames_only", "beyond_limit"]
_Detail = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[ -~]*\Z")]

_STEP_KINDS = (
    "attachment|exif|file|image|inline|mail|message|motion|mpo|object|page|part|picture|same"
    "|stream|thumbcache|thumbs|zip"
)
_StepKind = Annotated[str, msgspec.Meta(pattern=rf"^({_STEP_KINDS})\Z")]
"""The kinds of ``polit.model.locator`` that stand inside holders. No others: a hostile opener must
not write the steps by which a package tells equal locators apart, or those of file systems."""


class Size(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The sizes of one tile and one thumbnail in the output memory."""

    tile_width_px: _TileSide
    tile_height_px: _TileSide
    thumbnail_width_px: _ThumbnailSide
    thumbnail_height_px: _ThumbnailSide


class Hash(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """See ``polit.model.media.PerceptualHash``."""

    algorithm: Literal["pdq"]
    variant: Literal["full", "nearest512", "frame"]
    value: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    quality: Annotated[int, msgspec.Meta(ge=0, le=100)]
    frame: _Frame
    frame_ms: _Ms | None
    dihedral: Annotated[bytes, msgspec.Meta(max_length=224)]


class Taken(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """See ``polit.model.media.TakenTime``."""

    wall_clock: _Clock
    basis: Literal["utc", "offset_known", "zone_unknown"]
    offset_min: Annotated[int, msgspec.Meta(ge=-1439, le=1439)] | None
    source: _Short


class Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """See ``polit.model.media.Position``."""

    latitude_e7: Annotated[int, msgspec.Meta(ge=-900_000_000, le=900_000_000)]
    longitude_e7: Annotated[int, msgspec.Meta(ge=-1_800_000_000, le=1_800_000_000)]
    altitude_mm: Annotated[int, msgspec.Meta(ge=-(1 << 40), le=1 << 40)] | None
    source: _Short


class StoryPlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a story frame stands, and the sizes of its pictures."""

    at_ms: _Ms
    frame: _Frame
    size: Size


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything about a decoded picture or video but its pixels."""

    width_px: _Side
    height_px: _Side
    size: Size
    orientation: Annotated[int, msgspec.Meta(ge=1, le=8)] = 1
    frames: _Frame = 1
    duration_ms: _Ms | None = None
    flaws: Annotated[tuple[_Flaw, ...], msgspec.Meta(max_length=4)] = ()
    make: _Text = ""
    model: _Text = ""
    serial: _Text = ""
    taken: Taken | None = None
    position: Place | None = None
    tags: Annotated[tuple[tuple[_Short, _Text], ...], msgspec.Meta(max_length=MAX_TAGS)] = ()
    hashes: Annotated[tuple[Hash, ...], msgspec.Meta(max_length=MAX_HASHES)] = ()
    story: Annotated[tuple[StoryPlace, ...], msgspec.Meta(max_length=STORY_FRAMES)] = ()
    has_pictures_inside: bool = False


class Member(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One thing that a holder holds; its bytes lie in the arena.

    ``follow`` is what comes next for it: ``decode``, ``open`` (it holds things itself), or
    nothing.
    """

    steps: Annotated[
        tuple[
            tuple[
                _StepKind,
                Annotated[bytes, msgspec.Meta(max_length=4096)],
            ],
            ...,
        ],
        msgspec.Meta(min_length=1, max_length=8),
    ]
    name: Annotated[bytes, msgspec.Meta(max_length=4096)]
    offset_bytes: Annotated[int, msgspec.Meta(ge=0, le=_ARENA_MOST)]
    size_bytes: Annotated[int, msgspec.Meta(ge=0, le=_ARENA_MOST)]
    mime: Annotated[str, msgspec.Meta(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+_-]{0,126}\Z")]
    kind: MediaKind
    basis: _Short
    extension_agrees: bool | None
    follow: Literal["", "decode", "open"]

    @property
    def identification(self) -> Identification:
        """What it is."""
        return Identification(self.mime, self.kind, self.basis)


class Unopened(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Something inside a holder that was not opened."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,32}\Z")]
    detail: _Detail


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Some of what a holder holds; ``is_complete`` with the last."""

    members: Annotated[tuple[Member, ...], msgspec.Meta(max_length=MAX_MEMBERS)]
    unopened: Annotated[tuple[Unopened, ...], msgspec.Meta(max_length=MAX_MEMBERS)]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class OpenedMember:
    """A member of a holder and a copy of its bytes."""

    member: Member
    data: bytes


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """Some of what a holder holds; the rest on request, until ``is_complete``."""

    members: tuple[OpenedMember, ...]
    unopened: tuple[Unopened, ...]
    is_complete: bool


encode_facts = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(Facts).decode
_decode_listing = msgspec.msgpack.Decoder(Listing).decode

Pixels = Callable[[int, int, int, int], PixelBlock]
"""Gives a copy of the pixels at an offset: ``(offset_bytes, width_px, height_px, channels)``."""


def read_facts(untrusted: bytes, pixels: Pixels, *, decoder: str) -> DecodedMedia:
    """Check what a decoder says of a picture or video, and take its pixels.

    Raises:
        msgspec.MsgspecError: It is not in form.
        SandboxError: Two fingerprints stand for the same thing.
    """
    facts: Facts = _decode_facts(untrusted)
    if len({(hash_.variant, hash_.frame) for hash_ in facts.hashes}) != len(facts.hashes):
        raise SandboxError("two fingerprints of one thing")
    if any(len(hash_.dihedral) not in (0, 224) for hash_ in facts.hashes):
        raise SandboxError("a fingerprint of the wrong length")
    tile, thumbnail = _pictures(facts.size, 0, pixels)
    story = []
    for number, place in enumerate(facts.story, start=1):
        story.append(StoryFrame(place.at_ms, place.frame, *_pictures(place.size, number, pixels)))
    return DecodedMedia(
        facts=_media_facts(facts),
        tile=tile,
        thumbnail=thumbnail,
        decoder=decoder,
        hashes=tuple(
            PerceptualHash(h.algorithm, h.variant, h.value, h.quality, h.frame, h.frame_ms,
                           h.dihedral)
            for h in facts.hashes
        ),
        story=tuple(story),
        has_pictures_inside=facts.has_pictures_inside,
    )  # fmt: skip


def read_listing(untrusted: bytes) -> Listing:
    """Check what a decoder says of a holder.

    Raises:
        msgspec.MsgspecError: It is not in form.
    """
    listing: Listing = _decode_listing(untrusted)
    return listing


def _pictures(size: Size, number: int, pixels: Pixels) -> tuple[PixelBlock, PixelBlock]:
    start = number * PICTURE_BYTES
    tile = pixels(start, size.tile_width_px, size.tile_height_px, 1)
    thumbnail = pixels(start + TILE_BYTES, size.thumbnail_width_px, size.thumbnail_height_px, 3)
    return tile, thumbnail


def _media_facts(facts: Facts) -> MediaFacts:
    taken, place = facts.taken, facts.position
    return MediaFacts(
        width_px=facts.width_px,
        height_px=facts.height_px,
        orientation=facts.orientation,
        frames=facts.frames,
        duration_ms=facts.duration_ms,
        flaws=tuple(sorted(set(facts.flaws))),
        make=facts.make,
        model=facts.model,
        serial=facts.serial,
        taken=None if taken is None
        else TakenTime(taken.wall_clock, taken.basis, taken.offset_min, taken.source),
        position=None if place is None
        else Position(place.latitude_e7, place.longitude_e7, place.altitude_mm, place.source),
        tags=tuple(MediaTag(name, value) for name, value in facts.tags),
    )  # fmt: skip
