"""What single formats hold in store: colours, blocks, frames, previews, bombs."""

import io
import itertools
import mmap
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps
from sandbox_pictures import png_chunk, png_claiming
from still_pictures import SIZE, heic, saved, scene, tiff_of, turned

from polit.decode import still
from polit.decode.picture import Still
from polit.decode.refusal import Refused
from polit.decode.stills import _pillow, _tiff_tags, jpeg2000, raw
from polit.decode.stills._jpeg_marks import read_header
from polit.decode.stills._tiff_tags import Tags

MIB = 1 << 20
EXIF = b"Exif\0\0" + tiff_of([(274, 3, 1, 6)])
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    still.warm()


def decoded(data: bytes, mime: str, *, memory_bytes: int = 1 << 30) -> Still:
    with mmap.mmap(-1, len(data)) as item:
        item[:] = data
        return still.decode_still(item, mime, memory_bytes=memory_bytes)


def refused(data: bytes, mime: str, *, memory_bytes: int = 1 << 30) -> Refused:
    with pytest.raises(Refused) as found:
        decoded(data, mime, memory_bytes=memory_bytes)
    return found.value


def distance(one: Image.Image, other: Image.Image) -> float:
    pair = [np.asarray(each.convert("RGB")).astype(int) for each in (one, other)]
    return float(np.abs(pair[0] - pair[1]).mean())


# JPEG


def with_app1(jpeg: bytes, *blocks: bytes) -> bytes:
    put = b"".join(b"\xff\xe1" + struct.pack(">H", 2 + len(one)) + one for one in blocks)
    return jpeg[:2] + put + jpeg[2:]


def test_cmyk_and_ycck_look_like_the_picture() -> None:
    inks = np.asarray(scene().convert("CMYK"))
    plain = saved(scene().convert("CMYK"), "JPEG", quality=95, subsampling=0)
    assert distance(decoded(plain, "image/jpeg").picture, scene()) < 6
    # YCCK by hand: the inks as red, green and blue, in luma and chroma, marked by Adobe's 2.
    as_rgb = Image.fromarray(inks[..., :3].copy()).convert("YCbCr")
    stored = np.dstack([np.asarray(as_rgb), 255 - inks[..., 3]])
    planes = [Image.fromarray(255 - stored[..., n]) for n in range(4)]
    marked = bytearray(saved(Image.merge("CMYK", planes), "JPEG", quality=95, subsampling=0))
    at = marked.index(b"Adobe") + 11
    assert marked[at] == 0
    marked[at] = 2
    found = decoded(bytes(marked), "image/jpeg")
    assert found.picture.mode == "CMYK"
    assert distance(found.picture, scene()) < 8


def test_the_blocks_of_a_jpeg_are_taken_as_they_are() -> None:
    data = with_app1(saved(scene(), "JPEG"), EXIF, b"http://ns.adobe.com/xap/1.0/\0" + XMP, EXIF)
    found = decoded(data, "image/jpeg")
    assert (found.exif, found.xmp) == (EXIF[6:], XMP)
    assert found.library == "simplejpeg"


def test_bytes_before_the_end_mark_harm_no_pixel() -> None:
    data = saved(scene(), "JPEG")
    assert decoded(data[:-2] + b"\0\0\0" + data[-2:], "image/jpeg").flaws == ()
    assert decoded(data + b"appended" * 99, "image/jpeg").flaws == ()
    assert decoded(data[:-2], "image/jpeg").flaws == ("truncated",)


def test_a_sampling_that_simplejpeg_refuses_goes_to_pillow() -> None:
    data = bytearray(saved(scene().resize((96, 96)), "JPEG", subsampling=2))
    at = data.index(b"\x01\x22\x00\x02\x11")
    data[at + 1] = 0x41
    found = decoded(bytes(data), "image/jpeg")
    assert found.picture.size == (96, 96)


def test_a_jpeg_of_scans_for_each_component_is_charged_for_its_coefficients() -> None:
    baseline = read_header(saved(scene(), "JPEG", subsampling=0))
    progressive = read_header(saved(scene(), "JPEG", subsampling=2, progressive=True))
    assert baseline.coefficient_bytes == 0
    assert progressive.coefficient_bytes == 3.0
    lone = bytearray(saved(scene(), "JPEG", subsampling=0))
    lone[lone.index(b"\xff\xda") + 4] = 1
    assert read_header(bytes(lone)).coefficient_bytes == 6.0


