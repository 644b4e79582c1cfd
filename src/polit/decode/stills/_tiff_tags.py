"""The directories of a TIFF, bounded, and its EXIF written anew without the pixels.

Source: TIFF 6.0, section 2; BigTIFF (2004); EXIF 3.0, 4.6.3. RAW files of Olympus and Panasonic
are TIFF with numbers of their own in the header.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from polit.decode.picture import Untrusted

_ORDERS = {b"II": "<", b"MM": ">"}
_MAGICS = frozenset({42, 0x4F52, 0x5352, 0x55})
_BIG = 43
_MAX_ENTRIES = 1024
_MAX_VALUE_BYTES = 65_536
_MAX_TOTAL_BYTES = 1 << 20
_INLINE_BYTES, _LAST_KIND = 4, 12
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}

EXIF_IFD, GPS_IFD, SUB_IFDS, XMP = 34_665, 34_853, 330, 700
# Where pixels lie, and what is large and no part of EXIF: XMP, IPTC, Photoshop, colour profiles.
_LEFT_OUT = frozenset({273, 279, 288, 289, 324, 325, 330, 347, 513, 514, 519, 520, 521, 700,
                       33_723, 34_377, 34_675, 37_724, EXIF_IFD, GPS_IFD})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: its type, how many values, and their bytes in the file's order."""

    kind: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """The fields of one directory by tag, and where the next one lies (0 for none)."""

    entries: dict[int, Entry]
    next_at: int


class Tags:
    """Reads the directories of a TIFF; nothing that it reads is trusted."""

    def __init__(self, untrusted: Untrusted) -> None:
        """Read the header.

        Raises:
            ValueError: It is no TIFF.
        """
        order = _ORDERS.get(bytes(untrusted[:2]))
        if order is None or len(untrusted) < 8:
            raise ValueError("no TIFF header")
        self._untrusted = untrusted
        self.order = order
        magic = self._number(2, 2)
        if magic not in _MAGICS and magic != _BIG:
            raise ValueError("no TIFF header")
        self._is_big = magic == _BIG
        self.first_at = self._number(8, 8) if self._is_big else self._number(4, 4)

    def main(self) -> Directory:
        """Return the first directory, empty where there is none."""
        return self.directory(self.first_at)

    def count_chain(self, most: int) -> int:
        """Return how many directories follow each other, at most ``most``."""
        seen: set[int] = set()
        at = self.first_at
        while at and at not in seen and len(seen) < most and at < len(self._untrusted):
            seen.add(at)
            count = self._number(at, 8 if self._is_big else 2)
            after = at + (8 + 20 * count if self._is_big else 2 + 12 * count)
            at = self._number(after, 8 if self._is_big else 4)
        return len(seen)

    def directory(self, at: int) -> Directory:
        """Return the directory at a place, as far as it lies within the file."""
        head, step, wide = (8, 20, 8) if self._is_big else (2, 12, 4)
        count = min(self._number(at, head), _MAX_ENTRIES) if at else 0
        entries: dict[int, Entry] = {}
        for number in range(count):
            place = at + head + step * number
            if place + step > len(self._untrusted):
                break
            tag, kind = self._number(place, 2), self._number(place + 2, 2)
            values = self._number(place + 4, wide)
            size = _SIZES.get(kind, 0) * values
            where = place + 4 + wide
            start = where if size <= wide else self._number(where, wide)
            if 0 < size <= _MAX_VALUE_BYTES and tag not in entries:
                data = bytes(self._untrusted[start : start + size])
                if len(data) == size:
                    entries[tag] = Entry(kind, values, data)
        return Directory(entries, self._number(at + head + step * count, wide) if count else 0)

    def numbers(self, directory: Directory, tag: int) -> tuple[int, ...]:
        """Return a field's whole numbers, none where it is absent or of another type."""
        entry = directory.entries.get(tag)
        code = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I", 16: "Q", 18: "Q"}.get(
            entry.kind if entry else 0
        )
        if entry is None or code is None:
            return ()
        return struct.unpack(f"{self.order}{entry.count}{code}", entry.data)

    def linked(self, directory: Directory, tag: int) -> Directory:
        """Return the directory that a field leads to, empty where there is none."""
        places = self.numbers(directory, tag)
        return self.directory(places[0]) if places else Directory({}, 0)

    def _number(self, at: int, size: int) -> int:
        data = self._untrusted[at : at + size]
        return int.from_bytes(data, "little" if self.order == "<" else "big")


def exif_of(tags: Tags) -> bytes:
    """Return the main directory, EXIF and GPS as a small TIFF of their own."""
    main = tags.main()
    return written(tags.order, main, tags.linked(main, EXIF_IFD), tags.linked(main, GPS_IFD))


def xmp_of(tags: Tags) -> bytes:
    """Return the XMP packet of the main directory."""
    entry = tags.main().entries.get(XMP)
    return entry.data if entry else b""


def written(order: str, main: Directory, exif: Directory, gps: Directory) -> bytes:
    """Return directories as a TIFF; fields that point to pixels are left out."""
    links = [(tag, part) for tag, part in ((EXIF_IFD, exif), (GPS_IFD, gps)) if part.entries]
    blocks = [_kept(part) for part in (main, *(part for _, part in links))]
    if not any(blocks):
        return b""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + b"".join(_laid_out(order, blocks, [tag for tag, _ in links]))


def _kept(directory: Directory) -> dict[int, Entry]:
    """Return the fields that are written: no pixels, no types of BigTIFF, not too many bytes."""
    kept: dict[int, Entry] = {}
    total = 0
    for tag, one in sorted(directory.entries.items()):
        total += len(one.data)
        if tag not in _LEFT_OUT and one.kind <= _LAST_KIND and total <= _MAX_TOTAL_BYTES:
            kept[tag] = one
    return kept


def _laid_out(order: str, blocks: list[dict[int, Entry]], links: list[int]) -> Iterator[bytes]:
    """Yield main directory and the linked ones, each followed by its long values."""
    places, at = [], 8
    for number, fields in enumerate(blocks):
        places.append(at)
        count = len(fields) + (len(links) if number == 0 else 0)
        at += 2 + 12 * count + 4 + sum(len(one.data) for _, one in _long(fields))
    for number, fields in enumerate(blocks):
        whole = dict(fields)
        if number == 0:
            for tag, place in zip(links, places[1:], strict=True):
                whole[tag] = Entry(4, 1, struct.pack(order + "I", place))
        value_at = places[number] + 2 + 12 * len(whole) + 4
        yield struct.pack(order + "H", len(whole))
        for tag, one in sorted(whole.items()):
            yield struct.pack(order + "HHI", tag, one.kind, one.count)
            if len(one.data) > _INLINE_BYTES:
                yield struct.pack(order + "I", value_at)
                value_at += len(one.data)
            else:
                yield one.data.ljust(_INLINE_BYTES, b"\0")
        yield bytes(4)
        yield from (one.data for _, one in _long(whole))


def _long(fields: dict[int, Entry]) -> list[tuple[int, Entry]]:
    return [(tag, one) for tag, one in sorted(fields.items()) if len(one.data) > _INLINE_BYTES]
