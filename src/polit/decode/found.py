"""What a holder holds, as its readers tell it, and what of it counts.

**What counts.** A member of a holder is an entry when it is a picture or a video, when it is a
holder itself, or when a person put it there as a file (attached it, embedded it), whatever it is.
The parts that a format is made of (text, markup, fonts, styles, settings) are no entries: they
are the holder's own content, as sectors are a disk's. What would count but is not opened is told
as ``Unopened``, with a code that the account of a package knows.
"""

from dataclasses import dataclass
from typing import Literal

from polit.decode import identify
from polit.decode.decodable import HOLDERS
from polit.model.media import MediaKind

MAX_MEMBERS = 10_000
Steps = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a holder holds.

    Args:
        steps: Where it lies, outermost first: kind and raw value of each step of a locator.
        data: Its bytes.
        name: Its name as the holder gives it; ``b""`` for none.
        mime: What the holder says it is, for bytes that do not say it themselves.
        is_attached: A person put it there as a file: an entry whatever it is.
    """

    steps: Steps
    data: bytes
    name: bytes = b""
    mime: str = ""
    is_attached: bool = False


@dataclass(frozen=True, slots=True)
class Unopened:
    """Something inside that is not given, and why."""

    code: str
    detail: str = ""


Part = Found | Unopened


def judge(untrusted_head: bytes, size_bytes: int) -> Literal["sought", "archive", ""]:
    """Tell whether a part counts by its own bytes: a picture, a video or a holder; an archive."""
    found = identify.identify_quickly(untrusted_head, size_bytes=size_bytes)
    if found is None:
        return ""
    if found.kind in (MediaKind.STILL, MediaKind.VIDEO) or found.mime in HOLDERS:
        return "sought"
    return "archive" if found.kind is MediaKind.ARCHIVE else ""
