"""Pages, stories, sequences and sound leave the broker once, for an event of their own case."""

import io
import json
import sqlite3
import wave
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import brokers
import made_videos
import numpy as np
import pytest
import shown_packages as shown

from polit.base.errors import BrokerRefused
from polit.broker.client import BrokerClient, Code

VIDEO = made_videos.made(frames=100, sound=("aac", 440))
SILENT = made_videos.made(frames=50)
CUT = made_videos.index_first(SILENT)[:-2000]
PICTURES = 5
LANDSCAPE = brokers.landscape()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> brokers.Broker:
    """Return an installation with a package, and videos in its vault."""
    installation = brokers.installed(tmp_path_factory.mktemp("broker"))
    shown.lay(installation, PICTURES, story=3)
    installation.keep(LANDSCAPE)
    for content in (VIDEO, SILENT, CUT, VIDEO[: len(VIDEO) // 2]):
        installation.keep(content, mime="video/mp4")
    return installation


@pytest.fixture(scope="module")
def client(made: brokers.Broker) -> Iterator[BrokerClient]:
    """Serve it for the file; the package is adopted under its case."""
    with brokers.serving(made) as client:
        shown.adopted(client)
        yield client


def items(count: int) -> list[tuple[str, bytes]]:
    return [(shown.PLACE, shown.digest_of(number)) for number in range(count)]


def refused(client: BrokerClient, event_id: str) -> str:
    with pytest.raises(BrokerRefused) as error:
        client.render_many(event_id)
    return error.value.code


def event(made: brokers.Broker, action: str, content: bytes, **details: object) -> str:
    subject = sha256(content).hexdigest()
    return made.event(subject, action=action, details=json.dumps(details))


@pytest.mark.parametrize(("rung", "mode"), [("grey160", "L"), ("colour160", "RGB")])
def test_a_page_comes_in_its_order_small_marked_and_each_with_its_code(
    made: brokers.Broker, client: BrokerClient, rung: str, mode: str
) -> None:
    wanted = [
        *items(PICTURES), (shown.PLACE, bytes(32)), ("T-1/none.polit", shown.digest_of(0)),
        ("T-1/../T-1/AB%2F1.polit", shown.digest_of(0)),
    ]  # fmt: skip
    parts = client.render_many(shown.page(made, wanted, rung=rung))
    assert [part.code for part in parts] == [""] * (PICTURES - 1) + [
        Code.NO_THUMBNAIL, Code.NO_THUMBNAIL, Code.NO_PACKAGE, Code.NO_PACKAGE,
    ]  # fmt: skip
    for number, part in enumerate(parts[: PICTURES - 1]):
        picture = brokers.upright(part.data)
        assert (picture.size, picture.mode) == ((160, 120), mode)
        assert (part.width_px, part.height_px, part.of_width_px) == (160, 120, 256)
        assert part.media_type == "image/jpeg"
        plain = brokers.upright(brokers.landscape((256, 192), number)).resize((160, 120))
        changed = abs(np.asarray(picture, int) - np.asarray(plain.convert(mode), int)) > 25
        assert 0.005 < changed.mean() < 0.2, "marked, and still the same picture"
    assert all(part.data == b"" for part in parts if part.code)


def test_an_event_is_good_for_one_page_and_for_nothing_else(
    made: brokers.Broker, client: BrokerClient
) -> None:
    event_id = shown.page(made, items(1))
    with pytest.raises(BrokerRefused) as error:
        client.render(event_id)
    assert error.value.code == Code.WRONG_ACTION
    assert client.render_many(event_id)[0].code == ""
    assert refused(client, event_id) == Code.USED
    old = (datetime.now(UTC) - timedelta(seconds=61)).replace(tzinfo=None).isoformat(" ")
    assert refused(client, shown.page(made, items(1), recorded_at=old)) == Code.STALE
    picture = event(made, "pictures.show", LANDSCAPE, rung="full")
    assert refused(client, picture) == Code.WRONG_ACTION
    assert client.render(picture).data


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_id": "2"}, {"subject_kind": "content"}, {"nature": "alteration"},
        {"rung": "full"}, {"case_reference": " "}, {"details": '{"rung":"grey160","items":[]}'},
        {"details": '{"rung":"grey160","items":[{"package":"T-1/AB%2F1.polit","sha256":"ab"}]}'},
    ],
)  # fmt: skip
def test_an_event_of_another_form_shows_no_page(
    made: brokers.Broker, client: BrokerClient, changes: dict[str, str]
) -> None:
    event_id = shown.page(made, items(1), **changes)
    assert refused(client, event_id) == Code.WRONG_ACTION


