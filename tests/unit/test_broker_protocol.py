"""The broker's wire: hostile bytes cost one connection, lengths are bounded, nothing else loads."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import brokers
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polit.base.errors import BrokerGone, BrokerRefused, StorageFull
from polit.broker.client import BrokerClient
from polit.broker.frames import Stream, socket_address
from polit.broker.operations import about
from polit.broker.protocol import CODES, MAX_UPLOAD_BYTES, Code, Hello, Question
from polit.broker.server.operation import registry_of
from polit.broker.serving import operations_by_name

HELLO = b'{"protocol":2}'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[brokers.Broker]:
    """Serve an empty installation for the file."""
    installation = brokers.installed(tmp_path_factory.mktemp("broker"))
    with brokers.serving(installation):
        yield installation


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def spoken(made: brokers.Broker, data: bytes) -> bytes:
    """Send bytes, say that no more come, and return everything that comes back."""
    with closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.settimeout(30)
        with socket_address(made.socket) as address:
            sock.connect(address)
        received = b""
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while piece := sock.recv(65536):
                received += piece
        except (BrokenPipeError, ConnectionResetError):
            pass
        return received


def replied(received: bytes) -> dict[str, object]:
    """Return the reply behind the broker's hello."""
    length = int.from_bytes(received[:4], "big")
    assert json.loads(received[4 : 4 + length]) == {"protocol": 2}
    reply: dict[str, object] = json.loads(received[8 + length :])
    return reply


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_garbage_gets_no_answer_and_harms_nobody(made: brokers.Broker, data: bytes) -> None:
    assert spoken(made, data) == b""
    assert made.client().package_list() == ()


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 200), junk=st.binary(max_size=60))
def test_a_cut_or_lengthened_question_is_dropped_or_refused(
    made: brokers.Broker, cut: int, junk: bytes
) -> None:
    question = framed(HELLO) + framed(b'{"operation":"evidence.list","body":{"place":""}}')
    received = spoken(made, question[: min(cut, len(question) - 1)])
    assert received == b""
    assert replied(spoken(made, question + junk))["type"] == "answer"


@pytest.mark.parametrize("length", [0, (256 << 10) + 1, 1 << 31, 0xFFFFFFFF])
def test_a_length_that_lies_is_not_waited_for(made: brokers.Broker, length: int) -> None:
    began_s = time.monotonic()
    assert spoken(made, length.to_bytes(4, "big") + b"{") == b""
    assert time.monotonic() - began_s < 5


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000 + b"]" * 100_000, b'{"place":' + b"[" * 50_000, b'{"place":1e999}', b"null",
     b'{"place":"","more":1}', b'{"place":"\xff"}', b'{"place":"' + b"x" * 5000 + b'"}'],
)  # fmt: skip
def test_a_body_of_another_form_is_refused_or_dropped(made: brokers.Broker, body: bytes) -> None:
    data = framed(HELLO) + framed(b'{"operation":"evidence.list","body":' + body + b"}")
    received = spoken(made, data)
    if received:
        assert replied(received)["code"] == "bad_request"
    assert made.client().package_list() == ()


def test_another_protocol_number_is_refused(made: brokers.Broker) -> None:
    reply = replied(spoken(made, framed(b'{"protocol":1}') + framed(b"{}")))
    assert reply["code"] == "protocol"


def test_an_operation_that_comes_later_is_refused_by_name(made: brokers.Broker) -> None:
    question = framed(b'{"operation":"match.run","body":{}}')
    assert replied(spoken(made, framed(HELLO) + question))["code"] == "unknown_operation"


@pytest.mark.parametrize(
    ("parts", "code"),
    [("[]", "bad_request"), ("[1,1]", "bad_request"), (f"[{MAX_UPLOAD_BYTES + 1}]", "too_large"),
     ("[900000000000000000]", "too_large")],
)  # fmt: skip
def test_parts_are_refused_before_they_are_read(
    made: brokers.Broker, parts: str, code: str
) -> None:
    question = f'{{"operation":"photograph.reencode","body":{{}},"parts":{parts}}}'
    assert replied(spoken(made, framed(HELLO) + framed(question.encode())))["code"] == code


def test_a_slow_client_costs_only_its_own_connection(made: brokers.Broker) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as slow:
        slow.settimeout(30)
        with socket_address(made.socket) as address:
            slow.connect(address)
        slow.sendall(framed(HELLO)[:5])
        began_s = time.monotonic()
        for _ in range(20):
            made.client().package_list()
        assert time.monotonic() - began_s < 5
        assert slow.recv(1) == b"", "it is dropped when its time is over"
        assert 5 < time.monotonic() - began_s < 25


