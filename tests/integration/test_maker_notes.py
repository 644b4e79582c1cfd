"""The layouts of makers' notes that we make are those that exiftool knows."""

import io
from pathlib import Path

import pytest
from exif_truth import exiftool
from PIL import Image

from polit.decode._exif_sample import block, sample_notes, text
from polit.decode.metadata import read_metadata

MAKES = (b"Canon\0", b"Panasonic\0", b"NIKON CORPORATION\0", b"FUJIFILM\0", b"Apple\0")
NAMES = {"SerialNumber", "InternalSerialNumber", "BurstUUID", "ContentIdentifier", "MediaGroupUUID"}


@pytest.mark.parametrize("number", range(len(MAKES)))
def test_exiftool_reads_the_same_numbers(tmp_path: Path, number: int) -> None:
    note = list(sample_notes("<"))[number][1]
    exif = block("<", [text(0x010F, MAKES[number])], [text(0x927C, note, 7)])
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "JPEG", exif=b"Exif\0\0" + exif)
    (tmp_path / "a.jpg").write_bytes(stream.getvalue())
    said = exiftool([tmp_path / "a.jpg"])[str(tmp_path / "a.jpg")]
    theirs = {str(value) for key, value in said.items() if key.rpartition(":")[2] in NAMES}
    found = read_metadata(exif, b"")
    ours = {tag.value for tag in found.tags if tag.name.startswith("maker:")} | {found.serial}
    assert ours - {""} == theirs
    assert theirs
