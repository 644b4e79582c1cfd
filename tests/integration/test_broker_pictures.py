"""Pictures leave the broker for a committed, fresh event, once, marked, whatever is killed."""

import contextlib
import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import brokers
import numpy as np
import pytest
from PIL import Image, ImageOps

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import BrokerClient, Code
from polit.store.case_keys import destroy_case_key

LANDSCAPE = brokers.landscape()
BROKEN = brokers.landscape(seed=9)[:500]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> brokers.Broker:
    """Return an installation whose vault keeps a landscape and a broken picture."""
    installation = brokers.installed(tmp_path_factory.mktemp("broker"))
    installation.keep(LANDSCAPE)
    installation.keep(BROKEN)
    return installation


@pytest.fixture(scope="module")
def client(made: brokers.Broker) -> Iterator[BrokerClient]:
    """Serve it for the file."""
    with brokers.serving(made, attacks=True) as client:
        yield client


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def code_of(client: BrokerClient, event_id: str) -> str:
    with pytest.raises(BrokerRefused) as refused:
        client.render(event_id)
    return refused.value.code


def rung(name: str) -> str:
    return json.dumps({"rung": name})


@pytest.mark.parametrize(
    ("name", "size", "mode"),
    [("grey160", (160, 120), "L"), ("colour160", (160, 120), "RGB"),
     ("full_grey", (800, 600), "L"), ("full", (800, 600), "RGB")],
)  # fmt: skip
def test_each_rung_shows_what_it_says_and_is_marked(
    made: brokers.Broker, client: BrokerClient, name: str, size: tuple[int, int], mode: str
) -> None:
    shown = client.render(made.event(digest(LANDSCAPE), details=rung(name)))
    picture = brokers.upright(shown.data)
    assert (shown.media_type, picture.mode) == ("image/jpeg", mode)
    assert picture.size == (shown.width_px, shown.height_px)
    assert (shown.width_px, shown.height_px > size[1]) == (size[0], name.startswith("full"))
    original = brokers.upright(LANDSCAPE).resize(size).convert(mode)
    changed = np.asarray(picture.crop((0, 0, *size)), dtype=int) - np.asarray(original, dtype=int)
    assert 0.01 < (abs(changed) > 25).mean() < 0.5, "marked, and still the same picture"


def test_a_turned_picture_with_metadata_comes_upright_and_without(
    made: brokers.Broker, client: BrokerClient
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret Maker"
    content = brokers.landscape((300, 200), exif=exif)
    shown = client.render(made.event(made.keep(content), details=rung("full")))
    assert shown.width_px == 200
    assert ImageOps.exif_transpose(Image.open(BytesIO(content))).size == (200, 300)
    assert b"Secret" not in shown.data
    assert b"Exif" not in shown.data


def test_an_event_is_good_for_one_picture(made: brokers.Broker, client: BrokerClient) -> None:
    event_id = made.event(digest(LANDSCAPE))
    assert client.render(event_id).data
    for spelling in (event_id, event_id.upper(), event_id.replace("-", ""), f"{{{event_id}}}"):
        assert code_of(client, spelling) == Code.USED


def test_of_twenty_asks_at_once_one_gets_the_picture(
    made: brokers.Broker, client: BrokerClient
) -> None:
    event_id = made.event(digest(LANDSCAPE))
    got: list[bytes] = []
    codes: list[str] = []
    gate = threading.Barrier(20)

    def ask() -> None:
        gate.wait()
        try:
            got.append(client.render(event_id).data)
        except BrokerRefused as refused:
            codes.append(refused.code)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    assert codes == [Code.USED] * 19


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "pictures.list"},
        {"nature": "alteration"},
        {"subject_kind": "exhibit"},
        {"subject_id": "x"},
        {"subject_id": ""},
        {"case_reference": " "},
        {"details": "{}"},
        {"details": rung("huge")},
        {"details": "[" * 100_000},
        {"details": "\udc80".encode(errors="surrogateescape")},
    ],
)
def test_an_event_about_anything_else_shows_nothing(
    made: brokers.Broker, client: BrokerClient, changes: dict[str, object]
) -> None:
    subject = str(changes.pop("subject_id", digest(LANDSCAPE)))
    assert code_of(client, made.event(subject, **changes)) in {Code.WRONG_ACTION, Code.NO_RECORD}


@pytest.mark.parametrize(("age_s", "is_shown"), [(61, False), (30, True), (-30, False)])
def test_only_a_fresh_event_shows_a_picture(
    made: brokers.Broker, client: BrokerClient, age_s: int, is_shown: bool
) -> None:
    instant = (datetime.now(UTC) - timedelta(seconds=age_s)).replace(tzinfo=None)
    event_id = made.event(digest(LANDSCAPE), recorded_at=instant.isoformat(" "))
    if is_shown:
        assert client.render(event_id).data
    else:
        assert code_of(client, event_id) == Code.STALE


def test_an_instant_that_is_none_is_no_record(made: brokers.Broker, client: BrokerClient) -> None:
    assert code_of(client, made.event(digest(LANDSCAPE), recorded_at="soon")) == Code.NO_RECORD


