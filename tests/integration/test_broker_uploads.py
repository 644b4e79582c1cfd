"""Uploads to the broker: in pieces, resumable, bounded, under harmless names."""

import os
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import brokers
import pytest

from polit.base.errors import BrokerRefused
from polit.broker.client import BrokerClient, Code
from polit.broker.server.uploads import Uploads, safe_name

A_DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> brokers.Broker:
    return brokers.installed(tmp_path_factory.mktemp("broker"))


@pytest.fixture(scope="module")
def client(made: brokers.Broker) -> Iterator[BrokerClient]:
    """Serve it: one broker for all tests, as starting and ending its decoders takes seconds."""
    with brokers.serving(made) as client:
        yield client


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path, max_bytes=10, wanted=frozenset)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(BrokerRefused) as error:
        call()
    return error.value.code


def an_id() -> str:
    return str(uuid.uuid4())


def test_pieces_make_the_file_and_its_digest(made: brokers.Broker, client: BrokerClient) -> None:
    data = os.urandom(3 << 20)
    upload_id = an_id()
    assert client.upload_begin(upload_id, file_name="list.csv").received_bytes == 0
    for start in range(0, len(data), 1 << 20):
        client.upload_part(upload_id, data[start : start + (1 << 20)], offset_bytes=start)
    ended = client.upload_end(upload_id)
    assert (ended.received_bytes, ended.sha256) == (len(data), sha256(data).hexdigest())
    assert client.upload_end(upload_id) == ended
    late = refused(lambda: client.upload_part(upload_id, b"more", offset_bytes=len(data)))
    assert late == Code.WRONG_OFFSET
    (path,) = (made.data / "broker" / "uploads" / upload_id).glob("*.csv")
    assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_piece_over_its_limit_is_refused_before_it_is_read(client: BrokerClient) -> None:
    upload_id = an_id()
    client.upload_begin(upload_id, file_name="a.txt")
    piece = bytes((16 << 20) + 1)
    assert refused(lambda: client.upload_part(upload_id, piece, offset_bytes=0)) == Code.TOO_LARGE


def test_what_was_discarded_is_no_upload(made: brokers.Broker, client: BrokerClient) -> None:
    upload_id = an_id()
    client.upload_begin(upload_id, file_name="a.txt")
    client.upload_discard(upload_id)
    client.upload_discard(upload_id)
    assert refused(lambda: client.upload_end(upload_id)) == Code.NO_UPLOAD
    assert not (made.data / "broker" / "uploads" / upload_id).exists()


def test_an_upload_goes_on_where_a_broker_ended(tmp_path: Path, uploads: Uploads) -> None:
    upload_id = an_id()
    uploads.begin(upload_id, "a.txt")
    uploads.part(upload_id, 0, b"first")
    for offset in (6, 0):
        again = refused(partial(uploads.part, upload_id, offset, b"x"))
        assert again == Code.WRONG_OFFSET
    next_one = Uploads(tmp_path, max_bytes=10, wanted=frozenset)
    assert next_one.begin(upload_id, "a.txt").received_bytes == 5
    assert refused(lambda: next_one.path_of(upload_id)) == Code.NO_UPLOAD
    next_one.part(upload_id, 5, b" last")
    assert next_one.end(upload_id).sha256 == sha256(b"first last").hexdigest()
    assert next_one.path_of(upload_id).read_bytes() == b"first last"


def test_a_file_over_the_limit_is_refused_at_the_first_byte_too_many(uploads: Uploads) -> None:
    upload_id = an_id()
    uploads.begin(upload_id, "a.txt")
    uploads.part(upload_id, 0, b"0123456789")
    assert refused(lambda: uploads.part(upload_id, 10, b"x")) == Code.TOO_LARGE


def test_nobody_fills_the_disk_with_uploads_that_were_begun(uploads: Uploads) -> None:
    for _ in range(16):
        uploads.begin(an_id(), "a.txt")
    assert refused(lambda: uploads.begin(an_id(), "b")) == Code.BUSY


def test_what_lies_idle_gives_way_and_what_an_errand_needs_does_not(tmp_path: Path) -> None:
    idle, needed = an_id(), an_id()
    uploads = Uploads(tmp_path, max_bytes=10, wanted=lambda: frozenset({needed}))
    for upload_id in (idle, needed, *(an_id() for _ in range(14))):
        uploads.begin(upload_id, "a.txt")
    for number, upload_id in enumerate((needed, idle)):
        for path in (*(tmp_path / upload_id).iterdir(), tmp_path / upload_id):
            earlier_s = path.stat().st_mtime - 3600 + number
            os.utime(path, (earlier_s, earlier_s))

    uploads.begin(an_id(), "b.txt")

    assert needed in {each.name for each in tmp_path.iterdir()}
    assert refused(lambda: uploads.part(idle, 0, b"more")) == Code.NO_UPLOAD
    assert refused(lambda: uploads.begin(an_id(), "c")) == Code.BUSY


def test_old_uploads_go_but_for_those_an_errand_needs(tmp_path: Path) -> None:
    old, needed, fresh = an_id(), an_id(), an_id()
    uploads = Uploads(tmp_path, max_bytes=10, wanted=lambda: frozenset({needed}))
    for upload_id in (old, needed, fresh):
        uploads.begin(upload_id, "a.txt")
    for upload_id in (old, needed):
        for path in (tmp_path / upload_id, *(tmp_path / upload_id).iterdir()):
            stat = path.stat()
            os.utime(path, (stat.st_atime - 2 * A_DAY_S, stat.st_mtime - 2 * A_DAY_S))
    assert uploads.sweep() == 1
    assert {each.name for each in tmp_path.iterdir()} == {needed, fresh}


def test_a_full_disk_is_told_and_takes_back_what_did_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = Uploads(tmp_path, max_bytes=1000, wanted=frozenset)
    upload_id = an_id()
    uploads.begin(upload_id, "a.txt")
    uploads.part(upload_id, 0, b"fits")
    real = os.write

    def fills(descriptor: int, data: bytes) -> int:
        if len(data) < 4:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[:2])

    monkeypatch.setattr(os, "write", fills)
    assert refused(lambda: uploads.part(upload_id, 4, b"not all")) == Code.NO_ROOM
    monkeypatch.undo()
    assert uploads.begin(upload_id, "a.txt").received_bytes == 4
    uploads.part(upload_id, 4, b" all")
    assert uploads.end(upload_id).sha256 == sha256(b"fits all").hexdigest()


@pytest.mark.parametrize(
    ("untrusted", "safe"),
    [
        ("NSRL 2024.db", "NSRL_2024.db"),
        ("../../etc/passwd", "passwd"),
        ("C:\\lists\\a.csv", "a.csv"),
        (".hidden", "hidden"),
        ("upload.json", "file"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\0", "file"),
        ("", "file"),
        ("-rf", "rf"),
        ("x" * 300 + ".json", "x" * 95 + ".json"),
    ],
)
def test_names_are_made_harmless(untrusted: str, safe: str) -> None:
    assert safe_name(untrusted) == safe
