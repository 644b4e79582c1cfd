"""Holders that are made to hurt: bombs, loops, lies, locks. Each ends soon, and says why."""

import binascii
import io
import struct
import zlib
from time import process_time

import holder_files as made
import pytest
from holder_examples import examples
from holder_files import codes_of, found_in, opened, picture
from PIL import Image, PngImagePlugin

from polit.decode import identify
from polit.decode.found import Found
from polit.decode.refusal import Refused

A, B = picture(1), picture(2, "PNG")


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    identify.warm()


def test_a_zip_bomb_is_not_opened() -> None:
    bomb = b"\x89PNG\r\n\x1a\n" + bytes(300 << 20)
    parts = opened(made.docx({"word/media/1.png": bomb, "word/media/2.jpg": A}), made.WORD)
    assert found_in(parts) == {(("zip", b"word/media/2.jpg"),): A}
    assert codes_of(parts) == ["too_large"]


def test_many_members_of_one_body_stay_within_the_quota() -> None:
    body = zlib.compress(b"BM" + bytes(12) + b"\x28\0\0\0" + bytes(15 << 20), 9)[2:-4]
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), 15 << 20, 17, 0)
    content = local + b"word/media/1.bmp!" + body
    row = struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(body), 0, 17, 0, 0, 0, 0, 0, 0
    )
    directory = (row + b"word/media/1.bmp!") * 3
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 3, 3, len(directory), len(content), 0)
    parts = opened(content + directory + end, made.WORD)
    assert len(found_in(parts)) == 1  # one place in the file is one member


def test_a_zip_without_its_directory_gives_its_members() -> None:
    content = made.docx({"word/media/1.jpg": A, "word/media/2.png": B})
    parts = opened(content[: content.index(b"PK\1\2")], made.WORD)
    assert list(found_in(parts).values()) == [A, B]


def test_a_zip_with_something_before_it_gives_its_members() -> None:
    content = made.docx({"word/media/1.jpg": A})
    parts = opened(b"PK\3\4" + bytes(60) + content, made.WORD)
    assert A in found_in(parts).values()


def test_what_the_directory_leaves_out_is_found() -> None:
    hidden = made.docx({"word/media/hidden.jpg": B})
    start = hidden[: hidden.index(b"PK\1\2")]
    content = made.docx({"word/media/1.jpg": A})
    parts = opened(start + content, made.WORD)
    assert set(found_in(parts)) == {
        (("zip", b"word/media/1.jpg"),), (("zip", b"word/media/hidden.jpg"),)
    }  # fmt: skip


def test_names_that_lead_elsewhere_are_data() -> None:
    names = ("../../etc/media/a.jpg", "/media/b.jpg", "C:\\media\\c.jpg", "word/media/d\n;%.jpg")
    content = made.docx(dict.fromkeys(names, A))
    assert [steps[0][1].decode() for steps in found_in(opened(content, made.WORD))] == list(names)


def test_a_name_of_any_length_is_cut() -> None:
    content = made.docx({"word/media/" + "x" * 60_000 + f"{i}.jpg": A for i in range(2)})
    parts = [part for part in opened(content, made.WORD) if isinstance(part, Found)]
    assert [len(part.steps[0][1]) for part in parts] == [1024, 1024]
    assert len({part.steps for part in parts}) == 2
    assert all(len(part.name) == 1024 for part in parts)


def test_an_encrypted_member_is_told() -> None:
    content = bytearray(made.docx({"word/media/1.jpg": A}))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.rindex(mark)
        content[at + offset] |= 1
    assert codes_of(opened(bytes(content), made.WORD)) == ["encrypted"]


def test_an_encrypted_open_document_is_told() -> None:
    manifest = (
        b'<manifest:file-entry manifest:full-path="Pictures/1&amp;2.jpg" manifest:size="1">'
        b"<manifest:encryption-data/></manifest:file-entry>"
    )
    content = made.odt({"Pictures/1&2.jpg": b"\x81" * 99, "Thumbnails/t.png": B}, manifest)
    parts = opened(content, made.ODT)
    assert codes_of(parts) == ["encrypted"]
    assert found_in(parts) == {(("zip", b"Thumbnails/t.png"),): B}


