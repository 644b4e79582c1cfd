"""A server in front of the real site that answers for a made-up review, and passes on the rest."""

from collections.abc import Generator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, urlsplit

from fake_review import FakeReview

_OF_CONNECTION = frozenset({"content-length", "transfer-encoding", "connection"})


class _Relay(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    review: FakeReview
    site: SplitResult

    def do_GET(self) -> None:
        """Answer a request for something."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a request to do something."""
        self._answer()

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = self.review.answer(self.command, self.path, body)
        if told is None:
            self._pass_on(body)
        else:
            status, media_type, data = told
            self._send(status, [("Content-Type", media_type)], data)

    def _pass_on(self, body: bytes) -> None:
        there = HTTPConnection(self.site.hostname or "", self.site.port)
        headers = dict(self.headers.items()) | {"Host": self.site.netloc}
        there.request(self.command, self.path, body, headers)
        answer = there.getresponse()
        data = answer.read()
        sent = [each for each in answer.getheaders() if each[0].lower() not in _OF_CONNECTION]
        self._send(answer.status, sent, data)
        there.close()

    def _send(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def relay(review: FakeReview, address: str) -> Generator[str, None, None]:
    """Answer for a review, and pass everything else on to the real site.

    Args:
        review: What is made up.
        address: Where the site answers.
    """
    handler = type("Relay", (_Relay,), {"review": review, "site": urlsplit(address)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
