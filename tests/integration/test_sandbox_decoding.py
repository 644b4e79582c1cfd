"""Pictures, good and bad, through a real decoder; after each bad one the next decodes."""

import hashlib
import io
import random
import struct
import zlib
from collections import Counter

import pytest
from PIL import Image
from sandbox_pictures import encoded, mutated, png_chunk, png_claiming, run

from polit.model.media import DecodedMedia
from polit.sandbox.client import DecodeFailure, Decoder
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.limits import ItemLimits

GOOD = encoded("RGB", (64, 48), "PNG")
PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
JPEG_MODES = ("L", "RGB", "CMYK")


def failed(decoder: Decoder, content: bytes, mime: str = "image/png") -> DecodeFailure:
    """Decode a bad item; the next one must decode."""
    result = run(decoder, content, mime)
    assert isinstance(result, DecodeFailure)
    assert isinstance(run(decoder, GOOD), DecodedMedia)
    return result


@pytest.mark.parametrize("mode", PNG_MODES)
def test_a_png_of_every_mode_decodes(decoder: Decoder, mode: str) -> None:
    result = run(decoder, encoded(mode, (1500, 900), "PNG"))
    assert isinstance(result, DecodedMedia)
    assert (result.facts.width_px, result.facts.height_px) == (1500, 900)
    assert (result.tile.width_px, result.tile.height_px, result.tile.channels) == (24, 14, 1)
    assert (result.thumbnail.width_px, result.thumbnail.height_px) == (256, 154)
    assert len(result.thumbnail.data) == 256 * 154 * 3
    assert result.decoder.startswith("pillow ")


@pytest.mark.parametrize("mode", JPEG_MODES)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_of_every_mode_decodes(decoder: Decoder, mode: str, *, progressive: bool) -> None:
    content = encoded(mode, (700, 500), "JPEG", progressive=progressive)
    result = run(decoder, content, "image/jpeg")
    assert isinstance(result, DecodedMedia)
    assert (result.facts.width_px, result.facts.height_px) == (700, 500)
    assert result.decoder.startswith("pillow " if mode == "CMYK" else "simplejpeg ")


def test_a_small_picture_is_not_enlarged(decoder: Decoder) -> None:
    result = run(decoder, encoded("RGB", (5, 3), "PNG"))
    assert isinstance(result, DecodedMedia)
    assert (result.tile.width_px, result.tile.height_px) == (5, 3)
    assert (result.thumbnail.width_px, result.thumbnail.height_px) == (5, 3)


def test_a_sliver_keeps_one_pixel(decoder: Decoder) -> None:
    result = run(decoder, encoded("L", (60_000, 1), "PNG"))
    assert isinstance(result, DecodedMedia)
    assert (result.thumbnail.width_px, result.thumbnail.height_px) == (256, 1)