@pytest.mark.parametrize(
    ("mime", "tree"),
    [
        (made.OLE, {"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(99)}),
        ("application/msword", {"WordDocument": bytes(10) + b"\0\1" + bytes(500)}),
        ("application/vnd.ms-excel", {"Workbook": struct.pack("<HH4x", 0x2F, 4)}),
        ("application/vnd.ms-powerpoint", {"EncryptedSummary": bytes(99), "Pictures": bytes(9)}),
    ],
)
def test_an_encrypted_document_is_refused(mime: str, tree: made.Tree) -> None:
    with pytest.raises(Refused) as refused:
        opened(made.compound(tree), mime)
    assert refused.value.code == "encrypted"


def test_a_pdf_with_a_password_is_refused() -> None:
    content = made.locked_pdf(one_page_pdf(), "secret")
    with pytest.raises(Refused) as refused:
        opened(content, made.PDF)
    assert refused.value.code == "encrypted"


def test_a_pdf_that_is_only_locked_against_changes_is_opened() -> None:
    content = made.locked_pdf(one_page_pdf(), "")
    assert list(found_in(opened(content, made.PDF)).values()) == [A]


def one_page_pdf() -> bytes:
    jpeg = b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    return made.paged({10: {"Im": 51}}, {51: made.image(jpeg, A)})


def test_an_archive_that_nobody_attached_is_told() -> None:
    content = made.docx({"word/parts.zip": made.zipped({"a.jpg": A})}, stored=True)
    parts = opened(content, made.WORD)
    assert codes_of(parts) == ["nested_archive"]
    assert found_in(parts) == {}


def test_loops_in_the_tables_of_a_compound_file_end() -> None:
    content = made.compound({"Data": made.blip(0xF01D, 0x46A, A) + bytes(9000)})
    for at in range(512, 1024, 4):
        for target in (1, 2, 3):
            looped = content[:at] + struct.pack("<i", target) + content[at + 4 :]
            opened(looped, "application/msword")


def test_a_tree_of_pages_that_leads_back_ends() -> None:
    content = made.pdf({
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 9>>",
        3: b"<</Type/Page/Parent 2 0 R/Resources<</XObject<</F 4 0 R>>>>>>",
        4: made.stream(b"/Subtype/Form/Resources<</XObject<</F 4 0 R/G 5 0 R>>>>", b""),
        5: made.image(b"/Filter/DCTDecode", A),
    })  # fmt: skip
    assert A in found_in(opened(content, made.PDF)).values()


def test_a_pdf_of_deep_arrays_ends() -> None:
    content = made.pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"[" * 50_000})
    assert set(codes_of(opened(content, made.PDF))) <= {"damaged"}


def test_bombs_in_a_pdf_are_not_opened() -> None:
    bomb = zlib.compress(bytes(200 << 20), 9)
    twice = zlib.compress(bomb, 9)
    content = made.paged({10: {"Im": 51}}, {
        51: made.image(b"/Filter[/FlateDecode/DCTDecode]", twice),
        52: made.stream(b"/Type/EmbeddedFile/Filter/FlateDecode", bomb),
    })  # fmt: skip
    started_s = process_time()
    parts = opened(content, made.PDF)
    assert process_time() - started_s < 10
    assert sum(len(data) for data in found_in(parts).values()) < 17 << 20
    assert "damaged" in codes_of(parts)


def test_a_pdf_without_its_tables_gives_its_jpegs() -> None:
    content = one_page_pdf()
    cut = content[: content.rindex(b"endstream")]
    assert A in found_in(opened(cut, made.PDF)).values()


def test_parts_in_parts_without_end_are_told() -> None:
    content = b""
    for number in range(200):
        content += (
            b"From: a\r\nSubject: b\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % number
        )
        content += b"--%d\r\n" % number
    assert opened(content, made.MAIL) is not None


