"""Directories of an EXIF block: what is read, what is left out, what is noted."""

import struct

import pytest

from polit.decode._exif_fields import Directories, Order, Wanted, read_directories
from polit.decode._exif_sample import Entry, block, directory, figure, header, rationals, text

MAKE, MODEL = 0x010F, 0x0110
WANTED = Wanted(frozenset({MAKE, MODEL, 0x0112, 0x829A, 0x02BC, 0x927C}), frozenset({1, 2}))
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def read(untrusted: bytes) -> Directories:
    return read_directories(untrusted, WANTED)


@ORDERS
def test_all_four_directories_are_read(order: Order) -> None:
    made = block(
        order,
        [text(MAKE, b"Maker\0")],
        [rationals(order, 0x829A, 1, 60)],
        [text(1, b"N\0")],
        b"\xff\xd8",
    )
    found = read(made)
    assert found.main[MAKE].texts() == b"Maker\0"
    assert found.camera[0x829A].rationals() == ((1, 60),)
    assert found.gps[1].texts() == b"N\0"
    assert found.thumbnail[0x0202].integer() == 2
    assert found.damage == ()


@pytest.mark.parametrize("magic", [b"*\0", b"RO", b"RS", b"U\0"])
def test_raw_files_with_their_own_magic_are_read(magic: bytes) -> None:
    made = block("<", [text(MAKE, b"Maker\0")])
    assert MAKE in read(made[:2] + magic + made[4:]).main


@pytest.mark.parametrize(
    ("untrusted", "words"),
    [
        (b"", "no TIFF header"),
        (b"II*\0\x08", "no TIFF header"),
        (b"IM*\0\x08\0\0\0", "no TIFF header"),
        (b"II*\0\xff\xff\xff\xff", "IFD0: lies outside of the block"),
        (b"II*\0\0\0\0\0\0\0", "IFD0: lies outside of the block"),
        (b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", "BigTIFF is not read"),
    ],
)
def test_what_is_no_block_is_noted(untrusted: bytes, words: str) -> None:
    assert read(untrusted) == Directories(damage=(words,))


def test_a_loop_of_directories_ends() -> None:
    made = header("<", 8) + directory("<", 8, [figure("<", 0x8769, 8)], next_offset=8)
    found = read(made)
    assert found.damage == (
        "Exif: points at a directory that was read before",
        "IFD1: points at a directory that was read before",
    )


def test_a_cut_directory_gives_the_entries_that_are_there() -> None:
    entries = [figure("<", 0x0112, 6, 3), text(MAKE, b"ab\0"), text(MODEL, b"cd\0")]
    made = header("<", 8) + directory("<", 8, entries)
    found = read(made[: 8 + 2 + 12 * 2 + 5])
    assert set(found.main) == {0x0112, MAKE}
    assert found.damage == ("IFD0: 2 of 3 entries are there",)


def test_a_count_of_entries_that_lies_is_bounded() -> None:
    entries = struct.pack("<H", 0xFFFF) + bytes(12 * 0xFFFF)
    assert read(header("<", 8) + entries).damage == ("IFD0: 1000 of 65535 entries were read",)


@pytest.mark.parametrize("count", [1000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_value_that_lies_outside_hides_none_of_its_neighbours(count: int) -> None:
    entries = [Entry(MAKE, 5, count, b"12345678"), text(MODEL, b"Model\0")]
    found = read(header("<", 8) + directory("<", 8, entries))
    assert set(found.main) == {MODEL}
    assert found.damage == ("IFD0: field 0x010f lies outside of the block",)


def test_an_unknown_type_is_noted_and_passed_over() -> None:
    entries = [Entry(MAKE, 99, 1, b"a"), text(MODEL, b"Model\0")]
    found = read(header("<", 8) + directory("<", 8, entries))
    assert set(found.main) == {MODEL}
    assert found.damage == ("IFD0: field 0x010f has the unknown type 99",)


def test_of_a_field_that_stands_twice_the_first_counts() -> None:
    found = read(block("<", [text(MAKE, b"One\0"), text(MAKE, b"Two\0")]))
    assert found.main[MAKE].texts() == b"One\0"
    assert found.damage == ("IFD0: field 0x010f stands twice",)


def test_notes_are_at_most_six() -> None:
    entries = [Entry(number, 99, 1, b"a") for number in sorted(WANTED.picture)]
    entries += [figure("<", 0x8769, 3), figure("<", 0x8825, 3)]
    assert len(read(header("<", 8) + directory("<", 8, entries, 7)).damage) == 6


@pytest.mark.parametrize("order", ["<", ">"])
def test_overlapping_values_are_each_read(order: Order) -> None:
    head = struct.pack(order + "H", 2)
    for tag in (MAKE, MODEL):
        head += struct.pack(order + "HHII", tag, 2, 6, 8 + 2 + 24 + 4)
    found = read(header(order, 8) + head + bytes(4) + b"Maker\0")
    assert found.main[MAKE].texts() == found.main[MODEL].texts() == b"Maker\0"


def test_a_pointer_that_is_a_text_is_noted() -> None:
    found = read(header("<", 8) + directory("<", 8, [text(0x8769, b"abcd")]))
    assert found.damage == ("Exif: the pointer is no figure",)


def test_what_is_kept_of_a_value_is_bounded() -> None:
    found = read(block("<", [text(MAKE, bytes(20_000)), text(0x927C, bytes(20_000), 7),
                             text(0x02BC, bytes(20_000), 1)]))  # fmt: skip
    kept = {tag: (len(field.data), field.size_bytes) for tag, field in found.main.items()}
    assert kept == {MAKE: (8192, 20_000), 0x927C: (0, 20_000), 0x02BC: (20_000, 20_000)}


def test_a_gps_pointer_in_the_exif_directory_is_followed() -> None:
    gps = header("<", 0) + directory("<", 8, [text(1, b"N\0")])
    camera_at = len(gps)
    camera = gps + directory("<", camera_at, [figure("<", 0x8825, 8)])
    first = len(camera)
    made = camera + directory("<", first, [figure("<", 0x8769, camera_at)])
    assert 1 in read(header("<", first) + made[8:]).gps


def test_figures_of_every_whole_type() -> None:
    for code, pattern in {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}.items():
        data = struct.pack("<" + pattern, 5)
        found = read(header("<", 8) + directory("<", 8, [Entry(MAKE, code, 1, data)]))
        assert found.main[MAKE].integer() == 5
        assert found.main[MAKE].rationals() == ()


def test_signed_rationals_keep_their_sign() -> None:
    entry = Entry(MAKE, 10, 1, struct.pack("<ii", -1, 3))
    found = read(header("<", 8) + directory("<", 8, [entry]))
    assert found.main[MAKE].rationals() == ((-1, 3),)
    assert found.main[MAKE].integer() is None
    assert found.main[MAKE].texts() == b""
