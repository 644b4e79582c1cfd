"""The process of an errand: what becomes of what its command printed."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest

from polit.broker import errand
from polit.broker.errand_talk import MAX_RESULT_BYTES, ErrandEnded, ErrandOrder, ErrandTold

ID = "4f3a9c12-0000-4000-8000-000000000000"


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with TemporaryFile(dir=tmp_path) as out, TemporaryFile(dir=tmp_path) as err:
        yield out, err


@pytest.mark.parametrize(
    ("code", "out", "err", "message"),
    [
        (0, b"{}", b"polit: a warning\n", ""),
        (4, b'{"error": {"message": "it is damaged"}}', b"polit: other\n", "it is damaged"),
        (4, b'{"holds": false}', b"", ""),
        (6, b"", b"a line\npolit: it cannot be opened\n\n", "it cannot be opened"),
        (6, b"[1]", b"polit: no list\n", "no list"),
        (6, b'{"error": 7}', b"polit: no object\n", "no object"),
        (1, b"", b"", ""),
    ],
)
def test_a_message_is_what_the_refusal_says(
    files: tuple[IO[bytes], IO[bytes]], code: int, out: bytes, err: bytes, message: str
) -> None:
    for stream, data in zip(files, (out, err), strict=True):
        os.write(stream.fileno(), data)
    assert errand.ended(code, *files) == ErrandEnded(code, message, out.decode())


def test_a_result_that_is_too_long_is_lost_and_not_what_was_done(
    files: tuple[IO[bytes], IO[bytes]],
) -> None:
    os.write(files[0].fileno(), b"x" * (MAX_RESULT_BYTES + 1))
    told = errand.ended(0, *files)
    assert (told.exit_code, told.result) == (0, "")
    assert "too many" in told.message


def test_messages_lose_the_machines_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", "/var/lib/x")
    order = ErrandOrder(ID, ("hashset",), reads=("/srv/incoming/a.db",), writes=("/mnt/sets",))
    told = ErrandTold(order, "/var/lib/x/broker/errands/1")
    said = "/srv/incoming/a.db: /mnt/sets/1 /var/lib/x/broker/errands/1/t /var/lib/x/keys"
    assert errand.for_people(said, told) == "a.db: sets/1 the work folder/t the data folder/keys"
