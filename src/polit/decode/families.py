"""Formats that share their first bytes: which of the family a content is.

Each function gets a head that begins with the family's mark and answers with a media type, or
``None`` where the mark was chance. Sources: RFC 9649 and Microsoft's RIFF, ISO/IEC 14496-12
(``ftyp`` brands as registered at mp4ra.org), PKWARE's APPNOTE, MS-CFB, RFC 9559 (Matroska),
TIFF 6.0, RFC 3533 (Ogg), PE/COFF, ISO/IEC 11172-3 (MPEG audio).
"""

import re
import struct
from collections.abc import Callable

_RIFF = {
    b"WEBP": "image/webp",
    b"AVI ": "video/x-msvideo",
    b"WAVE": "audio/vnd.wave",
    b"RMID": "audio/midi",
    b"ACON": "image/x-ani",
    b"CDXA": "video/mpeg",
}
_FORM = {
    b"AIFF": "audio/aiff",
    b"AIFC": "audio/aiff",
    b"ILBM": "image/x-ilbm",
    b"DJVU": "image/vnd.djvu",
}

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPENDOCUMENT = b"application/vnd.oasis.opendocument."

_OFFICE_PARTS = (
    (b"word/", "wordprocessingml.document"),
    (b"xl/", "spreadsheetml.sheet"),
    (b"ppt/", "presentationml.presentation"),
)
_OPENDOCUMENT_KINDS = (b"text", b"spreadsheet", b"presentation", b"graphics")
_OFFICE_FOLDERS = (b"word/", b"xl/", b"ppt/", b"_rels/", b"docProps/", b"customXml/")

_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic-sequence",
    b"hevx": "image/heic-sequence",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"mif1": "image/heif",
    b"msf1": "image/heif-sequence",
    b"crx ": "image/x-canon-cr3",
    b"qt  ": "video/quicktime",
    b"M4V ": "video/x-m4v",
    b"M4VH": "video/x-m4v",
    b"M4VP": "video/x-m4v",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4P ": "audio/mp4",
    b"F4A ": "audio/mp4",
    b"jp2 ": "image/jp2",
    b"jpx ": "image/jpx",
}
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"pnot", b"skip")


def riff(head: bytes) -> str | None:
    """RIFF: pictures, sound and video alike."""
    return _RIFF.get(head[8:12])


def form(head: bytes) -> str | None:
    """IFF: the elder sibling of RIFF."""
    return _FORM.get(head[8:12])


def base_media(head: bytes) -> str | None:
    """ISO base media by its brands: the major one first, then the compatible ones."""
    size = int.from_bytes(head[:4], "big")
    if not 8 <= size <= 4096:
        return None
    major = head[8:12]
    if major[:3] in (b"3gp", b"3gr", b"3gs", b"3ge", b"3gg"):
        return "video/3gpp"
    if major[:3] == b"3g2":
        return "video/3gpp2"
    brands = [major, *(head[at : at + 4] for at in range(16, min(size, len(head)), 4))]
    if major in (b"mif1", b"msf1"):
        # A still of unknown coding by its major brand: the compatible ones say which.
        brands = [*brands[1:], major]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "video/mp4")


def zipped(head: bytes) -> str | None:
    """ZIP by its first member and by the parts that office files name."""
    name_length, extra_length = struct.unpack_from("<HH", head.ljust(30, b"\0"), 26)
    name = head[30 : 30 + name_length]
    if name == b"mimetype":
        return _stated_type(head[30 + name_length + extra_length :])
    if name.lower() == b"[content_types].xml" or name.startswith(_OFFICE_FOLDERS):
        return _office_type(head)
    if b"AndroidManifest.xml" in head:
        return "application/vnd.android.package-archive"
    if name.startswith(b"META-INF/"):
        return "application/java-archive"
    return "application/zip"


def _stated_type(content: bytes) -> str:
    if content.startswith(b"application/epub+zip"):
        return "application/epub+zip"
    if content.startswith(_OPENDOCUMENT):
        word = re.match(rb"[a-z-]+", content[len(_OPENDOCUMENT) :])
        if word and word[0].split(b"-")[0] in _OPENDOCUMENT_KINDS:
            return (_OPENDOCUMENT + word[0].split(b"-")[0]).decode()
    return "application/zip"


