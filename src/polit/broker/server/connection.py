"""One connection: who it is, one question, one reply. Whatever it does costs only itself."""

import socket
import struct
from collections.abc import Iterable, Mapping

import msgspec

from polit.base.clock import monotonic_s
from polit.base.errors import BrokerGone, BrokerRefused, PolitError
from polit.broker.frames import Stream
from polit.broker.protocol import (
    MAX_MESSAGE_BYTES,
    PROTOCOL,
    Answer,
    Code,
    Hello,
    Question,
    Refusal,
)
from polit.broker.server.log import log
from polit.broker.server.operation import Operation
from polit.broker.server.room import Room

_ASKING_S = 10.0
_BYTES_A_SECOND = 2 << 20
_ANSWERING_S = 20.0
_REFUSING_S = 0.5
_CREDENTIALS = struct.Struct("=iII")  # pid, uid, gid (unix(7), SO_PEERCRED)
_hello = msgspec.json.Decoder(Hello)
_question = msgspec.json.Decoder(Question)


def peer_uid(sock: socket.socket) -> int:
    """Return the user id of whoever connected, as the kernel noted it."""
    raw = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    uid: int = _CREDENTIALS.unpack(raw)[1]
    return uid


def serve_connection(sock: socket.socket, room: Room, operations: Mapping[str, Operation]) -> None:
    """Answer one question, or drop the connection; raises nothing that it causes."""
    uid = peer_uid(sock)
    if uid not in room.settings.peers:
        log("peer.refused", uid=uid)
        return
    stream = Stream(sock, monotonic_s() + _ASKING_S)
    try:
        answer, parts = _answer(stream, room, operations)
        stream.deadline_s = monotonic_s() + _ANSWERING_S + _seconds_for(map(len, parts))
        stream.send(Hello(PROTOCOL))
        stream.send(answer, parts)
    except BrokerGone as error:
        log("connection.dropped", error=error.number)


def refuse_connection(sock: socket.socket) -> None:
    """Tell a connection that too many are open; it is not waited for."""
    stream = Stream(sock, monotonic_s() + _REFUSING_S)
    try:
        stream.send(Hello(PROTOCOL))
        stream.send(Refusal(Code.BUSY, "too much is asked of the broker at a time: ask again"))
    except BrokerGone as error:
        log("connection.dropped", error=error.number)


def _answer(
    stream: Stream, room: Room, operations: Mapping[str, Operation]
) -> tuple[Answer | Refusal, tuple[bytes, ...]]:
    """Take a question and return what is replied.

    Raises:
        BrokerGone: The other side does not speak the protocol.
    """
    hello = stream.receive(_hello, max_bytes=MAX_MESSAGE_BYTES)
    if hello.protocol != PROTOCOL:
        return Refusal(Code.PROTOCOL, f"this broker speaks protocol {PROTOCOL}"), ()
    question = stream.receive(_question, max_bytes=MAX_MESSAGE_BYTES)
    try:
        return _replied(stream, question, room, operations)
    except BrokerGone:
        raise
    except BrokerRefused as error:
        log("refused", code=error.code)
        return Refusal(error.code, str(error)), ()
    except PolitError as error:
        log("failed", error=error.number)
        return Refusal(Code.FAILED, f"the broker failed at it (error {error.number})"), ()
    except Exception as error:  # noqa: BLE001 - a connection's loop: it costs this question alone
        log("failed", error=PolitError.number, kind=type(error).__name__)
        return Refusal(Code.FAILED, f"the broker failed at it ({type(error).__name__})"), ()


def _replied(
    stream: Stream, question: Question, room: Room, operations: Mapping[str, Operation]
) -> tuple[Answer, tuple[bytes, ...]]:
    found = operations.get(question.operation)
    if found is None:
        raise BrokerRefused(Code.UNKNOWN_OPERATION, "this broker has no such operation")
    found.check_parts(question.parts)
    stream.deadline_s += _seconds_for(question.parts)
    parts = [stream.receive_bytes(size) for size in question.parts]
    reply = found.run(room, bytes(question.body), parts)
    body = msgspec.Raw(msgspec.json.encode(reply.body))
    return Answer(body, tuple(map(len, reply.parts))), reply.parts


def _seconds_for(sizes: Iterable[int]) -> float:
    return sum(sizes) / _BYTES_A_SECOND
