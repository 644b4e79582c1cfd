"""What a look is: what was uncovered on which rung, and when it is one more of the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from polit.base.errors import UsageError


class Rung(IntEnum):
    """A rung of the reveal ladder, the higher the more is seen; its number is kept."""

    NONE = 0
    """Sound and text have no rungs."""
    GREY_160 = 1
    COLOUR_160 = 2
    FULL_GREY = 3
    FULL = 4

    @property
    def slug(self) -> str:
        """As requests name it."""
        return _RUNG_SLUGS[self]

    @property
    def label(self) -> str:
        """In words."""
        return _RUNG_LABELS[self]

    @classmethod
    def named(cls, slug: str) -> "Rung":
        """Return the rung of a request.

        Raises:
            UsageError: There is none of that name.
        """
        found = next((each for each in cls if _RUNG_SLUGS[each] == slug), None)
        if found is None:
            raise UsageError("there is no such rung")
        return found


_RUNG_SLUGS = {
    Rung.NONE: "", Rung.GREY_160: "grey160", Rung.COLOUR_160: "colour160",
    Rung.FULL_GREY: "full_grey", Rung.FULL: "full",
}  # fmt: skip
_RUNG_LABELS = {
    Rung.NONE: "no picture",
    Rung.GREY_160: "160 px grey",
    Rung.COLOUR_160: "160 px colour",
    Rung.FULL_GREY: "full size grey",
    Rung.FULL: "full size colour",
}


class What(StrEnum):
    """What was asked for."""

    PAGE = "page"
    ORIGINAL = "original"
    STORY = "story"
    FRAMES = "frames"
    SOUND = "sound"
    TEXT = "text"

    @property
    def group(self) -> str:
        """What shows the same: a page and the original do, frames and a story do."""
        return {"page": "still", "original": "still", "story": "moving", "frames": "moving",
                "sound": "sound", "text": "text"}[self.value]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One stack that a look uncovers.

    Args:
        stack_sha256: The SHA-256 of the lead of its stack, 64 hex digits.
        content_sha256: The SHA-256 of what is shown, 64 hex digits.
        kind: ``still``, ``video`` or ``text``.
        is_avoidable: Whether it was graded or settled already, and no second review asks for it.
        length_ms: Of sound, how much of it.
    """

    stack_sha256: str
    content_sha256: str
    kind: str
    is_avoidable: bool
    length_ms: int = 0


@dataclass(frozen=True, slots=True)
class Exposed:
    """The last look of somebody at a stack, of one group, on one rung."""

    group: str
    rung: Rung
    at: datetime


def is_repeat(seen: list[Exposed], *, group: str, rung: Rung, now: datetime, same_s: int) -> bool:
    """Tell whether a look shows again what the person saw before.

    Climbing the ladder is none; nor is what follows within ``same_s`` of the last, such as the
    next frames of a video or another part of the same picture.

    Args:
        seen: Their looks at this stack.
        group: What this one shows.
        rung: On which rung.
        now: When.
        same_s: Within how many seconds it is still the same look.
    """
    before = [each.at for each in seen if each.group == group and each.rung >= rung]
    return bool(before) and now - max(before) >= timedelta(seconds=same_s)


def full_size(rung: Rung) -> bool:
    """Tell whether a rung shows full size."""
    return rung >= Rung.FULL_GREY
