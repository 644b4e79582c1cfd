"""Values of results: filters from an address, times with their basis, bars, numbers of rows."""

from types import SimpleNamespace
from typing import Any

import pytest

from polit.base.errors import IntegrityError, PackageDamaged
from polit.web.media.forms import filters_of, number_of
from polit.web.media.places import unwrap_tile_key, wrap_tile_key
from polit.web.media.queries import TilePlace
from polit.web.media.rules import EntryWanted, package_of, rows_of
from polit.web.media.shown import basis_text, histogram, media_facts, time_text
from polit.web.media.tiles import open_tile
from polit.web.media.volume_names import carved_places, volume_name

COUNTS = {"kind": {"still": 3, "": 1}, "reason": {"folder": 1}, "mismatch": {"yes": 2}}


def test_rows_of_a_package_are_a_range() -> None:
    first, last = rows_of(7)

    assert (package_of(first), package_of(last), package_of(last + 1)) == (7, 7, 8)
    assert rows_of(8)[0] - last == 2


def test_filters_are_what_the_address_says() -> None:
    asked = {"kind": "still", "reason": "folder", "outcome": "failed", "state": "deleted",
             "mismatch": "yes", "contains": "a\0b", "folder": str((7 << 32) + 3)}  # fmt: skip

    found = filters_of(asked, COUNTS, {"folder": 9}, 7)

    assert found.wanted == EntryWanted(1, 3, 9, 2, (7 << 32) + 3, mismatch=True, contains="ab")
    assert found.wanted.conditions == 7
    assert [(each.value, each.chosen) for each in found.choices["kind"]] == [("still", True)]
    assert found.choices["reason"][0].label.startswith("a folder")


@pytest.mark.parametrize("folder", ["", "x", "1", "-5", "9" * 30, str(8 << 32)])
def test_folder_of_another_package_is_no_filter(folder: str) -> None:
    assert filters_of({"folder": folder}, {}, {}, 7).wanted == EntryWanted()


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("", None), ("\u0661", None), (str(2**63), None), ("-1", None)]
)
def test_number_of_an_address(text: str, number: int | None) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("value_ns", "text"),
    [
        (None, ""),
        (0, "1970-01-01 00:00:00.000000000"),
        (-1, "1969-12-31 23:59:59.999999999"),
        (2**63 - 1, "2262-04-11 23:47:16.854775807"),
        (10**21, f"{10**21} ns since 1970 (outside the calendar)"),
    ],
)
def test_time_is_told_to_the_nanosecond(value_ns: int | None, text: str) -> None:
    assert time_text(value_ns) == text


def test_basis_of_times_is_said() -> None:
    def folder(basis: int | None) -> Any:
        return SimpleNamespace(volume=SimpleNamespace(time_basis=basis))

    assert basis_text(folder(1)) == "UTC"
    assert "zone unknown" in basis_text(folder(2))
    assert basis_text(folder(None)) == basis_text(None) == "basis unknown"


def test_bars_are_by_month_and_by_year_when_there_are_many() -> None:
    few = histogram({"2020-01": 4, "2020-02": 1, "": 9})
    many = histogram({f"{year}-{month:02}": 1 for year in range(2000, 2010)
                      for month in range(1, 13)})  # fmt: skip

    assert [(bar.label, bar.count) for bar in few] == [("2020-01", 4), ("2020-02", 1)]
    assert few[0].height == 4 * few[1].height
    assert [bar.label for bar in many] == [str(year) for year in range(2000, 2010)]
    assert histogram({}) == []
    assert histogram({"2020-01": 4})[0].width < 50


def media(**changes: object) -> Any:
    empty = dict.fromkeys(
        ("decoder", "width_px", "height_px", "frames", "duration_ms", "make", "model",
         "taken_basis", "taken_offset_min", "latitude_e7", "longitude_e7")
    )  # fmt: skip
    texts = dict.fromkeys(("flaws", "serial", "taken_at", "taken_source", "position_source"), "")
    return SimpleNamespace(**{**empty, **texts, **changes})


def test_facts_of_a_content_keep_their_basis() -> None:
    facts = dict(
        media_facts(
            media(width_px=3, height_px=2, duration_ms=0, flaws="truncated", taken_at="2020-01-01",
                  taken_basis=2, taken_offset_min=-60, taken_source="exif", latitude_e7=-5,
                  longitude_e7=10**7, position_source="exif")
        )
    )  # fmt: skip

    assert facts["Taken"] == "2020-01-01 (-60 min from UTC; exif)"
    assert facts["Position"] == "-0.0000005, 1.0000000 (WGS 84; exif)"
    assert facts["Plays for"] == "0 ms"
    assert "its end is missing" in facts["Not seen of it"]
    assert media_facts(None) == media_facts(media()) == []
    assert "zone unknown" in dict(media_facts(media(taken_at="x", taken_basis=3)))["Taken"]
    assert "offset known" in dict(media_facts(media(taken_at="x", taken_basis=2)))["Taken"]


def test_tile_key_opens_for_its_package_alone(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path_factory.mktemp("data")))
    wrapped = wrap_tile_key(bytes(32), "one")

    assert unwrap_tile_key(wrapped, "one") == bytes(32)
    with pytest.raises(IntegrityError):
        unwrap_tile_key(wrapped, "two")


@pytest.mark.parametrize(("offset", "stored"), [(-1, 100), (0, 5), (0, 10**6)])
def test_tile_outside_its_pack_is_not_read(offset: int, stored: int) -> None:
    tile = TilePlace(
        "x", "p", b"", b"", "derivatives/tiles.pack", offset, stored, b"", "image/webp"
    )

    with pytest.raises(PackageDamaged, match="no place"):
        open_tile(tile)


@pytest.mark.parametrize(
    ("locator", "name"),
    [
        ("volume:0@0", "The whole source"),
        ("volume:2@1048576", "Volume 2"),
        ("volume:2@1048576;bitlocker:1;shadow:3", "Volume 2, BitLocker volume 1, shadow copy 3"),
        ("volume:1@0;newer:7", "Volume 1, newer 7"),
        ("volume:1@0;luks:\u202e1", "Volume 1, LUKS volume \\u{202e}1"),
        ("something else", "something else"),
    ],
)
def test_a_volume_is_called_after_what_it_lies_in(locator: str, name: str) -> None:
    assert volume_name(locator, is_allocated=True) == name


def test_space_without_a_volume_is_called_after_where_it_begins() -> None:
    named = volume_name("volume:0@9437184", is_allocated=False)
    assert named == "Space outside volumes, from byte 9437184"


def test_carved_bytes_are_told_piece_by_piece() -> None:
    assert carved_places("volume:1@0;carved:512+90,4096+7,~12") == (
        "90 bytes from byte 512", "7 bytes from byte 4096", "and 12 more pieces",
    )  # fmt: skip
    assert carved_places("volume:1@0;fat12:/carved:1+2") == ()
    assert carved_places("volume:1@0;carved:1+2;exif:thumbnail") == ()
