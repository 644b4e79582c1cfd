"""Frames on a stream socket: a length, a JSON object, raw parts; sizes and time are bounded.

A message is four bytes (its length, big-endian) and so many bytes of JSON. Parts follow without
lengths of their own: the message states them. A deadline holds for a whole exchange, so that who
sends one byte a second is not waited for.
"""

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from polit.base.clock import monotonic_s
from polit.base.errors import BrokerGone

_LENGTH_BYTES = 4
_CHUNK_BYTES = 1 << 20
_MAX_ADDRESS_BYTES = 100
"""``sun_path`` has 108 (``unix(7)``)."""
_encode = msgspec.json.Encoder().encode

Message = TypeVar("Message")


@contextmanager
def socket_address(path: Path) -> Iterator[str]:
    """Give an address for a socket's path for a block: also of one too long for the kernel.

    Raises:
        OSError: There is no such folder.
    """
    if len(os.fsencode(path)) <= _MAX_ADDRESS_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@dataclass(slots=True)
class Stream:
    """A connected socket and the instant by which everything must have passed."""

    sock: socket.socket
    deadline_s: float

    def send(self, message: object, parts: Iterable[bytes] = ()) -> None:
        """Send a message and its parts.

        Raises:
            BrokerGone: The other side is gone or too slow.
        """
        data = _encode(message)
        head = len(data).to_bytes(_LENGTH_BYTES, "big") + data
        for piece in (head, *parts):
            self._send_all(piece)

    def receive(self, decoder: "msgspec.json.Decoder[Message]", *, max_bytes: int) -> Message:
        """Receive one message.

        Raises:
            BrokerGone: The other side is gone, too slow, or sent no such message.
        """
        length = int.from_bytes(self.receive_bytes(_LENGTH_BYTES), "big")
        if not 0 < length <= max_bytes:
            raise BrokerGone(f"a message of {length} bytes: at most {max_bytes} are taken")
        untrusted = self.receive_bytes(length)
        try:
            return decoder.decode(untrusted)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BrokerGone("what came is no message of the protocol") from error

    def receive_bytes(self, count: int) -> bytes:
        """Receive exactly so many bytes.

        Raises:
            BrokerGone: The other side is gone or too slow.
        """
        data = bytearray()
        while len(data) < count:
            self._arm()
            try:
                piece = self.sock.recv(min(count - len(data), _CHUNK_BYTES))
            except OSError as error:
                raise BrokerGone("the other side of the broker's socket is silent") from error
            if not piece:
                raise BrokerGone("the other side of the broker's socket is gone")
            data += piece
        return bytes(data)

    def _send_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._arm()
            try:
                view = view[self.sock.send(view[:_CHUNK_BYTES]) :]
            except OSError as error:
                raise BrokerGone("the other side of the broker's socket takes nothing") from error

    def _arm(self) -> None:
        left_s = self.deadline_s - monotonic_s()
        if left_s <= 0:
            raise BrokerGone("the broker's socket was silent for too long")
        self.sock.settimeout(left_s)
