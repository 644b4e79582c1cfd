"""Texts, times and places of EXIF and XMP: what is in form, and what is none."""

import pytest

from polit.decode import _exif_places as places
from polit.decode import _exif_text as texts
from polit.decode._exif_times import satellite_time, taken_time


@pytest.mark.parametrize(
    ("untrusted", "expected"),
    [
        (b"Canon\0", "Canon"),
        (b"  Canon  \0junk", "Canon"),
        (b"\xc3\xa9t\xc3\xa9", "\u00e9t\u00e9"),
        (b"caf\xe9", "caf\\xe9"),
        (b"a\x1b[31mb", "a\x1b[31mb"),
        (b"a\xe2\x80\xaeb", "a\u202eb"),
        (b"\0\0\0", ""),
        (b"", ""),
        (b"a" * 300, "a" * 255 + "\u2026"),
        (b"a" * 256, "a" * 256),
    ],
)
def test_a_text_is_kept_but_for_its_form(untrusted: bytes, expected: str) -> None:
    assert texts.plain(untrusted) == expected


@pytest.mark.parametrize(
    ("untrusted", "expected"),
    [(b"one\0two\0", "one; two"), (b" \0two\0", "two"), (b"one\0", "one"), (b"", "")],
)
def test_a_copyright_has_two_holders(untrusted: bytes, expected: str) -> None:
    assert texts.copyrights(untrusted) == expected


def test_windows_writes_utf_16() -> None:
    assert texts.windows("T\u00eft\u2603".encode("utf-16-le") + b"\0\0") == "T\u00eft\u2603"
    assert texts.windows(b"\x00\xd8a\0") == "\\x00\\xd8a"


@pytest.mark.parametrize(
    ("untrusted", "expected"),
    [
        (b"ASCII\0\0\0words\0\0", "words"),
        (b"ascii\0\0\0words", "words"),
        (b"\0\0\0\0\0\0\0\0words", "words"),
        (b"UNICODE\0" + "words".encode("utf-16-le"), "words"),
        (b"UNICODE\0" + "words".encode("utf-16-be"), "words"),
        (b"UNICODE\0" + "words".encode("utf-16"), "words"),
        (b"UNICODE\0\xfe\xff" + "words".encode("utf-16-be"), "words"),
        (b"UNICODE\0" + "\u8a9e\u8a9e".encode("utf-16-be"), "\u8a9e\u8a9e"),
        (b"JIS\0\0\0\0\0" + "\u8a9e".encode("iso2022_jp"), "\u8a9e"),
        (b"JIS\0\0\0\0\0" + "\u8a9e".encode("shift_jis"), "\u8a9e"),
        (b"JIS\0\0\0\0\0\xfd\xff", "\\xfd\\xff"),
        (b"just words, no code", "just words, no code"),
        (b"short", "short"),
        (b"", ""),
    ],
)
def test_a_comment_is_read_in_its_encoding(untrusted: bytes, expected: str) -> None:
    assert texts.comment(untrusted, is_little_endian=False) == expected


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2019:05:04 12:33:10", "", ("2019-05-04T12:33:10", "zone_unknown", None)),
        ("2019:05:04 12:33:10", "+02:00", ("2019-05-04T12:33:10", "offset_known", 120)),
        ("2019:05:04 12:33:10", "-09:30", ("2019-05-04T12:33:10", "offset_known", -570)),
        ("2019:05:04 12:33:10", "Z", ("2019-05-04T12:33:10", "utc", None)),
        ("2019:05:04 12:33:10", "+99:00", ("2019-05-04T12:33:10", "zone_unknown", None)),
        ("2019:05:04 12:33:10", "+00:60", ("2019-05-04T12:33:10", "zone_unknown", None)),
        ("2019:05:04 12:33:10", "local", ("2019-05-04T12:33:10", "zone_unknown", None)),
        ("2019-05-04T12:33:10.25+02:00", "", ("2019-05-04T12:33:10.25", "offset_known", 120)),
        ("2019-05-04T12:33Z", "+02:00", ("2019-05-04T12:33:00", "utc", None)),
        ("2019/05/04 12:33:10", "", ("2019-05-04T12:33:10", "zone_unknown", None)),
        ("2019: 5: 4  2:33:10", "", ("2019-05-04T02:33:10", "zone_unknown", None)),
        ("2019:05:04 12:33:10.1234567891", "",
         ("2019-05-04T12:33:10.123456789", "zone_unknown", None)),
        ("2020:02:29 00:00:00", "", ("2020-02-29T00:00:00", "zone_unknown", None)),
    ],
)  # fmt: skip
def test_a_time_is_kept_as_the_clock_showed_it(
    text: str, zone: str, expected: tuple[str, str, int | None]
) -> None:
    at = taken_time(text, "exif:DateTimeOriginal", zone=zone)
    assert at is not None
    assert (at.wall_clock, at.basis, at.offset_min) == expected


@pytest.mark.parametrize(
    "text",
    ["", "0000:00:00 00:00:00", "    :  :     :  :  ", "2019:02:29 12:00:00", "2019:13:01 12:00:00",
     "2019:05:04 24:00:00", "2019:05:04 12:60:00", "2019:05:04 12:33:60", "2019:05:04", "2019",
     "\u0662019:05:04 12:33:10", "2019:05:04 12:33:10 x", "x" * 256],
)  # fmt: skip
def test_a_time_that_no_calendar_has_is_none(text: str) -> None:
    assert taken_time(text, "exif:DateTimeOriginal") is None


