"""Judges everything that a server sends: no picture but a safe tile without its own record.

A picture is looked for in the bytes themselves, whatever the address and the media type say: plain,
packed one behind the other, as base64 in a page, or as an image of a PDF. Safe tiles, grey and at
most 24 px, pass. Each other one must be of an answer that names exposures, all of them in the
record and told of no other answer, and an audit event that lists their contents, told of none
either: so a second copy of an answer, from whatever cache, is one too many.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from polit.web.audit.models import AuditEvent
from polit.web.review.rules import What
from polit.web.welfare.models import Exposure

SAFE_SIDE_PX = 24
_GREY_TOLERANCE = 12
"""Lossy WebP of a grey picture is off by a few."""
_STARTS = re.compile(rb"RIFF....WEBP|\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|....ftypavif", re.DOTALL)
_SOUND = re.compile(rb"RIFF....WAVE|OggS\0|ID3[\2-\4]\0|....ftypM4A", re.DOTALL)
"""With the version that follows: a page's random words spell "ID3" now and then."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{60,}={0,2}")
_PDF_IMAGE = re.compile(
    rb"<<(?:(?!>>\s*stream).)*?/Subtype\s*/Image(?:(?!>>\s*stream).)*?>>\s*stream\r?\n", re.DOTALL
)
_ACTIONS = [each.action for each in What]


def pictures_in(body: bytes) -> list[Image.Image]:
    """Return every picture that some bytes hold, however it is wrapped."""
    found = [*_encoded(body), *_of_pdf(body)]
    for run in _BASE64.findall(body):
        padded = run.replace(b"-", b"+").replace(b"_", b"/")
        try:
            found += _encoded(base64.b64decode(padded + b"=" * (-len(padded) % 4)))
        except binascii.Error:
            continue
    return found


def is_safe(picture: Image.Image) -> bool:
    """Tell whether a picture is no more than a safe tile."""
    return max(picture.size) <= SAFE_SIDE_PX and not has_colour(picture)


def has_colour(picture: Image.Image) -> bool:
    """Tell whether any pixel of a picture is not grey."""
    colours = picture.convert("RGB").getcolors(1 << 24) or []
    return any(max(rgb) - min(rgb) > _GREY_TOLERANCE for _, rgb in colours)  # type: ignore[arg-type]


def _encoded(body: bytes) -> Iterator[Image.Image]:
    for start in _STARTS.finditer(body):
        at = start.start()
        # A decoder of WebP refuses what has anything behind it.
        is_riff = start[0].startswith(b"RIFF")
        end = at + 8 + int.from_bytes(body[at + 4 : at + 8], "little") if is_riff else len(body)
        try:
            picture = Image.open(BytesIO(body[at:end]))
            picture.load()
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
            continue
        yield picture


def _of_pdf(body: bytes) -> Iterator[Image.Image]:
    """Yield images of a PDF that are stored as plain pixels; others are found by their start."""
    for head in _PDF_IMAGE.finditer(body if body.startswith(b"%PDF") else b""):
        sizes = [re.search(rb"/%s (\d+)" % name, head[0]) for name in (b"Width", b"Height")]
        mode = "RGB" if b"/DeviceRGB" in head[0] else "L"
        try:
            pixels = zlib.decompressobj().decompress(body[head.end() :])
            size = tuple(int(each[1]) for each in sizes if each)
            yield Image.frombytes(mode, size, pixels)  # type: ignore[arg-type]
        except (zlib.error, ValueError):
            continue


class PictureLog:
    """Everything that was sent, judged as it came."""

    def __init__(self) -> None:
        """Begin with an empty log."""
        self.violations: list[str] = []
        self.answers = 0
        self.unveiled = 0
        """Answers that held an unfiltered picture or sound."""
        self._exposures: set[UUID] = set()
        self._events: set[int] = set()

    def judge(self, method: str, address: str, body: bytes) -> None:
        """Judge one answer, before anybody gets it."""
        self.answers += 1
        pictures = [each for each in pictures_in(body) if not is_safe(each)]
        if not pictures and not _SOUND.search(body):
            return
        self.unveiled += 1
        why = self._objection(body, len(pictures))
        if why:
            sizes = sorted({each.size for each in pictures})
            self.violations.append(f"{method} {address}: {why} {sizes}")

    def unclaimed(self) -> int:
        """Return how many events about pictures no answer was sent for."""
        return AuditEvent.objects.filter(action__in=_ACTIONS).exclude(seq__in=self._events).count()

    def _objection(self, body: bytes, count: int) -> str:
        keys = _exposure_keys(body)
        if not keys:
            return "an unfiltered picture without any exposure"
        if self._exposures & set(keys):
            return "a second copy of what was shown once"
        rows = {each.pk: each for each in Exposure.objects.filter(pk__in=keys)}
        if len(rows) != len(keys):
            return "an exposure that is not in the record"
        self._exposures |= set(keys)
        contents = [bytes(rows[key].content_sha256).hex() for key in keys]
        event = self._event(contents)
        if event is None:
            return "no audit event of its own lists it"
        self._events.add(event.seq)
        told = json.loads(event.details)
        most = len(contents) if event.subject_kind == "contents" else told.get("count", 12)
        return "" if count <= most else f"{count} pictures for an event of {most}"

    def _event(self, contents: list[str]) -> AuditEvent | None:
        fresh = AuditEvent.objects.filter(action__in=_ACTIONS).exclude(seq__in=self._events)
        for event in fresh.order_by("seq"):
            if _contents_of(event) == contents:
                return event
        return None


def _contents_of(event: AuditEvent) -> list[str]:
    if event.subject_kind == "content":
        return [event.subject_id]
    return [each["sha256"] for each in json.loads(event.details)["items"]]


def _exposure_keys(body: bytes) -> list[UUID]:
    try:
        length = int.from_bytes(body[:4], "little")
        header: dict[str, Any] = json.loads(body[4 : 4 + length])
        return [UUID(each) for each in header["exposures"] if each]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