def test_a_jpeg_of_endless_segments_is_refused() -> None:
    data = b"\xff\xd8" + b"\xff\xe5\x00\x02" * 100_000
    assert refused(data, "image/jpeg").code == "undecodable"


def test_deep_jpegs_are_refused_by_name_of_their_fault() -> None:
    data = bytearray(saved(scene(), "JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    assert refused(bytes(data), "image/jpeg").code == "undecodable"


# PNG


def test_wrong_checksums_are_mended_and_told() -> None:
    sound = saved(scene(), "PNG")
    at = sound.index(b"IDAT")
    length = int.from_bytes(sound[at - 4 : at], "big")
    wrong = bytearray(sound)
    wrong[at + 4 + length] ^= 0xFF
    found = decoded(bytes(wrong), "image/png")
    assert found.flaws == ("damaged",)
    assert distance(found.picture, scene()) == 0


def test_wrong_data_gives_what_comes_before() -> None:
    sound = bytearray(saved(scene((400, 300)), "PNG"))
    at = len(sound) * 3 // 4
    sound[at : at + 200] = b"\xff" * 200
    found = decoded(bytes(sound), "image/png")
    assert found.flaws == ("damaged",)
    upper = (0, 0, 400, 120)
    assert distance(found.picture.crop(upper), scene((400, 300)).crop(upper)) == 0


def test_the_blocks_of_a_png_are_found() -> None:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    found = decoded(saved(scene(), "PNG", exif=EXIF, pnginfo=text), "image/png")
    assert (found.exif, found.xmp) == (EXIF[6:], XMP)


def test_exif_as_older_tools_wrote_it_into_a_png_is_found() -> None:
    profile = b"\nexif\n%8d\n" % len(EXIF) + EXIF.hex().encode()
    chunk = png_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))
    data = saved(scene(), "PNG")
    assert decoded(data[:33] + chunk + data[33:], "image/png").exif == EXIF[6:]


# Frames


