"""Makers' notes: the numbers of five layouts, and nothing of any other."""

import struct

import pytest

from polit.decode._exif_fields import Order
from polit.decode._exif_sample import block, directory, figure, sample_notes, text
from polit.decode.metadata import Metadata, read_metadata
from polit.model.media import MediaTag

CANON, PANASONIC, NIKON, FUJIFILM, APPLE, OTHER = range(6)
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def read(make: bytes, note: bytes, order: Order = "<", serial: bytes = b"") -> Metadata:
    camera = [text(0x927C, note, 7)]
    camera += [text(0xA431, serial)] if serial else []
    return read_metadata(block(order, [text(0x010F, make)], camera), b"")


def maker_tags(found: Metadata) -> list[MediaTag]:
    return [tag for tag in found.tags if tag.name.startswith("maker:")]


@ORDERS
@pytest.mark.parametrize(
    ("layout", "serial", "tags"),
    [
        (CANON, "1234567890", [("maker:InternalSerialNumber", "AB1")]),
        (PANASONIC, "", [("maker:InternalSerialNumber", "F12")]),
        (NIKON, "3105364", []),
        (FUJIFILM, "", [("maker:InternalSerialNumber", "FX-1234567")]),
        (APPLE, "", [("maker:BurstUUID", "burst one"), ("maker:ContentIdentifier", "live one")]),
        (OTHER, "", []),
    ],
)
def test_a_note_tells_what_identifies(
    order: Order, layout: int, serial: str, tags: list[tuple[str, str]]
) -> None:
    found = read(*list(sample_notes(order))[layout], order)
    assert found.serial == serial
    assert maker_tags(found) == [MediaTag(*tag) for tag in tags]
    assert [tag for tag in found.tags if tag.name == "exif:damage"] == []


def test_a_field_of_exif_goes_before_the_note() -> None:
    make, note = list(sample_notes("<"))[NIKON]
    found = read(make, note, serial=b"body\0")
    assert found.serial == "body"
    assert maker_tags(found) == [MediaTag("maker:SerialNumber", "3105364")]


def test_a_canon_note_is_read_for_canon_alone() -> None:
    _, note = list(sample_notes("<"))[CANON]
    assert read(b"Other\0", note).serial == ""


def test_a_serial_of_zero_is_none() -> None:
    assert read(b"Canon\0", directory("<", 0, [figure("<", 0x0C, 0)])).serial == ""


@pytest.mark.parametrize("layout", range(6))
def test_a_note_cut_anywhere_says_less(layout: int) -> None:
    make, note = list(sample_notes("<"))[layout]
    for end in range(len(note)):
        found = read(make, note[:end])
        assert found.serial in ("", "1234567890", "3105364"[: len(found.serial)])


def test_a_note_that_points_at_itself_ends() -> None:
    for layout in range(6):
        make, note = list(sample_notes("<"))[layout]
        for at in range(len(note) - 4):
            read(make, note[:at] + struct.pack("<I", 0xFFFFFFFF) + note[at + 4 :])


def test_a_note_beyond_its_bound_is_not_read() -> None:
    make, note = list(sample_notes("<"))[NIKON]
    assert read(make, note + bytes(1 << 18)).serial == ""
