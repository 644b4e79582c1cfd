"""The walker's end of its channel: blocking, framed, with room for what comes too early."""

from collections import deque
from socket import recv_fds, socket

from polit.sandbox import walking_messages as say
from polit.sandbox.message_types import Message

_RECEIVE_BYTES = 1 << 16


class WalkerChannel:
    """Requests in, replies out."""

    def __init__(self, channel: socket) -> None:
        """Take over the child's end of the channel."""
        self._channel = channel
        self._inbox = bytearray()
        self._postponed: deque[say.Request] = deque()

    def take_evidence(self, count: int) -> list[int]:
        """Receive the evidence descriptors that the coordinator sends before its first request."""
        descriptors: list[int] = []
        while len(descriptors) < count:
            length = len(say.HANDED_OVER)
            data, received, _, _ = recv_fds(self._channel, length, say.DESCRIPTORS_AT_ONCE)
            if not data:
                raise SystemExit(0)
            descriptors += received
        return descriptors

    def send(self, message: Message) -> None:
        """Send a reply, waiting until the coordinator takes it."""
        self._channel.sendall(say.frame(message))

    def next_request(self) -> say.Request | None:
        """Return the request that came first, ``None`` when the coordinator hung up."""
        return self._postponed.popleft() if self._postponed else self.receive()

    def postpone(self, request: say.Request) -> None:
        """Keep a request that came while another is being carried out."""
        self._postponed.append(request)

    def receive(self) -> say.Request | None:
        """Wait for a new request, ``None`` when the coordinator hung up."""
        while (body := say.take_frame(self._inbox)) is None:
            data = self._channel.recv(_RECEIVE_BYTES)
            if not data:
                return None
            self._inbox += data
        return say.decode_request(body)