@pytest.mark.parametrize("event_id", ["", "x", "..", "4f3a9c12-0000-4000-8000-000000000000"])
def test_an_event_that_is_not_recorded_shows_nothing(client: BrokerClient, event_id: str) -> None:
    assert code_of(client, event_id) == Code.NO_EVENT


def test_an_event_that_is_not_committed_shows_nothing(
    made: brokers.Broker, client: BrokerClient
) -> None:
    event_id = made.event(digest(LANDSCAPE))
    with contextlib.closing(made.record()) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE audit_event SET event_id = ? WHERE event_id = ?",
            ("ab" * 16, event_id.replace("-", "")),
        )
        assert code_of(client, "abababab-abab-abab-abab-abababababab") == Code.NO_EVENT
        connection.execute("ROLLBACK")
    assert client.render(event_id).data


def test_an_original_is_shown_for_its_own_case_alone(
    made: brokers.Broker, client: BrokerClient
) -> None:
    other = brokers.landscape(seed=5)
    made.keep(other, case="T-2")
    for content, case in ((LANDSCAPE, "T-2"), (other, "T-1"), (other, "T-3"), (b"?", "T-1")):
        event_id = made.event(digest(content), case_reference=case)
        assert code_of(client, event_id) == Code.UNKNOWN_ITEM
    assert client.render(made.event(digest(other), case_reference="T-2")).data


def test_of_an_erased_case_nothing_is_shown(made: brokers.Broker, client: BrokerClient) -> None:
    content = brokers.landscape(seed=6)
    made.keep(content, case="T-9")
    destroy_case_key(made.data, "T-9", reason="court order")
    event_id = made.event(digest(content), case_reference="T-9")
    assert code_of(client, event_id) == Code.ERASED


def test_what_does_not_decode_is_told_and_its_event_is_spent(
    made: brokers.Broker, client: BrokerClient
) -> None:
    event_id = made.event(digest(BROKEN))
    assert code_of(client, event_id) == Code.UNDECODABLE
    assert code_of(client, event_id) == Code.USED


def test_a_damaged_original_is_told(made: brokers.Broker, client: BrokerClient) -> None:
    content = brokers.landscape(seed=7)
    made.keep(content, case="T-7")
    (path,) = (made.data / "vault" / "cases" / "T-7").glob("??/" + "?" * 64)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-40] + b"x" * 40)
    event_id = made.event(digest(content), case_reference="T-7")
    assert code_of(client, event_id) == Code.DAMAGED


def test_without_a_record_or_full_isolation_nothing_is_shown(tmp_path: Path) -> None:
    installation = brokers.installed(tmp_path)
    installation.keep(LANDSCAPE)
    event_id = installation.event(digest(LANDSCAPE))
    with brokers.serving(installation, database=str(tmp_path / "none.sqlite3")) as client:
        assert code_of(client, event_id) == Code.NO_RECORD
    with brokers.serving(installation) as client:
        assert client.render(event_id).data


@pytest.mark.parametrize("point", ["broker.marked", "broker.rendered"])
def test_a_kill_between_mark_and_bytes_spends_the_event(tmp_path: Path, point: str) -> None:
    installation = brokers.installed(tmp_path)
    installation.keep(LANDSCAPE)
    event_id = installation.event(digest(LANDSCAPE))
    client = installation.start(POLIT_FAULTS=f"{point}:kill")
    with pytest.raises(BrokerGone):
        client.render(event_id)
    assert installation.process is not None
    assert installation.process.wait(30) == -signal.SIGKILL
    client = installation.start()
    assert code_of(client, event_id) == Code.USED
    assert client.render(installation.event(digest(LANDSCAPE))).data
    assert installation.end() == 0
    lines = (tmp_path / "log").read_text()
    assert "A. Example" not in lines
    assert digest(LANDSCAPE) not in lines


def test_a_photograph_comes_back_as_pixels_alone(client: BrokerClient) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 8, "Secret Maker"
    sent = brokers.landscape((3000, 1500), exif=exif)
    got = client.photograph_reencode(sent + b"trailing bytes")
    full, thumbnail = brokers.upright(got.full), brokers.upright(got.thumbnail)
    assert full.size == (got.width_px, got.height_px) == (1000, 2000)
    assert thumbnail.size == (160, 320)
    assert got.media_type == "image/jpeg"
    for data in (got.full, got.thumbnail):
        assert b"Secret" not in data
        assert b"trailing" not in data


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF"])
def test_other_photographs_are_taken_too(client: BrokerClient, form: str) -> None:
    stream = BytesIO()
    brokers.upright(LANDSCAPE).save(stream, form)
    assert client.photograph_reencode(stream.getvalue()).width_px == 800


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8\xff" + b"\0" * 900, b"<svg/>", os.urandom(5000),
             b"\0\0\0\x18ftypqt  "],
)  # fmt: skip
def test_what_is_no_photograph_is_refused(client: BrokerClient, data: bytes) -> None:
    with pytest.raises(BrokerRefused) as refused:
        client.photograph_reencode(data)
    assert refused.value.code == Code.UNDECODABLE


def test_the_isolation_level_is_told(client: BrokerClient) -> None:
    facts = client.facts()
    assert facts.protocol == 2
    assert facts.isolation_level in {"full", "reduced", "none"}
