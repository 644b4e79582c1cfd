"""What identifies a camera in the maker's own note: the few numbers worth the risk.

Notes have no standard. Five layouts are read, and of each two fields at most; all others are
left alone. A serial number goes before an internal one, which is not that on the camera.

Source: the layouts as ExifTool documents them (Canon, Nikon, Panasonic, FujiFilm, Apple tags).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from polit.decode import _exif_text as texts
from polit.decode._exif_fields import Field, Fields, Order, Wanted, read_directories, read_directory
from polit.model.media import MediaTag

_MAX_NOTE_BYTES = 1 << 18
_SERIAL = "SerialNumber"
_CANON = {0x000C: _SERIAL, 0x0096: "InternalSerialNumber"}
_NIKON = {0x001D: _SERIAL, 0x00A0: _SERIAL}
_PANASONIC = {0x0025: "InternalSerialNumber"}
_FUJIFILM = {0x0010: "InternalSerialNumber"}
_APPLE = {0x000B: "BurstUUID", 0x0011: "ContentIdentifier"}


@dataclass(frozen=True, slots=True)
class MakerNote:
    """What a note says.

    Args:
        serial: The camera's serial number, ``""`` where there is none.
        tags: What else identifies the camera or links the picture, as ``maker:`` tags.
    """

    serial: str = ""
    tags: tuple[MediaTag, ...] = ()


def read_maker_note(untrusted_exif: bytes, note: Field | None, make: str) -> MakerNote:
    """Read a maker's note.

    Args:
        untrusted_exif: The whole block, because some notes point into it.
        note: The field of the note.
        make: The maker, for notes that do not name one.
    """
    if note is None or note.size_bytes < 16 or note.size_bytes > _MAX_NOTE_BYTES:
        return MakerNote()
    names, fields = _fields(untrusted_exif, note, make)
    serial, tags = "", []
    for name, value in _told(names, fields):
        if name == _SERIAL:
            serial = serial or value
        else:
            tags.append(MediaTag(f"maker:{name}", value))
    return MakerNote(serial, tuple(tags))


def _fields(untrusted_exif: bytes, note: Field, make: str) -> tuple[dict[int, str], Fields]:
    """Return the fields by their numbers, and the names of those that are wanted."""
    own = untrusted_exif[note.offset : note.offset + note.size_bytes]
    if own.startswith(b"Nikon\0"):
        inner = read_directories(own[10:], Wanted(frozenset(_NIKON), frozenset()))
        return _NIKON, inner.main
    if own.startswith(b"Apple iOS\0"):
        return _APPLE, read_directory(own, ">", 14, frozenset(_APPLE))
    if own.startswith(b"FUJIFILM"):
        at = int.from_bytes(own[8:12], "little")
        return _FUJIFILM, read_directory(own, "<", at, frozenset(_FUJIFILM))
    if own.startswith(b"Panasonic\0"):
        return _PANASONIC, _of_block(untrusted_exif, note.order, note.offset + 12, _PANASONIC)
    if make.upper().startswith("CANON"):
        return _CANON, _of_block(untrusted_exif, note.order, note.offset, _CANON)
    return {}, {}


def _of_block(untrusted_exif: bytes, order: Order, at: int, names: dict[int, str]) -> Fields:
    return read_directory(untrusted_exif, order, at, frozenset(names))


def _told(names: dict[int, str], fields: Fields) -> Iterator[tuple[str, str]]:
    for number, name in names.items():
        field = fields.get(number)
        if field is None:
            continue
        figure = field.integer() if field.type_code == 4 else None
        value = str(figure) if figure else texts.plain(field.texts().lstrip(b"\0"))
        if value:
            yield name, value
