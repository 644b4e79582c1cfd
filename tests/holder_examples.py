"""One holder of each kind, and what must be found in it by its steps."""

import binascii
import struct
import zlib
from collections.abc import Callable

import holder_files as made
from holder_files import Example, picture

A, B, C = picture(1), picture(2, "PNG"), picture(3)
EMF = b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(60)
LIST = b"%PDF-1.4 whatever"
GREY = bytes(range(64)) * 48


def word() -> Example:
    content = made.docx({
        "word/media/image1.jpeg": A, "word/media/image2.png": B, "docProps/thumbnail.jpeg": C,
        "word/embeddings/list.xyz": b"whatever", "word/theme/theme1.xml": b"<theme/>",
    })  # fmt: skip
    return Example(made.WORD, content, {
        (("zip", b"word/media/image1.jpeg"),): A,
        (("zip", b"word/media/image2.png"),): B,
        (("zip", b"docProps/thumbnail.jpeg"),): C,
        (("zip", b"word/embeddings/list.xyz"),): b"whatever",
    })  # fmt: skip


def word_inside_slides() -> Example:
    inner = made.docx({"word/media/image1.jpeg": A}, stored=True)
    content = made.zipped(
        {
            "[Content_Types].xml": b"<x/>",
            "ppt/presentation.xml": b"<x/>",
            "ppt/embeddings/a.docx": inner,
        },
        stored=True,
    )
    return Example(made.SLIDES, content, {
        (("zip", b"ppt/embeddings/a.docx"),): inner,
    })  # fmt: skip


def open_document() -> Example:
    content = made.odt({"Pictures/1.jpg": A, "Thumbnails/thumbnail.png": B, "content.xml": b"<x/>"})
    return Example(made.ODT, content, {
        (("zip", b"Pictures/1.jpg"),): A, (("zip", b"Thumbnails/thumbnail.png"),): B,
    })  # fmt: skip


def slides_before_2007() -> Example:
    pictures = made.blip(0xF01D, 0x46A, A) + made.blip(0xF01E, 0x6E1, B)
    pictures += made.metafile_blip(0xF01A, 0x3D4, EMF)
    inner = made.compound({"Pictures": made.blip(0xF01D, 0x46B, C)})
    packed = struct.pack("<I", len(inner)) + zlib.compress(inner)
    slides = struct.pack("<HHI", 0x10, 0x1011, len(packed)) + packed
    content = made.compound({"Pictures": pictures, "PowerPoint Document": slides})
    return Example("application/vnd.ms-powerpoint", content, {
        (("stream", b"Pictures"), ("picture", b"1")): A,
        (("stream", b"Pictures"), ("picture", b"2")): B,
        (("stream", b"Pictures"), ("picture", b"3")): EMF,
        (("stream", b"PowerPoint Document"), ("object", b"1")): inner,
    })  # fmt: skip


def word_before_2007() -> Example:
    content = made.compound({
        "WordDocument": bytes(512), "Data": bytes(70) + made.blip(0xF01D, 0x46A, A),
        "ObjectPool": {"_12": {"\x01Ole10Native": made.native("list.pdf", LIST)}},
    })  # fmt: skip
    return Example("application/msword", content, {
        (("stream", b"Data"), ("picture", b"1")): A,
        (("stream", b"ObjectPool/_12/\x01Ole10Native"), ("file", b"list.pdf")): LIST,
    })  # fmt: skip


def sheet_before_2007() -> Example:
    content = made.compound({"Workbook": made.workbook(made.blip(0xF01D, 0x46A, A))})
    steps = (("stream", b"Workbook"), ("picture", b"1"))
    return Example("application/vnd.ms-excel", content, {steps: A})


def outlook() -> Example:
    inner = made.message(made.attachment("tree.jpg", B))
    content = made.compound(
        made.message(
            made.attachment("sea \u00e4.jpg", A),
            made.attachment("about trees", inner),
            made.attachment("list.txt", b"one\ntwo\n"),
        )
    )
    return Example("application/vnd.ms-outlook", content, {
        (("attachment", "sea \u00e4.jpg".encode()),): A,
        (("attachment", b"about trees"), ("attachment", b"tree.jpg")): B,
        (("attachment", b"list.txt"),): b"one\ntwo\n",
    })  # fmt: skip


def thumbs_db() -> Example:
    content = made.thumbs({"IMG_0001.JPG": A, "tree.png": C})
    return Example("application/x-ms-thumbcache", content, {
        (("thumbs", b"IMG_0001.JPG"),): A, (("thumbs", b"tree.png"),): C,
    })  # fmt: skip


def thumbs_of_network_drives() -> Example:
    name = "256_4f6b1c0d9e8a7f00"
    content = made.compound({name: struct.pack("<6I", 24, 1, len(A), 0, 0, 0) + A})
    return Example(made.OLE, content, {(("thumbs", name.encode()),): A})


def cache_of(version: int) -> Callable[[], Example]:
    def make() -> Example:
        content = made.thumbcache(version, {0x1A2B: A, 0xFFEE: b"", 0xC0DE_0000_0000_0001: B})
        return Example("application/x-ms-thumbcache", content, {
            (("thumbcache", b"0000000000001a2b"),): A, (("thumbcache", b"c0de000000000001"),): B,
        })  # fmt: skip

    return make