def test_a_page_has_a_hundred_pictures_and_no_more(
    made: brokers.Broker, client: BrokerClient
) -> None:
    assert len(client.render_many(shown.page(made, items(1) * 100))) == 100
    assert refused(client, shown.page(made, items(1) * 101)) == Code.WRONG_ACTION


def test_a_package_is_shown_for_the_cases_alone_that_adopted_it(
    made: brokers.Broker, client: BrokerClient
) -> None:
    for case in ("T-2", "T-3"):
        if case == "T-2":
            made.keep(LANDSCAPE, case=case)  # the case has a key, and no such package
        (part,) = client.render_many(shown.page(made, items(1), case_reference=case))
        assert (part.code, part.data) == (Code.WRONG_CASE, b"")
    digest = shown.digest_of(0).hex()
    details = json.dumps({"rung": "grey160", "package": shown.PLACE})
    story = made.event(digest, action="pictures.story", details=details, case_reference="T-2")
    assert refused(client, story) == Code.WRONG_CASE


def test_a_story_has_all_key_frames_of_its_video(
    made: brokers.Broker, client: BrokerClient
) -> None:
    def story(number: int, rung: str, place: str = shown.PLACE) -> str:
        details = json.dumps({"rung": rung, "package": place})
        digest = shown.digest_of(number).hex()
        return made.event(digest, action="pictures.story", details=details)

    small = client.render_many(story(0, "grey160"))
    assert [(part.at_ms, part.width_px) for part in small] == [(500, 160), (1000, 160), (1500, 160)]
    assert brokers.upright(client.render_many(story(0, "full"))[0].data).size[0] == 256
    assert refused(client, story(1, "grey160")) == Code.NO_THUMBNAIL
    assert refused(client, story(0, "grey160", "T-1/none.polit")) == Code.NO_PACKAGE


def test_an_altered_thumbnail_is_not_shown(made: brokers.Broker, client: BrokerClient) -> None:
    folder = made.data / "packages" / shown.PLACE
    pack, rows = folder / "derivatives" / "thumbnails.pack", folder / "findings.sqlite"
    kept, kept_rows = pack.read_bytes(), rows.read_bytes()
    damaged = bytearray(kept)
    damaged[200] ^= 1
    pack.write_bytes(bytes(damaged))
    codes = [part.code for part in client.render_many(shown.page(made, items(2)))]
    assert codes == [Code.DAMAGED, ""]
    pack.write_bytes(kept)
    for change in (
        "plaintext_sha256 = zeroblob(32)", "offset_bytes = 1 << 40", "pack = '../x'",
        "media_type = 'video/mp4'",
    ):  # fmt: skip
        with closing(sqlite3.connect(rows)) as connection, connection:
            connection.execute(f"UPDATE derivatives SET {change} WHERE role = 'thumbnail'")
        (part,) = client.render_many(shown.page(made, items(1)))
        assert (part.code, part.data) == (Code.DAMAGED, b"")
        rows.write_bytes(kept_rows)
    assert client.render_many(shown.page(made, items(1)))[0].code == ""