def _office_type(head: bytes) -> str:
    # The first one counts: a document may hold others, and their parts are named after its own.
    places = {head.find(part): name for part, name in _OFFICE_PARTS if part in head}
    return _OFFICE + places[min(places)] if places else "application/zip"


_OLE_STREAMS = tuple(
    (name.encode("utf-16-le"), mime)
    for name, mime in (
        # First, for what is attached to a message has its streams in the same file.
        ("__nameid_version1.0", "application/vnd.ms-outlook"),
        ("__substg1.0_", "application/vnd.ms-outlook"),
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("Book\0", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
        ("VisioDocument", "application/vnd.visio"),
        ("Catalog\0", "application/x-ms-thumbcache"),
    )
)


def compound(head: bytes) -> str | None:
    """OLE compound file by the names of its streams, where the head holds its directory."""
    for name, mime in _OLE_STREAMS:
        if name in head:
            return mime
    return "application/x-ole-storage"


def ebml(head: bytes) -> str | None:
    """Matroska or WebM, by the document type of the EBML header."""
    start = head[:128]
    if b"webm" in start:
        return "video/webm"
    return "video/x-matroska" if b"matroska" in start else None


def tiff(head: bytes) -> str | None:
    """TIFF, or the one raw format that marks itself in the header."""
    return "image/x-canon-cr2" if head[8:10] == b"CR" else "image/tiff"


def ogg(head: bytes) -> str | None:
    """Ogg by what its first page carries."""
    start = head[:512]
    if b"\x80theora" in start or b"BBCD" in start:
        return "video/ogg"
    known = (b"OpusHead", b"\x01vorbis", b"Speex  ", b"\x7fFLAC")
    return "audio/ogg" if any(mark in start for mark in known) else "application/ogg"


def executable(head: bytes) -> str | None:
    """MS-DOS or Windows programs: a plausible header, for text may begin with MZ."""
    if len(head) < 28 or b"\0" not in head[:28]:
        return None
    if len(head) >= 64:
        at = int.from_bytes(head[60:64], "little")
        if head[at : at + 4] == b"PE\0\0":
            return "application/vnd.microsoft.portable-executable"
    return "application/x-dosexec"


def bitmap(head: bytes) -> str | None:
    """Windows bitmap: the size of its second header tells it from text that begins with BM."""
    size = int.from_bytes(head[14:18], "little")
    return "image/bmp" if size in (12, 40, 52, 56, 64, 108, 124) and len(head) > 18 else None


def bzip2(head: bytes) -> str | None:
    """bzip2: a level, then a block or the end."""
    marks = (b"1AY&SY", b"\x17rE8P\x90")
    return "application/x-bzip2" if head[3:4] in b"123456789" and head[4:10] in marks else None


def id3(head: bytes) -> str | None:
    """An ID3v2 tag: sound of some kind, nearly always MPEG."""
    valid = len(head) >= 10 and head[3] < 5 and head[4] < 0xFF and max(head[6:10]) < 0x80
    return "audio/mpeg" if valid else None


def mpeg_audio(head: bytes) -> str | None:
    """MPEG audio without a tag: two frames in a row, for the mark alone is chance."""
    if len(head) < 4 or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return _adts(head)
    if head[1] & 0x06 == 0:
        return None
    length = _frame_length(head)
    following = head[length : length + 2]
    if not length or (following and following != head[:2]):
        return None
    return "audio/mpeg"


_BITRATES_LAYER3 = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frame_length(head: bytes) -> int:
    """Length of a layer III frame in bytes, 0 where the header is none (other layers are rare)."""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate_index, rate_index, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate_index in (0, 15) or rate_index == 3:
        return 0
    bitrate = _BITRATES_LAYER3[3 if version == 3 else 2][bitrate_index] * 1000
    factor = 144 if version == 3 else 72
    return factor * bitrate // _RATES[version][rate_index] + padding


def _adts(head: bytes) -> str | None:
    """AAC in ADTS: two frames in a row."""
    if len(head) < 7 or (head[2] >> 2 & 0xF) > 12:
        return None
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    following = head[length : length + 2]
    return "audio/aac" if length > 7 and following in (head[:2], b"") else None


def transport_stream(head: bytes) -> str | None:
    """MPEG-2 transport stream: the mark every 188 bytes, at least three times."""
    return "video/mp2t" if head[188:189] == head[376:377] == b"G" else None


def targa(head: bytes) -> bool:
    """Truevision TGA has no mark: tell whether its header agrees with itself."""
    if len(head) < 18 or head[1] > 1 or head[16] not in {8, 15, 16, 24, 32}:
        return False
    has_map, kind = head[1] == 1, head[2]
    sides = (int.from_bytes(head[12:14], "little"), int.from_bytes(head[14:16], "little"))
    if kind in {1, 9}:
        return has_map and head[7] in {15, 16, 24, 32} and all(sides)
    return kind in {2, 3, 10, 11} and all(sides)


_ICON_DEPTHS = frozenset({0, 1, 4, 8, 16, 24, 32})


def icon(head: bytes) -> str | None:
    """Icon or cursor: few pictures, the first one with sane planes, depth, size and offset."""
    if len(head) < 22 or not 1 <= int.from_bytes(head[4:6], "little") <= 64 or head[9]:
        return None
    count, planes, depth = (int.from_bytes(head[i : i + 2], "little") for i in (4, 10, 12))
    is_icon = head[2] == 1
    if is_icon and (planes > 1 or depth not in _ICON_DEPTHS):
        return None
    size, at = (int.from_bytes(head[i : i + 4], "little") for i in (14, 18))
    sane = 6 + 16 * count <= at < 1 << 24 and 0 < size < 1 << 24
    return "image/vnd.microsoft.icon" if sane else None


def java_or_mach(head: bytes) -> str | None:
    """CAFEBABE: a fat Mach-O names a few machines where a Java class has its version."""
    word = int.from_bytes(head[4:8], "big")
    return "application/x-mach-binary" if 0 < word < 0x20 else "application/java-vm"


def true_type(head: bytes) -> str | None:
    """TrueType: the number of tables, and the search range that follows from it."""
    tables, search_range = struct.unpack_from(">HH", head.ljust(8, b"\0"), 4)
    fits = tables and search_range == 16 << (tables.bit_length() - 1)
    return "font/sfnt" if fits else None


_PNM = re.compile(rb"P[1-7]\s+(#[^\n]*\n\s*)*(\d+\s+\d+\s|WIDTH )")


def portable_map(head: bytes) -> str | None:
    """PNM: the number, then the size."""
    return "image/x-portable-anymap" if _PNM.match(head, 0, 512) else None


Family = Callable[[bytes], str | None]

AT_START: dict[bytes, Family] = {
    b"RIFF": riff,
    b"FORM": form,
    b"PK\x03\x04": zipped,
    b"PK\x05\x06": lambda _: "application/zip",
    b"\xd0\xcf\x11\xe0": compound,
    b"\x1a\x45\xdf\xa3": ebml,
    b"II*\0": tiff,
    b"MM\0*": tiff,
    b"II+\0": tiff,
    b"MM\0+": tiff,
    b"OggS": ogg,
    b"\0\0\1\0": icon,
    b"\0\0\2\0": icon,
    b"\xca\xfe\xba\xbe": java_or_mach,
    b"\0\1\0\0": true_type,
    b"MZ": executable,
    b"BM": bitmap,
    b"BZh": bzip2,
    b"ID3": id3,
    b"P1": portable_map,
    b"P2": portable_map,
    b"P3": portable_map,
    b"P4": portable_map,
    b"P5": portable_map,
    b"P6": portable_map,
    b"P7": portable_map,
    b"\xff": mpeg_audio,
    b"G": transport_stream,
}
"""Marks of one to four bytes at the very beginning."""


def by_family(untrusted_head: bytes) -> str | None:
    """Return the media type of a content whose first bytes are a family's mark."""
    if untrusted_head[4:8] == b"ftyp":
        return base_media(untrusted_head)
    for length in (4, 3, 2, 1):
        family = AT_START.get(untrusted_head[:length])
        found = family(untrusted_head) if family else None
        if found:
            return found
    if untrusted_head[4:8] in _QUICKTIME_ATOMS and untrusted_head[:2] == b"\0\0":
        return "video/quicktime"
    return None