def pdf_pages() -> Example:
    jpeg = b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    hexed = b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter[/ASCIIHexDecode/DCTDecode]"
    form = b"/Type/XObject/Subtype/Form/Resources<</XObject<</In 54 0 R>>>>"
    content = made.paged(
        {10: {"Im1": 51}, 11: {"Im1": 51, "Im2": 52, "Fm": 53}},
        {
            51: made.image(jpeg + b"/SMask 56 0 R", A),
            52: made.image(hexed, C.hex().encode() + b">"),
            53: made.stream(form, b"/In Do"),
            54: made.image(b"/Filter/JPXDecode", b"\0\0\0\x0cjP  \r\n\x87\n"),
            55: made.image(jpeg, picture(5)),
            56: made.image(b"/ColorSpace/DeviceGray/BitsPerComponent 8", GREY),
            60: b"<</Type/Filespec/UF(list.txt)/F(list.txt)/EF<</F 61 0 R>>>>",
            61: made.stream(b"/Type/EmbeddedFile/Filter/FlateDecode", zlib.compress(b"one two")),
        },
    )
    return Example(made.PDF, content, {
        (("page", b"1"), ("image", b"Im1")): A,
        (("page", b"2"), ("image", b"Im2")): C,
        (("page", b"2"), ("image", b"Fm/In")): b"\0\0\0\x0cjP  \r\n\x87\n",
        (("attachment", b"list.txt"),): b"one two",
        (("object", b"55"),): picture(5),
    })  # fmt: skip


def mail() -> Example:
    forwarded = made.mail({"deep.jpg": C}, boundary="=-inner")
    content = made.mail({"holiday.jpg": A, "\u00e4\u00f6.jpg": B, "list.bin": b"one\0two"})
    content.add_attachment(forwarded)
    return Example(made.MAIL, content.as_bytes(), {
        (("attachment", b"holiday.jpg"),): A,
        (("attachment", "\u00e4\u00f6.jpg".encode()),): B,
        (("attachment", b"list.bin"),): b"one\0two",
        (("message", b"5"),): forwarded.as_bytes(),
    })  # fmt: skip


def mailbox() -> Example:
    mails = [made.mail({"a.jpg": A}), made.mail({}), made.mail({"a.jpg": C, "same.jpg": C})]
    content = made.mbox([one.as_bytes() for one in mails])
    return Example(made.MBOX, content, {
        (("mail", b"1"), ("attachment", b"a.jpg")): A,
        (("mail", b"3"), ("attachment", b"a.jpg")): C,
        (("mail", b"3"), ("attachment", b"same.jpg")): C,
    })  # fmt: skip


def old_mail() -> Example:
    lines = b"".join(binascii.b2a_uu(A[at : at + 45]) for at in range(0, len(A), 45))
    content = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: shapes\r\n\r\nhere:\r\n"
        b"begin 644 tree.jpg\r\n" + lines.replace(b"\n", b"\r\n") + b"`\r\nend\r\n"
    )
    return Example(made.MAIL, content, {(("attachment", b"tree.jpg"),): A})


def web_archive() -> Example:
    location = b"https://example.org/img/tree.jpg?size=2"
    content = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/\r\n"
        b"Subject: shapes\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; boundary="--x"\r\n\r\n'
        b"----x\r\nContent-Type: text/html\r\n\r\n<html></html>\r\n"
        b"----x\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\n"
        b"Content-Location: " + location + b"\r\n\r\n" + A + b"\r\n----x--\r\n"
    )
    return Example(made.MAIL, content, {(("part", location),): A})


def photograph() -> Example:
    thumbnail, second = picture(8, size=(32, 24)), picture(9)
    tiff = b"II*\0" + struct.pack("<IHIH", 8, 0, 14, 2)
    tiff += struct.pack("<HHIIHHII", 0x201, 4, 1, 44, 0x202, 4, 1, len(thumbnail))
    exif = b"Exif\0\0" + tiff + bytes(4) + thumbnail
    blocks = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    first_bytes = 2 + len(blocks) + 4 + 4 + 58 + len(A) - 2
    base = 2 + len(blocks) + 8
    index = b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0xB002, 7, 32, 26, 0)
    index += bytes(16) + struct.pack(">III4x", 0, len(second), first_bytes - base)
    blocks += b"\xff\xe2" + struct.pack(">H", len(index) + 6) + b"MPF\0" + index
    video = b"\0\0\0\x18ftypmp42" + bytes(400)
    return Example("image/jpeg", A[:2] + blocks + A[2:] + second + video, {
        (("exif", b"thumbnail"),): thumbnail,
        (("mpo", b"2"),): second,
        (("motion", b"video"),): video,
    })  # fmt: skip


MAKERS: dict[str, Callable[[], Example]] = {
    make.__name__: make
    for make in (
        word,
        word_inside_slides,
        open_document,
        slides_before_2007,
        word_before_2007,
        sheet_before_2007,
        outlook,
        thumbs_db,
        thumbs_of_network_drives,
        pdf_pages,
        mail,
        mailbox,
        old_mail,
        web_archive,
        photograph,
    )
}
MAKERS |= {
    f"thumbcache_{version:x}": cache_of(version) for version in (0x14, 0x15, 0x1A, 0x1F, 0x20)
}


def examples() -> list[tuple[str, Example]]:
    """Return all of them with their names, in a fixed order."""
    return [(name, MAKERS[name]()) for name in sorted(MAKERS)]
