"""Pictures out of documents, against tools that share no code with polit: pdfimages and gsf."""

import random
import subprocess
import zlib
from pathlib import Path

import holder_files as made
import pytest
from evidence.tools import run
from holder_files import found_in, opened, picture

from polit.decode import identify

WIDTH_PX, HEIGHT_PX = 64, 48
NOISE = random.Random(6)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    identify.warm()


def samples(bits: int, components: int) -> bytes:
    """Return rows of smooth random samples."""
    row_bytes = -(-WIDTH_PX * bits * components // 8)
    return b"".join(NOISE.randbytes(row_bytes) for _ in range(HEIGHT_PX))


def with_filters(raw: bytes, row_bytes: int) -> bytes:
    """Return rows as PNG's predictors have them, here all of type 0."""
    return b"".join(b"\0" + raw[at : at + row_bytes] for at in range(0, len(raw), row_bytes))


RGB, GREY, CMYK = samples(8, 3), samples(8, 1), samples(8, 4)
INDEXED = b"/ColorSpace[/Indexed/DeviceRGB 255<" + NOISE.randbytes(768).hex().encode() + b">]"
PREDICTED = b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors %d/Columns 64>>"
EIGHT, RGB_8 = b"/BitsPerComponent 8", b"/ColorSpace/DeviceRGB/BitsPerComponent 8"
SHADES = b"/ColorSpace/DeviceGray/BitsPerComponent %d"
FORMS = {
    "rgb": (RGB_8, RGB),
    "rgb_flate": (RGB_8 + b"/Filter/FlateDecode", zlib.compress(RGB)),
    "rgb_predicted": (RGB_8 + PREDICTED % 3, zlib.compress(with_filters(RGB, 192))),
    "grey": (SHADES % 8, GREY),
    "grey_inverted": (SHADES % 8 + b"/Decode[1 0]", GREY),
    "grey_4": (SHADES % 4, samples(4, 1)),
    "grey_2": (SHADES % 2, samples(2, 1)),
    "black": (SHADES % 1, samples(1, 1)),
    "indexed": (INDEXED + EIGHT, GREY),
    "indexed_predicted": (INDEXED + EIGHT + PREDICTED % 1, zlib.compress(with_filters(GREY, 64))),
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_samples_of_a_pdf_show_what_pdfimages_shows(tmp_path: Path, name: str) -> None:
    head, data = FORMS[name]
    content = made.paged({10: {"Im": 51}}, {51: made.image(head, data)})
    (tmp_path / "a.pdf").write_bytes(content)
    run(["pdfimages", "-png", tmp_path / "a.pdf", tmp_path / "out"])
    (ours,) = found_in(opened(content, made.PDF)).values()
    assert made.pixels(ours) == made.pixels((tmp_path / "out-000.png").read_bytes())


@pytest.mark.parametrize("black_is_1", [False, True])
def test_a_fax_shows_what_pdfimages_shows(tmp_path: Path, *, black_is_1: bool) -> None:
    fax = made.fax_of(made.picture(4))
    head = b"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode"
    black = b"true" if black_is_1 else b"false"
    head += b"/DecodeParms<</K -1/Columns 64/Rows 48/BlackIs1 %b>>" % black
    content = made.paged({10: {"Im": 51}}, {51: made.image(head, fax)})
    (tmp_path / "a.pdf").write_bytes(content)
    run(["pdfimages", "-png", tmp_path / "a.pdf", tmp_path / "out"])
    (ours,) = found_in(opened(content, made.PDF)).values()
    assert made.pixels(ours) == made.pixels((tmp_path / "out-000.png").read_bytes())


def test_cmyk_samples_are_kept(tmp_path: Path) -> None:
    head = b"/ColorSpace/DeviceCMYK/BitsPerComponent 8"
    content = made.paged({10: {"Im": 51}}, {51: made.image(head, CMYK)})
    (tmp_path / "a.pdf").write_bytes(content)
    run(["pdfimages", "-tiff", tmp_path / "a.pdf", tmp_path / "out"])
    (ours,) = found_in(opened(content, made.PDF)).values()
    assert CMYK in ours


def test_a_compound_file_of_another_writer_is_read(tmp_path: Path) -> None:
    for name, data in {"Data": made.blip(0xF01D, 0x46A, picture(1)), "WordDocument": b"x"}.items():
        (tmp_path / name).write_bytes(data)
    subprocess.run(["gsf", "createole", "a.doc", "Data", "WordDocument"], cwd=tmp_path, check=True)
    parts = opened((tmp_path / "a.doc").read_bytes(), "application/msword")
    assert list(found_in(parts).values()) == [picture(1)]


def test_another_reader_reads_the_compound_files_of_these_tests(tmp_path: Path) -> None:
    (tmp_path / "a.ole").write_bytes(made.compound({"small": b"one", "large": picture(2) * 9}))
    for name, data in {"small": b"one", "large": picture(2) * 9}.items():
        read = subprocess.run(
            ["gsf", "cat", tmp_path / "a.ole", name], capture_output=True, check=True
        )
        assert read.stdout == data
