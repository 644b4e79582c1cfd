"""What a picture says of itself: which field goes first, and what tags say of the rest."""

import io
import subprocess
import sys

import pytest
from PIL import Image

from polit.decode._exif_fields import Order
from polit.decode._exif_sample import SAMPLE_PACKET, Entry, block, figure, rationals, text
from polit.decode.metadata import Metadata, read_metadata
from polit.model.media import MediaTag, Position, TakenTime

ORIENTATION, MAKE, MODEL = 0x0112, 0x010F, 0x0110
ORIGINAL, DIGITIZED, ZONE, SUBSECONDS = 0x9003, 0x9004, 0x9011, 0x9291
DAY, GPS_CLOCK = text(0x1D, b"2008:10:23\0"), rationals("<", 7, 14, 1, 27, 1, 724, 100)
LATITUDE = [text(1, b"N\0"), rationals("<", 2, 51, 1, 28, 1, 38, 1)]
LONGITUDE = [text(3, b"W\0"), rationals("<", 4, 0, 1, 0, 1, 12, 10)]


def packet(attributes: str, body: str = "") -> bytes:
    return f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
        xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:ex="http://cipa.jp/exif/1.0/"
        xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/">
        <rdf:Description {attributes}>{body}</rdf:Description></rdf:RDF>""".encode()


def values(found: Metadata, name: str) -> list[str]:
    return [tag.value for tag in found.tags if tag.name == name]


def test_a_picture_that_says_nothing_gives_nothing() -> None:
    assert read_metadata(b"", b"") == Metadata()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("number", range(1, 9))
def test_an_orientation_is_read(order: Order, number: int) -> None:
    found = read_metadata(block(order, [figure(order, ORIENTATION, number, 3)]), b"")
    assert (found.orientation, found.tags) == (number, ())


@pytest.mark.parametrize("number", [0, 9, 65535])
def test_an_orientation_out_of_range_is_1_and_said(number: int) -> None:
    found = read_metadata(block("<", [figure("<", ORIENTATION, number, 3)]), b"")
    assert found.orientation == 1
    assert found.tags == (MediaTag("exif:Orientation", f"{number} is none"),)


def test_an_orientation_that_is_a_text_is_1_and_said() -> None:
    found = read_metadata(block("<", [text(ORIENTATION, b"6\0")]), b"")
    assert (found.orientation, values(found, "exif:Orientation")) == (1, ["no figure"])


def test_maker_and_model_are_those_of_exif_before_the_packet() -> None:
    exif = block("<", [text(MAKE, b"Canon\0")])
    found = read_metadata(exif, packet('tiff:Make="Nikon" tiff:Model="D1"'))
    assert (found.make, found.model) == ("Canon", "D1")
    assert values(found, "tiff:Make") == ["Nikon"]
    assert values(found, "tiff:Model") == []


@pytest.mark.parametrize(
    ("main", "camera", "attributes", "serial"),
    [
        ([], [text(0xA431, b"body\0")], 'aux:SerialNumber="aux"', "body"),
        ([text(0xC62F, b"dng\0")], [], 'aux:SerialNumber="aux"', "dng"),
        ([], [text(0xA431, b"\0\0\0\0\0\0")], 'aux:SerialNumber="aux"', "aux"),
        ([], [], 'aux:SerialNumber="aux" ex:BodySerialNumber="ex"', "ex"),
        ([], [], "", ""),
    ],
)
def test_a_serial_is_the_first_that_is_told(
    main: list[Entry], camera: list[Entry], attributes: str, serial: str
) -> None:
    found = read_metadata(block("<", main, camera), packet(attributes))
    assert found.serial == serial
    assert serial not in [tag.value for tag in found.tags if serial]


def test_a_second_serial_becomes_a_tag() -> None:
    found = read_metadata(block("<", [], [text(0xA431, b"1\0")]), packet('aux:SerialNumber="2"'))
    assert (found.serial, values(found, "aux:SerialNumber")) == ("1", ["2"])


def test_the_original_time_goes_first_and_the_others_become_tags() -> None:
    camera = [
        text(ORIGINAL, b"2019:05:04 12:33:10\0"),
        text(DIGITIZED, b"2020:01:01 00:00:00\0"),
        text(ZONE, b"+02:00\0"),
        text(SUBSECONDS, b"25\0"),
    ]
    xmp = packet('xmp:CreateDate="2018-01-01T00:00:00"')
    found = read_metadata(block("<", [], camera, [DAY, GPS_CLOCK]), xmp)
    assert found.taken == TakenTime(
        "2019-05-04T12:33:10.25", "offset_known", 120, "exif:DateTimeOriginal"
    )
    assert values(found, "exif:DateTimeDigitized") == ["2020:01:01 00:00:00"]
    assert values(found, "exif:GPSTimeStamp") == ["2008-10-23T14:27:07.24Z"]
    assert values(found, "xmp:CreateDate") == ["2018-01-01T00:00:00"]


@pytest.mark.parametrize(
    ("camera", "gps", "attributes", "source"),
    [
        ([text(DIGITIZED, b"2020:01:01 00:00:00\0")], [DAY, GPS_CLOCK], "",
         "exif:DateTimeDigitized"),
        ([], [DAY, GPS_CLOCK], 'exif:DateTimeOriginal="2018-01-01T00:00:00"', "exif:GPSTimeStamp"),
        ([], [], 'exif:DateTimeOriginal="2018-01-01T00:00" xmp:CreateDate="2017-01-01T00:00"',
         "xmp-exif:DateTimeOriginal"),
        ([], [], 'photoshop:DateCreated="2018-01-01T00:00" xmp:CreateDate="2017-01-01T00:00"',
         "photoshop:DateCreated"),
        ([], [], 'photoshop:DateCreated="2018" xmp:CreateDate="2017-01-01T00:00"',
         "xmp:CreateDate"),
        ([], [], 'xmp:ModifyDate="2017-01-01T00:00"', None),
    ],
)  # fmt: skip
def test_a_time_comes_from_the_next_field_that_has_one(
    camera: list[Entry], gps: list[Entry], attributes: str, source: str | None
) -> None:
    camera = [*camera, text(ORIGINAL, b"0000:00:00 00:00:00\0")]
    found = read_metadata(block("<", [], camera, gps), packet(attributes))
    assert (found.taken and found.taken.source) == source
    assert values(found, "exif:DateTimeOriginal") == ["0000:00:00 00:00:00"]


def test_the_time_of_a_change_is_no_time_of_taking() -> None:
    found = read_metadata(block("<", [text(0x0132, b"2019:05:04 12:33:10\0")]), b"")
    assert found.taken is None
    assert values(found, "exif:DateTime") == ["2019:05:04 12:33:10"]


def test_a_time_in_the_first_directory_is_read() -> None:
    """TIFF/EP, and many RAW files, keep it there."""
    found = read_metadata(block("<", [text(ORIGINAL, b"2019:05:04 12:33:10\0")]), b"")
    assert found.taken is not None


def test_a_satellite_time_out_of_form_is_said() -> None:
    found = read_metadata(block("<", [], [], [DAY, rationals("<", 7, 14, 0, 27, 1, 1, 1)]), b"")
    assert found.taken is None
    assert values(found, "exif:GPSTimeStamp") == ["2008:10:23 14/0 27/1 1/1"]


def test_a_position_is_that_of_exif() -> None:
    gps = [*LATITUDE, *LONGITUDE, Entry(5, 1, 1, b"\1"), rationals("<", 6, 123, 10)]
    xmp = packet('exif:GPSLatitude="1,2N" exif:GPSLongitude="3,4E"')
    found = read_metadata(block("<", [], [], gps), xmp)
    assert found.position == Position(514772222, -3333, -12300, "exif:GPS")
    assert values(found, "xmp-exif:GPSLatitude") == ["1,2N"]


def test_a_position_of_the_packet_stands_in() -> None:
    xmp = packet('exif:GPSLatitude="1,2N" exif:GPSLongitude="3,4E" exif:GPSAltitude="7/2"')
    found = read_metadata(b"", xmp)
    assert found.position == Position(10333333, 30666667, 3500, "xmp-exif:GPS")
    assert found.tags == ()


@pytest.mark.parametrize(
    ("gps", "said"),
    [
        (LATITUDE, "N 51/1 28/1 38/1, "),
        ([*LATITUDE, text(3, b"X\0"), LONGITUDE[1]], "N 51/1 28/1 38/1, X 0/1 0/1 12/10"),
        ([LATITUDE[0], rationals("<", 2, 51, 0, 1, 1, 1, 1), *LONGITUDE],
         "N 51/0 1/1 1/1, W 0/1 0/1 12/10"),
        ([LATITUDE[0], rationals("<", 2, 0xFFFFFFFF, 1, 0, 1, 0, 1), *LONGITUDE],
         "N 4294967295/1 0/1 0/1, W 0/1 0/1 12/10"),
    ],
)  # fmt: skip
def test_a_position_out_of_form_is_none_and_said(gps: list[Entry], said: str) -> None:
    found = read_metadata(block("<", [], [], gps), b"")
    assert found.position is None
    assert values(found, "exif:GPS") == [("not in form: " + said).strip()]


def test_an_altitude_out_of_form_leaves_the_position() -> None:
    found = read_metadata(block("<", [], [], [*LATITUDE, *LONGITUDE, rationals("<", 6, 1, 0)]), b"")
    assert found.position == Position(514772222, -3333, None, "exif:GPS")
    assert values(found, "exif:GPSAltitude") == ["not in form: 1/0"]


def test_a_gps_directory_without_a_position_says_nothing() -> None:
    assert read_metadata(block("<", [], [], [Entry(0, 1, 4, b"\2\2\0\0")]), b"") == Metadata()


@pytest.mark.parametrize(
    ("entries", "tag"),
    [
        ([text(0x12, b"TOKYO\0")], ("exif:GPSMapDatum", "TOKYO")),
        ([rationals("<", 0x0D, 25, 2), text(0x0C, b"K\0")], ("exif:GPSSpeed", "12.5 km/h")),
        ([rationals("<", 0x11, 1, 3), text(0x10, b"T\0")],
         ("exif:GPSImgDirection", "0.333333 degrees, true")),
        ([rationals("<", 0x0F, 90, 1)], ("exif:GPSTrack", "90")),
        ([text(0x1B, b"ASCII\0\0\0GPS\0", 7)], ("exif:GPSProcessingMethod", "GPS")),
        ([text(9, b"V\0")], ("exif:GPSStatus", "V")),
        ([rationals("<", 0x1F, 65, 1)], ("exif:GPSHPositioningError", "65")),
        ([Entry(5, 1, 1, b"\3")], ("exif:GPSAltitudeRef", "below the ellipsoid")),
    ],
)  # fmt: skip
def test_what_else_the_satellites_said_is_a_tag(entries: list[Entry], tag: tuple[str, str]) -> None:
    assert read_metadata(block("<", [], [], entries), b"").tags == (MediaTag(*tag),)


@pytest.mark.parametrize("datum", [b"WGS-84\0", b"WGS84\0", b"\0"])
def test_the_usual_datum_is_no_tag(datum: bytes) -> None:
    assert read_metadata(block("<", [], [], [text(0x12, datum)]), b"").tags == ()


@pytest.mark.parametrize(
    ("entry", "tag"),
    [
        (text(0x0131, b"Editor 1.0\0"), ("exif:Software", "Editor 1.0")),
        (text(0x9C9D, "\u00e9".encode("utf-16-le") + b"\0\0", 1), ("exif:XPAuthor", "\u00e9")),
        (text(0x9286, b"ASCII\0\0\0hello", 7), ("exif:UserComment", "hello")),
        (rationals("<", 0x829A, 10, 600), ("exif:ExposureTime", "1/60")),
        (rationals("<", 0x829D, 28, 10), ("exif:FNumber", "2.8")),
        (rationals("<", 0x920A, 50, 1), ("exif:FocalLength", "50")),
        (Entry(0x9206, 10, 1, b"\xff\xff\xff\xff\x02\0\0\0"), ("exif:SubjectDistance", "-0.5")),
        (figure("<", 0x8827, 400, 3), ("exif:PhotographicSensitivity", "400")),
        (text(0x927C, bytes(40), 7), ("exif:MakerNote", "40 bytes")),
        (text(0xC65D, bytes(range(16)), 1),
         ("exif:RawDataUniqueID", "000102030405060708090a0b0c0d0e0f")),
    ],
)  # fmt: skip
def test_what_else_a_picture_says_is_a_tag(entry: Entry, tag: tuple[str, str]) -> None:
    assert read_metadata(block("<", [], [entry]), b"").tags == (MediaTag(*tag),)


@pytest.mark.parametrize("tag", [0x829A, 0x829D])
@pytest.mark.parametrize("entry", [(0, 0), (1, 0)])
def test_a_ratio_without_a_value_is_no_tag(tag: int, entry: tuple[int, int]) -> None:
    assert read_metadata(block("<", [], [rationals("<", tag, *entry)]), b"").tags == ()


def test_a_packet_within_a_tiff_file_is_read() -> None:
    exif = block("<", [text(0x02BC, packet('dc:title="a"'), 1)])
    assert read_metadata(exif, b"").tags == (MediaTag("dc:title", "a"),)


def test_a_packet_beside_goes_before_that_within() -> None:
    exif = block("<", [text(0x02BC, packet('dc:title="a"'), 1)])
    assert read_metadata(exif, packet('dc:title="b"')).tags == (MediaTag("dc:title", "b"),)


def test_damage_is_told_first() -> None:
    exif = block("<", [text(0x0131, b"Editor\0"), Entry(MAKE, 99, 1, b"a")])
    assert [tag.name for tag in read_metadata(exif, b"<a>").tags] == [
        "exif:damage", "xmp:damage", "exif:Software",
    ]  # fmt: skip


def test_tags_are_at_most_128_and_it_is_said() -> None:
    names = ("dc:creator", "dc:title", "dc:subject", "dc:rights", "dc:source", "photoshop:City",
             "photoshop:State", "photoshop:Country", "photoshop:Credit")  # fmt: skip
    body = "".join(f"<{name}>{number}</{name}>" for name in names for number in range(16))
    found = read_metadata(b"", packet("", body))
    assert len(found.tags) == 128
    assert found.tags[-1] == MediaTag("polit:tags", "17 more were left out")


def test_a_thumbnail_is_given_as_it_stands() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (160, 120)).save(stream, "JPEG")
    found = read_metadata(block(">", thumbnail=stream.getvalue()), b"")
    assert found.thumbnail == stream.getvalue()


def test_of_a_cut_thumbnail_the_rest_is_given() -> None:
    made = block("<", thumbnail=b"\xff\xd8" + bytes(100))
    whole = read_metadata(made.replace(b"\x66\0\0\0", b"\xff\0\0\0", 1), b"")
    assert whole.thumbnail[:102] == b"\xff\xd8" + bytes(100)
    words = f"thumbnail: {len(whole.thumbnail)} of 255 bytes are there"
    assert values(whole, "exif:damage") == [words]


def test_what_is_no_thumbnail_is_not_given() -> None:
    found = read_metadata(block("<", thumbnail=b"no JPEG"), b"")
    assert (found.thumbnail, values(found, "exif:damage")) == (
        b"", ["thumbnail: no JPEG stands there"],
    )  # fmt: skip


def test_a_thumbnail_beyond_its_bound_is_not_given() -> None:
    found = read_metadata(block("<", thumbnail=b"\xff\xd8" + bytes(1 << 20)), b"")
    assert found.thumbnail == b""
    assert values(found, "exif:damage") == ["thumbnail: 1048578 bytes are more than is read"]


def test_the_header_of_a_jpeg_segment_is_passed_over() -> None:
    made = block("<", [text(MAKE, b"Maker\0")])
    assert read_metadata(b"Exif\0\0" + made, b"") == read_metadata(made, b"")


def test_what_pillow_writes_is_read_back() -> None:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Maker", 6
    exif.get_ifd(0x8769)[ORIGINAL] = "2019:05:04 12:33:10"
    exif.get_ifd(0x8825).update({1: "S", 2: (51.5, 0.0, 0.0), 3: "E", 4: (0.25, 0.0, 0.0)})
    found = read_metadata(exif.tobytes(), b"")
    assert (found.make, found.orientation) == ("Maker", 6)
    assert found.position == Position(-515000000, 2500000, None, "exif:GPS")
    assert found.taken is not None


LOCKED = """
import sys
from polit.decode import metadata
metadata.warm()
import hostile_exif as hostile
blocks, packets = hostile.MUTATED_BLOCKS, hostile.MUTATED_PACKETS
def refuse(event, arguments):
    if event in ("import", "open") or event.startswith(("os.", "socket.", "subprocess.")):
        raise SystemExit(f"after the lockdown: {event} {arguments}")
sys.addaudithook(refuse)
for block in blocks:
    metadata.read_metadata(block, b"")
for packet in packets:
    metadata.read_metadata(b"", packet)
print(len(blocks), len(packets))
"""


def test_nothing_is_loaded_or_opened_after_warming() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOCKED],
        cwd="tests/unit", capture_output=True, text=True, check=False,
        env={"PYTHONPATH": "../../tests", "PATH": ""},
    )  # fmt: skip
    assert done.stdout == "3000 1000\n", done.stderr


def test_the_sample_packet_says_what_stands_in_it() -> None:
    found = read_metadata(b"", SAMPLE_PACKET.encode())
    assert found.position == Position(514730000, -2778, 12300, "xmp-exif:GPS")
    assert found.taken == TakenTime("2019-05-04T12:33:10", "offset_known", 120, "xmp:CreateDate")