def test_a_mail_of_many_empty_parts_ends() -> None:
    head = b"From: a\r\nSubject: b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    started_s = process_time()
    parts = opened(head + b"--x\r\n\r\n" * 200_000, made.MAIL)
    assert codes_of(parts) == ["too_many"]
    assert process_time() - started_s < 20


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'filename="plain.jpg"', "plain.jpg"),
        (b"filename*=utf-8''%C3%A4.jpg", "\u00e4.jpg"),
        (b"filename*0*=iso-8859-1''%E4; filename*1=.jpg", "\u00e4.jpg"),
        (b'filename="=?utf-8?q?=C3=A4.jpg?="', "\u00e4.jpg"),
        (b'filename="=?utf-8?b?w6Q=?= =?utf-8?q?=2Ejpg?="', "\u00e4.jpg"),
        (b'filename="=?no-such-charset?q?a.jpg?="', "a.jpg"),
        ('filename="\u00e4.jpg"'.encode(), "\u00e4.jpg"),
        (b'filename="\xe4.jpg"', "\u00e4.jpg"),
        (b'filename="../../a.jpg"', "../../a.jpg"),
    ],
)
def test_names_of_attachments_are_read(header: bytes, name: str) -> None:
    content = (
        b"From: a@example.org\r\nTo: b\r\nSubject: c\r\nContent-Type: image/jpeg\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; "
        + header + b"\r\n\r\n" + binascii.b2a_base64(A)
    )  # fmt: skip
    assert found_in(opened(content, made.MAIL)) == {(("attachment", name.encode()),): A}


def test_an_old_thumbnail_without_tables_becomes_a_jpeg() -> None:
    body, bare = A[2:], b"\xff\xd8"
    while body[1] != 0xDA:
        length = int.from_bytes(body[2:4], "big") + 2
        bare += b"" if body[1] in (0xDB, 0xC4) else body[:length]
        body = body[length:]
    parts = opened(made.thumbs({"a.jpg": bare + body}), "application/x-ms-thumbcache")
    data = found_in(parts)[(("thumbs", b"a.jpg"),)]
    assert b"\xff\xdb" in data
    assert b"\xff\xc4" in data
    assert made.pixels(data) == made.pixels(A)


def test_a_cache_of_an_unknown_version_is_told() -> None:
    content = b"CMMM" + struct.pack("<II", 99, 0) + bytes(60)
    assert codes_of(opened(content, "application/x-ms-thumbcache")) == ["unsupported"]


def test_a_damaged_entry_of_a_cache_costs_one_entry() -> None:
    content = made.thumbcache(0x20, {1: A, 2: B, 3: A})
    at = content.index(b"CMMM", content.index(A)) + 4
    damaged = content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]
    parts = opened(
        damaged[: at + 20] + b"\xff" * 4 + damaged[at + 24 :], "application/x-ms-thumbcache"
    )
    assert [steps[0][1][-1:] for steps in found_in(parts)] == [b"1", b"3"]
    assert codes_of(parts) == ["damaged"]


# What is read once takes a fraction of a second; 400 KB of the first took half a minute.
ENDLESS = {
    "tags of a list": (
        made.zipped({"META-INF/manifest.xml": b"<manifest:file-entry " * 20_000, "a.jpg": A}),
        made.ODT,
    ),
    "names in a tag": (
        made.zipped({
            "META-INF/manifest.xml": b"<manifest:file-entry " + b'full-path="a" ' * 40_000,
            "a.jpg": A,
        }),
        made.ODT,
    ),
    "marks in a line": (
        b"From: a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
         b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + binascii.b2a_base64(A, newline=False) + b"\r\n--a--\r\n\n" + b"--a " * 200_000,
        made.MAIL,
    ),
    "objects without end": (
        made.compound({
            "PowerPoint Document": b"\x10\0\x11\x10\xff\xff\xff\x7f" * 100_000,
            "Pictures": made.blip(0xF01D, 0x46A, A),
        }),
        "application/vnd.ms-powerpoint",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
def test_what_is_made_to_be_read_over_and_over_is_read_once(name: str) -> None:
    content, mime = ENDLESS[name]
    began = process_time()
    found = found_in(opened(content, mime))
    assert process_time() - began < 2
    assert list(found.values()) == [A]


def test_a_thumbnail_that_is_not_found_again_is_told() -> None:
    text = PngImagePlugin.PngInfo()
    exif = dict(examples())["photograph"].content.partition(b"Exif\0\0")[2][:4000]
    text.add_text("Raw profile type exif", f"\nexif\n{len(exif):8}\n{exif.hex()}\n", zip=True)
    stream = io.BytesIO()
    Image.new("RGB", (64, 48)).save(stream, "PNG", pnginfo=text)
    assert codes_of(opened(stream.getvalue(), "image/png")) == ["unsupported"]
