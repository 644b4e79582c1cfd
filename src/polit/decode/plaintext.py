"""Text by an exact check, and the kinds of text that show themselves cheaply."""

import codecs
import re

import msgspec

# What a text never holds; ESC is let through, as in logs of terminals.
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n\v\f\r\x1b")
_NO_CONTROLS = bytes(set(range(256)) - set(_CONTROLS))
_PROBED_BYTES = 256
# Text in a code page: Latin letters among ASCII; what is mostly high bytes is left to libmagic.
_ASCII = bytes(range(0x80))
_MOST_HIGH_PERCENT = 40
_UTF16_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_LOOKED_AT_BYTES = 4096

_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|title|script|table|div|meta|iframe)"
    rb"[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_SVG = re.compile(rb"<svg[\s>]")
_JSON_BEGINS = re.compile(rb'\{\s*(?:"|\})|\[\s*(?:[\[{"\]]|-?\d|true|false|null)')
_HEADER_LINE = re.compile(rb"^[A-Za-z][A-Za-z0-9-]*: ?\S", re.MULTILINE)
_MAIL_HEADER = re.compile(
    rb"^(?:Received|Message-ID|MIME-Version|Return-Path|Delivered-To|From|Subject): ?",
    re.MULTILINE | re.IGNORECASE,
)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FIRST_WORDS = {
    mark[:2]: (mark, mime)
    for mark, mime in (
        (b"%!PS", "application/postscript"),
        (b"WEBVTT", "text/vtt"),
        (b"/* XPM */", "image/x-xpixmap"),
    )
}
_SEPARATORS = ((b",", "text/csv"), (b";", "text/csv"), (b"\t", "text/tab-separated-values"))
_CSV_LINES, _CSV_SEPARATORS = 3, 2


def text_type(untrusted_head: bytes, *, is_whole: bool) -> str | None:
    """Return the media type of a text, or ``None`` when the bytes are not one.

    Args:
        untrusted_head: The first bytes of the content.
        is_whole: They are all of it: otherwise the last character may be cut.
    """
    text = _as_utf8(untrusted_head, is_whole=is_whole)
    return None if text is None else _kind_of_text(text, is_whole=is_whole)


def binary_mail(untrusted_head: bytes) -> str | None:
    """Return the type of a mail whose headers are text and whose body is not (RFC 3030)."""
    if not _HEADER_LINE.match(untrusted_head):
        return None
    header = _BLANK_LINE.split(untrusted_head[:_LOOKED_AT_BYTES], 1)[0]
    if header.translate(None, _NO_CONTROLS) or not _is_mail(header):
        return None
    return "message/rfc822"


def _as_utf8(head: bytes, *, is_whole: bool) -> bytes | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _from_utf16(head, is_whole=is_whole)
    if head[:_PROBED_BYTES].translate(None, _NO_CONTROLS) or head.translate(None, _NO_CONTROLS):
        return None
    if head.isascii():
        return head
    try:
        codecs.utf_8_decode(head, "strict", is_whole)
    except UnicodeDecodeError:
        return head if _is_code_page(head) else None
    return head.removeprefix(codecs.BOM_UTF8)


def _is_code_page(head: bytes) -> bool:
    """Tell whether bytes without controls, and not UTF-8, are text in one byte a letter."""
    return len(head.translate(None, _ASCII)) * 100 <= len(head) * _MOST_HIGH_PERCENT


def _from_utf16(head: bytes, *, is_whole: bool) -> bytes | None:
    try:
        text, _ = codecs.utf_16_decode(head, "strict", is_whole)
    except UnicodeDecodeError:
        return None
    return None if _UTF16_CONTROLS.search(text) else text.encode()


def _kind_of_text(text: bytes, *, is_whole: bool) -> str:
    start = text[:_LOOKED_AT_BYTES].lstrip()
    first = start[:1]
    if first == b"<":
        return _markup(start)
    if first in (b"{", b"["):
        return _json(text, start, is_whole=is_whole)
    return _by_first_line(start) or _by_lines(text[:_LOOKED_AT_BYTES])


def _markup(start: bytes) -> str:
    lower = start[:5].lower()
    if lower == b"<?xml":
        if _SVG.search(start):
            return "image/svg+xml"
        return "application/xhtml+xml" if b"<html" in start else "application/xml"
    if lower == b"<?php":
        return "text/x-php"
    if _SVG.match(start):
        return "image/svg+xml"
    return "text/html" if _HTML.match(start) else "text/plain"


def _json(text: bytes, start: bytes, *, is_whole: bool) -> str:
    if start.startswith(b"{\\rtf"):
        return "application/rtf"
    if not _JSON_BEGINS.match(start):
        return "text/plain"
    if not is_whole:
        return "application/json"
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return "text/plain"
    return "application/json"


def _by_first_line(start: bytes) -> str | None:
    marks = _FIRST_WORDS.get(start[:2].upper())
    if marks and start[: len(marks[0])].upper() == marks[0]:
        return marks[1]
    if start[:8].upper() == b"BEGIN:VC":
        return "text/calendar" if start[8:15].upper() == b"ALENDAR" else "text/vcard"
    if start.startswith(b"#!/"):
        return "text/x-shellscript" if b"sh" in start.partition(b"\n")[0] else "text/x-script"
    if start.startswith(b"From ") and _MAIL_HEADER.search(start):
        return "application/mbox"
    return None


def _by_lines(text: bytes) -> str:
    if _HEADER_LINE.match(text) and _is_mail(text):
        return "message/rfc822"
    lines = text.split(b"\n", 8)[:-1]
    if len(lines) >= _CSV_LINES:
        for separator, mime in _SEPARATORS:
            count = lines[0].count(separator)
            if count >= _CSV_SEPARATORS and all(line.count(separator) == count for line in lines):
                return mime
    return "text/plain"


def _is_mail(text: bytes) -> bool:
    header = text.partition(b"\n\n")[0].partition(b"\r\n\r\n")[0]
    return len(_MAIL_HEADER.findall(header)) >= 2 and len(_HEADER_LINE.findall(header)) >= 3
