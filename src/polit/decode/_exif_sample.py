"""Small EXIF blocks and packets that take every path of the readers: for ``warm`` and tests."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from polit.decode._exif_fields import Order

_ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 2, 3, 4, 5, 7
_COMMENTS = (
    b"ASCII\0\0\0\xff",
    b"UNICODE\0" + "a".encode("utf-16-be"),
    b"UNICODE\0\xff\xfe" + "a".encode("utf-16-le"),
    b"JIS\0\0\0\0\0\x1b$B\x46\x7c\x1b(B",
    b"JIS\0\0\0\0\0\x93\xfa",
    b"JIS\0\0\0\0\0\xc6\xfc\xcb\xdc",
    b"JIS\0\0\0\0\0\xff\xff",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory; ``data`` in the block's order, its count as told."""

    tag: int
    type_code: int
    count: int
    data: bytes


def directory(order: Order, at: int, entries: Sequence[Entry], next_offset: int = 0) -> bytes:
    """Return a directory that stands at an offset, with its values behind it."""
    values_at = at + 2 + 12 * len(entries) + 4
    head, values = struct.pack(order + "H", len(entries)), b""
    for entry in entries:
        inline = entry.data.ljust(4, b"\0")
        if len(entry.data) > 4:
            inline = struct.pack(order + "I", values_at + len(values))
            values += entry.data
        head += struct.pack(order + "HHI", entry.tag, entry.type_code, entry.count) + inline
    return head + struct.pack(order + "I", next_offset) + values


def header(order: Order, first_offset: int) -> bytes:
    """Return a TIFF header."""
    return (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, first_offset)


def text(tag: int, value: bytes, type_code: int = _ASCII) -> Entry:
    """Return an entry of a text or of bytes."""
    return Entry(tag, type_code, len(value), value)


def figure(order: Order, tag: int, value: int, type_code: int = _LONG) -> Entry:
    """Return an entry of one SHORT or LONG."""
    return Entry(
        tag, type_code, 1, struct.pack(order + ("I" if type_code == _LONG else "H"), value)
    )


def rationals(order: Order, tag: int, *parts: int) -> Entry:
    """Return an entry of numerators and denominators, in turn."""
    return Entry(tag, _RATIONAL, len(parts) // 2, struct.pack(f"{order}{len(parts)}I", *parts))


def block(
    order: Order,
    main: Sequence[Entry] = (),
    camera: Sequence[Entry] = (),
    gps: Sequence[Entry] = (),
    thumbnail: bytes = b"",
) -> bytes:
    """Return an EXIF block of four directories, of which the first stands last."""
    made = header(order, 0)
    pointers = []
    for tag, entries in ((0x8769, camera), (0x8825, gps)):
        if entries:
            pointers.append(figure(order, tag, len(made)))
            made += directory(order, len(made), entries)
    second = 0
    if thumbnail:
        second = len(made)
        place = (figure(order, 0x0201, second + 30), figure(order, 0x0202, len(thumbnail)))
        made += directory(order, second, place) + thumbnail
    first = len(made)
    made += directory(order, first, (*main, *pointers), second)
    return header(order, first) + made[8:]


def sample_blocks() -> Iterator[bytes]:
    """Give blocks of both orders of bytes, with each kind of value, good and bad."""
    for order in ("<", ">"):
        for comment in _COMMENTS:
            yield _sample(order, comment)
        yield block(order, [figure(order, 0x0112, 9, _SHORT), text(1, b"a", 99)])
    yield from (b"II*\0", b"II+\0\0\0\0\0", b"MM\0*\0\0\0\7")


def _sample(order: Order, comment: bytes) -> bytes:
    main = [
        text(0x010F, b"Maker\0"),
        figure(order, 0x0112, 6, _SHORT),
        text(0x0132, b"2019:05:04 12:33:10\0"),
        text(0x8298, b"one\0two\0"),
        text(0x9C9B, "title".encode("utf-16-le"), 1),
    ]
    camera = [
        rationals(order, 0x829A, 1, 60),
        rationals(order, 0x829D, 28, 10),
        text(0x9003, b"2019:05:04 12:33:10\0"),
        text(0x9004, b"0000:00:00 00:00:00\0"),
        text(0x9011, b"+02:00\0"),
        text(0x9291, b"123\0"),
        text(0x927C, b"maker note", _UNDEFINED),
        text(0x9286, comment, _UNDEFINED),
    ]
    gps = [
        text(1, b"N\0"),
        rationals(order, 2, 51, 1, 28, 1, 3825, 100),
        text(3, b"W\0"),
        rationals(order, 4, 0, 1, 0, 1, 12, 10),
        rationals(order, 6, 123, 10),
        rationals(order, 7, 14, 1, 27, 1, 724, 100),
        rationals(order, 0x0D, 5, 2),
        text(0x1D, b"2008:10:23\0"),
        text(0x12, b"TOKYO\0"),
    ]
    return block(order, main, camera, gps, b"\xff\xd8\xff\xd9")


SAMPLE_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:CreateDate="2019-05-04T12:33:10+02:00"
 exif:GPSLatitude="51,28.38N" exif:GPSLongitude="0,0,1W" exif:GPSAltitude="123/10"
 exif:GPSAltitudeRef="0"><dc:creator><rdf:Seq><rdf:li>One</rdf:li><rdf:li>Two</rdf:li></rdf:Seq>
 </dc:creator></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def sample_packets() -> Iterator[bytes]:
    """Give packets in each encoding, and broken ones."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-16"):
        yield SAMPLE_PACKET.encode(encoding)
    for text_ in ("<!DOCTYPE a><a/>", "<a>&b;", '<?xml version="1.0" encoding="x"?><a/>', "<a>"):
        yield text_.encode()
    yield SAMPLE_PACKET.replace(">One<", ">\udcff<").encode(errors="surrogateescape")
    yield b"<a>" * 100
