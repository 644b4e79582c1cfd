"""The parts of a mail, cut out of its bytes where they lie.

Python's ``email`` reads the headers; it does not build the tree, because that copies every part
several times and cannot give back the bytes of a message inside a message. Sources: RFC 5322,
RFC 2045 to 2047, RFC 2183, RFC 2231, RFC 2557 (web archives), POSIX uuencode.
"""

import binascii
import email.errors
import email.header
import email.parser
import email.policy
import email.utils
import mmap
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import TypeVar

from polit.decode.found import Unopened

_HEADERS_MOST_BYTES = 256 << 10
_BLANK_LINE = re.compile(rb"\r?\n(?=\r?\n)|\A(?=\r?\n)")
_MARK_LINE_BYTES = 998  # the longest line of a mail: RFC 5322, 2.1.1
_MAX_DEPTH = 32
_MAX_PARTS = 10_000
_UUENCODED = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?$", re.MULTILINE)
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")

Answer = TypeVar("Answer")

_parser = email.parser.HeaderParser(policy=email.policy.compat32)


@dataclass(frozen=True, slots=True)
class MailPart:
    """A part that has no parts of its own.

    Args:
        number: Its place, such as ``2.1``.
        mime: Its type as its header says, lower case.
        name: The name it was attached under, ``b""`` for none.
        location: What a web archive says it was loaded from, ``b""`` for none.
        is_attachment: Its header says so.
        encoding: Of its content, lower case.
        start, end: Where its content lies.
    """

    number: str
    mime: str
    name: bytes
    location: bytes
    is_attachment: bool
    encoding: str
    start: int
    end: int


def parts_of(untrusted: mmap.mmap, start: int, end: int) -> Iterator[MailPart | Unopened]:
    """Give the parts of the mail that lies between two places, in their order."""
    waiting = [("", start, end, 0)]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        number, begin, stop, depth = waiting.pop()
        headers, body = _headers(untrusted, begin, stop)
        inner = _inner_parts(untrusted, headers, body, stop)
        if inner and depth >= _MAX_DEPTH:
            yield Unopened("too_deep", f"below {_MAX_DEPTH} parts")
            continue
        prefix = f"{number}." if number else ""
        waiting += [
            (f"{prefix}{count}", *place, depth + 1)
            for count, place in reversed(list(enumerate(inner, start=1)))
        ]
        if not inner:
            yield _part(headers, number or "1", body, stop)
    yield Unopened("too_many", f"more than {_MAX_PARTS} parts")


def content_of(untrusted: mmap.mmap, part: MailPart) -> bytes:
    """Return the content of a part as it was before it was encoded for its way."""
    raw = untrusted[part.start : part.end]
    if part.encoding == "base64":
        return _from_base64(raw)
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if part.encoding in _UU_NAMES:
        return next((data for _, data in uuencoded_in(raw)), b"")
    return raw


def uuencoded_in(untrusted: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the names and contents of files that stand in a text, as old mail has them."""
    end = 0
    for match in _UUENCODED.finditer(untrusted):
        if match.start() < end:
            continue
        out, end = bytearray(), match.end() + 1
        while end < len(untrusted):
            line, newline, _ = untrusted[end : end + 256].partition(b"\n")
            if not newline or line.rstrip() == b"end" or len(line) > 100:
                break
            try:
                out += binascii.a2b_uu(line)
            except binascii.Error:
                break
            end += len(line) + 1
        if out:
            yield match[1], bytes(out)


def _headers(untrusted: mmap.mmap, start: int, end: int) -> tuple[Message, int]:
    limit = min(end, start + _HEADERS_MOST_BYTES)
    if untrusted[start : start + 1] == b"\n" or untrusted[start : start + 2] == b"\r\n":
        return _parser.parsestr(""), untrusted.find(b"\n", start, limit) + 1
    blank = _BLANK_LINE.search(untrusted, start, limit)
    stop = blank.start() if blank else limit
    raw = untrusted[start:stop]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    body = untrusted.find(b"\n", blank.end(), limit) + 1 if blank else end
    return _parser.parsestr(text), body


def _inner_parts(
    untrusted: mmap.mmap, headers: Message, start: int, end: int
) -> list[tuple[int, int]]:
    boundary = _asked(headers.get_boundary)
    if headers.get_content_maintype() != "multipart" or not boundary:
        return []
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    places: list[tuple[int, int]] = []
    begin, at = -1, untrusted.find(mark, start, end)
    while at >= 0 and len(places) < _MAX_PARTS:
        most = min(end, at + len(mark) + _MARK_LINE_BYTES)
        line_end = untrusted.find(b"\n", at, most)
        rest = untrusted[at + len(mark) : line_end if line_end >= 0 else most].strip()
        if (at == start or untrusted[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            if begin >= 0:
                places.append((begin, max(begin, _before_newline(untrusted, at))))
            begin = line_end + 1 if line_end >= 0 and rest == b"" else -1
        at = untrusted.find(mark, at + len(mark), end)
    if begin >= 0:
        places.append((begin, end))
    return places


def _before_newline(untrusted: mmap.mmap, at: int) -> int:
    return at - 2 if untrusted[at - 2 : at] == b"\r\n" else at - 1


def _part(headers: Message, number: str, start: int, end: int) -> MailPart:
    return MailPart(
        number=number,
        mime=headers.get_content_type(),
        name=_file_name(headers),
        location=_text(headers.get("content-location", "")).encode("utf-8", "surrogateescape"),
        is_attachment=_asked(headers.get_content_disposition) == "attachment",
        encoding=str(headers.get("content-transfer-encoding", "")).strip().lower(),
        start=start,
        end=end,
    )


def _file_name(headers: Message) -> bytes:
    name = _asked(lambda: headers.get_param("filename", None, "content-disposition"))
    name = name or _asked(lambda: headers.get_param("name"))
    if not name:
        return b""
    if isinstance(name, tuple):
        return _from_charset(name[2].encode("latin-1", "replace"), name[0])
    return _text(name).encode("utf-8", "surrogateescape")


def _asked(question: Callable[[], Answer]) -> Answer | None:
    """Ask the library for a part of a header; on some malformed ones it fails by accident."""
    try:
        return question()
    except (TypeError, ValueError, LookupError, AttributeError):
        return None


def _text(value: str) -> str:
    """Decode encoded words, wherever they stand."""
    if "=?" not in value:
        return " ".join(value.split())
    try:
        words = email.header.decode_header(value)
    except (ValueError, binascii.Error, email.errors.HeaderParseError):
        return value
    return "".join(
        word if isinstance(word, str) else _from_charset(word, charset).decode("utf-8", "replace")
        for word, charset in words
    )


def _from_charset(raw: bytes, charset: str | None) -> bytes:
    try:
        return raw.decode(charset or "utf-8").encode("utf-8", "replace")
    except (LookupError, UnicodeError, ValueError):
        return raw.decode("latin-1").encode()


def _from_base64(raw: bytes) -> bytes:
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        kept = _NOT_BASE64.sub(b"", raw)
        return binascii.a2b_base64(kept[: len(kept) // 4 * 4])
