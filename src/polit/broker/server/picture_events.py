"""What an audit event lets the broker show: read from its row, checked in every figure.

One class for each action. An event of another action, of another form or of another time shows
nothing; what it does not state is not guessed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import msgspec

from polit.base.clock import now_utc
from polit.base.errors import BrokerRefused
from polit.broker.picture_protocol import (
    MOST_FRAME_SIDE_PX,
    MOST_FRAMES,
    MOST_ITEMS,
    MOST_SOUND_MS,
    Rung,
)
from polit.broker.protocol import Code, Place
from polit.broker.server.events import RecordedEvent
from polit.run.rendering import FramesOrder, RenderOrder

_NATURE = "consultation"
_FRESH = timedelta(seconds=60)
_AHEAD = timedelta(seconds=5)
"""Two processes on one machine share a clock; another machine's database may be a little ahead."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SMALL_SIDE_PX, _SIDE_PX = 160, 4096
"""No screen shows more than the second at once; a larger picture is looked at in parts."""
_SMALL = frozenset({Rung.GREY_160, Rung.COLOUR_160})
_GREY = frozenset({Rung.GREY_160, Rung.FULL_GREY})
_MOST_MS = 1 << 48
_MOST_STEP_MS = 3_600_000

_Ms = Annotated[int, msgspec.Meta(ge=0, le=_MOST_MS)]
_Px = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
_Extent = Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
_Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Region = tuple[_Px, _Px, _Extent, _Extent]


class _ShowDetails(msgspec.Struct, frozen=True):
    rung: Rung
    region: _Region | None = None
    at_ms: _Ms | None = None


class _Item(msgspec.Struct, frozen=True):
    package: Place
    sha256: _Hex


class _PageDetails(msgspec.Struct, frozen=True):
    rung: Rung
    items: Annotated[tuple[_Item, ...], msgspec.Meta(min_length=1, max_length=MOST_ITEMS)]


class _StoryDetails(msgspec.Struct, frozen=True):
    rung: Rung
    package: Place


class _FramesDetails(msgspec.Struct, frozen=True):
    rung: Rung
    from_ms: _Ms
    step_ms: Annotated[int, msgspec.Meta(ge=0, le=_MOST_STEP_MS)]
    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_FRAMES)]
    side_px: Annotated[int, msgspec.Meta(ge=1, le=MOST_FRAME_SIDE_PX)] = MOST_FRAME_SIDE_PX


class _SoundDetails(msgspec.Struct, frozen=True):
    from_ms: _Ms
    length_ms: Annotated[int, msgspec.Meta(ge=1, le=MOST_SOUND_MS)]


@dataclass(frozen=True, slots=True)
class Viewing:
    """What every event about media says: which one it is, of which case, for whom."""

    event_id: str
    case: str
    viewer: str


@dataclass(frozen=True, slots=True)
class PackageItem:
    """A content of a package: the package's place below the packages root, untrusted."""

    package: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class PictureEvent:
    """One picture or frame from the vault, or a part of it.

    Args:
        viewing: Which event it is.
        sha256: The original.
        order: How it is rendered.
        is_small: It is one of 160 px.
    """

    viewing: Viewing
    sha256: bytes
    order: RenderOrder
    is_small: bool


@dataclass(frozen=True, slots=True)
class PageEvent:
    """Thumbnails of many contents, scaled down to 160 px."""

    viewing: Viewing
    items: tuple[PackageItem, ...]
    order: RenderOrder


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """All key frames of a video that its package keeps."""

    viewing: Viewing
    item: PackageItem
    order: RenderOrder
    is_small: bool


@dataclass(frozen=True, slots=True)
class FramesEvent:
    """A sequence of frames of a video from the vault."""

    viewing: Viewing
    sha256: bytes
    order: FramesOrder
    is_small: bool


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """Sound of a video from the vault."""

    viewing: Viewing
    sha256: bytes
    from_ms: int
    length_ms: int


AnyEvent = PictureEvent | PageEvent | StoryEvent | FramesEvent | SoundEvent


