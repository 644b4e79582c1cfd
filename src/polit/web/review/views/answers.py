"""How endpoints of the gallery are asked and answer: checked JSON in, JSON or packed bytes out."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse

from polit.base.errors import BodyTooLarge, UsageError

MOST_BODY_BYTES = 64 * 1024
Asked = TypeVar("Asked")


def read_json(request: HttpRequest, form: type[Asked]) -> Asked:
    """Return the checked body of a request.

    Raises:
        BodyTooLarge: It is over 64 KiB.
        UsageError: It is no JSON, or does not fit the form.
    """
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = MOST_BODY_BYTES + 1
    if length > MOST_BODY_BYTES or len(request.body) > MOST_BODY_BYTES:
        raise BodyTooLarge("a message has at most 64 KiB")
    try:
        return msgspec.json.decode(request.body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"the message does not have its form: {error}"[:300]) from error


def answer_json(value: object, *, status: int = 200) -> HttpResponse:
    """Return an answer of JSON that nobody keeps."""
    return HttpResponse(
        msgspec.json.encode(value),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def answer_refusal(code: str, message: str, *, status: int) -> HttpResponse:
    """Return why something was not done: a code for programs, a message for people."""
    return answer_json({"error": code, "message": message}, status=status)


def answer_packed(header: object, parts: Sequence[bytes]) -> HttpResponse:
    """Return a header and the bytes that it tells of, in one piece that nobody keeps.

    The form: the header's length (u32, little-endian), the header in JSON, zero bytes up to a
    multiple of four, then the parts one after the other.
    """
    told = msgspec.json.encode(header)
    head = len(told).to_bytes(4, "little") + told
    head += bytes(-len(head) % 4)
    return HttpResponse(
        b"".join((head, *parts)),
        content_type="application/octet-stream",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