def test_a_part_of_a_picture_is_shown_where_it_lies_within(
    made: brokers.Broker, client: BrokerClient
) -> None:
    region = [100, 50, 300, 200]
    made_of = client.render(event(made, "pictures.show", LANDSCAPE, rung="full", region=region))
    assert (made_of.width_px, made_of.of_width_px, made_of.of_height_px) == (300, 800, 600)
    outside = event(made, "pictures.show", LANDSCAPE, rung="full", region=[900, 0, 9, 9])
    with pytest.raises(BrokerRefused) as error:
        client.render(outside)
    assert error.value.code == Code.UNDECODABLE
    frame = client.render(event(made, "pictures.show", VIDEO, rung="full", at_ms=2000))
    assert (frame.at_ms, frame.width_px) == (2000, 128)


def test_a_sequence_is_what_single_frames_are(made: brokers.Broker, client: BrokerClient) -> None:
    def frames(content: bytes = VIDEO, **details: object) -> str:
        asked = {"rung": "full", "from_ms": 0, "step_ms": 200, "count": 4, "side_px": 128}
        return event(made, "pictures.frames", content, **{**asked, **details})

    parts = client.render_many(frames(from_ms=990))
    assert [part.at_ms for part in parts] == [1000, 1200, 1400, 1600]
    for part in parts:
        alone = client.render(event(made, "pictures.show", VIDEO, rung="full", at_ms=part.at_ms))
        one, other = (np.asarray(brokers.upright(each.data), int) for each in (part, alone))
        assert abs(one[:96] - other[:96]).mean() < 6, "the marks have another event"
        assert (part.width_px, part.of_width_px, part.of_height_px) == (128, 128, 96)
    small = client.render_many(frames(rung="grey160", step_ms=0, count=3, side_px=64))
    assert [(part.at_ms, part.width_px) for part in small] == [(0, 64), (40, 64), (80, 64)]
    assert len(client.render_many(frames(step_ms=0, count=64))) == 64
    assert [part.at_ms for part in client.render_many(frames(from_ms=3500))] == [3520, 3720, 3920]
    assert [part.at_ms for part in client.render_many(frames(from_ms=60_000))] == [3960]
    assert 0 < len(client.render_many(frames(content=CUT, step_ms=0, count=60))) <= 50
    assert refused(client, frames(count=65)) == Code.WRONG_ACTION
    assert refused(client, frames(side_px=1281)) == Code.WRONG_ACTION
    assert refused(client, frames(content=LANDSCAPE)) == Code.UNDECODABLE
    assert refused(client, frames(content=VIDEO[: len(VIDEO) // 2])) == Code.UNDECODABLE


def test_sound_is_samples_alone(made: brokers.Broker, client: BrokerClient) -> None:
    def sound(content: bytes = VIDEO, **details: object) -> str:
        return event(made, "sounds.play", content, **{"from_ms": 0, "length_ms": 2000, **details})

    event_id = sound(from_ms=1000)
    heard = client.sound(event_id)
    assert (heard.media_type, heard.length_ms) == ("audio/wav", 2000)
    with wave.open(io.BytesIO(heard.data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        samples = np.frombuffer(file.readframes(1 << 20), "<i2")
    loudest = np.argmax(abs(np.fft.rfft(samples))) * 22_050 / len(samples)
    assert loudest == pytest.approx(440, abs=2)
    assert 3900 < client.sound(sound(length_ms=60_000)).length_ms < 4200
    codes = []
    for asked in (
        event_id, sound(SILENT), sound(LANDSCAPE), sound(from_ms=60_000), sound(length_ms=60_001),
        sound(VIDEO[: len(VIDEO) // 2]),
    ):  # fmt: skip
        with pytest.raises(BrokerRefused) as error:
            client.sound(asked)
        codes.append(error.value.code)
    assert codes == [
        Code.USED, Code.NO_SOUND, Code.NO_SOUND, Code.NO_SOUND, Code.WRONG_ACTION, Code.UNDECODABLE,
    ]  # fmt: skip