def check_event(event: RecordedEvent) -> AnyEvent:
    """Return what an event allows.

    Raises:
        BrokerRefused: ``wrong_action`` or ``stale``.
    """
    known = _FORMS.get((event.action, event.nature, event.subject_kind))
    if known is None or not event.case_reference.strip():
        raise _wrong("this event is not about showing a picture")
    try:
        made = known(event)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _wrong("this event does not state what is shown, and how") from error
    age = now_utc() - event.recorded_at
    if not -_AHEAD <= age <= _FRESH:
        raise BrokerRefused(Code.STALE, "this event was not recorded within the last 60 seconds")
    return made


def other_event() -> BrokerRefused:
    """Return the refusal of an event that allows something else than was asked for."""
    return _wrong("this event is about something else than was asked for")


def _shown(event: RecordedEvent) -> PictureEvent:
    details = msgspec.json.decode(event.details, type=_ShowDetails)
    if details.region is not None and details.rung in _SMALL:
        # Small parts of a picture, one beside the other, are the picture at full size.
        raise _wrong("a part of a picture is shown at full size")
    order = RenderOrder(
        side_px=_side_px(details.rung), region=details.region, rung=_tones(details.rung),
        frame_ms=details.at_ms or 0,
    )  # fmt: skip
    return PictureEvent(_viewing(event), _content(event), order, details.rung in _SMALL)


def _page(event: RecordedEvent) -> PageEvent:
    details = msgspec.json.decode(event.details, type=_PageDetails)
    if details.rung not in _SMALL:
        raise _wrong("a page is shown at 160 px")
    if event.subject_id != str(len(details.items)):
        raise _wrong("this event states another number of pictures than it names")
    items = tuple(PackageItem(each.package, bytes.fromhex(each.sha256)) for each in details.items)
    order = RenderOrder(side_px=_SMALL_SIDE_PX, rung=_tones(details.rung))
    return PageEvent(_viewing(event), items, order)


def _story(event: RecordedEvent) -> StoryEvent:
    details = msgspec.json.decode(event.details, type=_StoryDetails)
    order = RenderOrder(side_px=_side_px(details.rung), rung=_tones(details.rung))
    item = PackageItem(details.package, _content(event))
    return StoryEvent(_viewing(event), item, order, details.rung in _SMALL)


def _frames(event: RecordedEvent) -> FramesEvent:
    details = msgspec.json.decode(event.details, type=_FramesDetails)
    order = FramesOrder(
        from_ms=details.from_ms, step_ms=details.step_ms, count=details.count,
        side_px=min(details.side_px, _side_px(details.rung)), rung=_tones(details.rung),
    )  # fmt: skip
    return FramesEvent(_viewing(event), _content(event), order, details.rung in _SMALL)


def _sound(event: RecordedEvent) -> SoundEvent:
    details = msgspec.json.decode(event.details, type=_SoundDetails)
    return SoundEvent(_viewing(event), _content(event), details.from_ms, details.length_ms)


_FORMS: dict[tuple[str, str, str], Callable[[RecordedEvent], AnyEvent]] = {
    ("pictures.show", _NATURE, "content"): _shown,
    ("pictures.page", _NATURE, "contents"): _page,
    ("pictures.story", _NATURE, "content"): _story,
    ("pictures.frames", _NATURE, "content"): _frames,
    ("sounds.play", _NATURE, "content"): _sound,
}
"""By action, nature and subject."""


def _viewing(event: RecordedEvent) -> Viewing:
    return Viewing(event.event_id, event.case_reference, event.actor_name)


def _content(event: RecordedEvent) -> bytes:
    if not _SHA256.fullmatch(event.subject_id):
        raise _wrong("this event names no original of a case")
    return bytes.fromhex(event.subject_id)


def _side_px(rung: Rung) -> int:
    return _SMALL_SIDE_PX if rung in _SMALL else _SIDE_PX


def _tones(rung: Rung) -> str:
    return "grey" if rung in _GREY else "colour"


def _wrong(why: str) -> BrokerRefused:
    return BrokerRefused(Code.WRONG_ACTION, why)