@pytest.mark.parametrize(
    ("subseconds", "decimals"),
    [("5", ".5"), ("00", ".00"), ("1234567890123", ".123456789"), ("", ""), ("x", ""),
     ("\u0661", ""), ("-1", "")],
)  # fmt: skip
def test_subseconds_are_decimals(subseconds: str, decimals: str) -> None:
    at = taken_time("2019:05:04 12:33:10", "x", subseconds=subseconds)
    assert at is not None
    assert at.wall_clock == "2019-05-04T12:33:10" + decimals


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (((14, 1), (27, 1), (724, 100)), "2008-10-23T14:27:07.24"),
        (((0, 1), (0, 1), (0, 1)), "2008-10-23T00:00:00"),
        (((23, 1), (59, 1), (59999999999, 1000000000)), "2008-10-23T23:59:59.999999999"),
        (((0, 1), (0, 1), (1, 3)), "2008-10-23T00:00:00.333333333"),
        (((29, 2), (0, 1), (0, 1)), "2008-10-23T14:30:00"),
    ],
)
def test_satellites_tell_utc(clock: tuple[tuple[int, int], ...], expected: str) -> None:
    at = satellite_time("2008:10:23", clock, "x")
    assert at is not None
    assert (at.wall_clock, at.basis, at.offset_min) == (expected, "utc", None)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("", ((1, 1), (1, 1), (1, 1))),
        ("2008:10:32", ((1, 1), (1, 1), (1, 1))),
        ("2008:10:23", ()),
        ("2008:10:23", ((1, 1), (1, 1))),
        ("2008:10:23", ((1, 0), (1, 1), (1, 1))),
        ("2008:10:23", ((24, 1), (1, 1), (1, 1))),
        ("2008:10:23", ((1, 1), (60, 1), (1, 1))),
        ("2008:10:23", ((1, 1), (1, 1), (-1, 1))),
    ],
)
def test_a_satellite_time_out_of_form_is_none(day: str, clock: tuple[tuple[int, int], ...]) -> None:
    assert satellite_time(day, clock, "x") is None


@pytest.mark.parametrize(
    ("reference", "parts", "signs", "expected"),
    [
        ("N", ((51, 1), (28, 1), (38, 1)), "NS", 514772222),
        ("S", ((51, 1), (28, 1), (38, 1)), "NS", -514772222),
        ("south", ((51, 1), (28, 1), (38, 1)), "NS", -514772222),
        ("W", ((0, 1), (0, 1), (12, 10)), "EW", -3333),
        ("E", ((180, 1), (0, 1), (0, 1)), "EW", 1800000000),
        ("N", ((90, 1), (0, 1), (0, 1)), "NS", 900000000),
        ("N", ((5150001, 100000), (0, 1), (0, 1)), "NS", 515000100),
        ("E", ((90, 1), (0, 1), (1, 1)), "NS", None),
        ("N", ((90, 1), (0, 1), (1, 1)), "NS", None),
        ("E", ((181, 1), (0, 1), (0, 1)), "EW", None),
        ("", ((51, 1), (28, 1), (38, 1)), "NS", None),
        ("N", ((51, 1), (28, 0), (38, 1)), "NS", None),
        ("N", ((51, 1), (61, 1), (38, 1)), "NS", None),
        ("N", ((-51, 1), (28, 1), (38, 1)), "NS", None),
        ("N", ((51, 1), (28, 1)), "NS", None),
        ("N", (), "NS", None),
    ],
)
def test_an_angle_is_exact_or_none(
    reference: str, parts: tuple[tuple[int, int], ...], signs: str, expected: int | None
) -> None:
    assert places.camera_angle(reference, parts, signs) == expected


@pytest.mark.parametrize(
    ("text", "signs", "expected"),
    [
        ("51,28.38N", "NS", 514730000),
        ("51,28,23S", "NS", -514730556),
        ("0,0.0166667w", "EW", -2778),
        ("91,0.0N", "NS", None),
        ("51,28.38E", "NS", None),
        ("51.5", "NS", None),
        ("51,28.38", "NS", None),
        ("", "NS", None),
        ("51,28." + "3" * 250 + "N", "NS", None),
    ],
)
def test_an_angle_of_a_packet_is_exact_or_none(text: str, signs: str, expected: int | None) -> None:
    assert places.packet_angle(text, signs) == expected


def test_altitudes_have_a_sign_and_a_bound() -> None:
    assert places.camera_altitude_mm(0, ((1234, 10),)) == 123400
    assert places.camera_altitude_mm(1, ((1234, 10),)) == -123400
    assert places.camera_altitude_mm(None, ((1234, 10),)) == 123400
    assert places.camera_altitude_mm(0, ((1, 0),)) is None
    assert places.camera_altitude_mm(0, ((0xFFFFFFFF, 1),)) is None
    assert places.camera_altitude_mm(0, ()) is None
    assert places.packet_altitude_mm("1", "1234/10") == -123400
    assert places.packet_altitude_mm("", "12") == 12000
    assert places.packet_altitude_mm("0", "1/0") is None
    assert places.packet_altitude_mm("0", "high") is None


def test_a_position_has_both_angles() -> None:
    assert places.position(1, None, 3, "x") is None
    assert places.position(None, 1, 3, "x") is None
    assert places.position(0, 0, None, "x") is not None
