"""Directory records of ISO 9660, with what Rock Ridge adds to them.

Source: ECMA-119, 4th edition, 9.1 (Format of a Directory Record); IEEE P1281 (SUSP) and P1282
(Rock Ridge Interchange Protocol).
"""

import calendar
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from polit.evidence.filesystems._utf16 import utf8_of
from polit.model.evidence import EntryTimes, EntryType

FLAG_FOLDER, FLAG_ASSOCIATED, FLAG_MORE = 0x02, 0x04, 0x80
PLAIN, JOLIET, ROCK_RIDGE = 0, 1, 2
"""How a tree's names are to be read."""

_HEAD = struct.Struct("<BBIIIIII")
_SECTOR_BYTES = 2048
_READ_BYTES = 1 << 16
_CONTINUATIONS_AT_MOST = 16
_NAME_BYTES_AT_MOST = 4096
_VERSION = re.compile(rb"\.?;[0-9]{1,5}$")
_SECOND = 1_000_000_000
_TYPES = {0x4: EntryType.FOLDER, 0x8: EntryType.FILE, 0xA: EntryType.LINK}
_TIME_NAMES = ("created_ns", "modified_ns", "accessed_ns", "changed_ns")

ReadAt = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class IsoRecord:
    """One directory record.

    Args:
        place: Where it lies in the volume, in bytes.
        block: The first block of its extent as the little-endian field states it.
        other_block: The same as the big-endian field states it.
        size_bytes: Of its extent.
        attribute_blocks: How many blocks at the extent's head are an attribute record.
        flags: As stored.
        unit_blocks: Blocks of one interleaved piece, 0 where it is not interleaved.
        gap_blocks: Blocks between two pieces.
        raw_name: As stored, without the version; UTF-8 for Joliet; empty for ``.`` and ``..``.
        entry_type: What it is.
        link_target: Of a symbolic link.
        child_block: Where a folder lies that was moved out of too deep a tree; else 0.
        moved: It is the record of such a folder where it was moved to.
        packed: Its content is compressed by zisofs.
        times: In UTC.
    """

    place: int
    block: int
    other_block: int
    size_bytes: int
    attribute_blocks: int
    flags: int
    unit_blocks: int
    gap_blocks: int
    raw_name: bytes
    entry_type: EntryType
    link_target: bytes = b""
    child_block: int = 0
    moved: bool = False
    packed: bool = False
    times: EntryTimes = field(default_factory=EntryTimes)


@dataclass(slots=True)
class _Additions:
    """What the system use fields of one record say."""

    name: bytes = b""
    mode: int = 0
    link: list[bytes] = field(default_factory=list)
    link_open: bool = False
    child_block: int = 0
    moved: bool = False
    packed: bool = False
    times: dict[str, int | None] = field(default_factory=dict)


def records_in(
    read_at: ReadAt, start: int, end: int, *, kind: int, skip_bytes: int = 0
) -> Iterator[IsoRecord]:
    """Yield the records between two places of a volume, in their stored order.

    Args:
        read_at: Gives bytes of the volume.
        start: Where the first record begins.
        end: Where the folder ends.
        kind: ``PLAIN``, ``JOLIET`` or ``ROCK_RIDGE``.
        skip_bytes: What precedes the system use fields (SUSP, ``SP``).
    """
    at = start
    while at < end:
        base = at - at % _SECTOR_BYTES
        part = read_at(at, base + _READ_BYTES - at)
        if not part:
            return
        stop = min(base + _READ_BYTES, end)
        first = at
        while at < stop:
            raw = part[at - first : at - first + 255]
            if not raw:
                return
            if raw[0] < 34 or len(raw) < raw[0]:
                # Records do not cross sectors: zeros fill each to its end.
                at += _SECTOR_BYTES - at % _SECTOR_BYTES
                continue
            record = _unpacked(read_at, at, raw[: raw[0]], kind, skip_bytes)
            at += raw[0]
            if record is not None:
                yield record


def skipped_bytes(untrusted_record: bytes) -> int | None:
    """Return what a root folder's first record says of SUSP, ``None`` where it is not used."""
    if len(untrusted_record) < 34 or untrusted_record[0] < 41:
        return None
    at = 33 + untrusted_record[32]
    at += at % 2
    for signature, body in _fields(untrusted_record[at : untrusted_record[0]]):
        if signature == b"SP" and body[:2] == b"\xbe\xef" and len(body) > 2:
            return body[2]
    return None


def _unpacked(
    read_at: ReadAt, place: int, raw: bytes, kind: int, skip_bytes: int
) -> IsoRecord | None:
    _, attribute_blocks, block, _, size, _, _, _ = _HEAD.unpack_from(raw)
    other_block = int.from_bytes(raw[6:10])
    name_bytes = raw[32]
    stored = raw[33 : 33 + name_bytes]
    if len(stored) < name_bytes or not name_bytes:
        return None
    folder = bool(raw[25] & FLAG_FOLDER)
    record = IsoRecord(
        place=place,
        block=block,
        other_block=other_block,
        size_bytes=size,
        attribute_blocks=attribute_blocks,
        flags=raw[25],
        unit_blocks=raw[26],
        gap_blocks=raw[27],
        raw_name=_name(stored, kind, folder=folder),
        entry_type=EntryType.FOLDER if folder else EntryType.FILE,
        times=EntryTimes(modified_ns=_short_time(raw[18:25])),
    )
    if kind != ROCK_RIDGE:
        return record
    at = 33 + name_bytes
    at += (at % 2) + skip_bytes
    return _added(record, _additions(read_at, raw[at:]))


