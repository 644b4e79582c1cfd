"""The directories of an EXIF block: which fields are read, and their bytes.

Only what ``metadata`` asks for is kept. Fixed pointers are followed, each once, so that loops
and chains of directories cost nothing; one damaged entry hides none of its neighbours.

Source: TIFF 6.0, section 2; CIPA DC-008 (Exif 3.0), sections 4.5 and 4.6.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ORIENTATION = 0x0112
XMP = 0x02BC
MAKER_NOTE = 0x927C
JPEG_OFFSET, JPEG_LENGTH = 0x0201, 0x0202
_CAMERA_POINTER, _GPS_POINTER = 0x8769, 0x8825

MAX_XMP_BYTES = 1 << 20
_MAX_ENTRIES = 1000
_MAX_VALUE_BYTES = 8192
_KEPT_BYTES = {XMP: MAX_XMP_BYTES, MAKER_NOTE: 0}
_MAX_NOTES = 6

# 42 is TIFF's; the others are those of ORF and RW2, which are TIFF in all but this figure.
_MAGICS = frozenset({42, 0x4F52, 0x5352, 0x55})
_BIG_TIFF = 43
_UNIT_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
               129: 1}  # fmt: skip
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
_RATIONALS = {5: "I", 10: "i"}
_TEXTS = frozenset({1, 2, 7, 129})

Order = Literal["<", ">"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a directory.

    Args:
        type_code: TIFF's code of its type.
        count: How many values it says to have.
        size_bytes: The size of them all.
        data: Their bytes, at most the first 8,192 (1 MiB for XMP, none for a maker note).
        order: Of the bytes of a figure, in ``struct``'s sign.
    """

    type_code: int
    count: int
    size_bytes: int
    data: bytes
    order: Order

    def texts(self) -> bytes:
        """Return the bytes of a text, or none where the type is no text's."""
        return self.data if self.type_code in _TEXTS else b""

    def integer(self) -> int | None:
        """Return the first value of a whole type, ``None`` where it has none."""
        code = _INTEGERS.get(self.type_code)
        if code is None or not self.data:
            return None
        value: int = struct.unpack_from(self.order + code, self.data)[0]
        return value

    def rationals(self) -> tuple[tuple[int, int], ...]:
        """Return numerators and denominators, in order; at most eight, none of another type."""
        code = _RATIONALS.get(self.type_code)
        if code is None:
            return ()
        pairs = struct.iter_unpack(self.order + code * 2, self.data[:64])
        return tuple((top, bottom) for top, bottom in pairs)


Fields = Mapping[int, Field]


@dataclass(frozen=True, slots=True)
class Directories:
    """The fields of an EXIF block by their numbers; of a number that stands twice, the first.

    Args:
        main: Of the picture (IFD0).
        camera: Of the Exif directory.
        gps: Of the GPS directory.
        thumbnail: Of the thumbnail (IFD1).
        damage: What was not in form, in words, in order of discovery, at most six.
    """

    main: Fields = field(default_factory=dict)
    camera: Fields = field(default_factory=dict)
    gps: Fields = field(default_factory=dict)
    thumbnail: Fields = field(default_factory=dict)
    damage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The numbers of the fields to keep; pointers and the thumbnail's place are always kept."""

    picture: frozenset[int]
    gps: frozenset[int]


def read_directories(untrusted: bytes, wanted: Wanted) -> Directories:
    """Read the directories of a TIFF structure; what is damaged is left out and noted."""
    walk = _Walk(untrusted)
    first = walk.start()
    if first is None:
        return Directories(damage=tuple(walk.damage))
    picture = wanted.picture | {_CAMERA_POINTER, _GPS_POINTER}
    main, next_offset = walk.directory("IFD0", first, picture)
    camera = walk.pointed("Exif", main.get(_CAMERA_POINTER), picture)
    gps_pointer = main.get(_GPS_POINTER) or camera.get(_GPS_POINTER)
    gps = walk.pointed("GPS", gps_pointer, wanted.gps)
    thumbnail: Fields = {}
    if next_offset:
        thumbnail, _ = walk.directory("IFD1", next_offset, frozenset({JPEG_OFFSET, JPEG_LENGTH}))
    return Directories(main, camera, gps, thumbnail, tuple(walk.damage))


