"""What a VHD says of itself: its footer, and of a differencing one the parent. Bounded.

Source: Microsoft, Virtual Hard Disk Image Format Specification 1.0 (2006).
"""

import codecs
import datetime as dt
import struct
import uuid
from dataclasses import dataclass

from polit.evidence.companions import Companion, companion
from polit.evidence.segments import Segment, read_segment

COOKIE = b"conectix"
KINDS = {2: "fixed", 3: "dynamic", 4: "differencing"}

_FOOTER_BYTES = 512
_OLD_FOOTER_BYTES = 511
_HEADER_BYTES = 1024
_MAXIMUM_NAME_BYTES = 4096
_LOCATORS = 8
# Loaded now: a codec is a file, and the walker opens none any more when it meets a name.
for _name in ("utf-16-le", "utf-16-be", "utf-16"):
    codecs.lookup(_name)
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class VhdFacts:
    """A footer, or the copy of one.

    Args:
        is_sound: Whether its checksum holds.
        kind: ``fixed``, ``dynamic`` or ``differencing``.
        size_bytes: Of the virtual disk.
        identifier: The disk's own.
        created_at: As stated by the clock of the machine that made it.
        untrusted_creator: Four letters, such as ``vpc``, ``win`` or ``qem2``.
        parent_identifier: Of a differencing disk, else empty.
        parent_paths: Where the parent was, as stated; the locators first.
    """

    is_sound: bool
    kind: str
    size_bytes: int
    identifier: str
    created_at: str
    untrusted_creator: str
    parent_identifier: str
    parent_paths: tuple[str, ...]


def is_footer(raw: bytes) -> bool:
    """Tell whether bytes are a footer with the sum that it states."""
    if len(raw) < _OLD_FOOTER_BYTES or not raw.startswith(COOKIE):
        return False
    (stated,) = struct.unpack_from(">I", raw, 64)
    return bool(stated == _sum_without(raw[:_FOOTER_BYTES], 64))


def _sum_without(raw: bytes, place: int) -> int:
    return ~(sum(raw) - sum(raw[place : place + 4])) & 0xFFFFFFFF


def footer_in(untrusted_head: bytes, untrusted_tail: bytes) -> bytes:
    """Return the footer from an image's end, else the copy at its beginning, else nothing.

    One whose sum is wrong is returned only where no other is there.
    """
    for raw in (
        untrusted_tail[-_FOOTER_BYTES:],
        untrusted_tail[-_OLD_FOOTER_BYTES:],
        untrusted_head[:_FOOTER_BYTES],
    ):
        if is_footer(raw):
            return raw
    # Some writers get the sum wrong; only a fixed disk is told by nothing else.
    return untrusted_head[:_FOOTER_BYTES] if untrusted_head.startswith(COOKIE) else b""


def read_vhd(segment: Segment) -> VhdFacts | None:
    """Read the footer, and of a differencing disk what it says of its parent."""
    tail_at = max(segment.size_bytes - _FOOTER_BYTES, 0)
    tail = read_segment(segment, tail_at, _FOOTER_BYTES)
    raw = footer_in(read_segment(segment, 0, _FOOTER_BYTES), tail)
    if len(raw) < _OLD_FOOTER_BYTES:
        return None
    header_at, seconds = struct.unpack_from(">QI", raw, 16)
    (size,) = struct.unpack_from(">Q", raw, 48)
    (kind,) = struct.unpack_from(">I", raw, 60)
    parent = ""
    paths: tuple[str, ...] = ()
    if KINDS.get(kind) == "differencing":
        parent, paths = _parent(segment, header_at)
    return VhdFacts(
        is_footer(raw),
        KINDS.get(kind, f"type {kind}"),
        size,
        str(uuid.UUID(bytes=raw[68:84])),
        (_EPOCH + dt.timedelta(seconds=seconds)).isoformat(),
        raw[28:32].decode("ascii", "backslashreplace").strip(" \0"),
        parent,
        paths,
    )


def _parent(segment: Segment, header_at: int) -> tuple[str, tuple[str, ...]]:
    """Return the parent's identifier and the paths that it may have had."""
    header = read_segment(segment, header_at, _HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(b"cxsparse"):
        return "", ()
    paths = []
    for code in (b"W2ru", b"W2ku"):
        for index in range(_LOCATORS):
            place = 576 + 24 * index
            length, offset = struct.unpack_from(">I4xQ", header, place + 8)
            if header[place : place + 4] == code:
                raw = read_segment(segment, offset, min(length, _MAXIMUM_NAME_BYTES))
                paths.append(raw.decode("utf-16-le", "replace"))
    paths.append(header[64:576].decode("utf-16-be", "replace").split("\0", 1)[0])
    return str(uuid.UUID(bytes=header[40:56])), tuple(path for path in paths if path)


def companions_of(segment: Segment) -> tuple[Companion, ...]:
    """Return the parent that a differencing VHD asks for.

    Raises:
        SourceUnreadable: No name of it can be one.
    """
    facts = read_vhd(segment)
    if facts is None or facts.kind != "differencing":
        return ()
    return (parent_companion(segment, facts.parent_paths),)


def parent_companion(segment: Segment, parent_paths: tuple[str, ...]) -> Companion:
    """Return the parent under the names that it may have."""
    return companion(parent_paths, "its parent", of=segment.name, is_parent=True)