def test_the_same_bytes_give_the_same_pixels(zygote: Zygote) -> None:
    content = encoded("RGB", (1800, 1200), "JPEG")
    digests = set()
    for _ in range(2):
        decoder = Decoder(zygote, ItemLimits())
        result = run(decoder, content, "image/jpeg")
        assert isinstance(result, DecodedMedia)
        digests.add(hashlib.sha256(result.tile.data + result.thumbnail.data).hexdigest())
        decoder.close()
    assert len(digests) == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_comes_before_a_missing_end_is_decoded(decoder: Decoder, kind: str) -> None:
    content = encoded("RGB", (640, 480), kind)
    whole = run(decoder, content, f"image/{kind.lower()}")
    assert isinstance(whole, DecodedMedia)
    for part in (0.9, 0.7):
        cut = content[: int(len(content) * part)]
        result = run(decoder, cut, f"image/{kind.lower()}")
        assert isinstance(result, DecodedMedia)
        assert result.facts.flaws == ("truncated",)
        assert (result.facts.width_px, result.facts.height_px) == (640, 480)
        upper_half = 256 * 3 * (result.thumbnail.height_px * 2 // 5)
        assert result.thumbnail.data[:upper_half] == whole.thumbnail.data[:upper_half]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_end_that_is_missing_from_the_start_is_told(decoder: Decoder, kind: str) -> None:
    content = encoded("RGB", (640, 480), kind)
    for length in (20, 30, 43):
        result = failed(decoder, content[:length], f"image/{kind.lower()}")
        assert result.code == "truncated"


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg", "image/gif", "text/plain"])
@pytest.mark.parametrize("content", [b"\0", b"\0" * 5000, b"garbage" * 999, b"\xff\xd8\xff\xda"])
def test_garbage_is_not_decodable(decoder: Decoder, content: bytes, mime: str) -> None:
    assert failed(decoder, content, mime).code in ("undecodable", "truncated")


def test_the_wrong_type_is_not_decodable(decoder: Decoder) -> None:
    assert failed(decoder, GOOD, "image/jpeg").code == "undecodable"
    assert failed(decoder, encoded("RGB", (9, 9), "JPEG"), "image/png").code == "undecodable"


@pytest.mark.parametrize(
    ("width_px", "height_px"), [(48, 8_388_648), (16_000, 16_000), (65_536, 1), (2**31, 2**31)]
)
def test_a_bomb_is_refused_from_its_header(decoder: Decoder, width_px: int, height_px: int) -> None:
    result = failed(decoder, png_claiming(width_px, height_px, b"\0" * 1000))
    assert result == DecodeFailure("too_large", f"{width_px} x {height_px} px")


def test_a_second_header_cannot_hide_a_bomb(decoder: Decoder) -> None:
    second = png_chunk(b"IHDR", png_claiming(30_000, 30_000)[16:29])
    content = png_claiming(8, 8, b"\0" * 1000)
    result = failed(decoder, content[:33] + second + content[33:])
    assert result.code in ("too_large", "undecodable")


def test_a_bomb_in_a_comment_is_refused(decoder: Decoder) -> None:
    bomb = png_chunk(b"zTXt", b"note\0\0" + zlib.compress(b"\0" * (80 << 20), 9))
    result = failed(decoder, GOOD[:33] + bomb + GOOD[33:])
    assert result.code == "too_large"


def test_a_large_picture_asks_for_memory_and_gets_it(decoder: Decoder) -> None:
    content = png_claiming(9_000, 9_000, (b"\0" + b"\x40" * 27_000) * 9_000)
    result = failed(decoder, content)
    assert result.code == "needs_memory"
    assert 300 << 20 < result.needed_bytes < 400 << 20
    again = run(decoder, content, memory_bytes=result.needed_bytes)
    assert isinstance(again, DecodedMedia)
    assert again.thumbnail.data == b"\x40" * (256 * 256 * 3)
    assert isinstance(run(decoder, GOOD), DecodedMedia)


def test_a_lack_of_memory_costs_one_item(decoder: Decoder) -> None:
    content = png_claiming(3_000, 3_000, (b"\0" * 9_001) * 3_000)
    result = run(decoder, content, memory_bytes=52 << 20)
    assert isinstance(result, DecodedMedia)
    result = run(decoder, content, memory_bytes=20 << 20)
    assert isinstance(result, DecodeFailure)
    assert result.code == "needs_memory"
    assert isinstance(run(decoder, GOOD), DecodedMedia)


def test_many_large_pictures_in_a_row_all_decode(decoder: Decoder) -> None:
    jpeg = encoded("RGB", (5700, 4300), "JPEG", progressive=True, subsampling=0)
    png = encoded("RGBA", (5700, 4300), "PNG", compress_level=1)
    for content, mime in ((jpeg, "image/jpeg"), (png, "image/png")) * 2:
        assert isinstance(run(decoder, content, mime), DecodedMedia)
        assert isinstance(run(decoder, GOOD), DecodedMedia)
    assert decoder.processes_started == 1


def test_a_slow_item_is_ended(decoder: Decoder) -> None:
    content = encoded("RGB", (5700, 4300), "PNG", compress_level=1)
    hasty = ItemLimits(base_s=0.02, per_mib_s=0.0, wall_factor=100.0)
    result = run(decoder, content, limits=hasty)
    assert isinstance(result, DecodeFailure)
    assert result.code == "timeout"
    assert isinstance(run(decoder, GOOD), DecodedMedia)


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("segv", DecodeFailure("crash", "SIGSEGV")),
        ("exit", DecodeFailure("crash", "exit 9")),
        ("enospc", DecodeFailure("crash", "exit 70")),
        ("hang", DecodeFailure("timeout", "more than 0.2 s by the clock")),
    ],
)
def test_a_planted_fault_costs_one_item(
    monkeypatch: pytest.MonkeyPatch, action: str, expected: DecodeFailure
) -> None:
    monkeypatch.setenv("POLIT_FAULTS", f"decoder.job@2:{action}")
    zygote = start_zygote(Role.DECODER)
    decoder = Decoder(zygote, ItemLimits(base_s=0.1, per_mib_s=0.0, wall_factor=2.0))
    patient = ItemLimits()
    assert isinstance(run(decoder, GOOD, limits=patient), DecodedMedia)
    assert run(decoder, GOOD) == expected
    assert isinstance(run(decoder, GOOD, limits=patient), DecodedMedia)
    decoder.close()
    zygote.close()