def test_too_many_connections_are_refused_and_those_after_them_served(
    made: brokers.Broker,
) -> None:
    held = []
    for _ in range(32):
        sock = socket.socket(socket.AF_UNIX)
        with socket_address(made.socket) as address:
            sock.connect(address)
        held.append(sock)
    with pytest.raises(BrokerRefused) as refused:
        made.client().package_list()
    for sock in held:
        sock.close()
    assert refused.value.code == Code.BUSY
    brokers.wait_for(lambda: made.client().package_list() == ())


def test_a_client_that_goes_away_leaves_the_broker_working(made: brokers.Broker) -> None:
    for _ in range(40):
        with closing(socket.socket(socket.AF_UNIX)) as sock:
            with socket_address(made.socket) as address:
                sock.connect(address)
            sock.sendall(framed(HELLO))
    brokers.wait_for(lambda: made.client().package_list() == ())


def test_without_a_broker_the_client_says_so(tmp_path: Path) -> None:
    with pytest.raises(BrokerGone, match="polit broker"):
        BrokerClient(tmp_path / "none.sock").facts()
    with pytest.raises(BrokerGone):
        BrokerClient(tmp_path / "no folder" / ("x" * 120)).facts()


def answering(place: Path, data: bytes) -> BrokerClient:
    """Answer one connection with bytes, whatever is asked; return a client for it."""
    listener = socket.socket(socket.AF_UNIX)
    path = place / "s"
    with socket_address(path) as address:
        listener.bind(address)
    listener.listen()

    def serve() -> None:
        with listener, listener.accept()[0] as sock:
            sock.sendall(data)
            time.sleep(0.2)

    threading.Thread(target=serve, daemon=True).start()
    return BrokerClient(path, timeout_s=3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        framed(HELLO) + framed(b"[]"),
        framed(HELLO) + framed(b'{"type":"answer","body":{"protocol":"x"}}'),
        framed(b'{"protocol":9}') + framed(b'{"type":"answer","body":{}}'),
        framed(HELLO) + framed(b'{"type":"answer","body":{},"parts":[70000000]}'),
        framed(HELLO) + framed(b'{"type":"answer","body":{},"parts":[10]}') + b"short",
    ],
)
def test_a_broker_that_lies_is_called_gone(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BrokerGone):
        answering(tmp_path, data).facts()


def test_an_answer_without_its_parts_is_called_gone(tmp_path: Path) -> None:
    body = b'{"type":"answer","body":{"media_type":"image/jpeg","width_px":1,"height_px":1}}'
    with pytest.raises(BrokerGone, match="parts"):
        answering(tmp_path, framed(HELLO) + framed(body)).render("x")


def test_a_stream_past_its_deadline_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = Stream(ours, time.monotonic() - 1)
        with pytest.raises(BrokerGone, match="too long"):
            stream.send(Hello(1))
        stream.deadline_s = time.monotonic() + 0.2
        with pytest.raises(BrokerGone, match="silent"):
            stream.receive_bytes(1)
        stream.deadline_s = time.monotonic() + 0.2
        with pytest.raises(BrokerGone, match="takes nothing"):
            stream.send(Question("x", msgspec.Raw(b"{}")), [b"x" * (8 << 20)])


def test_two_operations_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="facts"):
        registry_of((about, about))


def test_every_code_is_explained_and_stated_codes_exist() -> None:
    assert set(CODES) == set(Code)
    assert all(set(each.codes) <= set(Code) for each in operations_by_name().values())


def test_reading_packages_and_asking_the_broker_load_no_codec() -> None:
    script = (
        "import sys, polit.package.read, polit.package.verify, polit.broker.client\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    forbidden = {"PIL", "av", "pytsk3", "numpy", "psycopg", "django"}
    assert not forbidden & {name.partition(".")[0] for name in loaded}
    engine = ("polit.sandbox", "polit.decode", "polit.evidence", "polit.run", "polit.examine",
              "polit.broker.server", "polit.broker.operations")  # fmt: skip
    assert not [name for name in loaded if name.startswith(engine)]


@pytest.mark.parametrize(
    ("error", "said"),
    [(StorageFull("no room at a place"), "error 1100"), (ZeroDivisionError("a name"), "Zero")],
)
def test_what_fails_within_costs_one_question_and_tells_no_name(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("polit.broker.operations.packages.list_packages", fail)
    with pytest.raises(BrokerRefused, match=said) as refused:
        made.client().package_list()
    assert refused.value.code == Code.FAILED
    assert "a place" not in str(refused.value)
    assert "a name" not in str(refused.value)
    monkeypatch.undo()
    assert made.client().package_list() == ()
