"""A reviewer who uses the gallery's addresses as its scripts do: order, tiles, unveil, decide."""

import html
import http.client
import json
import re
import struct
import time
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray
from served_record import Served

TILES_AT_ONCE = 64
PAGE = 96


class Refused(Exception):
    """An answer that is no 2xx or 3xx.

    Args:
        status: The HTTP status.
        code: The reason in one word, where the body says one.
    """

    def __init__(self, status: int, code: str) -> None:
        """Keep both."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Order:
    """What the gallery shows, as five arrays of the same length."""

    revision: int
    media_files: int
    places: NDArray[np.uint32]
    stacks: NDArray[np.uint32]
    states: NDArray[np.uint8]
    grades: NDArray[np.uint8]
    marks: NDArray[np.uint8]


@dataclass(slots=True)
class Reviewer:
    """One officer with a jar of cookies and a connection that is kept.

    Args:
        served: The record.
        case: The case's number.
        cookie: ``name=value`` of the session.
        took_s: How long answers took, by what was asked.
    """

    served: Served
    case: str
    cookie: str
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _token: str = ""
    _jar: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def begin(self, lane: str = "videos") -> None:
        """Agree and begin a session."""
        page = self._ask("GET", "session/", "page").decode()
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        fields = {name: html.unescape(value) for name, value in fields.items()}
        self._token = fields["csrfmiddlewaretoken"]
        fields |= {"lane": lane, "purpose": "grading", "limit_min": "", "idle_s": ""}
        self._ask("POST", "session/", "page", body=urlencode(fields).encode(), is_form=True)

    def order(self, **asked: object) -> Order:
        """Return what is wanted, in its order."""
        data = self._ask("GET", f"order?{urlencode(asked)}", "order")
        (length,) = struct.unpack_from("<I", data)
        header = json.loads(data[4 : 4 + length])
        at, count = (4 + length + 3) // 4 * 4, int(header["count"])
        words = np.frombuffer(data, "<u4", 2 * count, at)
        small = np.frombuffer(data, "u1", 3 * count, at + 8 * count)
        return Order(
            header["revision"], header["media_files"], words[:count], words[count:],
            small[:count], small[count : 2 * count], small[2 * count :],
        )  # fmt: skip

    def tiles(self, places: list[int]) -> int:
        """Fetch tiles of at most 64 items; return how many bytes they have."""
        asked = ",".join(map(str, places))
        return len(self._ask("GET", f"tiles?places={asked}", "tiles"))

    def unveil(self, what: str, places: list[int], rung: str) -> list[str]:
        """Unveil; return the exposures."""
        body = {"what": what, "places": places, "rung": rung}
        data = self._ask("POST", "unveil", f"unveil {what}", body=json.dumps(body).encode())
        (length,) = struct.unpack_from("<I", data)
        return [each for each in json.loads(data[4 : 4 + length])["exposures"] if each]

    def decide(self, places: list[int], code: str, **more: object) -> dict[str, object]:
        """Decide on some items; return the answer."""
        body = {"places": places, "code": code, **more}
        data = self._ask("POST", "decide", "decide", body=json.dumps(body).encode())
        answer: dict[str, object] = json.loads(data)
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, method: str, path: str, name: str, *, body: bytes | None = None, is_form: bool = False
    ) -> bytes:
        began_s = time.monotonic()
        answer, data = self._exchange(method, f"/cases/{self.case}/review/{path}", body, is_form)
        self.took_s[name].append(time.monotonic() - began_s)
        if answer.status >= 400:
            code = re.search(rb'"error": ?"([^"]+)"', data)
            raise Refused(answer.status, code[1].decode() if code else "")
        return data

    def _exchange(
        self, method: str, path: str, body: bytes | None, is_form: bool
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=90)
        jar = [self.cookie, *(f"{name}={value}" for name, value in self._jar.items())]
        headers = {"Cookie": "; ".join(jar)}
        if body is not None:
            kind = "application/x-www-form-urlencoded" if is_form else "application/json"
            origin = f"http://127.0.0.1:{self.served.port}"
            headers |= {"Content-Type": kind, "X-CSRFToken": self._token, "Origin": origin}
        try:
            self._connection.request(method, path, body=body, headers=headers)
            answer = self._connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for header in answer.msg.get_all("Set-Cookie") or ():
            name, _, value = header.partition(";")[0].partition("=")
            self._jar[name.strip()] = value.strip()
        return answer, data