@pytest.mark.parametrize(
    ("kind", "mime"), [("GIF", "image/gif"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_a_story_is_twelve_frames_with_their_times(kind: str, mime: str) -> None:
    first, *others = turned(30)
    waits = [10 * (1 + number % 3) for number in range(30)]
    data = saved(first, kind, save_all=True, append_images=others, duration=waits, loop=0)
    found = decoded(data, mime)
    assert (found.frames, found.duration_ms) == (30, sum(waits))
    numbers = [one.frame for one in found.story]
    assert numbers == [number * 29 // 11 for number in range(12)]
    assert [one.at_ms for one in found.story] == [sum(waits[:number]) for number in numbers]
    assert all(distance(one.picture, turned(30)[one.frame]) < 12 for one in found.story)
    assert found.flaws == ()


def test_a_long_animation_is_seen_from_its_start_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pillow, "MAX_STORY_PIXELS", 5 * SIZE[0] * SIZE[1])
    first, *others = turned(20)
    data = saved(first, "GIF", save_all=True, append_images=others, duration=40)
    found = decoded(data, "image/gif")
    assert [one.frame for one in found.story] == [0, 1, 2, 3, 4]
    assert (found.frames, found.flaws) == (20, ("beyond_limit",))


def test_too_many_frames_are_refused_by_their_count() -> None:
    frame = b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    assert decoded(head + frame * 9_999 + b";", "image/gif").frames == 9_999
    assert refused(head + frame * 10_001 + b";", "image/gif").code == "too_large"
    chunk = png_chunk(b"fcTL", bytes(26))
    data = saved(scene(), "PNG")
    control = png_chunk(b"acTL", struct.pack(">II", 10_001, 0))
    found = refused(data[:33] + control + chunk * 10_001 + data[33:], "image/png")
    assert found.code == "too_large"


def test_pages_of_a_document_are_shown_and_the_others_told() -> None:
    first, *others = turned(40)
    found = decoded(saved(first, "TIFF", save_all=True, append_images=others), "image/tiff")
    assert (found.frames, len(found.story), found.duration_ms) == (40, 12, None)
    assert found.flaws == ("beyond_limit",)


def test_directories_in_a_circle_are_counted_once() -> None:
    data = bytearray(saved(scene(), "TIFF"))
    at = int.from_bytes(data[4:8], "little")
    end = at + 2 + 12 * int.from_bytes(data[at : at + 2], "little")
    data[end : end + 4] = data[4:8]
    assert decoded(bytes(data), "image/tiff").frames == 1


def test_several_pictures_of_one_heic_are_a_story() -> None:
    found = decoded(heic(scene()), "image/heic")
    assert (found.frames, found.story, found.is_upright) == (1, (), True)


def test_a_turned_heic_is_upright_already() -> None:
    found = decoded(heic(scene(), exif=EXIF), "image/heic")
    assert found.picture.size == (SIZE[1], SIZE[0])
    assert found.is_upright
    assert _pillow.one_colour(found.picture) is None


def test_a_turned_avif_tells_its_orientation() -> None:
    found = decoded(saved(scene(), "AVIF", exif=EXIF, speed=10, max_threads=1), "image/avif")
    assert not found.is_upright
    tags = Tags(found.exif)
    assert tags.numbers(tags.main(), 274) == (6,)


# TIFF and RAW


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_a_tiff_is_set_upright_once(orientation: int, compression: str | None) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    found = decoded(saved(scene(), "TIFF", exif=exif, compression=compression), "image/tiff")
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(saved(scene(), "PNG", exif=exif))))
    assert found.is_upright
    assert found.picture.tobytes() == upright.tobytes()


def test_a_turned_tiff_asks_for_the_memory_of_turning_it() -> None:
    exif = Image.Exif()
    exif[274] = 6
    big = Image.new("RGB", (3000, 2000))
    asked = [
        refused(saved(big, "TIFF", exif=exif, compression=compression), "image/tiff",
                memory_bytes=18 * MIB)
        for compression in (None, "tiff_lzw")
    ]  # fmt: skip
    assert all(each.needed_bytes > 2 * 4 * 3000 * 2000 for each in asked)


def test_the_exif_of_a_tiff_is_written_without_its_pixels() -> None:
    exif = Image.Exif()
    exif[271], exif[272], exif[274] = "Drawn", "By hand", 8
    exif[34_665] = {36_867: "2019:05:04 12:33:10"}
    exif[34_853] = {1: "N"}
    found = decoded(saved(scene((400, 300)), "TIFF", exif=exif.tobytes()), "image/tiff")
    assert len(found.exif) < 1000
    # Pillow reads it back from where pictures carry it.
    carrier = with_app1(saved(scene(), "JPEG"), b"Exif\0\0" + found.exif)
    again = Image.open(io.BytesIO(carrier), formats=("JPEG",)).getexif()
    assert (again[271], again[272], again[274]) == ("Drawn", "By hand", 8)
    assert again.get_ifd(34_665)[36_867] == "2019:05:04 12:33:10"
    assert again.get_ifd(34_853)[1] == "N"
    assert 273 not in again


@pytest.mark.parametrize("order", ["<", ">"])
def test_written_tags_read_back(order: str) -> None:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(order + "IH", 8, 2)
    fields = struct.pack(order + "HHIHH", 274, 3, 1, 5, 0) + struct.pack(order + "HHII", 271, 2, 6,
                                                                         38)  # fmt: skip
    tags = Tags(head + fields + bytes(4) + b"Drawn\0")
    out = Tags(_tiff_tags.exif_of(tags))
    assert out.numbers(out.main(), 274) == (5,)
    assert out.main().entries[271].data == b"Drawn\0"


def test_a_raw_file_gives_its_largest_preview_and_its_own_orientation() -> None:
    small, large = saved(scene((32, 24)), "JPEG"), saved(scene(), "JPEG")
    sensor = bytearray(saved(scene((400, 300)), "JPEG"))
    sensor[sensor.index(b"\xff\xc0") + 1] = 0xC3  # coded without loss: sensor data
    for order in itertools.permutations((small, large, bytes(sensor))):
        data = tiff_of([(254, 4, 1, 1), (274, 3, 1, 6)], b"".join(order))
        found = decoded(data, "image/tiff")
        assert found.picture.size == SIZE
        assert found.tags == (("raw:preview", "96x72"),)
        tags = Tags(found.exif)
        assert tags.numbers(tags.main(), 274) == (6,)


def test_a_raw_file_without_a_preview_is_refused() -> None:
    for mime in raw.TYPES:
        assert refused(b"II*\0" + bytes(4000), mime).code == "undecodable"


def test_a_preview_is_charged_with_its_file() -> None:
    data = b"FUJIFILMCCD-RAW " + bytes(3 * MIB) + saved(scene((900, 700)), "JPEG")
    needed = refused(data, "image/x-fuji-raf", memory_bytes=8 * MIB).needed_bytes
    assert needed > 2 * len(data) - 3 * MIB
    assert decoded(data, "image/x-fuji-raf", memory_bytes=needed).picture.size == (900, 700)


def test_an_ordinary_tiff_that_holds_a_jpeg_stays_itself() -> None:
    data = saved(scene(), "TIFF") + saved(scene((400, 300)), "JPEG")
    assert decoded(data, "image/tiff").picture.size == SIZE


# Bombs


def bombs() -> list[tuple[bytes, str]]:
    bmp = bytearray(saved(scene(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60_000, 60_000)
    tiff = bytearray(saved(scene(), "TIFF"))
    for tag in (256, 257):
        at = tiff.index(struct.pack("<H", tag), 8)
        tiff[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 50_000)
    gif = b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + saved(scene(), "GIF")[10:]
    webp = bytearray(saved(scene().convert("RGBA"), "WEBP", lossless=True, exif=EXIF))
    webp[24:30] = b"\xff\x3f\x01" * 2
    jp2 = bytearray(saved(scene(), "JPEG2000", no_jp2=True))
    jp2[8:16] = struct.pack(">II", 60_000, 60_000)
    icon = bytearray(saved(scene((48, 48)), "ICO", sizes=[(48, 48)]))
    at = icon.index(b"IHDR") + 4
    icon[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    psd = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 30_000, 30_000, 8, 3) + bytes(64)
    jpeg = bytearray(saved(scene(), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    return [
        (bytes(jpeg), "image/jpeg"),
        (png_claiming(60_000, 60_000), "image/png"),
        (bytes(bmp), "image/bmp"),
        (bytes(tiff), "image/tiff"),
        (gif, "image/gif"),
        (bytes(webp), "image/webp"),
        (bytes(jp2), "image/x-jp2-codestream"),
        (bytes(icon), "image/vnd.microsoft.icon"),
        (psd, "image/vnd.adobe.photoshop"),
        (b"P6 60000 60000 255\n" + bytes(60), "image/x-portable-anymap"),
    ]


@pytest.mark.parametrize("number", range(10))
def test_a_bomb_is_refused_from_its_header(number: int) -> None:
    data, mime = bombs()[number]
    assert refused(data, mime).code == "too_large", mime


def test_a_heif_that_claims_too_much_is_refused() -> None:
    data = bytearray(heic(scene()))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", 60_000, 60_000)
    assert refused(bytes(data), "image/heic").code in ("too_large", "undecodable")


def test_figures_that_lie_about_lengths_cost_no_memory() -> None:
    huge = b"\x7f\xff\xff\xff"
    cases = (
        (huge + b"ftypheic" + bytes(40), "image/heic"),
        (b"\0\0\0\x10ftypavif" + bytes(4) + huge + b"mdat" + bytes(90), "image/avif"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + huge + b"jp2h" + bytes(90), "image/jp2"),
        (b"RIFF" + huge + b"WEBPVP8L" + huge + b"\x2f" + bytes(60), "image/webp"),
    )
    for data, mime in cases:
        assert refused(data, mime, memory_bytes=64 * MIB).code in ("undecodable", "truncated")


def test_nothing_but_the_named_format_is_opened() -> None:
    stream = io.BytesIO()
    scene().save(stream, "EPS")
    for plugin in still.still_plugins():
        for mime in plugin.TYPES:
            assert refused(stream.getvalue(), mime).code in ("undecodable", "truncated")


def test_a_cut_codestream_goes_on_in_zeros() -> None:
    data = saved(scene((300, 200)), "JPEG2000", no_jp2=True)
    found = decoded(data[: len(data) * 2 // 3], jpeg2000.TYPES[2])
    assert found.flaws == ("truncated",)
    assert distance(found.picture, scene((300, 200))) < 25