class _Walk:
    """Reads directories of one block and keeps notes."""

    def __init__(self, untrusted: bytes) -> None:
        self.untrusted = untrusted
        self.order: Order = "<"
        self.damage: list[str] = []
        self._seen: set[int] = set()

    def start(self) -> int | None:
        """Return the first directory's offset; ``None``, and a note, where there is none."""
        head = self.untrusted[:8]
        if len(head) < 8 or head[:2] not in (b"II", b"MM"):
            self._note("no TIFF header")
            return None
        self.order = "<" if head[:2] == b"II" else ">"
        magic, offset = struct.unpack(self.order + "HI", head[2:])
        if magic not in _MAGICS:
            self._note("BigTIFF is not read" if magic == _BIG_TIFF else "no TIFF header")
            return None
        return int(offset)

    def pointed(self, name: str, pointer: Field | None, wanted: frozenset[int]) -> Fields:
        if pointer is None:
            return {}
        offset = pointer.integer()
        if offset is None:
            self._note(f"{name}: the pointer is no figure")
            return {}
        return self.directory(name, offset, wanted)[0]

    def directory(self, name: str, offset: int, wanted: frozenset[int]) -> tuple[Fields, int]:
        """Return the wanted fields of a directory and the offset of the next, 0 for none."""
        if offset in self._seen:
            self._note(f"{name}: points at a directory that was read before")
            return {}, 0
        self._seen.add(offset)
        start = offset + 2
        if not 8 <= offset <= len(self.untrusted) - 2:
            self._note(f"{name}: lies outside of the block")
            return {}, 0
        (stated,) = struct.unpack_from(self.order + "H", self.untrusted, offset)
        present = min(stated, (len(self.untrusted) - start) // 12)
        if present < stated:
            self._note(f"{name}: {present} of {stated} entries are there")
        read = min(present, _MAX_ENTRIES)
        if read < present:
            self._note(f"{name}: {read} of {present} entries were read")
        fields = self._entries(name, self.untrusted[start : start + 12 * read], wanted)
        end = start + 12 * stated
        if end + 4 > len(self.untrusted):
            return fields, 0
        return fields, struct.unpack_from(self.order + "I", self.untrusted, end)[0]

    def _entries(self, name: str, entries: bytes, wanted: frozenset[int]) -> Fields:
        fields: dict[int, Field] = {}
        for tag, type_code, count, inline in struct.iter_unpack(self.order + "HHI4s", entries):
            if tag not in wanted:
                continue
            if tag in fields:
                self._note(f"{name}: field 0x{tag:04x} stands twice")
                continue
            found = self._field(f"{name}: field 0x{tag:04x}", (tag, type_code, count), inline)
            if found is not None:
                fields[tag] = found
        return fields

    def _field(self, name: str, entry: tuple[int, int, int], inline: bytes) -> Field | None:
        tag, type_code, count = entry
        unit_bytes = _UNIT_BYTES.get(type_code)
        if unit_bytes is None:
            self._note(f"{name} has the unknown type {type_code}")
            return None
        size_bytes = unit_bytes * count
        kept_bytes = min(size_bytes, _KEPT_BYTES.get(tag, _MAX_VALUE_BYTES))
        if size_bytes <= 4:
            return Field(type_code, count, size_bytes, inline[:kept_bytes], self.order)
        (offset,) = struct.unpack(self.order + "I", inline)
        if offset + size_bytes > len(self.untrusted):
            self._note(f"{name} lies outside of the block")
            return None
        data = self.untrusted[offset : offset + kept_bytes]
        return Field(type_code, count, size_bytes, data, self.order)

    def _note(self, words: str) -> None:
        if len(self.damage) < _MAX_NOTES and words not in self.damage:
            self.damage.append(words)
