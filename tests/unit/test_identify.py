"""Types by content: each family by a head that its own specification gives, and near misses."""

import struct
import zlib

import pytest

from polit.base.errors import SandboxError
from polit.decode import identify as module
from polit.decode import signatures
from polit.decode.identify import extension_agrees, identify, warm
from polit.model.media import Identification, MediaKind


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    assert int(warm()["libmagic"]) >= 500


def known(head: bytes, size_bytes: int | None = None) -> Identification:
    return identify(head, size_bytes=len(head) if size_bytes is None else size_bytes)


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", len(body) + 4) + body + b"\0\0\0\x08mdat"


def zipped(name: bytes, content: bytes = b"", more: bytes = b"") -> bytes:
    header = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0)
    return header + name + content + more


def mp3_frames() -> bytes:
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
    return frame * 2


ELSEWHERE = b"\0" * 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
TRUE_TYPE = b"\0\1\0\0" + struct.pack(">HHHH", 12, 128, 3, 64) + b"cmap"

HEADS: list[tuple[str, MediaKind, bytes]] = [
    ("image/jpeg", MediaKind.STILL, b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ("image/png", MediaKind.STILL, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("image/gif", MediaKind.STILL, b"GIF89a\1\0\1\0"),
    ("image/webp", MediaKind.STILL, b"RIFF\x24\0\0\0WEBPVP8 "),
    ("image/bmp", MediaKind.STILL, b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1"),
    ("image/tiff", MediaKind.STILL, b"II*\0\x08\0\0\0\0\0"),
    ("image/tiff", MediaKind.STILL, b"MM\0*\0\0\0\x08\0\0"),
    ("image/x-canon-cr2", MediaKind.STILL, b"II*\0\x10\0\0\0CR\2\0"),
    ("image/heic", MediaKind.STILL, ftyp(b"heic", b"mif1", b"heic")),
    ("image/heic", MediaKind.STILL, ftyp(b"mif1", b"heic", b"hevc")),
    ("image/heif", MediaKind.STILL, ftyp(b"mif1", b"abcd")),
    ("image/avif", MediaKind.STILL, ftyp(b"avif", b"mif1")),
    ("image/x-canon-cr3", MediaKind.STILL, ftyp(b"crx ", b"isom")),
    ("image/vnd.adobe.photoshop", MediaKind.STILL, b"8BPS\0\1\0\0"),
    (
        "image/vnd.microsoft.icon",
        MediaKind.STILL,
        struct.pack("<3H4B2H2I", 0, 1, 1, 16, 16, 0, 0, 1, 32, 99, 22),
    ),
    ("image/x-portable-anymap", MediaKind.STILL, b"P6\n# made by hand\n12 10 255\n\0\0\0"),
    ("image/svg+xml", MediaKind.STILL, b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ("image/svg+xml", MediaKind.STILL, b'<?xml version="1.0"?>\n<svg width="1"/>'),
    ("image/x-xpixmap", MediaKind.STILL, b"/* XPM */\nstatic char *a[] = {"),
    ("video/mp4", MediaKind.VIDEO, ftyp(b"isom", b"iso2", b"avc1")),
    ("video/quicktime", MediaKind.VIDEO, ftyp(b"qt  ")),
    ("video/quicktime", MediaKind.VIDEO, b"\0\0\0\x08wide\0\0\1\0mdat"),
    ("video/3gpp", MediaKind.VIDEO, ftyp(b"3gp4")),
    ("video/3gpp2", MediaKind.VIDEO, ftyp(b"3g2a")),
    ("video/x-m4v", MediaKind.VIDEO, ftyp(b"M4V ")),
    ("video/x-msvideo", MediaKind.VIDEO, b"RIFF\0\1\0\0AVI LIST"),
    ("video/x-matroska", MediaKind.VIDEO, b"\x1a\x45\xdf\xa3\x9fB\x82\x88matroska"),
    ("video/webm", MediaKind.VIDEO, b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm"),
    ("video/mpeg", MediaKind.VIDEO, b"\0\0\1\xba\x44"),
    ("video/mp2t", MediaKind.VIDEO, (b"G" + b"\0" * 187) * 3),
    ("video/x-flv", MediaKind.VIDEO, b"FLV\1\5\0\0\0\x09"),
    ("video/x-ms-asf", MediaKind.VIDEO, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")),
    ("video/ogg", MediaKind.VIDEO, b"OggS\0\2" + b"\0" * 22 + b"\x80theora"),
    ("audio/ogg", MediaKind.AUDIO, b"OggS\0\2" + b"\0" * 22 + b"OpusHead"),
    ("application/ogg", MediaKind.AUDIO, b"OggS\0\2" + b"\0" * 60),
    ("audio/mpeg", MediaKind.AUDIO, b"ID3\3\0\0\0\0\x0f\x76TIT2"),
    ("audio/mpeg", MediaKind.AUDIO, mp3_frames()),
    ("audio/aac", MediaKind.AUDIO, (b"\xff\xf1\x50\x80\x04\x00\xfc" + b"\0" * 25) * 2),
    ("audio/mp4", MediaKind.AUDIO, ftyp(b"M4A ")),
    ("audio/vnd.wave", MediaKind.AUDIO, b"RIFF\x24\0\0\0WAVEfmt "),
    ("audio/flac", MediaKind.AUDIO, b"fLaC\0\0\0\x22"),
    ("audio/aiff", MediaKind.AUDIO, b"FORM\0\0\0\0AIFF"),
    ("audio/amr", MediaKind.AUDIO, b"#!AMR\n\x3c"),
    ("audio/midi", MediaKind.AUDIO, b"MThd\0\0\0\6"),
    ("application/pdf", MediaKind.DOCUMENT, b"%PDF-1.7\n%\xe2\xe3"),
    ("application/rtf", MediaKind.DOCUMENT, b"{\\rtf1\\ansi plain}"),
    ("application/postscript", MediaKind.DOCUMENT, b"%!PS-Adobe-3.0\n"),
    ("application/x-ole-storage", MediaKind.DOCUMENT, OLE),
    ("application/msword", MediaKind.DOCUMENT, OLE + "WordDocument".encode("utf-16-le")),
    ("application/vnd.ms-excel", MediaKind.DOCUMENT, OLE + "Workbook".encode("utf-16-le")),
    ("application/epub+zip", MediaKind.DOCUMENT, zipped(b"mimetype", b"application/epub+zip")),
    (
        "application/vnd.oasis.opendocument.text",
        MediaKind.DOCUMENT,
        zipped(b"mimetype", b"application/vnd.oasis.opendocument.text", b"PK"),
    ),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        MediaKind.DOCUMENT,
        zipped(b"[Content_Types].xml", more=b"word/document.xml"),
    ),
    ("text/plain", MediaKind.DOCUMENT, b"Nothing but words.\n"),
    ("text/plain", MediaKind.DOCUMENT, "Größe, café, 写真\n".encode()),
    ("text/plain", MediaKind.DOCUMENT, "Größe\r\n".encode("utf-16")),
    ("text/plain", MediaKind.DOCUMENT, b"\xef\xbb\xbfwith a mark"),
    ("text/html", MediaKind.DOCUMENT, b"<!-- a --> <!DOCTYPE html><html></html>"),
    ("application/xml", MediaKind.DOCUMENT, b'<?xml version="1.0"?><a/>'),
    ("application/xhtml+xml", MediaKind.DOCUMENT, b'<?xml version="1.0"?><html/>'),
    ("application/json", MediaKind.DOCUMENT, b' {"a": [1, 2, null]}'),
    ("text/vcard", MediaKind.DOCUMENT, b"BEGIN:VCARD\r\nVERSION:3.0\r\n"),
    ("text/calendar", MediaKind.DOCUMENT, b"begin:vcalendar\r\n"),
    ("text/csv", MediaKind.DOCUMENT, b"a,b,c\n1,2,3\n4,5,6\n"),
    ("text/tab-separated-values", MediaKind.DOCUMENT, b"a\tb\tc\n1\t2\t3\n4\t5\t6\n"),
    ("text/x-shellscript", MediaKind.DOCUMENT, b"#!/bin/sh\necho\n"),
    ("text/x-script", MediaKind.DOCUMENT, b"#!/usr/bin/python3\n"),
    ("text/x-php", MediaKind.DOCUMENT, b"<?php echo 1;"),
    ("message/rfc822", MediaKind.DOCUMENT, b"From: a@b.c\nTo: d@e.f\nSubject: x\n\nHello\n"),
    ("application/mbox", MediaKind.DOCUMENT, b"From a@b.c Mon\nReceived: x\nSubject: y\n"),
    ("application/zip", MediaKind.ARCHIVE, zipped(b"holiday/")),
    ("application/java-archive", MediaKind.ARCHIVE, zipped(b"META-INF/MANIFEST.MF")),
    ("application/gzip", MediaKind.ARCHIVE, b"\x1f\x8b\x08\0\0\0\0\0"),
    ("application/x-bzip2", MediaKind.ARCHIVE, b"BZh91AY&SY\0"),
    ("application/x-xz", MediaKind.ARCHIVE, b"\xfd7zXZ\0\0"),
    ("application/x-7z-compressed", MediaKind.ARCHIVE, b"7z\xbc\xaf\x27\x1c\0"),
    ("application/vnd.rar", MediaKind.ARCHIVE, b"Rar!\x1a\x07\x01\0"),
    ("application/x-tar", MediaKind.ARCHIVE, b"name".ljust(257, b"\0") + b"ustar\x0000"),
    ("application/x-iso9660-image", MediaKind.ARCHIVE, b"\0" * 32_769 + b"CD001\1"),
    ("application/x-ewf", MediaKind.ARCHIVE, b"EVF\x09\r\n\xff\0\1"),
    ("application/x-qemu-disk", MediaKind.ARCHIVE, b"QFI\xfb\0\0\0\3"),
    ("application/vnd.sqlite3", MediaKind.DATABASE, b"SQLite format 3\0\x10"),
    ("application/x-ms-registry", MediaKind.DATABASE, b"regf\1\0\0\0"),
    ("application/x-ms-ese", MediaKind.DATABASE, b"\1\2\3\4\xef\xcd\xab\x89"),
    ("application/x-outlook-store", MediaKind.DATABASE, b"!BDN\0\0\0\0SM"),
    ("application/x-executable", MediaKind.OTHER, b"\x7fELF\2\1\1"),
    (
        "application/vnd.microsoft.portable-executable",
        MediaKind.OTHER,
        b"MZ".ljust(60, b"\0") + b"\x40\0\0\0PE\0\0",
    ),
    ("application/x-dosexec", MediaKind.OTHER, b"MZ\x90".ljust(64, b"\0")),
    ("application/java-vm", MediaKind.OTHER, b"\xca\xfe\xba\xbe\0\0\0\x34"),
    ("application/x-mach-binary", MediaKind.OTHER, b"\xca\xfe\xba\xbe\0\0\0\2"),
    ("font/sfnt", MediaKind.OTHER, TRUE_TYPE),
    ("application/octet-stream", MediaKind.OTHER, b"\0" * 4096),
]


@pytest.mark.parametrize(("mime", "kind", "head"), HEADS)
def test_a_head_is_recognised(mime: str, kind: MediaKind, head: bytes) -> None:
    found = known(head)
    assert (found.mime, found.kind) == (mime, kind)
    assert found.basis in ("signature", "text")


@pytest.mark.parametrize(
    "text",
    [
        b"BM is an abbreviation of something.",
        b"MZ begins this line.",
        b"ID3 is a tag of sound files.",
        b"P6 is the way to the car park.",
        b"BZhello",
        b"Gone with the wind" * 40,
        b"RIFF raff",
        b"FORM 10-K",
        b"regfoo bar",
        b"8BPS is photoshop's",
        b"fLaC",
        b"CWS and FWS are films",
        b"[1] a footnote",
        b"{not json}",
        b"<3 hearts",
        b"one, two\nthree\n",
        b"From here to there\n",
        b"From: me\n",
        b"WordDocument",
        b"P4 isolation",
    ],
)
def test_text_that_begins_like_something_else_stays_text(text: bytes) -> None:
    assert known(text) == Identification("text/plain", MediaKind.DOCUMENT, "text")


@pytest.mark.parametrize(
    "head",
    [
        b"RIFF\0\0\0\0what",
        b"FORM\0\0\0\0what",
        b"\0\0\0\x02ftypwhat\0\0",
        b"\x1a\x45\xdf\xa3\x80" + ELSEWHERE,
        b"\xff\xfb\x90\x00" + b"\1" * 500,
        b"\xff\xf1\xff\xff\xff\xff\xff" + ELSEWHERE,
        b"\xff\xe9\x90\0" + ELSEWHERE,
        b"\xff\xf9",
        b"\0\0\1\0\xff\xff" + ELSEWHERE,
        b"\0\1\0\0\0\0" + ELSEWHERE,
    ],
)
def test_a_mark_by_chance_is_not_believed(head: bytes) -> None:
    assert known(head).basis == "libmagic"


def test_text_in_a_code_page_is_text() -> None:
    text = known("Grüße und Küsse aus München\n".encode("latin-1"))
    assert (text.mime, text.basis) == ("text/plain", "text")
    assert known("„Grüße“ 5 €\n".encode("cp1252")).mime == "text/plain"
    assert known(bytes(range(0xA0, 0x100)) * 8).basis == "libmagic"


def test_no_bytes_are_empty() -> None:
    found = known(b"")
    assert found == Identification("application/x-empty", MediaKind.OTHER, "empty")


def test_bytes_that_could_not_be_read_are_not_empty() -> None:
    assert known(b"", 100).mime == "application/octet-stream"


def test_a_character_cut_by_the_head_is_still_text() -> None:
    head = ("x" + "é" * 10).encode()[:-1]
    assert known(head, 1000).mime == "text/plain"
    assert known(head, 1000).basis == "text"
    assert known(b'{"a": "', 1000).mime == "application/json"


def test_libmagic_knows_the_rest() -> None:
    assert known(zlib.compress(b"polit " * 50)) == Identification(
        "application/zlib", MediaKind.OTHER, "libmagic"
    )


def test_without_libmagic_the_rest_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_magic", None)
    assert known(b"\x89PNG\r\n\x1a\n").mime == "image/png"
    with pytest.raises(SandboxError, match="warm"):
        known(b"\1\2\3\0unknown")


@pytest.mark.parametrize(
    ("name", "mime", "expected"),
    [
        (b"a.jpg", "image/jpeg", True),
        (b"A.JPEG", "image/jpeg", True),
        (b"a.jpg", "image/png", False),
        (b"a.jpg", "application/octet-stream", False),
        (b"a.jpg", "application/x-empty", None),
        (b"a.txt", "text/csv", True),
        (b"a.txt", "image/jpeg", False),
        (b"a.unknown", "image/jpeg", None),
        (b"no extension", "image/jpeg", None),
        (b".jpg", "image/png", None),
        (b"a.", "image/png", None),
        (b"\xff\xfe.png", "image/png", True),
        (b"a.tar.gz", "application/gzip", True),
        (b"a.docx", "application/zip", False),
    ],
)
def test_an_extension_is_compared(name: bytes, mime: str, expected: bool | None) -> None:
    found = Identification(mime, MediaKind.OTHER, "signature")
    assert extension_agrees(name, found) is expected


def test_every_signature_finds_itself() -> None:
    for each in signatures._all:
        head = b"\1" * each.offset_bytes + each.raw + b"\0\1\2\3"
        assert known(head).mime == each.found.mime, each
