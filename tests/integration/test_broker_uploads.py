"""Uploads to the broker: in pieces, resumable, bounded, under harmless names."""

import os
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import brokers
import pytest

from polit.base.errors import BrokerRefused
from polit.broker.client import Code
from polit.broker.server.uploads import Uploads, safe_name

A_DAY_S = 24 * 3600


@pytest.fixture
def made(tmp_path: Path) -> brokers.Broker:
    return brokers.installed(tmp_path)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(BrokerRefused) as error:
        call()
    return error.value.code


def an_id() -> str:
    return str(uuid.uuid4())


def test_pieces_make_the_file_and_its_digest(made: brokers.Broker) -> None:
    data = os.urandom(3 << 20)
    upload_id = an_id()
    with brokers.serving(made) as client:
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


def test_an_upload_goes_on_where_a_broker_ended(made: brokers.Broker) -> None:
    upload_id = an_id()
    with brokers.serving(made) as client:
        client.upload_begin(upload_id, file_name="a.txt")
        client.upload_part(upload_id, b"first", offset_bytes=0)
        gap = refused(lambda: client.upload_part(upload_id, b"x", offset_bytes=6))
        again = refused(lambda: client.upload_part(upload_id, b"first", offset_bytes=0))
        assert (gap, again) == (Code.WRONG_OFFSET, Code.WRONG_OFFSET)
    with brokers.serving(made) as client:
        assert client.upload_begin(upload_id, file_name="a.txt").received_bytes == 5
        client.upload_part(upload_id, b" and last", offset_bytes=5)
        assert client.upload_end(upload_id).sha256 == sha256(b"first and last").hexdigest()


def test_a_file_over_the_limit_and_a_piece_over_its_limit_are_refused(
    made: brokers.Broker,
) -> None:
    upload_id = an_id()
    with brokers.serving(made, max_upload_bytes=10) as client:
        client.upload_begin(upload_id, file_name="a.txt")
        client.upload_part(upload_id, b"0123456789", offset_bytes=0)
        over = refused(lambda: client.upload_part(upload_id, b"x", offset_bytes=10))
        piece = bytes((16 << 20) + 1)
        long = refused(lambda: client.upload_part(upload_id, piece, offset_bytes=10))
    assert (over, long) == (Code.TOO_LARGE, Code.TOO_LARGE)


def test_nobody_fills_the_disk_with_uploads_that_were_begun(made: brokers.Broker) -> None:
    with brokers.serving(made) as client:
        for _ in range(8):
            client.upload_begin(an_id(), file_name="a.txt")
        upload_id = an_id()
        assert refused(lambda: client.upload_begin(upload_id, file_name="b")) == Code.BUSY


def test_what_was_discarded_or_never_ended_is_no_upload(made: brokers.Broker) -> None:
    upload_id = an_id()
    with brokers.serving(made) as client:
        client.upload_begin(upload_id, file_name="a.txt")
        client.upload_discard(upload_id)
        client.upload_discard(upload_id)
        assert refused(lambda: client.upload_end(upload_id)) == Code.NO_UPLOAD
    assert not list((made.data / "broker" / "uploads").iterdir())


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