def test_damaged_pictures_cost_one_item_each(decoder: Decoder) -> None:
    chance = random.Random(20_261_122)
    originals = [(encoded(mode, (48, 40), "PNG"), "image/png") for mode in PNG_MODES]
    originals += [(encoded(mode, (48, 40), "JPEG"), "image/jpeg") for mode in JPEG_MODES]
    seen: Counter[str] = Counter()
    for _ in range(400):
        original, mime = chance.choice(originals)
        result = run(decoder, mutated(original, chance), mime)
        seen[result.code if isinstance(result, DecodeFailure) else "decoded"] += 1
    assert isinstance(run(decoder, GOOD), DecodedMedia)
    assert seen.total() == 400
    assert seen.keys() <= {"decoded", "undecodable", "truncated", "too_large", "needs_memory"}
    assert seen["decoded"] > 20
    assert seen["undecodable"] > 20


def test_what_no_machine_could_grant_is_too_large(decoder: Decoder) -> None:
    parts = b"".join(bytes([number, 0x11, 0]) for number in range(1, 251))
    frame = struct.pack(">HBHHB", 8 + len(parts), 8, 14_000, 14_000, 250) + parts
    content = b"\xff\xd8\xff\xc2" + frame + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(100)
    assert failed(decoder, content, "image/jpeg").code == "too_large"


def test_a_thumbnail_that_has_no_room_does_not_cost_its_picture(decoder: Decoder) -> None:
    thumbnail = encoded("RGB", (8000, 5600), "JPEG", quality=1)
    assert len(thumbnail) < 1 << 20
    directory = struct.pack("<HHHII", 2, 0x201, 4, 1, 44) + struct.pack("<HHII", 0x202, 4, 1,
                                                                       len(thumbnail))  # fmt: skip
    exif = b"II*\0" + struct.pack("<IHI", 8, 0, 14) + directory + bytes(4) + thumbnail
    content = encoded("RGB", (5600, 5000), "PNG", exif=exif, compress_level=1)
    found = run(decoder, content)
    assert isinstance(found, DecodedMedia), found
    assert found.has_pictures_inside


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I;16B", "I", "F", "CMYK", "LAB", "YCbCr"]
)
def test_a_tiff_of_every_mode_gets_its_fingerprints(decoder: Decoder, mode: str) -> None:
    gradient = Image.linear_gradient("L").resize((600, 500))
    plain = mode in ("LAB", "I;16", "I;16B")
    picture = Image.new(mode, (600, 500), 7) if plain else gradient.convert(mode)
    stream = io.BytesIO()
    picture.save(stream, "TIFF")
    found = run(decoder, stream.getvalue(), "image/tiff")
    assert isinstance(found, DecodedMedia), found
    assert [each.variant for each in found.hashes] == ["full", "nearest512"]
