"""Documents, mails and caches with planted pictures, made on the spot; benign shapes alone."""

import email.policy
import io
import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage

import pypdf
from PIL import Image, ImageDraw

from polit.decode.found import Found, Part, Steps, Unopened
from polit.decode.holder import open_holder

Tree = Mapping[str, "bytes | Tree"]


def picture(number: int, kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture that no other number has."""
    drawn = Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, 128))
    ImageDraw.Draw(drawn).ellipse((number % 9, 4, 40, 40), (255, number * 53 % 256, 0))
    stream = io.BytesIO()
    drawn.save(stream, kind)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Example:
    """A holder and what must be found in it, by its steps."""

    mime: str
    content: bytes
    expected: Mapping[Steps, bytes]
    unopened: tuple[str, ...] = ()


def opened(content: bytes, mime: str) -> list[Part]:
    """Open a holder to its end, in this process."""
    with mmap.mmap(-1, len(content)) as untrusted:
        untrusted[:] = content
        return list(open_holder(untrusted, mime))


def found_in(parts: list[Part]) -> dict[Steps, bytes]:
    """Return what was found by its steps."""
    return {part.steps: part.data for part in parts if isinstance(part, Found)}


def codes_of(parts: list[Part]) -> list[str]:
    """Return the codes of what was not opened."""
    return [part.code for part in parts if isinstance(part, Unopened)]


# ---- ZIP ----------------------------------------------------------------------------------

_OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = _OFFICE + "wordprocessingml.document"
SLIDES = _OFFICE + "presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"


def zipped(members: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """Return a ZIP."""
    stream = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def docx(members: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """Return a Word document with these parts besides its text."""
    return zipped(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>", **members},
        stored=stored,
    )


def odt(members: Mapping[str, bytes], manifest: bytes = b"<manifest/>") -> bytes:
    """Return an OpenDocument text."""
    return zipped(
        {"mimetype": ODT.encode(), "META-INF/manifest.xml": manifest, **members}, stored=True
    )


# ---- OLE ----------------------------------------------------------------------------------

OLE = "application/x-ole-storage"
_FREE, _END = -1, -2
_CUTOFF_BYTES = 4096


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    right: int = _FREE
    child: int = _FREE
    start: int = _END
    size: int = 0

    def packed(self) -> bytes:
        raw = self.name.encode("utf-16-le")
        links = (len(raw) + 2, self.kind, 1, _FREE, self.right, self.child)
        head = raw.ljust(64, b"\0") + struct.pack("<HBB3i", *links)
        return head + bytes(36) + struct.pack("<iQ", self.start, self.size)


def compound(tree: Tree) -> bytes:
    """Return an OLE compound file of streams and storages."""
    entries = [_Entry("Root Entry", 5)]
    bodies: list[tuple[int, bytes]] = []

    def add(folder: int, names: Tree) -> None:
        before = folder
        for name, value in names.items():
            index = len(entries)
            kind = 2 if isinstance(value, bytes) else 1
            entries.append(_Entry(name, kind))
            if before == folder:
                entries[before].child = index
            else:
                entries[before].right = index
            before = index
            if isinstance(value, bytes):
                bodies.append((index, value))
            else:
                add(index, value)

    add(0, tree)
    return _laid_out(entries, bodies)


def _laid_out(entries: list[_Entry], bodies: list[tuple[int, bytes]]) -> bytes:
    small, small_fat, content, fat = b"", list[int](), b"", list[int]()
    for index, body in bodies:
        entries[index].size = len(body)
        if 0 < len(body) < _CUTOFF_BYTES:
            entries[index].start = len(small_fat)
            small_fat += _chain(len(small_fat), body, 64)
            small += _padded(body, 64)
    entries[0].size = len(small)
    pieces = [b"".join(entry.packed() for entry in entries), _table(small_fat), small]
    pieces += [body for _, body in bodies if len(body) >= _CUTOFF_BYTES]
    fat_sectors = 1 + sum(len(piece) // 512 + 1 for piece in pieces) // 127
    fat = [-3] * fat_sectors
    starts = []
    for piece in pieces:
        starts.append(len(fat) if piece else _END)
        fat += _chain(len(fat), piece, 512)
    large = [index for index, body in bodies if len(body) >= _CUTOFF_BYTES]
    for index, start in zip([0, *large], starts[2:], strict=True):
        entries[index].start = start
    pieces[0] = b"".join(entry.packed() for entry in entries)
    content = b"".join(_padded(piece, 512) for piece in pieces)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<5i", 0, fat_sectors, starts[0], 0, _CUTOFF_BYTES)
    header += struct.pack("<4i", starts[1], -(-len(pieces[1]) // 512), _END, 0)
    header += struct.pack("<109i", *range(fat_sectors), *[_FREE] * (109 - fat_sectors))
    return header + _padded(_table(fat), 512 * fat_sectors, b"\xff") + content


def _chain(first: int, body: bytes, unit: int) -> list[int]:
    count = -(-len(body) // unit)
    return [*range(first + 1, first + count), _END] if count else []


def _padded(body: bytes, unit: int, with_: bytes = b"\0") -> bytes:
    return body.ljust(-(-len(body) // unit) * unit, with_)


def _table(fat: list[int]) -> bytes:
    return struct.pack(f"<{len(fat)}i", *fat)


def blip(kind: int, instance: int, data: bytes) -> bytes:
    """Return an OfficeArt picture record."""
    body = bytes(16 * (1 + (instance & 1))) + b"\xff" + data
    return struct.pack("<HHI", instance << 4, kind, len(body)) + body


def metafile_blip(kind: int, instance: int, data: bytes) -> bytes:
    """Return an OfficeArt record of a compressed metafile."""
    packed = zlib.compress(data)
    head = struct.pack("<I16x8xIBB", len(data), len(packed), 0, 0xFE)
    body = bytes(16) + head + packed
    return struct.pack("<HHI", instance << 4, kind, len(body)) + body


def workbook(blips: bytes) -> bytes:
    """Return an Excel stream whose drawing layer is cut into records of 60 bytes."""
    out = struct.pack("<HH", 0x809, 16) + bytes(16)
    for at in range(0, len(blips), 60):
        part = blips[at : at + 60]
        out += struct.pack("<HH", 0x3C if at else 0xEB, len(part)) + part
    return out + struct.pack("<HH", 0x0A, 0)


def native(name: str, data: bytes) -> bytes:
    """Return a stream of a file that was dropped into a document."""
    raw = name.encode()
    body = (
        struct.pack("<H", 2)
        + raw
        + b"\0C:\\"
        + raw
        + b"\0"
        + struct.pack("<HHI", 0, 3, len(raw) + 1)
    )
    body += raw + b"\0" + struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body


def attachment(name: str, data: "bytes | Tree") -> Tree:
    """Return the storage of an attachment of an Outlook message."""
    key = "__substg1.0_37010102" if isinstance(data, bytes) else "__substg1.0_3701000D"
    return {"__substg1.0_3707001F": name.encode("utf-16-le"), key: data}


def message(*attachments: Tree) -> Tree:
    """Return an Outlook message."""
    return {
        "__nameid_version1.0": {"__substg1.0_00020102": b""},
        "__properties_version1.0": bytes(32),
        **{f"__attach_version1.0_#{i:08X}": item for i, item in enumerate(attachments)},
    }


def thumbs(names: Mapping[str, bytes]) -> bytes:
    """Return a Thumbs.db as of Windows XP."""
    catalog = struct.pack("<HHIII", 16, 7, len(names), 96, 96)
    streams: dict[str, bytes | Tree] = {}
    for number, (name, data) in enumerate(names.items(), start=1):
        raw = (name + "\0").encode("utf-16-le") + bytes(4)
        catalog += struct.pack("<IIQ", 16 + len(raw), number, 0x01C6_0000_0000_0000) + raw
        streams[str(number)[::-1]] = struct.pack("<III", 12, 1, len(data)) + data
    return compound({"Catalog": catalog, **streams})


def thumbcache(version: int, entries: Mapping[int, bytes]) -> bytes:
    """Return a thumbcache of Windows Vista (0x14), 7 (0x15), 8 (0x1A), 8.1 (0x1F), 10 (0x20)."""
    info = {0x1C: 4, 0x1A: 3, 0x14: 3, 0x15: 3}.get(version, 3)
    out = struct.pack("<4sII", b"CMMM", version, 1) + bytes(4 * info)
    for key, data in entries.items():
        name = f"{key:016x}".encode("utf-16-le")
        extension = "jpg\0".encode("utf-16-le") if version == 0x14 else b""
        sides = struct.pack("<II", 96, 72) if version >= 0x1A else b""
        head = struct.pack("<Q", key) + extension + struct.pack("<III", len(name), 2, len(data))
        head += sides + bytes(4 + 8 + 8)
        out += struct.pack("<4sI", b"CMMM", 8 + len(head) + len(name) + 2 + len(data))
        out += head + name + bytes(2) + data
    return out


# ---- PDF ----------------------------------------------------------------------------------

PDF = "application/pdf"


def pdf(objects: Mapping[int, bytes]) -> bytes:
    """Return a PDF of numbered objects with a table; object 1 is the root."""
    out, offsets = b"%PDF-1.5\n", {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        used = b"n" if number in offsets else b"f"
        out += b"%010d 00000 %b \n" % (offsets.get(number, 0), used)
    return out + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def stream(head: bytes, data: bytes) -> bytes:
    """Return a stream object."""
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (head, len(data), data)


def image(head: bytes, data: bytes, size: tuple[int, int] = (64, 48)) -> bytes:
    """Return an image object."""
    sides = b"/Width %d/Height %d" % size
    return stream(b"/Type/XObject/Subtype/Image" + sides + head, data)


def paged(pages: Mapping[int, Mapping[str, int]], objects: Mapping[int, bytes]) -> bytes:
    """Return a PDF of pages, each with its pictures by name; their objects have numbers over 50."""
    made = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>"
        % (b" ".join(b"%d 0 R" % number for number in pages), len(pages)),
    }
    for number, names in pages.items():
        listed = b" ".join(b"/%b %d 0 R" % (name.encode(), to) for name, to in names.items())
        made[number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents %d 0 R"
            b"/Resources<</XObject<<%b>>>>>>" % (number + 100, listed)
        )
        shown = b"".join(b"q 9 0 0 9 0 0 cm /%b Do Q\n" % name.encode() for name in names)
        made[number + 100] = stream(b"", shown)
    return pdf({**made, **objects})


def locked_pdf(content: bytes, password: str, algorithm: str = "AES-256") -> bytes:
    """Return an encrypted copy of a PDF."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# ---- mail ---------------------------------------------------------------------------------

MAIL, MBOX = "message/rfc822", "application/mbox"


def mail(attachments: Mapping[str, bytes], *, boundary: str = "=-shapes") -> EmailMessage:
    """Return a mail with files attached."""
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "shapes"
    made["Date"], made["Message-ID"] = "Thu, 26 Nov 2026 10:00:00 +0000", "<1@example.org>"
    made.set_content("Shapes, as promised.\n")
    for name, data in attachments.items():
        made.add_attachment(data, maintype="image", subtype="jpeg", filename=name)
    if made.is_multipart():
        made.set_boundary(boundary)
    return made


def mbox(mails: list[bytes]) -> bytes:
    """Return a mailbox."""
    first = b"From a@example.org Thu Nov 26 10:00:00 2026\n"
    return b"".join(first + one.replace(b"\r\n", b"\n") + b"\n" for one in mails)


def prefixes(content: bytes, count: int) -> Iterator[bytes]:
    """Give beginnings of a content, of many lengths."""
    for part in range(1, count):
        yield content[: len(content) * part // count]


def pixels(content: bytes) -> tuple[tuple[int, int], bytes]:
    """Return the size and the RGB pixels of a picture as Pillow decodes it."""
    with Image.open(io.BytesIO(content)) as opened_picture:
        return opened_picture.size, opened_picture.convert("RGB").tobytes()


def fax_of(content: bytes) -> bytes:
    """Return a picture in black and white as a fax of group 4, as libtiff codes it."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as opened_picture:
        opened_picture.convert("1").save(out, "TIFF", compression="group4")
    with Image.open(io.BytesIO(out.getvalue())) as fax:
        (start,), (length,) = fax.tag_v2[273], fax.tag_v2[279]  # type: ignore[attr-defined]  # of TIFFs
    return out.getvalue()[start : start + length]