def _name(stored: bytes, kind: int, *, folder: bool) -> bytes:
    if stored in (b"\0", b"\1"):
        return b""
    if kind == JOLIET:
        stored = utf8_of(stored)
    return stored if folder else _VERSION.sub(b"", stored) or stored


def _added(record: IsoRecord, more: _Additions) -> IsoRecord:
    kind = record.entry_type
    if more.mode:
        kind = _TYPES.get(more.mode >> 12, EntryType.SPECIAL)
    if more.child_block:
        kind = EntryType.FOLDER
    times = EntryTimes(**{"modified_ns": record.times.modified_ns, **more.times})
    return replace(
        record,
        raw_name=(more.name or record.raw_name) if record.raw_name else b"",
        entry_type=kind,
        link_target=b"/".join(more.link).replace(b"//", b"/"),
        child_block=more.child_block,
        moved=more.moved,
        packed=more.packed,
        times=times,
    )


def _additions(read_at: ReadAt, area: bytes) -> _Additions:
    more = _Additions()
    for _ in range(_CONTINUATIONS_AT_MOST):
        following: tuple[int, int] | None = None
        for signature, body in _fields(area):
            if signature == b"CE" and len(body) >= 24:
                block, offset, length = (
                    int.from_bytes(body[at : at + 4], "little") for at in (0, 8, 16)
                )
                following = block * _SECTOR_BYTES + offset, min(length, _SECTOR_BYTES)
            elif signature == b"NM" and body and not body[0] & 6:
                more.name = (more.name + body[1:])[:_NAME_BYTES_AT_MOST]
            else:
                _add_field(more, signature, body)
        if following is None:
            break
        area = read_at(*following)
    return more


def _add_field(more: _Additions, signature: bytes, body: bytes) -> None:
    if signature == b"PX" and len(body) >= 4:
        more.mode = int.from_bytes(body[:4], "little")
    elif signature == b"SL":
        more.link_open = _add_link(more.link, body[1:], open_component=more.link_open)
    elif signature == b"TF" and body:
        more.times.update(_stamps(body))
    elif signature == b"CL" and len(body) >= 4:
        more.child_block = int.from_bytes(body[:4], "little")
    elif signature == b"RE":
        more.moved = True
    elif signature == b"ZF":
        more.packed = True


def _fields(area: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 4 <= len(area):
        length = area[at + 2]
        if length < 4 or area[at : at + 2] == b"ST":
            return
        yield area[at : at + 2], area[at + 4 : at + length]
        at += length


def _add_link(link: list[bytes], components: bytes, *, open_component: bool) -> bool:
    at = 0
    while at + 2 <= len(components) and len(link) < _NAME_BYTES_AT_MOST:
        flags, length = components[at], components[at + 1]
        special = {2: b".", 4: b"..", 8: b"/"}.get(flags & 0xE)
        text = special if special is not None else components[at + 2 : at + 2 + length]
        if open_component and link:
            link[-1] += text
        else:
            link.append(text)
        open_component = bool(flags & 1)
        at += 2 + length
    return open_component


def _stamps(body: bytes) -> dict[str, int | None]:
    flags, at = body[0], 1
    size = 17 if flags & 0x80 else 7
    found: dict[str, int | None] = {}
    for bit, name in enumerate(_TIME_NAMES):
        if flags & 1 << bit:
            stamp = body[at : at + size]
            found[name] = _long_time(stamp) if size == 17 else _short_time(stamp)
            at += size
    return found


def _short_time(raw: bytes) -> int | None:
    if len(raw) < 7 or not any(raw):
        return None
    year, month, day, hour, minute, second, zone = struct.unpack("<6Bb", raw)
    return _instant((1900 + year, month, day, hour, minute, second), zone)


def _long_time(raw: bytes) -> int | None:
    digits = raw[:16]
    if len(raw) < 17 or not digits.isdigit() or not digits.strip(b"0"):
        return None
    parts = tuple(int(digits[a:b]) for a, b in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12)))
    zone = int.from_bytes(raw[16:17], "little", signed=True)
    whole = _instant((*parts, int(digits[12:14])), zone)
    return None if whole is None else whole + int(digits[14:16]) * (_SECOND // 100)


def _instant(parts: tuple[int, ...], quarter_hours: int) -> int | None:
    year, month, day, hour, minute, second = parts
    sound = year >= 1 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24
    if not sound or minute >= 60 or second >= 61 or not -48 <= quarter_hours <= 52:
        return None
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    return (seconds - quarter_hours * 900) * _SECOND
