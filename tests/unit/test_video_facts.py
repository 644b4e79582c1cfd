"""What a video says of itself: clocks, places, turns and tags."""

import pytest
from made_videos import KINDS, decoded, made
from PIL import Image

from polit.decode import _video_facts as facts
from polit.model.media import MediaTag, Position, TakenTime

ONE = 1 << 16
TURNS = {
    1: (ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30),
    2: (-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30),
    3: (-ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30),
    4: (ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30),
    5: (0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30),
    6: (0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30),
    7: (0, -ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30),
    8: (0, -ONE, 0, ONE, 0, 0, 0, 0, 1 << 30),
}
EXIF_TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", TURNS)
def test_the_display_matrix_becomes_an_exif_orientation(orientation: int) -> None:
    plain = decoded(made(frames=3))
    video = decoded(made(frames=3, turned=TURNS[orientation]))
    assert video.orientation == orientation
    assert (video.width_px, video.height_px) == (128, 96)
    turn = EXIF_TURNS[orientation]
    first = plain.story[0].picture
    wanted = first if turn is None else first.transpose(turn)
    assert video.story[0].picture.tobytes() == wanted.tobytes()
    assert video.hashes == plain.hashes


@pytest.mark.parametrize("orientation", TURNS)
def test_where_a_corner_goes_follows_from_the_matrix(orientation: int) -> None:
    # x' = a x + c y, y' = b x + d y: the matrix applied by hand, against the turned picture.
    a, b, _, c, d, *_ = TURNS[orientation]
    stored = Image.new("L", (3, 2))
    stored.putpixel((2, 0), 255)
    moved = [((a * x + c * y) // ONE, (b * x + d * y) // ONE) for x, y in ((2, 0), (0, 0), (2, 1))]
    corners = [((a * x + c * y) // ONE, (b * x + d * y) // ONE) for x in (0, 2) for y in (0, 1)]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    turn = EXIF_TURNS[orientation]
    turned = stored if turn is None else stored.transpose(turn)
    assert turned.getpixel((moved[0][0] - left, moved[0][1] - top)) == 255


def test_an_odd_angle_counts_as_the_nearest_right_one() -> None:
    assert facts.orientation((ONE, 9000, 0, -9000, ONE, 0, 0, 0, 1 << 30)) == 1
    assert facts.orientation((9000, ONE, 0, -ONE, 9000, 0, 0, 0, 1 << 30)) == 6


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"creation_time": "2023-05-01T10:00:07.000000Z"},
            TakenTime("2023-05-01T10:00:07", "utc", None, "container:creation_time"),
        ),
        (
            {
                "creation_time": "2023-05-01T10:00:07.000000Z",
                "com.apple.quicktime.creationdate": "2023-05-01T12:00:07+0200",
            },
            TakenTime(
                "2023-05-01T12:00:07",
                "offset_known",
                120,
                "container:com.apple.quicktime.creationdate",
            ),
        ),
        (
            {"com.apple.quicktime.creationdate": "2019-12-31T20:15:00.250-0330"},
            TakenTime(
                "2019-12-31T20:15:00.250",
                "offset_known",
                -210,
                "container:com.apple.quicktime.creationdate",
            ),
        ),
        (
            {"date": "2004:08:17 09:00:01"},
            TakenTime("2004-08-17T09:00:01", "zone_unknown", None, "container:date"),
        ),
        ({"creation_time": "2023-13-01T10:00:07Z"}, None),
        ({"creation_time": "yesterday"}, None),
        ({"date": "2004"}, None),
        ({}, None),
    ],
)
def test_the_time_keeps_its_basis(said: dict[str, str], expected: TakenTime | None) -> None:
    assert facts.taken_time(said) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+37.3349-122.0090+012.345/", (373_349_000, -1_220_090_000, 12_345)),
        ("+48.8577+002.295/", (488_577_000, 22_950_000, None)),
        ("-3352.5+15112.75/", (-338_750_000, 1_512_125_000, None)),
        ("+405126.12-0734051.6/", (408_572_556, -736_810_000, None)),
        ("+27.5916+086.5640+8850CRSWGS_84/", (275_916_000, 865_640_000, 8_850_000)),
        ("+00-000/", (0, 0, None)),
        ("+90.00000001-180/", (900_000_000, -1_800_000_000, None)),
    ],
)
def test_a_place_is_read_in_all_its_forms(text: str, expected: tuple[int, int, int | None]) -> None:
    found = facts.position({"location": text})
    assert found == Position(*expected, "container:location")


@pytest.mark.parametrize(
    "text", ["", "here", "+91.0+000.0/", "+45.0+181.0/", "+45.0", "+4+5/", "++45+090/"]
)
def test_a_place_that_is_none_is_left_out(text: str) -> None:
    assert facts.position({"location": text}) is None


def test_an_absurd_height_is_left_out() -> None:
    found = facts.position({"location": "+45.0+009.0+99999999999999/"})
    assert found == Position(450_000_000, 90_000_000, None, "container:location")


def test_camera_time_and_place_come_through_the_container() -> None:
    video = decoded(
        made(
            frames=3,
            metadata={
                "com.apple.quicktime.make": "Applepie",
                "com.apple.quicktime.model": "Camera 9\x07 Pro",
                "com.apple.quicktime.creationdate": "2023-05-01T12:00:07+0200",
                "com.apple.quicktime.location.ISO6709": "+46.9480+007.4474+540.000/",
                "com.apple.quicktime.software": "17.4",
            },
        )
    )
    assert (video.make, video.model) == ("Applepie", "Camera 9  Pro")
    assert video.taken is not None
    assert (video.taken.wall_clock, video.taken.offset_min) == ("2023-05-01T12:00:07", 120)
    assert video.position is not None
    assert video.position.latitude_e7 == 469_480_000
    assert video.position.altitude_mm == 540_000
    assert MediaTag("container:com.apple.quicktime.software", "17.4") in video.tags


def test_sound_is_named_but_never_decoded() -> None:
    tags = {tag.name: tag.value for tag in decoded(made(frames=3, sound="aac")).tags}
    assert tags["audio:stream"].startswith("aac, 44100 Hz, 1 channels")
    assert tags["video:codec"] == "h264"


def test_texts_and_tags_keep_to_their_limits() -> None:
    many = {f"key{number:03d}" + "k" * 90: "v" * 400 for number in range(200)}
    video = decoded(made(frames=3, metadata=many))
    assert len(video.tags) == 128
    assert max(len(tag.name) for tag in video.tags) <= 64
    assert max(len(tag.value) for tag in video.tags) == 256


def test_pixels_that_are_not_square_are_told() -> None:
    anamorphic = next(kind for kind in KINDS if kind.codec == "dvvideo")
    tags = {
        tag.name: tag.value for tag in decoded(made(anamorphic, frames=2), anamorphic.mime).tags
    }
    assert tags["video:pixel_aspect"] == "16/15"


@pytest.mark.parametrize("digit", ["\uff11", "\u0661"])
def test_digits_of_another_script_are_no_time_and_no_place(digit: str) -> None:
    assert facts.taken_time({"date": f"2019-05-04T12:33:1{digit}"}) is None
    assert facts.taken_time({"date": f"2019-05-04T12:33:10.{digit}"}) is None
    assert facts.position({"location": f"+5{digit}.5+010.5/"}) is None
