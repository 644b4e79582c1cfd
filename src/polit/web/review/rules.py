"""Who reviews, and what may be unveiled at a time. No Django here."""

from enum import StrEnum
from typing import Annotated

import msgspec

from polit.base.errors import UsageError
from polit.base.text import says_something
from polit.broker.client import Rung
from polit.web.core.rules import Access, Scope
from polit.web.examinations.rules import TILE_READERS

REVIEWERS = TILE_READERS
"""Who opens the gallery, unveils and decides: whoever may see safe tiles."""
REVIEWING = Access(Scope.CASE, read=REVIEWERS, write=REVIEWERS)
"""A page of the gallery, or an act from it."""
PART_OF_PAGE = Access(Scope.CASE, read=REVIEWERS, consults=False)
"""What a page that was recorded fetches by itself: tiles, order, changes."""
UNVEILING = Access(Scope.CASE, read=REVIEWERS, write=REVIEWERS, consults=False)
"""The one door of pictures: it keeps an event of its own, which says more than that of a page."""

MOST_ON_A_PAGE = 100
"""Pictures that one event unveils: a page of the grid, and never a device at a stroke."""
MOST_FRAMES = 64
LONGEST_SOUND_MS = 60_000
MOST_SEEN = 1_000
"""Exposures that one message tells the length of."""
LONGEST_SEEN_MS = 4 * 3600 * 1000
"""No pixel stands longer than a shift: the screen veils itself long before."""
_MOST_MS = 1 << 40
_MOST_PX = 1 << 20
SMALL_RUNGS = frozenset({Rung.GREY_160, Rung.COLOUR_160})
"""At most 160 px: what a page and a storyboard are shown at."""

Place = Annotated[int, msgspec.Meta(ge=1, lt=1 << 32)]
Millis = Annotated[int, msgspec.Meta(ge=0, le=_MOST_MS)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=_MOST_PX)]


class What(StrEnum):
    """What is unveiled."""

    PAGE = "page"
    ORIGINAL = "original"
    STORY = "story"
    FRAMES = "frames"
    SOUND = "sound"

    @property
    def action(self) -> str:
        """The audit event that the broker honours."""
        return _ACTIONS[self]

    @property
    def needs_original(self) -> bool:
        """Whether it comes from the vault; else the package's own thumbnails do."""
        return self not in {What.PAGE, What.STORY}


_ACTIONS = {
    What.PAGE: "pictures.page",
    What.ORIGINAL: "pictures.show",
    What.STORY: "pictures.story",
    What.FRAMES: "pictures.frames",
    What.SOUND: "sounds.play",
}


class Queue(StrEnum):
    """Work in which somebody else settled or graded what is looked at: that is its point."""

    NONE = ""
    SECOND = "second"
    SAMPLE = "sample"


class UnveilWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks the one door for.

    Args:
        what: A page of small pictures, an original, a storyboard, frames, or sound.
        places: Which items of the case's review set.
        rung: How much of them.
        region: Of an original the part to show: left, top, width, height in its pixels.
        from_ms: Of a video where it begins; of an original video the frame.
        step_ms: Between frames.
        count: How many frames.
        length_ms: Of sound.
        side_px: The longer side of frames, 0 for what their rung has.
        queue: The kind of work, where it is one that looks at what is graded already.
        urgent: Whether a child is under threat: limits and breaks then do not stand in the way.
        urgent_reason: Why.
    """

    what: What
    places: Annotated[tuple[Place, ...], msgspec.Meta(min_length=1, max_length=1_000)]
    rung: Rung = Rung.GREY_160
    region: tuple[Pixels, Pixels, Pixels, Pixels] | None = None
    from_ms: Millis = 0
    step_ms: Millis = 0
    count: Annotated[int, msgspec.Meta(ge=0)] = 0
    length_ms: Millis = 0
    side_px: Annotated[int, msgspec.Meta(ge=0, le=1280)] = 0
    queue: Queue = Queue.NONE
    urgent: bool = False
    urgent_reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class SeenTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long pixels stood on the screen, for each exposure that ended."""

    seen: Annotated[
        tuple[
            tuple[
                Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}\Z")],
                Annotated[int, msgspec.Meta(ge=0, le=LONGEST_SEEN_MS)],
            ],
            ...,
        ],
        msgspec.Meta(max_length=MOST_SEEN),
    ]


def check_wanted(wanted: UnveilWanted) -> None:
    """Refuse to unveil more than a page at a time, or what cannot be told in an event.

    Raises:
        UsageError: It is too much, or does not fit what it is.
    """
    most = MOST_ON_A_PAGE if wanted.what is What.PAGE else 1
    if len(wanted.places) > most:
        raise UsageError(f"{wanted.what.value}: at most {most} at a time")
    if len(set(wanted.places)) != len(wanted.places):
        raise UsageError("places: each once")
    if wanted.what in {What.PAGE, What.STORY} and wanted.rung not in SMALL_RUNGS:
        raise UsageError(f"{wanted.what.value}: grey160 or colour160; open one for more")
    if wanted.what is What.FRAMES:
        _check_frames(wanted)
    if wanted.what is What.SOUND and not 1 <= wanted.length_ms <= LONGEST_SOUND_MS:
        raise UsageError(f"sound: from 1 to {LONGEST_SOUND_MS} ms at a time")
    if wanted.region is not None:
        _check_region(wanted, wanted.region)
    if wanted.urgent and not says_something(wanted.urgent_reason):
        raise UsageError("urgent: say in a few words what threatens the child")


def side_px_of(wanted: UnveilWanted) -> int:
    """Return the longer side of frames: what was asked for, at most what their rung has."""
    most = 160 if wanted.rung in SMALL_RUNGS else 1280
    return min(wanted.side_px or most, most)


def _check_region(wanted: UnveilWanted, region: tuple[int, int, int, int]) -> None:
    if wanted.what is not What.ORIGINAL or not all(region[2:]):
        raise UsageError("region: left, top, width and height of an original's part")
    if wanted.rung in SMALL_RUNGS:
        # Small parts of a picture, one beside the other, are the picture at full size.
        raise UsageError("region: a part is full size, ask for full_grey or full")


def _check_frames(wanted: UnveilWanted) -> None:
    if not 1 <= wanted.count <= MOST_FRAMES:
        raise UsageError(f"frames: from 1 to {MOST_FRAMES} at a time")
    if wanted.count > 1 and not wanted.step_ms:
        raise UsageError("frames: say how far they are apart")
